"""How long and thick the text in an outline is, and how it lies."""

import numpy as np
import pytest
from outlines import arc, turned

from ocr.geometry import whole_image
from ocr.region_shape import HORIZONTAL, ROTATED, SQUARE, VERTICAL, is_bent, orientation, reading_extent, slant


@pytest.mark.parametrize('degrees', [0, 15, 45, 90, 133])
def test_extent_of_a_rectangle_however_it_is_turned(degrees):
    assert reading_extent(turned(120, 20, degrees)) == pytest.approx((120, 20), rel=1e-3)
    assert reading_extent(turned(40, 40, degrees)) == pytest.approx((40, 40), rel=2e-2)


def test_extent_of_a_bent_strip():
    length, thickness = reading_extent(arc(100, 20, 180))
    assert length == pytest.approx(np.pi * 110, rel=0.01)
    assert thickness == pytest.approx(20, rel=0.01)


def test_extent_of_an_outline_with_hardly_any_area():
    length, thickness = reading_extent(np.array([[0, 0], [1e6, 1e6], [1e6, 1e6 + 1]], np.float32))
    assert length == pytest.approx(2**0.5 * 1e6, rel=1e-3)
    assert 0 <= thickness < 1


@pytest.mark.parametrize(
    ('degrees', 'expected'),
    [
        *((degrees, HORIZONTAL) for degrees in (0, 10, -10, 170, 180)),
        *((degrees, VERTICAL) for degrees in (90, -80, 100)),
        *((degrees, ROTATED) for degrees in (45, -45, 70, 20)),
    ],
)
def test_orientation(degrees, expected):
    assert orientation(turned(120, 20, degrees)) == expected
    assert orientation(turned(20, 120, degrees + 90)) == expected
    assert orientation(turned(30, 22, degrees)) == SQUARE


@pytest.mark.parametrize(
    ('degrees', 'expected'),
    [(0, 0), (5, 0), (-5, 0), (20, 20), (-20, -20), (55, 55), (-55, -55), (70, -20), (-70, 20), (90, 0), (160, -20)],
)
def test_slant_of_long_text(degrees, expected):
    assert slant(turned(120, 20, degrees)) == pytest.approx(expected, abs=0.01)
    assert slant(turned(20, 120, degrees + 90)) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(('degrees', 'expected'), [(0, 0), (5, 0), (20, 20), (40, 40), (50, -40), (80, -10), (90, 0)])
def test_slant_of_short_text_is_to_its_nearest_side(degrees, expected):
    assert slant(turned(30, 24, degrees)) == pytest.approx(expected, abs=0.01)


def test_bent_text_has_no_slant():
    assert slant(arc(100, 20, 90)) == slant(arc(100, 20, 140)) == 0


@pytest.mark.parametrize(
    ('outline', 'expected'),
    [
        (whole_image(100, 20), False),
        (turned(100, 20, 45), False),
        (arc(100, 20, 90), True),
        (arc(100, 20, 90, num_points=3), True),
        (arc(1000, 20, 5), False),  # rises by a tenth of its height
        (arc(300, 20, 30), True),  # by half of it
        (turned(100, 20, 30)[[0, 1, 1, 2, 3, 3]], False),  # six points, and straight
        (np.array([[0, 0], [100, 0], [50, 20]], np.float32), False),  # three cannot be
        (np.zeros((6, 2), np.float32), False),
    ],
)
def test_bent_outlines(outline, expected):
    assert is_bent(outline) == expected
