"""Views of a region: its canvas turned, scaled, tilted and shifted, and the way back for attention weights.

A letter that a network mistakes falls differently on its grid in a picture that is a little smaller or tilted. A sign
that runs up or down a wall has the letters of any other sign, rotated: a model that reads horizontal text reads it once
the picture is turned. A long or bent text has small letters on a canvas of one area, and larger ones on a larger one.
"""

import dataclasses
from typing import NamedTuple

import cv2
import numpy as np

from ocr.geometry import box_polygon, clip_box, homogeneous, polygon_box, transform
from ocr.network.architecture import STRIDE
from ocr.preprocessing.warp import between_centres
from ocr.reading.char_positions import map_to_canvas

TALL = 1.2  # times as high as wide: from here on a region may be turned
_WHOLE = np.float32([0, 0, 1, 1])  # (top, left, height, width) of a text that fills its canvas
_HALF_CELL = STRIDE // 2


class View(NamedTuple):
    """How a text is shown: turned, then scaled and tilted about the text's middle, then shifted."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    tilt: float = 0.0
    """Degrees anticlockwise; of a text that fills a canvas five times as long as high, five put the corners a fifth of
    its height outside."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Pixels to the right and down."""
    turn: int = 0
    """Quarter turns anticlockwise: 1 for text that runs down, -1 for text that runs up."""
    larger: bool = False
    """On a canvas with LARGER times the pixels; of canvases of one area alone."""

    @property
    def moves(self):
        """Whether it shows the text otherwise than turned."""
        return self._replace(turn=0, larger=False) != UNCHANGED


UNCHANGED = View()
LARGER = 2  # 1.5 helps straight text as much, and long and bent text half as much
TURNS = (1, -1)  # values of View.turn
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
# The same for canvases of one area, on which bent and long text gains most from a larger one.
AREA_VIEWS = (
    View(0.9, 0.7, 4),
    View(larger=True),
    View(0.95, 0.95, 5),
    View(0.7, 0.7, -5),
    View(shift=(0, _HALF_CELL)),
    View(0.6, 0.6),
    View(0.95, 0.95, -9),
    View(0.85, 1),
)
MAX_VIEWS = 1 + len(OTHER_VIEWS)


def other_views(canvas):
    """Views to read of what a Canvas leaves uncertain, in their order."""
    return AREA_VIEWS if canvas.kind == 'area' else OTHER_VIEWS


def show(view, canvas, normalized_bbox=None):
    """A canvas as a view shows it.

    Args:
        view: View.
        canvas: uint8 (h, w, 3), RGB.
        normalized_bbox: float32 (4,), (top, left, height, width) of the text; None for a text that fills the canvas.

    Returns:
        canvas: uint8, of the same shape, or (w, h, 3) after a quarter turn; black where nothing of it is shown.
        normalized_bbox: float32 (4,) of the text on it, or None as given.
    """
    canvas = np.ascontiguousarray(np.rot90(canvas, view.turn))
    turned = normalized_bbox if normalized_bbox is None else turn_bbox(normalized_bbox, view.turn)
    if not view.moves:
        return canvas, turned
    shape = canvas.shape[:2]
    text = in_pixels(turned, shape)
    matrix = _matrix(view, text)
    return _warp(canvas, matrix, shape), None if turned is None else _moved(text, matrix, shape)


def on_canvas(view, reading, shape, normalized_bbox=None):
    """A ReadText of a view with its attention on the canvas (h, w) that was shown; each map on it sums to 1."""
    if reading.alpha is None or not (view.moves or view.turn):
        return reading
    alpha = reading.alpha
    if view.moves:
        shape = shape[::-1] if view.turn else shape
        turned = normalized_bbox if normalized_bbox is None else turn_bbox(normalized_bbox, view.turn)
        back = np.linalg.inv(homogeneous(_matrix(view, in_pixels(turned, shape))))
        alpha = moved_attention(alpha, shape, back, shape)
    return dataclasses.replace(reading, alpha=np.rot90(alpha, -view.turn, axes=(1, 2)))


def moved_attention(alpha, shape, matrix, other):
    """Attention float32 (T', H, W) of a canvas (h, w) on another one, to which a matrix (3, 3) takes its pixels."""
    cells = tuple(
        round(count * side / before) for count, side, before in zip(alpha.shape[1:], other, shape, strict=True)
    )
    from_cells, to_cells = homogeneous(map_to_canvas(alpha.shape[1:], shape)), homogeneous(map_to_canvas(cells, other))
    moved = np.linalg.inv(to_cells) @ matrix @ from_cells
    maps = [_warp(np.float32(weights), moved[:2], cells) for weights in alpha]
    return np.stack([weights / max(weights.sum(), np.finfo(np.float32).tiny) for weights in maps])


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


def turn_bbox(normalized_bbox, turn):
    """A box (4,), (top, left, height, width), on its canvas turned anticlockwise (1), clockwise (-1) or not (0)."""
    if not turn:
        return normalized_bbox
    top, left, height, width = normalized_bbox
    corner = (1 - left - width, top) if turn == 1 else (left, 1 - top - height)
    return np.stack([*corner, width, height])


def in_pixels(normalized_bbox, shape):
    """(top, left, height, width) of a text on a canvas (h, w), in pixels; of one that fills it if there is no box."""
    return np.float64(_WHOLE if normalized_bbox is None else normalized_bbox) * np.tile(shape, 2)


def _matrix(view, text):
    """Affine float64 (2, 3): where a view has a canvas's pixels; `text` is (top, left, height, width), in pixels."""
    turn = cv2.getRotationMatrix2D((0, 0), view.tilt, 1)[:, :2] @ np.diag([view.scale_x, view.scale_y])
    top, left, height, width = text
    middle = np.array([left + width / 2, top + height / 2])
    return np.column_stack([turn, middle - turn @ middle + view.shift])


def _warp(pixels, matrix, shape):
    """An image or a map, moved on black of another shape (h, w)."""
    return cv2.warpAffine(pixels, between_centres(matrix), shape[::-1], flags=cv2.INTER_LINEAR)


def _moved(text, matrix, shape):
    """The normalised box float32 (4,) around a text, given as to _matrix, that was moved on a canvas (h, w)."""
    top, left, height, width = text
    around = polygon_box(transform(box_polygon((left, top, left + width, top + height)), matrix))
    x0, y0, x1, y1 = clip_box(around, *shape[::-1])
    return np.float32([y0, x0, y1 - y0, x1 - x0]) / np.float32(np.tile(shape, 2))
