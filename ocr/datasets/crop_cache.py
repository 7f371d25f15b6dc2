"""The crop cache of an index: every region cut once out of its photograph, so that training decodes small pictures.

`<index>.crops`, which `crop_making` writes, holds a JPEG for each region, one photograph after another; then a
table, where each of them is, its checksum and what part of its photograph it shows; then, as JSON, what it was made of
and for, with the table's checksum; last the places of table and JSON. A region whose photograph could not be read has
no JPEG. A crop has the margin that augmentation may show (`margin`; rotation, shear and perspective show nothing from
outside the polygon), and no more pixels than the warp to the canvas looks at.

Why it is no LMDB, which the project reads too: 30,000 values of a crop's size (79 MB) take 112 MB there, since values
fill whole pages, and 2.8 us each to read at random instead of 3.4, of the 1,600 us that a training sample takes. Its
size must be known beforehand, it has no checksums, and reading a file that was cut off ends the process. So about a
fifth of these two modules would go, and checksums, the check of the length and the record of what it was made for
would have to be built on it.
"""

import hashlib
import json
import logging
import os
import struct
from bisect import bisect_right
from functools import lru_cache
from zlib import crc32

import cv2
import numpy as np

from ocr.errors import InputError
from ocr.preprocessing.augment import CUTS, MOVED, WIDE
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.decode import Excerpt
from ocr.terminal.progress import progress_bar

FORMAT = 3
ROW = np.dtype(
    [('begin', '<i8'), ('length', '<i8'), ('checksum', '<i8'), ('matrix', '<f8', (2, 3)), ('shape', '<i8', 2)]
)
ENDING = struct.Struct('<qq')  # begin of the table and of the JSON
_REMEDY = (
    'run dataset.py --convert crops with the settings of the training, or delete that file to read the photographs'
)
DAMAGED = 'is damaged'
_PATIENCE = 5  # seconds of checking after which a bar is shown

logger = logging.getLogger(__name__)


def cache_path(index_path):
    """Where the crops of an index are."""
    return f'{os.path.splitext(index_path)[0]}.crops'


def needed_crops(canvas, settings):
    """What the crops of a training run must hold, as `canvas` and `margin` of crop_making.build_cache.

    Args:
        canvas: Canvas of the training run.
        settings: AugmentSettings of it: its largest canvas counts, and what it shows around texts.
    """
    return {'canvas': canvas.times(settings.area_change), 'margin': _needed_margin(settings)}


def _needed_margin(settings):
    if not settings.cut_shares:
        return settings.margin if settings.margin_prob else 0.0
    cuts = dict(zip(CUTS, settings.cut_shares, strict=True))
    reaches = {'wide polygon': WIDE, 'moved points': MOVED, 'margins': settings.margin, 'widest': settings.margin}
    return max((reach for cut, reach in reaches.items() if cuts[cut]), default=0.0)


def cache_fault(index_path, canvas, margin):
    """Why the cache of an index does not serve, in words, or None if it does; reads all of it once.

    Args:
        index_path: JSON Lines file whose cache is there.
        canvas, margin: as of crop_making.build_cache, what is asked for now.
    """
    path = cache_path(index_path)
    try:
        summary, table = _read_summary_and_table(path)
        fault = _misfit(summary, table, index_path, canvas, margin)
        return fault or (None if _is_whole(path, _state(path)) else DAMAGED)
    except (
        OSError,
        ValueError,
        struct.error,
        KeyError,
        TypeError,
        AttributeError,
    ):  # the last three of a wrong summary
        return DAMAGED


def _misfit(summary, table, index_path, canvas, margin):
    """Why the cache of such a summary and table does not serve, in words, or None if it does; arguments as above."""
    if summary['format'] != FORMAT:
        return 'was written by another version'
    if summary['table'] != crc32(table):
        return DAMAGED
    if summary['index'] != digest_of(index_path):
        return 'is of another state of the index'
    made_for = _canvas_of(summary)
    if not made_for.holds(canvas):
        return f'was made for {made_for.describe()} at most, and {canvas.describe()} is asked for'
    if margin > summary['margin']:
        return f'was made for margins of {summary["margin"]} at most, and {margin} is asked for'
    for photograph, state in summary['photographs'].items():
        if state != photograph_state(photograph):
            return f'is older than {photograph}'
    return None


def _state(path):
    state = os.stat(path)
    return state.st_ino, state.st_size, state.st_mtime_ns


def find_crops(index, canvas, margin):
    """CropCache of a RegionIndex, or None if no dataset of it has one; says in one line what is read.

    Raises:
        InputError: a cache is there that does not fit index, photographs or settings.
    """
    names = []
    for index_path in index.paths:
        path = cache_path(index_path)
        there = os.path.exists(path)
        names.append(path if there else f'photographs of {index_path}')
        fault = cache_fault(index_path, canvas, margin) if there else None
        if fault:
            raise InputError(f'{path} {fault}; {_REMEDY}')
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
        jpeg = read_jpeg(stream, row)
        if jpeg is None:
            raise InputError(f'{self.paths[number]} is damaged; {_REMEDY}')
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
        return Excerpt(pixels, row['matrix'], (*row['shape'].tolist(), 3))

    def _open(self, number):
        if number not in self._opened:
            stream = open(self.paths[number], 'rb')  # noqa: SIM115 - stays open for later reads
            begin, end = _read_places(stream)
            table = np.memmap(stream, ROW, 'r', begin, (end - begin) // ROW.itemsize)
            self._opened[number] = table, stream
        return self._opened[number]


def read_jpeg(stream, row):
    """The bytes of a crop, whose ROW is given, in an open cache; None if they are not those that were written."""
    jpeg = os.pread(stream.fileno(), int(row['length']), int(row['begin']))
    return jpeg if crc32(jpeg) == row['checksum'] else None


@lru_cache
def _is_whole(path, _state):
    """Whether the crops of a cache are as they were written; looked at once for each state of the file."""
    _, table = _read_summary_and_table(path)
    rows = np.sort(np.frombuffer(table, ROW), order='begin')  # a file is read quickest from begin to end
    with open(path, 'rb') as stream:
        bar = progress_bar(rows, desc=f'checking {os.path.basename(path)}', unit=' regions', delay=_PATIENCE)
        return all(read_jpeg(stream, row) is not None for row in bar)


def _canvas_of(summary):
    """The Canvas that a cache was made for; one that says no area serves a longer side."""
    area = summary.get('canvas_area')
    return Canvas(summary['canvas_side'], 'area', area) if area else Canvas(summary['canvas_side'])


def _read_places(stream):
    """Begin of the table and of the JSON in an open cache."""
    stream.seek(-ENDING.size, os.SEEK_END)
    return ENDING.unpack(stream.read())


def _read_summary_and_table(path):
    """What a cache was made of and for, and its table's bytes; OSError, ValueError or struct.error if it is none."""
    with open(path, 'rb') as stream:
        begin, end = _read_places(stream)
        if not 0 <= begin <= end <= os.fstat(stream.fileno()).st_size - ENDING.size:
            raise ValueError('the places of table and JSON are not in the file')
        stream.seek(begin)
        table = stream.read(end - begin)
        try:
            return json.loads(stream.read()[: -ENDING.size]), table
        except RecursionError as error:
            raise ValueError('brackets within brackets') from error


def photograph_state(path):
    """[bytes, time of change in ns] of a photograph or of the LMDB that holds it; None if it is missing."""
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
