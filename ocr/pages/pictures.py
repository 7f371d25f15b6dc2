"""Pictures of text regions for a page: each cut out of its photograph, with its outline drawn in."""

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import cv2
import numpy as np

from ocr.geometry import clip_box, polygon_area, polygon_box
from ocr.parallel import map_in_order, num_cores
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.unreadable import UnreadableImage

PICTURE_WIDTH, PICTURE_HEIGHT = 320, 160  # pixels, at most
MARGIN = 0.25  # around a region, of its box's shorter side
MIN_MARGIN = 12  # pixels
OUTLINE = (230, 40, 120)  # RGB
JPEG_QUALITY = 80


def draw_pictures(regions, num_workers=0, read=read_image):
    """Pictures of regions, each photograph decoded once.

    Args:
        regions: sequence of objects with an image_path and a polygon, float32 (K, 2) or None for the whole image.
        num_workers: threads; 0 is one for each core.
        read: function image_path -> uint8 (H, W, 3), RGB; raises UnreadableImage.

    Returns:
        list of JPEGs as bytes, in the order of the regions; None if the image cannot be read.
    """
    by_image = sorted(range(len(regions)), key=lambda i: regions[i].image_path)
    groups = [list(group) for _, group in groupby(by_image, lambda i: regions[i].image_path)]
    num_workers = num_workers or num_cores()
    pictures = [None] * len(regions)
    with ThreadPoolExecutor(num_workers) as pool:
        drawn = map_in_order(
            lambda group: _draw_group([regions[i] for i in group], read), groups, pool, 2 * num_workers
        )
        try:
            for group, of_group in zip(groups, drawn, strict=True):
                for i, picture in zip(group, of_group, strict=True):
                    pictures[i] = picture
        finally:
            pool.shutdown(cancel_futures=True)
    return pictures


def to_jpeg(image):
    """uint8 (H, W, 3), RGB, as JPEG in bytes."""
    return cv2.imencode('.jpg', image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _draw_group(group, read):
    try:
        image = read(group[0].image_path)
    except UnreadableImage:
        return [None] * len(group)
    return [_draw(image, region.polygon) for region in group]


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
    return to_jpeg(crop)


def _surroundings(polygon, width, height):
    """A polygon's box with a margin, in whole pixels inside the image; None if nothing of it is inside."""
    if not len(polygon) or not np.isfinite(polygon).all():
        return None
    x0, y0, x1, y1 = polygon_box(polygon)
    margin = max(MARGIN * min(x1 - x0, y1 - y0), MIN_MARGIN)
    x0, y0, x1, y1 = clip_box((x0 - margin, y0 - margin, x1 + margin, y1 + margin), width, height)
    box = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
    return box if box[2] > box[0] and box[3] > box[1] else None
