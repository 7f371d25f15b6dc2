"""Readings as columns of numbers: what every statistic of the error report is of."""

from dataclasses import dataclass

import numpy as np

from ocr.evaluation.scores import Reading
from ocr.metrics import normalized_edit_similarity, rctw_normalize, same_text, same_text_any_case


@dataclass(frozen=True, eq=False)
class Measurement:
    """Readings, n of them, and how right each is.

    Attributes:
        readings: list of report.Reading.
        right: bool (n,), the text read is the true one, character for character.
        right_any_case: bool (n,), it is but for letter case.
        right_letters: bool (n,), all letters and digits are right in any case, see metrics.rctw_normalize.
        similarity: float (n,), 1 - normalised edit distance, 0..1.
        confidence: float (n,), 0..1, of the whole text.
        within_reach: bool (n,), the model can write the true text: not too long, no character outside its charset.
    """

    readings: list[Reading]
    right: np.ndarray
    right_any_case: np.ndarray
    right_letters: np.ndarray
    similarity: np.ndarray
    confidence: np.ndarray
    within_reach: np.ndarray

    def __len__(self):
        return len(self.readings)


def measure(readings, charset, num_steps):
    """Measurement of a list of Reading.

    Args:
        readings: list of report.Reading.
        charset: Charset that the model writes with.
        num_steps: T, or None where it is not known.
    """

    def column(value, dtype):
        return np.fromiter((value(one) for one in readings), dtype, len(readings))

    def is_within_reach(one):
        return not charset.unknown(one.truth) and not (num_steps is not None and len(one.truth) >= num_steps)

    return Measurement(
        readings,
        right=column(lambda one: same_text(one.text, one.truth), bool),
        right_any_case=column(lambda one: same_text_any_case(one.text, one.truth), bool),
        right_letters=column(lambda one: one.text == one.truth or _same_letters(one.text, one.truth), bool),
        similarity=column(lambda one: normalized_edit_similarity(one.text, one.truth), float),
        confidence=column(lambda one: one.confidence, float),
        within_reach=column(is_within_reach, bool),
    )


def _same_letters(text, truth):
    return rctw_normalize(text) == rctw_normalize(truth)
