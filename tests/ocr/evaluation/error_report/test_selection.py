"""Which regions deserve a look."""

import math

import pytest
from readings import reading

from ocr.charset import Charset
from ocr.evaluation.error_report.measurement import measure
from ocr.evaluation.error_report.selection import suspects, worst


def measured(*readings, num_steps=5):
    return measure(list(readings), Charset('abcdABCD'), num_steps)


def test_measurement():
    found = measured(
        reading('ab'), reading('ab', 'aB', 0.7), reading('aé', 'a'), reading('abcda', 'abcd'), reading('abcd')
    )
    assert found.right.tolist() == [True, False, False, False, True]
    assert found.right_any_case.tolist() == [True, True, False, False, True]
    assert found.right_letters.tolist() == [True, True, False, False, True]
    assert measured(reading('ab', 'a-b.'), reading('--', '!')).right_letters.tolist() == [True, True]
    assert found.similarity.tolist() == [1, 0.5, 0.5, 0.8, 1]
    assert found.confidence.tolist() == [0.5, 0.7, 0.5, 0.5, 0.5]
    assert found.within_reach.tolist() == [True, True, False, False, True]
    assert measured(reading('a' * 99), num_steps=None).within_reach.tolist() == [True]


def test_the_worst_are_as_in_the_csv_and_all_wrong():
    found = measured(reading('ab', 'ax', 0.9), reading('ab'), reading('ab', 'xx', 0.8), reading('ab', 'bx', 0.1))
    assert worst(found).tolist() == [3, 2, 0]
    assert worst(measured(reading('ab'))).tolist() == []


def test_suspects_are_wrong_and_as_confident_as_right_ones():
    found = suspects(
        measured(
            reading('ab', confidence=0.9),
            reading('ab', confidence=0.5),
            reading('ab', 'ac', 0.75),
            reading('ab', 'ad', 0.95),
            reading('ab', 'aa', 0.69),  # not confident enough
            reading('ab', 'AB', 0.99),  # letter case
            reading('aé', 'ad', 0.99),  # cannot be written
            reading('abcda', 'abcd', 0.99),  # nor can this
        )
    )
    assert found.threshold == pytest.approx(0.7)
    assert found.positions.tolist() == [3, 2]
    assert found.num_case_only == 1
    assert (found.accuracy.num_scored, found.rest.num_scored) == (6, 2)
    assert not found.are_telling


def test_suspects_tell_something_where_confidence_does():
    right = [reading('ab', confidence=0.9)] * 60
    confident, unsure = [reading('ab', 'ac', 0.95)], [reading('ab', 'ac', 0.1)] * 30
    assert suspects(measured(*right, *confident, *unsure)).are_telling
    assert not suspects(measured(*right, *unsure)).are_telling  # there are none
    assert not suspects(measured(*right, *confident * 60)).are_telling


@pytest.mark.parametrize('readings', [[], [reading('ab', 'cd', 0.9)]])
def test_without_a_right_reading_none_is_suspicious(readings):
    found = suspects(measured(*readings))
    assert math.isnan(found.threshold) and not len(found.positions)
