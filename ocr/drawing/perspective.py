"""A drawn text seen from the side: masks and polygon through one homography."""

import math

import cv2
import numpy as np

from ocr.drawing.layout import Layout
from ocr.geometry import crosses_itself

MAX_ANGLE = math.radians(60)


def draw_view(strength, rng):
    """(yaw, pitch, distance): angles in radians that the plane is turned by, and the camera's distance in widths of
    the text, for a strength of 0..1."""
    angle, towards = strength * MAX_ANGLE, rng.uniform(0, 2 * math.pi)
    return angle * math.cos(towards), 0.8 * angle * math.sin(towards), float(rng.uniform(1.0, 3.0))


def project(layout, clutter, view, margins, room):
    """Seen from the side: (`Layout`, clutter mask).

    Args:
        layout: `Layout`.
        clutter: uint8 (H, W) mask that goes the same way, or None.
        view: (yaw, pitch, distance) from `draw_view`.
        margins: (left, upper, right, lower) pixels between the polygon's box and the picture's edges.
        room: pixels around the glyphs' outlines that the polygon keeps although all shrinks.
    """
    matrix = homography(layout.polygon, view)
    polygon = map_outline(matrix, layout.polygon, room)
    polygon = _hull(polygon) if crosses_itself(polygon) else polygon
    corner = np.floor(polygon.min(axis=0) - margins[:2])
    size = np.ceil(polygon.max(axis=0) - corner + margins[2:]).astype(int).tolist()
    masks = [None if mask is None else warp(mask, matrix, corner, size) for mask in (layout.ink, clutter)]
    return Layout(masks[0], (polygon - corner).astype(np.float32), layout.shape), masks[1]


def warp(mask, matrix, corner, size):
    """A mask or picture uint8 (h, w, ...) of a plane seen through `matrix`, as the part (width, height) of the view
    whose upper left corner is `corner` (x, y)."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # pixel i covers [i, i + 1), its centre is i for OpenCV
    move = np.array([[1, 0, -corner[0]], [0, 1, -corner[1]], [0, 0, 1]])
    pixels = np.linalg.inv(half) @ move @ matrix @ half
    return cv2.warpPerspective(mask, pixels, tuple(size), flags=cv2.INTER_LINEAR)


def map_outline(matrix, polygon, room):
    """float64 (K, 2): a polygon (K, 2) seen through `matrix`, that keeps `room` pixels around the ink although all
    shrinks. It may cross itself where a tight arc's inside closes."""
    return _expand(*_map(matrix, polygon.astype(np.float64)), room)


def homography(polygon, view):
    """float64 (3, 3): the plane turned about the middle of the polygon's box, seen from straight ahead."""
    yaw, pitch, distance = view
    low, high = polygon.min(axis=0).astype(np.float64), polygon.max(axis=0)
    middle, depth = (low + high) / 2, distance * float((high - low).max())
    turn, nod = np.array([math.cos(yaw), 0, math.sin(yaw)]), np.array([0, math.cos(pitch), math.sin(pitch)])
    seen = np.array([[depth * turn[0], 0, 0], [0, depth * nod[1], 0], [turn[2], nod[2], depth]])
    to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    return seen @ to_middle


def _map(matrix, points):
    """(points float64 (K, 2) mapped, (K,) how much the mapping shrinks at each in its worst direction)."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    mapped, scale = mapped[:, :2] / mapped[:, 2:], mapped[:, 2]
    jacobian = (matrix[None, :2, :2] - mapped[:, :, None] * matrix[None, None, 2, :2]) / scale[:, None, None]
    return mapped, np.linalg.svd(jacobian, compute_uv=False)[:, -1]


def _expand(polygon, scale, pad):
    """Polygon with its edges moved outwards by what a distance of `pad` lost where the picture shrank to `scale`."""
    lost = pad * np.maximum(1 - scale, 0) + 0.5
    edges = np.roll(polygon, -1, axis=0) - polygon
    outwards = np.column_stack([edges[:, 1], -edges[:, 0]]) / np.hypot(*edges.T)[:, None]
    before = np.roll(outwards, 1, axis=0)
    cosine = np.maximum((outwards * before).sum(axis=1), -0.5)
    lost = np.maximum(lost, np.maximum(np.roll(lost, 1), np.roll(lost, -1)))
    return polygon + (outwards + before) * (lost / (1 + cosine))[:, None]


def _hull(polygon):
    """The polygon's convex hull, its points in their old order: what is left where the inside of a tight arc closes."""
    kept = cv2.convexHull(polygon.astype(np.float32), returnPoints=False)
    return polygon[np.sort(kept[:, 0])]
