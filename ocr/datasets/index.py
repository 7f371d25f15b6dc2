"""The index of a dataset: its usable text regions as JSON Lines, built once, then read by random access.

    {"image": "/data/lsvt/train/gt_1.jpg", "text": "...", "polygon": [[x, y], ...], "dataset": "lsvt"}

Image paths are absolute, texts NFC, polygons in pixels of the upright picture, rounded to 0.01. Beside `<index>` lies
`<index>.counts.json`: how many regions were kept and dropped for which reason, and of which state of the annotation
files that holds; and `<index>.images`, which state of the images it holds of (see `index_images`). Building and reading
take memory that does not grow with the regions, 8 bytes each aside.
"""

import hashlib
import json
import logging
import os
from array import array
from pathlib import Path

import numpy as np
from tabulate import tabulate

from ocr.charset import normalize
from ocr.datasets.index_images import ImageRecord, changed_image, images_path
from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.file_names import shortened
from ocr.files.json_text import MalformedJson, parse_json
from ocr.geometry import whole_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.region import MIN_SIZE, Dropped, DropReason, TextRegion, judge_polygon
from ocr.terminal.visible import visible

FORMAT = 2
KEPT = 'kept'
BLAMED_IMAGES = 5  # images at fault that are logged one by one
REMEDY = 'free the disk or change --index_dir'

logger = logging.getLogger(__name__)


