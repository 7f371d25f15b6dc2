"""Random transforms of a training region, and where they put it on the canvas."""

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.config import Config
from ocr.errors import InputError
from ocr.geometry import box_polygon, polygon_area, polygon_box, strip_height, transform, whole_image
from ocr.preprocessing.augment import (
    CUTS,
    MOVED,
    WIDE,
    AugmentSettings,
    augmented_placement,
    draw_augmentation,
    region_outline,
)
from ocr.preprocessing.augment_sets import AUGMENT_NUMBERS
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.warp import warp_region

REFERENCE = AugmentSettings()
PLAIN = AugmentSettings(rotation_prob=0, shear_prob=0)
EVERYTHING = AugmentSettings(**{field.name: 1 for field in fields(AugmentSettings) if field.name.endswith('_prob')})
SIDES = [64, 100, 256]

rectangles = st.tuples(
    st.floats(-50, 900),  # x, y of the centre
    st.floats(-50, 900),
    st.floats(8, 2000),  # width, height
    st.floats(8, 2000),
    st.floats(0, 360),  # turned by
)
any_region = given(rectangle=rectangles, side=st.sampled_from(SIDES), seed=st.integers(0, 2**32))
KINDS = 'square', 'fit', 'area'


def turned_rectangle(centre_x, centre_y, width, height, degrees):
    return cv2.boxPoints(((centre_x, centre_y), (width, height), degrees))


def drawn(rectangle, seed):
    """The polygon of a rectangle, and an augmentation as the reference draws them."""
    return turned_rectangle(*rectangle), draw_augmentation(np.random.default_rng(seed), REFERENCE)


def placed(polygon, side, seed, chosen=REFERENCE):
    augmentation = draw_augmentation(np.random.default_rng(seed), chosen)
    return augmented_placement(polygon, Canvas(side), augmentation, chosen)[:2]


@settings(max_examples=300)
@any_region
def test_the_text_stays_on_the_canvas_at_the_sizes_of_the_reference(rectangle, side, seed):
    polygon, augmentation = drawn(rectangle, seed)
    matrix, (x0, y0, x1, y1), _ = augmented_placement(polygon, Canvas(side), augmentation, REFERENCE)
    width, height = x1 - x0, y1 - y0
    assert 0 <= x0 < x1 <= side and 0 <= y0 < y1 <= side
    assert min(width, height) >= 8 and max(width, height) <= side - 1
    turned = polygon_box(transform(polygon, np.hstack([augmentation.linear, np.zeros((2, 1))])))
    longer_before = max(turned[2] - turned[0], turned[3] - turned[1])
    assert min(int(0.875 * side), 4 * longer_before - 0.51) <= max(width, height) <= 4 * longer_before + 0.51
    assert polygon_box(transform(polygon, matrix)) == pytest.approx((x0, y0, x1, y1), abs=0.01)


@settings(max_examples=200)
@any_region
def test_on_a_fitted_canvas_the_text_has_the_same_size(rectangle, side, seed):
    polygon, augmentation = drawn(rectangle, seed)
    _, square, _ = augmented_placement(polygon, Canvas(side), augmentation, REFERENCE)
    fitted = Canvas(side, 'fit')
    matrix, (x0, y0, x1, y1), (height, width) = augmented_placement(polygon, fitted, augmentation, REFERENCE)
    assert (x1 - x0, y1 - y0) == (square[2] - square[0], square[3] - square[1])
    assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
    assert polygon_box(transform(polygon, matrix)) == pytest.approx((x0, y0, x1, y1), abs=0.01)


@settings(max_examples=300)
@any_region
def test_no_side_is_enlarged_more_than_four_times_beyond_the_least_size(rectangle, side, seed):
    polygon, augmentation = drawn(rectangle, seed)
    _, (x0, y0, x1, y1), _ = augmented_placement(polygon, Canvas(side), augmentation, REFERENCE)
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


def test_canvases_of_one_area_vary_as_far_as_is_said():
    outline, canvas, chosen = whole_image(300, 100), Canvas(384, 'area', 6144), replace(PLAIN, area_change=2)

    def shape(seed, canvas, chosen):
        return augmented_placement(outline, canvas, draw_augmentation(np.random.default_rng(seed), chosen), chosen)[2]

    shapes = {shape(seed, canvas, chosen) for seed in range(100)}
    assert shapes == {canvas.times(factor).place(outline)[1] for factor in (0.5, 2**-0.5, 1, 2**0.5, 2)}
    areas = [height * width for height, width in shapes]
    assert min(areas) < 3072 + 1 and 10_000 < max(areas) <= 12_288
    for other in (Canvas(256), Canvas(256, 'fit')):
        assert {shape(seed, other, chosen) for seed in range(20)} == {shape(0, other, PLAIN)}


