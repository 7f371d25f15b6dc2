"""Tall regions that are doubted are read turned by 90 degrees too, and what the model trusts most is kept.

A sign that runs up or down a wall has the letters of any other sign, lying on their backs. A model that reads
horizontal text reads it once the picture is turned; it need not learn every letter twice more. Columns of upright
letters stay what they are: turned, they give no reading that is trusted, and one whose upright reading is trusted is
not turned at all.
"""

import dataclasses

import numpy as np

TALL = 1.2  # times as high as wide: from here on a region may be turned
ENOUGH = 0.5  # confidence of an upright reading from which on a region is not turned
TURNS = (1, -1)  # quarter turns, anticlockwise: for text that runs down, and for text that runs up


class TurnedReader:
    """A Predictor that reads tall regions turned too, where it doubts them, with the same attributes and `read`.

    Attributes:
        identity: as the Predictor's, and that it turns.
    """

    def __init__(self, predictor):
        self._predictor = predictor
        self.identity = {**predictor.identity, 'turned': True}

    def __getattr__(self, name):
        return getattr(self._predictor, name)

    def read(self, canvases, normalized_bboxes=None, **options):
        """Read a batch; arguments and results as of Predictor.read.

        Of the three readings of a region that is turned the most trusted is taken, see ReadText, the upright
        one where they are equal. Its attention lies on the canvas as it was given.
        """
        canvases = np.asarray(canvases)
        readings = self._predictor.read(canvases, normalized_bboxes, **options)
        doubted = np.array([reading.trust < (True, ENOUGH) for reading in readings], bool)
        tall = np.flatnonzero(is_tall(canvases.shape, normalized_bboxes) & doubted)
        if not len(tall):
            return readings
        bboxes = None if normalized_bboxes is None else normalized_bboxes[tall]
        lying = iter(self._predictor.read(*turned_views(canvases[tall], bboxes), **options))
        for turn in TURNS:
            for row in tall:
                if (reading := next(lying)).trust > readings[row].trust:
                    readings[row] = _turned_back(reading, turn)
        return readings


def turned_views(canvases, normalized_bboxes=None):
    """Canvases (N, h, w, ...) and boxes (N, 4), or None, turned by each of TURNS: (2N, w, h, ...) and (2N, 4)."""
    views = np.concatenate([np.rot90(canvases, turn, axes=(1, 2)) for turn in TURNS])
    bboxes = None
    if normalized_bboxes is not None:
        bboxes = np.concatenate([turn_bboxes(normalized_bboxes, turn) for turn in TURNS])
    return np.ascontiguousarray(views), bboxes


def is_tall(shape, normalized_bboxes=None):
    """Which texts are at least TALL times as high as wide, bool (N,).

    Args:
        shape: (N, h, w, ...) of the canvases.
        normalized_bboxes: float32 (N, 4), (top, left, height, width) of the texts; None for texts that fill them.
    """
    num_rows, height, width = shape[:3]
    if normalized_bboxes is None:
        return np.full(num_rows, height >= TALL * width)
    return normalized_bboxes[:, 2] * height >= TALL * normalized_bboxes[:, 3] * width


def turn_bboxes(normalized_bboxes, turn):
    """Boxes (N, 4), (top, left, height, width), on canvases turned once anticlockwise (turn 1) or clockwise (-1)."""
    top, left, height, width = normalized_bboxes.T
    corner = (1 - left - width, top) if turn == 1 else (left, 1 - top - height)
    return np.stack([*corner, width, height], axis=1)


def _turned_back(reading, turn):
    """A ReadText whose attention lies on the canvas before it was turned."""
    if reading.alpha is None:
        return reading
    return dataclasses.replace(reading, alpha=np.rot90(reading.alpha, -turn, axes=(1, 2)))
