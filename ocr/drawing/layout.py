"""Glyphs on a path: the ink of a text as one anti-aliased mask, and the polygon around it.

What is random about it is drawn beforehand into a `Pose`; laying out is a function of its arguments alone. The mask
is as large as the polygon's box plus margins, so nothing can be cut at an edge.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ocr.drawing.chinese.columns import column_glyph, is_chinese, is_full_width
from ocr.drawing.fonts import EM_BOTTOM
from ocr.drawing.letters import change_weight
from ocr.drawing.paths import CAP_HEIGHT, ArcPath, ColumnPath, StraightPath, WavePath
from ocr.drawing.shaping import split_units

SHAPES = {  # shape: fewest characters; a text that is shaped as a whole counts as one
    'straight': 1,
    'rotated': 1,
    'turned': 2,
    'arc_up': 3,
    'arc_down': 3,
    'wave': 4,
    'column': 2,
}
MIN_RADIUS = {'arc_up': 0.9, 'arc_down': 1.1}  # em; the tightest arcs
TOUCHING_HEIGHT = 0.55  # em above the baseline; where letters inside a circle come closest, between small and capital
MAX_SLOPE = math.tan(math.radians(32))  # the steepest place of a wave


@dataclass(frozen=True, slots=True)
class Pose:
    """Everything random about a layout; lengths in em unless said otherwise.

    Attributes:
        shape: one of SHAPES.
        spacing: added between neighbouring characters; in a column, the gap between them.
        tilt: radians, clockwise; turns the whole text.
        bend: radians, the angle that the text on an arc spans, if it is long enough for it.
        amplitude, wavelength, phase: of a wave; phase in radians.
        padding: between the ink and the polygon.
        margins: (left, upper, right, lower), between the polygon's box and the picture's edges.
        stretch: factor on the width of the letters.
        slant: tangent of the angle that the letters lean to the right by.
        weight: added to strokes on each side, below 0 taken away.
        word_spacing: added to spaces, except in a column.
        small_capitals: size of capitals behind the first of a word, in a text without small letters.
        dance: (turn, rise, size) of each unit, in turn if there are more: radians clockwise, em, factor; () for none.
    """

    shape: str = 'straight'
    spacing: float = 0.0
    tilt: float = 0.0
    bend: float = math.pi / 2
    amplitude: float = 0.3
    wavelength: float = 4.0
    phase: float = 0.0
    padding: float = 0.0
    margins: tuple = (0.2, 0.2, 0.2, 0.2)
    stretch: float = 1.0
    slant: float = 0.0
    weight: float = 0.0
    word_spacing: float = 0.0
    small_capitals: float = 1.0
    dance: tuple = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid out text: `ink` uint8 (H, W), 0..255; `polygon` float32 (K, 2) in its pixels; `shape` as in `Pose`.

    `origin` (x, y): where the middle of the baseline of a straight text without tilt lies.
    """

    ink: np.ndarray
    polygon: np.ndarray
    shape: str
    origin: tuple = (0.0, 0.0)


def lay_out(text, font, em, pose, growth=0):
    """Lays out a text.

    Args:
        text: str of which `font` has every glyph, not white space alone.
        font: `Font`.
        em: int, font size, pixels.
        pose: `Pose`.
        growth: pixels by which an outline will widen the ink; the polygon leaves room for them.

    Returns:
        `Layout`.
    """
    return lay_out_words(text, font, em, pose, growth)[0]


