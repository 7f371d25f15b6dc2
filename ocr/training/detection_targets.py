"""What a detector should answer for a picture: text cores, where they count, and the threshold around the edges.

Liao et al. 2020, arXiv:1911.08947, section 3.4. A text's core is its outline shrunk by D = A (1 - r^2) / L, r = 0.4. In
the band of D on both sides of the outline the threshold is 0.7 on the outline and falls to 0.3 at the band's rims.
"""

import cv2
import numpy as np

from ocr.geometry import clip_box, polygon_area, polygon_box, strip_height
from ocr.preprocessing.outline import clip, offset, perimeter, shrink_distance
from ocr.region import MIN_SIZE

TEXT, COUNTED, THRESHOLD, BAND = range(4)  # channels of the target maps
THRESHOLD_LOW, THRESHOLD_HIGH = 0.3, 0.7
VISIBLE = 0.6  # share of a text's area that must lie in the picture, or the text does not count
_FINER = 4  # a pixel belongs to an outline that covers more than half of its 4 x 4 parts


def draw_targets(polygons, counts, height, width, min_size=MIN_SIZE):
    """Target maps of a picture with text.

    Args:
        polygons: list of float (K, 2), outlines of text in the picture's pixels; they may reach over its edges.
        counts: bool for each; one that does not count is neither text nor background.
        height, width: of the picture, pixels.
        min_size: pixels; lower text does not count, nor does text that is mostly outside the picture.

    Returns:
        uint8 (height, width, 4): TEXT 1 in cores; COUNTED 0 where nobody knows; THRESHOLD 0..255 for 0.3..0.7; BAND 1
        where the threshold counts.
    """
    maps = np.zeros((height, width, 4), np.uint8)
    maps[..., COUNTED] = 1
    cores = []
    for polygon, legible in zip(polygons, counts, strict=True):
        pieces = clip(polygon, width, height)
        if not pieces:
            continue
        seen = sum(map(polygon_area, pieces)) >= VISIBLE * polygon_area(polygon)
        if legible and seen and strip_height(pieces[0]) >= min_size:
            cores += _draw_text(maps, pieces[0])
        else:
            for piece in pieces:
                _paint(maps, piece, COUNTED, 0)
    for core in cores:  # behind the loop: text inside a region that does not count is text all the same
        _paint(maps, core, TEXT, 1)
        _paint(maps, core, COUNTED, 1)
    return maps


def threshold_value(maps):
    """The map THRESHOLD (..., 4) in its own unit: float32 (...), 0.3 to 0.7."""
    return THRESHOLD_LOW + (THRESHOLD_HIGH - THRESHOLD_LOW) / 255 * maps[..., THRESHOLD].astype(np.float32)


def _draw_text(maps, polygon):
    """Draw the threshold around a text and return its cores."""
    distance = shrink_distance(polygon_area(polygon), perimeter(polygon))
    for grown in offset(polygon, distance):
        x0, y0, x1, y1 = _whole_box(grown, maps.shape)
        if x1 <= x0 or y1 <= y0:
            continue
        part = maps[y0:y1, x0:x1]
        closeness = np.clip(1 - _distance_to_outline(polygon, (x0, y0, x1, y1)) / distance, 0, 1)
        band = fill(grown, (x0, y0, x1, y1)) > 0
        part[..., BAND] |= band
        value = np.round(255 * closeness * band).astype(np.uint8)
        part[..., THRESHOLD] = np.maximum(part[..., THRESHOLD], value)
    return offset(polygon, -distance)


def _paint(maps, polygon, channel, value):
    x0, y0, x1, y1 = _whole_box(polygon, maps.shape)
    if x1 > x0 and y1 > y0:
        maps[y0:y1, x0:x1, channel][fill(polygon, (x0, y0, x1, y1)) > 0] = value


def fill(polygon, box):
    """uint8 (h, w), 1 for the pixels of a box (x0, y0, x1, y1), int, of which the polygon covers more than half."""
    x0, y0, x1, y1 = box
    fine = np.zeros(((y1 - y0) * _FINER, (x1 - x0) * _FINER), np.uint8)
    # OpenCV's whole numbers are pixel centres, and it fills the pixels that the outline touches too: about half a one.
    corners = np.round((np.asarray(polygon, np.float64) - (x0, y0)) * _FINER - 0.5)
    cv2.fillPoly(fine, [corners.astype(np.int32)], 255)
    return (cv2.resize(fine, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA) > 128).astype(np.uint8)


def _distance_to_outline(polygon, box):
    """float32 (h, w): distance of the box's pixels to the outline, to half a pixel."""
    x0, y0, x1, y1 = box
    away = np.full((y1 - y0, x1 - x0), 255, np.uint8)
    corners = np.round(np.asarray(polygon, np.float64) - (x0, y0) - 0.5).astype(np.int32)
    cv2.polylines(away, [corners], isClosed=True, color=0)
    return cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def _whole_box(polygon, shape):
    """Box of whole pixels around a polygon, as far as it lies in the picture."""
    x0, y0, x1, y1 = polygon_box(polygon)
    x0, y0, x1, y1 = clip_box((np.floor(x0), np.floor(y0), np.ceil(x1), np.ceil(y1)), shape[1], shape[0])
    return int(x0), int(y0), int(x1), int(y1)
