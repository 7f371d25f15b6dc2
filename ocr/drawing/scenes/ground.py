"""What a scene's texts stand before: photographs, textures on a wall, drawn streets and facades."""

import math
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image

from ocr.drawing.backgrounds import PATTERNS, POOL, blotches
from ocr.drawing.colours import fill, in_colour
from ocr.drawing.draw import choose
from ocr.drawing.scenes.place import plane_matrix, seen
from ocr.drawing.undrawable import naming

TEXTURE_SIDE = 540  # pixels; a photograph no larger than that is a piece of a surface, which is laid out like tiles
WARMTH = np.array(
    [1.0, 0.2, -1.0]
)  # along it colours of buildings and goods differ most: brick and sand, slate and steel
SIDE = 1280  # pixels; photographs are kept no larger


def draw_ground(size, photos, view, rng):
    """float32 (H, W, 3), RGB, 0..255: the ground of a scene of (width, height) pixels.

    Args:
        size: (width, height).
        photos: tuple of paths of photographs without text; none for drawn grounds alone.
        view: (yaw, pitch, distance) that walls are seen from.
        rng: numpy Generator.
    """
    shape = size[::-1]
    whole, textures = _sorted_photos(photos)
    kind = choose({'whole': 0.62 * bool(whole), 'texture': 0.25 * bool(textures), 'drawn': 0.13}, rng)
    if kind == 'drawn':
        image = choose(GROUNDS, rng)(shape, view, rng)
    else:
        paths = whole if kind == 'whole' else textures
        photo = read_photo(paths[int(rng.integers(len(paths)))])
        image = (photo_part(shape, photo, rng) if kind == 'whole' else _texture(shape, photo, view, rng)).astype(
            np.float32
        )
    light = float(np.mean(cv2.mean(image)[:3]))
    image *= np.float32(min(max(rng.uniform(50, 190) / max(light, 1), 0.6), 1.6))
    if rng.random() < 0.3:
        blur = float(rng.uniform(0.5, 4.0))
        image = cv2.GaussianBlur(image, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    return image


@lru_cache(maxsize=8)
def _sorted_photos(paths):
    """(tuple of the paths of whole photographs, tuple of those of textures); a file that is no picture is whole."""
    textures = {path for path in paths if max(_size(path)) <= TEXTURE_SIDE}
    return tuple(path for path in paths if path not in textures), tuple(path for path in paths if path in textures)


def _size(path):
    """(width, height) as the file's header says."""
    try:
        with Image.open(path) as picture:
            return picture.size
    except OSError:
        return SIDE, SIDE


def photo_part(shape, photo, rng):
    """uint8 (H, W, 3): a part of a photograph in the shape's proportions, sometimes mirrored."""
    height, width = shape
    room = min(photo.shape[0] / height, photo.shape[1] / width)
    scale = room * rng.uniform(0.45, 1.0)
    side = max(round(scale * height), 2), max(round(scale * width), 2)
    top, left = (int(rng.integers(max(whole - part, 0) + 1)) for whole, part in zip(photo.shape, side, strict=False))
    part = photo[top : top + side[0], left : left + side[1]]
    way = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    part = cv2.resize(part, (width, height), interpolation=way)
    return part[:, ::-1] if rng.random() < 0.5 else part


@lru_cache(maxsize=POOL)
def read_photo(path):
    """uint8 (h, w, 3), RGB, the longer side SIDE or less; not to be written to.

    Raises:
        Undrawable: it cannot be read.
    """
    with naming(path, 'a background'):
        photo = cv2.imread(path, cv2.IMREAD_COLOR)
        if photo is None:
            raise OSError('not a readable picture; take it out of the folder of photographs')
        scale = SIDE / max(photo.shape[:2])
        if scale < 1:
            photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        photo = cv2.cvtColor(photo, cv2.COLOR_BGR2RGB)
    photo.setflags(write=False)
    return photo


def _texture(shape, photo, view, rng):
    """uint8 (H, W, 3): a wall of a texture that repeats, seen from the side; once if its edges do not fit."""
    height, width = shape
    if not _is_seamless(photo):
        return photo_part(shape, photo, rng)
    zoom = rng.uniform(0.5, 1.6)
    small = cv2.resize(photo, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    matrix = plane_matrix(
        np.array([(0, 0), (width, height)], np.float64), view, rng.normal(0, 0.05), (width / 2, height / 2)
    )
    return cv2.warpPerspective(small, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def _is_seamless(photo):
    """Whether opposite edges of a picture uint8 (h, w, 3) go on in each other."""
    for side in (photo, photo.transpose(1, 0, 2)):
        rows = side[[0, 1, -2, -1]].astype(np.int16)
        within = max(np.abs(rows[1] - rows[0]).mean(), np.abs(rows[3] - rows[2]).mean())
        if np.abs(rows[0] - rows[3]).mean() > 2 * within + 2:
            return False
    return True


def _surface(shape, view, rng):
    """float32 (H, W, 3): plaster, cloth, wood, stone, a table: one colour with a second one in a pattern."""
    image = fill(shape, _draw_colour(rng), tuple(rng.normal(0, 25, 3).tolist()), rng.uniform(0, 2 * math.pi))
    cell = int(rng.integers(6, 60))
    if rng.random() < 0.75:
        kind = str(rng.choice(['tiles', 'stone', 'wood', 'tiles', 'stripes', 'fade', 'shapes']))
        _lay_seen(image, kind, cell, _near(image[0, 0], 70, rng), rng.uniform(0.2, 0.9), view, rng)
    image += np.float32(rng.uniform(1, 10)) * blotches(shape, int(rng.integers(2, 40)), rng)
    return image


def _lay_seen(image, kind, cell, colour, opacity, view, rng):
    """Lays a pattern of a wall, seen from the side, over a float32 (H, W, 3), in place."""
    height, width = image.shape[:2]
    mask = PATTERNS[kind]((height, width), cell, rng.uniform(0, math.pi), rng)
    matrix = plane_matrix(np.array([(0, 0), (width, height)], np.float64), view, 0.0, (width / 2, height / 2))
    mask = cv2.warpPerspective(mask, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    image += (np.array(colour, np.float32) - image) * in_colour(mask * np.float32(opacity / 255))


def _objects(shape, view, rng):
    """float32 (H, W, 3): boxes, books and shelves on a table, or what else has straight edges."""
    image = _surface(shape, view, rng)
    canvas = np.clip(image, 0, 255).astype(np.uint8)
    height, width = shape
    for _ in range(int(rng.integers(1, 7))):
        size = rng.uniform(0.15, 0.8, 2) * (width, height)
        middle = rng.uniform(0, 1, 2) * (width, height)
        corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * size
        corners = seen(plane_matrix(corners, view, rng.normal(0, 0.15), middle), corners)
        _fill(canvas, corners + rng.uniform(2, 12, 2), np.clip(canvas[0, 0] * 0.4, 0, 255))
        _fill(canvas, corners, _draw_colour(rng))
    return canvas.astype(np.float32)


def _facade(shape, view, rng):
    """float32 (H, W, 3): the front of a house: bricks or plaster, windows, a ledge, a door."""
    height, width = shape
    base = _draw_colour(rng, 90, 220)
    image = fill(shape, base, (0, 0, 0), 0.0)
    kind = str(rng.choice(['tiles', 'tiles', 'stone', 'wood']))
    _lay_seen(image, kind, int(rng.integers(8, 26)), _near(base, 60, rng), rng.uniform(0.3, 0.8), view, rng)
    image += np.float32(6) * blotches(shape, 30, rng)
    canvas = np.clip(image, 0, 255).astype(np.uint8)
    matrix = plane_matrix(np.array([(0, 0), (width, height)], np.float64), view, 0.0, (width / 2, height / 2))
    floor, bay = height * rng.uniform(0.3, 0.6), width * rng.uniform(0.16, 0.45)
    high, wide = floor * rng.uniform(0.45, 0.75), bay * rng.uniform(0.35, 0.75)
    frame, glass = _draw_colour(rng), _draw_colour(rng, 10, 90)
    panes = int(rng.integers(1, 4))
    shift = rng.uniform(0, 1, 2) * (bay, floor)
    for top in np.arange(shift[1] - floor, height * 1.2, floor):
        if rng.random() < 0.3:
            _seen_box(canvas, matrix, (-width, top - 0.12 * floor, 2 * width, top - 0.06 * floor), _near(base, 40, rng))
        for left in np.arange(shift[0] - 2 * bay, width * 1.4, bay):
            if rng.random() < 0.85:
                _window(canvas, matrix, (left, top, left + wide, top + high), frame, glass, panes, rng)
    return canvas.astype(np.float32)


def _window(canvas, matrix, box, frame, glass, panes, rng):
    """A window with so many panes beside each other."""
    x0, y0, x1, y1 = box
    edge = 0.06 * (x1 - x0)
    _seen_box(canvas, matrix, (x0 - edge, y0 - edge, x1 + edge, y1 + 1.5 * edge), frame)
    for i in range(panes):
        left, right = (x0 + (x1 - x0) * part / panes for part in (i, i + 1))
        shade = np.clip(np.array(glass) * rng.uniform(0.7, 1.5), 0, 255)
        _seen_box(canvas, matrix, (left + edge / 3, y0, right - edge / 3, y1), shade)
        if rng.random() < 0.4:  # a reflection
            tilt = 0.3 * (right - left)
            corners = np.array([(left + edge, y0), (left + edge + tilt, y0), (left + edge, y0 + (y1 - y0) / 2)])
            _fill(canvas, seen(matrix, corners), np.clip(shade + 50, 0, 255))


def _street(shape, view, rng):
    """float32 (H, W, 3): sky, houses, trees and a road."""
    height, width = shape
    sky = np.array([165, 190, 220]) + rng.normal(0, 20) + rng.normal(0, 8, 3)
    image = fill(shape, sky, tuple((rng.uniform(-10, 60) + rng.normal(0, 6, 3)).tolist()), math.pi / 2)
    canvas = np.clip(image, 0, 255).astype(np.uint8)
    horizon = height * rng.uniform(0.5, 0.8)
    grey = rng.uniform(70, 150)
    x = -0.1 * width
    while x < width:
        wide, high = width * rng.uniform(0.12, 0.4), horizon * rng.uniform(0.3, 1.1)
        _house(canvas, (x, horizon - high, x + wide, horizon + 0.04 * height), rng)
        x += wide * rng.uniform(0.9, 1.1)
    _fill(canvas, [(0, horizon), (width, horizon), (width, height), (0, height)], (grey, grey, grey * 1.02))
    kerb = horizon + 0.1 * (height - horizon)
    light = np.clip(np.array((grey, grey, grey)) + rng.uniform(20, 60), 0, 255)
    _fill(
        canvas,
        [(0, horizon), (width, horizon), (width, kerb), (0, kerb + rng.uniform(-0.2, 0.2) * (height - kerb))],
        light,
    )
    for _ in range(int(rng.integers(0, 4))):
        _tree(canvas, rng.uniform(0, width), horizon, height * rng.uniform(0.15, 0.5), rng)
    image = canvas.astype(np.float32)
    image[round(horizon) :] += np.float32(5) * blotches((height - round(horizon), width), 3, rng)
    return image


def _house(canvas, box, rng):
    """A house's front with rows of windows."""
    x0, y0, x1, y1 = box
    wall, glass = _draw_colour(rng, 70, 210), _draw_colour(rng, 20, 110)
    _fill(canvas, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], wall)
    rows, columns = int(rng.integers(2, 8)), int(rng.integers(2, 8))
    high, wide = (y1 - y0) / rows, (x1 - x0) / columns
    share = rng.uniform(0.35, 0.75, 2)
    for row in range(rows):
        for column in range(columns):
            left, top = x0 + (column + (1 - share[0]) / 2) * wide, y0 + (row + (1 - share[1]) / 2) * high
            right, foot = left + share[0] * wide, top + share[1] * high
            _fill(
                canvas,
                [(left, top), (right, top), (right, foot), (left, foot)],
                np.array(glass) * rng.uniform(0.6, 1.4),
            )


def _tree(canvas, x, foot, high, rng):
    """A trunk and a crown of leaves."""
    thick = 0.05 * high
    _fill(
        canvas,
        [(x - thick, foot - high / 2), (x + thick, foot - high / 2), (x + thick, foot), (x - thick, foot)],
        (70, 55, 45),
    )
    green = np.array([60, 100, 45]) + rng.normal(0, 18, 3)
    places = rng.normal(0, 0.2, (90, 2)) * (high, 0.8 * high) + (x, foot - 0.75 * high)
    shades = rng.uniform(0.5, 1.5, 90)
    for (left, top), shade in zip(places.tolist(), shades.tolist(), strict=True):
        middle, axes = (round(left * 16), round(top * 16)), (round(high * 1.1), round(high * 0.6))
        cv2.ellipse(
            canvas, middle, axes, 180 * shade, 0, 360, np.clip(green * shade, 0, 255).tolist(), -1, cv2.LINE_AA, 4
        )


GROUNDS = {_surface: 0.3, _objects: 0.25, _facade: 0.25, _street: 0.2}  # drawn grounds and their weights


def _draw_colour(rng, low=0, high=255):
    """A colour (3,), mostly muted, of a lightness between two grey levels."""
    grey = rng.uniform(low, high)
    return np.clip(
        grey + WARMTH * rng.normal(0, rng.choice([4, 12, 30])) + rng.normal(0, rng.choice([3, 6, 30]), 3), 0, 255
    )


def _near(colour, reach, rng):
    """A colour lighter or darker than another by up to `reach` grey levels."""
    return np.clip(np.asarray(colour) + rng.uniform(-reach, reach) + rng.normal(0, 8, 3), 0, 255)


def _seen_box(canvas, matrix, box, colour):
    """Fills a box (x0, y0, x1, y1) of a plane."""
    x0, y0, x1, y1 = box
    _fill(canvas, seen(matrix, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])), colour)


def _fill(canvas, points, colour):
    """Fills a polygon on a uint8 (H, W, 3)."""
    points = np.clip(np.array(points) * 16, -1e6, 1e6)
    colour = np.clip(colour, 0, 255).tolist()
    cv2.fillPoly(canvas, [np.round(points).astype(np.int32)], colour, cv2.LINE_AA, 4)
