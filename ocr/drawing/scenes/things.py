"""Things that look like text and are none: railings, windows, bricks, leaves, stripes, icons and the like.

Each is a function (height, width, rng) -> uint8 (height, width) mask; `THINGS` holds them with their usual shape.
"""

import math

import cv2
import numpy as np

SUBPIXELS = 4  # bits behind the point that OpenCV's drawing takes


def draw_thing(name, height, rng):
    """uint8 (height, w): the mask of a thing, as wide as its kind is."""
    function, (narrowest, widest) = THINGS[name]
    width = max(round(height * rng.uniform(narrowest, widest)), 4)
    return function(max(height, 4), width, rng)


def draw_icon(side, rng):
    """uint8 (side, side): the mask of a pictogram."""
    names = list(ICONS)
    mask = np.zeros((side, side), np.uint8)
    ICONS[names[int(rng.integers(len(names)))]](mask, side, rng)
    return mask


def _line(mask, start, end, thickness, level=255):
    points = [np.round(np.array(point) * (1 << SUBPIXELS)).astype(int).tolist() for point in (start, end)]
    cv2.line(mask, *points, level, max(round(thickness), 1), cv2.LINE_AA, SUBPIXELS)


def _fill(mask, points, level=255):
    cv2.fillPoly(mask, [np.round(np.array(points) * (1 << SUBPIXELS)).astype(np.int32)], level, cv2.LINE_AA, SUBPIXELS)


def _box(mask, x, y, width, height, level=255):
    _fill(mask, [(x, y), (x + width, y), (x + width, y + height), (x, y + height)], level)


def _disc(mask, middle, radius, level=255, thickness=-1):
    middle, radius = np.round(np.array(middle) * 16).astype(int).tolist(), max(round(radius * 16), 16)
    cv2.circle(mask, middle, radius, level, thickness, cv2.LINE_AA, SUBPIXELS)


def _railing(height, width, rng):
    """Upright bars between two rails; some slanted or with a bow above."""
    mask = np.zeros((height, width), np.uint8)
    step, slant = height * rng.uniform(0.12, 0.6), height * rng.choice([0, 0, rng.uniform(-0.6, 0.6)])
    thickness = max(step * rng.uniform(0.1, 0.5), 1)
    upper, lower = height * rng.uniform(0.0, 0.2), height * rng.uniform(0.8, 1.0)
    for x in np.arange(-abs(slant), width + abs(slant), step):
        _line(mask, (x, 0), (x + slant, height), thickness)
    if rng.random() < 0.8:
        for y in (upper, lower):
            _line(mask, (0, y), (width, y), thickness * rng.uniform(0.8, 1.6))
    return mask


def _lattice(height, width, rng):
    """A wire fence, or a grating."""
    mask = np.zeros((height, width), np.uint8)
    step, steepness = height * rng.uniform(0.1, 0.4), rng.uniform(0.5, 1.6)
    thickness = max(step * rng.uniform(0.04, 0.2), 1)
    for x in np.arange(-height * steepness, width + height * steepness, step):
        _line(mask, (x, 0), (x + height * steepness, height), thickness)
        _line(mask, (x, 0), (x - height * steepness, height), thickness)
    return mask


def _windows(height, width, rng):
    """Rows of panes."""
    mask = np.zeros((height, width), np.uint8)
    pane = height / rng.integers(1, 5)
    across, gap = pane * rng.uniform(0.4, 1.1), rng.uniform(0.08, 0.45)
    for y in np.arange(0, height - 1, pane):
        for x in np.arange(0, width - 1, across):
            x1, y1 = x + across * (1 - gap), y + pane * (1 - gap)
            _box(mask, x, y, across * (1 - gap), pane * (1 - gap), int(rng.integers(170, 256)))
            if rng.random() < 0.7:
                middle = (x + x1) / 2
                _line(mask, (middle, y), (middle, y1), 0.08 * across, 0)
    return mask


def _bricks(height, width, rng):
    """Joints between bricks."""
    mask = np.zeros((height, width), np.uint8)
    course = height / rng.integers(2, 9)
    long, joint = course * rng.uniform(1.5, 3.2), max(course * rng.uniform(0.06, 0.2), 1)
    for i, y in enumerate(np.arange(0, height + 1, course)):
        _line(mask, (0, y), (width, y), joint)
        for x in np.arange(i % 2 * long / 2, width, long):
            _line(mask, (x, y), (x, y + course), joint)
    return mask


def _leaves(height, width, rng):
    """Leaves of one size, lighter and darker, denser in the middle."""
    mask = np.zeros((height, width), np.uint8)
    long = max(height * rng.uniform(0.06, 0.25), 3.0)
    number = min(int(2.0 * height * width / long**2), 260)
    places = np.clip(rng.normal(0.5, 0.22, (number, 2)), 0, 1) * (width, height)
    shapes = rng.uniform((0.3, 0, 60), (0.5, 180, 256), (number, 3))
    for (x, y), (slim, angle, level) in zip(places.tolist(), shapes.tolist(), strict=True):
        middle, axes = (round(x * 16), round(y * 16)), (round(long * 8), round(long * 8 * slim))
        cv2.ellipse(mask, middle, axes, angle, 0, 360, int(level), -1, cv2.LINE_AA, SUBPIXELS)
    return mask


