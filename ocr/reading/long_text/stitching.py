"""Join what was read in windows that overlap.

Each character has a place along the text, the centre of the attention with which it was written. Where two windows
overlap, characters that are alike and at about the same place are looked for; the one nearest to the middle of the
overlap is where the left reading ends and the right one goes on, so that letters cut by a window's edge are left out.
"""

from dataclasses import dataclass, replace

import numpy as np

from ocr.geometry import transform

_APART = 0.75  # places at which two windows saw one character differ by less, in units of the text's height


@dataclass(frozen=True)
class Placed:
    """One character of a reading: where it lies along the text, in units of the text's height, and its probability."""

    character: str
    confidence: float
    place: float


def placed(window, prepared, result):
    """Characters of one window with their places.

    Args:
        window: windows.Window.
        prepared: Prepared of the window.
        result: ReadText with alpha.

    Returns:
        list of Placed.
    """
    alpha = result.alpha[: len(result.text)]
    (rows, columns), (height, width) = alpha.shape[1:], prepared.canvas.shape[:2]
    x = alpha.sum(axis=1) @ (np.arange(columns) + 0.5) * (width / columns)
    y = alpha.sum(axis=2) @ (np.arange(rows) + 0.5) * (height / rows)
    places = window.along(transform(np.stack([x, y], axis=1), prepared.to_photograph))
    of_characters = zip(result.text, result.char_confidences, places, strict=True)
    return [Placed(character, confidence, float(place)) for character, confidence, place in of_characters]


def stitch(windows, results, readings):
    """One reading of all windows of a region.

    Args:
        windows: list of windows.Window in reading order.
        results: list of their ReadText.
        readings: list of their lists of Placed.

    Returns:
        ReadText without attention. Its confidence is the product over the characters that were kept and the end that
        the last window wrote.
    """
    joined = readings[0]
    for before, window, reading in zip(windows, windows[1:], readings[1:], strict=False):
        joined = _join(joined, reading, (window.start + before.end) / 2)
    ending = results[-1].confidence / max(np.prod(results[-1].char_confidences, dtype=np.float64), 1e-300)
    confidences = tuple(one.confidence for one in joined)
    return replace(
        results[-1],
        text=''.join(one.character for one in joined),
        confidence=float(np.prod(confidences, dtype=np.float64) * min(ending, 1)),
        char_confidences=confidences,
        alpha=None,
    )


def _agreement(one, other):
    """How sure it is that two readings of the same character are of one letter of the picture."""
    return one.confidence * other.confidence * (1 - abs(one.place - other.place) / _APART)


def _join(left, right, middle):
    """Two readings as one; `middle` is the middle of their overlap."""
    runs = {}
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            if one.character == other.character and abs(one.place - other.place) < _APART:
                runs.setdefault(i - j, []).append((i, j))
    if not runs:
        return [one for one in left if one.place < middle] + [one for one in right if one.place >= middle]
    best = max(runs.values(), key=lambda run: sum(_agreement(left[i], right[j]) for i, j in run))
    i, j = min(best, key=lambda pair: abs(left[pair[0]].place + right[pair[1]].place - 2 * middle))
    return [*left[:i], max(left[i], right[j], key=lambda one: one.confidence), *right[j + 1 :]]
