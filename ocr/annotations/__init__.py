"""Annotation formats: each module turns one into TextRegion records, a region at a time.

A format's module has `annotation_files(path, dataset)`, the files that it reads, and `read(path, dataset)`, which
yields a `TextRegion` or a `Dropped` for every annotated region. Reading opens no image.
"""

import os

from ocr.annotations import art, lsvt, own, rctw, rects

DATASETS = {'lsvt': lsvt, 'art': art, 'rects': rects, 'icdar2017rctw': rctw}


def dataset_format(name):
    """The module that reads a dataset: a challenge's by its name, `own` for every other name."""
    return DATASETS.get(name, own)


def annotation_files(name, path):
    """Paths of the files that hold the annotations of dataset `name` at `path`; InputError if they are missing."""
    return dataset_format(name).annotation_files(os.fspath(path), name)


def read_dataset(name, path):
    """Iterator of TextRegion | Dropped over dataset `name` at `path`; InputError, already here, if it is missing."""
    annotation_files(name, path)
    return dataset_format(name).read(os.fspath(path), name)