def index_file(index_dir, source, ending='.jsonl'):
    """Path of the index of a dataset, `<name>.jsonl`, or `<name>-<digest>.jsonl` if that is of another dataset.

    Args:
        index_dir: folder of the indexes.
        source: annotations.Source.
        ending: what the file's name ends with.
    """
    plain = os.path.join(index_dir, f'{shortened(source.name)}{ending}')
    summary = _read_summary(plain)
    if summary is None or summary.get('format') != FORMAT or summary.get('source') == source.absolute:
        return plain
    digest = hashlib.blake2b(source.absolute.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()
    return os.path.join(index_dir, f'{shortened(source.name)}-{digest}{ending}')


def build_index(source, index_path, min_size=MIN_SIZE, progress=None, *, to_lines=None):
    """Reads the annotations of a dataset, checks every image once and writes the index and its counts.

    The files are written beside and then renamed, so that none is ever half-written.

    Args:
        source: annotations.Source.
        index_path: JSON Lines file to write; its folder is made if missing.
        min_size: pixels that a region measures at least on both sides, inside the image.
        progress: called with 1 after every annotated region, or None.
        to_lines: what makes the index's lines, as `region_lines` does; None: region_lines.

    Returns:
        counts: {KEPT: number, reason: number for each DropReason that occurred}.

    Raises:
        InputError: annotations missing or malformed, or the index cannot be written.
    """
    fingerprint = source.fingerprint()
    counts = {KEPT: 0}
    with (
        replacing(images_path(index_path), binary=True, remedy=REMEDY) as images,
        replacing(index_path, binary=True, remedy=REMEDY) as stream,
    ):
        look = ImageRecord(images).look
        for line in (to_lines or region_lines)(source.read(), min_size, counts, progress or (lambda _: None), look):
            stream.write(line)
        Path(_counts_path(index_path)).unlink(missing_ok=True)  # killed between the renames, there is no index
    summary = {
        'format': FORMAT,
        'dataset': source.name,
        'source': source.absolute,
        'fingerprint': fingerprint,
        'min_size': min_size,
        'index_bytes': os.path.getsize(index_path),
        'counts': counts,
    }
    with replacing(_counts_path(index_path), binary=True, remedy=REMEDY) as stream:
        stream.write((json.dumps(summary, ensure_ascii=False, indent=1) + '\n').encode('utf-8', 'surrogatepass'))
    return counts


def index_is_current(index_path, source, min_size=MIN_SIZE):
    """Whether the index is whole and made of these annotations and images, in their present state, with these settings.

    An image that has come, gone or changed its size or orientation since is logged.
    """
    summary = _read_summary(index_path)
    is_of_labels = (
        summary is not None
        and summary.get('format') == FORMAT
        and summary.get('dataset') == source.name
        and summary.get('min_size') == min_size
        and os.path.isfile(index_path)
        and summary.get('index_bytes') == os.path.getsize(index_path)
        and summary.get('fingerprint') == source.fingerprint()
    )
    change = changed_image(index_path) if is_of_labels else None
    if change:
        logger.info('%s: %s; the index is built anew', source.name, change)
    return is_of_labels and not change


def read_counts(index_path):
    """Counts that `build_index` stored: {KEPT: number, reason: number}; InputError if there are none."""
    summary = _read_summary(index_path)
    if summary is None:
        raise InputError(f'{_counts_path(index_path)}: missing or malformed; run dataset.py to build the index anew')
    return summary['counts']


class RegionIndex:
    """Random access to the regions of one or more index files, one after another.

    Keeps one byte offset (int64) per region; a region is read from its file when it is asked for. Can be pickled to
    worker processes and used from several threads.

    Attributes:
        paths: tuple of the index files.
    """

    STRINGS = 'image', 'text', 'dataset'  # what every record has

    def __init__(self, paths):
        """Scans the files for their lines; InputError if one cannot be read."""
        self.paths = (os.fspath(paths),) if isinstance(paths, (str, os.PathLike)) else tuple(map(os.fspath, paths))
        scans = [_scan(path) for path in self.paths]
        self._offsets = [offsets for offsets, _ in scans]
        self._states = [state for _, state in scans]
        self._starts = np.cumsum([0, *(len(offsets) - 1 for offsets in self._offsets)])
        self._files = {}

    def __getstate__(self):
        return {**self.__dict__, '_files': {}}

    def __len__(self):
        return int(self._starts[-1])

    @property
    def spans(self):
        """[(start, stop)] of the positions that each of the paths holds."""
        return list(zip(self._starts[:-1].tolist(), self._starts[1:].tolist(), strict=True))

    def record(self, position):
        """The JSON object at a position, as a dictionary."""
        position = int(position)
        if not 0 <= position < len(self):
            raise IndexError(f'position {position} is outside an index of {len(self)} regions')
        file_number = int(np.searchsorted(self._starts, position, side='right')) - 1
        offsets = self._offsets[file_number]
        line = position - int(self._starts[file_number])
        begin, end = int(offsets[line]), int(offsets[line + 1])
        try:
            record = json.loads(os.pread(self._descriptor(file_number), end - begin, begin))
            if all(isinstance(record[name], str) for name in self.STRINGS):
                return record
        except (ValueError, TypeError, LookupError, RecursionError):
            pass
        raise self._damaged(file_number, line)

    def _damaged(self, file_number, line):
        return InputError(f'{self.paths[file_number]}:{line + 1}: no region; delete the file, it is built anew')

    def __getitem__(self, position):
        """The TextRegion at a position 0..len - 1."""
        record = self.record(position)
        try:
            return self._of_record(record)
        except (ValueError, TypeError, LookupError, OverflowError, AttributeError):
            file_number = int(np.searchsorted(self._starts, int(position), side='right')) - 1
            raise self._damaged(file_number, int(position) - int(self._starts[file_number])) from None

    def _of_record(self, record):
        polygon = np.array(record['polygon'], np.float32).reshape(-1, 2)
        return TextRegion(record['image'], polygon, record['text'], record['dataset'])

    def records(self, start=0, stop=None):
        """Iterator of the JSON objects at positions start..stop - 1, in order."""
        stop = len(self) if stop is None else stop
        return (self.record(position) for position in range(start, stop))

    def texts(self):
        """Iterator of all texts, in order."""
        return (record['text'] for record in self.records())

    def _descriptor(self, file_number):
        if file_number not in self._files:
            path = self.paths[file_number]
            stream = open(path, 'rb')  # noqa: SIM115 - stays open for later reads
            if _state_of(stream) != self._states[file_number]:
                raise InputError(f'{path}: was built anew while it is in use; start again')
            self._files.setdefault(file_number, stream)
        return self._files[file_number].fileno()


def select(index, charset, seq_len, start=0, stop=None):
    """The regions of an index, or of its positions start..stop - 1, whose texts a charset and a length can hold.

    Returns:
        positions: int64 (n,), kept, ascending.
        counts: {DropReason.TOO_LONG: number, DropReason.UNKNOWN_CHARACTER: number}; a region counts once.
    """
    positions = array('q')
    counts = {DropReason.TOO_LONG: 0, DropReason.UNKNOWN_CHARACTER: 0}
    for position, record in enumerate(index.records(start, stop), start):
        if reason := judge_label(record['text'], charset, seq_len):
            counts[reason] += 1
        else:
            positions.append(position)
    return np.array(positions, np.int64), counts


def judge_label(text, charset, seq_len):
    """DropReason of a text that a charset and a length cannot hold, or None."""
    if len(text) > seq_len:
        return DropReason.TOO_LONG
    return DropReason.UNKNOWN_CHARACTER if charset.unknown(text) else None


def split_by_image(index, positions, share, seed):
    """Parts regions into training and held-out ones so that no photograph has regions in both.

    A photograph's side follows from a hash of its path (the last three names, so that a moved dataset stays parted
    alike) and the seed, not from the other photographs. With share > 0, neither part is empty; but a
    lone photograph is all for training.

    Args:
        index: RegionIndex.
        positions: int64 (n,).
        share: of the photographs to hold out, 0..1.
        seed: int.

    Returns:
        train, held_out: int64, ascending as in positions.
    """
    positions = np.asarray(positions, np.int64)
    if share <= 0 or not len(positions):
        return positions, positions[:0]
    draws = np.fromiter((_draw(index.record(position)['image'], seed) for position in positions), float, len(positions))
    if draws.min() == draws.max():
        return positions, positions[:0]
    threshold = np.clip(share, np.nextafter(draws.min(), 2), draws.max())
    return positions[draws >= threshold], positions[draws < threshold]


def count_table(counts_per_dataset):
    """Aligned table of {dataset: counts}, see `count_rows`."""
    headers, rows = count_rows(counts_per_dataset)
    return tabulate(rows, headers=headers, disable_numparse=[0])


def count_rows(counts_per_dataset):
    """Headers and rows of {dataset: counts}: a row a dataset and their total; kept and every reason that occurs.

    Reasons of 0 everywhere have no column.
    """
    total = {}
    for counts in counts_per_dataset.values():
        for reason, number in counts.items():
            total[reason] = total.get(reason, 0) + number
    known = [reason for reason in DropReason.ALL if total.get(reason)]
    columns = [KEPT, *known, *sorted(reason for reason in total if total[reason] and reason not in (KEPT, *known))]
    rows = [*counts_per_dataset.items(), ('total', total)]
    cells = [[visible(name), *(counts.get(column, 0) for column in columns)] for name, counts in rows]
    return ['dataset', *columns], cells


def region_lines(regions, min_size, counts, progress, look=upright_size):
    """Yields the index's line, bytes, of each region that is fit for use.

    Args:
        regions: iterable of TextRegion | Dropped.
        min_size: see build_index.
        counts: {KEPT or a DropReason: number}, counted up.
        progress: called with 1 after every region.
        look: function image path -> (width, height), as upright_size.
    """
    for region, reason in judged(regions, min_size, look=look):
        counts[reason or KEPT] = counts.get(reason or KEPT, 0) + 1
        if reason is None:
            yield _to_line(region)
        progress(1)


class ImageSizes:
    """Sizes of images; the first few that cannot be read are logged.

    Args:
        look: function of an image's path, as `upright_size`.
        num_blamed: how many are logged one by one.
    """

    def __init__(self, look=upright_size, num_blamed=BLAMED_IMAGES):
        self._look = look
        self._left = num_blamed

    def of(self, image_path):
        """((width, height), None) of an image, or (None, DropReason) of one that cannot be read."""
        try:
            return self._look(image_path), None
        except UnreadableImage as error:
            if self._left > 0:
                self._left -= 1
                more = '' if self._left else ' (more follow unnamed)'
                logger.warning('%s: %s%s', image_path, error.reason, more)
            return None, error.reason


def judged(regions, min_size=MIN_SIZE, blamed_images=BLAMED_IMAGES, look=upright_size):
    """Yields (TextRegion | Dropped, DropReason | None); opens an image once for a run of regions that share it.

    Args:
        regions: iterable of TextRegion | Dropped, as `read_dataset` yields them.
        min_size: see build_index.
        blamed_images: images at fault that are logged one by one.
        look: function of an image's path, as `upright_size`.
    """
    image_path, sizes = None, ImageSizes(look, blamed_images)
    for region in regions:
        if isinstance(region, Dropped):
            yield region, region.reason
            continue
        if region.image_path != image_path:
            image_path = region.image_path
            size, fault = sizes.of(image_path)
        if fault:
            yield region, fault
            continue
        if region.polygon is None:
            region = TextRegion(region.image_path, whole_image(*size), region.text, region.dataset)
        yield region, judge_polygon(region.polygon, *size, min_size)


def positions_by_photograph(index, start=0, stop=None):
    """Yield int64 (n,), the positions of each photograph's regions.

    Args:
        index: RegionIndex; photographs come in its order, and regions of one need not stand together.
        start, stop: part of the index; None is its end.
    """
    stop = len(index) if stop is None else stop
    names = np.fromiter((hash(record['image']) for record in index.records(start, stop)), np.int64, stop - start)
    _, first, number = np.unique(names, return_index=True, return_inverse=True)
    first = first[number]
    order = np.argsort(first, kind='stable')
    if len(order):
        yield from np.split(start + order, np.flatnonzero(np.diff(first[order])) + 1)


def _to_line(region):
    """The index line of a TextRegion, bytes."""
    record = {
        'image': os.path.abspath(region.image_path),
        'text': normalize(region.text),
        'polygon': rounded(region.polygon),
        'dataset': region.dataset,
    }
    return (json.dumps(record, ensure_ascii=False) + '\n').encode('utf-8', 'surrogatepass')


def rounded(polygon):
    """Polygon as nested lists: whole numbers as int, others as float with two decimals."""
    rows = np.round(polygon.astype(np.float64), 2).tolist()
    return [[int(value) if value.is_integer() else value for value in row] for row in rows]


def _draw(image_path, seed):
    """Number in [0, 1) that belongs to an image and a seed."""
    names = '/'.join(image_path.replace(os.sep, '/').split('/')[-3:])
    digest = hashlib.blake2b(f'{seed}\n{names}'.encode('utf-8', 'surrogatepass'), digest_size=8).digest()
    return (int.from_bytes(digest, 'big') >> 11) / 2**53


def _scan(path):
    """Byte offsets int64 (n + 1,) of the n lines of a file and of its end, and the file's state."""
    found = [np.zeros(1, np.int64)]
    size = 0
    try:
        with open(path, 'rb') as stream:
            state = _state_of(stream)
            while chunk := stream.read(1 << 20):
                found.append(np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord('\n')) + (size + 1))
                size += len(chunk)
    except OSError as error:
        raise InputError(f'{path}: cannot read this index ({error.strerror}); run dataset.py to build it') from error
    offsets = np.concatenate(found)
    return offsets if offsets[-1] == size else np.append(offsets, size), state


def _state_of(stream):
    """What tells an open file from another that took its place."""
    state = os.fstat(stream.fileno())
    return state.st_dev, state.st_ino, state.st_size


def _counts_path(index_path):
    return f'{index_path}.counts.json'


def _read_summary(index_path):
    """The stored counts file as a dictionary, or None if there is none that can be used."""
    try:
        with open(_counts_path(index_path), 'rb') as stream:
            summary = parse_json(stream.read())
    except (OSError, MalformedJson):
        return None
    counts = summary.get('counts') if isinstance(summary, dict) else None
    if not isinstance(counts, dict) or not all(type(number) is int for number in counts.values()):
        return None
    return summary