def lay_out_words(text, font, em, pose, growth=0):
    """Lays out a text and tells its words apart, arguments as `lay_out`.

    Returns:
        `Layout`, and a list of (word, polygon float32 (K, 2) like the layout's) in the order of the text. A text that
        is shaped as a whole is one word.
    """
    units = split_units(text)
    is_upright = pose.shape == 'column' and is_chinese(text)
    glyphs = [column_glyph(font, unit, em) if is_upright else font.glyph(unit, em) for unit in units]
    path, matrices = _place(units, font, glyphs, em, pose)
    pieces = [_move(matrix, glyph.silhouette) for matrix, glyph in zip(matrices, glyphs, strict=True)]
    pad = bleed(pose, em) + growth + pose.padding * em
    spans = _word_spans(units)
    polygons = [path.surround(np.concatenate(pieces), pad)]
    polygons += [path.surround(np.concatenate(pieces[start:stop]), pad) for start, stop in spans]
    if pose.tilt:
        turn = rotation(pose.tilt)
        matrices, polygons = turn @ matrices, [polygon @ turn.T for polygon in polygons]
    left, upper, right, lower = (margin * em for margin in pose.margins)
    corner = np.floor(polygons[0].min(axis=0) - (left, upper))  # whole pixels: upright glyphs stay as sharp as they are
    width, height = np.ceil(polygons[0].max(axis=0) - corner + np.array((right, lower))).astype(int).tolist()
    matrices = matrices.copy()
    matrices[:, :, 2] -= corner
    ink = np.zeros((height, width), np.uint8)
    for matrix, glyph in zip(matrices, glyphs, strict=True):
        _stamp(ink, glyph, matrix)
    weight = pose.weight * em
    if weight:
        ink = change_weight(ink, weight)
    whole, *polygons = [(polygon - corner).astype(np.float32) for polygon in polygons]
    words = [''.join(units[start:stop]) for start, stop in spans]
    return Layout(ink, whole, pose.shape, tuple((-corner).tolist())), list(zip(words, polygons, strict=True))


def _word_spans(units):
    """[(start, stop)] of the runs of units between white space."""
    spans, start = [], None
    for i, unit in enumerate([*units, ' ']):
        if unit.isspace():
            if start is not None:
                spans.append((start, i))
            start = None
        elif start is None:
            start = i
    return spans


def bleed(pose, em):
    """Pixels around the glyphs' outlines that ink may reach: half a source pixel, wider strokes, rounding up."""
    # turned, a pixel reaches as far as its corners do
    largest = math.sqrt(2) * max(size for _, _, size in pose.dance) if pose.dance else 1.0
    return 1 + 0.5 * max(pose.stretch + abs(pose.slant), 1.0) * largest + max(math.ceil(pose.weight * em), 0)


