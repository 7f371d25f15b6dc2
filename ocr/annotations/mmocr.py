"""Cropped words of MMOCR, as Union14M has them: a JSON file, or JSON Lines, with an image and its text for each.

    annotation.json     {"metainfo": {...}, "data_list": [{"img_path": "imgs/1.jpg", "instances": [{"text": "..."}]}]}
    annotation.jsonl    {"filename": "imgs/1.jpg", "text": "..."}

If both are there, as in Union14M, the first is read. Images lie below the file's folder or the one above.
"""

import itertools
import os

import ijson

from ocr.annotations.files import locate_image, open_binary, read_lines, require_inside
from ocr.annotations.place import Place, beginning, first_lines, most, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError
from ocr.files.json_text import MalformedJson, parse_json


def recognises(place):
    """Whether there is a file of either kind."""
    return bool(_files(place))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    return only_file(path, dataset, _files(Place(path)), 'JSON file with a data_list of img_path and instances')


def read(path, dataset):
    """Yields TextRegion | Dropped for each word."""
    (labels,) = annotation_files(path, dataset)
    folder = os.path.dirname(labels)
    read_words = _read_lines if labels.lower().endswith('.jsonl') else _read_list
    for image, text, where in read_words(labels):
        image = require_inside(image, where)
        places = [locate_image(one, image) for one in (folder, os.path.dirname(os.path.abspath(folder)))]
        found = next(filter(os.path.exists, places), places[0])
        yield region_or_dropped(found, text, None, dataset, where)


def _files(place):
    heads = {file: beginning(file) for file in place.top('.json')}
    lists = [file for file, head in heads.items() if '"data_list"' in head and '"img_path"' in head]
    return lists or [file for file in place.top('.jsonl') if most(first_lines(file), _is_line)]


def _is_line(line):
    return '"filename"' in line and '"text"' in line


def _read_list(labels):
    with open_binary(labels) as stream:
        entries = ijson.items(stream, 'data_list.item', use_float=True)
        for number in itertools.count():
            where = f'{labels}: data_list[{number}]'
            try:
                entry = next(entries)
                (instance,) = entry['instances']
                yield entry['img_path'], instance['text'], where
            except StopIteration:
                return
            except (ijson.JSONError, UnicodeError) as error:
                raise InputError(f'{where}: malformed JSON ({" ".join(str(error).split())})') from error
            except (TypeError, KeyError, ValueError) as error:
                raise InputError(f'{where}: img_path and one of instances with a text are expected') from error


def _read_lines(labels):
    for number, line in read_lines(labels):
        where = f'{labels}:{number}'
        try:
            record = parse_json(line)
            yield record['filename'], record['text'], where
        except MalformedJson as error:
            raise InputError(f'{where}: malformed JSON: {error}') from error
        except (TypeError, KeyError) as error:
            raise InputError(f'{where}: filename and text are expected, found {line[:60]}') from error
