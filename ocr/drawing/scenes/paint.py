"""Surfaces painted into a scene: plates, what is on them beside text, and the letters."""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from ocr.drawing.backgrounds import blotches, lay_pattern
from ocr.drawing.colours import fill, lay_over
from ocr.drawing.look import Look
from ocr.drawing.paint import outlined, paint_letters
from ocr.drawing.perspective import map_outline, warp
from ocr.drawing.scenes.place import seen

ROUND_STEPS = 6  # points of a round corner
DISC_STEPS = 48
FAINT = 0.8  # times the contrast; letters on a ground that varies more are lost


@dataclass(frozen=True, slots=True)
class Surface:
    """A plane with text, ready to be painted.

    Attributes:
        kind: name in `kinds.KINDS`.
        matrix: float64 (3, 3), from the plane to the picture.
        outline: float64 (K, 2), of the plate, on the plane; `form`: one of OUTLINES, '' for no plate.
        lines: tuple of `SetLine`; `looks`: a `Look` for each.
        bands: tuple of (line's number, colour), lines with a ground of their own.
        look: `Look` of the plate.
        frame: share of the plate's half size that a line lies inside its edge, 0 for none; `frame_width` pixels.
        icon: (mask uint8, (x, y) of its corner on the plane, colour), or None.
        picture: (uint8 (h, w, 3), (x, y) of its corner on the plane), or None.
        pole: colour of a pole that the plate stands on, or None.
        shadow: (x, y) pixels that the plate's shadow lies beside it, or None.
    """

    kind: str
    matrix: np.ndarray
    outline: np.ndarray
    form: str
    lines: tuple
    looks: tuple
    bands: tuple = ()
    look: Look = field(default_factory=Look)
    frame: float = 0.0
    frame_width: float = 2.0
    icon: tuple | None = None
    picture: tuple | None = None
    pole: tuple | None = None
    shadow: tuple | None = None


def plate_outline(form, box, rng):
    """float64 (K, 2): the outline of a plate of a form that has room for a box (x0, y0, x1, y1)."""
    return OUTLINES[form or 'plain'](np.asarray(box, np.float64), rng)


def paint_behind(image, surface, rng):
    """Paints pole and shadow of a plate into a float32 (H, W, 3), in place."""
    if not surface.form:
        return
    outline = seen(surface.matrix, surface.outline)
    if surface.pole is not None:
        x, wide = outline[:, 0].mean(), max(np.ptp(outline[:, 0]) * 0.04, 3.0)
        top, foot = outline[:, 1].mean(), image.shape[0] + 5.0
        paint_shape(
            image, np.array([(x - wide, top), (x + wide, top), (x + wide, foot), (x - wide, foot)]), surface.pole
        )
    if surface.shadow is not None:
        window, mask = _shape_mask(image, outline + surface.shadow, 6)
        if mask is not None:
            lay_over(window, cv2.convertScaleAbs(cv2.GaussianBlur(mask, (0, 0), 2.5), alpha=0.5), (0, 0, 0))


def paint_plate(image, surface, rng):
    """Paints a plate with all that is on it but text into a float32 (H, W, 3), in place."""
    look, matrix = surface.look, surface.matrix
    if surface.form:
        window, mask = _shape_mask(image, seen(matrix, surface.outline))
        if mask is None:
            return
        shape = mask.shape
        ground = fill(shape, look.background, look.background_gradient, look.gradient_angle)
        if look.texture:
            ground += np.float32(look.texture) * blotches(shape, look.texture_cell, rng)
        for pattern in look.patterns:
            lay_pattern(ground, pattern, rng)
        lay_over(window, mask, ground)
        if surface.frame:
            middle = (surface.outline.min(axis=0) + surface.outline.max(axis=0)) / 2
            inner = (surface.outline - middle) * (1 - surface.frame) + middle
            _paint_ring(image, seen(matrix, inner), look.border_colour, surface.frame_width)
    if surface.picture is not None:
        _paint_picture(image, surface.picture, matrix)
    for number, colour in surface.bands:
        box = surface.lines[number].polygon
        paint_shape(image, seen(matrix, _band(box, surface.lines[number].em)), colour)
    if surface.icon is not None:
        mask, corner, colour = surface.icon
        paint_mask(image, mask, matrix @ _shift(corner), colour)


def paint_line(image, line, look, matrix, rng):
    """Paints the letters of a line into a float32 (H, W, 3), in place.

    Returns:
        (x, y) of the upper left corner, uint8 mask of the letters with their outline, True if they are lost on the
        ground; None if no part of the line lies inside the picture.
    """
    polygon = map_outline(matrix, line.polygon, line.room)
    reach = (
        2
        + look.outline
        + math.ceil(max(map(abs, (look.shadow or (0, 0)) + (look.extrusion or (0, 0)))) + 2 * look.shadow_blur)
    )
    box = _box_inside(polygon, reach, image.shape)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    fine = np.diag([1 / line.zoom, 1 / line.zoom, 1])
    ink = warp(line.ink, matrix @ _shift(line.corner) @ fine, (x0, y0), (x1 - x0, y1 - y0))
    window = image[y0:y1, x0:x1]
    is_faint = bool(look.photo) and _variation(window, ink) > FAINT * look.contrast
    paint_letters(window, ink, look, rng)
    return (x0, y0), outlined(ink, look), is_faint


