"""Plain COCO annotations, as Label Studio, CVAT and conversions of HierText write them.

    {"images": [{"id": 1, "file_name": "a.jpg", ...}],
     "categories": [{"id": 1, "name": "text"}],
     "annotations": [{"image_id": 1, "category_id": 1, "segmentation": [[x1, y1, x2, y2, ...]] or an RLE mask,
                      "bbox": [x, y, width, height], "iscrowd": 0, "attributes": {"text": "Bakery"}}]}

The text stands in the annotation or in its `attributes`, under one of the names in TEXT_KEYS; without one it is
empty. `iscrowd` marks what is not to be counted, as `ignore` and `illegible` do. If there is a category `word`, only
words are read, else those called `text`, else `line`; what belongs to others is counted as no text. The file is read
whole, by pycocotools.
"""

import itertools
import os

from ocr.annotations.files import locate_image
from ocr.annotations.image_root import image_root
from ocr.annotations.place import SAMPLE, Place, beginning, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.region import Dropped, DropReason

TEXT_KEYS = ('text', 'transcription', 'utf8_string', 'rec_text', 'recognition', 'caption', 'value')
CATEGORIES = (('word', 'words'), ('text', 'texts', 'scene text', 'text region'), ('line', 'lines', 'text line'))
_IGNORED = ('iscrowd', 'ignore', 'ignored', 'illegible', 'illegibility')


def recognises(place):
    """Whether a .json file there begins with the format's parts."""
    return any(_is_labels(file) for file in place.top('.json'))


def annotation_files(path, dataset):
    """[the label file]; InputError if there is none, or several."""
    files = [file for file in Place(path).top('.json') if _is_labels(file)]
    return only_file(path, dataset, files, '.json file with the `images` and `annotations` of COCO')


def read(path, dataset):
    """Yields TextRegion | Dropped for each annotation, in the order of the photographs."""
    from ocr.annotations.coco_file import load, outline_points  # here, so that other formats need not wait for it

    (labels,) = annotation_files(path, dataset)
    coco = load(labels)
    heads = [[image['file_name']] for image in itertools.islice(coco.imgs.values(), SAMPLE)]
    root = image_root(os.path.dirname(labels), heads, dataset)
    wanted = _wanted_categories(coco)
    for image_id, image in coco.imgs.items():
        image_path = locate_image(root, image['file_name'])
        for annotation in coco.imgToAnns.get(image_id, ()):
            where = f'{labels}: annotation {annotation.get("id")}'
            if wanted is not None and annotation['category_id'] not in {None, *wanted}:
                yield Dropped(image_path, DropReason.NO_TEXT, '', where)
                continue
            text, ignored = _text(annotation)
            points = outline_points(coco, annotation, where)
            yield region_or_dropped(image_path, text, points, dataset, where, ignored)


def _is_labels(file):
    text = beginning(file)
    if '"imgs"' in text:
        return False  # COCO-Text
    images = '"images"' in text and ('"file_name"' in text or '"categories"' in text)
    return images or ('"annotations"' in text and '"image_id"' in text)


def _wanted_categories(coco):
    """Ids of the categories that are text, or None for all: if none has one of the names."""
    names = {key: str(category.get('name', '')).lower() for key, category in coco.cats.items()}
    for kind in CATEGORIES:
        if found := {key for key, name in names.items() if name in kind}:
            return found
    return None


def _text(annotation):
    """(text, whether the region is to be ignored) of an annotation."""
    attributes = annotation.get('attributes')
    parts = [annotation, attributes if isinstance(attributes, dict) else {}]
    text = next((part[key] for key in TEXT_KEYS for part in parts if isinstance(part.get(key), str)), '')
    ignored = any(_is_set(part.get(key)) for key in _IGNORED for part in parts)
    return text, ignored or any(part.get('legible', True) in (False, 0, 'false') for part in parts)


def _is_set(value):
    return value not in (None, False, 0, '', '0', 'false', 'False')
