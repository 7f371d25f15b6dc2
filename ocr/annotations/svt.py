"""Street View Text: `test.xml`, photographs with upright boxes of words.

    <tagset><image><imageName>img/14_03.jpg</imageName> ...
      <taggedRectangles><taggedRectangle height="75" width="236" x="375" y="253"><tag>LIVING</tag> ...

A folder is read as the test set. `train.xml` beside it is read if it is named itself.
"""

import os
from xml.etree import ElementTree

from ocr.annotations.files import locate_image, open_binary, require_inside
from ocr.annotations.place import Place, beginning, only_file
from ocr.annotations.regions import region_or_dropped
from ocr.errors import InputError
from ocr.geometry import box_polygon

LABELS = 'test.xml'


def recognises(place):
    """Whether the path is such a file, or a folder with test.xml."""
    files = place.top('.xml')
    if files != [place.path]:
        files = [file for file in files if os.path.basename(file) == LABELS]
    return any('<taggedRectangle' in beginning(file) for file in files)


def annotation_files(path, dataset):
    """[test.xml, or the file itself]; InputError if there is none."""
    files = [file for file in Place(path).top('.xml') if os.path.basename(file) == LABELS]
    return only_file(path, dataset, files, LABELS)


def read(path, dataset):
    """Yields TextRegion | Dropped for each word."""
    (labels,) = annotation_files(path, dataset)
    folder = os.path.dirname(labels)
    with open_binary(labels) as stream:
        try:
            images = ElementTree.parse(stream).iter('image')
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise InputError(f'{labels}: malformed XML ({error})') from error
    for number, image in enumerate(images):
        where = f'{labels}: image {number}'
        path = locate_image(folder, require_inside((image.findtext('imageName') or '').strip(), where))
        for place, rectangle in enumerate(image.iter('taggedRectangle')):
            at = f'{where}, rectangle {place}'
            yield region_or_dropped(path, rectangle.findtext('tag') or '', _polygon(rectangle, at), dataset, at)


def _polygon(rectangle, where):
    try:
        x, y, width, height = (float(rectangle.get(name)) for name in ('x', 'y', 'width', 'height'))
    except (TypeError, ValueError) as error:
        raise InputError(f'{where}: numbers x, y, width and height are expected, found {rectangle.attrib}') from error
    return box_polygon((x, y, x + width, y + height))
