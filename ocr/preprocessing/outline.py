"""Outlines of text moved inwards and outwards: the Vatti clipping offset of differentiable binarisation.

Vatti 1992, Commun. ACM 35(7), by pyclipper. A polygon is float (K, 2), rows (x, y), in pixels.
"""

import numpy as np
import pyclipper

from ocr.geometry import polygon_area

SHRINK_RATIO = 0.4  # r of arXiv:1911.08947, section 3.4
_UNITS = 256  # of pyclipper's whole numbers in a pixel


def perimeter(polygon):
    """Length of the closed outline (K, 2), in pixels."""
    points = np.asarray(polygon, np.float64)
    return float(np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1).sum())


def shrink_distance(area, length, ratio=SHRINK_RATIO):
    """D = A (1 - r^2) / L, eq. 5 of arXiv:1911.08947: by how much text shrinks to its core, in pixels.

    Args:
        area, length: of the outline, square pixels and pixels.
        ratio: r.
    """
    return area * (1 - ratio**2) / length if length else 0.0


def grow_distance(area, length, ratio=SHRINK_RATIO):
    """By how much a core grows back to its text: what `shrink_distance` took from a rectangle with this core.

    Differs from the paper, which grows by D' = A' r' / L' with r' = 1.5 for any shape: a long line keeps 0.16 of
    its height as core and would come back with 0.4 of it. A rectangle that grows by D on each side has the area
    A' + L' D + 4 D^2 and the outline L' + 8 D; D (L' + 8 D) = (1 - r^2) (A' + L' D + 4 D^2) is solved for D.

    Args:
        area, length: A' and L' of the core, square pixels and pixels.
        ratio: r that it was shrunk with.
    """
    share = 1 - ratio**2
    square, linear = 8 - 4 * share, length * (1 - share)
    return float(np.sqrt(linear**2 + 4 * square * share * area) - linear) / (2 * square)


def offset(polygon, distance):
    """Polygons of the outline moved outwards by `distance` pixels, inwards if it is negative; corners stay corners.

    Args:
        polygon: float (K, 2); one that crosses itself is taken as what it covers.
        distance: pixels.

    Returns:
        list of float32 (K, 2), the largest first: none if nothing is left, several if the outline falls apart.
    """
    path = np.round(np.asarray(polygon, np.float64) * _UNITS).astype(np.int64).tolist()
    pieces = []
    try:
        simple = pyclipper.SimplifyPolygon(path, pyclipper.PFT_NONZERO)
        mover = pyclipper.PyclipperOffset()
        mover.AddPaths(simple, pyclipper.JT_MITER, pyclipper.ET_CLOSEDPOLYGON)
        pieces = mover.Execute(distance * _UNITS)
    except pyclipper.ClipperException:  # no area at all
        return []
    outlines = [np.array(piece, np.float64) / _UNITS for piece in pieces if pyclipper.Orientation(piece)]
    return sorted((piece.astype(np.float32) for piece in outlines), key=polygon_area, reverse=True)


def shrink(polygon, ratio=SHRINK_RATIO):
    """The cores of a text's outline (K, 2), see `offset`: its own area if it is one piece, the largest first."""
    return offset(polygon, -shrink_distance(polygon_area(polygon), perimeter(polygon), ratio))


def clip(polygon, width, height):
    """The parts of an outline (K, 2) inside a width x height picture: list of float32 (K, 2), the largest first."""
    frame = [[0, 0], [width * _UNITS, 0], [width * _UNITS, height * _UNITS], [0, height * _UNITS]]
    clipper = pyclipper.Pyclipper()
    try:
        clipper.AddPath(
            np.round(np.asarray(polygon, np.float64) * _UNITS).astype(np.int64).tolist(), pyclipper.PT_SUBJECT
        )
        clipper.AddPath(frame, pyclipper.PT_CLIP)
        pieces = clipper.Execute(pyclipper.CT_INTERSECTION, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)
    except pyclipper.ClipperException:
        return []
    return sorted((np.array(piece, np.float32) / _UNITS for piece in pieces), key=polygon_area, reverse=True)
