"""Crops of photographs as training samples of a detector: what worker processes run."""

import numpy as np

from ocr.preprocessing.photograph_crop import crop_photograph, draw_crop
from ocr.preprocessing.prepare import Broken, naming, read_or_broken
from ocr.region import MIN_SIZE
from ocr.training.detection_targets import draw_targets

CROPS = 4  # of a photograph, one after the other, so that it is decoded or drawn once for all of them


class CropPreparer:
    """(image, polygons, counts, draw) -> [crop uint8 (S, S, 3), target maps uint8 (S, S, 4)].

    The crop depends on (seed, draw) alone, so a batch does not depend on the number of workers.
    """

    def __init__(self, *, side, augment_settings, seed, min_size=MIN_SIZE):
        """
        Args:
            side: S, pixels.
            augment_settings: AugmentSettings.
            seed: int.
            min_size: pixels; text lower than that on the crop does not count.
        """
        self.side = side
        self.augment_settings = augment_settings
        self.seed = seed
        self.min_size = min_size

    def __call__(self, image, polygons, counts, draw):
        rng = np.random.default_rng([self.seed, draw])
        crop, placed = crop_photograph(image, polygons, counts, draw_crop(rng, self.augment_settings), self.side)
        return [crop, draw_targets(placed, counts, self.side, self.side, self.min_size)]


class _KeepsLast:
    """Keeps what was read or drawn last for the tasks that come running; not sent to worker processes."""

    def __init__(self):
        self._last = None, None

    def kept(self, key, make):
        """What `make()` gave the last time for this key."""
        if self._last[0] != key:
            self._last = key, make()
        return self._last[1]

    def __getstate__(self):
        return {**self.__dict__, '_last': (None, None)}


class PhotographPreparer(_KeepsLast):
    """Task (position, draw) -> what `prepare`, a CropPreparer, makes of that photograph of an index, or a Broken."""

    def __init__(self, index, prepare):
        super().__init__()
        self.index = index
        self.prepare = prepare

    def __call__(self, task):
        position, draw = task
        photograph = self.index[position]
        image = self.kept(position, lambda: read_or_broken(photograph.image_path))
        if isinstance(image, Broken):
            return image
        with naming(photograph.image_path):
            polygons, counts = placed_text(photograph.regions)
            return self.prepare(image, polygons, counts, draw)


def placed_text(regions):
    """Polygons of regions, and for each whether it is to be found."""
    return [region.polygon for region in regions], [region.counts for region in regions]
