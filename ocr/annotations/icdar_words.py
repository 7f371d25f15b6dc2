"""ICDAR 2013 and 2015 word recognition: a text file with a cropped word a line, its text in double quotes.

    word_1.png, "Tiredness"
    word_2.png, "say \"hi\" \\o/"

Quotes and backslashes inside are escaped by a backslash. The images lie beside the file, or in a folder near it.
"""

import os
import re

from ocr.annotations.files import read_lines
from ocr.annotations.image_root import image_root
from ocr.annotations.place import Place, first_lines, is_image, most, only_file
from ocr.annotations.region import region_or_dropped
from ocr.errors import InputError

_LINE = re.compile(r'\s*([^,"]+?)\s*,\s*"(.*)"\s*')


def recognises(place):
    """Whether a text file there has such lines."""
    return any(_is_words(file) for file in place.top('.txt'))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    files = [file for file in Place(path).top('.txt') if _is_words(file)]
    return only_file(path, dataset, files, 'text file of lines such as word_1.png, "text"')


def read(path, dataset):
    """Yields TextRegion | Dropped for each line."""
    (labels,) = annotation_files(path, dataset)
    heads = [[match[1]] for match in map(_LINE.fullmatch, first_lines(labels)) if match]
    root = image_root(os.path.dirname(labels), heads, dataset)
    for number, line in read_lines(labels):
        where = f'{labels}:{number}'
        match = _LINE.fullmatch(line)
        if not match:
            raise InputError(f'{where}: image, "text" is expected, found {line[:60]!r}')
        yield region_or_dropped(os.path.join(root, match[1]), unescape(match[2]), None, dataset, where)


def unescape(text):
    """The text of a quoted one: backslashes before quotes and backslashes are taken away."""
    return re.sub(r'\\(["\\])', r'\1', text)


def _is_words(file):
    return most(first_lines(file), lambda line: (match := _LINE.fullmatch(line)) and is_image(match[1]))
