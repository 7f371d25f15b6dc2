"""How well text is found in photographs, and found and read: precision, recall, H-mean, 1-N.E.D.

Detection follows the ICDAR 2015 protocol, see evaluation.matching. End to end, a pair counts only with its exact text
(the same competition, task 4.4). 1-N.E.D. is that of ICDAR 2019 LSVT and ReCTS (Sun et al. 2019, arXiv:1909.07741,
section 3; Zhang et al. 2019, arXiv:1912.09641, task 4): the mean of 1 - edit distance / longer text over all pairs, and
over what was missed or invented, which is paired with an empty text.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ocr.evaluation.matching import Matching, match
from ocr.evaluation.scores import Score
from ocr.metrics import normalized_edit_similarity, same_text, same_text_any_case

DETECTION = {'precision': 'precision', 'recall': 'recall', 'h_mean': 'H-mean'}
END_TO_END = {
    'end_to_end': 'H-mean of exact texts',
    'end_to_end_any_case': 'H-mean of texts, any case',
    'ned': '1-N.E.D. over pairs, missed and false',
}
NUM_RESAMPLES = 1000
_COUNTED = ('matched', 'truths', 'found', 'exact', 'any_case', 'similarity', 'compared')


@dataclass(frozen=True)
class Truth:
    """A labelled region: polygon float32 (K, 2), its text, and whether it counts."""

    polygon: np.ndarray
    text: str = ''
    counts: bool = True


@dataclass(frozen=True)
class Found:
    """A found region: polygon float32 (K, 2), how sure the detector is, and what was read; text None: was not read."""

    polygon: np.ndarray
    confidence: float = 1.0
    text: str | None = None
    text_confidence: float = 0.0


@dataclass(frozen=True)
class ScoredPhotograph:
    """A photograph with its labelled and found regions, and which are which.

    Attributes:
        image: path of the photograph.
        dataset: name of the dataset.
        truths, found: tuples of Truth and Found.
        matching: Matching of them.
        left_out: Counter of what the detector left out, by reason.
    """

    image: str
    dataset: str
    truths: tuple
    found: tuple
    matching: Matching
    left_out: Counter = field(default_factory=Counter)


def judge_photograph(image, dataset, truths, found, left_out=None):
    """ScoredPhotograph of labelled and found regions, sequences of Truth and Found or of what has the same attributes.

    Those are a photograph's LabelledRegion and, if nothing was read, a detector's FoundRegion.
    """
    polygons = [truth.polygon for truth in truths]
    matching = match(polygons, [truth.counts for truth in truths], [one.polygon for one in found])
    return ScoredPhotograph(image, dataset, tuple(truths), tuple(found), matching, Counter(left_out or {}))


def score_photographs(photographs, read=False, seed=0):
    """Metric -> Score over photographs together, a key of DETECTION or, if texts were read, END_TO_END.

    The interval is a percentile bootstrap over photographs (Efron 1979): regions of one photograph are alike.

    Args:
        photographs: sequence of ScoredPhotograph.
        read: bool, whether what was found was read as well.
        seed: int.
    """
    counts = np.array([_counts(one) for one in photographs], np.float64).reshape(-1, len(_COUNTED))
    number = len(counts)
    drawn = np.zeros((0, len(_COUNTED)))
    if number:
        draws = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), NUM_RESAMPLES)
        drawn = draws @ counts
    values = _values(counts.sum(axis=0, keepdims=True))
    resampled = _values(drawn)
    metrics = {**DETECTION, **END_TO_END} if read else DETECTION
    return {metric: _score(values[metric][0], resampled[metric], number) for metric in metrics}


def _score(value, resampled, number):
    resampled = resampled[np.isfinite(resampled)]
    if not math.isfinite(value) or not len(resampled):
        return Score(math.nan, math.nan, math.nan, 0)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Score(float(value), float(min(low, value)), float(max(high, value)), number)


def _values(sums):
    """Metric -> values (n,) from summed counts (n, columns of _COUNTED); nan if there is nothing to divide by."""
    of = dict(zip(_COUNTED, sums.T, strict=True))
    return {
        'precision': _ratio(of['matched'], of['found']),
        'recall': _ratio(of['matched'], of['truths']),
        'h_mean': _h_mean(of['matched'], of),
        'end_to_end': _h_mean(of['exact'], of),
        'end_to_end_any_case': _h_mean(of['any_case'], of),
        'ned': _ratio(of['similarity'], of['compared']),
    }


def _h_mean(right, of):
    """2 P R / (P + R) = 2 right / (truths + found)."""
    return _ratio(2 * right, of['truths'] + of['found'])


def _ratio(part, whole):
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def _counts(photograph):
    """What one photograph adds to each column of _COUNTED."""
    matching = photograph.matching
    exact = any_case = similarity = 0.0
    for truth, found, _ in matching.pairs:
        text, true_text = photograph.found[found].text, photograph.truths[truth].text
        if text is not None:
            exact += same_text(text, true_text)
            any_case += same_text_any_case(text, true_text)
            similarity += normalized_edit_similarity(text, true_text)
    missed = [photograph.truths[truth].text for truth in matching.missed]
    invented = [photograph.found[found].text or '' for found in matching.false]
    similarity += sum(normalized_edit_similarity('', text) for text in missed + invented)
    compared = len(matching.pairs) + len(missed) + len(invented)
    return len(matching.pairs), matching.num_truths, matching.num_found, exact, any_case, similarity, compared
