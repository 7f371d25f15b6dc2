"""The regions of an index written as a dataset of their own, for this project or for others.

    jsonl   labels.jsonl and images/: the photographs as they are, polygons beside the texts
    gt      gt.txt and images/: a picture per region, for PaddleOCR and deep-text-recognition-benchmark
    lmdb    data.mdb: such pictures and texts, for deep-text-recognition-benchmark and PARSeq

The picture of a region that is all of an upright image is that file, byte for byte; of any other, the upright box
around its polygon, as far as it lies inside the photograph: JPEG if the photograph is one, else PNG. Pictures are
decoded on the way, so that damaged ones are left out; `jsonl` copies photographs without that.
"""

import hashlib
import io
import json
import os
from contextlib import contextmanager

import lmdb
import numpy as np
from PIL import Image

from ocr.datasets.counts import KEPT
from ocr.errors import InputError
from ocr.files.atomic import new_folder
from ocr.files.file_names import shortened
from ocr.geometry import clip_box, polygon_box, whole_image
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_file import open_image, split_page
from ocr.preprocessing.image_formats import open_format
from ocr.preprocessing.image_header import header
from ocr.preprocessing.unreadable import UnreadableImage, opening

NOT_ONE_LINE = 'tab or line break in the text'  # a reason of gt.txt's own
JPEG_QUALITY = 95
BATCH = 1000  # samples that are put into the LMDB at a time
_SUFFIXES = {'JPEG': '.jpg', 'MPO': '.jpg'}  # of Pillow's formats; of others, their names


def convert(index, form, folder, progress=None):
    """Writes a dataset, whole or not at all.

    Args:
        index: RegionIndex.
        form: 'jsonl', 'gt' or 'lmdb'.
        folder: folder to make; one that is there already must be empty.
        progress: called with 1 after every region, or None.

    Returns:
        {dataset: {KEPT: number, reason: number for each that occurred}}.

    Raises:
        InputError: the folder is not empty, or cannot be written.
    """
    counts = {}
    with new_folder(folder) as part, _WRITERS[form](part) as write:
        for position in range(len(index)):
            region = index[position]
            outcome = KEPT
            try:
                write(region)
            except _LeftOut as left_out:
                outcome = left_out.reason
            except UnreadableImage as unreadable:
                outcome = unreadable.reason
            of_dataset = counts.setdefault(region.dataset, {})
            of_dataset[outcome] = of_dataset.get(outcome, 0) + 1
            if progress:
                progress(1)
    return counts


class _LeftOut(Exception):
    """A region that a format cannot hold; `reason` says why."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@contextmanager
def _json_lines(folder):
    """Writer of the project's own format."""
    images = folder / 'images'
    images.mkdir()
    with open(folder / 'labels.jsonl', 'w', encoding='utf-8', errors='backslashreplace') as labels:
        stored = Stored()

        def write(region):
            data, suffix = stored.file(region.image_path)
            path = images / f'{_unique_name(region.image_path)}{suffix}'
            if not path.exists():
                path.write_bytes(data)
            polygon = np.round(region.polygon.astype(float), 2).tolist()
            record = {'image': f'images/{path.name}', 'text': region.text, 'polygon': polygon}
            labels.write(json.dumps(record, ensure_ascii=False) + '\n')

        yield write


@contextmanager
def _gt(folder):
    """Writer of gt.txt."""
    (folder / 'images').mkdir()
    with open(folder / 'gt.txt', 'w', encoding='utf-8', errors='backslashreplace', newline='') as labels:
        stored, number = Stored(), 0

        def write(region):
            nonlocal number
            if set(region.text) & set('\t\r\n'):
                raise _LeftOut(NOT_ONE_LINE)
            data, suffix = stored.picture(region)
            name = f'images/{number:09d}{suffix}'
            (folder / name).write_bytes(data)
            labels.write(f'{name}\t{region.text}\n')
            number += 1

        yield write


@contextmanager
def _lmdb(folder):
    """Writer of an LMDB."""
    with lmdb.open(os.fspath(folder), map_size=1 << 28, lock=False, sync=False, meminit=False) as environment:
        stored, number, pending = Stored(), 0, []

        def write(region):
            nonlocal number
            data, _ = stored.picture(region)
            number += 1
            pending.append((b'image-%09d' % number, data))
            pending.append((b'label-%09d' % number, region.text.encode('utf-8', 'backslashreplace')))
            if len(pending) >= 2 * BATCH:
                _put(environment, pending)
                pending.clear()

        try:
            yield write
            _put(environment, [*pending, (b'num-samples', str(number).encode())])
            environment.sync()
        except lmdb.Error as error:
            raise InputError(f'{folder.parent}: the LMDB cannot be written ({error}); free space?') from error


_WRITERS = {'jsonl': _json_lines, 'gt': _gt, 'lmdb': _lmdb}


def _put(environment, pairs):
    """Puts pairs into the database, which is enlarged until they fit."""
    while True:
        try:
            with environment.begin(write=True) as transaction:
                for key, value in pairs:
                    transaction.put(key, value)
            return
        except lmdb.MapFullError:
            environment.set_mapsize(2 * environment.info()['map_size'])


class Stored:
    """Image files and the pictures of regions in them; keeps the last, for the regions that share it."""

    def __init__(self):
        self._path = None

    def file(self, path):
        """Bytes of an image file, and the suffix that its format has; raises UnreadableImage."""
        self._open(path)
        return self._data, self._suffix

    def picture(self, region):
        """Bytes of an image file that shows a region alone, and its suffix; raises UnreadableImage."""
        self._open(region.image_path)
        if self._image is None:
            self._image = read_image(region.image_path)
        height, width = self._image.shape[:2]
        if self._is_upright and np.array_equal(region.polygon, whole_image(width, height)):
            return self._data, self._suffix
        x0, y0, x1, y1 = clip_box(polygon_box(region.polygon), width, height)
        crop = self._image[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))]
        return _encode(crop, '.jpg' if self._suffix == '.jpg' else '.png')

    def _open(self, path):
        if path == self._path:
            return
        self._path = self._image = None
        with opening(path):
            with open_image(path) as stream:
                self._data = stream.read()
            with open_format(io.BytesIO(self._data)) as image:
                self._suffix = _SUFFIXES.get(image.format, f'.{image.format.lower()}')
                self._is_upright = header(image).orientation == 1
        if split_page(path)[1] > 1:  # a file of its own, as which it is the first page
            self._image, self._is_upright = read_image(path), True
            self._data, self._suffix = _encode(self._image, '.png')
        self._path = path


def _encode(image, suffix):
    """uint8 (H, W, 3), RGB -> bytes of a file, and its suffix."""
    stream = io.BytesIO()
    options = {'format': 'JPEG', 'quality': JPEG_QUALITY, 'subsampling': 0} if suffix == '.jpg' else {'format': 'PNG'}
    Image.fromarray(image).save(stream, **options)
    return stream.getvalue(), suffix


def _unique_name(path):
    """Name without suffix for a copy of an image: its own, and what tells it from others of that name."""
    stem = shortened(os.path.splitext(os.path.basename(path))[0])
    return f'{stem}-{hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()}'
