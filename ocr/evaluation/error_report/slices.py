"""Scores of parts of the readings, by length, height, orientation, dataset and rarity, each held against the others."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from ocr.evaluation.scores import Score, mean_score
from ocr.pages.bins import LENGTHS, OCCURRENCES, THICKNESSES
from ocr.region_shape import HORIZONTAL, ROTATED, SQUARE, VERTICAL, is_bent, orientation, reading_extent

MIN_REGIONS = 20  # of fewer nothing is concluded
CURVED = 'curved'
WHOLE_IMAGE = 'whole image'  # of which no outline is known
ORIENTATIONS = (HORIZONTAL, SQUARE, ROTATED, VERTICAL, CURVED, WHOLE_IMAGE)
HEIGHTS = (*THICKNESSES.names, WHOLE_IMAGE)
OUTSIDE = 'outside the charset'
RARITIES = (OUTSIDE, *OCCURRENCES.names)


@dataclass(frozen=True)
class Slice:
    """The regions that have something in common.

    Attributes:
        name: what they have in common.
        accuracy: Score, word accuracy.
        similarity: Score, 1-N.E.D.
        rest: Score, word accuracy of all other regions.
    """

    name: str
    accuracy: Score
    similarity: Score
    rest: Score

    @property
    def num_regions(self):
        """How many they are."""
        return self.accuracy.num_scored

    @property
    def is_small(self):
        """Whether there are too few, of these or of the others, to conclude anything."""
        return min(self.num_regions, self.rest.num_scored) < MIN_REGIONS

    @property
    def is_worse(self):
        """Whether they are read worse than the others: the two intervals of the word accuracy do not overlap."""
        return not self.is_small and self.accuracy.high < self.rest.low


def cut(names, order, right, similarity):
    """Slices of regions by name.

    Args:
        names: sequence of n names, one per region.
        order: names in the order wanted; those that no region has give no slice.
        right: bool (n,).
        similarity: float (n,), 0..1.

    Returns:
        list of Slice.
    """
    numbers = {name: number for number, name in enumerate(order)}
    codes = np.fromiter((numbers[name] for name in names), np.int64, len(names))
    found = []
    for name, number in numbers.items():
        inside = codes == number
        if inside.any():
            scores = right[inside], similarity[inside], right[~inside]
            found.append(Slice(name, *map(mean_score, scores)))
    return found


def length_of(reading):
    """Name of the interval of LENGTHS that the true text's length in characters lies in."""
    return LENGTHS(len(reading.truth))


def height_of(reading):
    """Name of the interval of THICKNESSES that the height of the text, across it, lies in; of HEIGHTS."""
    return WHOLE_IMAGE if reading.polygon is None else THICKNESSES(reading_extent(reading.polygon)[1])


def orientation_of(reading):
    """How the text lies, by its outline: one of ORIENTATIONS."""
    if reading.polygon is None:
        return WHOLE_IMAGE
    if is_bent(reading.polygon):
        return CURVED
    return orientation(reading.polygon)


def rarities(readings, charset):
    """For each reading the name, of RARITIES, of how often the rarest character of its truth occurs in all truths.

    Args:
        readings: list of Reading.
        charset: Charset; truths with a character that it lacks are OUTSIDE.
    """
    counts = Counter()
    for one in readings:
        counts.update(one.truth)
    return [
        OUTSIDE
        if charset.unknown(one.truth)
        else OCCURRENCES(min((counts[character] for character in one.truth), default=0))
        for one in readings
    ]
