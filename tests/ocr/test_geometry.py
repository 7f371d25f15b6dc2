"""Polygons and boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.geometry import (
    box_polygon,
    clip_box,
    crosses_itself,
    homogeneous,
    polygon_area,
    polygon_box,
    strip_height,
    transform,
    whole_image,
    widened,
)

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
    ('polygon', 'crosses'),
    [
        ([[0, 0], [4, 0], [4, 3], [0, 3]], False),
        ([[0, 0], [4, 0], [0, 3], [4, 3]], True),
        ([[0, 0], [8, 0], [8, 8], [4, 1], [0, 8]], False),  # a dent
        ([[0, 0], [8, 0], [8, 8], [4, -1], [0, 8]], True),  # that reaches through
        ([[0, 0], [8, 0], [8, 8], [4, 0], [0, 8]], True),  # that touches
        ([[0, 0], [4, 0], [0, 3]], False),
    ],
)
def test_crosses_itself(polygon, crosses):
    assert crosses_itself(np.array(polygon, np.float32)) == crosses


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


@pytest.mark.parametrize('turn', [0, 30, 90])
def test_strip_height_is_the_shorter_side_of_a_rectangle(turn):
    angle = np.deg2rad(turn)
    matrix = [[np.cos(angle), -np.sin(angle), 5], [np.sin(angle), np.cos(angle), -7]]
    for width, height in ((100, 20), (20, 100), (30, 30)):
        assert strip_height(transform(whole_image(width, height), matrix)) == pytest.approx(
            min(width, height), abs=0.02
        )


def test_strip_height_follows_a_bent_text():
    angles = np.linspace(0, np.pi, 20)
    arc = np.stack([-np.cos(angles), -np.sin(angles)], axis=1)
    half_circle = np.vstack([arc * 110, arc[::-1] * 90])
    assert strip_height(half_circle) == pytest.approx(20, rel=0.02)


@pytest.mark.parametrize('polygon', [[[3, 3]], [[0, 0], [9, 0]], [[0, 0], [5, 5], [0, 5], [5, 0]]])
def test_strip_height_of_a_polygon_without_area_is_0(polygon):
    assert strip_height(np.array(polygon)) == 0


def test_a_box_is_a_polygon():
    assert box_polygon((1, 2, 5, 8)).tolist() == [[1, 2], [5, 2], [5, 8], [1, 8]]
    assert polygon_box(box_polygon((1, 2, 5, 8))) == (1, 2, 5, 8)


def test_transform_by_a_homography_divides_by_the_distance():
    matrix = [[2, 0, 4], [0, 2, 6], [0.5, 0, 1]]
    assert transform([[0, 0], [2, 0], [2, 3]], matrix).tolist() == [[4, 6], [4, 3], [4, 6]]


def test_an_affine_matrix_is_a_homography():
    affine = np.array([[1, 2, 3], [4, 5, 6]])
    points = np.random.default_rng(0).uniform(-100, 100, (10, 2))
    assert homogeneous(affine).tolist() == [[1, 2, 3], [4, 5, 6], [0, 0, 1]]
    assert (homogeneous(homogeneous(affine)) == homogeneous(affine)).all()
    assert (transform(points, affine) == transform(points, homogeneous(affine))).all()


@pytest.mark.parametrize('pad', [2, -3, 0])
def test_a_widened_polygon_has_edges_that_lie_so_far_out(pad):
    box = box_polygon((10, 20, 50, 40))
    expected = box_polygon((10 - pad, 20 - pad, 50 + pad, 40 + pad))
    np.testing.assert_allclose(widened(box, pad), expected)
    np.testing.assert_allclose(widened(box[::-1], pad), expected[::-1])  # the other way round
    slanted = transform(box, [[0.6, -0.8, 5], [0.8, 0.6, 9]])
    np.testing.assert_allclose(widened(slanted, pad), transform(expected, [[0.6, -0.8, 5], [0.8, 0.6, 9]]), atol=1e-4)


def test_a_sharp_corner_moves_by_twice_as_much_at_most():
    needle = np.array([[0, 0], [100, 1], [100, -1]], np.float32)
    moved = np.linalg.norm(widened(needle, 3) - needle, axis=1)
    assert moved[0] < 2 * 3 and (moved[1:] > 3).all()
    doubled = np.array([[0, 0], [0, 0], [9, 0], [9, 9]], np.float32)  # a point that appears twice
    assert np.isfinite(widened(doubled, 1)).all()
