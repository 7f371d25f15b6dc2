"""Pictures, whole, in polygons or as a detector finds their text -> what was read in them, in plain types."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

import numpy as np

from ocr.annotations.regions import to_polygon
from ocr.errors import InputError
from ocr.geometry import whole_image
from ocr.preprocessing.prepare import Broken
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.reading.given_images import GivenImages, is_picture
from ocr.reading.image_text import ImageText, RegionText, to_line
from ocr.reading.local_reader import LocalReader
from ocr.reading.photographs import ReadPhotograph, search, without_illegible
from ocr.reading.text_outlines import outline_to_give
from ocr.region import TextRegion, judge_polygon


@dataclass
class _Order:
    """A picture on its way.

    Attributes:
        name: of the picture, see GivenImages.
        regions: list of TextRegion to read in it.
        found: ReadPhotograph of what was detected; None if nothing was.
        readings: (region, ReadText or Broken) of those that are read.
        error: why there is nothing to read.
    """

    name: str
    regions: list
    found: ReadPhotograph | None = None
    readings: list = field(default_factory=list)
    error: str | None = None

    def result(self, given):
        """ImageText."""
        error = self.error or next((one.message for _, one in self.readings if isinstance(one, Broken)), None)
        if error:
            return ImageText(error=error)
        if self.found:
            return self._found()
        regions = []
        for region, reading in self.readings:
            whole = region.polygon is None
            regions.append(RegionText.of(reading, whole_image(*given.size(self.name)) if whole else region.polygon))
        return ImageText(tuple(regions))

    def _found(self):
        """ImageText of what a detector found."""
        self.found.readings.extend(reading for _, reading in self.readings)
        photograph = without_illegible(self.found)
        found = zip(photograph.found.regions, photograph.readings, strict=True)
        regions = [RegionText.of(reading, one.polygon, float(one.confidence)) for one, reading in found]
        lines = tuple(to_line(line, regions) for line in photograph.lines)
        return ImageText(tuple(regions), lines, left_out=dict(photograph.found.left_out))


def read_images(predictor, images, polygons=None, *, detector=None, long_text=False, **reading) -> Iterator:
    """Read pictures.

    Regions of one picture are read in a batch with those of others.

    Args:
        predictor: what reads.
        images: iterable of pictures, see given_images.GivenImages.
        polygons: iterable with a list of polygons, or None, for each picture; None for none at all.
        detector: Detector of the text of pictures without polygons; None: they are read whole.
        long_text: read long regions in windows.
        reading: batch_size and num_workers of local_reader.LocalReader.

    Yields:
        ImageText, in the order of the pictures.

    Raises:
        InputError: what is given is no picture or no polygon.
    """
    given, waiting = GivenImages(), deque()
    if is_picture(images):
        raise InputError(f'{type(images).__name__}: a single picture where several are wanted; put it into a list')
    pairs = _paired(_iterable(images, 'images: pictures'), polygons)

    def regions():
        for number, (image, outlines) in enumerate(pairs):
            order = _order(given, given.name(image, number), outlines, detector, predictor.canvas, long_text)
            waiting.append(order)
            yield from order.regions

    def finished():
        while waiting and len(waiting[0].readings) == len(waiting[0].regions):
            order = waiting.popleft()
            yield order.result(given)
            if all(other.name != order.name for other in waiting):
                given.forget(order.name)

    reader = LocalReader(predictor, with_positions=True, read_image=given.read, long_text=long_text, **reading)
    for reading in reader.read(regions()):
        yield from finished()  # pictures before it without any region
        waiting[0].readings.append(reading)
        yield from finished()
    yield from finished()


def _paired(images, polygons):
    """(picture, list of polygons or None) of each; InputError if there are not as many."""
    nothing = object()
    polygons = repeat(None) if polygons is None else chain(_iterable(polygons, 'polygons: lists of them'), [nothing])
    pairs = zip(images, polygons, strict=False)
    for image, outlines in pairs:
        if outlines is nothing:
            raise InputError('polygons: fewer lists than pictures; give None for a picture without any')
        yield image, outlines


def _iterable(values, what):
    """The values; InputError where they are no iterable of `what`."""
    if not hasattr(values, '__iter__'):
        raise InputError(f'{what} are wanted in a list, not {type(values).__name__}')
    return values


def _order(given, name, outlines, detector, canvas, long_text):
    """The _Order of a picture."""
    if outlines is not None:
        outlines = _iterable(outlines, f'{name}: polygons [[x, y], ...]')
        checked = [_polygon(points, f'{name}: polygons[{number}]') for number, points in enumerate(outlines)]
        return _Order(name, [TextRegion(name, polygon, '', '') for polygon in checked])
    if detector:
        return _searched(given, name, detector, canvas)
    polygon = None
    if long_text and given.is_in_memory(name):  # windows are cut before the picture is read
        try:
            given.read(name)
        except UnreadableImage as error:
            return _Order(name, [], error=str(error))
        polygon = whole_image(*given.size(name))
    return _Order(name, [TextRegion(name, polygon, '', '')])


def _searched(given, name, detector, canvas):
    """The _Order of a picture with what a detector finds in it, for a Canvas."""
    photograph = search(detector, name, given.read)
    if isinstance(photograph.found, Broken):
        return _Order(name, [], error=photograph.found.message)
    outlines = [outline_to_give(region.polygon, canvas) for region in photograph.found.regions]
    regions = [TextRegion(name, outline, '', '') for outline in outlines]
    return _Order(name, regions, photograph)


def _polygon(points, where):
    """float32 (K, 2) of what is given as a polygon; InputError if it is none."""
    polygon = to_polygon(points, where)
    if 0 < len(polygon) < 3:
        raise InputError(f'{where} has fewer than three points; give a list of polygons, each [[x, y], ...]')
    if judge_polygon(polygon, np.inf, np.inf, 0):
        raise InputError(f'{where} encloses no area; its points go around the text, [[x, y], ...] in pixels')
    return polygon
