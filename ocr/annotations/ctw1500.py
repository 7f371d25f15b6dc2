"""SCUT-CTW1500: curved text lines, an XML file for each training photograph, a text file for each of the test.

    <Annotations><image file="0200.jpg"><box ...><label>OLATHE</label><segs>131,58,208,49,...</segs>...</box>...
    131,58,208,49,...,165,134,####OLATHE        14 points; `####` separates them from the text, which may hold commas

0200.xml labels 0200.jpg, 0001001.txt labels 1001.jpg. Text that nobody could read is `###`, here `#######`.
"""

import re
from xml.etree import ElementTree

from ocr.annotations.files import open_binary, read_lines
from ocr.annotations.photographs import pair, sample_lines, text_files
from ocr.annotations.place import Place, label_files, most
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

_LINE = re.compile(r'((?:\s*-?\d+(?:\.\d+)?\s*,){28})####(.*)')
HOLDS = '.xml files of the training part or .txt files of the test part of CTW1500'


def recognises(place):
    """Whether XML or text files there look so."""
    return _has_xml(place) or most(sample_lines(text_files(place)), _LINE.fullmatch)


def annotation_files(path, dataset):
    """The label files; InputError if there are none, or in several folders."""
    place = Place(path)
    texts = text_files(place)
    if not most(sample_lines(texts), _LINE.fullmatch):
        texts = [] if place.below('.xml') else texts
    return label_files(path, dataset, sorted(place.below('.xml') + texts), HOLDS)


def read(path, dataset):
    """Yields TextRegion | Dropped for each line of text."""
    for labels, image_path in pair(path, annotation_files(path, dataset), dataset):
        for text, points, where in _read_xml(labels) if labels.lower().endswith('.xml') else _read_text(labels):
            yield region_or_dropped(image_path, text, points, dataset, where)


def _has_xml(place):
    return any('<Annotations' in line for line in sample_lines(place.below('.xml')))


def _read_xml(labels):
    try:
        with open_binary(labels, is_text=False) as stream:
            boxes = list(ElementTree.parse(stream).iter('box'))
    except ElementTree.ParseError as error:
        raise InputError(f'{labels}:{error.position[0]}: malformed XML: {error}') from error
    for number, box in enumerate(boxes):
        where = f'{labels}: box[{number}]'
        points = (box.findtext('segs') or '').split(',')
        try:
            yield box.findtext('label') or '', [float(point) for point in points], where
        except ValueError as error:
            raise InputError(f'{where}: <segs>x1,y1,x2,y2,...</segs> is expected, found {points[:8]}') from error


def _read_text(labels):
    for number, line in read_lines(labels):
        where = f'{labels}:{number}'
        match = _LINE.fullmatch(line)
        if not match:
            raise InputError(f'{where}: x1,y1,...,x14,y14,####text is expected, found {line[:60]!r}')
        yield match[2], [float(point) for point in match[1].split(',')[:-1]], where
