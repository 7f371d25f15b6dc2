"""People's own data: a text file with a region per line, its columns separated by tabs, or JSON Lines.

    image<TAB>text
    image<TAB>text<TAB>polygon          polygon: [[x, y], ...] or x1,y1,x2,y2,...; without one, the whole image
    {"image": ..., "text": ..., "polygon": [[x, y], ...]}

Image paths are relative to the file's folder. Texts stand as they are: no quoting, no stripping; one that holds a tab
or a line break needs JSON Lines. A file named `.jsonl` or `.json` is JSON Lines, any other is a tab-separated file. A
dataset is such a file or a folder that holds one, and no more, under the names in FILE_NAMES.
A .txt file is read as `gt`, which knows these columns too.
"""

import os
import re

import numpy as np

from ocr.annotations.files import REMEDY, locate_image, read_lines
from ocr.annotations.place import first_lines, most, only_file
from ocr.annotations.regions import region_or_dropped, to_polygon
from ocr.errors import InputError
from ocr.files.json_text import MalformedJson, parse_json
from ocr.region import TextRegion, judge_polygon

_BEGINS_A_POLYGON = re.compile(r'\s*(\[\s*\[|-?[\d.]+,\s*-?[\d.]+,)')
FILE_NAMES = ('labels.tsv', 'labels.jsonl', 'gt.jsonl', 'index.jsonl')


def recognises(place):
    """Whether there is a label file by one of the names, or the path is a .tsv or JSON Lines file."""
    if place.files != [place.path]:
        return any(os.path.basename(file) in FILE_NAMES for file in place.top('.tsv', '.jsonl'))
    named_so = place.top('.tsv', '.jsonl') and not most(first_lines(place.path), _names_a_file)
    return bool(named_so) or most(first_lines(place.path), _is_json_line)


def annotation_files(path, dataset):
    """[the label file] of a dataset given as that file or its folder; InputError if there is none, or several."""
    if not os.path.exists(path):
        remedy = REMEDY.format(dataset=dataset)
        raise InputError(f'{dataset}: {path} does not exist; a label file or its folder should be there: {remedy}')
    files = [file for file in (os.path.join(path, name) for name in FILE_NAMES) if os.path.isfile(file)]
    return only_file(path, dataset, files, f'file called {" or ".join(FILE_NAMES)}')


def read(path, dataset):
    """Yields TextRegion | Dropped for each line."""
    (labels,) = annotation_files(path, dataset)
    folder = os.path.dirname(labels)
    parse = _parse_json if labels.lower().endswith(('.jsonl', '.json')) else parse_columns
    for number, line in read_lines(labels):
        where = f'{labels}:{number}'
        image, text, points = parse(line, where)
        if not image:
            raise InputError(f'{where}: the image path is empty')
        yield region_or_dropped(locate_image(folder, image), text, points, dataset, where)


def read_polygons(path, image_folder):
    """Regions to read, whose texts nobody knows: image<TAB>polygon lines, or JSON Lines with `image` and `polygon`.

    A label file of the kind above serves too, its texts are not looked at. Image paths are relative to `image_folder`.

    Yields:
        TextRegion with empty text.

    Raises:
        InputError: the file is missing, or a line is malformed or encloses no area.
    """
    is_json = path.lower().endswith(('.jsonl', '.json'))
    for number, line in read_lines(path):
        where = f'{path}:{number}'
        if is_json:
            image, _, points = _parse_json(line, where, needs_text=False)
        else:
            columns = line.split('\t')
            if len(columns) == 2 and _BEGINS_A_POLYGON.match(columns[1]):
                columns.insert(1, '')
            image, _, points = parse_columns('\t'.join(columns), where)
        if not image:
            raise InputError(f'{where}: the image path is empty')
        polygon = None if points is None else to_polygon(points, where)
        if polygon is not None and judge_polygon(polygon, np.inf, np.inf, 0):
            raise InputError(f'{where}: the polygon encloses no area')
        yield TextRegion(locate_image(image_folder, image), polygon, '', '')


def parse_columns(line, where):
    """(image, text, points | None) of `image<TAB>text[<TAB>polygon]`."""
    columns = line.split('\t')
    if not 2 <= len(columns) <= 3:
        raise InputError(
            f'{where}: image<TAB>text[<TAB>polygon] is expected, found {len(columns)} columns: {line[:60]!r}'
        )
    image, text, polygon = (*columns, '')[:3]
    polygon = polygon.strip()
    if not polygon:
        return image, text, None
    try:
        return image, text, parse_json(polygon if polygon.startswith('[') else f'[{polygon}]')
    except MalformedJson as error:
        raise InputError(
            f'{where}: a polygon [[x, y], ...] or x1,y1,x2,y2,... is expected in column 3, found {polygon[:60]!r}'
        ) from error


def _parse_json(line, where, needs_text=True):
    """(image, text, points | None) of one JSON object."""
    try:
        record = parse_json(line)
    except MalformedJson as error:
        raise InputError(f'{where}: malformed JSON: {error}') from error
    if (
        not isinstance(record, dict)
        or not isinstance(record.get('image'), str)
        or ('text' not in record and needs_text)
    ):
        raise InputError(f'{where}: an object with `image` and `text` is expected, found {line[:60]}')
    return record['image'], record.get('text'), record.get('polygon')


def _names_a_file(line):
    """Whether a line of JSON calls the image as other formats do."""
    return line.startswith('{') and '"image"' not in line and '"filename"' in line


def _is_json_line(line):
    try:
        _parse_json(line, '')
    except InputError:
        return False
    return True
