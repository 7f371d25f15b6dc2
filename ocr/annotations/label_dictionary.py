"""The label file of LSVT and ArT: one JSON object, image key -> list of regions; streamed, so its size is no matter.

{"gt_1": [{"transcription": str, "points": [[x, y], ...], "illegibility": bool, ...}, ...], ...}
"""

import codecs

import ijson

from ocr.annotations.files import ImageFinder, open_binary, require_inside
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError
from ocr.files.json_text import MalformedJson, parse_json


def read_label_dictionary(path, image_folders, dataset):
    """Yields TextRegion | Dropped for each region of a label file, in the file's order.

    Args:
        path: the JSON file.
        image_folders: folders to look in for `<key>.jpg`, or another of IMAGE_SUFFIXES.
        dataset: name of the dataset.

    Raises:
        InputError: malformed JSON (with the line), or a region that lacks something (with its key).
    """
    finder = ImageFinder()
    for key, records in stream_items(path):
        if not isinstance(records, list):
            raise InputError(f'{path}: {key}: a list of regions is expected, found {str(records)[:60]}')
        image_path = finder.find(image_folders, require_inside(key, path))
        for position, record in enumerate(records):
            where = f'{path}: {key}[{position}]'
            try:
                text, points = record['transcription'], record['points']
                illegible = record.get('illegibility', False)
            except (TypeError, KeyError, AttributeError) as error:
                raise InputError(
                    f'{where}: `transcription` and `points` are expected, found {str(record)[:60]}'
                ) from error
            yield region_or_dropped(image_path, text, points, dataset, where, illegible)


def stream_items(path, prefix=''):
    """Yields (key, value) of the JSON object in a file, or of the one that ijson calls by a prefix."""
    with open_binary(path) as stream:
        if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            stream.seek(0)
        begin = stream.tell()
        if not stream.read(1024).lstrip().startswith(b'{'):
            raise InputError(f'{path}:1: a JSON object with an entry for each image is expected')
        stream.seek(begin)
        try:
            yield from ijson.kvitems(stream, prefix, use_float=True)
        except (ijson.JSONError, UnicodeError, ValueError) as error:
            raise InputError(_locate_fault(path) or f'{path}: malformed JSON ({_one_line(error)})') from error


def _locate_fault(path):
    """Message with the line at fault, from a second reading with the standard library; None if that finds no fault."""
    with open_binary(path) as stream:
        content = stream.read()
    try:
        parse_json(content.decode('utf-8-sig'))
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        return f'{path}:{line}: not UTF-8; save the file as UTF-8'
    except MalformedJson as error:
        return f'{path}:{error.line}: malformed JSON: {error}'
    return None


def _one_line(error):
    return ' '.join(str(error).split())
