"""Cropped words by number, each with a text file of its own, as the case-sensitive labels of Long and Yao have them.

IMG/1.jpg    label/1.txt     the text is the first line
"""

import os

from ocr.annotations.files import ImageFinder, read_lines
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

IMAGES, LABELS = 'IMG', 'label'


def recognises(place):
    """Whether there are the folders IMG and label, the second with numbered text files; or the path is one of these."""
    return bool(_labels(_root(place.path)))


def annotation_files(path, dataset):
    """The text files by their numbers; InputError if there are none."""
    files = _labels(_root(path))
    if not files:
        raise InputError(f'{dataset}: {path} holds no {LABELS}/1.txt with {IMAGES}/1.jpg; give the folder of both')
    return files


def read(path, dataset):
    """Yields TextRegion | Dropped for each word."""
    finder, images = ImageFinder(), os.path.join(_root(path), IMAGES)
    for file in annotation_files(path, dataset):
        text = next((line for _, line in read_lines(file)), '')
        yield region_or_dropped(finder.find([images], _stem(file)), text, None, dataset, file)


def _root(path):
    """The folder of both; any of its text files stands for it."""
    return os.path.dirname(os.path.dirname(os.path.abspath(path))) if os.path.isfile(path) else path


def _labels(root):
    """The numbered text files; none if there is no folder of images."""
    folder = os.path.join(root, LABELS)
    if not (os.path.isdir(folder) and os.path.isdir(os.path.join(root, IMAGES))):
        return []
    files = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith('.txt')]
    return sorted((file for file in files if _stem(file).isdecimal()), key=lambda file: int(_stem(file)))


def _stem(file):
    return os.path.splitext(os.path.basename(file))[0]