@settings(max_examples=200)
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
    assert matrix[:, 2] == pytest.approx([x0 - 7 * matrix[0, 0], y0 - 9 * matrix[1, 1], 1])
    assert matrix[2].tolist() == [0, 0, 1]


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


def test_what_is_added_to_the_reference_leaves_the_draws_of_the_reference_as_they_are():
    added = replace(EVERYTHING, rotation_prob=0.5, shear_prob=0.5)
    for seed in range(20):
        one, other = (draw_augmentation(np.random.default_rng(seed), chosen) for chosen in (REFERENCE, added))
        assert (one.linear == other.linear).all() and one.fill == other.fill and one.corner == other.corner
        assert one.margins is None and one.tilt == (0, 0)
        assert other.margins.all() and all(other.tilt)


def test_the_settings_are_those_of_the_config_with_the_same_defaults():
    unnamed = {'min_fill', 'max_enlargement', 'min_side'}
    assert {field.name for field in fields(AugmentSettings)} - unnamed == {*AUGMENT_NUMBERS, 'cut_shares'}
    assert AugmentSettings(**Config().augmentation) == REFERENCE


def test_the_number_of_draws_does_not_depend_on_their_outcome():
    states = set()
    for chosen in (REFERENCE, PLAIN, EVERYTHING, replace(EVERYTHING, margin_prob=0.5), AugmentSettings(min_fill=0.1)):
        rng = np.random.default_rng(0)
        for _ in range(10):
            draw_augmentation(rng, chosen)
        states.add(rng.bit_generator.state['state']['state'])
    assert len(states) == 1


# Margins


def drawn_margins(seed, **changes):
    chosen = AugmentSettings(**{'rotation_prob': 0, 'shear_prob': 0, 'margin_prob': 1, **changes})
    return draw_augmentation(np.random.default_rng(seed), chosen)


def test_margins_are_drawn_for_each_side_up_to_their_most():
    margins = np.array([drawn_margins(seed, margin=0.8).margins for seed in range(400)])
    assert (margins.min(axis=0) >= 0).all() and (margins.min(axis=0) < 0.03).all()
    assert (margins.max(axis=0) > 0.77).all() and (margins.max(axis=0) <= 0.8).all()
    assert np.abs(np.corrcoef(margins.T) - np.eye(4)).max() < 0.15


def test_margins_come_as_often_as_asked_for():
    cut = [drawn_margins(seed, margin_prob=0.3).margins is not None for seed in range(1000)]
    assert np.mean(cut) == pytest.approx(0.3, abs=0.05)


def test_a_region_with_margins_is_its_box_enlarged_by_parts_of_the_text_height():
    augmentation = replace(drawn_margins(0), margins=np.array([0.1, 0.2, 0.3, 0.4]))
    text = whole_image(100, 20) + np.float32([50, 60])
    assert np.allclose(region_outline(text, augmentation, 300, 200), box_polygon((48, 56, 156, 88)))
    upright = whole_image(20, 100) + np.float32([50, 60])  # a column: its height is across
    assert np.allclose(region_outline(upright, augmentation, 300, 200), box_polygon((48, 56, 76, 168)))
    turned = turned_rectangle(150, 100, 100, 20, 30)
    x0, y0, x1, y1 = polygon_box(turned)
    expected = box_polygon((x0 - 2, y0 - 4, x1 + 6, y1 + 8))
    assert np.allclose(region_outline(turned, augmentation, 300, 200), expected, atol=1e-3)


@settings(max_examples=200)
@given(rectangle=rectangles, seed=st.integers(0, 2**32))
def test_margins_end_at_the_edges_of_the_photograph_and_hold_the_text(rectangle, seed):
    polygon = turned_rectangle(*rectangle)
    x0, y0, x1, y1 = polygon_box(polygon)
    outline = polygon_box(region_outline(polygon, drawn_margins(seed, margin=3), 640, 480))
    assert outline[0] <= x0 and outline[1] <= y0 and outline[2] >= x1 and outline[3] >= y1
    assert outline[0] >= min(x0, 0) and outline[1] >= min(y0, 0)
    assert outline[2] <= max(x1, 640) and outline[3] <= max(y1, 480)


