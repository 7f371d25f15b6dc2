"""Regions are read in several views, and what is trusted most is kept."""

import dataclasses

import numpy as np
import pytest
import tiny
from stub_predictor import StubPredictor, maps_of, middle

from ocr.config import SHIPPED_MODEL, Config, parse_config, shown
from ocr.geometry import transform
from ocr.preprocessing.prepare import place_region
from ocr.reading.augmented_predictor import AugmentedPredictor, augmented, is_settled, most_supported
from ocr.reading.char_positions import map_to_canvas
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.open_model import open_model, read_model
from ocr.reading.read_text import ReadText
from ocr.reading.views import MAX_VIEWS, OTHER_VIEWS


class Recorded(StubPredictor):
    """Stands for a Predictor: reads how bright a canvas is at a point, and trusts what it is told to."""

    def __init__(self, trust):
        self.trust = iter(trust)
        self.seen = []

    def read(self, canvases, normalized_bboxes=None, with_alpha=False):
        self.seen.append((canvases, normalized_bboxes))
        alpha = map(maps_of, canvases) if with_alpha else [None] * len(canvases)
        return [ReadText(f'view {len(self.seen)}', next(self.trust), (), maps) for maps in alpha]


def spots(*places):
    """Black canvases uint8 (N, 64, 96, 3), each with a bright square of 8 pixels around a place (x, y)."""
    canvases = np.zeros((len(places), 64, 96, 3), np.uint8)
    for canvas, (x, y) in zip(canvases, places, strict=True):
        canvas[y - 4 : y + 4, x - 4 : x + 4] = 200
    return canvases


@pytest.mark.parametrize(('best', 'expected'), [(0, 'view 1'), (1, 'view 2'), (3, 'view 4')])
def test_the_most_trusted_view_is_kept(best, expected):
    trust = [0.9 if number == best else 0.5 for number in range(4)]
    (reading,) = AugmentedPredictor(Recorded(trust), 4).read(spots((40, 30)))
    assert (reading.text, reading.confidence) == (expected, 0.9)


def test_each_region_chooses_for_itself_and_equal_trust_leaves_the_canvas_as_it_is():
    readings = AugmentedPredictor(Recorded([0.2, 0.5, 0.7, 0.5]), 2).read(spots((40, 30), (50, 20)))
    assert [reading.text for reading in readings] == ['view 2', 'view 1']


@pytest.mark.parametrize(
    ('readings', 'kept'),
    [
        ([('COFFE', 0.46), ('COFFEE', 0.34), ('COFFEE', 0.35)], 2),  # two that agree, the more confident of them
        ([('COFFE', 0.7), ('COFFEE', 0.34), ('COFFEE', 0.35)], 0),  # poor readings do not outvote a good one
        ([('Go', 0.5), ('60', 0.5)], 0),
        ([('Go', 0.0), ('60', 0.0), ('GO', 0.0)], 0),
    ],
)
def test_views_that_agree_strengthen_each_other(readings, kept):
    assert most_supported([ReadText(text, confidence, ()) for text, confidence in readings]) == kept


@pytest.mark.parametrize(
    ('readings', 'in_lexicon', 'settled'),
    [
        ([('Go', 0.64)], None, True),
        ([('Go', 0.62)], None, False),
        ([('Go', 0.46), ('Go', 0.45)], None, True),
        ([('60', 0.3), ('Go', 0.64)], None, False),  # the rival takes some of the lead
        ([('60', 0.3), ('Go', 0.64), ('Go', 0.4)], None, True),
        ([('Go', 0.9)], 'exactly', True),
        ([('Go', 0.9)], 'no', False),  # a view may yet find a word of the lexicon
    ],
)
def test_views_are_read_until_one_text_leads(readings, in_lexicon, settled):
    readings = [ReadText(text, confidence, (), in_lexicon=in_lexicon) for text, confidence in readings]
    assert is_settled(readings) is settled


@pytest.mark.parametrize('boxes', [None, np.float32([[0, 0, 1, 1]] * 3)])
def test_only_unsettled_regions_are_read_again(boxes):
    inner = Recorded([0.9, 0.3, 0.3, 0.8, 0.3, 0.3, 0.3])  # three regions, then two, then one
    places = [(40, 30), (50, 20), (60, 30)]
    readings = AugmentedPredictor(inner, 4).read(spots(*places), boxes)
    assert [len(canvases) for canvases, _ in inner.seen] == [3, 2, 1, 1]
    assert [reading.text for reading in readings] == ['view 1', 'view 2', 'view 1']
    for canvases, seen_boxes in inner.seen[1:]:
        assert (seen_boxes is None) == (boxes is None) and (boxes is None or len(seen_boxes) == len(canvases))
    for number, regions in enumerate(([0, 1, 2], [1, 2], [2], [2])):
        for canvas, region in zip(inner.seen[number][0], regions, strict=True):
            np.testing.assert_allclose(middle(canvas), places[region], atol=4.9)  # no other place is as near


def test_an_empty_batch_has_no_readings():
    reader = augmented(Recorded([]), MAX_VIEWS, rotate=True)
    assert reader.read(np.zeros((0, 96, 64, 3), np.uint8)) == []
    assert reader.read(np.zeros((0, 96, 64, 3), np.uint8), np.zeros((0, 4), np.float32)) == []


def test_a_word_of_the_lexicon_goes_before_texts_with_more_support():
    readings = [ReadText('TEE', 0.8, (), in_lexicon='no'), ReadText('TEA', 0.2, (), in_lexicon='nearly')]
    assert most_supported([*readings, readings[0]]) == 1


