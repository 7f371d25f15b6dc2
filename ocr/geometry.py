"""Polygons and boxes in pixels, NumPy only.

A polygon is float32 (K, 2) with rows (x, y). Pixel i covers [i, i + 1), so a box is end exclusive and a whole
W x H image is the polygon [[0, 0], [W, 0], [W, H], [0, H]].
"""

import numpy as np


def box_polygon(box):
    """Polygon float32 (4, 2) of a box (x0, y0, x1, y1), clockwise from the top left."""
    x0, y0, x1, y1 = box
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def whole_image(width, height):
    """Polygon float32 (4, 2) around a whole image of width x height pixels, clockwise from the top left."""
    return box_polygon((0, 0, width, height))


def polygon_box(polygon):
    """Smallest upright box around a polygon (K, 2), K >= 1: (x0, y0, x1, y1) as floats in pixels, end exclusive."""
    x0, y0 = np.min(polygon, axis=0)
    x1, y1 = np.max(polygon, axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def clip_box(box, width, height):
    """The part of a box (x0, y0, x1, y1) inside a width x height image; sides 0 if it lies outside."""
    x0, y0, x1, y1 = box
    return (
        min(max(x0, 0), width),
        min(max(y0, 0), height),
        min(max(x1, 0), width),
        min(max(y1, 0), height),
    )


def polygon_area(polygon):
    """Area >= 0 in square pixels by the shoelace formula; 0 for fewer than three points, not finite for such points.

    The absolute value of the signed area: if an outline crosses itself, its two turns count against each other.
    """
    points = np.asarray(polygon, np.float64).reshape(-1, 2)
    if len(points) < 3:
        return 0.0
    x, y = (points - points[0]).T  # the first point is the origin: precise far away, and the edge back to it adds 0
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:])) / 2)


def is_upright_box(polygon):
    """Whether a polygon (K, 2) is the upright box around it."""
    x0, y0, x1, y1 = polygon_box(polygon)
    return bool(np.isclose(polygon_area(polygon), (x1 - x0) * (y1 - y0)))


def box_with_margins(polygon, margins, width, height):
    """Upright box float32 (4, 2) around a polygon (K, 2) with margins, which end at the photograph's edges.

    Args:
        polygon: may reach over the edges by itself.
        margins: (left, top, right, bottom), pixels.
        width, height: pixels of the photograph.
    """
    (x0, y0, x1, y1), (left, top, right, bottom) = polygon_box(polygon), margins
    inside = clip_box((x0 - left, y0 - top, x1 + right, y1 + bottom), width, height)
    return box_polygon((min(x0, inside[0]), min(y0, inside[1]), max(x1, inside[2]), max(y1, inside[3])))


def strip_height(polygon):
    """Height >= 0 of text in a polygon (K, 2) around it, straight or bent, lying or upright; exact for rectangles.

    It is the shorter side of the rectangle with the polygon's area and perimeter.
    """
    points = np.asarray(polygon, np.float64)
    half = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1).sum() / 2
    return float(half - np.sqrt(max(half**2 - 4 * polygon_area(points), 0))) / 2


def crosses_itself(polygon):
    """Whether two edges of a polygon (K, 2) that are not neighbours cross or touch."""
    start = np.asarray(polygon, np.float64)
    end = np.roll(start, -1, axis=0)

    def side(points):  # of every edge (rows) that each point (columns) lies on
        (along_x, along_y), (x, y) = (end - start).T, (points[None] - start[:, None]).transpose(2, 0, 1)
        return np.sign(along_x[:, None] * y - along_y[:, None] * x)

    parted = side(start) * side(end) <= 0
    number = np.arange(len(start))
    apart = np.abs(number[:, None] - number)
    return bool((parted & parted.T & (apart > 1) & (apart < len(start) - 1)).any())


def homogeneous(matrix):
    """Affine matrix (2, 3) or homography (3, 3) -> float64 (3, 3)."""
    matrix = np.asarray(matrix, np.float64)
    return matrix if len(matrix) == 3 else np.vstack([matrix, [0, 0, 1]])


def transform(polygon, matrix):
    """Polygon (K, 2) mapped by an affine matrix (2, 3), x' = matrix @ [x, y, 1], or a homography (3, 3).

    Returns:
        float32 (K, 2).
    """
    points = np.asarray(polygon, np.float64)
    matrix = homogeneous(matrix)
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return (mapped[:, :2] / mapped[:, 2:]).astype(np.float32)


def widened(polygon, pad):
    """Polygon float (K, 2) whose edges lie `pad` pixels further out; a sharp corner moves by twice as much at most."""
    polygon = np.asarray(polygon, np.float64)
    edges = np.roll(polygon, -1, axis=0) - polygon
    lengths = np.maximum(np.linalg.norm(edges, axis=1, keepdims=True), 1e-9)
    following = np.roll(polygon, -1, axis=0)
    area = (polygon[:, 0] * following[:, 1] - polygon[:, 1] * following[:, 0]).sum()
    outwards = np.stack([edges[:, 1], -edges[:, 0]], axis=1) / lengths * (1 if area >= 0 else -1)
    before = np.roll(outwards, 1, axis=0)
    cosine = np.maximum((outwards * before).sum(axis=1, keepdims=True), -0.5)
    return polygon + pad * (outwards + before) / (1 + cosine)
