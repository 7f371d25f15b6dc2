"""Windows of long regions: where they are cut, in which order, and what of the text each shows."""

from itertools import pairwise

import numpy as np
import pytest

from ocr.geometry import polygon_area, polygon_box
from ocr.reading.long_text.windows import cut_windows

LINE = np.float32([[10, 20], [310, 20], [310, 40], [10, 40]])  # 15 times as long as high


def turned(polygon, degrees):
    angle = np.deg2rad(degrees)
    return polygon @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


@pytest.mark.parametrize('length', [20, 80, 119])
def test_short_regions_stay_whole(length):
    assert cut_windows(np.float32([[0, 0], [length, 0], [length, 20], [0, 20]]), 4) is None


@pytest.mark.parametrize('first', range(4))
@pytest.mark.parametrize('step', [1, -1])
def test_a_line_from_left_to_right_however_its_corners_are_listed(first, step):
    windows = cut_windows(np.roll(LINE, first, axis=0)[::step], 4)
    boxes = [polygon_box(window.polygon) for window in windows]
    assert boxes[0] == pytest.approx((10, 20, 90, 40)) and boxes[-1] == pytest.approx((230, 20, 310, 40))
    assert [box[0] for box in boxes] == sorted(box[0] for box in boxes)
    for before, after in pairwise(windows):
        assert after.start <= before.start + 2 + 1e-6  # half of a window is shared
    assert windows[-1].end == pytest.approx(15)


def test_a_column_from_top_to_bottom():
    boxes = [polygon_box(window.polygon) for window in cut_windows(LINE[:, ::-1], 4)]
    assert boxes[0] == pytest.approx((20, 10, 40, 90)) and boxes[-1] == pytest.approx((20, 230, 40, 310))


@pytest.mark.parametrize('degrees', [30, -40, 75, -80])
def test_a_slanted_line_is_cut_across(degrees):
    windows = cut_windows(turned(LINE, degrees), 4)
    assert len(windows) == 7
    assert all(polygon_area(window.polygon) == pytest.approx(4 * 20 * 20, rel=1e-3) for window in windows)
    middle = turned(np.array([[10 + 20 * 7.5, 30]]), degrees)
    assert windows[3].along(middle)[0] == pytest.approx(7.5, abs=1e-3)


def test_bent_text_from_its_start_on():
    angles = np.deg2rad(np.linspace(180, 0, 13))
    circle = np.stack([np.cos(angles), -np.sin(angles)], axis=1)
    ring = np.concatenate([220 * circle, 180 * circle[::-1]]) + 300
    windows = cut_windows(ring, 4)
    assert windows[0].origin == pytest.approx([100, 300], abs=1) and len(windows) > 5
    last = windows[-1].origin + windows[-1].direction
    assert last == pytest.approx([500, 300], abs=1)
    heights = [polygon_box(window.polygon)[3] - polygon_box(window.polygon)[1] for window in windows]
    assert max(heights) < 170 < polygon_box(ring)[3] - polygon_box(ring)[1]
    backwards = cut_windows(np.concatenate([ring[12::-1], ring[:12:-1]]), 4)
    assert backwards[0].origin == pytest.approx([500, 300], abs=1)


@pytest.mark.parametrize('polygon', [LINE[:3], np.zeros((4, 2)), np.float32([[0, 0], [300, 0], [300, 0], [0, 0]])])
def test_odd_polygons_do_no_harm(polygon):
    windows = cut_windows(polygon, 4)
    assert windows is None or all(np.isfinite(window.polygon).all() for window in windows)


def test_five_corners_are_taken_as_the_rectangle_around_them():
    five = np.insert(LINE, 1, [150, 20], axis=0)
    assert [w.start for w in cut_windows(five, 4)] == pytest.approx([w.start for w in cut_windows(LINE, 4)], abs=0.05)
