"""Square crops of photographs with their text, to train a detector on: drawn, then applied in one warp.

Text is never flipped. A crop is put so that it cuts no text and shows more picture than black around it, as far as
there is such a place.
"""

from dataclasses import dataclass

import numpy as np

from ocr.geometry import box_polygon, homogeneous, polygon_box, strip_height, transform
from ocr.preprocessing.photometric import Photometric, apply_photometric, draw_photometric
from ocr.preprocessing.warp import black_outside, warp_photograph

MIN_SCALE, MAX_SCALE = 0.5, 3.0  # of the photograph, drawn evenly on a logarithmic scale
LARGEST = 1280  # longer side of a photograph in pixels from which on the scale is of one shrunk to it, as when reading
_ANYWHERE = 0.1  # share of the crops that are put anywhere: where there is no text there is something to learn too
_FILL = 0.9  # of the crop's side, at most: the text that it is put around
_TRIES = 12  # places that are tried
_PICTURE = 0.6  # share of a crop that the photograph covers at least, as far as there is such a place
_BLACK_COST = 10.0  # texts that may rather be cut than that the whole crop is black
_GRID = np.stack(np.meshgrid(*2 * [np.arange(0.5, 8) / 8]), axis=-1).reshape(-1, 2)  # points that are looked at for it
_HEIGHTS = (8.0, 48.0)  # pixels, lowest and highest text that blur and coarseness are measured by


@dataclass(frozen=True)
class CropDraw:
    """One draw.

    Attributes:
        linear: float64 (2, 2), rotation and shear.
        tilt: (x, y), what the distance grows by along the photograph's longer side, as a fraction of its middle's.
        scale: factor on the photograph's size.
        subject: 0..1, which of the texts the crop is put around; below 0: none.
        corners: float64 (_TRIES, 2), 0..1, places for its top left corner.
        photometric: Photometric.
    """

    linear: np.ndarray
    tilt: tuple
    scale: float
    subject: float
    corners: np.ndarray
    photometric: Photometric


def draw_crop(rng, settings):
    """Draw one crop; the number of draws from `rng` does not depend on the outcome.

    Args:
        rng: np.random.Generator.
        settings: AugmentSettings, of which rotation, shear, perspective and all that is photometric are used.
    """
    rotates, shears, tilts = rng.random(3) < (settings.rotation_prob, settings.shear_prob, settings.perspective_prob)
    angle = np.deg2rad(rng.uniform(-1, 1) * settings.rotation_degrees * rotates)
    shear_x, shear_y = rng.uniform(-1, 1, 2) * settings.shear * shears
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilt = tuple(rng.uniform(-1, 1, 2) * settings.perspective * tilts)
    scale = np.exp(rng.uniform(np.log(MIN_SCALE), np.log(MAX_SCALE)))
    subject = rng.random() if rng.random() >= _ANYWHERE else -1.0
    corners, photometric = rng.random((_TRIES, 2)), draw_photometric(rng, settings)
    return CropDraw(
        np.array([[1, shear_x], [shear_y, 1]]) @ rotation, tilt, float(scale), subject, corners, photometric
    )


def place_crop(draw, polygons, counts, width, height, side):
    """Where a crop lies: float64 (3, 3), photograph -> crop.

    Args:
        draw: CropDraw.
        polygons: list of float (K, 2) in the photograph.
        counts: bool for each, whether it is to be found.
        width, height: of the photograph, pixels.
        side: of the crop, pixels.
    """
    scale = _covering(draw.scale, side, min(1.0, LARGEST / max(width, height)) * np.sqrt(width * height))
    scale *= min(1.0, LARGEST / max(width, height))
    matrix = _about_the_middle(draw, width, height)
    wanted = [polygon for polygon, one_counts in zip(polygons, counts, strict=True) if one_counts]
    subject = wanted[int(draw.subject * len(wanted))] if wanted and draw.subject >= 0 else None
    if subject is not None:  # a text that is larger than the crop is shrunk into it
        x0, y0, x1, y1 = polygon_box(transform(subject, matrix))
        scale = min(scale, _FILL * side / max(x1 - x0, y1 - y0, 1))
    matrix = np.diag([scale, scale, 1]) @ matrix
    boxes = np.array([polygon_box(transform(polygon, matrix)) for polygon in wanted]).reshape(-1, 4)
    low, high = _corner_range(matrix, subject, width, height, side)
    corners = low + draw.corners * (high - low)
    black = np.maximum(_PICTURE - _picture_shares(corners, matrix, width, height, side), 0)
    corner = corners[np.argmin([_num_cut(boxes, corner, side) for corner in corners] + _BLACK_COST * black)]
    return np.array([[1, 0, -corner[0]], [0, 1, -corner[1]], [0, 0, 1]]) @ matrix


