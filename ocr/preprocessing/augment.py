"""Random transforms of a training region: drawn once, then applied to image and polygon by one matrix."""

from dataclasses import dataclass

import numpy as np

from ocr.errors import InputError
from ocr.geometry import box_with_margins, homogeneous, polygon_box, strip_height, transform, widened
from ocr.preprocessing.photometric import Photometric, PhotometricSettings, draw_photometric
from ocr.preprocessing.warp import placement

CUTS = ('polygon', 'wide polygon', 'moved points', 'box', 'margins', 'widest')  # as in AugmentSettings.cut_shares
_FEWEST, _MOST = 2, 7  # points that people mark along one side of a bent text
WIDE = 0.3  # text heights that a polygon is widened by, at most
MOVED = 0.12  # text heights that a point is moved by on each axis, at most
_NUM_AREAS = 5  # that canvases have if they vary: each has shapes of its own, and batches are of one shape


@dataclass(frozen=True)
class AugmentSettings(PhotometricSettings):
    """Ranges that transforms of place and, inherited, of pixels are drawn from; the defaults are the reference's."""

    rotation_prob: float = 0.5
    rotation_degrees: float = 20.0  # up to so much either way
    shear_prob: float = 0.5
    shear: float = 0.2  # up to so much either way, on each axis
    perspective_prob: float = 0.0
    perspective: float = 0.3  # of the mean distance, by which one end is nearer than the other, at most
    margin_prob: float = 0.0
    margin: float = 0.5  # of the text's height, up to so much on each side
    area_change: float = 1.0  # factor by which the pixels of a canvas of the kind 'area' grow or shrink, at most
    cut_shares: tuple = ()  # of CUTS; empty: the polygon, or with margin_prob margins
    min_fill: float = 0.875  # longer side of the text as a fraction of the canvas side, at least (224 of 256) ..
    max_enlargement: float = 4.0
    min_side: int = 8  # pixels on the canvas

    def __post_init__(self):
        shares = self.cut_shares
        if shares and (len(shares) != len(CUTS) or min(shares) < 0 or not sum(shares)):
            raise InputError(f'cut_shares {",".join(map(str, shares))}: give a share each to {", ".join(CUTS)}')


@dataclass(frozen=True)
class Augmentation:
    """One draw.

    Attributes:
        linear: float64 (2, 2), rotation and shear.
        fill: longer side of the text as a fraction of the canvas side.
        corner: (x, y) in 0..1, where in the free space the text is put.
        margins: float64 (4,), left, top, right and bottom in text heights, if the region is cut by its box with
            margins; None if it is cut by its polygon.
        widening: text heights that the polygon is widened by.
        moved_points: (seed, reach): the polygon is marked with fewer points, as people do, each of them moved by up to
            `reach` text heights; None if it stays.
        tilt: (x, y), what the distance grows by along the text's longer side, as a fraction of that in its middle.
        photometric: Photometric.
        area: factor of the pixels of a canvas of the kind 'area'.
    """

    linear: np.ndarray
    fill: float
    corner: tuple[float, float]
    margins: np.ndarray | None
    tilt: tuple[float, float]
    photometric: Photometric
    widening: float = 0.0
    moved_points: tuple[int, float] | None = None
    area: float = 1.0


def draw_augmentation(rng, settings):
    """Draw one augmentation; the number of draws from `rng` does not depend on the outcome.

    Args:
        rng: np.random.Generator.
        settings: AugmentSettings.
    """
    rotates, shears = rng.random(2) < (settings.rotation_prob, settings.shear_prob)
    angle = np.deg2rad(rng.uniform(-1, 1) * settings.rotation_degrees * rotates)
    shear_x, shear_y = rng.uniform(-1, 1, 2) * settings.shear * shears
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = np.array([[1, shear_x], [shear_y, 1]]) @ rotation
    fill, corner = rng.uniform(settings.min_fill, 1), tuple(rng.random(2))
    widens, margins = rng.random() < settings.margin_prob, rng.random(4) * settings.margin
    tilt = tuple(rng.uniform(-1, 1, 2) * settings.perspective * (rng.random() < settings.perspective_prob))
    photometric = draw_photometric(rng, settings)
    cut = _draw_cut(rng, settings, margins) if settings.cut_shares else {'margins': margins if widens else None}
    area = settings.area_change ** rng.choice(np.linspace(-1, 1, _NUM_AREAS)) if settings.area_change != 1 else 1.0
    return Augmentation(linear, fill, corner, tilt=tilt, photometric=photometric, area=area, **cut)


