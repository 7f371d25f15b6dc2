"""ICDAR 2013 and 2015 word recognition: a text file with a cropped word per line, its text in double quotes.

    word_1.png, "Tiredness"
    word_2.png, "say \"hi\" \\o/"

Quotes and backslashes inside are escaped by a backslash. The images lie beside the file, or in a folder near it.
"""

import re

from ocr.annotations.image_list import lists_images, read_image_list
from ocr.annotations.place import Place, only_file
from ocr.annotations.regions import region_or_dropped

_LINE = re.compile(r'\s*([^,"\s](?:[^,"]*[^,"\s])?)\s*,\s*"(.*)"\s*')  # no blank may be matched in two ways


def recognises(place):
    """Whether a text file there has such lines."""
    return any(lists_images(file, _LINE) for file in place.top('.txt'))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    files = [file for file in Place(path).top('.txt') if lists_images(file, _LINE)]
    return only_file(path, dataset, files, 'text file of lines such as word_1.png, "text"')


def read(path, dataset):
    """Yields TextRegion | Dropped for each line."""
    (labels,) = annotation_files(path, dataset)
    for image, text, where in read_image_list(labels, _LINE, dataset, 'image, "text"'):
        yield region_or_dropped(image, unescape(text), None, dataset, where)


def unescape(text):
    """The text of a quoted one: backslashes before quotes and backslashes are taken away."""
    return re.sub(r'\\(["\\])', r'\1', text)
