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
from pathlib import Path

import numpy as np

from ocr.datasets.counts import KEPT
from ocr.datasets.index_images import ImageRecord, changed_image, images_path
from ocr.datasets.judging import region_lines
from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.file_names import shortened
from ocr.files.json_text import MalformedJson, parse_json
from ocr.region import MIN_SIZE, TextRegion

FORMAT = 2
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
        logger.info('%s: %s; rebuilding the index', source.name, change)
    return is_of_labels and not change


def read_counts(index_path):
    """Counts that `build_index` stored: {KEPT: number, reason: number}; InputError if there are none."""
    summary = _read_summary(index_path)
    if summary is None:
        raise InputError(f'{_counts_path(index_path)}: missing or malformed; run dataset.py to rebuild the index')
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
        return InputError(f'{self.paths[file_number]}:{line + 1}: not a region; delete the file to rebuild it')

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
                raise InputError(f'{path}: was rebuilt while it was in use; start again')
            self._files.setdefault(file_number, stream)
        return self._files[file_number].fileno()


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