def crop_photograph(image, polygons, counts, draw, side):
    """One crop and the text on it.

    Args:
        image: uint8 (H, W, 3), RGB.
        polygons, counts, draw, side: as of place_crop.

    Returns:
        uint8 (side, side, 3), RGB, black outside the photograph; list of float32 (K, 2), the polygons on it.
    """
    height, width = image.shape[:2]
    matrix = place_crop(draw, polygons, counts, width, height, side)
    window = transform(box_polygon((0, 0, side, side)), np.linalg.inv(matrix))
    canvas, inside = warp_photograph(image, window, matrix, side, side)
    placed = [transform(polygon, matrix) for polygon in polygons]
    heights = [strip_height(polygon) for polygon, one_counts in zip(placed, counts, strict=True) if one_counts]
    text_height = float(np.clip(np.min(heights, initial=_HEIGHTS[1]), *_HEIGHTS))
    canvas = apply_photometric(canvas, inside, text_height, draw.photometric)
    return black_outside(canvas, inside), placed


def _covering(scale, side, extent):
    """The drawn scale, moved into the part of its range in which a photograph as large as a square of `extent` pixels
    can cover enough of a crop."""
    lowest = min(max(np.sqrt(_PICTURE) * side / extent, MIN_SCALE), MAX_SCALE)
    place = np.log(scale / MIN_SCALE) / np.log(MAX_SCALE / MIN_SCALE)
    return float(lowest * (MAX_SCALE / lowest) ** place)


def _picture_shares(corners, matrix, width, height, side):
    """float64 (n,): share of each crop at corners (n, 2) that the photograph covers, about."""
    points = (corners[:, np.newaxis] + side * _GRID).reshape(-1, 2)
    x, y = transform(points, np.linalg.inv(matrix)).T
    covered = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return covered.reshape(len(corners), -1).mean(axis=1)


def _about_the_middle(draw, width, height):
    """Perspective about the photograph's middle, then rotation and shear: float64 (3, 3)."""
    to_middle, perspective = np.eye(3), np.eye(3)
    to_middle[:2, 2] = -width / 2, -height / 2
    perspective[2, :2] = np.array(draw.tilt) / max(width, height)
    return homogeneous(np.hstack([draw.linear, np.zeros((2, 1))])) @ perspective @ to_middle


def _corner_range(matrix, subject, width, height, side):
    """Lowest and highest (x, y) of the crop's top left corner: around the subject, else anywhere on the photograph."""
    if subject is not None:
        x0, y0, x1, y1 = polygon_box(transform(subject, matrix))
        margin = 0.02 * side
        return np.array([x1 + margin - side, y1 + margin - side]), np.array([x0 - margin, y0 - margin])
    x0, y0, x1, y1 = polygon_box(transform(box_polygon((0, 0, width, height)), matrix))
    low = np.array([x0, y0])
    return low, np.maximum(low, [x1 - side, y1 - side])


def _num_cut(boxes, corner, side):
    """How many boxes (n, 4) the edge of the crop at a corner cuts."""
    if not len(boxes):
        return 0
    low, high = corner, corner + side
    meets = ((boxes[:, :2] < high) & (boxes[:, 2:] > low)).all(axis=1)
    inside = ((boxes[:, :2] >= low) & (boxes[:, 2:] <= high)).all(axis=1)
    return int((meets & ~inside).sum())
