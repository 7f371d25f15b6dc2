"""ICDAR2017 RCTW-17: `<image>.txt` beside each photograph, one region per line, UTF-8 with or without byte order mark.

    x1,y1,x2,y2,x3,y3,x4,y4,difficult,"text"

The text may hold commas and quotes, only the outermost pair of quotes is not part of it. `difficult` alone drops
nothing: the reference keeps such regions too, and what nobody could read is marked by the text `###`.
"""

import os
import re

from ocr.annotations.files import ImageFinder, read_lines, require_folder
from ocr.annotations.photographs import sample_lines, text_files
from ocr.annotations.place import most
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

EXPECTED = 'x1,y1,x2,y2,x3,y3,x4,y4,difficult,"text"'
_LINE = re.compile(r'(?:\s*-?\d+(?:\.\d+)?\s*,){8}[01],".*"\s*')


def recognises(place):
    """Whether text files there have such lines."""
    return most(sample_lines(text_files(place)), _LINE.fullmatch)


def annotation_files(path, dataset='icdar2017rctw'):
    """All .txt files below `train/`, or below the folder itself, in alphabetical order; InputError if there is none."""
    require_folder(path, dataset, 'train/ with the photographs and .txt files of RCTW-17')
    train = os.path.join(path, 'train')
    folder = train if os.path.isdir(train) else path
    files = sorted(
        os.path.join(parent, name)
        for parent, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith('.txt')
    )
    if not files:
        raise InputError(f'{dataset}: no .txt file in {folder}; RCTW-17 has one beside each photograph')
    return files


def read(path, dataset='icdar2017rctw'):
    """Yields TextRegion | Dropped for each annotated region."""
    finder = ImageFinder()
    for annotation in annotation_files(path, dataset):
        stem = os.path.splitext(os.path.basename(annotation))[0]
        image_path = finder.find([os.path.dirname(annotation)], stem)
        for number, line in read_lines(annotation):
            where = f'{annotation}:{number}'
            points, text = parse_line(line, where)
            yield region_or_dropped(image_path, text, points, dataset, where)


def parse_line(line, where):
    """Points [x1, y1, ..., x4, y4] and text of one line; InputError naming `where` if it is malformed."""
    fields = line.split(',', 9)
    try:
        points = [float(field) for field in fields[:8]]
        int(fields[8])
        text = fields[9]
    except (ValueError, IndexError) as error:
        raise InputError(f'{where}: {EXPECTED} is expected, found {line[:60]!r}') from error
    quoted = text.strip()
    if len(quoted) >= 2 and quoted[0] == quoted[-1] == '"':
        text = quoted[1:-1]
    return points, text
