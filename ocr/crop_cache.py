"""The crop cache of an index: every region cut once out of its photograph, so that training decodes small pictures.

`<index>.crops` holds a JPEG for each region, one after another; then a table, where each of them is and what part of
its photograph it shows; then, as JSON, what it was made of and for; last the places of table and JSON. A region whose
photograph could not be read has no JPEG. A crop has the margin that augmentation may show (`--margin`; rotation, shear
and perspective show nothing from outside the polygon), and no more pixels than the warp to the canvas looks at.
"""

import hashlib
import json
import logging
import os
import struct
from bisect import bisect_right
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from ocr.atomic import replacing
from ocr.augment import AugmentSettings
from ocr.errors import InputError
from ocr.geometry import box_polygon, polygon_box, strip_height
from ocr.image import Excerpt, cut
from ocr.index import KEPT, REMEDY, RegionIndex
from ocr.parallel import map_in_order, num_cores
from ocr.prepare import Broken, read_or_broken

FORMAT = 1
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
_ROW = np.dtype([('begin', '<i8'), ('length', '<i8'), ('matrix', '<f8', (2, 3)), ('shape', '<i8', 2)])
_ENDING = struct.Struct('<qq')  # begin of the table and of the JSON

logger = logging.getLogger(__name__)


def cache_path(index_path):
    """Where the crops of an index are."""
    return f'{os.path.splitext(index_path)[0]}.crops'


def needed_margin(margin_prob, margin):
    """What --margin_prob and --margin ask of a cache, in text heights."""
    return margin if margin_prob else 0.0


def build_cache(index_path, *, canvas_side, margin, num_workers=0, progress=None):
    """Cuts all regions of an index and writes them, whole or not at all; each photograph is decoded once.

    Args:
        index_path: JSON Lines file.
        canvas_side: pixels, of the largest canvas that the crops are to serve.
        margin: text heights around the text that the crops hold, see `needed_margin`.
        num_workers: threads; 0 is one for each core.
        progress: called with the number of regions after every photograph, or None.

    Returns:
        counts: {KEPT: number, reason: number for each DropReason that occurred}.

    Raises:
        InputError: the cache cannot be written.
    """
    index = RegionIndex(index_path)
    table, states, counts = np.zeros(len(index), _ROW), {}, Counter({KEPT: 0})
    num_workers = num_workers or num_cores()

    def cut_all(positions):
        regions = [index[position] for position in positions]
        return positions, *_cut_photograph(regions, canvas_side, margin)

    with (
        replacing(cache_path(index_path), binary=True, remedy=REMEDY) as stream,
        ThreadPoolExecutor(num_workers) as pool,
    ):
        for positions, path, state, cuts in map_in_order(cut_all, _by_photograph(index), pool, 2 * num_workers):
            states[path] = state
            if isinstance(cuts, Broken):
                counts[cuts.reason] += len(positions)
                logger.warning('left out: %s', cuts.message)
            else:
                counts[KEPT] += len(positions)
                for position, (jpeg, matrix, shape) in zip(positions, cuts, strict=True):
                    table[position] = stream.tell(), len(jpeg), matrix, shape
                    stream.write(jpeg)
            if progress:
                progress(len(positions))
        summary = {'index': _digest(index_path), 'canvas_side': canvas_side, 'margin': margin, 'photographs': states}
        _write_ending(stream, table, {'format': FORMAT, **summary})
    return dict(counts)


def cache_fault(index_path, canvas_side, margin):
    """Why the cache of an index does not serve, in words, or None where it does.

    Args:
        index_path: JSON Lines file whose cache is there.
        canvas_side, margin: as of build_cache, what is asked for now.
    """
    try:
        summary = _read_summary(cache_path(index_path))
    except (OSError, ValueError, struct.error):
        return 'is damaged'
    if summary['format'] != FORMAT:
        return 'was written by another version'
    if summary['index'] != _digest(index_path):
        return 'is of another state of the index'
    for name, wanted in (('canvas_side', canvas_side), ('margin', margin)):
        if wanted > summary[name]:
            flag = {'canvas_side': 'image_size'}.get(name, name)
            return f'was made for --{flag} {summary[name]} at most, and {wanted} is asked for'
    for path, state in summary['photographs'].items():
        if state != _state(path):
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
            table = np.memmap(stream, _ROW, 'r', begin, (end - begin) // _ROW.itemsize)
            self._opened[number] = table, stream
        return self._opened[number]


def _by_photograph(index):
    """Yields int64 (n,), the positions of each photograph's regions; photographs in the order in which they come."""
    names = np.fromiter((hash(record['image']) for record in index.records()), np.int64, len(index))
    _, first, number = np.unique(names, return_index=True, return_inverse=True)
    first = first[number]
    order = np.argsort(first, kind='stable')
    yield from np.split(order, np.flatnonzero(np.diff(first[order])) + 1)


def _cut_photograph(regions, canvas_side, margin):
    """Path and state of a photograph, and for each of its regions (JPEG, matrix, shape), or a Broken for all."""
    path = regions[0].image_path
    state, image = _state(path), read_or_broken(path)
    if isinstance(image, Broken):
        return path, state, image
    cuts = [(*_cut_region(image, region.polygon, canvas_side, margin), image.shape[:2]) for region in regions]
    return path, state, cuts


def _cut_region(image, polygon, canvas_side, margin):
    """JPEG bytes of what a canvas can show of a region, and float64 (2, 3), photograph -> its pixels."""
    x0, y0, x1, y1 = polygon_box(polygon)
    around = margin * strip_height(polygon)
    # At the least fill the warp finds two pixels for one of the canvas, as in the photograph; at the largest, enough.
    scale = AugmentSettings.min_fill * canvas_side / max(x1 - x0, y1 - y0)
    outline = box_polygon((x0 - around, y0 - around, x1 + around, y1 + around))
    pixels, matrix = cut(image, outline, np.array([scale, scale]))
    return cv2.imencode('.jpg', cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), _JPEG)[1].tobytes(), matrix


def _write_ending(stream, table, summary):
    places = [stream.tell()]
    stream.write(table.tobytes())
    places.append(stream.tell())
    stream.write(json.dumps(summary).encode())
    stream.write(_ENDING.pack(*places))


def _read_places(stream):
    """Begin of the table and of the JSON in an open cache."""
    stream.seek(-_ENDING.size, os.SEEK_END)
    return _ENDING.unpack(stream.read())


def _read_summary(path):
    """What a cache was made of and for; OSError, ValueError or struct.error where it is none."""
    with open(path, 'rb') as stream:
        stream.seek(_read_places(stream)[1])
        return json.loads(stream.read()[: -_ENDING.size])


def _state(path):
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


def _digest(path):
    digest = hashlib.blake2b(digest_size=16)
    with open(path, 'rb') as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
