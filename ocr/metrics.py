"""How right a reading is: edit distance, 1-N.E.D., word accuracy, and bootstrap intervals of their means.

Similarity and accuracy are per region; a score is their mean. Texts are compared as they come: NFC is the charset's
business (and `rctw_normalize`'s).
"""

import re
import unicodedata
from functools import cache

import numpy as np
from rapidfuzz.distance import Levenshtein

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # the forms of ! to ~
IDEOGRAPHIC_ZERO = '\u3007'  # written as an ideograph, but in Unicode a letter-like number


def edit_distance(pred, truth):
    """Fewest insertions, deletions and substitutions of one code point that turn `pred` into `truth` (Levenshtein)."""
    return Levenshtein.distance(pred, truth)


def normalized_edit_similarity(pred, truth):
    """1 - Levenshtein(pred, truth) / max(len(pred), len(truth)), in 0..1; two empty strings count 1.

    The reference's 1-N.E.D. is its mean over regions, on the raw strings. ICDAR 2019 LSVT (arXiv:1909.07741) defines
    the same measure.
    """
    longer = max(len(pred), len(truth))
    return 1.0 - edit_distance(pred, truth) / longer if longer else 1.0


def wrong_characters(pred, truth):
    """Where a reading and the truth part, along one shortest chain of edits.

    Returns:
        two sets of positions: of `pred`, characters that are wrong or too many; of `truth`, those misread or missing.
    """
    in_pred, in_truth = set(), set()
    for edit in Levenshtein.editops(pred, truth):
        if edit.tag != 'insert':
            in_pred.add(edit.src_pos)
        if edit.tag != 'delete':
            in_truth.add(edit.dest_pos)
    return in_pred, in_truth


def same_text(pred, truth):
    """Word accuracy of one region, raw: every character equal."""
    return pred == truth


def same_text_any_case(pred, truth):
    """Word accuracy of one region, letter case ignored; as ArT (arXiv:1909.07145) counts its Latin words."""
    return pred.lower() == truth.lower()


def alphanumeric(text):
    """The ASCII letters and digits of `text`, lower-case.

    The Latin benchmarks (IIIT5K and others) compare words so; see Baek et al. 2019, arXiv:1904.01906. A truth without
    any such character has nothing to compare: regions like that are left out of this score, never counted as right.
    """
    return re.sub('[^0-9a-z]', '', text.lower())


def rctw_normalize(text):
    """What RCTW-17 (Shi et al. 2017, arXiv:1708.09585) compares of a text.

    Kept are CJK ideographs, letters of any script and decimal digits; spaces, punctuation, symbols and marks that NFC
    leaves apart go. Full-width forms become half-width (as in ReCTS), traditional Chinese becomes simplified (OpenCC
    t2s), letters become lower-case.
    """
    text = unicodedata.normalize('NFC', text.translate(FULL_WIDTH).lower())
    kept = ''.join(character for character in text if _is_letter_or_digit(character))
    return kept if kept.isascii() else _simplified()(kept)


def _is_letter_or_digit(character):
    category = unicodedata.category(character)
    return category[0] == 'L' or category == 'Nd' or character == IDEOGRAPHIC_ZERO


@cache
def _simplified():
    """Function from traditional to simplified Chinese; OpenCC's tables are loaded at the first call."""
    from opencc import OpenCC

    return OpenCC('t2s').convert


def bootstrap_interval(values, seed=0, num_resamples=1000, level=0.95):
    """Percentile bootstrap interval of a mean (Efron 1979): how far it would move with another sample of regions.

    A resample of n values is a multinomial draw of how often each distinct value comes, which is exact and cheap: a
    score has few distinct values, for any n. Values that are all equal give an interval of width 0, as the method
    has it. The mean itself always lies inside.

    Args:
        values: float or bool (n,), one per region.
        seed: int; the same values and seed give the same interval.
        num_resamples: means drawn.
        level: share of them between the two ends, 0..1.

    Returns:
        (low, high) floats; (nan, nan) for no values.
    """
    values = np.asarray(values, np.float64)
    if not values.size:
        return float('nan'), float('nan')
    distinct, counts = np.unique(values, return_counts=True)
    rng = np.random.default_rng(seed)
    at_once = max(1, 2**20 // len(distinct))  # bounds the table of counts at 8 MiB
    means = [
        rng.multinomial(values.size, counts / values.size, size=min(at_once, num_resamples - start)) @ distinct
        for start in range(0, num_resamples, at_once)
    ]
    tail = (1 - level) / 2
    low, high = np.quantile(np.concatenate(means) / values.size, [tail, 1 - tail])
    mean = values.mean()
    return float(min(low, mean)), float(max(high, mean))
