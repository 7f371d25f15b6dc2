"""Opening an image by its path: a file, or a value inside an LMDB, whose path goes on into the database file.

    photographs/1.jpg
    training/data.mdb/image-000000001
    scans/letter.tif/2                      the second page of a TIFF; the first by its file's name too

A database is opened once in each process, when its first image is asked for, so that paths travel to worker processes.
"""

import io
import os
import re
import threading

import lmdb

from ocr.files.regular_file import open_regular
from ocr.preprocessing.lmdb_size import check_size

# How names of images end; if several images share the rest of a name, the first of these counts.
IMAGE_SUFFIXES = (
    *('.jpg', '.jpeg', '.png', '.bmp', '.gif', '.tif', '.tiff', '.webp'),
    *('.jpe', '.jfif', '.ppm', '.pgm', '.pbm', '.jp2', '.avif', '.mpo', '.heic', '.heif', '.hif'),
)
TIFF_SUFFIXES = ('.tif', '.tiff')
_PAGE = re.compile(r'(.*\.tiff?)[/\\](?:0*([1-9][0-9]{0,5}))', re.IGNORECASE | re.DOTALL)

_databases = {}  # (process, path) -> lmdb.Environment; a fork must not go on with its parent's
_opening = threading.Lock()


def open_image(path):
    """Binary stream of an image; FileNotFoundError or NotADirectoryError if there is none, OSError otherwise."""
    try:
        return open_regular(split_page(path)[0])
    except NotADirectoryError:
        file, key = os.path.split(os.fspath(path))
        if not os.path.isfile(file):
            raise
        try:
            database = open_database(file)
        except lmdb.Error as error:
            raise NotADirectoryError(f'{file} is neither a folder nor an LMDB ({error})') from error
        try:
            with database.begin() as transaction:
                value = transaction.get(key.encode())
        except lmdb.Error as error:
            raise OSError(str(error)) from error
        if value is None:
            raise FileNotFoundError(f'{file} holds no {key}') from None
        return io.BytesIO(value)


def split_page(path):
    """(path of a file, page from 1) of an image's path; the page is 1 if the path names none."""
    found = _PAGE.fullmatch(os.fspath(path))
    return (found[1], int(found[2])) if found and os.path.isfile(found[1]) else (path, 1)


def open_database(file):
    """This process's read-only environment of an LMDB's data file; lmdb.Error if it cannot be opened."""
    key = os.getpid(), os.path.realpath(file)
    with _opening:  # LMDB allows one environment a process
        if key not in _databases:
            check_size(key[1])
            _databases[key] = lmdb.open(
                key[1], subdir=False, readonly=True, create=False, lock=False, readahead=False, meminit=False
            )
        return _databases[key]
