"""Each region is read in several views, and the text that the model trusts most is kept.

Test-time augmentation: letters that a network mistakes stand otherwise to its grid in a picture that is a little
smaller or tilted, where it may not mistake them, and right readings are trusted more than wrong ones. Views that read
the same text strengthen each other. Costs the time of a reading for each view.
"""

import dataclasses
from collections import Counter

import cv2
import numpy as np

from ocr.char_positions import map_to_canvas
from ocr.geometry import box_polygon, clip_box, homogeneous, polygon_box, transform
from ocr.image import between_centres
from ocr.turned import TurnedReader

# (horizontal scale, vertical scale, degrees anticlockwise) about the text's middle; of a text that fills a canvas five
# times as long as high, tilting puts the corners a fifth of its height outside. In the order in which they help drawn
# text most, found one after the other.
OTHER_VIEWS = ((0.85, 0.85, 0.0), (0.95, 0.95, 5.0), (0.95, 0.95, -5.0), (1.0, 0.65, 0.0))
MAX_VIEWS = 1 + len(OTHER_VIEWS)
# Power of a reading's confidence that counts for its text: with 1 several poor readings outvote a good one. 2, 3 and 4
# read drawn text alike; the higher, the less agreement counts.
SUPPORT_POWER = 2
_WHOLE = np.float32([0, 0, 1, 1])  # (top, left, height, width) of a text that fills its canvas


class ViewsReader:
    """A Predictor that reads every region in several views, with the same attributes and `read`.

    Attributes:
        identity: as the Predictor's, and the number of views.
    """

    def __init__(self, predictor, num_views):
        """`num_views` counts the canvas as it is: 2 to MAX_VIEWS."""
        self._predictor = predictor
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
        boxes = [_WHOLE] * len(canvases) if normalized_bboxes is None else normalized_bboxes
        texts = np.float64(boxes) * np.tile(shape, 2)  # in pixels
        readings = [[reading] for reading in self._predictor.read(canvases, normalized_bboxes, **options)]
        moves = []  # for each other view the matrix of each region
        for view in self._others:
            moves.append([_matrix(view, text) for text in texts])
            seen = np.stack(list(map(_warp, canvases, moves[-1])))
            moved = np.stack([_moved(text, matrix, shape) for text, matrix in zip(texts, moves[-1], strict=True)])
            others = self._predictor.read(seen, None if normalized_bboxes is None else moved, **options)
            for of_region, reading in zip(readings, others, strict=True):
                of_region.append(reading)
        kept = map(most_supported, readings)
        return [
            _moved_back(of_region[view], moves[view - 1][row], shape) if view else of_region[view]
            for row, (of_region, view) in enumerate(zip(readings, kept, strict=True))
        ]


def most_supported(readings):
    """Number of the ReadText to keep, of several of one region: the most confident of the text with the most support.

    Support of a text is the sum of its readings' confidences, each to the power of SUPPORT_POWER; words of a lexicon go
    before others, and where all is equal the earlier reading is taken.
    """
    support = Counter()
    for reading in readings:
        support[reading.text] += reading.confidence**SUPPORT_POWER

    def rank(number):
        reading = readings[number]
        return reading.in_lexicon != 'no', support[reading.text], reading.confidence

    return max(range(len(readings)), key=rank)


def in_views(predictor, num_views=1, turned=False):
    """The predictor that reads regions in so many views, and tall ones turned too; itself for one view, unturned."""
    if num_views > 1:
        predictor = ViewsReader(predictor, num_views)
    return TurnedReader(predictor) if turned else predictor


def _matrix(view, text):
    """Affine float64 (2, 3): where a view has a canvas's pixels; `text` is (top, left, height, width), in pixels."""
    scale_x, scale_y, degrees = view
    turn = cv2.getRotationMatrix2D((0, 0), degrees, 1)[:, :2] @ np.diag([scale_x, scale_y])
    top, left, height, width = text
    middle = np.array([left + width / 2, top + height / 2])
    return np.column_stack([turn, middle - turn @ middle])


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
