"""ICDAR2019 LSVT, fully annotated part: `train_full_labels.json` and the photographs.

The photographs are looked for in `train/` and, as the challenge packs them, `train_full_images_0/` and `_1/`.
"""

import os

from ocr.annotations.files import require_file, require_folder
from ocr.annotations.label_dictionary import read_label_dictionary

LABELS = 'train_full_labels.json'
IMAGE_FOLDERS = ('train', 'train_full_images_0', 'train_full_images_1')


def recognises(place):
    """Whether the label file of the challenge is there."""
    return os.path.isfile(os.path.join(place.path, LABELS))


def annotation_files(path, dataset='lsvt'):
    """[the label file] of a dataset folder; InputError if it is missing."""
    require_folder(path, dataset, f'{LABELS} and train/ of the LSVT challenge')
    return [require_file(os.path.join(path, LABELS), dataset, 'the labels of the LSVT challenge')]


def read(path, dataset='lsvt'):
    """Yields TextRegion | Dropped for each annotated region."""
    folders = [os.path.join(path, name) for name in IMAGE_FOLDERS]
    present = [folder for folder in folders if os.path.isdir(folder)]
    yield from read_label_dictionary(annotation_files(path, dataset)[0], present or folders, dataset)
