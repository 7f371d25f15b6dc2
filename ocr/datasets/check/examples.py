"""Examples of what was found: a few at random for each kind."""

import random
from dataclasses import dataclass

import numpy as np

from ocr.geometry import polygon_box

NUM_EXAMPLES = 4  # of a kind in a dataset


@dataclass(frozen=True, eq=False)
class Example:
    """One region or image to show.

    Attributes:
        image_path: path of the photograph.
        polygon: float32 (K, 2), pixels, or None for the whole image.
        text: the label, or None for an image by itself.
        where: file and line or key of the annotation, or the image.
        box: the region's box in words, '' if it is not known.
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