def test_one_view_is_the_predictor_itself():
    inner = Recorded([0.5])
    assert augmented(inner) is inner
    assert augmented(inner, 3).identity == {'model': 'stub', 'tta': 3}
    both = augmented(inner, 3, rotate=True)
    assert both.canvas.kind == 'fit' and both.identity == {'model': 'stub', 'tta': 3, 'rotate': True}


def test_the_flag_counts_to_the_last_view():
    (field,) = (field for field in dataclasses.fields(Config) if field.name == 'tta')
    assert (field.metadata['low'], field.metadata['high']) == (1, MAX_VIEWS)


def test_views_are_moved_about_the_middle_of_the_text():
    box = np.float32([[0.25, 0.5, 0.5, 0.25]])  # its middle is (60, 32)
    inner = Recorded([0.3] * MAX_VIEWS)
    AugmentedPredictor(inner, MAX_VIEWS).read(spots((60, 32)), box)
    for (canvases, boxes), view in zip(inner.seen[1:], OTHER_VIEWS, strict=True):
        expected = np.add((60, 32), view.shift)
        np.testing.assert_allclose(middle(canvases[0]), expected, atol=0.1)
        top, left, height, width = boxes[0] * [64, 96, 64, 96]
        np.testing.assert_allclose([left + width / 2, top + height / 2], expected, atol=0.01)
        if not view.tilt:
            np.testing.assert_allclose([width, height], [24 * view.scale_x, 32 * view.scale_y], rtol=1e-5)
        else:
            assert width > 24 * view.scale_x and height > 32 * view.scale_y


def test_tilted_views_turn_to_either_side():
    inner = Recorded([0.3] * MAX_VIEWS)
    box = np.float32([[0.25, 0.25, 0.5, 0.5]])  # its middle is (48, 32)
    AugmentedPredictor(inner, MAX_VIEWS).read(spots((68, 32)), box)
    tilted = [(number, view) for number, view in enumerate(OTHER_VIEWS, 1) if view.tilt]
    assert {np.sign(view.tilt) for _, view in tilted} == {1, -1}
    for number, view in tilted:
        angle = np.radians(view.tilt)
        place = 48 + 20 * view.scale_x * np.cos(angle), 32 - 20 * view.scale_x * np.sin(angle)
        np.testing.assert_allclose(middle(inner.seen[number][0][0]), place, atol=0.2)


@pytest.mark.parametrize(('first', 'second', 'kept'), [('no', 'nearly', 1), ('no', 'no', 0), ('exactly', 'no', 0)])
def test_a_word_of_the_lexicon_goes_before_what_is_none(first, second, kept):
    readings = iter([ReadText('a', 0.5, (), in_lexicon=first), ReadText('b', 0.3, (), in_lexicon=second)])
    inner = Recorded([])
    inner.read = lambda canvases, bboxes: [next(readings)]
    assert AugmentedPredictor(inner, 2).read(spots((40, 30)))[0].text == 'ab'[kept]


def test_a_text_at_the_edge_keeps_its_box_on_the_canvas():
    inner = Recorded([0.3] * MAX_VIEWS)
    AugmentedPredictor(inner, MAX_VIEWS).read(spots((40, 30)), np.float32([[0, 0, 1, 1]]))
    for _, boxes in inner.seen:
        top, left, height, width = boxes[0]
        assert min(top, left) >= 0 and max(top + height, left + width) <= 1 + 1e-6


@pytest.mark.parametrize('number', range(1, MAX_VIEWS))
def test_attention_lies_on_the_canvas_as_it_was_given(number):
    place = (70, 22)
    trust = [0.9 if view == number else 0.5 for view in range(MAX_VIEWS)]
    inner = Recorded(trust)
    (reading,) = AugmentedPredictor(inner, MAX_VIEWS).read(spots(place), with_alpha=True)
    assert reading.text == f'view {number + 1}' and reading.alpha.shape == (1, 8, 12)
    np.testing.assert_allclose(reading.alpha.sum(axis=(1, 2)), 1, rtol=1e-5)
    (found,) = transform([middle(reading.alpha[0])], map_to_canvas((8, 12), (64, 96)))
    np.testing.assert_allclose(found, place, atol=1)


@pytest.fixture(scope='module')
def predictor():
    return GraphPredictor.from_pb(SHIPPED_MODEL)


def test_a_text_keeps_the_confidence_of_its_best_view(predictor):
    reader = AugmentedPredictor(predictor, MAX_VIEWS, settled=MAX_VIEWS)  # all views are read
    pictures = [np.asarray(tiny.draw_word(text)) for text in tiny.EIGHT_WORDS]
    prepared = [place_region(picture, None, predictor.canvas) for picture in pictures]
    canvases = np.stack([one.canvas for one in prepared if one.canvas.shape == prepared[0].canvas.shape])
    once, often = predictor.read(canvases), reader.read(canvases, with_alpha=True)
    same = [(one, other) for one, other in zip(once, often, strict=True) if one.text == other.text]
    assert same and all(one.confidence <= other.confidence for one, other in same)
    assert any(one.confidence < other.confidence for one, other in zip(once, often, strict=True))
    for reading in often:
        assert reading.alpha.shape[0] == len(reading.text) + 1
    alone = [reader.read(canvases[n : n + 1])[0] for n in range(len(canvases))]
    assert [row.text for row in alone] == [row.text for row in often]
    assert often[0].confidence == pytest.approx(alone[0].confidence, rel=1e-4)


@pytest.mark.parametrize(('flags', 'expected'), [([], 5), (['--tta', '1'], None), (['--tta', '3'], 3)])
def test_the_flag_goes_before_the_setting_inside_a_frozen_model(flags, expected):
    model = read_model(SHIPPED_MODEL)
    cfg = parse_config(flags, 'test').over(shown(model.settings))
    assert open_model(model, **cfg.reading).identity.get('tta') == expected
