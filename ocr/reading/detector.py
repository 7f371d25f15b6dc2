"""Where text is in photographs of any size, by the maps of a network."""

import itertools
import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from ocr.preprocessing.working_size import LONGER, shrink
from ocr.reading.text_outlines import find_regions

TILE, MARGIN = 1536, 96  # side of what is looked at at once, and what of its edges is not trusted, pixels
LEAST = 32  # pixels, side of the smallest picture that the network is given


@dataclass(frozen=True)
class FoundText:
    """What was found in a photograph.

    Attributes:
        regions: list of text_outlines.FoundRegion in photograph coordinates.
        left_out: Counter of what was no region, by text_outlines.LeftOut.
    """

    regions: list
    left_out: Counter


class Detector:
    """Finds text in photographs. What runs the network is a subclass: graph_detector, onnx_detector.

    Attributes:
        settings: dict, the Config that the network was frozen with.
        fingerprint: text that changes with the model.
        where: what messages call the model.
    """

    def __init__(self, *, settings, fingerprint, where='the model', longer=LONGER, **options):
        """
        Args:
            settings, fingerprint, where: see above.
            longer: pixels to which the longer side of larger photographs is shrunk.
            options: as of text_outlines.find_outlines.
        """
        self.settings = settings
        self.fingerprint = fingerprint
        self.where = where
        self.longer = longer
        self.options = options

    def find(self, image, size=None):
        """Text in a photograph: FoundText.

        Args:
            image: uint8 (H, W, 3), RGB.
            size: (width, height) of the photograph if `image` is a smaller copy.
        """
        height, width = image.shape[:2]
        return FoundText(*find_regions(self.probability(image), size or (width, height), **self.options))

    def probability(self, image):
        """Probability of text in a photograph uint8 (H, W, 3), as large as it is looked at: float32 (h, w)."""
        return probability_map(self.run, shrink(image, self.longer))

    def run(self, pictures):
        """Probability maps float32 (N, H, W) of pictures uint8 (N, H, W, 3), RGB."""
        raise NotImplementedError


def probability_map(run, image, tile=TILE, margin=MARGIN):
    """Probability of text of a picture of any size, in tiles that overlap if it is larger than one.

    Memory is that of one tile and of the map. Each tile is trusted but for a margin where it meets others.

    Args:
        run: function uint8 (1, h, w, 3) -> float32 (1, h, w).
        image: uint8 (H, W, 3), RGB.
        tile: side of a tile, pixels.
        margin: pixels of its edges.

    Returns:
        float32 (H, W).
    """
    height, width = image.shape[:2]
    if min(height, width) < LEAST:  # black around it, as the network pads
        padded = np.zeros((max(height, LEAST), max(width, LEAST), 3), np.uint8)
        padded[:height, :width] = image
        return probability_map(run, padded, tile, margin)[:height, :width]
    result = np.zeros((height, width), np.float32)
    for top, y0, y1 in _spans(height, tile, margin):
        for left, x0, x1 in _spans(width, tile, margin):
            part = run(image[None, top : top + tile, left : left + tile])[0]
            result[y0:y1, x0:x1] = part[y0 - top : y1 - top, x0 - left : x1 - left]
    return result


def _spans(side, tile, margin):
    """[(start of a tile, start and end of what is taken of it)], which together cover a side."""
    if side <= tile:
        return [(0, 0, side)]
    number = math.ceil((side - 2 * margin) / (tile - 2 * margin))
    starts = [round(n * (side - tile) / (number - 1)) for n in range(number)]
    cuts = [0, *(round((one + tile + other) / 2) for one, other in itertools.pairwise(starts)), side]
    return [(start, *span) for start, span in zip(starts, itertools.pairwise(cuts), strict=True)]
