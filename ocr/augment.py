"""Random transforms of a training region: drawn once, then applied to image and polygon by one matrix."""

from dataclasses import dataclass

import numpy as np

from ocr.geometry import polygon_box, transform
from ocr.image import canvas_shape, fitted_size, placement


@dataclass(frozen=True)
class AugmentSettings:
    """Ranges that the transforms are drawn from; the defaults are the reference's."""

    rotation_prob: float = 0.5
    rotation_degrees: float = 20.0  # up to so much either way
    shear_prob: float = 0.5
    shear: float = 0.2  # up to so much either way, on each axis
    min_fill: float = 0.875  # longer side of the text as a fraction of the canvas side, at least (224 of 256) ..
    max_enlargement: float = 4.0
    min_side: int = 8  # pixels on the canvas


@dataclass(frozen=True)
class Augmentation:
    """One draw.

    Attributes:
        linear: float64 (2, 2), rotation and shear.
        fill: longer side of the text as a fraction of the canvas side.
        corner: (x, y) in 0..1, where in the free space the text is put.
    """

    linear: np.ndarray
    fill: float
    corner: tuple[float, float]


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
    return Augmentation(linear, rng.uniform(settings.min_fill, 1), tuple(rng.random(2)))


def augmented_placement(polygon, canvas_side, augmentation, settings, fits=False):
    """Where an augmentation puts a region.

    Args:
        polygon: float (K, 2) in the photograph.
        canvas_side: pixels.
        augmentation: Augmentation.
        settings: AugmentSettings.
        fits: see image.canvas_shape.

    Returns:
        matrix: float64 (2, 3), photograph -> canvas.
        box: int (x0, y0, x1, y1) of the text on the canvas.
    """
    linear = np.hstack([augmentation.linear, np.zeros((2, 1))])
    box = polygon_box(transform(polygon, linear))
    longer_side = min(int(augmentation.fill * canvas_side), canvas_side - 1)
    size = fitted_size(box, longer_side, settings.max_enlargement, settings.min_side)
    height, width = canvas_shape(size, canvas_side, fits)
    free = width - size[0], height - size[1]
    corner = tuple(int(part * (space + 1)) for part, space in zip(augmentation.corner, free, strict=True))
    matrix = placement(box, size, corner) @ np.vstack([linear, [0, 0, 1]])
    return matrix, (*corner, corner[0] + size[0], corner[1] + size[1])
