"""What an index assumes of its images, and whether it still holds.

`<index>.images` has a JSON line for each image that was looked at: [path, state, found].

    state   [bytes, modified ns, changed ns] of the file, of the LMDB that holds the image, or, if the image is
            missing, of the folder that it should be in; null if that is missing too
    found   [width, height] of the upright image; 'missing image' or 'unreadable image'; null for an LMDB

A file whose state has changed is looked at again, so an index goes on if its images were only copied or touched.
"""

import json
import os

from ocr.files.atomic import replacing
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.region import DropReason


def images_path(index_path):
    """Where the record of an index's images is."""
    return f'{index_path}.images'


class ImageRecord:
    """Writes down what is found of each image.

    Args:
        stream: binary file, see the head of this module.
    """

    def __init__(self, stream):
        self._stream = stream
        self._databases = set()

    def look(self, path):
        """Upright size (width, height) of an image, as `upright_size`; what is found is written down."""
        path = os.path.abspath(path)
        database = _database_of(path)
        if database is None:
            state = _file_state(path)  # before the look: a change in between is noticed next time
            try:
                size = upright_size(path)
            except UnreadableImage as error:
                is_missing = error.reason == DropReason.MISSING
                self._write(path, _folder_state(path) if is_missing else state, error.reason)
                raise
            self._write(path, state, size)
            return size
        if database not in self._databases:
            self._databases.add(database)
            self._write(database, _file_state(database), None)
        return upright_size(path)

    def _write(self, path, state, found):
        self._stream.write(json.dumps([path, state, found]).encode() + b'\n')


def changed_image(index_path):
    """What is no longer as an index found it, in words: 'a.png is now 30 x 40 pixels'; None if all is.

    Files that were merely copied or touched have their new states written down.
    """
    path = images_path(index_path)
    num_touched = 0
    try:
        with open(path, 'rb') as stream:
            for image, state, found in map(json.loads, stream):
                if not isinstance(image, str):
                    raise TypeError('no path')
                is_settled = found is None or isinstance(found, list)  # others may have come, or be readable by now
                if is_settled and _file_state(image) == state:
                    continue
                if change := _change(image, state, found):
                    return f'{image} {change}'
                num_touched += is_settled
    except (OSError, ValueError, TypeError, RecursionError):
        return f'{path} cannot be read'
    if num_touched:
        _renew(path)
    return None


def _change(image, state, found):
    """What is new about an image whose state is another, or that could not be read; '' if that is nothing."""
    if found is None:
        return 'has changed'
    try:
        now = upright_size(image)
    except UnreadableImage as error:
        if error.reason == found == DropReason.MISSING:
            return '' if _folder_state(image) == state else 'is looked for again, its folder has changed'
        return '' if error.reason == found else f'is now: {error.reason}'
    return '' if list(now) == found else f'is now {now[0]} x {now[1]} pixels'


def _renew(path):
    """Write down the present states of images that are as they were found."""
    with open(path, 'rb') as old, replacing(path, binary=True) as new:
        for image, state, found in map(json.loads, old):
            is_missing = found == DropReason.MISSING
            new.write(json.dumps([image, state if is_missing else _file_state(image), found]).encode() + b'\n')


def _file_state(path):
    """[bytes, modified ns, changed ns] of a file; None if there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return None
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns]


def _folder_state(path):
    """State of the folder that an image is missing in: it changes when the image comes, with any suffix."""
    try:
        state = os.stat(os.path.dirname(path))
    except (OSError, ValueError):
        return None
    return [0, state.st_mtime_ns, 0]


def _database_of(path):
    """Path of the LMDB that an image is a value of; None for a file."""
    parent = os.path.dirname(path)
    return parent if not os.path.isdir(parent) and os.path.isfile(parent) else None
