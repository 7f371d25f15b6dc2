"""Regions -> training samples, augmented; what worker processes run. Needs neither TensorFlow nor tensorpack."""

import numpy as np

from ocr.geometry import strip_height, transform, whole_image
from ocr.preprocessing.augment import augmented_placement, draw_augmentation, region_outline
from ocr.preprocessing.photometric import apply_photometric
from ocr.preprocessing.prepare import Broken, as_prepared, naming, read_or_broken
from ocr.preprocessing.warp import black_outside, warp_photograph


def place_augmented(image, polygon, canvas, augmentation, settings):
    """Cut one region out of its photograph as an augmentation says.

    Args:
        image: uint8 (H, W, 3), RGB, or an Excerpt.
        polygon: float (K, 2) in the photograph, or None for all of it.
        canvas: Canvas that the region gets.
        augmentation, settings: a draw, and the AugmentSettings that it was drawn with.

    Returns:
        Prepared.
    """
    width, height = image.shape[1], image.shape[0]
    polygon = whole_image(width, height) if polygon is None else polygon
    outline = region_outline(polygon, augmentation, width, height)
    matrix, (x0, y0, x1, y1), shape = augmented_placement(outline, canvas, augmentation, settings)
    pixels, inside = warp_photograph(image, outline, matrix, *shape)
    text, text_height = pixels[y0:y1, x0:x1], strip_height(transform(polygon, matrix))
    text[:] = apply_photometric(text, inside[y0:y1, x0:x1], text_height, augmentation.photometric)
    return as_prepared(black_outside(pixels, inside), (x0, y0, x1, y1), matrix)


class SamplePreparer:
    """(image, polygon, text, draw) -> [canvas uint8 (S, S, 3), label (T,), mask (T,), normalized_bbox (4,)].

    The random augmentation depends on (seed, draw) alone, so a batch does not depend on the number of workers.
    """

    def __init__(self, charset, *, canvas, seq_len, augment_settings, seed):
        self.charset = charset
        self.canvas = canvas
        self.seq_len = seq_len
        self.augment_settings = augment_settings
        self.seed = seed

    def __call__(self, image, polygon, text, draw):
        rng = np.random.default_rng([self.seed, draw])
        augmentation = draw_augmentation(rng, self.augment_settings)
        placed = place_augmented(image, polygon, self.canvas, augmentation, self.augment_settings)
        return [placed.canvas, *self.charset.encode(text, self.seq_len), placed.normalized_bbox]


class TrainingPreparer:
    """Task (position, draw) -> what `prepare`, a SamplePreparer, makes of that region of an index, or a Broken.

    `crops`, a CropCache, is read instead of the photographs if there is one.
    """

    def __init__(self, index, prepare, crops=None):
        self.index = index
        self.prepare = prepare
        self.crops = crops

    def __call__(self, task):
        position, draw = task
        region = self.index[position]
        image = self.crops and self.crops.read(position)
        if image is None:
            image = read_or_broken(region.image_path)
        if isinstance(image, Broken):
            return image
        with naming(region.image_path):
            return self.prepare(image, region.polygon, region.text, draw)


class NumberedPreparer:
    """Task (number, its task) -> (number, what a preparer makes of it)."""

    def __init__(self, prepare):
        self.prepare = prepare

    def __call__(self, task):
        number, task = task
        return number, self.prepare(task)


class MixedPreparer:
    """Task (number of the source, its task) -> what that source's preparer makes of it."""

    def __init__(self, prepares):
        self.prepares = prepares

    def __call__(self, task):
        source, task = task
        return self.prepares[source](task)
