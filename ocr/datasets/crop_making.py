"""Making the crop cache of an index, in one go or in several.

While it is made, `<index>.crops.part` grows by a record for each photograph: the sizes of what follows, a JSON object
(image, state, positions; if it could be read also lengths, checksums, matrices and shape), and the JPEGs. A run that
was stopped is taken up behind its last whole record. The ending makes a cache of it, see `crop_cache`; the records'
heads stay between the JPEGs.
"""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import struct
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from zlib import crc32

import cv2
import numpy as np

from ocr.datasets.counts import KEPT
from ocr.datasets.crop_cache import ENDING, FORMAT, ROW, cache_fault, cache_path, digest_of, photograph_state, read_jpeg
from ocr.datasets.index import REMEDY, RegionIndex, positions_by_photograph
from ocr.errors import InputError
from ocr.files.atomic import sync_folder
from ocr.geometry import box_polygon, polygon_box, strip_height
from ocr.parallel import map_in_order, num_cores
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.prepare import Broken, naming, read_or_broken
from ocr.preprocessing.warp import cut
from ocr.terminal.progress import progress_bar

_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
_SIZES = struct.Struct('<qq')  # bytes of a record's JSON and of its JPEGs
_SAMPLED = 8  # photographs that are cut to say how large a cache will be
_SEVERAL = 2  # regions a photograph, on average, from which on a training run makes a cache by itself

logger = logging.getLogger(__name__)


def ensure_caches(index, draws, *, canvas, margin, num_workers=0):
    """Make the caches that a training run gains by; one that is there and does not serve is remade.

    A cache costs one decoding a photograph, a training run without it one a sample. So it is made if photographs hold
    several regions each and the training looks at them more often than there are photographs. If the disk is too
    small for it the photographs are read, which is said.

    Args:
        index: RegionIndex.
        draws: for each of its paths, how many samples the training takes from it.
        canvas, margin, num_workers: as of build_cache.
    """
    for path, num_draws in zip(index.paths, draws, strict=True):
        fault = cache_fault(path, canvas, margin) if os.path.exists(cache_path(path)) else 'is missing'
        groups = list(positions_by_photograph(RegionIndex(path))) if fault and num_draws else []
        num_regions = sum(map(len, groups))
        if not groups or num_regions < _SEVERAL * len(groups) or num_draws <= len(groups):
            continue
        with contextlib.suppress(_TooLittleRoom):
            _announce(path, groups, fault, canvas, margin)
            with progress_bar(desc='cutting', total=num_regions, unit=' regions') as bar:
                try:
                    build_cache(path, canvas=canvas, margin=margin, num_workers=num_workers, progress=bar.update)
                except InputError as error:
                    logger.warning('%s; the photographs are read instead', error)


class _TooLittleRoom(Exception):
    pass


def _announce(index_path, groups, fault, canvas, margin):
    """Say what is made, where, and how large it will be; _TooLittleRoom if the disk has no room for it."""
    path, num_regions = cache_path(index_path), sum(map(len, groups))
    size = estimate_size(index_path, groups, canvas, margin)
    there = os.path.getsize(part_path(index_path)) if os.path.exists(part_path(index_path)) else 0
    free = shutil.disk_usage(os.path.dirname(os.path.abspath(path))).free
    logger.info(
        '%s %s: cutting %d regions out of %d photographs, about %.0f MB, once',
        *(path, fault, num_regions, len(groups), max(size / 1e6, 1)),
    )
    if size - there > free:
        logger.warning('%s: only %.0f MB are free; the photographs are read instead', path, free / 1e6)
        raise _TooLittleRoom


