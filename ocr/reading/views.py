"""Regions are read in several views, and the text that the model trusts most is kept.

Test-time augmentation: letters that a network mistakes stand otherwise to its grid in a picture that is a little
smaller or tilted, where it may not mistake them, and right readings are trusted more than wrong ones. Views that read
the same text strengthen each other. Each view costs the time of a reading, and is read only of regions that the views
before it left in doubt.
"""

import dataclasses
from collections import Counter
from typing import NamedTuple

import cv2
import numpy as np

from ocr.geometry import box_polygon, clip_box, homogeneous, polygon_box, transform
from ocr.preprocessing.warp import between_centres
from ocr.reading.char_positions import HALVINGS, map_to_canvas
from ocr.reading.turned import TurnedReader


class View(NamedTuple):
    """How a view shows a text: scaled and tilted about the text's middle, then shifted."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    tilt: float = 0.0
    """Degrees anticlockwise; of a text that fills a canvas five times as long as high, five put the corners a fifth of
    its height outside."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Pixels to the right and down."""


_HALF_CELL = 2 ** (HALVINGS - 1)
# Found on drawn text, one after the other out of forty; in an order in which the first four help about as much as any
# four of them.
OTHER_VIEWS = (
    View(0.9, 0.7, 4),
    View(0.95, 0.95, 5),
    View(shift=(0, _HALF_CELL)),
    View(0.7, 0.7, -5),
    View(0.6, 0.6),
    View(0.95, 0.95, -9),
    View(0.85, 1),
    View(0.7, 0.7, shift=(_HALF_CELL, _HALF_CELL)),
)
MAX_VIEWS = 1 + len(OTHER_VIEWS)
# Power of a reading's confidence that counts for its text: with 1 several poor readings outvote a good one. 2, 3 and 4
# read drawn text alike; the higher, the less agreement counts.
SUPPORT_POWER = 2
# Support by which a text must lead for the views that are left not to be read: one reading of a confidence of 0.64 or
# two of 0.45. Of 2,478 drawn samples two fewer are right for it.
SETTLED = 0.4
_WHOLE = np.float32([0, 0, 1, 1])  # (top, left, height, width) of a text that fills its canvas


class ViewsReader:
    """A Predictor that reads regions in several views until they are settled, with the same attributes and `read`.

    Attributes:
        identity: as the Predictor's, and the number of views.
    """

    def __init__(self, predictor, num_views, settled=SETTLED):
        """
        Args:
            predictor: Predictor.
            num_views: views that are read of a region at most, the canvas as it is counted: 2 to MAX_VIEWS.
            settled: lead of support at which no more are read.
        """
        self._predictor = predictor
        self._settled = settled
        self._others = OTHER_VIEWS[: num_views - 1]
        self.identity = {**predictor.identity, 'views': num_views}

    def __getattr__(self, name):
        return getattr(self._predictor, name)

    def read(self, canvases, normalized_bboxes=None, **options):
        """Read a batch; arguments and results as of Predictor.read.

        The text that the views together trust most is taken, see `most_supported`. Its attention lies on the canvas as
        it was given.
        """
        canvases = np.asarray(canvases)
        shape = canvases.shape[1:3]
        boxes = np.tile(_WHOLE, (len(canvases), 1)) if normalized_bboxes is None else normalized_bboxes
        texts = np.float64(boxes) * np.tile(shape, 2)  # in pixels
        readings = [[reading] for reading in self._predictor.read(canvases, normalized_bboxes, **options)]
        rows = range(len(canvases))
        for view in self._others:
            rows = [row for row in rows if not is_settled(readings[row], self._settled)]
            if not rows:
                break
            matrices = [_matrix(view, text) for text in texts[rows]]
            seen = np.stack(list(map(_warp, canvases[rows], matrices)))
            moved = None
            if normalized_bboxes is not None:
                moved = np.stack(
                    [_moved(text, matrix, shape) for text, matrix in zip(texts[rows], matrices, strict=True)]
                )
            for row, reading in zip(rows, self._predictor.read(seen, moved, **options), strict=True):
                readings[row].append(reading)
        kept = map(most_supported, readings)
        return [
            _moved_back(of_region[view], _matrix(self._others[view - 1], text), shape) if view else of_region[view]
            for of_region, view, text in zip(readings, kept, texts, strict=True)
        ]


def is_settled(readings, lead=SETTLED):
    """Whether a region need not be read in more views: a text that no lexicon lacks leads by so much support."""
    kept = readings[most_supported(readings)]
    support = _support(readings)
    return kept.in_lexicon != 'no' and support.pop(kept.text) - max(support.values(), default=0) >= lead


def most_supported(readings):
    """Number of the ReadText to keep, of several of one region: the most confident of the text with the most support.

    Support of a text is the sum of its readings' confidences, each to the power of SUPPORT_POWER; words of a lexicon go
    before others, and where all is equal the earlier reading is taken.
    """
    support = _support(readings)

    def rank(number):
        reading = readings[number]
        return reading.in_lexicon != 'no', support[reading.text], reading.confidence

    return max(range(len(readings)), key=rank)


def _support(readings):
    """{text: sum of its readings' confidences, each to the power of SUPPORT_POWER}."""
    support = Counter()
    for reading in readings:
        support[reading.text] += reading.confidence**SUPPORT_POWER
    return support


def in_views(predictor, num_views=1, turned=False):
    """The predictor that reads regions in so many views at most, and tall ones turned; else itself."""
    if num_views > 1:
        predictor = ViewsReader(predictor, num_views)
    return TurnedReader(predictor) if turned else predictor


def _matrix(view, text):
    """Affine float64 (2, 3): where a view has a canvas's pixels; `text` is (top, left, height, width), in pixels."""
    turn = cv2.getRotationMatrix2D((0, 0), view.tilt, 1)[:, :2] @ np.diag([view.scale_x, view.scale_y])
    top, left, height, width = text
    middle = np.array([left + width / 2, top + height / 2])
    return np.column_stack([turn, middle - turn @ middle + view.shift])


def _warp(pixels, matrix):
    """An image or a map, moved on black of its own size."""
    return cv2.warpAffine(pixels, between_centres(matrix), pixels.shape[1::-1], flags=cv2.INTER_LINEAR)


def _moved(text, matrix, shape):
    """The normalised box float32 (4,) around a text, given as to _matrix, that was moved on a canvas (h, w)."""
    top, left, height, width = text
    around = polygon_box(transform(box_polygon((left, top, left + width, top + height)), matrix))
    x0, y0, x1, y1 = clip_box(around, *shape[::-1])
    return np.float32([y0, x0, y1 - y0, x1 - x0]) / np.float32(np.tile(shape, 2))


def _moved_back(reading, matrix, shape):
    """A ReadText of a view whose attention lies on the canvas (h, w) that the view was made of; maps on it sum to 1."""
    if reading.alpha is None:
        return reading
    to_canvas = homogeneous(map_to_canvas(reading.alpha.shape[1:], shape))
    back = np.linalg.inv(to_canvas) @ np.linalg.inv(homogeneous(matrix)) @ to_canvas
    maps = [_warp(np.float32(weights), back[:2]) for weights in reading.alpha]
    alpha = np.stack([weights / max(weights.sum(), np.finfo(np.float32).tiny) for weights in maps])
    return dataclasses.replace(reading, alpha=alpha)
