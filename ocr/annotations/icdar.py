r"""ICDAR 2013, 2015 and MLT scene text: `gt_<image>.txt` for each photograph, beside it or apart.

    x1,y1,x2,y2,x3,y3,x4,y4,text                2015; everything behind the eighth comma is the text
    x1,y1,x2,y2,x3,y3,x4,y4,Latin,text          MLT, with the script
    38, 43, 920, 215, "Tiredness"               2013: left, top, right, bottom; quotes inside are escaped, \"
    158 128 411 181 "Footpath"                  2013, training part

If no file's name begins with gt_, all .txt files are label files. `###` marks what nobody could read.
"""

import re

from ocr.annotations.files import read_lines
from ocr.annotations.icdar_words import unescape
from ocr.annotations.photographs import pair, sample_lines, text_files
from ocr.annotations.place import Place, label_files, most
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

_DIGITS = r'([-+]?\d+(?:\.\d+)?)'
_NUMBER = rf'\s*{_DIGITS}\s*'
_SCRIPT = '(?:Arabic|Bangla|Chinese|Hindi|Japanese|Korean|Latin|Mixed|None|Symbols),'
_QUAD = re.compile(f'{",".join([_NUMBER] * 8)},(?:{_SCRIPT})?(.*)')
_PARTED = r'(?:\s*,\s*|[^\S ]* \s*)'  # by a comma or blanks, no blank of which is matched in two ways
_BOX = re.compile(rf'\s*{_PARTED.join([_DIGITS] * 4)}{_PARTED}"(.*)"\s*')
_OTHERS = re.compile(rf'[01],".*"\s*|{_NUMBER},{_NUMBER},.*')  # behind a quad: RCTW-17, a polygon of more points
EXPECTED = 'x1,y1,x2,y2,x3,y3,x4,y4,text or left, top, right, bottom, "text"'


def recognises(place):
    """Whether text files there have nearly nothing but such lines."""
    return most(sample_lines(text_files(place)), _is_icdar, share=0.9)


def annotation_files(path, dataset):
    """The label files; InputError if there are none, or in several folders."""
    return label_files(path, dataset, text_files(Place(path)), 'gt_<image>.txt')


def read(path, dataset):
    """Yields TextRegion | Dropped for each line."""
    for labels, image_path in pair(path, annotation_files(path, dataset), dataset):
        for number, line in read_lines(labels):
            where = f'{labels}:{number}'
            points, text = _parse_line(line, where)
            yield region_or_dropped(image_path, text, points, dataset, where)


def _is_icdar(line):
    quad = _QUAD.fullmatch(line)
    return not _OTHERS.fullmatch(quad[9]) if quad else _BOX.fullmatch(line)


def _parse_line(line, where):
    """[x1, y1, ..., x4, y4] and text."""
    if quad := _QUAD.fullmatch(line):
        return [float(number) for number in quad.groups()[:8]], quad[9]
    if box := _BOX.fullmatch(line):
        left, top, right, bottom = (float(number) for number in box.groups()[:4])
        return [left, top, right, top, right, bottom, left, bottom], unescape(box[5])
    raise InputError(f'{where}: {EXPECTED} is expected, found {line[:60]!r}')
