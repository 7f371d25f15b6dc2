"""Shape of a region's polygon: how long and how thick its text is, and how it lies."""

import math

import cv2
import numpy as np

from ocr.geometry import polygon_area, strip_height

HORIZONTAL = 'horizontal'
VERTICAL = 'vertical'
ROTATED = 'rotated'
SQUARE = 'about square'
ORIENTATIONS = (HORIZONTAL, VERTICAL, ROTATED, SQUARE)
MAX_TILT = 15  # degrees
MIN_SLANT = 8  # degrees from which on a text is slanted; 3 and 14 read drawn text alike
STEEP = 60  # degrees from the horizontal from which on long text runs up or down
MIN_ELONGATION = 1.5
STRAIGHT_FILL = 0.75  # of its smallest rectangle, at least: an arc that rises by a third of its height fills less


def reading_extent(polygon):
    """Length and thickness in pixels of the text in a polygon (K, 2), however bent or turned; exact for rectangles."""
    points = np.asarray(polygon, np.float64)
    half = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1).sum() / 2  # length + thickness
    thickness = strip_height(polygon)
    return float(half) - thickness, thickness


def orientation(polygon):
    """How a polygon (K, 2) lies, one of ORIENTATIONS, by the smallest rectangle around it, which may be turned."""
    longer, shorter, angle = _smallest_rectangle(polygon)
    if longer < MIN_ELONGATION * shorter:
        return SQUARE
    tilt = abs(angle)
    if tilt <= MAX_TILT:
        return HORIZONTAL
    return VERTICAL if tilt >= 90 - MAX_TILT else ROTATED


def slant(polygon):
    """Degrees clockwise, -60 to 60, by which text in a polygon (K, 2) leans from level or upright; 0 if bent."""
    if is_bent(polygon):
        return 0.0
    longer, shorter, angle = _smallest_rectangle(polygon)
    if longer < MIN_ELONGATION * shorter:
        angle = (angle + 45) % 90 - 45
    elif abs(angle) > STEEP:
        angle -= math.copysign(90, angle)
    return angle if abs(angle) >= MIN_SLANT else 0.0


def is_bent(polygon):
    """Whether the strip in a polygon (K, 2) is bent: more than four points that do not fill a rectangle around them."""
    if len(polygon) <= 4:
        return False
    longer, shorter, _ = _smallest_rectangle(polygon)
    return polygon_area(polygon) < STRAIGHT_FILL * longer * shorter


def _smallest_rectangle(polygon):
    """Longer and shorter side of a polygon's smallest rectangle, and the longer one's angle, -90..90 degrees."""
    _, (width, height), angle = cv2.minAreaRect(np.asarray(polygon, np.float32))
    angle = (angle + 90 * (width < height) + 90) % 180 - 90  # of the longer side
    return max(width, height), min(width, height), angle


def width_to_height(polygon):
    """Width divided by height of the upright box around a polygon."""
    width, height = np.ptp(np.asarray(polygon, np.float64), axis=0)
    return float(width / height)
