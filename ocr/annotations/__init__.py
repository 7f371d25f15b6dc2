"""Annotation formats: each module turns one into TextRegion records, a region at a time.

A format's module has `recognises(place)`, whether a file or folder holds it; `annotation_files(path, dataset)`, the
files that it reads; and `read(path, dataset)`, which yields a `TextRegion` or a `Dropped` for every annotated region.
Reading opens no image.

Shared by the formats: place.py (what a path holds), files.py, image_root.py (where the images are), image_list.py,
label_dictionary.py, coco_file.py, lmdb_database.py, matlab_table.py, photographs.py, and regions.py, what they yield.

A dataset's source is a path, or `FORMAT:PATH` with a key of FORMATS. The datasets of the challenges have the format of
their name; for others it is found out by looking at what the path holds.
"""

import dataclasses
import hashlib
import os

from ocr.annotations import (
    art,
    coco,
    cocotext,
    ctw1500,
    doctr,
    easyocr,
    gt,
    icdar,
    icdar_words,
    iiit5k,
    lmdb_database,
    lsvt,
    mmocr,
    numbered,
    own,
    rctw,
    rects,
    svt,
    totaltext,
    trdg,
)
from ocr.annotations.place import Place, refuse_other_encodings
from ocr.errors import InputError

DATASETS = {'lsvt': lsvt, 'art': art, 'rects': rects, 'icdar2017rctw': rctw}
FORMATS = {
    'own': own,
    'gt': gt,
    'lmdb': lmdb_database,
    'doctr': doctr,
    'easyocr': easyocr,
    'trdg': trdg,
    'icdar': icdar,
    'icdar_words': icdar_words,
    'totaltext': totaltext,
    'ctw1500': ctw1500,
    'cocotext': cocotext,
    'coco': coco,
    'mmocr': mmocr,
    'svt': svt,
    'iiit5k': iiit5k,
    'numbered': numbered,
    **DATASETS,
}


def split_source(source):
    """(format | None, path) of a path or FORMAT:PATH."""
    name, colon, path = os.fspath(source).partition(':')
    return (name, path) if colon and name in FORMATS else (None, os.fspath(source))


def resolve_source(name, source):
    """FORMAT:PATH of a dataset.

    Raises:
        InputError: no format fits what is there, or several do, or there is nothing.
    """
    form, path = split_source(source)
    if form or name in DATASETS:
        return f'{form or name}:{path}'
    if not os.path.exists(path):
        raise InputError(f'{name}: {path} does not exist; a label file or a folder with one should be there')
    place = Place(path)
    fitting = [key for key, module in FORMATS.items() if module.recognises(place)]
    if len(fitting) == 1:
        return f'{fitting[0]}:{path}'
    if fitting:
        raise InputError(
            f'{name}: {path} can be read as {" and as ".join(fitting)}; say which, {name}={fitting[0]}:{path}'
        )
    refuse_other_encodings(place.files)
    raise InputError(
        f'{name}: {path} holds labels of no format known here (found {place.describe()}); '
        f'if it is one of {", ".join(FORMATS)}, say which, {name}=FORMAT:{path}'
    )


@dataclasses.dataclass(frozen=True)
class Source:
    """Where the labels of a dataset are, and in which format.

    Attributes:
        name: of the dataset.
        form: key of FORMATS.
        path: file or folder.
    """

    name: str
    form: str
    path: str

    @classmethod
    def of(cls, name, source):
        """Source of a dataset's name and its path or FORMAT:PATH, see resolve_source."""
        return cls(name, *split_source(resolve_source(name, source)))

    def __str__(self):
        return f'{self.form}:{self.path}'

    @property
    def absolute(self):
        """FORMAT:PATH with the path as it is from anywhere."""
        return f'{self.form}:{os.path.abspath(self.path)}'

    def files(self):
        """Paths of the files that hold the labels; InputError if they are missing."""
        return FORMATS[self.form].annotation_files(self.path, self.name)

    def read(self):
        """Iterator of TextRegion | Dropped; InputError, already here, if the labels are missing."""
        self.files()
        return FORMATS[self.form].read(self.path, self.name)

    def fingerprint(self):
        """Short text that changes with the format, and when a label file is added, removed, resized or touched."""
        digest = hashlib.blake2b(self.form.encode(), digest_size=16)
        for file in self.files():
            state = os.stat(file)
            digest.update(
                f'{os.path.abspath(file)}\n{state.st_mtime_ns}\n{state.st_size}\n'.encode('utf-8', 'surrogatepass')
            )
        return digest.hexdigest()


def read_dataset(name, source):
    """Iterator of TextRegion | Dropped over a dataset; InputError, already here, if it is missing."""
    return Source.of(name, source).read()
