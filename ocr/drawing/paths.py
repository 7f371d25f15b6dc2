"""Baselines that text stands on: where each glyph comes to lie, and the polygon around what was drawn.

Two steps. `place` gives each glyph a rigid pose, float64 (n, 2, 3): a point (x, y) relative to the glyph's origin goes
to pose @ (x, y, 1). `surround` gives the polygon in reading order: along the upper edge of the text from its first
character to its last, back along the lower edge. It contains every ink point handed in with at least `pad` pixels to
spare, however coarse its chords are. All in pixels, x to the right, y down; nothing starts at 0.
"""

import math
from dataclasses import dataclass

import numpy as np

MAX_SAGITTA = 0.5  # pixels that a chord of the polygon may run away from the curve
MAX_SPAN = 1.8 * math.pi  # of a ring with a gap between its ends; one that spans more is closed to a disc
CAP_HEIGHT = 0.7  # of an em: capitals and digits, about the same in every Latin font


@dataclass(frozen=True, slots=True)
class StraightPath:
    """A horizontal line."""

    def place(self, centres, anchors):
        """Poses with the glyphs' anchors at `centres`, float64 (n,), along the line; see `_poses`."""
        return _poses(np.stack([centres, anchors[:, 1]], axis=1), np.zeros(len(centres)), anchors)

    def surround(self, points, pad):
        """float64 (4, 2) rectangle."""
        return _rectangle(points, pad)


@dataclass(frozen=True, slots=True)
class ArcPath:
    """A circle's arc: over its top reading clockwise (`up`), or along its bottom reading anticlockwise.

    The radius is that of the line where neighbouring letters come closest: the baseline on top of the circle, the
    letters' upper edge at its bottom, so that they never collide; towards the other side they fan out.
    """

    radius: float
    up: bool

    def place(self, centres, anchors):
        """Poses with the glyphs' anchors on the arc, turned to its tangent; `centres`: arc lengths, 0 in the middle."""
        angles = centres / self.radius
        sign = 1 if self.up else -1
        on_circle = self.radius * np.stack([np.sin(angles), -sign * np.cos(angles)], axis=1)
        return _poses(on_circle, sign * angles, anchors)

    def surround(self, points, pad):
        """float64 (K, 2): two concentric arcs, joined at the ends; the outer circle if the ends meet."""
        sign = 1 if self.up else -1
        angles = np.arctan2(points[:, 0], -sign * points[:, 1])
        radii = np.hypot(points[:, 0], points[:, 1])
        inner, outer = max(radii.min() - pad, 1.0), radii.max() + pad
        first, last = angles.min() - pad / inner, angles.max() + pad / inner
        closed = last - first > MAX_SPAN
        if closed:
            first, last = (first + last) / 2 - math.pi, (first + last) / 2 + math.pi
        step = 2 * math.acos(1 - min(MAX_SAGITTA / outer, 0.5))
        turns = np.linspace(first, last, max(math.ceil((last - first) / step), 1) + 1)
        outer /= math.cos((last - first) / (len(turns) - 1) / 2)  # chords stay outside the circle
        rays = np.stack([np.sin(turns), -sign * np.cos(turns)], axis=1)
        if closed:
            return outer * rays[:-1] if self.up else outer * rays[:0:-1]
        upper, lower = (outer, inner) if self.up else (inner, outer)
        return np.concatenate([upper * rays, lower * rays[::-1]])


@dataclass(frozen=True, slots=True)
class WavePath:
    """A sine: y = amplitude * sin(2 pi x / wavelength + phase)."""

    amplitude: float
    wavelength: float
    phase: float

    def height(self, x):
        """y of the curve at x, float64 like x."""
        return self.amplitude * np.sin(x * (2 * math.pi / self.wavelength) + self.phase)

    def place(self, centres, anchors):
        """Poses with the glyphs' anchors on the curve at x = `centres`, turned to its tangent."""
        frequency = 2 * math.pi / self.wavelength
        slopes = self.amplitude * frequency * np.cos(centres * frequency + self.phase)
        return _poses(np.stack([centres, self.height(centres)], axis=1), np.arctan(slopes), anchors)

    def surround(self, points, pad):
        """float64 (K, 2): the curve moved up and down until all ink lies between, upright ends."""
        pad = pad + MAX_SAGITTA
        offsets = points[:, 1] - self.height(points[:, 0])
        first, last = points[:, 0].min() - pad, points[:, 0].max() + pad
        curvature = self.amplitude * (2 * math.pi / self.wavelength) ** 2
        step = math.sqrt(8 * MAX_SAGITTA / max(curvature, 1e-6))
        x = np.linspace(first, last, max(math.ceil((last - first) / step), 2) + 1)
        steepest = math.hypot(1, self.amplitude * 2 * math.pi / self.wavelength)  # vertical room for `pad` across
        upper = np.stack([x, self.height(x) + offsets.min() - pad * steepest], axis=1)
        lower = np.stack([x, self.height(x) + offsets.max() + pad * steepest], axis=1)
        return np.concatenate([upper, lower[::-1]])


@dataclass(frozen=True, slots=True)
class ColumnPath:
    """A vertical column of upright glyphs, read downwards, all centred on one line."""

    gap: float

    def stack(self, boxes, em):
        """Poses of glyphs whose ink boxes are `boxes`, float64 (n, 4) as x0, y0, x1, y1; an empty one is a space."""
        poses, y = [], 0.0
        for x0, y0, x1, y1 in boxes:
            slack = max(0.35 * em - (y1 - y0), 0.0)  # dots and dashes keep a place of their own
            poses.append([[1.0, 0.0, -(x0 + x1) / 2], [0.0, 1.0, y + slack / 2 - y0]])
            y += y1 - y0 + slack + self.gap
        return np.array(poses)

    def surround(self, points, pad):
        """float64 (4, 2) rectangle."""
        return _rectangle(points, pad)


def _poses(positions, angles, anchors):
    """Poses that put each glyph's anchor, (n, 2) relative to its origin, at its position, turned by its angle (n,)."""
    cos, sin = np.cos(angles), np.sin(angles)
    turns = np.stack([np.stack([cos, -sin], axis=1), np.stack([sin, cos], axis=1)], axis=1)  # (n, 2, 2)
    shifts = positions - np.einsum('nij,nj->ni', turns, anchors)
    return np.concatenate([turns, shifts[:, :, None]], axis=2)


def _rectangle(points, pad):
    """The points' bounding box, `pad` larger on each side, clockwise from its upper left corner."""
    x0, y0 = points.min(axis=0) - pad
    x1, y1 = points.max(axis=0) + pad
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
