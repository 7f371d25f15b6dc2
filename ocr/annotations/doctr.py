"""docTR: `labels.json` beside `images/`, one JSON object with an entry per image.

    {"1.jpg": "text"}                                                                       recognition
    {"1.jpg": {"polygons": [[[x, y], ...], ...], "labels": ["text", ...], ...}}             detection

docTR's own detection labels have no texts, or class names in place of them ({"polygons": {"words": [...]}}): such
regions are empty text.
"""

import itertools
import re

from ocr.annotations.files import locate_image, require_inside
from ocr.annotations.image_root import image_root
from ocr.annotations.label_dictionary import stream_items
from ocr.annotations.place import SAMPLE, Place, beginning, is_image, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

_BEGIN = re.compile(r'\s*\{\s*"([^"]+)"\s*:\s*(["{])')


def recognises(place):
    """Whether a .json file there begins with an image's name and a text or polygons."""
    return any(_is_labels(file) for file in place.top('.json'))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    files = [file for file in Place(path).top('.json') if _is_labels(file)]
    return only_file(path, dataset, files, "labels.json of docTR's kind")


def read(path, dataset):
    """Yields TextRegion | Dropped for each image, or for each of its polygons."""
    (labels,) = annotation_files(path, dataset)
    heads = [[require_inside(image, labels)] for image, _ in itertools.islice(stream_items(labels), SAMPLE)]
    root = image_root(labels, heads, dataset)
    for image, value in stream_items(labels):
        where = f'{labels}: {image}'
        require_inside(image, labels)
        for text, points in [(value, None)] if isinstance(value, str) else _regions(value, where):
            yield region_or_dropped(locate_image(root, image), text, points, dataset, where)


def _is_labels(file):
    text = beginning(file)
    match = _BEGIN.match(text)
    return bool(match) and is_image(match[1]) and (match[2] == '"' or '"polygons"' in text)


def _regions(value, where):
    """[(text, points)] of a detection entry."""
    try:
        polygons = value['polygons']
        if isinstance(polygons, dict):
            polygons = list(itertools.chain.from_iterable(polygons.values()))
        texts = value.get('labels', [''] * len(polygons))
        return list(zip(texts, polygons, strict=True))
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise InputError(
            f'{where}: a text, or `polygons` and as many `labels` are expected, found {str(value)[:60]}'
        ) from error
