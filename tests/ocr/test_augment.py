"""Random transforms of a training region, and where they put it on the canvas."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.augment import AugmentSettings, augmented_placement, draw_augmentation
from ocr.geometry import polygon_box, transform, whole_image
from ocr.image import canvas_shape, warp_region

REFERENCE = AugmentSettings()
PLAIN = AugmentSettings(rotation_prob=0, shear_prob=0)
SIDES = [64, 100, 256]

rectangles = st.tuples(
    st.floats(-50, 900),  # x, y of the centre
    st.floats(-50, 900),
    st.floats(8, 2000),  # width, height
    st.floats(8, 2000),
    st.floats(0, 360),  # turned by
)


def turned_rectangle(centre_x, centre_y, width, height, degrees):
    return cv2.boxPoints(((centre_x, centre_y), (width, height), degrees))


def placed(polygon, side, seed, chosen=REFERENCE):
    augmentation = draw_augmentation(np.random.default_rng(seed), chosen)
    return augmented_placement(polygon, side, augmentation, chosen)


@settings(max_examples=300, deadline=None)
@given(rectangle=rectangles, side=st.sampled_from(SIDES), seed=st.integers(0, 2**32))
def test_the_text_stays_on_the_canvas_at_the_sizes_of_the_reference(rectangle, side, seed):
    polygon = turned_rectangle(*rectangle)
    augmentation = draw_augmentation(np.random.default_rng(seed), REFERENCE)
    matrix, (x0, y0, x1, y1) = augmented_placement(polygon, side, augmentation, REFERENCE)
    width, height = x1 - x0, y1 - y0
    assert 0 <= x0 < x1 <= side and 0 <= y0 < y1 <= side
    assert min(width, height) >= 8 and max(width, height) <= side - 1
    turned = polygon_box(transform(polygon, np.hstack([augmentation.linear, np.zeros((2, 1))])))
    longer_before = max(turned[2] - turned[0], turned[3] - turned[1])
    assert min(int(0.875 * side), 4 * longer_before - 0.51) <= max(width, height) <= 4 * longer_before + 0.51
    assert polygon_box(transform(polygon, matrix)) == pytest.approx((x0, y0, x1, y1), abs=0.01)


@settings(max_examples=200, deadline=None)
@given(rectangle=rectangles, side=st.sampled_from(SIDES), seed=st.integers(0, 2**32))
def test_on_a_fitted_canvas_the_text_has_the_same_size(rectangle, side, seed):
    polygon = turned_rectangle(*rectangle)
    augmentation = draw_augmentation(np.random.default_rng(seed), REFERENCE)
    _, square = augmented_placement(polygon, side, augmentation, REFERENCE)
    matrix, (x0, y0, x1, y1) = augmented_placement(polygon, side, augmentation, REFERENCE, fits=True)
    assert (x1 - x0, y1 - y0) == (square[2] - square[0], square[3] - square[1])
    height, width = canvas_shape((x1 - x0, y1 - y0), side, fits=True)
    assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
    assert polygon_box(transform(polygon, matrix)) == pytest.approx((x0, y0, x1, y1), abs=0.01)


@settings(max_examples=300, deadline=None)
@given(rectangle=rectangles, side=st.sampled_from(SIDES), seed=st.integers(0, 2**32))
def test_no_side_is_enlarged_more_than_four_times_beyond_the_least_size(rectangle, side, seed):
    polygon = turned_rectangle(*rectangle)
    augmentation = draw_augmentation(np.random.default_rng(seed), REFERENCE)
    _, (x0, y0, x1, y1) = augmented_placement(polygon, side, augmentation, REFERENCE)
    turned = polygon_box(transform(polygon, np.hstack([augmentation.linear, np.zeros((2, 1))])))
    for after, before in ((x1 - x0, turned[2] - turned[0]), (y1 - y0, turned[3] - turned[1])):
        assert after <= max(8, 4 * before + 0.51)


@pytest.mark.parametrize(
    ('size', 'expected'),
    [((1, 1), (8, 8)), ((3, 1), (12, 8)), ((1, 50), (8, 200)), ((2000, 8), (None, 8)), ((8, 2000), (8, None))],
)
def test_thin_and_tiny_regions_keep_the_least_size(size, expected):
    for seed in range(20):
        _, (x0, y0, x1, y1) = placed(whole_image(*size), 256, seed, PLAIN)
        for side, wanted in zip((x1 - x0, y1 - y0), expected, strict=True):
            assert 224 <= side <= 255 if wanted is None else side == wanted


def test_every_size_and_place_that_is_allowed_is_drawn():
    boxes = [placed(whole_image(1000, 500), 64, seed, PLAIN)[1] for seed in range(600)]
    widths = [x1 - x0 for x0, _, x1, _ in boxes]
    assert set(widths) == set(range(56, 64))
    assert {x0 == 0 for x0, *_ in boxes} == {x1 == 64 for _, _, x1, _ in boxes} == {True, False}
    tops = [y0 / (64 - (y1 - y0)) for _, y0, _, y1 in boxes]
    assert min(tops) == 0 and max(tops) == 1
    assert np.mean(tops) == pytest.approx(0.5, abs=0.05)


@settings(max_examples=200, deadline=None)
@given(
    rectangle=st.tuples(
        st.floats(100, 300), st.floats(100, 300), st.floats(10, 100), st.floats(10, 100), st.floats(0, 360)
    ),
    seed=st.integers(0, 2**32),
)
def test_the_box_is_that_of_the_ink(rectangle, seed):
    polygon = turned_rectangle(*rectangle)
    matrix, box = placed(polygon, 96, seed)
    canvas = warp_region(np.full((400, 400, 3), 255, np.uint8), polygon, matrix, 96, 96)
    rows, columns = np.nonzero(canvas[:, :, 0])
    ink = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert np.abs(np.subtract(ink, box)).max() <= 2


def test_probability_0_is_scale_and_place_only():
    for seed in range(50):
        augmentation = draw_augmentation(np.random.default_rng(seed), PLAIN)
        assert (augmentation.linear == np.eye(2)).all()
    matrix, (x0, y0, x1, y1) = placed(whole_image(40, 20) + np.float32([7, 9]), 64, 0, PLAIN)
    assert matrix[0, 1] == matrix[1, 0] == 0
    assert matrix[0, 0] == (x1 - x0) / 40 and matrix[1, 1] == (y1 - y0) / 20
    assert matrix[:, 2] == pytest.approx([x0 - 7 * matrix[0, 0], y0 - 9 * matrix[1, 1]])


def test_rotation_alone_turns_within_its_range_either_way():
    turns = []
    for seed in range(300):
        linear = draw_augmentation(np.random.default_rng(seed), AugmentSettings(rotation_prob=1, shear_prob=0)).linear
        assert np.allclose(linear @ linear.T, np.eye(2)) and np.linalg.det(linear) == pytest.approx(1)
        turns.append(np.rad2deg(np.arctan2(linear[1, 0], linear[0, 0])))
    assert -20 <= min(turns) < -18 and 18 < max(turns) <= 20


def test_shear_alone_slants_each_axis_within_its_range_by_its_own_draw():
    shears = []
    for seed in range(300):
        linear = draw_augmentation(np.random.default_rng(seed), AugmentSettings(rotation_prob=0, shear_prob=1)).linear
        assert linear[0, 0] == linear[1, 1] == 1
        shears.append((linear[0, 1], linear[1, 0]))
    low, high = np.min(shears, axis=0), np.max(shears, axis=0)
    assert (low >= -0.2).all() and (low < -0.18).all() and (high > 0.18).all() and (high <= 0.2).all()
    assert abs(np.corrcoef(np.transpose(shears))[0, 1]) < 0.2


def test_the_text_is_turned_first_and_then_slanted():
    both = AugmentSettings(rotation_prob=1, shear_prob=1)
    linear, turned, slanted = (
        draw_augmentation(np.random.default_rng(3), chosen).linear
        for chosen in (
            both,
            AugmentSettings(rotation_prob=1, shear_prob=0),
            AugmentSettings(rotation_prob=0, shear_prob=1),
        )
    )
    assert np.allclose(linear, slanted @ turned) and not np.allclose(linear, turned @ slanted)


@pytest.mark.parametrize(('rotation_prob', 'shear_prob'), [(0.5, 0.5), (0.2, 0.8)])
def test_rotation_and_shear_come_as_often_as_asked_for_and_independently(rotation_prob, shear_prob):
    chosen = AugmentSettings(rotation_prob=rotation_prob, shear_prob=shear_prob)
    drawn = []
    for seed in range(1000):
        linear = draw_augmentation(np.random.default_rng(seed), chosen).linear
        # A turned and slanted matrix is neither orthogonal nor with ones on its diagonal.
        drawn.append((not np.allclose(np.diag(linear), 1), not np.allclose(linear @ linear.T, np.eye(2))))
    rotated, sheared = np.mean(drawn, axis=0)
    assert rotated == pytest.approx(rotation_prob, abs=0.05)
    assert sheared == pytest.approx(shear_prob, abs=0.05)
    assert np.mean(np.all(drawn, axis=1)) == pytest.approx(rotation_prob * shear_prob, abs=0.05)


def test_the_same_seed_gives_the_same_draw_and_another_another():
    first, again, other = (draw_augmentation(np.random.default_rng(seed), REFERENCE) for seed in (5, 5, 6))
    assert (first.linear == again.linear).all() and first.fill == again.fill and first.corner == again.corner
    assert first.fill != other.fill and first.corner != other.corner


def test_the_number_of_draws_does_not_depend_on_their_outcome():
    states = set()
    for chosen in (REFERENCE, PLAIN, AugmentSettings(rotation_prob=1, shear_prob=1), AugmentSettings(min_fill=0.1)):
        rng = np.random.default_rng(0)
        for _ in range(10):
            draw_augmentation(rng, chosen)
        states.add(rng.bit_generator.state['state']['state'])
    assert len(states) == 1