def _draw_cut(rng, settings, margins):
    """How the region is cut, as fields of Augmentation: one of CUTS."""
    shares = np.cumsum(settings.cut_shares)
    kind = CUTS[int(np.searchsorted(shares, rng.random() * shares[-1], side='right'))]
    seed, reach = int(rng.integers(2**32)), float(rng.random())
    boxes = {'box': np.zeros(4), 'margins': margins, 'widest': np.full(4, settings.margin)}
    return {
        'margins': boxes.get(kind),
        'widening': WIDE * reach if kind == 'wide polygon' else 0.0,
        'moved_points': (seed, MOVED * reach) if kind == 'moved points' else None,
    }


def region_outline(polygon, augmentation, width, height):
    """What is shown of the photograph: the inside of the polygon, or what is around the text as well.

    Args:
        polygon: float (K, 2) in the photograph.
        augmentation: Augmentation.
        width, height: pixels of the photograph.

    Returns:
        float (4, 2), the polygon's box with its margins, which end at the edges of the photograph; without margins the
        polygon, widened or with moved points as the augmentation says.
    """
    if augmentation.moved_points:
        return _marked_by_hand(polygon, *augmentation.moved_points)
    if augmentation.widening:
        return widened(polygon, augmentation.widening * strip_height(polygon))
    if augmentation.margins is None:
        return polygon
    return box_with_margins(polygon, augmentation.margins * strip_height(polygon), width, height)


def augmented_placement(polygon, canvas, augmentation, settings):
    """Where an augmentation puts a region.

    Args:
        polygon: float (K, 2) in the photograph, the region's outline.
        canvas: Canvas.
        augmentation: Augmentation.
        settings: AugmentSettings.

    Returns:
        matrix: float64 (3, 3), photograph -> canvas.
        box: int (x0, y0, x1, y1) of the text on the canvas.
        shape: (height, width) of the canvas.
    """
    distortion = _distortion(polygon, augmentation)
    polygon = transform(polygon, distortion)
    box = polygon_box(polygon)
    canvas = canvas.times(augmentation.area)
    size, (height, width) = canvas.place(polygon, augmentation.fill, settings.max_enlargement, settings.min_side)
    free = width - size[0], height - size[1]
    corner = tuple(int(part * (space + 1)) for part, space in zip(augmentation.corner, free, strict=True))
    matrix = homogeneous(placement(box, size, corner)) @ distortion
    return matrix, (*corner, corner[0] + size[0], corner[1] + size[1]), (height, width)


def _marked_by_hand(polygon, seed, reach):
    """A polygon float (K, 2) with few points, at most _MOST a side, each moved by up to `reach` text heights."""
    rng = np.random.default_rng(seed)
    half, number = len(polygon) // 2, int(rng.integers(_FEWEST, _MOST + 1))
    if len(polygon) % 2 == 0 and number < half:
        places = np.round(np.linspace(0, half - 1, number)).astype(int)
        polygon = polygon[np.concatenate([places, len(polygon) - 1 - places[::-1]])]
    return polygon + rng.uniform(-1, 1, polygon.shape) * reach * strip_height(polygon)


def _distortion(polygon, augmentation):
    """Perspective about the middle of the polygon's box, then rotation and shear: float64 (3, 3)."""
    distortion = np.eye(3)
    distortion[:2, :2] = augmentation.linear
    if not any(augmentation.tilt):
        return distortion
    x0, y0, x1, y1 = polygon_box(polygon)
    to_middle, perspective = np.eye(3), np.eye(3)
    to_middle[:2, 2] = -(x0 + x1) / 2, -(y0 + y1) / 2
    perspective[2, :2] = np.array(augmentation.tilt) / max(x1 - x0, y1 - y0)
    return distortion @ perspective @ to_middle
