"""Calibration, against a plain twin of its equation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import reading

from ocr.evaluation.error_report.calibration import calibrate, calibrate_characters, thresholds


def plain_ece(confidences, right, num_bins):
    """Guo et al. 2017, eq. 3, one sample after another."""
    bins = [[] for _ in range(num_bins)]
    for confidence, is_right in zip(confidences, right, strict=True):
        bins[min(int(confidence * num_bins), num_bins - 1)].append((confidence, is_right))
    error = 0.0
    for members in filter(None, bins):
        mean_confidence = sum(confidence for confidence, _ in members) / len(members)
        accuracy = sum(is_right for _, is_right in members) / len(members)
        error += len(members) / len(confidences) * abs(accuracy - mean_confidence)
    return error


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(1, 15))
def test_the_error_is_that_of_the_plain_twin(samples, num_bins):
    confidences, right = zip(*samples, strict=True)
    found = calibrate(confidences, right, num_bins)
    assert found.error == pytest.approx(plain_ece(confidences, right, num_bins), abs=1e-9)
    assert sum(one.accuracy.num_scored for one in found.bins) == found.num_scored == len(samples)
    assert all(one.low <= one.confidence <= one.high for one in found.bins)


def test_bins_and_excess():
    found = calibrate([0.0, 0.05, 0.95, 1.0, 0.1], [0, 1, 1, 1, 0])
    assert [(one.low, one.high, one.accuracy.num_scored, one.accuracy.value) for one in found.bins] == [
        (0, 0.1, 2, 0.5),
        (0.1, 0.2, 1, 0),
        (0.9, 1, 2, 1),
    ]
    assert found.excess.value == pytest.approx(np.mean([0.0, -0.95, -0.05, 0, 0.1]))


@pytest.mark.parametrize(('share', 'sign'), [(0.2, 1), (0.9, -1), (0.5, 0)])
def test_too_high_and_too_low_in_the_mean(share, sign):
    right = np.arange(200) < 200 * share
    excess = calibrate([0.5] * 200, right).excess
    assert (int(excess.low > 0) - int(excess.high < 0)) == sign


def test_nothing_has_no_error():
    found = calibrate([], [])
    assert found.bins == [] and math.isnan(found.error) and found.num_scored == 0
    assert thresholds(np.zeros(0), np.zeros(0, bool)) == []


def test_characters_are_judged_where_they_stand():
    readings = [
        reading('abc', 'abd', char_confidences=(0.9, 0.8, 0.3)),
        reading('ab', 'xab', char_confidences=(0.35, 0.95, 0.85)),
        reading('ab', '', char_confidences=()),
    ]
    found = calibrate_characters(readings)
    assert [(one.low, one.accuracy.num_scored, one.accuracy.value) for one in found.bins] == [
        (0.3, 2, 0),
        (0.8, 2, 1),
        (0.9, 2, 1),
    ]


def test_what_a_threshold_keeps():
    confidence = np.array([0.9, 0.8, 0.8, 0.4, 0.1])
    right = np.array([1, 1, 0, 0, 0], bool)
    found = thresholds(confidence, right, shares=(1.0, 0.6, 0.5, 0.2, 0.01))
    assert [(one.threshold, one.share, one.accuracy.num_scored) for one in found] == [
        (0.1, 1.0, 5),
        (0.8, 0.6, 3),  # both that are as confident; asked for twice, listed once
        (0.9, 0.2, 1),
    ]
    assert [one.accuracy.value for one in found] == pytest.approx([0.4, 2 / 3, 1])
