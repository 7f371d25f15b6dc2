"""ICDAR2019 ReCTS: one JSON file per photograph, `gt_unicode/<stem>.json` beside `img/<stem>.jpg`; its text lines.

{"chars": [...], "lines": [{"ignore": 0 | 1, "transcription": str, "points": [x1, y1, ..., x4, y4]}]}
"""

import os

from ocr.annotations.files import ImageFinder, read_bytes, require_folder
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError
from ocr.files.json_text import MalformedJson, parse_json


def recognises(place):
    """Whether the annotation folder of the challenge is there."""
    return os.path.isdir(os.path.join(place.path, 'gt_unicode'))


def annotation_files(path, dataset='rects'):
    """The annotation files of a dataset folder in alphabetical order; InputError if there are none."""
    require_folder(path, dataset, 'gt_unicode/ and img/ of the ReCTS challenge')
    folder = require_folder(os.path.join(path, 'gt_unicode'), dataset, 'the annotations of the ReCTS challenge')
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.lower().endswith('.json'))
    if not files:
        raise InputError(
            f'{dataset}: no .json file in {folder}; the annotations of the ReCTS challenge should be there'
        )
    return files


def read(path, dataset='rects'):
    """Yields TextRegion | Dropped for each annotated line of text."""
    finder = ImageFinder()
    for annotation in annotation_files(path, dataset):
        stem = os.path.splitext(os.path.basename(annotation))[0]
        yield from read_file(annotation, finder.find([os.path.join(path, 'img')], stem), dataset)


def read_file(annotation, image_path, dataset='rects'):
    """Yields TextRegion | Dropped for each line of text of one photograph."""
    try:
        lines = parse_json(read_bytes(annotation).decode('utf-8-sig'))['lines']
    except UnicodeDecodeError as error:
        raise InputError(f'{annotation}: not UTF-8 (byte {error.start}); save it as UTF-8') from error
    except MalformedJson as error:
        raise InputError(f'{annotation}:{error.line}: malformed JSON: {error}') from error
    except (TypeError, KeyError) as error:
        raise InputError(f'{annotation}: an object with `lines` is expected') from error
    if not isinstance(lines, list):
        raise InputError(f'{annotation}: `lines` should be a list, found {str(lines)[:60]}')
    for position, line in enumerate(lines):
        where = f'{annotation}: lines[{position}]'
        try:
            text, points, ignored = line['transcription'], line['points'], line.get('ignore', 0)
        except (TypeError, KeyError, AttributeError) as error:
            raise InputError(f'{where}: `transcription` and `points` are expected, found {str(line)[:60]}') from error
        yield region_or_dropped(image_path, text, points, dataset, where, bool(ignored))
