"""Whether a stored model reads what its source reads: on pictures of noise, to the last character."""

import cv2
import numpy as np

from ocr.errors import InputError
from ocr.model_files.frozen_graph import is_detector
from ocr.reading.graph_detector import GraphDetector
from ocr.reading.graph_predictor import GraphPredictor

NUM_CHECKED = 16  # pictures that both must read alike
# Root mean square by which a detector's probabilities in a picture may differ, by its weights. Rounding to float16
# moves single pixels at a steep edge by much, which is no other text: 0.0001 on average if nothing was learnt, 0.003
# (and 0.19 at one pixel) if the logits spread by 13. A core that only one of two maps has gives more than 0.01 if it
# is a ten-thousandth of the picture's pixels.
SAME_PROBABILITY = {'float32': 1e-3, 'float16': 0.01}


def check_pictures(side, seed=0, with_text=False):
    """Pictures to compare two models on: coarse and fine noise, perhaps with text, uint8 (NUM_CHECKED, S, S, 3)."""
    rng = np.random.default_rng(seed)
    grains = [2 ** (2 + n % 5) for n in range(NUM_CHECKED)]
    noise = (rng.integers(0, 256, (grain, grain, 3), np.uint8) for grain in grains)
    pictures = np.stack([cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC) for picture in noise])
    for number, picture in enumerate(pictures if with_text else ()):
        cv2.putText(picture, f'Text {number}', (8, side // 2), 0, 0.5 + number / 8, (255,) * 3, 1 + number // 4)
    return pictures


def check_same_map(expected, found, weights):
    """InputError if probabilities of text (N, H, W), found with such weights, are not the expected ones."""
    distances = np.sqrt(np.square(found - expected, dtype=np.float64).mean(axis=(1, 2)))
    different = np.count_nonzero(~(distances <= SAME_PROBABILITY[weights]))  # a nan is different too
    if different:
        raise InputError(
            f'the frozen graph finds other text in {different} of {len(found)} pictures (their maps differ by '
            f'{np.max(distances):.2g}, root mean square); nothing was written'
            + '; try --weights float32'
            * (weights == 'float16')
        )


def answer_of_graph(graph_def, where='the graph', trusted=True):
    """What a frozen graph answers: function (canvases, bboxes) -> texts, or the map (N, H, W) of a detector."""
    if is_detector(graph_def):
        detector = GraphDetector(graph_def, where=where, trusted=trusted)
        return lambda canvases, bboxes: detector.run(canvases)
    predictor = GraphPredictor(graph_def, None, where=where, trusted=trusted)
    return lambda canvases, bboxes: [row.text for row in predictor.read(canvases, bboxes)]


def check_bboxes():
    """The text's box on each of those pictures, the middle half of the rows: float32 (NUM_CHECKED, 4)."""
    return np.tile(np.array([[0.25, 0.0, 0.5, 1.0]], np.float32), (NUM_CHECKED, 1))


def check_equal(expected, texts, weights, what):
    """InputError if texts, read by `what` with such weights, are not the expected ones."""
    different = [(old, new) for old, new in zip(expected, texts, strict=True) if old != new]
    if different:
        raise InputError(
            f'{what} reads {len(different)} of {len(texts)} pictures differently, as {different[0][1]!r} '
            f'for {different[0][0]!r}; nothing was written' + ('; try --weights float32' * (weights == 'float16'))
        )


def read_alike(before, after, weights, what):
    """How many pictures two predictors read alike, square ones and, if they fit, narrow ones.

    Args:
        before, after: predictors; `before` says how large the canvas is.
        weights, what: as of check_equal.

    Raises:
        InputError: they do not read the same.
    """
    canvases, bboxes = check_pictures(before.canvas.side), check_bboxes()
    shapes = [canvases, canvases[:, : before.canvas.side // 2]] if before.canvas.varies else [canvases]
    texts = [[row.text for shape in shapes for row in one.read(shape, bboxes)] for one in (before, after)]
    check_equal(*texts, weights, what)
    return len(texts[0])
