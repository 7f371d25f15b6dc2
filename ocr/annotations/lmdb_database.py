"""LMDB of deep-text-recognition-benchmark and PARSeq: word crops and their texts in one database.

    num-samples -> b'7224612'    image-000000001 -> bytes of a JPEG or PNG    label-000000001 -> text in UTF-8

Numbers begin with 1. A dataset is a data file, its folder, or a folder of such folders, which are read one after
another. The images stay in the database: their paths are `<data file>/image-000000001`, see image_file.
"""

import os

import lmdb

from ocr.annotations.place import Place
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError
from ocr.preprocessing.image_file import open_database


def recognises(place):
    """Whether there are .mdb files, `lock.mdb` aside."""
    return bool(_databases(place))


def annotation_files(path, dataset):
    """The data files of the databases; InputError if there are none."""
    if os.path.isfile(path):
        return [path]
    files = _databases(Place(path))
    if not files:
        raise InputError(f'{dataset}: no data.mdb in {path} or below it')
    return files


def read(path, dataset):
    """Yields TextRegion | Dropped for each sample."""
    for file in annotation_files(path, dataset):
        try:
            with open_database(file).begin() as transaction:
                for number in range(1, _num_samples(transaction, file) + 1):
                    where = f'{file}: label-{number:09d}'
                    text = _text(transaction.get(b'label-%09d' % number), where)
                    yield region_or_dropped(os.path.join(file, f'image-{number:09d}'), text, None, dataset, where)
        except lmdb.Error as error:
            raise InputError(f'{file}: cannot be read as an LMDB ({error})') from error


def _databases(place):
    return [file for file in place.below('.mdb') if os.path.basename(file) != 'lock.mdb']


def _num_samples(transaction, file):
    value = transaction.get(b'num-samples')
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise InputError(f'{file}: num-samples should be a number, found {value!r}') from error


def _text(value, where):
    try:
        return value.decode('utf-8')
    except AttributeError as error:
        raise InputError(f'{where} is missing; num-samples says that it is there') from error
    except UnicodeDecodeError as error:
        raise InputError(f'{where}: not UTF-8 (byte {error.start})') from error
