"""Which canvas a text gets and how large it stands on it."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.geometry import box_polygon, polygon_box, transform, whole_image
from ocr.preprocessing.canvas import AREA_STEP, Canvas, area_shapes


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((96, 20), (32, 96)),
        ((96, 32), (32, 96)),
        ((96, 33), (64, 96)),
        ((20, 96), (96, 32)),
        ((96, 96), (96, 96)),
    ],
)
def test_a_fitted_canvas_is_as_narrow_as_the_text_in_steps(size, expected):
    assert Canvas(96, 'fit').place(whole_image(*size)) == (size, expected)
    assert Canvas(96).place(whole_image(*size)) == (size, (96, 96))


@pytest.mark.parametrize(('size', 'expected'), [((40, 12), (32, 96)), ((40, 40), (64, 96)), ((12, 40), (96, 32))])
def test_a_fitted_canvas_of_text_that_may_not_grow(size, expected):
    assert Canvas(96, 'fit').place(whole_image(*size), max_scale=1) == (size, expected)


def test_a_fitted_canvas_is_never_longer_than_its_longer_side():
    assert Canvas(100, 'fit').place(whole_image(100, 99))[1] == (100, 100)
    assert Canvas(16, 'fit').place(whole_image(16, 3))[1] == (16, 16)


@pytest.mark.parametrize(
    ('size', 'side', 'options', 'expected'),
    [
        ((100, 50), 200, {}, (200, 100)),
        ((50, 100), 200, {}, (100, 200)),
        ((10, 5), 200, {'max_scale': 4}, (40, 20)),
        ((1000, 10), 200, {'min_side': 8}, (200, 8)),
        ((1000, 1), 200, {}, (200, 1)),
        ((1, 1), 200, {'max_scale': 4, 'min_side': 8}, (8, 8)),
        ((0.5, 0.5), 200, {}, (200, 200)),
        ((100, 50), 200, {'fill': 0.5}, (100, 50)),
        ((100, 50), 96, {'fill': 0.999}, (95, 48)),
    ],
)
def test_size_on_a_square(size, side, options, expected):
    assert Canvas(side).place(whole_image(*size), **options)[0] == expected


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((100, 100), (72, 80)),
        ((270, 100), (48, 128)),
        ((600, 100), (32, 192)),
        ((2400, 100), (16, 384)),
        ((9000, 100), (16, 384)),
        ((100, 270), (128, 48)),
        ((1, 1), (72, 80)),
    ],
)
def test_canvases_of_one_area(size, expected):
    assert Canvas(384, 'area', 6144).place(whole_image(*size))[1] == expected


def quarter_slanted(length, height):
    """A rectangle turned by 45 degrees, float (4, 2)."""
    corners = np.array([[0, 0], [length, 0], [length, height], [0, height]], float)
    return corners @ np.array([[1, 1], [-1, 1]]) / 2**0.5


@pytest.mark.parametrize(
    ('polygon', 'times'),
    [
        (quarter_slanted(100, 100), 1),  # half of its box
        (quarter_slanted(300, 100), 1.414),
        (quarter_slanted(600, 100), 2),
        (quarter_slanted(2000, 100), 2.828),
        (np.array([[0, 0], [300, 0], [300, 100], [0, 100]]), 1),
        (np.array([[0, 0], [300, 0], [300, 0], [0, 0]]), 1),  # without any height
    ],
)
def test_a_text_that_fills_little_of_its_box_gets_a_larger_canvas_of_one_area(polygon, times):
    assert Canvas(384, 'area', 6000).around(polygon).area == pytest.approx(6000 * times, rel=1e-3)
    assert Canvas(384, 'fit').around(polygon) == Canvas(384, 'fit')


def test_few_canvases_of_one_area_within_the_budget():
    shapes = area_shapes(384, 6144)
    assert len(shapes) == 16 and len(np.unique(shapes, axis=0)) == 16
    assert (shapes.prod(axis=1) <= 6144).all() and (shapes % AREA_STEP == 0).all() and shapes.max() == 384
    assert {tuple(shape) for shape in shapes.tolist()} == {tuple(shape) for shape in shapes[:, ::-1].tolist()}


@pytest.mark.parametrize(('side', 'area'), [(16, 256), (16, 6144), (100, 256), (2048, 65536), (64, 4096)])
def test_there_is_always_a_canvas(side, area):
    shapes = area_shapes(side, area)
    assert len(shapes) and shapes.max() <= side and shapes.min() >= 8


@settings(max_examples=300)
@given(
    width=st.floats(0.1, 3000),
    height=st.floats(0.1, 3000),
    fill=st.none() | st.floats(0.5, 0.999),
    kind=st.sampled_from(['square', 'fit', 'area']),
)
def test_the_text_keeps_its_aspect_and_stays_on_the_canvas(width, height, fill, kind):
    canvas = Canvas(384, kind)
    size, shape = canvas.place(whole_image(width, height), fill)
    assert 1 <= size[0] <= shape[1] and 1 <= size[1] <= shape[0]
    longer = 0 if width >= height else 1
    scale = size[longer] / (width, height)[longer]
    assert size[1 - longer] == pytest.approx(max(scale * min(width, height), 1), abs=0.5 + size[1 - longer] / 30)
    if fill is None and min(width, height) >= 1:
        assert canvas.scale(whole_image(width, height)) == pytest.approx(scale, rel=0.05)


@pytest.mark.parametrize(
    ('one', 'other', 'holds'),
    [
        (Canvas(64), Canvas(64, 'fit'), True),
        (Canvas(64), Canvas(65), False),
        (Canvas(384), Canvas(384, 'area'), True),
        (Canvas(384, 'area'), Canvas(64), False),
        (Canvas(384, 'area', 6144), Canvas(256, 'area', 4096), True),
        (Canvas(384, 'area', 4096), Canvas(384, 'area', 6144), False),
    ],
)
def test_which_canvas_serves_for_another(one, other, holds):
    assert one.holds(other) is holds


def test_identity_names_the_area_only_where_it_counts():
    assert Canvas(64, 'fit').identity == {'canvas': 'fit', 'canvas_side': 64}
    assert Canvas(384, 'area', 4096).identity == {'canvas': 'area', 'canvas_side': 384, 'canvas_area': 4096}


PHOTOGRAPH = (200, 100)


@pytest.mark.parametrize('kind', ['square', 'fit'])
def test_models_of_other_kinds_read_the_outline_alone(kind):
    box = box_polygon((20, 20, 120, 60))
    assert Canvas(64, kind).outline_to_read(box, PHOTOGRAPH) is box


@pytest.mark.parametrize(
    ('box', 'expected'),
    [
        ((20, 20, 120, 60), (12, 12, 128, 68)),
        ((4, 20, 104, 60), (0, 12, 112, 68)),  # no further than the photograph
        ((-5, 20, 104, 60), (-5, 12, 112, 68)),  # labelled so
        ((0, 0, 200, 100), (0, 0, 200, 100)),
        ((100, 40, 101, 41), (99.8, 39.8, 101.2, 41.2)),
    ],
)
def test_text_on_canvases_of_one_area_is_read_with_a_margin(box, expected):
    outline = Canvas(64, 'area').outline_to_read(box_polygon(box), PHOTOGRAPH)
    assert polygon_box(outline) == pytest.approx(expected)


def test_the_margin_of_slanted_text_follows_it_over_the_edge():
    turn = cv2.getRotationMatrix2D((40, 30), 30, 1)
    polygon = transform(box_polygon((-10, 20, 90, 40)), turn)
    outline = Canvas(64, 'area').outline_to_read(polygon, PHOTOGRAPH)
    assert polygon_box(outline)[0] < -9
    level = transform(outline, np.linalg.inv(np.vstack([turn, [0, 0, 1]])))
    assert polygon_box(level) == pytest.approx((-14, 16, 94, 44), abs=1e-3)
