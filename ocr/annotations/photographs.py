"""Label files of single photographs: gt_img_1.txt belongs to img_1.jpg, wherever the images are."""

import os
import re

from ocr.annotations.files import ImageFinder
from ocr.annotations.image_root import image_root
from ocr.annotations.place import SAMPLE, first_lines, is_image

_PREFIX = re.compile(r'(poly_)?gt_')
_CTW1500 = re.compile(r'000(?=\d{4}$)')  # 0001001.txt labels 1001.jpg


def text_files(place):
    """The .txt files that label photographs: those whose names begin with gt_ or poly_gt_, all if none does."""
    files = place.below('.txt')
    return [file for file in files if _PREFIX.match(os.path.basename(file))] or files


def sample_lines(files):
    """Lines from the begin of a few of many files, for a look at the format."""
    return [line for file in evenly(files, 10) for line in first_lines(file, 20)]


def pair(path, files, dataset):
    """Yields (label file, path of its photograph) for the label files of a dataset at a path, which lie in one folder.

    InputError if none of the photographs is there; the path of a single one that is missing is where it should be.
    """
    finder = ImageFinder()
    top = path if os.path.isdir(path) else None
    samples = [_stems(file) for file in evenly(files, SAMPLE)]
    root = image_root(os.path.dirname(files[0]), samples, dataset, top, finder.get)
    for file in files:
        yield file, finder.find([root], *_stems(file))


def evenly(items, number):
    """At most so many of a list's items, evenly spread over it."""
    step = max(1, -(-len(items) // number))
    return items[::step]


def _stems(file):
    """Names without extension that a label file's photograph may have, the likeliest first."""
    stem = os.path.splitext(os.path.basename(file))[0]
    if is_image(stem):  # img_1.jpg.txt
        stem = os.path.splitext(stem)[0]
    return list(dict.fromkeys([stem, _PREFIX.sub('', stem, count=1), _CTW1500.sub('', stem)]))
