"""Which found regions are which labelled ones: the protocol of the ICDAR 2015 challenge 4.

Karatzas et al. 2015, ICDAR, "Competition on Robust Reading": a found region and a labelled one match if their
intersection is more than half of their union, one to one, in the order of the labels. A found region of which more
than half lies in one region that does not count is neither right nor wrong.
"""

from dataclasses import dataclass

import numpy as np
import shapely

MIN_OVERLAP = 0.5  # intersection over union; a match has more
COVERED = 0.5  # of a found region's area; more of it inside a region that does not count, and it does not count either


@dataclass(frozen=True)
class Matching:
    """What became of the regions of one photograph; all numbers are positions in the given lists.

    Attributes:
        pairs: tuple of (truth, found, intersection over union), in the order of the truths.
        missed: tuple of truths that count and were not found.
        false: tuple of found ones that match nothing.
        set_aside: tuple of found ones that do not count.
    """

    pairs: tuple
    missed: tuple
    false: tuple
    set_aside: tuple

    @property
    def num_truths(self):
        """Truths that count."""
        return len(self.pairs) + len(self.missed)

    @property
    def num_found(self):
        """Found regions that count."""
        return len(self.pairs) + len(self.false)


def match(truths, counts, found, min_overlap=MIN_OVERLAP):
    """Match the regions of one photograph.

    Args:
        truths: list of float (K, 2), the labelled polygons.
        counts: bool for each; False for one that nobody could read or that is to be ignored.
        found: list of float (K, 2).
        min_overlap: intersection over union that a match exceeds.

    Returns:
        Matching.
    """
    truth_shapes, found_shapes = _shapes(truths), _shapes(found)
    common = shapely.area(shapely.intersection(truth_shapes[:, None], found_shapes[None]))  # (truths, found)
    truth_area, found_area = shapely.area(truth_shapes)[:, None], shapely.area(found_shapes)[None]
    counts = np.asarray(counts, bool)
    inside = np.divide(common, found_area, out=np.zeros_like(common), where=found_area > 0)
    set_aside = (inside[~counts] > COVERED).any(axis=0)
    union = truth_area + found_area - common
    overlap = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    free, pairs = ~set_aside, []
    for truth in np.flatnonzero(counts):
        candidates = np.flatnonzero(free & (overlap[truth] > min_overlap))
        if len(candidates):
            free[candidates[0]] = False
            pairs.append((int(truth), int(candidates[0]), float(overlap[truth, candidates[0]])))
    matched = {truth for truth, _, _ in pairs}
    return Matching(
        pairs=tuple(pairs),
        missed=tuple(int(truth) for truth in np.flatnonzero(counts) if truth not in matched),
        false=tuple(np.flatnonzero(free).tolist()),
        set_aside=tuple(np.flatnonzero(set_aside).tolist()),
    )


def _shapes(polygons):
    """Array of shapely's polygons; an outline that crosses itself is what it covers, one without area is empty."""
    shapes = np.empty(len(polygons), object)
    for number, polygon in enumerate(polygons):
        points = np.asarray(polygon, np.float64)
        shape = shapely.Polygon(points) if len(points) >= 3 else shapely.Polygon()
        shapes[number] = shape if shape.is_valid else shapely.make_valid(shape)
    return shapes
