"""IIIT5K-Words as it is published: `testdata.mat`, a MATLAB table of cropped words.

    testdata(n).ImgName = 'test/1002_1.png'     testdata(n).GroundTruth = 'PRIVATE'

A folder is read as the test set. `traindata.mat` beside it is read if it is named itself.
"""

import os

from ocr.annotations.files import locate_image, open_binary, require_inside
from ocr.annotations.matlab_table import read_table
from ocr.annotations.place import Place, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

LABELS = 'testdata.mat'
NAMES = (LABELS, 'traindata.mat')


def recognises(place):
    """Whether the path is such a file, or a folder with testdata.mat."""
    if place.files == [place.path]:
        return os.path.basename(place.path) in NAMES
    return any(os.path.basename(file) == LABELS for file in place.top('.mat'))


def annotation_files(path, dataset):
    """[testdata.mat, or the file itself]; InputError if there is none."""
    files = [file for file in Place(path).top('.mat') if os.path.basename(file) == LABELS]
    return only_file(path, dataset, files, LABELS)


def read(path, dataset):
    """Yields TextRegion | Dropped for each word."""
    (labels,) = annotation_files(path, dataset)
    folder = os.path.dirname(labels)
    for number, (image, text) in enumerate(_table(labels)):
        where = f'{labels}: {number + 1}'
        yield region_or_dropped(locate_image(folder, require_inside(image, where)), text, None, dataset, where)


def _table(labels):
    """[(image, text)] of the file."""
    with open_binary(labels, is_text=False) as stream:
        content = stream.read()
    try:
        return read_table(content, os.path.splitext(os.path.basename(labels))[0], ('ImgName', 'GroundTruth'))
    except ValueError as error:
        raise InputError(f'{labels}: no table of ImgName and GroundTruth ({error}); unpack it again') from error
