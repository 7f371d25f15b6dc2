"""COCO-Text, one JSON file of all annotations; TextOCR, which is made alike.

    {"imgs": {"217925": {"file_name": "COCO_train2014_000000217925.jpg", ...}},
     "anns": {"45346": {"image_id": 217925, "utf8_string": "the", "legibility": "legible",
                        "mask": [x1, y1, x2, y2, ...], "bbox": [x, y, width, height], ...}}, ...}

Illegible text has no `utf8_string`. Version 1 has no `mask`: the box serves. TextOCR calls it `points` and marks what
nobody could read by the text `.`. The images are looked for in folders near the file, such as train2014/.
"""

import itertools

from ocr.annotations.files import locate_image, require_inside
from ocr.annotations.image_root import image_root
from ocr.annotations.label_dictionary import stream_items
from ocr.annotations.place import SAMPLE, Place, beginning, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError


def recognises(place):
    """Whether a .json file there begins with one of the format's parts."""
    return any(_is_labels(file) for file in place.top('.json'))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    files = [file for file in Place(path).top('.json') if _is_labels(file)]
    return only_file(path, dataset, files, '.json file with the `imgs` and `anns` of COCO-Text')


def read(path, dataset):
    """Yields TextRegion | Dropped for each annotation; keeps the images' names in memory."""
    (labels,) = annotation_files(path, dataset)
    names = {}
    for key, image in stream_items(labels, 'imgs'):
        name = _file_name(image, f'{labels}: imgs.{key}')
        if names.setdefault(key, name) != name:
            raise InputError(f'{labels}: imgs.{key} appears twice, as {names[key]} and as {name}; keep the right one')
    heads = [[name] for name in itertools.islice(names.values(), SAMPLE)]
    root = image_root(labels, heads, dataset)
    for key, annotation in stream_items(labels, 'anns'):
        where = f'{labels}: anns.{key}'
        try:
            image = names[str(annotation['image_id'])]
            points = annotation.get('mask') or annotation.get('points') or _box(annotation['bbox'])
            text = annotation.get('utf8_string', '')
            illegible = annotation.get('legibility') == 'illegible' or ('points' in annotation and text == '.')
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f'{where}: `image_id` of one of `imgs`, `utf8_string` and `mask` or `bbox` are expected, '
                f'found {str(annotation)[:60]}'
            ) from error
        yield region_or_dropped(locate_image(root, image), text, points, dataset, where, illegible)


def _is_labels(file):
    text = beginning(file)
    return ('"imgs"' in text and '"file_name"' in text) or ('"anns"' in text and '"image_id"' in text)


def _file_name(image, where):
    try:
        name = image['file_name']
    except (TypeError, KeyError) as error:
        raise InputError(f'{where}: `file_name` is expected, found {str(image)[:60]}') from error
    return require_inside(name, where)


def _box(box):
    """[x, y, width, height] -> [x1, y1, ..., x4, y4]."""
    x, y, width, height = box
    return [x, y, x + width, y, x + width, y + height, x, y + height]