def estimate_size(index_path, groups, canvas, margin):
    """Bytes that a cache will take, from a few of its photographs.

    Args:
        index_path: JSON Lines file.
        groups: list of int64 (n,), the positions of each photograph's regions.
        canvas, margin: as of build_cache.
    """
    index = RegionIndex(index_path)
    some = groups[:: -(-len(groups) // _SAMPLED)]
    cuts = [_cut_photograph([index[position] for position in group], canvas, margin) for group in some]
    sampled = sum(map(len, some))
    size = sum(len(photograph.jpegs) + len(json.dumps(photograph.head)) for photograph in cuts)
    return round((size / sampled + ROW.itemsize) * sum(map(len, groups)))


def build_cache(index_path, *, canvas, margin, num_workers=0, progress=None):
    """Cuts all regions of an index and writes them; each photograph is decoded once.

    What is at the cache's path stays there until the new one is whole. Stopped, it goes on from there the next time, if
    nothing that it depends on has changed; if it cannot be written, nothing is left.

    Args:
        index_path: JSON Lines file.
        canvas: Canvas that the crops are to serve, and all that are no larger.
        margin: text heights around the text that the crops hold, see `crop_cache.needed_margin`.
        num_workers: threads; 0 is one for each core.
        progress: called with the number of regions after every photograph, or None.

    Returns:
        counts: {KEPT: number, reason: number for each DropReason that occurred}.

    Raises:
        InputError: the cache cannot be written, or another process is at it.
    """
    index = RegionIndex(index_path)
    num_workers = num_workers or num_cores()
    made_for = {name: value for name, value in canvas.identity.items() if name != 'canvas'}
    wanted = {'format': FORMAT, 'index': digest_of(index_path), **made_for, 'margin': margin}

    def cut_all(positions):
        regions = [index[position] for position in positions]
        return positions, _cut_photograph(regions, canvas, margin)

    with _growing(index_path) as stream, ThreadPoolExecutor(num_workers) as pool:
        contents = _Contents(np.zeros(len(index), ROW))
        groups = islice(positions_by_photograph(index), _take_up(stream, wanted, contents), None)
        if progress and contents.num_regions:
            progress(contents.num_regions)
        for positions, photograph in map_in_order(cut_all, groups, pool, 2 * num_workers):
            if photograph.fault:
                logger.warning('left out: %s', photograph.fault)
            head = {**photograph.head, 'positions': positions.tolist()}
            contents.add(head, _rows(head, _write_record(stream, head, photograph.jpegs)))
            if progress:
                progress(len(positions))
        _write_ending(stream, contents.table.tobytes(), {**wanted, 'photographs': contents.states})
    return dict(contents.counts)


@dataclass(frozen=True)
class _Photograph:
    """What was cut out of one photograph: head of its record without the positions, why it could not be read."""

    head: dict
    jpegs: bytes = b''
    fault: str = ''


@dataclass
class _Contents:
    """What the records so far hold."""

    table: np.ndarray  # ROW for each region
    states: dict = field(default_factory=dict)  # {image path: see photograph_state}
    counts: Counter = field(default_factory=lambda: Counter({KEPT: 0}))

    @property
    def num_regions(self):
        """Regions of the photographs so far."""
        return sum(self.counts.values())

    def add(self, head, rows):
        """Take in a record, its head and its part of the table."""
        self.states[head['image']] = head['state']
        self.counts[head.get('reason', KEPT)] += len(head['positions'])
        self.table[head['positions']] = rows


def _rows(head, begin):
    """ROW (n,) of the regions of a record whose JPEGs begin at a place in the file."""
    rows = np.zeros(len(head['positions']), ROW)
    if 'reason' not in head:
        rows['length'], rows['checksum'] = head['lengths'], head['checksums']
        rows['begin'] = begin + np.cumsum(rows['length']) - rows['length']
        rows['matrix'], rows['shape'] = head['matrices'], head['shape']
    return rows


def part_path(index_path):
    """Where a cache grows."""
    return f'{cache_path(index_path)}.part'


@contextlib.contextmanager
def _growing(index_path):
    """The file that becomes the cache when the block ends well, locked for this process, with what is in it.

    It stays when the process is stopped, and goes when it cannot be written.
    """
    path, part = cache_path(index_path), part_path(index_path)
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT, 0o666), 'r+b') as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_ours = os.path.exists(part) and os.path.samestat(os.fstat(stream.fileno()), os.stat(part))
            except BlockingIOError:
                is_ours = False
            if not is_ours:
                raise InputError(f'{path}: another process is making it; wait until it has')
            try:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            except OSError:
                os.unlink(part)
                raise
            os.replace(part, path)
            sync_folder(os.path.dirname(path) or '.')
    except OSError as error:
        raise InputError(f'{path}: cannot be written ({error.strerror or error}); {REMEDY}') from error


