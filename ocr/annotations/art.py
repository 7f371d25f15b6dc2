"""ICDAR2019 ArT: the word crops of task 2, or the full photographs of tasks 1 and 3 if the crops are absent.

train_task2_labels.json + train_task2_images/gt_N_M.jpg     key = one crop, points relative to the crop
train_labels.json       + train_images/gt_N.jpg             key = one photograph with all its regions
"""

import os

from ocr.annotations.files import require_file, require_folder
from ocr.annotations.label_dictionary import read_label_dictionary

CROPS = ('train_task2_labels.json', 'train_task2_images')
PHOTOGRAPHS = ('train_labels.json', 'train_images')


def recognises(place):
    """Whether a label file of the challenge is there."""
    return any(os.path.isfile(os.path.join(place.path, labels)) for labels, _ in (CROPS, PHOTOGRAPHS))


def annotation_files(path, dataset='art'):
    """[the label file] of a dataset folder; InputError if it is missing."""
    return [_layout(path, dataset)[0]]


def read(path, dataset='art'):
    """Yields TextRegion | Dropped for each annotated region."""
    labels, images = _layout(path, dataset)
    yield from read_label_dictionary(labels, [images], dataset)


def _layout(path, dataset):
    """(label file, image folder) of the layout that is there."""
    require_folder(path, dataset, f'{CROPS[0]} and {CROPS[1]}/ of the ArT challenge')
    crops_are_there = any(os.path.exists(os.path.join(path, name)) for name in CROPS)
    photographs_are_there = os.path.exists(os.path.join(path, PHOTOGRAPHS[0]))
    labels, images = PHOTOGRAPHS if photographs_are_there and not crops_are_there else CROPS
    holds = f'the labels of ArT task 2 (or {PHOTOGRAPHS[0]} of tasks 1 and 3)'
    return require_file(os.path.join(path, labels), dataset, holds), os.path.join(path, images)