def test_a_whole_image_has_no_margins():
    whole = whole_image(64, 32)
    assert (region_outline(whole, drawn_margins(1), 64, 32) == whole).all()


def test_without_margins_the_polygon_is_the_outline():
    polygon = turned_rectangle(50, 50, 40, 10, 20)
    assert region_outline(polygon, draw_augmentation(np.random.default_rng(0), REFERENCE), 100, 100) is polygon


# Perspective


def tilted(tilt, seed=0):
    return replace(draw_augmentation(np.random.default_rng(seed), PLAIN), tilt=tilt)


def side_lengths(polygon):
    """Of a polygon from the top left: top, right, bottom, left."""
    return np.linalg.norm(np.roll(polygon, -1, axis=0) - polygon, axis=1)


def test_tilts_are_drawn_either_way_on_each_axis():
    chosen = replace(PLAIN, perspective_prob=1, perspective=0.4)
    tilts = np.array([draw_augmentation(np.random.default_rng(seed), chosen).tilt for seed in range(400)])
    assert (np.abs(tilts).max(axis=0) <= 0.4).all()
    assert (tilts.min(axis=0) < -0.38).all() and (tilts.max(axis=0) > 0.38).all()
    assert abs(np.corrcoef(tilts.T)[0, 1]) < 0.15
    chosen = replace(chosen, perspective_prob=0.3)
    seen = [any(draw_augmentation(np.random.default_rng(seed), chosen).tilt) for seed in range(1000)]
    assert np.mean(seen) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    ('tilt', 'near', 'far'),
    [((0.4, 0), 3, 1), ((-0.4, 0), 1, 3), ((0, 0.4), 0, 2), ((0, -0.4), 2, 0)],
)
def test_the_far_side_is_as_much_shorter_as_it_is_further_away(tilt, near, far):
    text = whole_image(300, 300) + np.float32([1000, 500])
    matrix, *_ = augmented_placement(text, Canvas(256), tilted(tilt), PLAIN)
    sides = side_lengths(transform(text, matrix))
    assert sides[near] / sides[far] == pytest.approx(1.2 / 0.8, rel=1e-3)


def test_the_text_is_seen_from_the_side_first_and_then_turned():
    quarter_turn = np.array([[0.0, -1], [1, 0]])
    text = whole_image(300, 300) + np.float32([1000, 500])
    matrix, *_ = augmented_placement(text, Canvas(256), replace(tilted((0.4, 0)), linear=quarter_turn), PLAIN)
    sides = side_lengths(transform(text, matrix))
    assert sides[3] / sides[1] == pytest.approx(1.2 / 0.8, rel=1e-3)
    assert sides[0] == pytest.approx(sides[2], rel=1e-3)


def test_across_a_long_text_the_distance_grows_no_faster_than_along_it():
    text = whole_image(1000, 100) + np.float32([10, 20])
    matrix, *_ = augmented_placement(text, Canvas(256), tilted((0, 0.4)), PLAIN)
    sides = side_lengths(transform(text, matrix))
    assert sides[0] / sides[2] == pytest.approx(1.02 / 0.98, rel=1e-3)


