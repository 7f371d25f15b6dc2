"""Polygons and boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.geometry import clip_box, polygon_area, polygon_box, transform, whole_image

coordinates = st.integers(-500, 500)
polygons = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12).map(lambda p: np.array(p, np.float32))


@pytest.mark.parametrize(
    ('polygon', 'area'),
    [
        ([[0, 0], [4, 0], [4, 3], [0, 3]], 12),
        ([[0, 3], [4, 3], [4, 0], [0, 0]], 12),  # the other way round
        ([[0, 0], [4, 0], [0, 3]], 6),
        ([[0, 0], [4, 4], [8, 8], [2, 2]], 0),  # on one line
        ([[5, 5], [5, 5], [5, 5]], 0),
        ([[0, 0], [4, 0]], 0),
        ([], 0),
        ([[0, 0], [4, 0], [0, 3], [4, 3]], 0),  # crosses itself, both halves alike
        ([[1e6, 1e6], [1e6 + 1, 1e6], [1e6 + 1, 1e6 + 1], [1e6, 1e6 + 1]], 1),
    ],
)
def test_polygon_area(polygon, area):
    assert polygon_area(np.array(polygon, np.float64).reshape(-1, 2)) == area


@pytest.mark.parametrize(
    ('box', 'clipped'),
    [
        ((1, 2, 3, 4), (1, 2, 3, 4)),
        ((-5, -5, 30, 30), (0, 0, 20, 10)),
        ((-9, 0, -3, 5), (0, 0, 0, 5)),
        ((25, 12, 30, 15), (20, 10, 20, 10)),
    ],
)
def test_clip_box(box, clipped):
    assert clip_box(box, 20, 10) == clipped


def test_whole_image_is_the_end_exclusive_box():
    polygon = whole_image(7, 3)
    assert polygon.dtype == np.float32
    assert polygon_box(polygon) == (0.0, 0.0, 7.0, 3.0)
    assert polygon_area(polygon) == 21


def test_transform_turns_and_shifts():
    quarter_turn = np.array([[0, -1, 10], [1, 0, 20]])
    moved = transform(np.array([[0, 0], [4, 0]], np.float32), quarter_turn)
    assert moved.dtype == np.float32
    np.testing.assert_array_equal(moved, [[10, 20], [10, 24]])


@given(polygons)
def test_box_holds_every_point_and_touches_some(polygon):
    x0, y0, x1, y1 = polygon_box(polygon)
    assert (polygon >= [x0, y0]).all()
    assert (polygon <= [x1, y1]).all()
    assert {x0, x1} <= set(polygon[:, 0].tolist())
    assert {y0, y1} <= set(polygon[:, 1].tolist())


@given(polygons, st.integers(0, 11), st.tuples(coordinates, coordinates))
def test_area_does_not_depend_on_start_direction_and_place(polygon, start, shift):
    area = polygon_area(polygon)
    assert polygon_area(np.roll(polygon, start, axis=0)) == area
    assert polygon_area(polygon[::-1]) == area
    assert polygon_area(polygon + np.array(shift, np.float32)) == area


@given(polygons, st.tuples(coordinates, coordinates), st.integers(1, 5))
def test_transform_scales_area_by_its_determinant(polygon, shift, scale):
    matrix = np.array([[scale, 0.5, shift[0]], [0, 1, shift[1]]])
    assert polygon_area(transform(polygon, matrix)) == pytest.approx(scale * polygon_area(polygon), abs=0.1)


@given(polygons, st.integers(1, 100), st.integers(1, 100))
def test_clipped_box_lies_inside_the_image(polygon, width, height):
    x0, y0, x1, y1 = clip_box(polygon_box(polygon), width, height)
    assert 0 <= x0 <= x1 <= width
    assert 0 <= y0 <= y1 <= height
