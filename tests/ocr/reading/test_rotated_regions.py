"""Tall regions are read rotated too."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from stub_predictor import StubPredictor

from ocr.config import SHIPPED_MODEL
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import place_region
from ocr.reading.augmented_predictor import AugmentedPredictor
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.read_text import ReadText
from ocr.reading.views import is_tall, turn_bbox

WORDS = Path(__file__).resolve().parents[3] / 'imgs' / 'words'


@pytest.fixture(scope='module')
def predictor():
    return GraphPredictor.from_pb(SHIPPED_MODEL)


@pytest.fixture(scope='module')
def trusted(predictor):
    """Canvases of lying words by shape, {(h, w): uint8 (N, h, w, 3)}: those of imgs/words that the model trusts."""
    by_shape = defaultdict(list)
    for path in sorted(WORDS.glob('*.jpg')):
        prepared = place_region(read_image(str(path)), None, predictor.canvas)
        height, width = prepared.canvas.shape[:2]
        if 2 * height < width and predictor.read(prepared.canvas[None])[0].confidence > 0.55:
            by_shape[height, width].append(prepared.canvas)
    assert sum(map(len, by_shape.values())) >= 3
    return {shape: np.stack(canvases) for shape, canvases in by_shape.items()}


class Recorded(StubPredictor):
    """Stands for a Predictor: trusts a canvas as far as its upper left pixel is bright, and keeps what it is given."""

    def __init__(self):
        self.shapes = []

    def read(self, canvases, normalized_bboxes=None):
        self.shapes.append(canvases.shape[:3])
        return [ReadText(str(canvas[0, 0, 0]), float(canvas[0, 0, 0]) / 255, ()) for canvas in canvases]


@pytest.mark.parametrize('turns', [1, -1])
def test_lines_that_run_up_and_down_are_read(predictor, trusted, turns):
    for canvases in trusted.values():
        lying = predictor.read(canvases, with_alpha=True)
        upright = np.ascontiguousarray(np.rot90(canvases, turns, axes=(1, 2)))
        assert [row.text for row in predictor.read(upright)] != [row.text for row in lying]
        for row, expected in zip(
            AugmentedPredictor(predictor, rotate=True).read(upright, with_alpha=True), lying, strict=True
        ):
            assert row.text == expected.text
            np.testing.assert_allclose(row.alpha, np.rot90(expected.alpha, turns, axes=(1, 2)), atol=1e-4)


def test_wide_regions_are_read_as_before(predictor, trusted):
    for canvases in trusted.values():
        assert AugmentedPredictor(predictor, rotate=True).read(canvases) == predictor.read(canvases)


def test_only_tall_rows_are_read_again_and_the_most_trusted_reading_stays():
    inner = Recorded()
    canvases = np.zeros((2, 128, 64, 3), np.uint8)
    canvases[0, 0, 0] = 30  # upper left as it is
    canvases[0, 0, -1] = 90  # ... after a turn anticlockwise
    canvases[0, -1, 0] = 60  # ... after a turn clockwise
    canvases[1, 0, 0], canvases[1, 0, -1] = 120, 100
    bboxes = np.float32([[0, 0, 1, 1], [0.4, 0, 0.2, 1]])
    assert [row.text for row in AugmentedPredictor(inner, rotate=True).read(canvases, bboxes)] == ['90', '120']
    assert inner.shapes == [(2, 128, 64), (2, 64, 128)]
    assert [row.text for row in AugmentedPredictor(inner, rotate=True).read(canvases)] == ['90', '120']
    assert inner.shapes[2:] == [(2, 128, 64), (4, 64, 128)]


def test_a_region_whose_upright_reading_is_trusted_is_not_turned():
    inner = Recorded()
    canvases = np.zeros((2, 128, 64, 3), np.uint8)
    canvases[:, 0, 0], canvases[:, 0, -1] = [[200], [100]], 250
    assert [row.text for row in AugmentedPredictor(inner, rotate=True).read(canvases)] == ['200', '250']
    assert inner.shapes == [(2, 128, 64), (2, 64, 128)]


@pytest.mark.parametrize(('in_lexicon', 'expected'), [('no', 'lying'), ('exactly', 'upright'), (None, 'upright')])
def test_what_is_no_word_of_the_lexicon_is_turned_however_confident(in_lexicon, expected):
    inner = Recorded()
    inner.read = lambda canvases, bboxes=None: (
        [ReadText('upright', 0.9, (), in_lexicon=in_lexicon)]
        if canvases.shape[1] > canvases.shape[2]
        else [ReadText('lying', 0.95, (), in_lexicon=in_lexicon and 'exactly')] * 2
    )
    assert AugmentedPredictor(inner, rotate=True).read(np.zeros((1, 128, 64, 3), np.uint8))[0].text == expected


def test_equal_trust_leaves_the_upright_reading():
    even = np.full((1, 128, 64, 3), 7, np.uint8)
    even[0, 0, 0, 1], even[0, 0, -1, 1], even[0, -1, 0, 1] = 1, 2, 3  # each of them reads something else
    inner = Recorded()
    inner.read = lambda canvases, bboxes=None: [ReadText(str(canvas[0, 0, 1]), 0.5, ()) for canvas in canvases]
    assert AugmentedPredictor(inner, rotate=True).read(even)[0].text == '1'


def test_further_views_are_turned_as_the_text_that_leads_and_only_if_it_was_turned():
    inner = Recorded()
    canvases = np.zeros((1, 128, 64, 3), np.uint8)
    canvases[0, 0, -1] = 90  # upper left after a turn anticlockwise
    (reading,) = AugmentedPredictor(inner, 2, rotate=True).read(canvases)
    assert inner.shapes == [(1, 128, 64), (1, 128, 64), (2, 64, 128), (1, 64, 128)] and reading.text == '90'
    inner.shapes.clear()
    canvases[0, 0, 0] = 120
    assert AugmentedPredictor(inner, 2, rotate=True).read(canvases)[0].text == '120'
    assert inner.shapes == [(1, 128, 64), (1, 128, 64), (2, 64, 128)]


@pytest.mark.parametrize(
    ('shape', 'bbox', 'tall'),
    [
        ((1, 128, 32), None, True),
        ((1, 128, 128), None, False),
        ((1, 128, 128), (0, 0.4, 1, 0.2), True),
        ((1, 128, 128), (0, 0.05, 1, 0.9), False),  # hardly higher than wide
        ((1, 32, 128), (0, 0, 1, 1), False),
    ],
)
def test_is_tall(shape, bbox, tall):
    assert is_tall(shape, None if bbox is None else np.float32([bbox])).tolist() == [tall]


@pytest.mark.parametrize('turn', [1, -1])
def test_boxes_turn_with_their_canvases(turn):
    canvas = np.zeros((80, 40), np.uint8)
    canvas[8:24, 4:20] = 1
    bbox = np.float32([0.1, 0.1, 0.2, 0.4])
    rows, columns = np.nonzero(np.rot90(canvas, turn))
    top, left, height, width = turn_bbox(bbox, turn) * (40, 80, 40, 80)
    assert (round(top), round(left)) == (rows.min(), columns.min())
    assert (round(height), round(width)) == (np.ptp(rows) + 1, np.ptp(columns) + 1)
    np.testing.assert_allclose(turn_bbox(turn_bbox(bbox, turn), -turn), bbox, atol=1e-6)
