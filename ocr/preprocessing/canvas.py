"""The shapes of canvases: which one a region gets, and how large its text stands on it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from ocr.geometry import box_with_margins, homogeneous, is_upright_box, polygon_area, polygon_box, strip_height, widened
from ocr.network.architecture import STRIDE
from ocr.region_shape import slant

FITTED_STEP = 32  # sides of canvases as narrow as the text are multiples of it, so that there are few shapes
AREA_STEP = STRIDE  # sides of canvases of one area are multiples of it
READING_MARGIN = 0.2  # of a text's height, around its outline
_NARROWEST = 16  # pixels of the shorter side of a canvas of one area, at least
_DENSE = 0.6  # share of its box from which on a text gets no larger canvas of one area
_LARGER = (2**0.5, 2, 2**1.5)  # times the area that one can get that fills less: few, for few shapes


@dataclass(frozen=True)
class Canvas:
    """What canvases a network reads.

    Attributes:
        side: S, pixels: of the square, or of the longer side at most.
        kind: 'square'; 'fit': the longer side is S, the other as narrow as the text; 'area': of any shape, with about
            the same number of pixels for every text, see `around`.
        area: pixels that a canvas of the kind 'area' has at most.
        levels: whether slanted text is turned level.
    """

    side: int = 256
    kind: Literal['square', 'fit', 'area'] = 'square'
    area: int = 6144
    levels: bool = False

    @property
    def varies(self):
        """Whether there are canvases of several shapes."""
        return self.kind != 'square'

    @property
    def has_margin(self):
        """Whether a text is read with a margin around its outline, see `outline_to_read`."""
        return self.kind == 'area'

    @property
    def identity(self):
        """dict, in JSON's types, of all that decides which canvas a region gets."""
        return {'canvas': self.kind, 'canvas_side': self.side} | (
            {'canvas_area': self.area} if self.kind == 'area' else {}
        )

    def outline_to_read(self, polygon, size):
        """The outline in which a text is read: of the kind 'area' READING_MARGIN wider.

        Outlines are tight, as people and detectors draw them, and may cut letters. An upright box stays inside the
        photograph, so that a picture of one text gets no black frame. Models of other kinds were trained on nothing
        but the outline, and keep it.

        Args:
            polygon: float (K, 2) around the text, pixels of the photograph.
            size: (width, height) of the photograph.
        """
        if not self.has_margin:
            return polygon
        if not is_upright_box(polygon):
            return with_margin(polygon)
        return box_with_margins(polygon, [READING_MARGIN * strip_height(polygon)] * 4, *size)

    def describe(self):
        """The flags that ask for it."""
        return f'--canvas area --canvas_area {self.area}' if self.kind == 'area' else f'--image_size {self.side}'

    def place(self, polygon, fill=None, max_scale=None, min_side=1):
        """How large a text stands on its canvas, aspect kept.

        Args:
            polygon: float (K, 2) around the text, any unit.
            fill: share of the canvas's length that the text fills at most, below 1; None fills it.
            max_scale: largest enlargement; None is no limit.
            min_side: pixels that a side of the text keeps at least, at the cost of the aspect.

        Returns:
            size: (width, height) of the text's box, int pixels.
            shape: (height, width) of the canvas.
        """
        sides = _sides(polygon)
        if self.kind == 'area':
            shape = self.around(polygon)._area_shape(*sides)
            return _scaled(sides, shape[::-1], fill, max_scale, min_side), shape
        size = _scaled(sides, (self.side, self.side), fill, max_scale, min_side)
        return size, self._fitted_shape(size)

    def scale(self, polygon, shortest=0):
        """Pixels that one unit of a polygon, float (K, 2), gets on its canvas; sides count as `shortest` at least."""
        width, height = (max(side, shortest) for side in _sides(polygon))
        if self.kind == 'area':
            rows, columns = self.around(polygon)._area_shape(width, height)
            return min(columns / width, rows / height)
        return self.side / max(width, height)

    def levelling(self, polygon):
        """Matrix float64 (3, 3) that turns text in a polygon (K, 2) level, see `levels`, or leaves it as it is."""
        degrees = slant(polygon) if self.levels else 0.0
        return homogeneous(cv2.getRotationMatrix2D((0, 0), degrees, 1))

    def around(self, polygon):
        """The Canvas for a text that fills only a part of its box, as slanted and bent ones do.

        Of the kind 'area' it has so many times the pixels that the text itself gets as many as others, up to 2.8 times;
        others stay as they are.

        Args:
            polygon: float (K, 2) around the text, any unit.
        """
        if self.kind != 'area':
            return self
        width, height = _sides(polygon)
        missing = _DENSE * width * height / max(polygon_area(polygon), 1e-9)
        return self.times(max((times for times in _LARGER if times <= missing), default=1))

    def times(self, factor):
        """The Canvas with so many times the pixels if it is of the kind 'area'; others stay as they are."""
        return replace(self, area=round(self.area * factor)) if self.kind == 'area' else self

    def holds(self, other):
        """Whether no text stands larger on the other Canvas than on this one."""
        if self.kind != 'area':
            return other.side <= self.side
        return other.kind == 'area' and other.side <= self.side and other.area <= self.area

    def _fitted_shape(self, size):
        if self.kind == 'square':
            return self.side, self.side
        width, height = (min(-(-side // FITTED_STEP) * FITTED_STEP, self.side) for side in size)
        return (height, self.side) if size[0] >= size[1] else (self.side, width)

    def _area_shape(self, width, height):
        """The (height, width) on which a text stands largest; the smaller one of two."""
        shapes = area_shapes(self.side, self.area)
        scales = np.minimum(shapes[:, 0] / height, shapes[:, 1] / width)
        return tuple(shapes[np.argmax(scales)].tolist())


@lru_cache(maxsize=64)
def area_shapes(side, area):
    """int (n, 2), (height, width) of the canvases of one area: for every shorter side the longest other.

    In the order of their pixels. There are few, so that batches of one shape fill soon.
    """
    narrowest = min(_NARROWEST, side)
    lying = []
    for height in range(narrowest, side + 1, AREA_STEP):
        width = min(area // height // AREA_STEP * AREA_STEP, side)
        if width < height:
            break
        lying.append((height, width))
    lying = [shape for shape in lying if not any(_within(shape, other) for other in lying if other != shape)]
    lying = lying or [(narrowest, narrowest)]
    shapes = {*lying, *(shape[::-1] for shape in lying)}
    return np.array(sorted(shapes, key=lambda shape: (shape[0] * shape[1], shape)))


def with_margin(polygon):
    """Polygon float (K, 2) whose edges lie READING_MARGIN of its text's height further out."""
    return widened(polygon, READING_MARGIN * strip_height(polygon))


def _within(shape, other):
    return shape[0] <= other[0] and shape[1] <= other[1]


def _sides(polygon):
    """(width, height) of the box of a polygon."""
    x0, y0, x1, y1 = polygon_box(polygon)
    return x1 - x0, y1 - y0


def _scaled(sides, room, fill, max_scale, min_side):
    """The (width, height) of a box in whole pixels, scaled into a room (width, height), see Canvas.place."""
    width, height = sides
    if fill is not None:
        longer = max(room)
        part = min(int(fill * longer), longer - 1) / longer
        room = tuple(max(round(side * part), 1) for side in room)
    scale = min(room[0] / width, room[1] / height)
    if max_scale is not None:
        scale = min(scale, max_scale)
    scaled = ((round(side * scale), most) for side, most in zip(sides, room, strict=True))
    return tuple(int(np.clip(side, min(min_side, most), most)) for side, most in scaled)