def _take_up(stream, wanted, contents):
    """Take in the records that a stopped run left, up to the first whose photograph has changed or that is damaged.

    The rest is cut off.

    Args:
        stream: the file; its first record says what it is made of and for.
        wanted: dict, the same of the cache that is to be.
        contents: _Contents, empty.

    Returns:
        number of photographs that are done.
    """
    records, num_done = _whole_records(stream), 0
    head, _, kept = next(records, (None, 0, 0))
    if head != wanted:
        stream.seek(0)
        stream.truncate()
        _write_record(stream, wanted)
        return 0
    for head, begin, end in records:
        rows = _rows(head, begin)
        if photograph_state(head['image']) != head['state'] or any(read_jpeg(stream, row) is None for row in rows):
            break
        contents.add(head, rows)
        num_done, kept = num_done + 1, end
    stream.seek(kept)
    stream.truncate()
    return num_done


def _whole_records(stream):
    """Yields (head, begin of its JPEGs, end) of each record in an unfinished file."""
    size, end = os.fstat(stream.fileno()).st_size, 0
    while end + _SIZES.size <= size:
        stream.seek(end)
        of_head, of_jpegs = _SIZES.unpack(stream.read(_SIZES.size))
        begin = end + _SIZES.size + of_head
        end = begin + of_jpegs
        if of_head < 0 or of_jpegs < 0 or end > size:
            return
        try:
            head = json.loads(stream.read(of_head))
        except ValueError:
            return
        yield head, begin, end


def _write_record(stream, head, jpegs=b''):
    """Append a record; returns the place where its JPEGs begin."""
    encoded = json.dumps(head).encode()
    stream.write(_SIZES.pack(len(encoded), len(jpegs)) + encoded)
    begin = stream.tell()
    stream.write(jpegs)
    return begin


def _write_ending(stream, table, summary):
    places = [stream.tell()]
    stream.write(table)
    places.append(stream.tell())
    stream.write(json.dumps({**summary, 'table': crc32(table)}).encode())
    stream.write(ENDING.pack(*places))


def _cut_photograph(regions, canvas, margin):
    """_Photograph of the regions of one photograph."""
    path = regions[0].image_path
    head, image = {'image': path, 'state': photograph_state(path)}, read_or_broken(path)
    if isinstance(image, Broken):
        return _Photograph({**head, 'reason': image.reason}, fault=image.message)
    with naming(path):
        cuts = [_cut_region(image, region.polygon, canvas, margin) for region in regions]
    jpegs, matrices = zip(*cuts, strict=True)
    crops = {
        'lengths': list(map(len, jpegs)),
        'checksums': list(map(crc32, jpegs)),
        'matrices': [matrix.tolist() for matrix in matrices],
        'shape': image.shape[:2],
    }
    return _Photograph({**head, **crops}, b''.join(jpegs))


def _cut_region(image, polygon, canvas, margin):
    """JPEG bytes of what a canvas can show of a region, and float64 (2, 3), photograph -> its pixels."""
    x0, y0, x1, y1 = polygon_box(polygon)
    around = margin * strip_height(polygon)
    # At the least fill the warp finds two pixels for one of the canvas, as in the photograph; at the largest, enough.
    scale = AugmentSettings.min_fill * canvas.scale(polygon)
    outline = box_polygon((x0 - around, y0 - around, x1 + around, y1 + around))
    pixels, matrix = cut(image, outline, np.array([scale, scale]))
    return cv2.imencode('.jpg', cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), _JPEG)[1].tobytes(), matrix