@settings(max_examples=300)
@given(rectangle=rectangles, side=st.sampled_from(SIDES), seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS))
def test_with_everything_drawn_the_outline_stays_on_the_canvas(rectangle, side, seed, kind):
    chosen = replace(EVERYTHING, perspective=0.8)
    augmentation = draw_augmentation(np.random.default_rng(seed), chosen)
    polygon = turned_rectangle(*rectangle)
    outline = region_outline(polygon, augmentation, 850, 850)
    canvas = Canvas(side, kind, side * side // 3)
    matrix, (x0, y0, x1, y1), (height, width) = augmented_placement(outline, canvas, augmentation, chosen)
    assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
    placed_outline = transform(outline, matrix)
    assert polygon_box(placed_outline) == pytest.approx((x0, y0, x1, y1), abs=0.02)
    left, top, right, bottom = polygon_box(transform(polygon, matrix))
    assert left > x0 - 0.02 and top > y0 - 0.02 and right < x1 + 0.02 and bottom < y1 + 0.02
    assert cv2.isContourConvex(placed_outline) or min(x1 - x0, y1 - y0) == 8  # no point has crossed the horizon


@settings(max_examples=100)
@given(
    rectangle=st.tuples(
        st.floats(100, 300), st.floats(100, 300), st.floats(10, 100), st.floats(10, 100), st.floats(0, 360)
    ),
    seed=st.integers(0, 2**32),
)
def test_the_box_is_that_of_the_ink_in_perspective_too(rectangle, seed):
    chosen = replace(EVERYTHING, margin_prob=0, perspective=0.8)
    polygon = turned_rectangle(*rectangle)
    matrix, box = placed(polygon, 96, seed, chosen)
    canvas = warp_region(np.full((400, 400, 3), 255, np.uint8), polygon, matrix, 96, 96)
    rows, columns = np.nonzero(canvas[:, :, 0])
    ink = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert np.abs(np.subtract(ink, box)).max() <= 3  # a corner that the tilt makes sharp ends before its tip


# How a region is cut

ARC = np.float32(
    [[10 * x, 40 - (x - 5) ** 2] for x in range(11)] + [[10 * x, 70 - (x - 5) ** 2] for x in range(10, -1, -1)]
)


def outline_of(cut, polygon, seed=0, **changes):
    shares = tuple(float(one == cut) for one in CUTS)
    chosen = replace(PLAIN, cut_shares=shares, margin=0.5, **changes)
    return region_outline(polygon, draw_augmentation(np.random.default_rng(seed), chosen), 1000, 1000)


def test_the_polygon_itself():
    assert (outline_of('polygon', ARC) == ARC).all()


def test_a_wide_polygon_holds_the_polygon():
    height = strip_height(ARC)
    for seed in range(20):
        wide = outline_of('wide polygon', ARC, seed)
        assert len(wide) == len(ARC)
        distances = [cv2.pointPolygonTest(np.float32(wide), tuple(map(float, point)), True) for point in ARC]
        assert min(distances) >= -0.01 and max(distances) <= WIDE * height + 0.01
    assert polygon_area(wide) > polygon_area(ARC)


def test_moved_points_are_few_and_near_the_polygon():
    numbers = set()
    for seed in range(40):
        moved = outline_of('moved points', ARC, seed)
        numbers.add(len(moved))
        reach = MOVED * strip_height(ARC) * np.sqrt(2) + 0.01
        assert all(np.linalg.norm(ARC - point, axis=1).min() <= reach for point in moved)
        assert polygon_area(moved) > 0.4 * polygon_area(ARC)
    assert numbers == {4, 6, 8, 10, 12, 14}
    four = np.float32([[0, 0], [90, 0], [90, 30], [0, 30]])
    assert len(outline_of('moved points', four)) == 4


def test_boxes_without_with_and_with_the_widest_margins():
    x0, y0, x1, y1 = polygon_box(ARC + 100)
    height = strip_height(ARC)
    assert polygon_box(outline_of('box', ARC + 100)) == (x0, y0, x1, y1)
    left, top, right, bottom = polygon_box(outline_of('margins', ARC + 100))
    assert x0 - height / 2 < left < x0 and y0 - height / 2 < top < y0
    assert x1 < right < x1 + height / 2 and y1 < bottom < y1 + height / 2
    widest = polygon_box(outline_of('widest', ARC + 100))
    assert widest == pytest.approx((x0 - height / 2, y0 - height / 2, x1 + height / 2, y1 + height / 2), abs=0.01)


def test_cuts_come_in_their_shares_and_change_nothing_else_of_a_draw():
    chosen = replace(EVERYTHING, cut_shares=(4, 0, 0, 6, 0, 0))
    draws = [draw_augmentation(np.random.default_rng(seed), chosen) for seed in range(300)]
    assert 150 < sum(draw.margins is not None for draw in draws) < 210
    for seed in range(10):
        one, other = (draw_augmentation(np.random.default_rng(seed), each) for each in (chosen, EVERYTHING))
        assert (one.linear == other.linear).all() and one.photometric == other.photometric and one.tilt == other.tilt


@pytest.mark.parametrize('shares', [(1, 1), (0,) * 6, (1, 1, 1, 1, 1, -1)])
def test_shares_of_cuts_that_make_no_sense(shares):
    with pytest.raises(InputError, match=r'cut_shares .*: give a share each to polygon, wide polygon, moved points'):
        AugmentSettings(cut_shares=shares)