def _variation(window, ink):
    """Grey levels that a part of a picture varies by where letters will stand."""
    _, spread = cv2.meanStdDev(window, mask=(ink > 0).astype(np.uint8))
    return float(spread.mean())


def _band(polygon, em):
    """float64 (4, 2): a bar behind a line."""
    (x0, y0), (x1, y1) = polygon.min(axis=0), polygon.max(axis=0)
    side, up = 0.25 * em, 0.08 * em
    return np.array([(x0 - side, y0 - up), (x1 + side, y0 - up), (x1 + side, y1 + up), (x0 - side, y1 + up)])


def _paint_picture(image, picture, matrix):
    """Lays a photograph uint8 (h, w, 3) with its corner at (x, y) of the plane into the picture."""
    photo, corner = picture
    height, width = photo.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) + corner
    outline = seen(matrix, corners)
    window, mask = _shape_mask(image, outline)
    if mask is not None:
        x0, y0, *_ = _box_inside(outline, 1, image.shape)
        warped = warp(photo, matrix @ _shift(corner), (x0, y0), mask.shape[::-1])
        lay_over(window, mask, warped.astype(np.float32))


def paint_mask(image, mask, matrix, colour):
    """Lays a colour into a float32 (H, W, 3), in place, where the mask uint8 (h, w) of a plane says."""
    height, width = mask.shape
    outline = seen(matrix, np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64))
    box = _box_inside(outline, 1, image.shape)
    if box is not None:
        x0, y0, x1, y1 = box
        lay_over(image[y0:y1, x0:x1], warp(mask, matrix, (x0, y0), (x1 - x0, y1 - y0)), colour)


def paint_shape(image, outline, colour):
    """Fills an outline, float64 (K, 2), in a float32 (H, W, 3), in place, with a colour."""
    window, mask = _shape_mask(image, outline)
    if mask is not None:
        lay_over(window, mask, colour)


def _paint_ring(image, outline, colour, width):
    """A line along an outline."""
    window, mask = _shape_mask(
        image,
        outline,
        width,
        lambda mask, points: cv2.polylines(mask, points, True, 255, max(round(width), 1), cv2.LINE_AA, 4),
    )
    if mask is not None:
        lay_over(window, mask, colour)


def _shape_mask(image, outline, room=1, draw=None):
    """(the part of the image around an outline, its uint8 mask), or (None, None) if it lies outside."""
    box = _box_inside(outline, room, image.shape)
    if box is None:
        return None, None
    x0, y0, x1, y1 = box
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    points = [np.round((outline - (x0 + 0.5, y0 + 0.5)) * 16).astype(np.int32)]
    if draw:
        draw(mask, points)
    else:
        cv2.fillPoly(mask, points, 255, cv2.LINE_AA, 4)
    return image[y0:y1, x0:x1], mask


def _box_inside(outline, room, shape):
    """(x0, y0, x1, y1) of whole pixels around an outline, as far as they lie in an image; None if none do."""
    low = np.maximum(np.floor(outline.min(axis=0) - room), 0).astype(int)
    high = np.minimum(np.ceil(outline.max(axis=0) + room), shape[1::-1]).astype(int)
    return None if (high <= low).any() else (*low.tolist(), *high.tolist())


def _shift(corner):
    """float64 (3, 3): moves by (x, y)."""
    return np.array([[1, 0, corner[0]], [0, 1, corner[1]], [0, 0, 1]], np.float64)


def _plain(box, rng):
    x0, y0, x1, y1 = box
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def _round(box, rng):
    """Round corners, up to half circles."""
    x0, y0, x1, y1 = box
    radius = min(x1 - x0, y1 - y0) / 2 * rng.uniform(0.1, 1.0) ** 2
    angles = np.linspace(0, math.pi / 2, ROUND_STEPS)
    middles = [
        (x1 - radius, y1 - radius),
        (x0 + radius, y1 - radius),
        (x0 + radius, y0 + radius),
        (x1 - radius, y0 + radius),
    ]
    corners = [
        np.array(middle)
        + radius * np.stack([np.cos(angles + i * math.pi / 2), np.sin(angles + i * math.pi / 2)], axis=1)
        for i, middle in enumerate(middles)
    ]
    return np.concatenate(corners)


def _disc(box, rng):
    """An ellipse around the box, a circle if that is not much larger."""
    middle, half = np.array([box[0] + box[2], box[1] + box[3]]) / 2, np.array([box[2] - box[0], box[3] - box[1]]) / 2
    radii = half * math.sqrt(2)
    if radii.max() < 1.6 * radii.min():
        radii[:] = np.hypot(*half)
    angles = np.linspace(0, 2 * math.pi, DISC_STEPS, endpoint=False)
    return middle + radii * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _arrow(box, rng):
    """Pointed at one end."""
    x0, y0, x1, y1 = box
    point = (y1 - y0) * rng.uniform(0.3, 0.6)
    if rng.random() < 0.5:
        return np.array([(x0, y0), (x1, y0), (x1 + point, (y0 + y1) / 2), (x1, y1), (x0, y1)])
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0 - point, (y0 + y1) / 2)])


OUTLINES = {'plain': _plain, 'round': _round, 'disc': _disc, 'arrow': _arrow}
