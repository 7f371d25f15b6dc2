"""Outlines of found text as strips: an even number of points, one long side forth and the other one back.

Long text is read in windows that follow the strip (reading.long_text.windows), and label files of curved text are
written so. Coordinates are float, rows (x, y), pixels.
"""

import cv2
import numpy as np
import shapely

from ocr.geometry import box_polygon, polygon_area, polygon_box, strip_height

_SAMPLES = 128  # points that an outline is looked at with
_STATIONS = 33  # places along a strip at which its two sides are compared
_UPRIGHT = 1.1  # a box this many times as large as the smallest turned one is taken in its place
_RECTANGLE = 0.8  # overlap with its rectangle from which on text is a rectangle
_GAIN = 0.05  # overlap by which a strip must be better than the rectangle
_BEND = 0.03  # of the height: how far a long side may be from the text's
_WIDEST = 1.15  # times the usual width of a strip
_COARSE = 4  # pixels: what is lower than that has the bends of its pixels
MAX_SIDE_POINTS = 10


def to_strip(outline):
    """The strip that follows an outline of text best.

    Args:
        outline: float (K, 2), without crossings.

    Returns:
        float32 (2 R, 2): clockwise, the first R points along the upper side in reading direction, R >= 2. Text is
        read from left to right, or downwards if it is higher than wide; the upper side is on the right then.
    """
    outline = np.asarray(outline, np.float64)
    best = _rectangle(outline)
    covered = overlap(best, outline)
    for fit in (_quadrilateral, _bent) if covered < _RECTANGLE else ():
        strip = fit(outline)
        if strip is not None and (covered_now := overlap(strip, outline)) > covered + _GAIN:
            best, covered = strip, covered_now
    return _in_reading_direction(best).astype(np.float32)


def overlap(polygon, other):
    """Intersection over union of two polygons (K, 2), 0..1."""
    one, two = (shapely.make_valid(shapely.Polygon(points)) for points in (polygon, other))
    union = one.union(two).area
    return float(one.intersection(two).area / union) if union else 0.0


def _rectangle(outline):
    """The smallest rectangle around an outline, upright where that costs little: float64 (4, 2), a long side first."""
    corners = cv2.boxPoints(cv2.minAreaRect(outline.astype(np.float32))).astype(np.float64)
    upright = box_polygon(polygon_box(outline)).astype(np.float64)
    if polygon_area(upright) <= _UPRIGHT * polygon_area(corners):
        corners = upright
    return _long_side_first(corners)


def _quadrilateral(outline):
    """Four sides close around an outline, as of a sign seen at an angle: float64 (4, 2), or None if there are none.

    They enclose it, rounded corners too, with as little area more as can be.
    """
    hull = cv2.convexHull(outline.astype(np.float32))
    if len(hull) < 4:
        return None
    corners = cv2.approxPolyN(hull, 4)[0].astype(np.float64)
    return _long_side_first(corners) if len(corners) == 4 and polygon_area(corners) else None


def _long_side_first(corners):
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return corners if sides[0] + sides[2] >= sides[1] + sides[3] else np.roll(corners, -1, axis=0)


def _bent(outline):
    """The strip around a bent or tapered outline: float64 (2 R, 2), or None if it has no two sides."""
    height = strip_height(outline)
    first, second = _two_sides(_along(np.vstack([outline, outline[:1]]), np.arange(_SAMPLES) / _SAMPLES))
    middle = (first + second) / 2
    travelled = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(middle, axis=0), axis=1))])
    length = travelled[-1]
    if length < 2 * height or height < _COARSE:
        return None
    inner = (travelled > height / 2) & (travelled < length - height / 2)  # the ends are caps
    if inner.sum() < 4:
        return None
    middle, width = middle[inner], np.linalg.norm(first - second, axis=1)[inner]
    width = np.clip(width, None, _WIDEST * np.median(width))
    number = len(cv2.approxPolyDP(middle[:, None].astype(np.float32), _BEND * height, False))
    number = int(np.clip(number, 2, MAX_SIDE_POINTS))
    middle, width = _with_ends(middle, width, outline, height)
    shares = np.linspace(0, 1, number)
    stations = np.linspace(0, 1, len(width))
    line = _along(middle, shares)
    half = np.interp(shares, stations, width)[:, None] / 2
    dense = _along(middle, np.linspace(0, 1, 4 * _STATIONS))
    tangent = np.gradient(dense, axis=0)[np.round(shares * (4 * _STATIONS - 1)).astype(int)]
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    return np.concatenate([line + half * normal, (line - half * normal)[::-1]])


def _two_sides(points):
    """Part a closed outline (n, 2) into the two sides that keep closest to each other: float64 (_STATIONS, 2) each.

    Both sides of a ribbon start at the middle of one end and stop at the middle of the other; walked at the same pace
    they are as far apart as the ribbon is wide. Any other two starting points are further apart.
    """
    number = len(points)
    start = np.arange(number // 2)[:, None, None]
    extra = np.arange(-number // 8, number // 8 + 1)[None, :, None]
    pace = np.linspace(0, 1, _STATIONS)[None, None]
    forth = start + pace * (number // 2 + extra)
    back = start - pace * (number - number // 2 - extra)
    first, second = (_between(points, position) for position in (forth, back))
    apart = np.linalg.norm(first - second, axis=-1).mean(axis=-1)  # (starts, extras)
    i, j = np.unravel_index(np.argmin(apart), apart.shape)
    return first[i, j], second[i, j]


def _between(points, position):
    """Points of a closed outline at fractional positions (...): float64 (..., 2)."""
    whole = np.floor(position).astype(int)
    share = (position - whole)[..., None]
    return (1 - share) * points[whole % len(points)] + share * points[(whole + 1) % len(points)]


def _with_ends(middle, width, outline, height):
    """Middle line and widths, run straight on to where the outline ends."""
    for _ in range(2):
        middle, width = middle[::-1], width[::-1]
        inward = middle[min(2, len(middle) - 1)] - middle[0]
        direction = -inward / max(np.linalg.norm(inward), 1e-9)
        near = outline[np.linalg.norm(outline - middle[0], axis=1) < 1.5 * height]
        reach = np.max((near - middle[0]) @ direction, initial=height / 2)
        middle = np.vstack([middle[0] + reach * direction, middle])
        width = np.concatenate([width[:1], width])
    return middle, width


def _along(line, shares):
    """Points of an open line (R, 2) at shares of its length: float64 (n, 2)."""
    travelled = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    return np.stack(
        [np.interp(np.asarray(shares) * travelled[-1], travelled, line[:, axis]) for axis in (0, 1)], axis=1
    )


def _in_reading_direction(strip):
    """The strip (2 R, 2), its first R points a long side, turned so that it is clockwise and starts where text does."""
    if _signed_area(strip) < 0:
        strip = np.roll(strip[::-1], len(strip) // 2, axis=0)
    half = len(strip) // 2
    x, y = (strip[half - 1] - strip[0]) + (strip[half] - strip[-1])
    forward = x > 0 if abs(x) >= abs(y) else y > 0
    return strip if forward else np.roll(strip, half, axis=0)


def _signed_area(polygon):
    """Positive if the points run clockwise on the screen, y pointing down."""
    x, y = (polygon - polygon[0]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
