"""Joining readings of windows that overlap."""

import numpy as np
import pytest

from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import place_region
from ocr.reading.long_text.stitching import Placed, placed, stitch
from ocr.reading.long_text.windows import cut_windows
from ocr.reading.read_text import ReadText

LINE = np.float32([[0, 0], [240, 0], [240, 20], [0, 20]])  # 12 times as long as high
WINDOWS = cut_windows(LINE, 4)


def reading(text, start, step=0.5, confidence=0.9):
    """Characters at even places from `start` on."""
    return [Placed(character, confidence, start + step * n) for n, character in enumerate(text)]


def joined(*readings, windows=WINDOWS):
    results = [
        ReadText(''.join(one.character for one in row), 0.5, tuple(one.confidence for one in row)) for row in readings
    ]
    return stitch(windows[: len(readings)], results, list(readings))


def test_equal_overlaps_are_written_once():
    assert joined(reading('abcdefgh', 0.25), reading('efghijkl', 2.25)).text == 'abcdefghijkl'


def test_letters_cut_by_an_edge_are_left_out():
    assert joined(reading('abcdefgI', 0.25), reading('cfghijkl', 2.25)).text == 'abcdefghijkl'


def test_a_letter_too_many_in_one_window():
    left, right = reading('abcdeefgh', 0.25, 0.45), reading('efghijkl', 2.25)
    assert joined(left, right).text in ('abcdeefghijkl', 'abcdefghijkl')


def test_letters_that_repeat_are_told_apart_by_their_places():
    assert joined(reading('aaaaaaaa', 0.25), reading('aaaaaaaa', 2.25)).text == 'a' * 12


def test_several_letters_that_follow_alike_outweigh_a_surer_one_elsewhere():
    """What decides is the sum over letters at one distance in both readings."""
    left = [*reading('abcd', 0.25), Placed('X', 0.99, 2.0), *reading('efgh', 2.25)]
    right = [Placed('X', 0.99, 2.0), Placed('Y', 0.9, 2.2), *reading('efghij', 2.55)]
    assert joined(left, right).text == 'abcdXefghij'


def test_without_a_common_letter_each_side_keeps_its_half():
    assert joined(reading('abcdefgh', 0.25), reading('EFGHIJKL', 2.25)).text == 'abcdefGHIJKL'


@pytest.mark.parametrize(('left', 'right', 'text'), [('', 'abc', 'bc'), ('abcdefgh', '', 'abcdef'), ('', '', '')])
def test_a_window_in_which_nothing_was_read(left, right, text):
    assert joined(reading(left, 0.25), reading(right, 2.75)).text == text


def test_confidence_is_the_product_of_what_was_kept_and_the_last_end():
    left, right = reading('abcdefgh', 0.25, confidence=0.9), reading('efghijkl', 2.25, confidence=0.8)
    result = joined(left, right)
    assert len(result.char_confidences) == 12 and result.alpha is None
    ending = 0.5 / 0.8**8
    assert result.confidence == pytest.approx(np.prod(result.char_confidences) * min(ending, 1))


def test_three_windows():
    rows = reading('abcdefgh', 0.25), reading('efghijkl', 2.25), reading('ijklmnop', 4.25)
    assert joined(*rows).text == 'abcdefghijklmnop'


def test_places_come_from_the_attention():
    alpha = np.zeros((3, 2, 8), np.float32)  # the window is 64 x 16 on its canvas, cells of 8
    alpha[0, :, 0] = alpha[1, :, 4] = alpha[2, :, 7] = 0.5
    result = ReadText('ab', 0.5, (0.9, 0.8), alpha)
    prepared = place_region(np.zeros((20, 240, 3), np.uint8), WINDOWS[1].polygon, Canvas(64))
    found = placed(WINDOWS[1], prepared, result)
    assert [one.character for one in found] == ['a', 'b']
    start = WINDOWS[1].start
    assert [one.place for one in found] == pytest.approx([start + 4 * 0.5 / 8, start + 4 * 4.5 / 8], abs=0.02)
