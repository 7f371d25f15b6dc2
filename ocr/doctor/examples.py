"""Examples of what was found: a few at random for each kind, and their pictures."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np

from ocr.geometry import clip_box, polygon_area, polygon_box
from ocr.parallel import map_in_order, num_cores
from ocr.prepare import Broken, read_or_broken

NUM_EXAMPLES = 4  # of a kind in a dataset
PICTURE_WIDTH, PICTURE_HEIGHT = 320, 160  # pixels, at most
MARGIN = 0.25  # around a region, of its box's shorter side
MIN_MARGIN = 12  # pixels
OUTLINE = (230, 40, 120)  # RGB
JPEG_QUALITY = 80


@dataclass(frozen=True, eq=False)
class Example:
    """One region or image to show.

    Attributes:
        image_path: path of the photograph.
        polygon: float32 (K, 2), pixels, or None for the whole image.
        text: the label, or None for an image by itself.
        where: file and line or key of the annotation, or the image.
        box: the region's box in words, '' where it is not known.
    """

    image_path: str
    polygon: np.ndarray | None
    text: str | None
    where: str
    box: str = ''


def example_of(region):
    """Example of a TextRegion or a Dropped."""
    polygon = getattr(region, 'polygon', None)
    where = getattr(region, 'where', region.image_path)
    return Example(region.image_path, polygon, region.text, where, _box_in_words(polygon))


def _box_in_words(polygon):
    """'120 x 40 px at 15,380', rounded; nothing for a whole image or an outline that is not finite."""
    if polygon is None or not len(polygon) or not np.isfinite(polygon).all():
        return ''
    x0, y0, x1, y1 = polygon_box(polygon)
    return f'{x1 - x0:.0f} x {y1 - y0:.0f} px at {x0:.0f},{y0:.0f}'


class Examples:
    """At most NUM_EXAMPLES of each kind, every one of a kind with the same probability (reservoir sampling)."""

    def __init__(self, seed):
        self._kept = {}
        self._seen = {}
        self._rng = random.Random(seed)

    def offer(self, kind, make, *arguments):
        """Perhaps keeps make(*arguments), an Example, which is made only then."""
        kept = self._kept.setdefault(kind, [])
        self._seen[kind] = seen = self._seen.get(kind, 0) + 1
        if len(kept) < NUM_EXAMPLES:
            kept.append(make(*arguments))
        elif (place := self._rng.randrange(seen)) < NUM_EXAMPLES:
            kept[place] = make(*arguments)

    def __getitem__(self, kind):
        """The Examples of a kind, [] if there was none."""
        return self._kept.get(kind, [])

    def __iter__(self):
        return (example for kept in self._kept.values() for example in kept)


def draw_pictures(examples, num_workers=0):
    """Pictures of Examples, each image decoded once: {Example: JPEG as bytes, None where the image cannot be read}."""
    ordered = sorted(examples, key=lambda example: example.image_path)
    groups = [list(group) for _, group in groupby(ordered, lambda example: example.image_path)]
    num_workers = num_workers or num_cores()
    with ThreadPoolExecutor(num_workers) as pool:
        drawn = map_in_order(_draw_group, groups, pool, 2 * num_workers)
        try:
            return {example: picture for pairs in drawn for example, picture in pairs}
        finally:
            pool.shutdown(cancel_futures=True)


def _draw_group(group):
    image = read_or_broken(group[0].image_path)
    if isinstance(image, Broken):
        return [(example, None) for example in group]
    return [(example, _draw(image, example.polygon)) for example in group]


def _draw(image, polygon):
    """JPEG of a region with its outline and a margin around, or of the whole image."""
    height, width = image.shape[:2]
    box = _surroundings(polygon, width, height) if polygon is not None else None
    x0, y0, x1, y1 = box or (0, 0, width, height)
    scale = min(PICTURE_WIDTH / (x1 - x0), PICTURE_HEIGHT / (y1 - y0), 4)
    size = [max(1, round(side * scale)) for side in (x1 - x0, y1 - y0)]
    crop = cv2.resize(image[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    if box and polygon_area(polygon) < 0.99 * width * height:
        corners = np.clip((np.asarray(polygon, np.float64) - (x0, y0)) * scale, -(2**14), 2**14)
        cv2.polylines(crop, [np.rint(corners).astype(np.int32)], True, OUTLINE, 1, cv2.LINE_AA)
    return cv2.imencode('.jpg', crop[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _surroundings(polygon, width, height):
    """A polygon's box with a margin, in whole pixels inside the image; None where nothing of it is inside."""
    if not len(polygon) or not np.isfinite(polygon).all():
        return None
    x0, y0, x1, y1 = polygon_box(polygon)
    margin = max(MARGIN * min(x1 - x0, y1 - y0), MIN_MARGIN)
    x0, y0, x1, y1 = clip_box((x0 - margin, y0 - margin, x1 + margin, y1 + margin), width, height)
    box = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
    return box if box[2] > box[0] and box[3] > box[1] else None