def _stripes(height, width, rng):
    """Level bands like lines of print: slats, steps, shutters."""
    mask = np.zeros((height, width), np.uint8)
    step = height / rng.integers(2, 12)
    thick = step * rng.uniform(0.2, 0.7)
    ragged = rng.random() < 0.3
    for y in np.arange(0, height, step):
        end = width * (rng.uniform(0.5, 1) if ragged else 1)
        _box(mask, 0, y, end, thick)
    return mask


def _barcode(height, width, rng):
    """Upright bars of many widths."""
    mask = np.zeros((height, width), np.uint8)
    x, unit = 0.0, max(width / 95, 1.0)
    while x < width:
        bar = unit * int(rng.integers(1, 4))
        _box(mask, x, 0, bar, height)
        x += bar + unit * int(rng.integers(1, 4))
    return mask


def _blocks(height, width, rng):
    """A row of boxes: goods on a shelf, parked cars, a far skyline."""
    mask = np.zeros((height, width), np.uint8)
    x = 0.0
    while x < width:
        wide, high = height * rng.uniform(0.2, 1.2), height * rng.uniform(0.4, 1)
        _box(mask, x, height - high, wide, high, int(rng.integers(90, 256)))
        x += wide + height * rng.uniform(0.02, 0.3)
    return mask


def _dots(height, width, rng):
    """Rows of dots: rivets, lamps, holes."""
    mask = np.zeros((height, width), np.uint8)
    step = height / rng.integers(1, 6)
    radius = step * rng.uniform(0.12, 0.42)
    for y in np.arange(step / 2, height, step):
        for x in np.arange(step / 2, width, step):
            _disc(mask, (x, y), radius)
    return mask


def _cracks(height, width, rng):
    """Twigs, cables and cracks: crooked lines."""
    mask = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 6))):
        points = np.cumsum(rng.normal(0, 0.2, (int(rng.integers(4, 12)), 2)), axis=0) + rng.uniform(0, 1, 2)
        points = (points * (width, height) * 16).astype(np.int32)
        thickness = max(round(height * rng.uniform(0.01, 0.08)), 1)
        cv2.polylines(mask, [points], False, int(rng.integers(120, 256)), thickness, cv2.LINE_AA, SUBPIXELS)
    return mask


def _circuit(height, width, rng):
    """A circuit board: parts with legs, often in rows of the same, holes, and tracks between them."""
    mask = np.zeros((height, width), np.uint8)
    part = height / rng.uniform(3, 10)
    for _ in range(int(rng.integers(3, 12))):  # tracks run level or upright, with a slanted end
        x, y = rng.uniform(0, 1, 2) * (width, height)
        along, slant = rng.uniform(-1, 1, 2) * height
        end = (x + along, y) if rng.random() < 0.5 else (x, y + along)
        for one, other in (((x, y), end), (end, (end[0] + 0.3 * slant, end[1] + 0.3 * abs(slant)))):
            _line(mask, one, other, max(0.06 * part, 1), 90)
    for _ in range(int(rng.integers(6, 16))):
        x, y = rng.uniform(-0.1, 1, 2) * (width, height)
        long, wide, step = part * rng.uniform((0.5, 0.3, 1.2), (1.6, 0.8, 2.0))
        legs, level = int(rng.choice([1, 1, 4, 8])), int(rng.integers(120, 256))
        for i in range(int(rng.integers(1, 8))):
            _box(mask, x + i * step, y, long if legs == 1 else 0.8 * step, wide, level)
            for leg in np.linspace(0, long, legs + 1):
                _box(mask, x + i * step + leg, y - 0.2 * wide, 0.15 * part, 0.2 * wide, 255)
                _box(mask, x + i * step + leg, y + wide, 0.15 * part, 0.2 * wide, 255)
    for x, y in (rng.uniform(0, 1, (int(rng.integers(4, 30)), 2)) * (width, height)).tolist():
        _disc(mask, (x, y), 0.12 * part, int(rng.integers(100, 256)), max(round(0.08 * part), 1))
    return mask


def _panels(height, width, rng):
    """Small squares in a grid: keys, tiles, vents, the windows of a tower."""
    mask = np.zeros((height, width), np.uint8)
    step = height / rng.integers(3, 12)
    across, gap = step * rng.uniform(0.5, 1.5), rng.uniform(0.1, 0.6)
    levels = rng.integers(120, 256, 2)
    for y in np.arange(0, height - 1, step):
        for x in np.arange(0, width - 1, across):
            if rng.random() < 0.95:
                _box(mask, x, y, across * (1 - gap), step * (1 - gap), int(rng.choice(levels)))
    return mask


