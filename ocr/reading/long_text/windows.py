"""Cut a long line or column of text into windows that overlap, along its reading direction, bends included."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.geometry import strip_height

WINDOW_ASPECT = 4.0  # length of a window as a multiple of the text's height: what a model of words reads whole
_LONG = 1.5  # a region that is longer than so many windows is cut
_OVERLAP = 0.5  # part of a window that its neighbour shows too


@dataclass(frozen=True)
class Window:
    """A part of a region.

    Attributes:
        polygon: float32 (K, 2), in the photograph.
        start, end: where it lies along the text, in units of the text's height.
        origin, direction: float (2,), start of its middle line, and from there to the line's end, in the photograph.
    """

    polygon: np.ndarray
    start: float
    end: float
    origin: np.ndarray
    direction: np.ndarray

    def along(self, points):
        """Where points (n, 2) of the photograph lie along the text, in units of its height: float (n,)."""
        share = (points - self.origin) @ self.direction / (self.direction @ self.direction)
        return self.start + share * (self.end - self.start)


def cut_windows(polygon, aspect):
    """Windows of a region in reading order; None if it is short enough to be read at once.

    A region is long if its middle line is longer than 1.5 windows. A polygon with an even number of points, six or
    more, is taken as labels of curved text have it: one long side from the text's start on, then the other one back.
    Of any other, the rectangle around it is read from left to right, or from top to bottom if it is higher than
    wide.

    Args:
        polygon: float (K, 2).
        aspect: length of a window as a multiple of the text's height.
    """
    sides = _long_sides(np.asarray(polygon, np.float64))
    middle = np.mean([_at(side, np.linspace(0, 1, 65)) for side in sides], axis=0)
    length = np.linalg.norm(np.diff(middle, axis=0), axis=1).sum()
    height = strip_height(_ring(sides, 0, 1))
    if not length > _LONG * aspect * height > 0:
        return None
    length, step = length / height, aspect * (1 - _OVERLAP)
    number = 1 + int(np.ceil((length - aspect) / step - 1e-9))
    starts = np.linspace(0, length - aspect, number)
    return [_window(sides, start, start + aspect, length) for start in starts]


def _long_sides(polygon):
    """The two sides of a text in reading direction, float64 (R, 2) each."""
    if len(polygon) >= 6 and len(polygon) % 2 == 0:
        sides = polygon[: len(polygon) // 2], polygon[len(polygon) // 2 :][::-1]
        if min(map(_length, sides)) > max(np.linalg.norm(sides[0][end] - sides[1][end]) for end in (0, -1)):
            return sides
    if len(polygon) != 4:
        polygon = cv2.boxPoints(cv2.minAreaRect(polygon.astype(np.float32))).astype(np.float64)
    pairs = [(polygon[n : n + 2], polygon[[(n + 3) % 4, (n + 2) % 4]]) for n in (0, 1)]
    sides = max(pairs, key=lambda pair: sum(map(_length, pair)))
    x, y = np.sum([side[1] - side[0] for side in sides], axis=0)
    forward = x > 0 if abs(x) >= abs(y) else y > 0
    return sides if forward else tuple(side[::-1] for side in sides)


def _length(side):
    return float(np.linalg.norm(np.diff(side, axis=0), axis=1).sum())


def _at(side, shares):
    """Points of a side (R, 2) at shares of its length: float64 (n, 2)."""
    travelled = _travelled(side)
    return np.stack([np.interp(shares, travelled, side[:, axis]) for axis in (0, 1)], axis=1)


def _travelled(side):
    """Share of a side's length that lies before each of its points: float64 (R,)."""
    travelled = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(side, axis=0), axis=1))])
    return travelled / max(travelled[-1], 1e-9)


def _ring(sides, start, end):
    """Polygon of the part between two shares of the sides."""
    parts = []
    for side in sides:
        travelled = _travelled(side)
        between = travelled[(travelled > start) & (travelled < end)]
        parts.append(_at(side, np.array([start, *between, end])))
    return np.concatenate([parts[0], parts[1][::-1]])


def _window(sides, start, end, length):
    polygon = _ring(sides, start / length, end / length).astype(np.float32)
    origin, last = (np.mean([_at(side, [share / length])[0] for side in sides], axis=0) for share in (start, end))
    return Window(polygon, float(start), float(end), origin, last - origin)
