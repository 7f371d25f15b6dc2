"""Annotation formats: each module turns one into TextRegion records, a region at a time.

A format's module has `recognises(place)`, whether a file or folder holds it; `annotation_files(path, dataset)`, the
files that it reads; and `read(path, dataset)`, which yields a `TextRegion` or a `Dropped` for every annotated region.
Reading opens no image.

A dataset's source is a path, or `FORMAT:PATH` with a key of FORMATS. The datasets of the challenges have the format of
their name; for others it is found out by looking at what the path holds.
"""

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


def annotation_files(name, source):
    """Paths of the files that hold the annotations of a dataset; InputError if they are missing."""
    form, path = split_source(resolve_source(name, source))
    return FORMATS[form].annotation_files(path, name)


def read_dataset(name, source):
    """Iterator of TextRegion | Dropped over a dataset; InputError, already here, if it is missing."""
    form, path = split_source(resolve_source(name, source))
    FORMATS[form].annotation_files(path, name)
    return FORMATS[form].read(path, name)
