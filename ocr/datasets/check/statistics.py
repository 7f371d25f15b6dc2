"""What is counted of a dataset's regions, in memory that grows with the alphabet only."""

from collections import Counter

from ocr.datasets.check.scripts import OTHERS, scripts_of
from ocr.datasets.selection import judge_label
from ocr.pages.bins import Bins
from ocr.region import DropReason
from ocr.region_shape import orientation, reading_extent, width_to_height

CURVED = 'more than 4 points'
MIXED = 'more than one script'


RATIOS = Bins(
    (0, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16),
    ('under 1:8', '1:8 to 1:4', '1:4 to 1:2', '1:2 to 1', '1 to 2', '2 to 4', '4 to 8', '8 to 16', '16 and more'),
)


class Statistics:
    """Counts over the legible regions of a dataset.

    Attributes:
        num_regions: int.
        lengths: Counter of texts by characters.
        thicknesses: Counter of regions by whole pixels across the text.
        ratios, orientations, scripts: Counters of regions by name; a region counts for each of its scripts.
        characters: Counter of occurrences.
        outside: Counter of occurrences of characters that the charset lacks.
        outside_regions: Counter of the regions left out for such a character; outside_alone: for this one alone.
        outside_text: {character: a text that has it}.
    """

    def __init__(self):
        self.num_regions = 0
        self.lengths, self.thicknesses = Counter(), Counter()
        self.ratios, self.orientations, self.scripts = Counter(), Counter(), Counter()
        self.characters, self.outside = Counter(), Counter()
        self.outside_regions, self.outside_alone = Counter(), Counter()
        self.outside_text = {}

    def add(self, region, charset, seq_len):
        """Counts a TextRegion; returns the DropReason of its text, or None."""
        reason = judge_label(region.text, charset, seq_len)
        self.num_regions += 1
        self.lengths[len(region.text)] += 1
        self.characters.update(region.text)
        self._add_scripts(region.text)
        self._add_shape(region.polygon)
        self._add_outside(region.text, charset.unknown(region.text), reason)
        return reason

    def _add_scripts(self, text):
        scripts = scripts_of(text)
        self.scripts.update(scripts)
        self.scripts[MIXED] += len(scripts.difference(OTHERS)) > 1

    def _add_shape(self, polygon):
        self.thicknesses[int(reading_extent(polygon)[1])] += 1
        self.ratios[RATIOS(width_to_height(polygon))] += 1
        self.orientations[orientation(polygon)] += 1
        self.orientations[CURVED] += len(polygon) > 4

    def _add_outside(self, text, unknown, reason):
        for character in unknown:
            self.outside[character] += text.count(character)
            self.outside_text.setdefault(character, text)
            if reason == DropReason.UNKNOWN_CHARACTER:
                self.outside_regions[character] += 1
                self.outside_alone[character] += len(unknown) == 1


def quantile(counter, share):
    """The smallest value that at least a share 0..1 of a Counter's items do not exceed; None of nothing."""
    total, seen = counter.total(), 0
    for value in sorted(counter):
        seen += counter[value]
        if seen >= share * total:
            return value
    return None
