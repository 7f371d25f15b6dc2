"""TextRecognitionDataGenerator's output folder: pictures of drawn text, named after it or listed in labels.txt.

    text_0.jpg      --name_format 0: text and running number
    0_text.jpg      --name_format 1
    0.jpg           --name_format 2, with labels.txt: a line `0.jpg text` for each

Masks (`_mask.png`) and boxes (`_boxes.txt`, `.box`) that it may have written as well are not labels.
"""

import os
import re

from ocr.annotations.image_list import lists_images, read_image_list
from ocr.annotations.place import is_image
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError

LABELS = 'labels.txt'
_TEXT_FIRST = re.compile(r'(?P<text>.*)_(?P<number>\d+)')
_NUMBER_FIRST = re.compile(r'(?P<number>\d+)_(?P<text>.*)')
_LISTED = re.compile(r'(\d+\.\w+) (.*)')


def recognises(place):
    """Whether there is such a labels.txt, or nothing but images, in a folder, whose names are made so."""
    if any(_is_list(file) for file in place.top('.txt')):
        return True
    others = [file for file in place.files if not file.endswith(('_boxes.txt', '.box'))]
    return not others and os.path.isdir(place.path) and bool(_name_formats(place.path))


def annotation_files(path, dataset):
    """[labels.txt], or [the folder] whose images carry their texts in their names; InputError if there is neither."""
    if os.path.isfile(path):
        return [path]
    listed = os.path.join(path, LABELS)
    if os.path.isfile(listed):
        return [listed]
    if not _name_formats(path):
        raise InputError(f'{dataset}: {path} holds neither {LABELS} nor images named text_0.jpg or 0_text.jpg')
    return [path]


def read(path, dataset):
    """Yields TextRegion | Dropped for each image."""
    (labels,) = annotation_files(path, dataset)
    yield from (_read_names if os.path.isdir(labels) else _read_list)(labels, dataset)


def _read_list(labels, dataset):
    for image, text, where in read_image_list(labels, _LISTED, dataset, 'a line such as `0.jpg text`'):
        yield region_or_dropped(image, text, None, dataset, where)


def _read_names(folder, dataset):
    formats = _name_formats(folder)
    if len(formats) > 1:
        raise InputError(
            f'{dataset}: the names in {folder} read as text_number and as number_text; '
            f'write a {LABELS} with lines such as `12_0.jpg 12`'
        )
    for stem, name in sorted(_image_names(folder)):
        path = os.path.join(folder, name)
        yield region_or_dropped(path, formats[0].fullmatch(stem)['text'], None, dataset, path)


def _name_formats(folder):
    """Those of the two ways of naming that all images follow, each with a number of its own."""
    return [form for form in (_TEXT_FIRST, _NUMBER_FIRST) if _follow(folder, form)]


def _follow(folder, form):
    numbers, texts = set(), set()
    for stem, _ in _image_names(folder):
        match = form.fullmatch(stem)
        if not match or match['number'] in numbers:
            return False
        numbers.add(match['number'])
        if len(texts) < 2:
            texts.add(match['text'])
    return len(texts) == 2 or len(numbers) == 1  # img_1.jpg, img_2.jpg, ... is no text


def _image_names(folder):
    """Yields (stem, name) of the images in a folder, masks aside."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_image(entry.name) and not entry.name.endswith('_mask.png'):
                yield os.path.splitext(entry.name)[0], entry.name


def _is_list(file):
    return os.path.basename(file) == LABELS and lists_images(file, _LISTED)