def _icons(height, width, rng):
    """Pictograms in a row."""
    mask = np.zeros((height, width), np.uint8)
    step = max(round(height * rng.uniform(1.0, 1.5)), 1)
    for x in range(0, width - height + 1, step):
        mask[:, x : x + height] = draw_icon(height, rng)
    return mask


THINGS = {  # name: (function, (narrowest, widest) in heights)
    'railing': (_railing, (1.0, 6.0)),
    'lattice': (_lattice, (0.6, 4.0)),
    'windows': (_windows, (0.6, 4.0)),
    'bricks': (_bricks, (1.0, 4.0)),
    'leaves': (_leaves, (0.7, 2.5)),
    'stripes': (_stripes, (0.5, 4.0)),
    'barcode': (_barcode, (0.8, 2.5)),
    'blocks': (_blocks, (2.0, 7.0)),
    'dots': (_dots, (1.0, 7.0)),
    'cracks': (_cracks, (0.6, 3.0)),
    'circuit': (_circuit, (0.8, 2.5)),
    'panels': (_panels, (0.5, 4.0)),
    'icons': (_icons, (1.0, 6.0)),
}


def _arrow(mask, side, rng):
    points = np.array([(0.1, 0.38), (0.55, 0.38), (0.55, 0.12), (0.95, 0.5), (0.55, 0.88), (0.55, 0.62), (0.1, 0.62)])
    angle = rng.integers(4) * math.pi / 2
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    _fill(mask, ((points - 0.5) @ turn.T + 0.5) * side)


def _person(mask, side, rng):
    _disc(mask, (0.5 * side, 0.15 * side), 0.11 * side)
    wide = rng.uniform(0.2, 0.32)
    _fill(mask, np.array([(0.5 - wide / 2, 0.3), (0.5 + wide / 2, 0.3), (0.5 + wide, 0.65), (0.5 - wide, 0.65)]) * side)
    for x in (-0.08, 0.08):
        _line(mask, ((0.5 + x) * side, 0.6 * side), ((0.5 + x) * side, 0.95 * side), 0.1 * side)


def _ban(mask, side, rng):
    _disc(mask, (0.5 * side, 0.5 * side), 0.4 * side, thickness=max(round(0.1 * side), 1))
    _line(mask, (0.23 * side, 0.23 * side), (0.77 * side, 0.77 * side), 0.09 * side)


def _warning(mask, side, rng):
    outer = np.array([(0.5, 0.08), (0.95, 0.88), (0.05, 0.88)]) * side
    _fill(mask, outer)
    _fill(mask, (outer - outer.mean(axis=0)) * 0.72 + outer.mean(axis=0), 0)
    _line(mask, (0.5 * side, 0.4 * side), (0.5 * side, 0.65 * side), 0.09 * side)
    _disc(mask, (0.5 * side, 0.77 * side), 0.05 * side)


def _star(mask, side, rng):
    number = int(rng.integers(4, 9))
    angles = np.arange(2 * number) * math.pi / number - math.pi / 2
    radii = np.where(np.arange(2 * number) % 2, rng.uniform(0.15, 0.3), 0.46)
    _fill(mask, (np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None] + 0.5) * side)


def _cross(mask, side, rng):
    thickness = rng.uniform(0.12, 0.3) * side
    _line(mask, (0.5 * side, 0.2 * side), (0.5 * side, 0.8 * side), thickness)
    _line(mask, (0.2 * side, 0.5 * side), (0.8 * side, 0.5 * side), thickness)


def _cup(mask, side, rng):
    _fill(mask, np.array([(0.15, 0.25), (0.7, 0.25), (0.6, 0.8), (0.25, 0.8)]) * side)
    _disc(mask, (0.7 * side, 0.45 * side), 0.14 * side, thickness=max(round(0.07 * side), 1))
    _line(mask, (0.1 * side, 0.9 * side), (0.75 * side, 0.9 * side), 0.06 * side)


def _leaf(mask, side, rng):
    for _ in range(int(rng.integers(2, 5))):
        middle = rng.uniform(0.3, 0.7, 2) * side * 16
        axes = rng.uniform((0.2, 0.06), (0.4, 0.16)) * side * 16
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(
            mask, middle.astype(int).tolist(), axes.astype(int).tolist(), angle, 0, 360, 255, -1, cv2.LINE_AA, 4
        )


def _knot(mask, side, rng):
    thickness = max(round(side * rng.uniform(0.06, 0.14)), 1)
    for _ in range(int(rng.integers(1, 4))):
        middle = (rng.uniform(0.35, 0.65, 2) * side * 16).astype(int).tolist()
        axes = (rng.uniform(0.12, 0.32, 2) * side * 16).astype(int).tolist()
        start, span = rng.uniform((0, 90), (360, 360))
        cv2.ellipse(mask, middle, axes, float(start), 0, float(span), 255, thickness, cv2.LINE_AA, 4)


ICONS = {
    'arrow': _arrow,
    'person': _person,
    'ban': _ban,
    'warning': _warning,
    'star': _star,
    'cross': _cross,
    'cup': _cup,
    'leaf': _leaf,
    'knot': _knot,
}
