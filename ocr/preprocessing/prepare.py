"""Region -> network input: what worker processes and threads run. Needs neither TensorFlow nor tensorpack."""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from ocr.geometry import homogeneous, polygon_box, strip_height, transform, whole_image
from ocr.preprocessing.augment import augmented_placement, draw_augmentation, region_outline
from ocr.preprocessing.decode import UnreadableImage, read_image
from ocr.preprocessing.photometric import apply_photometric
from ocr.preprocessing.warp import black_outside, canvas_shape, centred_placement, resize_into, warp_photograph


@dataclass(frozen=True, eq=False)
class Prepared:
    """A region as the network sees it.

    Attributes:
        canvas: uint8 (S, S, 3), RGB; (h, w, 3) with max(h, w) = S where it fits, see image.canvas_shape.
        normalized_bbox: float32 (4,), (top, left, height, width) of the text on the canvas, each divided by the
            canvas's own height or width.
        to_photograph: float64 (2, 3), canvas -> upright photograph (EXIF orientation applied), both in continuous
            pixels; (3, 3) where a training picture is seen in perspective.
    """

    canvas: np.ndarray
    normalized_bbox: np.ndarray
    to_photograph: np.ndarray


@dataclass(frozen=True)
class Broken:
    """A region whose photograph could not be read."""

    image_path: str
    reason: str  # a DropReason
    message: str


def place_region(image, polygon, canvas_side, augmentation=None, settings=None, fits=False):
    """Cut one region out of its photograph.

    Args:
        image: uint8 (H, W, 3), RGB, or an Excerpt.
        polygon: float (K, 2) in the photograph, or None for all of it.
        canvas_side: S, pixels.
        augmentation, settings: a draw and its AugmentSettings, or None for the placement of inference.
        fits: the canvas is as narrow as the text, see image.canvas_shape.

    Returns:
        Prepared.
    """
    if polygon is None:
        polygon = whole_image(image.shape[1], image.shape[0])
    outline = polygon
    if augmentation is None:
        matrix, box = centred_placement(polygon, canvas_side, fits)
    else:
        outline = region_outline(polygon, augmentation, image.shape[1], image.shape[0])
        matrix, box = augmented_placement(outline, canvas_side, augmentation, settings, fits)
    x0, y0, x1, y1 = box
    height, width = canvas_shape((x1 - x0, y1 - y0), canvas_side, fits)
    normalized_bbox = np.array([y0 / height, x0 / width, (y1 - y0) / height, (x1 - x0) / width], np.float32)
    if augmentation is None and np.array_equal(polygon, whole_image(image.shape[1], image.shape[0])):
        return Prepared(resize_into(image, box, height, width), normalized_bbox, _inverse(matrix))
    canvas, inside = warp_photograph(image, outline, matrix, height, width)
    if augmentation is not None:
        text, text_height = canvas[y0:y1, x0:x1], strip_height(transform(polygon, matrix))
        text[:] = apply_photometric(text, inside[y0:y1, x0:x1], text_height, augmentation.photometric)
    return Prepared(black_outside(canvas, inside), normalized_bbox, _inverse(matrix))


def stacked(prepared):
    """A batch of what was prepared alike: canvases uint8 (N, h, w, 3) and normalized_bboxes float32 (N, 4)."""
    return np.stack([one.canvas for one in prepared]), np.stack([one.normalized_bbox for one in prepared])


def _inverse(matrix):
    """The way back of an affine matrix (2, 3) or a homography (3, 3), float64 of the same shape."""
    return np.linalg.inv(homogeneous(matrix))[: len(matrix)]


def read_or_broken(image_path, scale=None):
    """What read_image gives, or a Broken that says why there is nothing."""
    try:
        return read_image(image_path, scale)
    except UnreadableImage as error:
        return Broken(image_path, error.reason, str(error))


@contextmanager
def naming(image_path):
    """What goes wrong inside the block is raised as a RuntimeError that names the photograph."""
    try:
        yield
    except Exception as error:
        raise RuntimeError(f'{image_path}: {type(error).__name__}: {error}') from error


class SamplePreparer:
    """(image, polygon, text, draw) -> [canvas uint8 (S, S, 3), label (T,), mask (T,), normalized_bbox (4,)].

    The random augmentation depends on (seed, draw) alone, so a batch does not depend on the number of workers.
    """

    def __init__(self, charset, *, canvas_side, seq_len, augment_settings, seed, fits=False):
        self.charset = charset
        self.canvas_side = canvas_side
        self.seq_len = seq_len
        self.augment_settings = augment_settings
        self.seed = seed
        self.fits = fits

    def __call__(self, image, polygon, text, draw):
        rng = np.random.default_rng([self.seed, draw])
        augmentation = draw_augmentation(rng, self.augment_settings)
        placed = place_region(image, polygon, self.canvas_side, augmentation, self.augment_settings, self.fits)
        return [placed.canvas, *self.charset.encode(text, self.seq_len), placed.normalized_bbox]


class TrainingPreparer:
    """Task (position, draw) -> what `prepare`, a SamplePreparer, makes of that region of an index, or a Broken.

    `crops`, a CropCache, is read instead of the photographs where there is one.
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


class MixedPreparer:
    """Task (number of the source, its task) -> what that source's preparer makes of it."""

    def __init__(self, prepares):
        self.prepares = prepares

    def __call__(self, task):
        source, task = task
        return self.prepares[source](task)


class InferencePreparer:
    """Regions of one photograph -> for each a Prepared or a Broken.

    The photograph is decoded once for all of them, smaller where that is enough; `read` gives it by its path and the
    scale, see read_image.
    """

    def __init__(self, canvas_side, fits=False, read=read_or_broken):
        self.canvas_side = canvas_side
        self.fits = fits
        self.read = read

    def __call__(self, regions):
        image = self.read(regions[0].image_path, partial(self._scale, regions))
        if isinstance(image, Broken):
            return [image] * len(regions)
        with naming(regions[0].image_path):
            return [place_region(image, region.polygon, self.canvas_side, fits=self.fits) for region in regions]

    def _scale(self, regions, width, height):
        """Longest that a pixel of a photograph gets on the canvases of its regions."""
        boxes = (polygon_box(whole_image(width, height) if one.polygon is None else one.polygon) for one in regions)
        return max(self.canvas_side / max(x1 - x0, y1 - y0, 1) for x0, y0, x1, y1 in boxes)
