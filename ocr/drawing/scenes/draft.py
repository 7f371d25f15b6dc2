"""The lines of a surface before they are typeset: texts, fonts, shares of the font size, and about how large they are.

Most surfaces find no room in a picture. A draft costs little, so that only those are typeset that have room.
"""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from ocr.drawing.draw import choose, draw_form
from ocr.drawing.layout import SHAPES, Pose
from ocr.drawing.scenes.kinds import Kind
from ocr.drawing.shaping import needs_shaping, split_units

BENT = ('arc_up', 'arc_down', 'wave')
RING_SHAPES = ('arc_up', 'arc_down', 'straight')
UPPER, LOWER = 0.8, 0.25  # em above and below the baseline that letters take, about
CELL = 0.85  # em that a character of a column takes, about


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines of a surface, not typeset yet.

    Attributes:
        kind: `Kind`.
        texts: tuple of (text, `Font`), one per line.
        shares: tuple of floats, the font size of each line as a share of the surface's.
        poses: tuple of `Pose`, one per line.
        align: 'left', 'middle' or 'right'.
        leading: distance of baselines, em of the lower line.
        gap: between columns, em.
        spread: radians, the angle on a ring that its longest line spans.
    """

    kind: Kind
    texts: tuple
    shares: tuple
    poses: tuple
    align: str
    leading: float
    gap: float
    spread: float

    def size(self, em):
        """(width, height), pixels, of the block of lines at a font size, about."""
        boxes = [
            _line_size(share, *text, pose)
            for share, text, pose in zip(self.shares, self.texts, self.poses, strict=True)
        ]
        widths, heights = (np.array(sides) for sides in zip(*boxes, strict=True))
        if self.kind.shape == 'ring':
            across = 2 * (self.radius(em) + em)
            return across, across
        if self.kind.shape == 'column':
            return em * (widths.sum() + self.gap * (len(boxes) - 1)), em * heights.max()
        below = np.maximum(self.leading * np.array(self.shares[1:]), heights[1:])
        return em * widths.max(), em * (heights[0] + below.sum())

    def radius(self, em):
        """Radius, pixels, of a ring's lines at a font size."""
        longest = max(text_length(*text, pose) for text, pose in zip(self.texts[:2], self.poses, strict=False))
        return em * (longest / self.spread + 0.5)


def draft_lines(kind, writers, num_words, rng):
    """Draws the lines of a surface.

    Args:
        kind: `Kind`.
        writers: tuple of `Writer`, of the first line, the second, ...; they begin again if there are more lines.
        num_words: most words of all lines together.
        rng: numpy Generator.

    Returns:
        `Draft`, or None if lines of this kind do not suit the texts.
    """
    recipe = writers[0].recipe
    texts = _draw_texts(kind, writers, num_words, rng)
    style = _draw_style(recipe, rng)
    shares = _draw_shares(kind, len(texts), rng)
    poses = [_draw_shape(kind, text, style, recipe, rng) for text, _ in texts]
    if kind.shape == 'ring':
        ends = zip(texts[:2], RING_SHAPES, strict=False)
        if any(needs_shaping(text) or len(text) < SHAPES[shape] for (text, _), shape in ends):
            return None
        shares = [shares[0]] * len(texts)
    return Draft(
        kind=kind,
        texts=tuple(texts),
        shares=tuple(map(float, shares)),
        poses=tuple(poses),
        align=kind.aligns[int(rng.integers(len(kind.aligns)))],
        leading=float(rng.uniform(*kind.leading)),
        gap=float(rng.uniform(0.3, 0.8)),
        spread=math.radians(rng.uniform(100, 150)),
    )


def text_length(text, font, pose):
    """Length of a text along its line, em, without kerning."""
    units = split_units(text)
    length = pose.stretch * sum(map(font.advance, units)) + pose.spacing * (len(units) - 1)
    return max(length + pose.word_spacing * sum(unit.isspace() for unit in units), 0.1)


def _line_size(share, text, font, pose):
    """(width, height) of a line's box, shares of the surface's font size."""
    if pose.shape == 'column':
        units = split_units(text)
        widest = pose.stretch * max(map(font.advance, units)) + 2 * pose.padding
        return share * widest, share * (CELL + max(pose.spacing, 0.0)) * len(units)
    length, height = text_length(text, font, pose), UPPER + LOWER + 2 * pose.padding
    if pose.shape in ('arc_up', 'arc_down'):
        radius = length / pose.bend
        height += radius * (1 - math.cos(pose.bend / 2))
        length = 2 * radius * math.sin(min(pose.bend, math.pi) / 2) + 0.5 * UPPER
    elif pose.shape == 'wave':
        height += 2 * pose.amplitude
    return share * (length + 2 * pose.padding), share * height


def _draw_texts(kind, writers, num_words, rng):
    """List of (text, font), one per line: as many as have room for `num_words` words, at least one, for a ring two."""
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


def _draw_shares(kind, number, rng):
    """Font sizes of so many lines as shares of the surface's: one has it all, the others are often all the same."""
    shares = rng.uniform(*kind.rest, number)
    if rng.random() < 0.5:
        shares[:] = shares[0]
    shares[0 if rng.random() < 0.7 else int(rng.integers(number))] = 1.0
    return shares


def _draw_shape(kind, text, style, recipe, rng):
    """The `Pose` of a line of text: straight, bent or a column, as far as the text is long enough."""
    if kind.shape in ('line', 'ring') or needs_shaping(text):
        return style
    units = len(split_units(text))
    if kind.shape == 'column':
        return dataclasses.replace(style, shape='column' if units >= SHAPES['column'] else 'straight')
    weights = {shape: recipe.shapes.get(shape, 0.0) for shape in BENT}
    if not any(weights.values()):  # as at the start of a training run, where nothing is bent
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
