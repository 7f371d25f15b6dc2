"""Words found in a photograph put together into lines, and all of it in reading order."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.geometry import polygon_box, strip_height
from ocr.reading.strip import to_strip

MAX_GAP = 1.0  # between two words of a line, as a multiple of their height
_ALIKE = 2.0  # times as high, at most: the higher word of two neighbours
_LEVEL = 0.5  # of the lower one's height: how much of it the other must lie beside
_TURN = 40.0  # degrees from one word to the next, at most
_STRAIGHT = 12.0  # degrees between words up to which a line is one rectangle
_COLUMN = 4.0  # times as high as wide: from here on a region is read downwards; before, it may be a letter


@dataclass(frozen=True)
class Line:
    """Words that are read one after the other.

    Attributes:
        members: tuple of positions in the given list of regions, in reading order.
        polygon: float32 (2 R, 2), a strip around them.
    """

    members: tuple
    polygon: np.ndarray


def group_lines(polygons, max_gap=MAX_GAP):
    """Lines of the regions of one photograph, from top to bottom; every region is in one.

    A word's successor is the nearest word that begins where it ends: at the same level in the word's own direction, of
    a similar height and no further away than `max_gap`; it follows slants and bends, and columns downwards.

    Args:
        polygons: list of float (2 R, 2), strips as of strip.to_strip, or any quadrilaterals that begin top-left.
        max_gap: multiple of the words' height.

    Returns:
        list of Line.
    """
    polygons = [np.asarray(polygon, np.float64) for polygon in polygons]
    frames = [_frame(polygon) for polygon in polygons]
    candidates = []
    for one, other in _near(polygons, frames, max_gap):
        gap = _gap(polygons, frames, one, other)
        if gap is not None and gap <= max_gap:
            candidates.append((gap, one, other))
    successor, predecessor = {}, {}
    for _, one, other in sorted(candidates):
        if one not in successor and other not in predecessor and not _leads_to(successor, other, one):
            successor[one], predecessor[other] = other, one
    chains = []
    for start in (one for one in range(len(polygons)) if one not in predecessor):
        chain = [start]
        while chain[-1] in successor:
            chain.append(successor[chain[-1]])
        chains.append(tuple(chain))
    lines = [Line(chain, _around([polygons[member] for member in chain])) for chain in chains]
    return _from_top(lines)


def in_reading_order(polygons):
    """(order, lines): positions of the polygons as they are read, and the lines with members counted in that order."""
    lines = group_lines(polygons)
    order = [member for line in lines for member in line.members]
    place = {member: number for number, member in enumerate(order)}
    return order, [Line(tuple(place[member] for member in line.members), line.polygon) for line in lines]


def keep_members(lines, polygons, kept):
    """Lines of the regions that are kept; one that loses regions becomes shorter, or is gone.

    Args:
        lines: list of Line.
        polygons: list of float (2 R, 2), the regions that the lines' members count.
        kept: positions of the regions that stay, ascending; the members of the result count these.
    """
    place = {member: number for number, member in enumerate(kept)}
    shorter = []
    for line in lines:
        members = [member for member in line.members if member in place]
        if members:
            is_whole = len(members) == len(line.members)
            polygon = line.polygon if is_whole else _around([np.asarray(polygons[member]) for member in members])
            shorter.append(Line(tuple(place[member] for member in members), polygon))
    return shorter


def _frame(polygon):
    """(direction float64 (2,), whether it is sure) of a strip: a short one that runs downwards may be a letter."""
    half = len(polygon) // 2
    along = (polygon[half - 1] - polygon[0]) + (polygon[half] - polygon[-1])
    length = np.linalg.norm(along) / 2
    sure = abs(along[0]) >= abs(along[1]) or length >= _COLUMN * strip_height(polygon)
    return along / max(2 * length, 1e-9), sure


def _near(polygons, frames, max_gap):
    """Pairs (one, other) of which the boxes are near enough to be looked at."""
    if not polygons:
        return []
    boxes = np.array([polygon_box(polygon) for polygon in polygons])
    sides = boxes[:, 2:] - boxes[:, :2]
    heights = [strip_height(polygon) for polygon in polygons]
    sure = [frame[1] for frame in frames]
    reach = max_gap * np.where(sure, np.multiply(heights, 1.5), sides.max(axis=1))
    apart = np.maximum(boxes[:, None, :2] - boxes[None, :, 2:], boxes[None, :, :2] - boxes[:, None, 2:]).max(axis=2)
    near = apart <= np.maximum(reach[:, None], reach[None])
    np.fill_diagonal(near, False)
    return np.argwhere(near).tolist()


def _gap(polygons, frames, one, other):
    """Space between two words as a multiple of their height; None if the second does not follow the first."""
    sure = [frames[number][1] for number in (one, other)]
    if all(sure) and frames[one][0] @ frames[other][0] < np.cos(np.radians(_TURN)):
        return None
    if any(sure):
        return _gap_along(polygons, frames[one if sure[0] else other][0], one, other, bends=all(sure))
    gaps = [_gap_along(polygons, along, one, other) for along in (np.array([1.0, 0.0]), frames[one][0])]
    return min((gap for gap in gaps if gap is not None), default=None)


def _gap_along(polygons, along, one, other, bends=False):
    """`_gap` in a given direction, float64 (2,); if strips bend, the ends that meet are looked at."""
    across = np.array([-along[1], along[0]])
    near = _ends(polygons[one], polygons[other]) if bends else (polygons[one], polygons[other])
    levels = [(np.min(points @ across), np.max(points @ across)) for points in near]
    heights = [high - low for low, high in levels]
    if min(heights) <= 0 or max(heights) > _ALIKE * min(heights):
        return None
    beside = min(levels[0][1], levels[1][1]) - max(levels[0][0], levels[1][0])
    if beside < _LEVEL * min(heights):
        return None
    end, begin = (near[0] @ along).max(), (near[1] @ along).min()
    if begin < (near[0] @ along).mean() or (near[1] @ along).mean() < end:
        return None
    return max(begin - end, 0.0) / max(heights)


def _ends(one, other):
    """The last part of one strip and the first of the next: float64 (4, 2) each."""
    half = len(one) // 2
    return one[half - 2 : half + 2], other[[0, 1, -2, -1]]


def _leads_to(successor, start, goal):
    while start in successor:
        start = successor[start]
    return start == goal


def _around(strips):
    """One strip around words in reading order: float32 (2 R, 2)."""
    if len(strips) == 1:
        return strips[0].astype(np.float32)
    points = np.concatenate(strips)
    angles = np.unwrap([np.arctan2(*_frame(strip)[0][::-1]) for strip in strips])
    if np.degrees(np.ptp(angles)) <= _STRAIGHT and all(len(strip) == 4 for strip in strips):
        return to_strip(cv2.convexHull(points.astype(np.float32))[:, 0])
    upper = np.concatenate([strip[: len(strip) // 2] for strip in strips])
    lower = np.concatenate([strip[len(strip) // 2 :] for strip in reversed(strips)])
    return np.concatenate([upper, lower]).astype(np.float32)


def _from_top(lines):
    """Lines in reading order: rows from top to bottom, in a row from left to right."""
    boxes = [polygon_box(line.polygon) for line in lines]
    rows = []
    for number in sorted(range(len(lines)), key=lambda number: boxes[number][1] + boxes[number][3]):
        _, top, _, bottom = boxes[number]
        middle = (top + bottom) / 2
        row = rows[-1] if rows else None
        if row and row['top'] <= middle <= row['bottom'] and bottom - top > 0.5 * (row['bottom'] - row['top']):
            row['lines'].append(number)
        else:
            rows.append({'top': top, 'bottom': bottom, 'lines': [number]})
    return [lines[number] for row in rows for number in sorted(row['lines'], key=lambda number: boxes[number][0])]
