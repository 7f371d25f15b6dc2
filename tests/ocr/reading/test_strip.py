"""Strips around outlines: points, direction, and how well they follow bends."""

import cv2
import numpy as np
import pytest

from ocr.geometry import box_polygon, transform
from ocr.preprocessing.outline import offset
from ocr.reading.strip import overlap, to_strip


def turned(box, degrees):
    x0, y0, x1, y1 = box
    return transform(box_polygon(box), cv2.getRotationMatrix2D(((x0 + x1) / 2, (y0 + y1) / 2), -degrees, 1))


def arc(radius=100, height=30, begin=200, end=340, centre=(150, 150)):
    angle = np.radians(np.linspace(begin, end, 25))
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([centre + circle * radius, (centre + circle * (radius - height))[::-1]])


def rounded(polygon, radius=6):
    """The polygon as unclipping leaves it: with round ends."""
    core = offset(polygon, -radius)[0]
    mask = np.zeros((400, 400), np.uint8)
    cv2.fillPoly(mask, [np.round(core).astype(np.int32)], 1)
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return contours[0][:, 0].astype(np.float32)


def is_clockwise(polygon):
    x, y = polygon.T
    return np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)) > 0


@pytest.mark.parametrize('roll', range(4))
@pytest.mark.parametrize('direction', [1, -1])
def test_a_lying_rectangle_starts_top_left_and_runs_clockwise(roll, direction):
    corners = np.roll(box_polygon((20, 30, 120, 60)), roll, axis=0)[::direction]
    assert to_strip(corners).tolist() == [[20, 30], [120, 30], [120, 60], [20, 60]]


def test_a_column_is_read_downwards_its_upper_side_on_the_right():
    assert to_strip(box_polygon((20, 30, 50, 130))).tolist() == [[50, 30], [50, 130], [20, 130], [20, 30]]


@pytest.mark.parametrize('degrees', [-40, -20, -5, 5, 20, 40])
def test_a_slanted_line_reads_from_left_to_right(degrees):
    outline = turned((40, 80, 240, 110), degrees)
    strip = to_strip(rounded(outline))
    assert len(strip) == 4
    assert is_clockwise(strip)
    assert overlap(strip, outline) > 0.85
    assert strip[1, 0] > strip[0, 0]
    assert strip[3, 1] > strip[0, 1]


def test_a_little_slant_of_a_short_word_is_noise():
    strip = to_strip(turned((40, 80, 64, 92), 2))
    assert strip[0, 1] == strip[1, 1]


@pytest.mark.parametrize(
    ('begin', 'end'), [(200, 340), (225, 315), (20, 160), (190, 350), (120, 240), (-60, 60), (180, 450)]
)
def test_a_bend_is_followed_by_two_long_sides(begin, end):
    outline = arc(begin=begin, end=end)
    strip = to_strip(rounded(outline))
    assert len(strip) >= 6
    assert len(strip) % 2 == 0
    assert is_clockwise(strip)
    assert overlap(strip, outline) > 0.85
    half = len(strip) // 2
    heights = np.linalg.norm(strip[:half] - strip[half:][::-1], axis=1)
    assert heights == pytest.approx(np.full(half, 30), rel=0.25)


def test_an_arc_starts_at_the_left_on_its_upper_side():
    strip = to_strip(rounded(arc(begin=200, end=340)))
    half = len(strip) // 2
    assert strip[0, 0] < strip[half - 1, 0]
    assert strip[half // 2, 1] < strip[half + half // 2, 1]


def test_a_wave_is_followed():
    x = np.linspace(0, 1, 41)
    middle = np.stack([20 + 300 * x, 150 + 30 * np.sin(2 * np.pi * x)], axis=1)
    outline = np.concatenate([middle - (0, 14), (middle[::-1] + np.array((0, 14)))])
    strip = to_strip(rounded(outline))
    assert overlap(strip, outline) > 0.8
    assert len(strip) >= 8


def test_text_seen_at_an_angle_tapers():
    outline = np.array([[20, 40], [220, 70], [220, 100], [20, 130]], np.float64)
    strip = to_strip(rounded(outline))
    assert overlap(strip, outline) > 0.85
    assert len(strip) == 4
    assert strip[0] == pytest.approx([20, 40], abs=8)


def test_what_is_no_strip_gets_its_rectangle():
    cross = [[100, 0], [140, 0], [140, 100], [240, 100], [240, 140], [140, 140], [140, 240], [100, 240], [100, 140]]
    cross = np.array([*cross, [0, 140], [0, 100], [100, 100]], np.float64)
    assert len(to_strip(cross)) >= 4


@pytest.mark.parametrize('outline', [[[0, 0], [4, 0], [0, 3]], [[5, 5], [6, 5], [6, 6], [5, 6]]])
def test_tiny_outlines_are_rectangles(outline):
    assert to_strip(np.array(outline, np.float32)).shape == (4, 2)


def test_the_overlap_of_polygons():
    box = box_polygon((0, 0, 10, 10))
    assert overlap(box, box) == 1
    assert overlap(box, box_polygon((5, 0, 15, 10))) == pytest.approx(1 / 3)
    assert overlap(box, box_polygon((20, 0, 30, 10))) == 0
    assert overlap(box, np.zeros((4, 2))) == 0
