"""Offsets of outlines: what shrinks, what grows back, what falls apart."""

import numpy as np
import pytest

from ocr.geometry import box_polygon, polygon_area, polygon_box
from ocr.preprocessing.outline import grow_distance, offset, perimeter, shrink, shrink_distance


def rectangle(width, height):
    return box_polygon((10, 20, 10 + width, 20 + height))


def test_the_distance_is_that_of_the_paper():
    assert shrink_distance(800, 120, 0.4) == pytest.approx(800 * (1 - 0.16) / 120)
    assert shrink_distance(0, 0) == 0


@pytest.mark.parametrize(('width', 'height'), [(40, 20), (30, 30), (200, 20), (1000, 30), (20, 300), (64, 10)])
def test_a_core_grows_back_to_its_rectangle(width, height):
    (core,) = shrink(rectangle(width, height))
    (back,) = offset(core, grow_distance(polygon_area(core), perimeter(core)))
    assert polygon_box(back) == pytest.approx((10, 20, 10 + width, 20 + height), abs=0.3)


def test_with_the_ratio_of_the_paper_a_long_line_would_come_back_too_thin():
    (core,) = shrink(rectangle(1000, 30))
    of_paper = polygon_area(core) * 1.5 / perimeter(core)
    height = np.ptp(offset(core, of_paper)[0][:, 1])
    assert height < 0.5 * 30
    height = np.ptp(offset(core, grow_distance(polygon_area(core), perimeter(core)))[0][:, 1])
    assert height == pytest.approx(30, abs=0.5)


def test_corners_stay_corners():
    (grown,) = offset(rectangle(40, 20), 5)
    assert len(grown) == 4
    assert polygon_area(grown) == pytest.approx(50 * 30)


def test_an_outline_with_a_waist_falls_apart_and_the_largest_piece_comes_first():
    dumbbell = [[0, 0], [40, 0], [40, 19], [60, 19], [60, 5], [90, 5], [90, 35], [60, 35], [60, 21], [40, 21], [40, 40]]
    pieces = offset([*dumbbell, [0, 40]], -4)
    assert [polygon_area(piece) for piece in pieces] == pytest.approx([32 * 32, 22 * 22])


def test_nothing_is_left_of_what_shrinks_by_more_than_half_its_height():
    assert offset(rectangle(40, 8), -4.1) == []


@pytest.mark.parametrize('polygon', [[[0, 0], [10, 10]], [[5, 5]] * 4, [[0, 0], [5, 0], [10, 0]]])
def test_what_has_no_area_has_no_core(polygon):
    assert shrink(np.array(polygon, np.float32)) == []


def test_either_direction_and_a_crossing_outline_are_taken_for_what_they_cover():
    assert polygon_area(offset(rectangle(40, 20)[::-1], -2)[0]) == pytest.approx(36 * 16)
    bow = [[0, 0], [40, 30], [40, 0], [0, 30]]
    assert len(offset(bow, -1)) == 2
