"""When two detectors' maps count as the same."""

import numpy as np
import pytest

from ocr.errors import InputError
from ocr.evaluation.same_text import check_same_map


def maps(texts):
    """A map of 200 x 200 pixels for each number of texts, whose cores are 60 x 4 pixels; flat and uncertain between."""
    found = np.full((len(texts), 200, 200), 0.28, np.float32)
    for one, number in zip(found, texts, strict=True):
        for n in range(number):
            one[20 * n + 10 : 20 * n + 14, 30:90] = 0.95
    return found


@pytest.mark.parametrize('weights', ['float32', 'float16'])
def test_a_text_that_one_map_lacks_is_told(weights):
    with pytest.raises(InputError, match=r'finds other text in 1 of 3 pictures .*; nothing was written'):
        check_same_map(maps([3, 2, 1]), maps([3, 1, 1]), weights)


def test_noise_on_a_flat_map_and_a_moved_edge_are_none():
    expected = maps([3, 3])
    found = expected + np.random.default_rng(0).normal(0, 0.004, expected.shape).astype(np.float32)
    found[0, 10, 30:34] = 0.28  # a piece of a core's edge
    assert np.abs(found - expected).max() > 0.5
    check_same_map(expected, found, 'float16')
    with pytest.raises(InputError):
        check_same_map(expected, found, 'float32')


@pytest.mark.parametrize('value', [0.4, np.nan])
def test_another_level_is_told(value):
    with pytest.raises(InputError, match='try --weights float32'):
        check_same_map(maps([1]), np.full((1, 200, 200), value, np.float32), 'float16')
