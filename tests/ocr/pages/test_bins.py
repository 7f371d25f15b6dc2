"""Intervals with names."""

from collections import Counter

import pytest

from ocr.pages.bins import LENGTHS, binned


@pytest.mark.parametrize(
    ('length', 'name'), [(0, '1'), (1, '1'), (4, '4'), (5, '5-6'), (64, '49-64'), (65, '65 and more')]
)
def test_intervals(length, name):
    assert LENGTHS(length) == name
    assert binned(Counter({length: 3}), LENGTHS) == {name: 3}
