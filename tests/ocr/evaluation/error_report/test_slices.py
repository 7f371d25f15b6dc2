"""Parts of the readings and their scores."""

import numpy as np
import pytest
from outlines import arc, turned
from readings import reading

from ocr.charset import Charset
from ocr.evaluation.error_report.slices import (
    CURVED,
    OUTSIDE,
    WHOLE_IMAGE,
    cut,
    height_of,
    length_of,
    orientation_of,
    rarities,
)
from ocr.evaluation.scores import Reading
from ocr.region_shape import HORIZONTAL, ROTATED, SQUARE, VERTICAL


def test_each_slice_is_held_against_all_others():
    names = ['b', 'a', 'b', 'a', 'c']
    right = np.array([1, 1, 0, 1, 0], bool)
    similarity = np.array([1, 1, 0.5, 1, 0.25])
    a, b, c = cut(names, ['a', 'nowhere', 'b', 'c'], right, similarity)
    assert [one.name for one in (a, b, c)] == ['a', 'b', 'c']
    assert [one.num_regions for one in (a, b, c)] == [2, 2, 1]
    assert [one.accuracy.value for one in (a, b, c)] == [1, 0.5, 0]
    assert [one.similarity.value for one in (a, b, c)] == [1, 0.75, 0.25]
    assert [one.rest.value for one in (a, b, c)] == pytest.approx([1 / 3, 2 / 3, 3 / 4])
    assert [one.rest.num_scored for one in (a, b, c)] == [3, 3, 4]


def test_nothing_gives_no_slice_and_one_name_a_slice_without_others():
    assert cut([], ['a'], np.zeros(0, bool), np.zeros(0)) == []
    (only,) = cut(['a'] * 30, ['a'], np.ones(30, bool), np.ones(30))
    assert only.rest.num_scored == 0
    assert only.is_small and not only.is_worse


@pytest.mark.parametrize(
    ('num_wrong', 'num_inside', 'is_worse'),
    [
        (30, 40, True),
        (2, 40, False),  # the intervals overlap
        (19, 19, False),  # too few, though none is right
        (20, 20, True),
        (0, 40, False),
    ],
)
def test_only_what_the_numbers_support_is_worse(num_wrong, num_inside, is_worse):
    names = ['in'] * num_inside + ['out'] * 100
    right = np.arange(len(names)) >= num_wrong
    inside, outside = cut(names, ['in', 'out'], right, right.astype(float))
    assert inside.is_worse == is_worse
    assert not outside.is_worse


@pytest.mark.parametrize(('text', 'name'), [('a', '1'), ('abcde', '5-6'), ('x' * 70, '65 and more')])
def test_length(text, name):
    assert length_of(reading(text)) == name


@pytest.mark.parametrize(
    ('polygon', 'height', 'orientation'),
    [
        (turned(120, 20, 0), '16-23', HORIZONTAL),
        (turned(120, 20, 90), '16-23', VERTICAL),
        (turned(120, 20, 45), '16-23', ROTATED),
        (turned(40, 39, 0), '32-47', SQUARE),
        (arc(100, 20, 120), '16-23', CURVED),
    ],
)
def test_height_and_orientation_are_those_of_the_outline(polygon, height, orientation):
    one = reading('text', polygon=polygon)
    assert (height_of(one), orientation_of(one)) == (height, orientation)


def test_a_whole_image_without_outline_has_neither():
    one = Reading('a.png', None, 'one', 'text', 'text', 0.5)
    assert height_of(one) == orientation_of(one) == WHOLE_IMAGE


def test_rarity_is_that_of_the_rarest_character_among_all_truths():
    truths = ['ab', 'ab', 'bc', 'bé', '']
    charset = Charset('abc')
    assert rarities([reading(truth) for truth in truths], charset) == ['2-4', '2-4', '1', OUTSIDE, '1']
