"""Total-Text: words of any shape, `poly_gt_<image>.txt` for each photograph, beside it or apart; or plain polygons.

    x: [[206 251 386]], y: [[633 811 931]], ornt: [u'c'], transcriptions: [u'PETROSAINS']
    206,633,251,811,386,931,PETROSAINS

The first kind is what Python prints: a record may go on in further lines, a text with an apostrophe stands in double
quotes, the orientation `#` marks what nobody could read. In the second kind the number of points varies and the text,
`#` or `###` if illegible, is what follows the last whole pair of numbers.
"""

import ast
import re

from ocr.annotations.files import read_lines
from ocr.annotations.photographs import pair, sample_lines, text_files
from ocr.annotations.place import Place, first_lines, label_files, most
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

_BEGIN = re.compile(r'\s*x:\s*\[\[')
_RECORD = re.compile(
    r'\s*x:\s*\[\[([-\d.\s,]*)\]\]\s*,\s*y:\s*\[\[([-\d.\s,]*)\]\]\s*,'
    r'\s*ornt:\s*(\[.*?\])\s*,\s*transcriptions:\s*(\[.*\])\s*'
)
_NUMBER = r'\s*-?\d+(?:\.\d+)?\s*'
_POLYGON = re.compile(f'((?:{_NUMBER},{_NUMBER},){{3,}})(.*)')
_NO_TEXT = re.compile(f'{_NUMBER},{_NUMBER}')
ILLEGIBLE = '#'


def recognises(place):
    """Whether text files there hold such records, or polygons some of which have more than four points."""
    lines = sample_lines(text_files(place))
    return most(lines, _BEGIN.match, share=0.25) or (
        most(lines, _is_polygon, share=0.9) and most(lines, _has_many_points, share=0.1)
    )


def annotation_files(path, dataset):
    """The label files; InputError if there are none, or in several folders."""
    return label_files(path, dataset, text_files(Place(path)), 'poly_gt_<image>.txt')


def read(path, dataset):
    """Yields TextRegion | Dropped for each word."""
    for labels, image_path in pair(path, annotation_files(path, dataset), dataset):
        parse = _parse_record if _has_records(labels) else _parse_polygon
        for number, record in _join(read_lines(labels)) if parse is _parse_record else read_lines(labels):
            where = f'{labels}:{number}'
            text, points, ignored = parse(record, where)
            yield region_or_dropped(image_path, text, points, dataset, where, ignored)


def _has_records(file):
    return any(map(_BEGIN.match, first_lines(file)))


def _is_polygon(line):
    match = _POLYGON.fullmatch(line)
    return match and not match[2].startswith('####')  # as CTW1500 has it


def _has_many_points(line):
    match = _POLYGON.fullmatch(line)
    return match and match[1].count(',') > 8


def _join(lines):
    """Yields (number, record) of lines of which a record may take several; the number is the first one's."""
    first, record = None, ''
    for number, line in lines:
        if record and _BEGIN.match(line):
            yield first, record
            record = ''
        if not record:
            first = number
        record += f' {line}'
    if record:
        yield first, record


def _parse_record(record, where):
    """(text, [x1, y1, ...], whether it is illegible) of a record of the first kind."""
    match = _RECORD.fullmatch(record)
    try:
        x, y = (coordinates.replace(',', ' ').split() for coordinates in match.groups()[:2])
        orientation, texts = (ast.literal_eval(field) for field in match.groups()[2:])
        points = [float(value) for point in zip(x, y, strict=True) for value in point]
        text = ' '.join(texts)
    except (AttributeError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise InputError(
            f"{where}: x: [[...]], y: [[...]], ornt: [u'c'], transcriptions: [u'...'] is expected, "
            f'found {record.strip()[:60]!r}'
        ) from error
    return text, points, ILLEGIBLE in (*orientation, text)


def _parse_polygon(line, where):
    """(text, [x1, y1, ...], whether it is illegible) of a line of the second kind."""
    match = _POLYGON.fullmatch(line)
    if not match or _NO_TEXT.fullmatch(match[2]):
        raise InputError(f'{where}: x1,y1,x2,y2,...,text is expected, found {line[:60]!r}')
    return match[2], [float(value) for value in match[1].split(',')[:-1]], match[2] == ILLEGIBLE
