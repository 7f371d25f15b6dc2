"""Lines of text on a plane: a surface's lines laid out, aligned and stacked, and the plate around them."""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from ocr.drawing.layout import bleed, lay_out_words
from ocr.drawing.paths import CAP_HEIGHT
from ocr.drawing.scenes.draft import RING_SHAPES, text_length
from ocr.drawing.undrawable import naming

LEAST_EM = 6  # pixels
EVEN_EM = 24  # pixels; larger font sizes are even
SIZE_STEP = math.log(1.07)  # between font sizes
FINE_EM = 48  # pixels; smaller letters are drawn twice as large as they will be seen, so that they are fine and their
FINE = 2  # polygons tight
GAP = 1.5  # pixels between the polygons of neighbouring lines


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of text on its plane.

    Attributes:
        ink: uint8 (h, w), the letters without outline, `zoom` times as large as on the plane.
        corner: float64 (2,), (x, y) of the ink's upper left corner on the plane.
        polygon: float64 (K, 2) around the line, on the plane.
        words: tuple of (text, polygon float64 (K, 2) on the plane).
        shape: one of `layout.SHAPES`.
        font: name of the font.
        em: pixels, its font size.
        room: pixels of the plane that the polygons keep around the glyphs' outlines.
    """

    ink: np.ndarray
    corner: np.ndarray
    polygon: np.ndarray
    words: tuple
    shape: str
    font: str
    em: int
    room: float
    zoom: int

    def moved(self, shift):
        """The line moved by (x, y) pixels."""
        words = tuple((text, polygon + shift) for text, polygon in self.words)
        return dataclasses.replace(self, corner=self.corner + shift, polygon=self.polygon + shift, words=words)


def set_lines(draft, em, growth):
    """Typesets the lines of a surface.

    Args:
        draft: `Draft`.
        em: float, font size of the largest line, pixels.
        growth: pixels by which an outline will widen the ink of the largest line; of others in proportion.

    Returns:
        list of `SetLine`.
    """
    sizes = [font_size(em * share) for share in draft.shares]
    if draft.kind.shape == 'ring':
        return _set_ring(draft, sizes[0], growth)
    lines = [
        _set(text, font, size, pose, _scaled(growth, size / em))
        for (text, font), size, pose in zip(draft.texts, sizes, draft.poses, strict=True)
    ]
    if draft.kind.shape == 'column':
        return _side_by_side(lines, em * draft.gap)
    return _stacked(lines, draft.align, draft.leading)


def _scaled(growth, share):
    """Pixels by which an outline widens smaller letters; see `compose.scaled`."""
    return max(round(growth * share), 1) if growth else 0


def font_size(em):
    """The int font size, pixels, nearest to `em` among few, so that drawn glyphs can be used again."""
    em = math.exp(SIZE_STEP * round(math.log(max(em, LEAST_EM)) / SIZE_STEP))
    return max(round(em), LEAST_EM) if em < EVEN_EM else 2 * round(em / 2)


def block_box(lines):
    """float64 (4,): (x0, y0, x1, y1) around the polygons of lines."""
    points = np.concatenate([line.polygon for line in lines])
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _set(text, font, size, pose, growth):
    """`SetLine` of a text, the middle of its baseline at (0, 0) if it is straight, its polygon's if not."""
    zoom = FINE if size < FINE_EM else 1
    with naming(font.path, text):
        layout, words = lay_out_words(text, font, size * zoom, pose, growth * zoom)
    polygon = layout.polygon.astype(np.float64)
    zero = np.array(layout.origin)
    if pose.shape != 'straight':
        zero = np.array([polygon[:, 0].mean(), (polygon[:, 1].min() + polygon[:, 1].max()) / 2])
    return SetLine(
        ink=layout.ink,
        corner=-zero / zoom,
        polygon=(polygon - zero) / zoom,
        words=tuple((word, (outline - zero) / zoom) for word, outline in words),
        shape=layout.shape,
        font=font.name,
        em=size,
        room=bleed(pose, size * zoom) / zoom + growth,
        zoom=zoom,
    )


def _stacked(lines, align, leading):
    """Lines one under the other, no polygon over another's."""
    placed, baseline, lowest = [], 0.0, -math.inf
    for line in lines:
        x0, y0 = line.polygon.min(axis=0)
        x1, y1 = line.polygon.max(axis=0)
        baseline = max(baseline + leading * line.em, lowest - y0 + GAP)
        x = {'left': -x0, 'right': -x1, 'middle': -(x0 + x1) / 2}[align]
        placed.append(line.moved((round(x), baseline)))
        lowest = baseline + y1
    return placed


def _side_by_side(lines, gap):
    """Columns beside each other, their upper ends level."""
    placed, right = [], 0.0
    for line in lines:
        x0, y0 = line.polygon.min(axis=0)
        x1, _ = line.polygon.max(axis=0)
        placed.append(line.moved((round(right - x0), round(-y0))))
        right = right - x0 + x1 + gap
    return placed


def _set_ring(draft, size, growth):
    """Lines around the middle of a disc: the first over its top, the second along its bottom, the third level between.

    Lines too long for half the ring make it larger.
    """
    radius, lines = draft.radius(size), []
    for (text, font), shape, style in zip(draft.texts[:2], RING_SHAPES[:2], draft.poses[:2], strict=True):
        inside = radius if shape == 'arc_up' else radius + CAP_HEIGHT * size
        pose = dataclasses.replace(style, shape=shape, bend=size * text_length(text, font, style) / inside)
        line = _set(text, font, size, pose, growth)
        y0, y1 = line.polygon[:, 1].min(), line.polygon[:, 1].max()
        line = line.moved(
            (0, round(-radius - CAP_HEIGHT * size - y0 if shape == 'arc_up' else radius + 0.9 * size - y1))
        )
        lines.append(line)
    for (text, font), style in zip(draft.texts[2:], draft.poses[2:], strict=True):
        if size * text_length(text, font, style) < 1.5 * radius:
            lines.append(_set(text, font, size, style, growth).moved((0, round(0.35 * size))))
    return lines
