"""Region -> network input: what worker processes and threads run. Needs neither TensorFlow nor tensorpack."""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from ocr.geometry import homogeneous, transform, whole_image
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.preprocessing.warp import centred_placement, resize_into, warp_region


@dataclass(frozen=True, eq=False)
class Prepared:
    """A region as the network sees it.

    Attributes:
        canvas: uint8 (S, S, 3), RGB; (h, w, 3) if canvases vary, see canvas.Canvas.
        normalized_bbox: float32 (4,), (top, left, height, width) of the text on the canvas, each divided by the
            canvas's own height or width.
        to_photograph: float64 (2, 3), canvas -> upright photograph (EXIF orientation applied), both in continuous
            pixels; (3, 3) if a training picture is seen in perspective.
    """

    canvas: np.ndarray
    normalized_bbox: np.ndarray
    to_photograph: np.ndarray


@dataclass(frozen=True)
class Broken:
    """A region whose photograph could not be read."""

    image_path: str
    reason: str  # a DropReason
    message: str

    @classmethod
    def of(cls, error):
        """Broken of an UnreadableImage."""
        return cls(error.path, error.reason, str(error))


def place_region(image, polygon, canvas):
    """Cut one region out of its photograph and put it in the middle of a canvas, as for inference.

    Args:
        image: uint8 (H, W, 3), RGB, or an Excerpt.
        polygon: float (K, 2) in the photograph, or None for all of it.
        canvas: Canvas that the region gets.

    Returns:
        Prepared.
    """
    whole = whole_image(image.shape[1], image.shape[0])
    polygon = whole if polygon is None else polygon
    matrix, box, (height, width) = centred_placement(polygon, canvas)
    if np.array_equal(polygon, whole):
        pixels = resize_into(image, box, height, width)
    else:
        pixels = warp_region(image, polygon, matrix, height, width)
    return as_prepared(pixels, box, matrix)


def as_prepared(canvas, box, matrix):
    """Prepared of a canvas, uint8 (h, w, 3), with text in its box (x0, y0, x1, y1), made by photograph -> canvas."""
    (height, width), (x0, y0, x1, y1) = canvas.shape[:2], box
    normalized_bbox = np.array([y0 / height, x0 / width, (y1 - y0) / height, (x1 - x0) / width], np.float32)
    return Prepared(canvas, normalized_bbox, np.linalg.inv(homogeneous(matrix))[: len(matrix)])


def stacked(prepared):
    """A batch of what was prepared alike: canvases uint8 (N, h, w, 3) and normalized_bboxes float32 (N, 4)."""
    return np.stack([one.canvas for one in prepared]), np.stack([one.normalized_bbox for one in prepared])


def read_or_broken(image_path):
    """The photograph uint8 (H, W, 3), or a Broken that says why there is none; for what runs in worker processes."""
    try:
        return read_image(image_path)
    except UnreadableImage as error:
        return Broken.of(error)


@contextmanager
def naming(image_path):
    """What goes wrong inside the block is raised as a RuntimeError that names the photograph."""
    try:
        yield
    except Exception as error:
        raise RuntimeError(f'{image_path}: {type(error).__name__}: {error}') from error


class InferencePreparer:
    """Regions of one photograph -> for each a Prepared or a Broken.

    Each is seen with the margin of its canvas, see Canvas.outline_to_read. The photograph is decoded once for all of
    them, smaller if that is enough; `read` gives it by its path and the scale as read_image does, or raises
    UnreadableImage.
    """

    def __init__(self, canvas, read=read_image):
        self.canvas = canvas
        self.read = read

    def __call__(self, regions):
        outlines = cache(partial(self._outlines, regions))  # asked for by the decoder, and again for what it gives
        try:
            image = self.read(regions[0].image_path, partial(self._scale, outlines))
        except UnreadableImage as error:
            return [Broken.of(error)] * len(regions)
        with naming(regions[0].image_path):
            return [place_region(image, outline, self.canvas) for outline in outlines(*image.shape[1::-1])]

    def _scale(self, outlines, width, height):
        """Longest that a pixel of a photograph gets on the canvases of its regions."""
        shown = (transform(outline, self.canvas.levelling(outline)) for outline in outlines(width, height))
        return max(self.canvas.scale(polygon, shortest=1) for polygon in shown)

    def _outlines(self, regions, width, height):
        """list of float (K, 2), what is seen of each region of a photograph of that size."""
        polygons = [region.polygon for region in regions]
        return [
            whole_image(width, height) if one is None else self.canvas.outline_to_read(one, (width, height))
            for one in polygons
        ]
