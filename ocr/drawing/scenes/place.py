"""Planes seen from the side, and where on the picture they have room."""

import math

import cv2
import numpy as np

from ocr.drawing.perspective import homography

CELL = 8  # pixels; how finely is remembered where text stands
NUM_TRIES = 10  # places looked at for a surface
GAP = 3  # pixels between surfaces


class Occupied:
    """Where on a picture of width x height pixels something stands."""

    def __init__(self, width, height):
        self.size = width, height
        self._cells = np.zeros((-(-height // CELL), -(-width // CELL)), np.uint8)

    def is_free(self, outline):
        """True if nothing stands where the outline, float64 (K, 2), encloses."""
        return not (self._mask(outline) & self._cells).any()

    def take(self, outline):
        """Remembers that something stands there."""
        self._cells |= self._mask(outline)

    def _mask(self, outline):
        mask = np.zeros_like(self._cells)
        points = np.round((outline / CELL - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [points], 1, shift=4)
        cv2.polylines(mask, [points], True, 1, 1, shift=4)
        return mask


def plane_matrix(outline, view, roll, middle):
    """float64 (3, 3): a plane, the middle of whose outline (K, 2) comes to `middle` (x, y) of the picture at its
    natural size, seen from `view` (yaw, pitch, distance) and rolled by so many radians."""
    cos, sin = math.cos(roll), math.sin(roll)
    placed = np.array([[cos, -sin, middle[0]], [sin, cos, middle[1]], [0, 0, 1]])
    return placed @ homography(outline, view)


def seen(matrix, points):
    """float64 (K, 2): points of a plane as the picture shows them."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return mapped[:, :2] / mapped[:, 2:]


def find_place(outline, view, roll, occupied, cut, roughness, rng, near=None):
    """Looks for room for a plane.

    Args:
        outline: float64 (K, 2), all that must be free, on the plane.
        view, roll: see `plane_matrix`.
        occupied: `Occupied`; the place found is not taken yet.
        cut: share of the outline's box that may lie outside the picture.
        roughness: uint8 (h, w), how uneven the picture is, seen through cells; the most even of the free places is
            taken. None takes the first.
        rng: numpy Generator.
        near: (x, y) of the picture that is tried first as the outline's middle, or None.

    Returns:
        matrix, float64 (3, 3), or None if there is no room.
    """
    width, height = occupied.size
    matrix = plane_matrix(outline, view, roll, (0, 0))
    flat = seen(matrix, outline)
    low, high = flat.min(axis=0), flat.max(axis=0)
    slack = cut * (high - low)
    first, last = -low - slack + 2, np.array([width, height]) - high + slack - 2
    if (first >= last).any():
        return None
    shifts = rng.uniform(first, last, (NUM_TRIES, 2))
    if near is not None:
        shifts[0] = np.clip(near, first, last)
    best, best_score = None, math.inf
    for shift in shifts:
        moved = flat + shift
        if not occupied.is_free(_widened(moved, GAP)):
            continue
        score = 0.0 if roughness is None else _roughness_in(roughness, moved)
        if score < best_score:
            best, best_score = shift, score
        if roughness is None:
            break
    return None if best is None else np.array([[1, 0, best[0]], [0, 1, best[1]], [0, 0, 1]]) @ matrix


def roughness_of(image):
    """uint8 (H / CELL, W / CELL): how much a picture uint8 (H, W, 3) varies around each cell."""
    height, width = image.shape[:2]
    size = -(-width // CELL), -(-height // CELL)
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_AREA)
    edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return cv2.resize(edges, size, interpolation=cv2.INTER_AREA)


def _roughness_in(roughness, outline):
    """Mean of the roughness in an outline's box."""
    x0, y0 = np.maximum(np.floor(outline.min(axis=0) / CELL), 0).astype(int)
    x1, y1 = np.ceil(outline.max(axis=0) / CELL).astype(int)
    window = roughness[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return float(window.mean()) if window.size else math.inf


def _widened(outline, pixels):
    """The outline with its points moved away from its middle."""
    middle = outline.mean(axis=0)
    away = outline - middle
    return outline + pixels * away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
