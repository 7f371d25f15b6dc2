"""What lies behind the letters: patterns, photographs, plates and borders."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from ocr.drawing.colours import LUMINANCE, in_colour, lay_over
from ocr.errors import InputError
from ocr.preprocessing.decode import Excerpt, read_image
from ocr.preprocessing.unreadable import UnreadableImage

PHOTO_SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp')
PHOTO_SIDE = 640  # pixels; photographs are kept no larger
POOL, BLOCK = 32, 64  # photographs that so many pictures running share, so that each is decoded once for them


@dataclass(frozen=True, slots=True)
class Pattern:
    """A second colour laid over a background; `cell`: pixels, size of its parts; `angle`: radians."""

    kind: str
    colour: tuple
    opacity: float
    cell: int
    angle: float


def lay_pattern(image, pattern, rng):
    """Lays a pattern over a float32 image, in place."""
    mask = PATTERNS[pattern.kind](image.shape[:2], pattern.cell, pattern.angle, rng)
    lay_over(image, cv2.convertScaleAbs(mask, alpha=pattern.opacity), pattern.colour)


def blotches(shape, cell, rng):
    """float32 (H, W, 3), about -1..1: grey noise whose grain is `cell` pixels wide."""
    return in_colour(_noise(shape, (cell, cell), rng))


@lru_cache(maxsize=8)
def list_photos(folder):
    """Paths, sorted, of the photographs in a folder and its sub-folders; none for no folder.

    Raises:
        InputError: the folder is missing or has no picture.
    """
    if not folder:
        return ()
    paths = tuple(sorted(str(path) for path in Path(folder).rglob('*') if path.suffix.lower() in PHOTO_SUFFIXES))
    if not paths:
        raise InputError(f'{folder}: no photographs in it ({", ".join(PHOTO_SUFFIXES)}); give another photo_dir')
    return paths


def photo_pool(photos, seed, index, block=BLOCK):
    """The photographs that a picture draws from: all, or POOL of many, the same as its neighbours in the set.

    Args:
        photos: tuple of paths.
        seed, index: of the set, and of the picture in it.
        block: pictures running that have the same.
    """
    if len(photos) <= POOL:
        return photos
    chosen = np.random.default_rng([seed, index // block, POOL]).choice(len(photos), POOL, replace=False)
    return tuple(photos[i] for i in chosen)


def photo_ground(shape, path, blur, contrast, rng):
    """float32 (H, W, 3), RGB: a crop of a photograph whose own contrast leaves room for text.

    Args:
        shape: (H, W) of the crop, pixels.
        path: of the photograph.
        blur: pixels, standard deviation.
        contrast: grey levels between text and background; the crop's standard deviation is at most 0.35 of it.
        rng: numpy Generator.
    """
    photo = _read_photo(path)
    height, width = shape
    room = min(photo.shape[0] / height, photo.shape[1] / width)
    scale = room * rng.uniform(0.15, 0.9)  # pixels of the photograph for one of the picture
    side = max(round(scale * height), 2), max(round(scale * width), 2)
    top, left = (int(rng.integers(whole - part + 1)) for whole, part in zip(photo.shape, side, strict=False))
    crop = cv2.resize(photo[top : top + side[0], left : left + side[1]], (width, height)).astype(np.float32)
    if blur > 0.2:
        crop = cv2.GaussianBlur(crop, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    mean = crop.mean(axis=(0, 1))
    spread = float((crop @ LUMINANCE.astype(np.float32)).std())
    return mean + (crop - mean) * np.float32(min(1.0, 0.35 * contrast / max(spread, 1e-3)))


def plate(shape, polygon, reach):
    """uint8 (H, W): everything within `reach` pixels of a polygon; its corners are round."""
    mask = np.zeros(shape, np.uint8)
    fixed_point = [np.round((polygon - 0.5) * 16).astype(np.int32)]
    cv2.fillPoly(mask, fixed_point, 255, cv2.LINE_AA, shift=4)
    if reach >= 1:
        cv2.polylines(mask, fixed_point, True, 255, round(2 * reach), cv2.LINE_AA, shift=4)
    return mask


@lru_cache(maxsize=POOL)
def _read_photo(path):
    """uint8 (h, w, 3), RGB, the longer side PHOTO_SIDE or less."""
    try:
        photo = read_image(path, lambda width, height: PHOTO_SIDE / max(width, height))
    except UnreadableImage as error:
        raise InputError(f'{error}; take it out of the folder of photographs') from None
    photo = photo.pixels if isinstance(photo, Excerpt) else photo  # a JPEG is decoded no larger than it is needed
    scale = PHOTO_SIDE / max(photo.shape[:2])
    if scale < 1:
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return photo


def _noise(shape, cell, rng):
    """float32 (H, W), about -1..1: smooth noise whose grain is `cell` (x, y) pixels."""
    height, width = shape
    coarse = rng.uniform(-1, 1, (height // cell[1] + 2, width // cell[0] + 2)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def _ramp(shape, angle):
    """float32 (H, W): pixels along the direction `angle`, 0 in the middle of the picture."""
    height, width = shape
    across = (np.arange(width, dtype=np.float32) - width / 2) * np.float32(np.cos(angle))
    down = (np.arange(height, dtype=np.float32) - height / 2) * np.float32(np.sin(angle))
    return across + down[:, None]


def _to_mask(values):
    """uint8 mask of float32 values, 0..1 kept, cut beyond."""
    return cv2.convertScaleAbs(np.maximum(values, 0), alpha=255)


def _stripes(shape, cell, angle, rng):
    """Parallel bands, some narrow, some as wide as their gaps."""
    wave = np.cos(_ramp(shape, angle) * np.float32(np.pi / cell))
    return _to_mask((wave - np.float32(rng.uniform(-0.3, 0.9))) * np.float32(cell / 3) + np.float32(0.5))


def _fade(shape, cell, angle, rng):
    """One colour passes into the other, along a line or from a point outwards."""
    size = float(np.hypot(*shape))
    if rng.random() < 0.6:
        return _to_mask(_ramp(shape, angle) / np.float32(size) + np.float32(0.5))
    y, x = np.ogrid[: shape[0], : shape[1]]
    cy, cx = rng.uniform(0, 1, 2) * shape
    return _to_mask(np.hypot((x - cx).astype(np.float32), (y - cy).astype(np.float32)) / np.float32(0.8 * size))


def _tiles(shape, cell, angle, rng):
    """Bricks or tiles: joints of one colour, and a shade of its own for each tile."""
    high, wide = max(cell, 6), max(round(cell * rng.uniform(1, 2.6)), 6)
    rows, columns = shape[0] // high + 2, shape[1] // wide + 3
    tiles = np.repeat(np.repeat(rng.integers(0, 90, (rows, columns)).astype(np.uint8), high, axis=0), wide, axis=1)
    joint = max(round(cell * rng.uniform(0.04, 0.12)), 1)
    level = int(rng.integers(150, 256))
    if rng.random() < 0.6:  # bricks: every other row moved by half a brick
        for row in range(1, rows, 2):
            tiles[row * high : (row + 1) * high] = np.roll(tiles[row * high : (row + 1) * high], wide // 2, axis=1)
            tiles[row * high : (row + 1) * high, wide // 2 :: wide] = level
        for row in range(0, rows, 2):
            tiles[row * high : (row + 1) * high, ::wide] = level
    else:
        tiles[:, ::wide] = level
    for i in range(joint):
        tiles[i::high] = level
    top, left = int(rng.integers(high)), int(rng.integers(wide))
    return np.ascontiguousarray(tiles[top : top + shape[0], left : left + shape[1]])


def _shapes(shape, cell, angle, rng):
    """Polygons, discs and lines of any size, some translucent."""
    mask = np.zeros(shape, np.uint8)
    size = np.array(shape[::-1])
    for _ in range(int(rng.integers(2, 8))):
        level = int(rng.integers(60, 256))
        kind = rng.random()
        points = (rng.uniform(-0.2, 1.2, (4, 2)) * size).astype(np.int32)
        if kind < 0.4:
            cv2.fillConvexPoly(mask, cv2.convexHull(points), level, cv2.LINE_AA)
        elif kind < 0.65:
            cv2.circle(mask, points[0].tolist(), int(rng.integers(2, 3 * cell)), level, -1, cv2.LINE_AA)
        else:
            thickness = int(rng.integers(1, 2 + cell // 3))
            cv2.line(mask, points[0].tolist(), points[1].tolist(), level, thickness, cv2.LINE_AA)
    return mask


def _stone(shape, cell, angle, rng):
    """Noise of several grains at once: plaster, stone, rust."""
    field = _noise(shape, (2 * cell, 2 * cell), rng) + 0.5 * _noise(shape, (cell // 2 + 1,) * 2, rng)
    field += np.float32(0.3) * _noise(shape, (2, 2), rng)
    return _to_mask(field * np.float32(0.55) + np.float32(0.4))


def _wood(shape, cell, angle, rng):
    """Noise drawn out along one side: wood, brushed metal, cloth."""
    along, across = 8 * cell, max(cell // 6, 2)
    turned = rng.random() < 0.25
    grain = ((along, across), (along // 2, 1)) if not turned else ((across, along), (1, along // 2))
    field = _noise(shape, grain[0], rng) + np.float32(0.5) * _noise(shape, grain[1], rng)
    return _to_mask(field * np.float32(0.5) + np.float32(0.4))


PATTERNS = {'stripes': _stripes, 'fade': _fade, 'tiles': _tiles, 'shapes': _shapes, 'stone': _stone, 'wood': _wood}
