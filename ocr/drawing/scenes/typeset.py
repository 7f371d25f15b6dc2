"""Lines of text on a plane: a surface's lines laid out, aligned and stacked, and the plate around them."""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from ocr.drawing.draw import choose, draw_form
from ocr.drawing.layout import SHAPES, Pose, bleed, lay_out_words
from ocr.drawing.paths import CAP_HEIGHT
from ocr.drawing.shaping import needs_shaping, split_units
from ocr.drawing.undrawable import naming

LEAST_EM = 6  # pixels
EVEN_EM = 24  # pixels; larger font sizes are even, so that drawn glyphs can be used again
FINE_EM = 48  # pixels; smaller letters are drawn twice as large as they will be seen, so that they are fine and their
FINE = 2  # polygons tight
GAP = 1.5  # pixels between the polygons of neighbouring lines
BENT = ('arc_up', 'arc_down', 'wave')


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


def set_lines(kind, writers, em, num_words, growth, rng):
    """Lays out the lines of a surface.

    Args:
        kind: `Kind`.
        writers: tuple of `Writer`, of the first line, the second, ...; they begin anew where there are more lines.
        em: float, font size of the largest line, pixels.
        num_words: most words of all lines together.
        growth: pixels by which an outline will widen the ink of the largest line; of others in proportion.
        rng: numpy Generator.

    Returns:
        list of `SetLine`; empty where a line of this kind does not suit the text.
    """
    texts = _draw_texts(kind, writers, num_words, rng)
    style = _draw_style(writers[0].recipe, rng)
    sizes = _draw_sizes(kind, len(texts), em, rng)
    if kind.shape == 'ring':
        return _set_ring(texts, sizes[0], style, growth, rng)
    lines = []
    for (text, font), size in zip(texts, sizes, strict=True):
        pose = _draw_shape(kind, text, style, writers[0].recipe, rng)
        lines.append(_set(text, font, size, pose, _scaled(growth, size / em)))
    if kind.shape == 'column':
        return _side_by_side(lines, em * rng.uniform(0.3, 0.8))
    align = kind.aligns[int(rng.integers(len(kind.aligns)))]
    return _stacked(lines, align, float(rng.uniform(*kind.leading)))


def _scaled(growth, share):
    """Pixels by which an outline widens smaller letters; see `compose.scaled`."""
    return max(round(growth * share), 1) if growth else 0


def font_size(em):
    """The int font size, pixels, nearest to `em`: any small one, larger ones even."""
    return max(round(em), LEAST_EM) if em < EVEN_EM else 2 * round(em / 2)


def block_box(lines):
    """float64 (4,): (x0, y0, x1, y1) around the polygons of lines."""
    points = np.concatenate([line.polygon for line in lines])
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _draw_texts(kind, writers, num_words, rng):
    """List of (text, font), one a line: as many as have room for `num_words` words, at least one, for a ring two."""
    number, texts = int(rng.integers(kind.lines[0], kind.lines[1] + 1)), []
    least = kind.lines[0] if kind.shape == 'ring' else 1
    while len(texts) < number and (num_words > 0 or len(texts) < least):
        words = min(int(rng.integers(kind.words[0], kind.words[1] + 1)), max(num_words, 1))
        texts.append(writers[len(texts) % len(writers)].line(words, rng))
        num_words -= len(texts[-1][0].split())
    return texts


def _draw_style(recipe, rng):
    """The `Pose` that all lines of a surface have in common: spacing, padding, form of the letters."""
    return Pose(
        spacing=float(rng.uniform(*recipe.spacing)),
        padding=float(rng.uniform(*recipe.padding)),
        word_spacing=max(float(rng.uniform(-0.1, 0.3)), 0.0),
        margins=(0.1,) * 4,
        **draw_form(recipe.effects, rng),
    )


def _draw_sizes(kind, number, em, rng):
    """Font sizes of so many lines: one has `em`, the others a share of it, often all the same."""
    shares = rng.uniform(*kind.rest, number)
    if rng.random() < 0.5:
        shares[:] = shares[0]
    shares[0 if rng.random() < 0.7 else int(rng.integers(number))] = 1.0
    return [font_size(em * share) for share in shares]


def _draw_shape(kind, text, style, recipe, rng):
    """The `Pose` of a line of text: straight, bent or a column, as far as the text is long enough."""
    if kind.shape == 'line' or needs_shaping(text):
        return style
    units = len(split_units(text))
    if kind.shape == 'column':
        return dataclasses.replace(style, shape='column' if units >= SHAPES['column'] else 'straight')
    weights = {shape: recipe.shapes.get(shape, 0.0) for shape in BENT}
    if not any(weights.values()):  # as at the start of a training, where nothing is bent
        return style
    shape = choose(weights, rng)
    if units < SHAPES[shape]:
        return style
    return dataclasses.replace(
        style,
        shape=shape,
        bend=math.radians(rng.uniform(*recipe.bend)),
        amplitude=float(rng.uniform(*recipe.amplitude)),
        wavelength=float(rng.uniform(*recipe.wavelength)),
        phase=float(rng.uniform(0, 2 * math.pi)),
    )


def _set(text, font, size, pose, growth):
    """`SetLine` of a text, the middle of its baseline at (0, 0) where it is straight, its polygon's where not."""
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


def _set_ring(texts, size, style, growth, rng):
    """Lines around the middle of a disc: the first over its top, the second along its bottom, the third level between.

    Lines too long for half the ring make it larger.
    """
    upper, lower, *inner = texts
    widths = [np.ptp(_set(text, font, size, style, growth).polygon[:, 0]) for text, font in (upper, lower)]
    radius = max(widths) / math.radians(rng.uniform(100, 150)) + 0.5 * size
    lines = []
    for (text, font), shape, width in zip((upper, lower), ('arc_up', 'arc_down'), widths, strict=True):
        if needs_shaping(text) or len(text) < SHAPES[shape]:
            return []
        inside = radius if shape == 'arc_up' else radius + CAP_HEIGHT * size
        pose = dataclasses.replace(style, shape=shape, bend=width / inside)
        line = _set(text, font, size, pose, growth)
        y0, y1 = line.polygon[:, 1].min(), line.polygon[:, 1].max()
        line = line.moved(
            (0, round(-radius - CAP_HEIGHT * size - y0 if shape == 'arc_up' else radius + 0.9 * size - y1))
        )
        lines.append(line)
    if inner:
        text, font = inner[0]
        straight = _set(text, font, size, style, growth)
        if np.ptp(straight.polygon[:, 0]) < 1.5 * radius:
            lines.append(straight.moved((0, round(0.35 * size))))
    return lines
