"""Which regions of a label file are fit for use, by their polygons and the headers of their images."""

import json
import logging
import os

import numpy as np

from ocr.charset import normalize
from ocr.datasets.counts import KEPT
from ocr.geometry import whole_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.region import MIN_SIZE, Dropped, TextRegion, judge_polygon

BLAMED_IMAGES = 5  # images at fault that are logged one by one

logger = logging.getLogger(__name__)


def region_lines(regions, min_size, counts, progress, look=upright_size):
    """Yields the index's line, bytes, of each region that is fit for use.

    Args:
        regions: iterable of TextRegion | Dropped.
        min_size: see build_index.
        counts: {KEPT or a DropReason: number}, counted up.
        progress: called with 1 after every region.
        look: function image path -> (width, height), as upright_size.
    """
    for region, reason in judged(regions, min_size, look=look):
        counts[reason or KEPT] = counts.get(reason or KEPT, 0) + 1
        if reason is None:
            yield _to_line(region)
        progress(1)


class ImageSizes:
    """Sizes of images; the first few that cannot be read are logged.

    Args:
        look: function of an image's path, as `upright_size`.
        num_blamed: how many are logged one by one.
    """

    def __init__(self, look=upright_size, num_blamed=BLAMED_IMAGES):
        self._look = look
        self._left = num_blamed

    def of(self, image_path):
        """((width, height), None) of an image, or (None, DropReason) of one that cannot be read."""
        try:
            return self._look(image_path), None
        except UnreadableImage as error:
            if self._left > 0:
                self._left -= 1
                more = '' if self._left else ' (more follow unnamed)'
                logger.warning('%s: %s%s', image_path, error.reason, more)
            return None, error.reason


def judged(regions, min_size=MIN_SIZE, blamed_images=BLAMED_IMAGES, look=upright_size):
    """Yields (TextRegion | Dropped, DropReason | None); opens an image once for a run of regions that share it.

    Args:
        regions: iterable of TextRegion | Dropped, as `read_dataset` yields them.
        min_size: see build_index.
        blamed_images: images at fault that are logged one by one.
        look: function of an image's path, as `upright_size`.
    """
    image_path, sizes = None, ImageSizes(look, blamed_images)
    for region in regions:
        if isinstance(region, Dropped):
            yield region, region.reason
            continue
        if region.image_path != image_path:
            image_path = region.image_path
            size, fault = sizes.of(image_path)
        if fault:
            yield region, fault
            continue
        if region.polygon is None:
            region = TextRegion(region.image_path, whole_image(*size), region.text, region.dataset)
        yield region, judge_polygon(region.polygon, *size, min_size)


def _to_line(region):
    """The index line of a TextRegion, bytes."""
    record = {
        'image': os.path.abspath(region.image_path),
        'text': normalize(region.text),
        'polygon': rounded(region.polygon),
        'dataset': region.dataset,
    }
    return (json.dumps(record, ensure_ascii=False) + '\n').encode('utf-8', 'surrogatepass')


def rounded(polygon):
    """Polygon as nested lists: whole numbers as int, others as float with two decimals."""
    rows = np.round(polygon.astype(np.float64), 2).tolist()
    return [[int(value) if value.is_integer() else value for value in row] for row in rows]
