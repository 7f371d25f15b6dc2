"""Test-time augmentation: uncertain regions are read in several views, tall ones also turned by 90 degrees.

Slanted regions are turned level first.

Right readings have higher confidences than wrong ones, and views that read the same text strengthen each other. Each
view costs the time of a reading, and is read only of regions that the views before it left uncertain.
"""

import dataclasses
from collections import Counter, defaultdict

import numpy as np

from ocr.reading.predictor import WrappedPredictor
from ocr.reading.region_views import RegionViews
from ocr.reading.views import LARGER, TURNS, UNCHANGED, View, is_tall, other_views

# Power of a reading's confidence that counts for its text: with 1 several poor readings outvote a good one. 2, 3 and 4
# read drawn text alike; the higher, the less agreement counts.
SUPPORT_POWER = 2
# Support by which a text must lead for the views that are left not to be read: one reading of a confidence of 0.64 or
# two of 0.45. Of 2,478 drawn samples two fewer are right for it.
SETTLED = 0.4


class AugmentedPredictor(WrappedPredictor):
    """A Predictor that reads regions in several views until one text leads.

    If one of the views is on a larger canvas, canvases are to be prepared as large as that, and are made smaller for
    the others.
    """

    def __init__(self, predictor, num_views=1, rotate=False, settled=SETTLED):
        """
        Args:
            predictor: Predictor.
            num_views: views that are read of a region at most, the canvas as it is counted: 1 to MAX_VIEWS.
            rotate: have slanted regions prepared level; show tall ones turned to either side too, in the other views
                if a text read there leads.
            settled: lead of support at which no more are read.
        """
        identity = {'tta': num_views} if num_views > 1 else {}
        super().__init__(predictor, identity | ({'rotate': True} if rotate else {}))
        self._predictor = predictor
        self._others = other_views(predictor.canvas)[: num_views - 1]
        self._usual = predictor.canvas if any(view.larger for view in self._others) else None
        if self._usual:
            self.canvas = self._usual.times(LARGER)
        self.canvas = dataclasses.replace(self.canvas, levels=rotate)
        self._rotate = rotate
        self._lead = settled

    def read(self, canvases, normalized_bboxes=None, **options):
        """Read a batch; arguments and results as of Predictor.read.

        The text that the views together support most is taken, see `most_supported`. Its attention lies on the canvas
        as it was given.
        """
        canvases = np.asarray(canvases)
        bboxes = [None] * len(canvases) if normalized_bboxes is None else normalized_bboxes
        regions = [RegionViews(*region, self._usual) for region in zip(canvases, bboxes, strict=True)]
        views = [[] for _ in canvases]
        readings = [[] for _ in canvases]

        def read_more(shown):
            """Read (row, view) pairs; whether there are any."""
            for row, view, reading in self._read_shown(shown, regions, options):
                views[row].append(view)
                readings[row].append(reading)
            return bool(shown)

        def unsettled():
            """Pairs (row, how the text that leads was turned)."""
            kept = ((row, most_supported(of_row)) for row, of_row in enumerate(readings))
            return [(row, views[row][number].turn) for row, number in kept if not is_settled(readings[row], self._lead)]

        read_more([(row, UNCHANGED) for row in range(len(canvases))])
        for view in self._others:
            if not read_more([(row, view) for row, _ in unsettled()]):
                break
        if self._rotate:
            tall = is_tall(canvases.shape, normalized_bboxes)
            read_more([(row, View(turn=turn)) for row, _ in unsettled() if tall[row] for turn in TURNS])
            for view in self._others:
                if not read_more([(row, view._replace(turn=turn)) for row, turn in unsettled() if turn]):
                    break
        kept = map(most_supported, readings)
        return [
            region.on_given(of_region[number], read[number])
            for region, of_region, read, number in zip(regions, views, readings, kept, strict=True)
        ]

    def _read_shown(self, shown, regions, options):
        """Yield (row, view, ReadText) of (row, view) pairs; canvases of one shape are read together."""
        by_shape = defaultdict(list)
        for row, view in shown:
            canvas, bbox = regions[row].show(view)
            by_shape[canvas.shape].append((row, view, canvas, bbox))
        for of_shape in by_shape.values():
            rows, of_rows, seen, boxes = zip(*of_shape, strict=True)
            moved = None if boxes[0] is None else np.stack(boxes)
            yield from zip(rows, of_rows, self._predictor.read(np.stack(seen), moved, **options), strict=True)


def augmented(predictor, num_views=1, rotate=False):
    """AugmentedPredictor around a predictor, or itself if it would read one view."""
    return AugmentedPredictor(predictor, num_views, rotate) if num_views > 1 or rotate else predictor


def is_settled(readings, lead=SETTLED):
    """Whether a region need not be read in more views: a text that no lexicon lacks leads by so much support."""
    kept = readings[most_supported(readings)]
    support = _support(readings)
    return kept.in_lexicon != 'no' and support.pop(kept.text) - max(support.values(), default=0) >= lead


def most_supported(readings):
    """Number of the ReadText to keep, of several of one region: the most confident of the text with the most support.

    Support of a text is the sum of its readings' confidences, each to the power of SUPPORT_POWER; words of a lexicon go
    before others, and if all is equal the earlier reading is taken.
    """
    support = _support(readings)

    def rank(number):
        reading = readings[number]
        return reading.in_lexicon != 'no', support[reading.text], reading.confidence

    return max(range(len(readings)), key=rank)


def _support(readings):
    """{text: sum of its readings' confidences, each to the power of SUPPORT_POWER}."""
    support = Counter()
    for reading in readings:
        support[reading.text] += reading.confidence**SUPPORT_POWER
    return support
