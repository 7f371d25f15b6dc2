"""What confidences are worth: reliability diagram, expected calibration error, and what a threshold would keep."""

from dataclasses import dataclass

import numpy as np

from ocr.evaluation.scores import Score, mean_score
from ocr.metrics import wrong_characters

NUM_BINS = 10
SHARES = (1.0, 0.9, 0.75, 0.5, 0.25, 0.1)  # of the readings, the most confident ones
_STEP = 1000  # confidences are rounded to 1 / _STEP for the interval of their mean error, which takes time for each


@dataclass(frozen=True)
class Bin:
    """What was said with about the same confidence.

    Attributes:
        low, high: the confidences in it, 0..1; high itself belongs to the next, but in the last.
        confidence: their mean.
        accuracy: Score, the share that is right.
    """

    low: float
    high: float
    confidence: float
    accuracy: Score


@dataclass(frozen=True)
class Calibration:
    """How confidences agree with what is right.

    Attributes:
        bins: list of Bin, none empty.
        error: ECE, 0..1: mean over all of the distance between a bin's confidence and its accuracy (Guo et al. 2017,
            arXiv:1706.04599, eq. 3).
        excess: Score in -1..1, the mean of confidence minus right (1 or 0): above 0 is too confident.
    """

    bins: list[Bin]
    error: float
    excess: Score

    @property
    def num_scored(self):
        """What was said in all."""
        return self.excess.num_scored


@dataclass(frozen=True)
class Kept:
    """The readings at least as confident as a threshold.

    Attributes:
        threshold: confidence, 0..1.
        share: of all readings, 0..1.
        accuracy: Score.
    """

    threshold: float
    share: float
    accuracy: Score


def calibrate(confidence, right, num_bins=NUM_BINS):
    """Calibration.

    Args:
        confidence: float (n,), 0..1.
        right: bool (n,).
        num_bins: intervals of equal width that 0..1 is cut into.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, bool)
    places = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    bins = []
    for place in np.unique(places):
        inside = places == place
        ends = place / num_bins, (place + 1) / num_bins
        bins.append(Bin(*map(float, ends), float(confidence[inside].mean()), mean_score(right[inside])))
    distances = [one.accuracy.num_scored * abs(one.confidence - one.accuracy.value) for one in bins]
    error = sum(distances) / len(confidence) if len(confidence) else float('nan')
    return Calibration(bins, error, mean_score(np.rint(_STEP * (confidence - right)) / _STEP))


def calibrate_characters(readings):
    """Calibration of single characters: those read, in an alignment with the truth.

    Args:
        readings: list of report.Reading; those without char_confidences do not count.
    """
    confidences, right = [], []
    for one in readings:
        wrong, _ = wrong_characters(one.text, one.truth)
        confidences += one.char_confidences
        right += [i not in wrong for i in range(len(one.char_confidences))]
    return calibrate(confidences, right)


def thresholds(confidence, right, shares=SHARES):
    """What is kept of the readings where the least confident ones are refused: a list of Kept.

    Args:
        confidence: float (n,).
        right: bool (n,).
        shares: of the readings to keep, 0..1; all that are as confident as the last of them stay too.
    """
    if not len(confidence):
        return []
    confidence, right = np.asarray(confidence, float), np.asarray(right, bool)
    descending = np.sort(confidence)[::-1]
    found = {}
    for share in shares:
        threshold = float(descending[max(int(np.ceil(share * len(confidence))), 1) - 1])
        kept = confidence >= threshold
        found[threshold] = Kept(threshold, float(kept.mean()), mean_score(right[kept]))
    return list(found.values())
