"""Scores of found and read text, by hand."""

import math

import pytest

from ocr.evaluation.detection_scores import Found, Truth, judge_photograph, score_photographs
from ocr.geometry import box_polygon

A, B, C = (0, 0, 100, 20), (0, 50, 100, 70), (0, 100, 100, 120)


def photograph(truths, found, dataset='mine'):
    return judge_photograph(
        'a.jpg',
        dataset,
        [Truth(box_polygon(box), text, text != '###') for box, text in truths],
        [Found(box_polygon(box), 0.9, text) for box, text in found],
    )


def values(*photographs, **options):
    return {metric: score.value for metric, score in score_photographs(photographs, **options).items()}


def test_precision_recall_and_their_harmonic_mean():
    scores = values(photograph([(A, 'x'), (B, 'y'), (C, 'z')], [(A, None), ((200, 0, 300, 20), None)]))
    assert scores == {'precision': 0.5, 'recall': pytest.approx(1 / 3), 'h_mean': pytest.approx(0.4)}


def test_sums_are_over_all_photographs_not_means_of_their_scores():
    one, many = (
        photograph([(A, 'x')], []),
        photograph([(A, 'x'), (B, 'y'), (C, 'z')], [(A, None), (B, None), (C, None)]),
    )
    assert values(one, many)['recall'] == 0.75
    assert values(one, many)['precision'] == 1


def test_what_does_not_count_changes_nothing():
    plain = values(photograph([(A, 'x')], [(A, None)]))
    assert values(photograph([(A, 'x'), (B, '###')], [(A, None), (B, None)])) == plain
    assert values(photograph([(A, 'x'), (B, '###')], [(A, None)])) == plain


def test_end_to_end_wants_the_exact_text_or_its_letters_in_any_case():
    scores = values(photograph([(A, 'Exit'), (B, 'Bar'), (C, 'Inn')], [(A, 'Exit'), (B, 'BAR'), (C, 'Ina')]), read=True)
    assert scores['h_mean'] == 1
    assert scores['end_to_end'] == pytest.approx(1 / 3)
    assert scores['end_to_end_any_case'] == pytest.approx(2 / 3)
    assert scores['ned'] == pytest.approx((1 + 1 / 3 + 2 / 3) / 3)


def test_what_was_missed_or_invented_is_compared_with_nothing():
    scores = values(photograph([(A, 'Exit'), (B, 'Bar')], [(A, 'Exit'), (C, 'Inn')]), read=True)
    assert scores['ned'] == pytest.approx(1 / 3)
    assert (
        values(photograph([(A, 'Exit')], [(A, 'Exit'), (C, '')]), read=True)['ned'] == 1
    )  # an empty text invents nothing


def test_photographs_without_text_where_nothing_is_found_have_no_score():
    score = score_photographs([photograph([], [])])['h_mean']
    assert math.isnan(score.value)
    assert score.num_scored == 0
    assert score_photographs([])['recall'].num_scored == 0


def test_a_false_region_on_a_picture_without_text_costs_precision():
    scores = values(photograph([], [(A, None)]), photograph([(A, 'x')], [(A, None)]))
    assert (scores['precision'], scores['recall']) == (0.5, 1)


def test_the_interval_is_over_photographs_and_holds_the_value():
    right, wrong = photograph([(A, 'x')] * 1, [(A, None)]), photograph([(A, 'x')], [])
    few = score_photographs([right, wrong] * 5)['recall']
    many = score_photographs([right, wrong] * 100)['recall']
    for score in (few, many):
        assert score.low < score.value < score.high
    assert many.high - many.low < few.high - few.low
    assert few == score_photographs([right, wrong] * 5)['recall']
    assert score_photographs([right] * 9)['recall'].low == 1
