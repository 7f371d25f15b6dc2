"""Which regions deserve a look: those read worst, and those whose label is probably wrong."""

from dataclasses import dataclass

import numpy as np

from ocr.evaluation.scores import Score, mean_score, worst_first

_DECIMALS = 4  # of confidences as they are written: a mean of equal ones is to be no larger than they


@dataclass(frozen=True, eq=False)
class Suspects:
    """Readings that are probably right against their label.

    Attributes:
        threshold: the mean confidence of the right readings, above which a wrong one is suspicious; nan without one.
        positions: int64 (m,), of the readings, the most confident first.
        accuracy: Score, word accuracy of all readings as confident; rest: of the others.
        num_case_only: wrong readings as confident that differ from the label only in letter case; not among them.
    """

    threshold: float
    positions: np.ndarray
    accuracy: Score
    rest: Score
    num_case_only: int

    @property
    def are_telling(self):
        """Whether so confident a reading is right more often than the others: the intervals do not overlap."""
        return bool(len(self.positions)) and self.accuracy.low > self.rest.high


def worst(measurement):
    """Positions of the wrong readings, int64 (m,), the worst first as regions.csv has them."""
    order = worst_first(measurement.similarity, measurement.confidence)
    return order[~measurement.right[order]]


def suspects(measurement):
    """Suspects: wrong readings at least as confident as the correct ones are on average.

    That is confident learning's threshold (Northcutt et al. 2021, arXiv:1911.00068, eq. 2), with all texts for one
    class. Texts that the model cannot write are left out: why those are wrong is known.
    """
    confidence = measurement.confidence
    right = confidence[measurement.right]
    threshold = round(float(right.mean()), _DECIMALS) if len(right) else float('nan')
    confident = confidence >= threshold
    wrong = ~measurement.right & measurement.within_reach & confident
    (found,) = np.nonzero(wrong & ~measurement.right_any_case)
    order = np.argsort(-confidence[found], kind='stable')
    return Suspects(
        threshold,
        found[order],
        accuracy=mean_score(measurement.right[confident]),
        rest=mean_score(measurement.right[~confident]),
        num_case_only=int((wrong & measurement.right_any_case).sum()),
    )
