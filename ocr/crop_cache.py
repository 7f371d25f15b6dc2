"""The crop cache of an index: every region cut once out of its photograph, so that training decodes small pictures.

`<index>.crops`, which `ocr.crop_making` writes, holds a JPEG for each region, one photograph after another; then a
table, where each of them is and what part of its photograph it shows; then, as JSON, what it was made of and for; last
the places of table and JSON. A region whose photograph could not be read has no JPEG. A crop has the margin that
augmentation may show (`--margin`; rotation, shear and perspective show nothing from outside the polygon), and no more
pixels than the warp to the canvas looks at.
"""

import hashlib
import json
import logging
import os
import struct
from bisect import bisect_right

import cv2
import numpy as np

from ocr.errors import InputError
from ocr.image import Excerpt

FORMAT = 1
ROW = np.dtype([('begin', '<i8'), ('length', '<i8'), ('matrix', '<f8', (2, 3)), ('shape', '<i8', 2)])
ENDING = struct.Struct('<qq')  # begin of the table and of the JSON

logger = logging.getLogger(__name__)


def cache_path(index_path):
    """Where the crops of an index are."""
    return f'{os.path.splitext(index_path)[0]}.crops'


def needed_margin(margin_prob, margin):
    """What --margin_prob and --margin ask of a cache, in text heights."""
    return margin if margin_prob else 0.0


def cache_fault(index_path, canvas_side, margin):
    """Why the cache of an index does not serve, in words, or None where it does.

    Args:
        index_path: JSON Lines file whose cache is there.
        canvas_side, margin: as of crop_making.build_cache, what is asked for now.
    """
    try:
        summary = _read_summary(cache_path(index_path))
    except (OSError, ValueError, struct.error):
        return 'is damaged'
    if summary['format'] != FORMAT:
        return 'was written by another version'
    if summary['index'] != digest_of(index_path):
        return 'is of another state of the index'
    for name, wanted in (('canvas_side', canvas_side), ('margin', margin)):
        if wanted > summary[name]:
            flag = {'canvas_side': 'image_size'}.get(name, name)
            return f'was made for --{flag} {summary[name]} at most, and {wanted} is asked for'
    for path, state in summary['photographs'].items():
        if state != photograph_state(path):
            return f'is older than {path}'
    return None


def find_crops(index, canvas_side, margin):
    """CropCache of a RegionIndex, or None where no dataset of it has one; says in one line what is read.

    Raises:
        InputError: a cache is there that does not fit index, photographs or settings.
    """
    names = []
    for index_path in index.paths:
        path = cache_path(index_path)
        there = os.path.exists(path)
        names.append(path if there else f'photographs of {index_path}')
        fault = cache_fault(index_path, canvas_side, margin) if there else None
        if fault:
            raise InputError(
                f'{path} {fault}; run dataset.py --cache with the settings of the training, or delete that file to '
                'read the photographs'
            )
    crops = CropCache(index)
    if not any(crops.paths):
        return None
    logger.info('reading %s', ', '.join(names))
    return crops


class CropCache:
    """Random access to the crops of a RegionIndex; can be pickled to worker processes."""

    def __init__(self, index):
        self.starts = [start for start, _ in index.spans]
        self.paths = [path if os.path.exists(path) else None for path in map(cache_path, index.paths)]
        self._opened = {}

    def __getstate__(self):
        return {**self.__dict__, '_opened': {}}

    def read(self, position):
        """Excerpt of the photograph that holds the region at a position of the index; None if there is no crop.

        Raises:
            InputError: the crop is damaged.
        """
        number = bisect_right(self.starts, position) - 1
        if self.paths[number] is None:
            return None
        table, stream = self._open(number)
        row = table[position - self.starts[number]]
        if not row['length']:
            return None
        jpeg = os.pread(stream.fileno(), int(row['length']), int(row['begin']))
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
        if pixels is None:
            raise InputError(f'{self.paths[number]} is damaged; run dataset.py --cache')
        return Excerpt(pixels, row['matrix'], (*row['shape'].tolist(), 3))

    def _open(self, number):
        if number not in self._opened:
            stream = open(self.paths[number], 'rb')  # noqa: SIM115 - stays open for later reads
            begin, end = _read_places(stream)
            table = np.memmap(stream, ROW, 'r', begin, (end - begin) // ROW.itemsize)
            self._opened[number] = table, stream
        return self._opened[number]


def _read_places(stream):
    """Begin of the table and of the JSON in an open cache."""
    stream.seek(-ENDING.size, os.SEEK_END)
    return ENDING.unpack(stream.read())


def _read_summary(path):
    """What a cache was made of and for; OSError, ValueError or struct.error where it is none."""
    with open(path, 'rb') as stream:
        stream.seek(_read_places(stream)[1])
        return json.loads(stream.read()[: -ENDING.size])


def photograph_state(path):
    """[bytes, time of change in ns] of a photograph or of the LMDB that holds it; None where it is missing."""
    for file in (path, os.path.dirname(path)):
        try:
            state = os.stat(file)
        except NotADirectoryError:
            continue
        except OSError:
            return None
        return [state.st_size, state.st_mtime_ns]
    return None


def digest_of(path):
    digest = hashlib.blake2b(digest_size=16)
    with open(path, 'rb') as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
