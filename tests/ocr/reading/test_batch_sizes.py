"""Few sizes of batches, and memory that is given back."""

import numpy as np
import pytest

from ocr.reading.batch_sizes import BatchSizes
from ocr.reading.free_memory import give_back_memory


@pytest.mark.parametrize('largest', [1, 5, 32, 100])
def test_sizes_are_few_and_never_above_the_largest(largest):
    sizes = BatchSizes()
    assert sizes.padded(largest) == largest
    padded = {number: sizes.padded(number) for number in range(1, largest)}
    assert all(number <= size < 2 * number or size == largest for number, size in padded.items())
    assert len(set(padded.values())) <= largest.bit_length() + 1


def test_the_first_row_fills_up():
    sizes = BatchSizes()
    sizes.fill(np.zeros((8, 2)))
    rows = np.arange(6).reshape(3, 2)
    np.testing.assert_array_equal(sizes.fill(rows), [[0, 1], [2, 3], [4, 5], [0, 1]])
    assert len(sizes.fill(rows[:0])) == 0


def test_giving_back_memory_changes_nothing_that_is_held():
    held = np.ones(1000)
    give_back_memory()
    assert held.sum() == 1000