def rotation(angle):
    """(2, 2) rotation, clockwise on the screen for a positive angle."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _place(units, font, glyphs, em, pose):
    """(path, poses float64 (n, 2, 3)) of the glyphs before the whole is tilted."""
    forms, sizes, rises = _forms(units, pose)
    if pose.shape == 'column' and is_chinese(''.join(units)):
        path = ColumnPath(max(pose.spacing, 0.0) * em)
        cells = [_cell(unit, glyph, em, form) for unit, glyph, form in zip(units, glyphs, forms, strict=True)]
        matrices = path.stack(np.array(cells), em)
    elif pose.shape == 'column':
        path = ColumnPath(max(pose.spacing, 0.0) * em + 0.12 * em)
        matrices = path.stack(np.array([_ink_box(*pair) for pair in zip(glyphs, forms, strict=True)]), em)
    else:
        advances = np.array([glyph.advance for glyph in glyphs]) * pose.stretch * sizes
        if pose.word_spacing:
            advances += pose.word_spacing * em * np.array([unit.isspace() for unit in units])
        centres, length = _line_up(units, font, advances, em, pose)
        path, anchor_height = _path(pose, em, length)
        leaning = pose.slant * CAP_HEIGHT / 2 * em * sizes  # the middle of a capital stays where it is
        matrices = path.place(centres, np.stack([advances / 2 + leaning, np.full(len(glyphs), -anchor_height)], axis=1))
    matrices[:, :, 2] -= matrices[:, :, 1] * (rises * em)[:, None]
    matrices[:, :, :2] = matrices[:, :, :2] @ forms
    return path, matrices


def _forms(units, pose):
    """What changes each glyph: forms float64 (n, 2, 2), sizes (n,) that are in them, rises (n,) in em."""
    sizes, rises = np.ones(len(units)), np.zeros(len(units))
    turns = np.broadcast_to(np.eye(2), (len(units), 2, 2))
    if pose.small_capitals != 1 and ''.join(units).isupper():
        follows = [False] + [one.isalpha() and other.isalpha() for one, other in pairwise(units)]
        sizes = np.where(follows, pose.small_capitals, sizes)
    if pose.dance:
        angles, rises, factors = np.resize(pose.dance, (len(units), 3)).T
        turns, sizes = np.stack([rotation(angle) for angle in angles]), sizes * factors
    form = np.array([[pose.stretch, -pose.slant], [0.0, 1.0]])
    return turns @ form * sizes[:, None, None], sizes, rises


def _line_up(units, font, advances, em, pose):
    """(centres float64 (n,) of the glyphs along a line whose middle is 0, length of the line in pixels)."""
    pen, centres = 0.0, []
    for i, advance in enumerate(advances):
        if i:
            pen += pose.spacing * em + pose.stretch * font.kerning(units[i - 1], units[i], em)
        centres.append(pen + advance / 2)
        pen += advance
    return np.array(centres) - pen / 2, max(pen, 1.0)


def _path(pose, em, length):
    """(path, pixels above the baseline where letters touch it) for all shapes but the column."""
    if pose.shape in ('arc_up', 'arc_down'):
        radius = max(length / pose.bend, MIN_RADIUS[pose.shape] * em)
        return ArcPath(radius, up=pose.shape == 'arc_up'), 0.0 if pose.shape == 'arc_up' else TOUCHING_HEIGHT * em
    if pose.shape == 'wave':
        wavelength = pose.wavelength * em
        steepest = MAX_SLOPE * wavelength / (2 * math.pi)
        return WavePath(min(pose.amplitude * em, steepest), wavelength, pose.phase), CAP_HEIGHT / 2 * em
    return StraightPath(), 0.0


def _ink_box(glyph, form):
    """float64 (x0, y0, x1, y1) of a glyph's ink relative to its origin after `form` (2, 2); a space gives zeros."""
    if not glyph.ink.size:
        return np.zeros(4)
    points = glyph.silhouette @ form.T
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _cell(unit, glyph, em, form):
    """What a unit takes up in a column of Chinese, as `_ink_box`: a square of an em, or its ink and a little more."""
    if not is_full_width(unit):
        return _ink_box(glyph, form) + np.array((0, -0.06, 0, 0.06)) * em
    middle = form @ (glyph.advance / 2, (EM_BOTTOM - 0.5) * em)
    return np.concatenate([middle - em / 2, middle + em / 2])


def _move(matrix, points):
    """Points (P, 2) through a (2, 3) pose."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def _stamp(ink, glyph, matrix):
    """Puts a glyph onto the mask, where it is darker than what is there. `matrix` is its pose, float64 (2, 3)."""
    if not glyph.ink.size:
        return
    height, width = glyph.ink.shape
    if matrix[0, 0] == matrix[1, 1] == 1.0 and not matrix[0, 1]:  # upright: whole pixels, no resampling
        x, y = round(matrix[0, 2]) + glyph.left, round(matrix[1, 2]) + glyph.top
        piece = glyph.ink
    else:
        x0, y0, x1, y1 = glyph.left, glyph.top, glyph.left + width, glyph.top + height
        corners = _move(matrix, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]))
        x, y = (np.floor(corners.min(axis=0)).astype(int) - 1).tolist()
        width, height = (np.ceil(corners.max(axis=0)).astype(int) + 1 - (x, y)).tolist()
        turn = matrix[:, :2]  # pixel i covers [i, i + 1) here, its centre is i for OpenCV: half a pixel in and out
        shift = turn @ (glyph.left + 0.5, glyph.top + 0.5) + matrix[:, 2] - (x + 0.5, y + 0.5)
        piece = cv2.warpAffine(glyph.ink, np.column_stack([turn, shift]), (width, height), flags=cv2.INTER_LINEAR)
    # The empty corners of a turned bitmap may reach over the mask's edge; its ink never does.
    piece = piece[max(-y, 0) : ink.shape[0] - y, max(-x, 0) : ink.shape[1] - x]
    window = ink[max(y, 0) : y + height, max(x, 0) : x + width]
    np.maximum(window, piece, out=window)
