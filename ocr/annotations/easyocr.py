"""EasyOCR's trainer: `labels.csv` beside its images, a header `filename,words` and a line per image.

    filename,words
    1.jpg,Hello, world           everything behind the first comma is the text
    2.jpg,"say ""hi"", world"    quoted as CSV has it

The trainer has read both kinds over the years: a line that is two columns of well-formed CSV is taken as that.
"""

import csv

from ocr.annotations.files import locate_image, read_lines
from ocr.annotations.image_root import image_root
from ocr.annotations.place import Place, first_lines, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

HEADER = ['filename', 'words']


def recognises(place):
    """Whether a .csv file there has the header."""
    return any(_is_labels(file) for file in place.top('.csv'))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    files = [file for file in Place(path).top('.csv') if _is_labels(file)]
    return only_file(path, dataset, files, '.csv file with the header filename,words')


def read(path, dataset):
    """Yields TextRegion | Dropped for each line."""
    (labels,) = annotation_files(path, dataset)
    heads = [_columns(line)[:1] for line in first_lines(labels)[1:]]
    root = image_root(labels, heads, dataset)
    lines = read_lines(labels)
    if _columns(next(lines, (1, ''))[1]) != HEADER:
        raise InputError(f'{labels}:1: the header filename,words is expected')
    for number, line in lines:
        where = f'{labels}:{number}'
        columns = _columns(line)
        if len(columns) != 2 or not columns[0]:
            raise InputError(f'{where}: filename,words is expected, found {line[:60]!r}')
        yield region_or_dropped(locate_image(root, columns[0]), columns[1], None, dataset, where)


def _is_labels(file):
    return [_columns(line) for line in first_lines(file, 1)] == [HEADER]


def _columns(line):
    """[filename, words] of a line; fewer if there is no comma."""
    try:
        columns = next(csv.reader([line], strict=True), [])
    except csv.Error:
        columns = []
    return columns if len(columns) == 2 else line.split(',', 1)
