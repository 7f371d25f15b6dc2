"""A region in its photograph, with numbers along the word."""

import numpy as np
import pytest

from ocr.visualization.region_view import (
    BADGE_PAPER,
    LARGEST_SCALE,
    OUTLINE,
    VIEW_HEIGHT,
    VIEW_WIDTH,
    badge_places,
    region_view,
)

BOX = np.float32([[1000, 500], [1400, 500], [1400, 600], [1000, 600]])


def photograph(height, width, value=128):
    return np.full((height, width, 3), value, np.uint8)


def along(polygon, count):
    """Positions in the middle of a box's height, from left to right."""
    (x0, y0), (x1, y1) = polygon[0], polygon[2]
    return [{'peak': [float(x0 + (n + 0.5) * (x1 - x0) / count), float(y0 + y1) / 2]} for n in range(count)]


def num_of(picture, colour):
    return int((np.abs(picture.astype(int) - colour).max(-1) < 30).sum())


def test_the_surroundings_are_shown_and_the_region_outlined():
    image = photograph(2000, 3000)
    image[500:600, 1000:1400] = 250
    view = region_view(image, BOX, [])
    assert view.dtype == np.uint8 and view.shape == (290, VIEW_WIDTH, 3)  # 680 x 380 pixels of the photograph
    rows, columns = np.nonzero((view == 250).all(-1))
    scale = VIEW_WIDTH / 680
    assert (columns.min(), columns.max()) == pytest.approx((140 * scale, 540 * scale), abs=4)
    assert (rows.min(), rows.max()) == pytest.approx((140 * scale, 240 * scale), abs=4)
    assert num_of(view, OUTLINE) > 500


@pytest.mark.parametrize(
    ('shape', 'polygon'),
    [
        ((2000, 3000), BOX),
        ((2000, 3000), BOX[:, ::-1]),
        ((600, 1400), BOX),  # at the edge
        ((40, 60), None),
        ((1, 1), None),
        ((5000, 3), None),
        ((2000, 3000), BOX / 100),  # four pixels wide
        ((2000, 3000), BOX + np.float32([1700, 0])),  # reaches over the edge
    ],
)
@pytest.mark.parametrize('count', [0, 1, 12, 40])
def test_a_view_of_any_region(shape, polygon, count):
    outline = np.float32([[0, 0], [shape[1], 0], shape[::-1], [0, shape[0]]]) if polygon is None else polygon
    view = region_view(photograph(*shape), polygon, along(outline, count))
    assert view.dtype == np.uint8 and view.shape[2] == 3
    assert 1 <= view.shape[0] <= VIEW_HEIGHT and 1 <= view.shape[1] <= VIEW_WIDTH
    assert max(view.shape[0] / shape[0], view.shape[1] / shape[1]) <= LARGEST_SCALE


def test_every_character_has_a_dot_and_a_number():
    darker = [num_of(region_view(photograph(2000, 3000), BOX, along(BOX, n)), BADGE_PAPER) for n in (0, 1, 2, 4)]
    first, second, both = np.diff(darker)
    assert first > 150 and second > 150 and both > 300


@pytest.mark.parametrize(
    ('step', 'side'),
    [((30, 0), (0, -1)), ((0, 30), (1, 0)), ((21, 21), (1, -1)), ((21, -21), (-1, -1)), ((-30, 0), (0, -1))],
)
def test_numbers_stand_above_a_line_and_right_of_a_column(step, side):
    peaks = np.array([150, 150]) + np.arange(5)[:, np.newaxis] * step
    places, radius = badge_places(peaks.astype(float), 40, (400, 400))
    moved = places - peaks
    np.testing.assert_allclose(moved, np.tile(side / np.linalg.norm(side) * (20 + radius), (5, 1)), atol=1e-6)


@pytest.mark.parametrize('spread', [0, 3, 100])
def test_numbers_stay_in_the_picture_and_off_each_other(spread):
    peaks = np.random.default_rng(0).normal((200, 150), (spread, 5), (10, 2)).clip(0, (400, 300))
    places, radius = badge_places(peaks, 30, (300, 400))
    assert (places >= radius).all() and (places <= (400 - radius, 300 - radius)).all()
    distances = np.linalg.norm(places[:, np.newaxis] - places, axis=2)[np.triu_indices(10, 1)]
    assert distances.min() > 2 * radius


def test_along_an_arc_the_numbers_stand_outside():
    angles = np.linspace(np.pi, 0, 12)
    peaks = 200 + 120 * np.stack([np.cos(angles), -np.sin(angles)], axis=1)
    places, _ = badge_places(peaks, 40, (500, 500))
    assert (np.linalg.norm(places - 200, axis=1)[1:-1] > 135).all()
