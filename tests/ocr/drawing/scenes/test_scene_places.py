"""Where a surface has room, and what the camera makes of it."""

import math

import numpy as np
import pytest

from ocr.drawing.scenes.place import Occupied, find_place, plane_matrix, roughness_of, seen

BOX = np.array([(0, 0), (100, 0), (100, 40), (0, 40)], np.float64)
FLAT = (0.0, 0.0, 2.0)


@pytest.mark.parametrize('roll', [0.0, 0.5, -math.pi / 2])
def test_the_middle_comes_where_it_should_at_its_natural_size(roll):
    matrix = plane_matrix(BOX, FLAT, roll, (300, 200))
    points = seen(matrix, np.concatenate([BOX, [(50, 20)]]))
    np.testing.assert_allclose(points[-1], (300, 200), atol=1e-9)
    assert np.linalg.norm(points[1] - points[0]) == pytest.approx(100)
    assert math.atan2(*(points[1] - points[0])[::-1]) == pytest.approx(roll)


def test_a_plane_seen_from_the_side_is_smaller_at_its_far_end():
    near, far = (
        np.linalg.norm(a - b)
        for a, b in zip(*np.split(seen(plane_matrix(BOX, (0.8, 0, 1.5), 0, (0, 0)), BOX)[[0, 1, 3, 2]], 2), strict=True)
    )
    assert near != pytest.approx(far, rel=0.05)


def test_what_is_taken_is_not_free():
    occupied = Occupied(200, 100)
    assert occupied.is_free(BOX)
    occupied.take(BOX)
    assert not occupied.is_free(BOX + np.array((60, 20)))
    assert occupied.is_free(BOX[:3] * 0.3 + np.array((150, 70)))


def test_a_place_lies_inside_the_picture_and_off_what_stands_there():
    rng, occupied = np.random.default_rng(0), Occupied(400, 300)
    occupied.take(np.array([(0, 0), (400, 0), (400, 150), (0, 150)], np.float64))
    for _ in range(20):
        matrix = find_place(BOX, FLAT, 0.1, occupied, 0.0, None, rng)
        if matrix is not None:
            points = seen(matrix, BOX)
            assert (points >= 0).all() and (points <= (400, 300)).all() and points[:, 1].min() > 150


def test_no_room_is_none():
    occupied = Occupied(90, 90)
    assert find_place(BOX, FLAT, 0.0, occupied, 0.0, None, np.random.default_rng(0)) is None


def test_of_free_places_the_most_even_is_taken():
    image = np.full((320, 640, 3), 120, np.uint8)
    image[:, :320] = np.random.default_rng(0).integers(0, 256, (320, 320, 3))
    roughness, rng = roughness_of(image), np.random.default_rng(1)
    lefts = [
        seen(find_place(BOX, FLAT, 0.0, Occupied(640, 320), 0.0, roughness, rng), BOX)[:, 0].min() for _ in range(20)
    ]
    assert np.mean(np.array(lefts) > 300) > 0.9
