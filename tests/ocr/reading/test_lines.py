"""Words into lines, lines into reading order."""

import cv2
import numpy as np
import pytest

from ocr.geometry import box_polygon, polygon_box, transform
from ocr.reading.lines import Line, group_lines, keep_members
from ocr.reading.strip import to_strip


def members(*boxes, **options):
    return [line.members for line in group_lines([to_strip(box_polygon(box)) for box in boxes], **options)]


@pytest.mark.parametrize(
    ('case', 'boxes', 'expected'),
    [
        ('nothing', [], []),
        ('one word', [(0, 0, 50, 20)], [(0,)]),
        ('two words of a line', [(0, 0, 50, 20), (60, 0, 120, 20)], [(0, 1)]),
        ('in another order', [(60, 0, 120, 20), (0, 0, 50, 20)], [(1, 0)]),
        ('three words', [(60, 0, 120, 20), (130, 1, 170, 21), (0, 0, 50, 20)], [(2, 0, 1)]),
        ('too far apart', [(0, 0, 50, 20), (75, 0, 120, 20)], [(0,), (1,)]),
        ('of other sizes', [(0, 0, 50, 20), (52, 0, 200, 60)], [(0,), (1,)]),
        ('two lines', [(0, 40, 50, 60), (60, 0, 120, 20), (0, 0, 50, 20), (60, 40, 99, 60)], [(2, 1), (0, 3)]),
        ('lines close together', [(0, 0, 80, 20), (0, 22, 80, 42)], [(0,), (1,)]),
        ('a letter that is higher than wide', [(0, 0, 50, 20), (56, 0, 63, 20), (70, 0, 120, 20)], [(0, 1, 2)]),
        ('letters alone', [(0, 0, 12, 20), (16, 0, 28, 20)], [(0, 1)]),
        ('a column of two words', [(0, 0, 20, 60), (0, 66, 20, 130)], [(0, 1)]),
        ('two columns of a page', [(0, 0, 50, 20), (200, 2, 250, 22)], [(0,), (1,)]),
        ('words that overlap a little', [(0, 0, 50, 20), (46, 0, 90, 20)], [(0, 1)]),
    ],
)
def test_lines(case, boxes, expected):
    assert members(*boxes) == expected, case


def test_a_line_becomes_shorter_where_regions_go():
    boxes = (0, 0, 50, 20), (60, 0, 120, 20), (130, 0, 170, 20), (0, 60, 50, 80), (300, 60, 350, 80)
    polygons = [to_strip(box_polygon(box)) for box in boxes]
    lines = group_lines(polygons)
    assert [line.members for line in lines] == [(0, 1, 2), (3,), (4,)]
    kept = keep_members(lines, polygons, [0, 1, 4])
    assert [line.members for line in kept] == [(0, 1), (2,)]
    np.testing.assert_allclose(polygon_box(kept[0].polygon), (0, 0, 120, 20), atol=1)
    np.testing.assert_allclose(polygon_box(kept[1].polygon), boxes[4], atol=1)
    whole = [Line((0, 1), box_polygon((0, 0, 999, 20)))]
    assert keep_members(whole, polygons, [0, 1])[0].polygon is whole[0].polygon


def test_the_gap_can_be_asked_for():
    boxes = (0, 0, 50, 20), (62, 0, 120, 20)
    assert members(*boxes, max_gap=0.5) == [(0,), (1,)]


@pytest.mark.parametrize('degrees', [-35, -15, 15, 35])
def test_slanted_lines_are_lines(degrees):
    turn = cv2.getRotationMatrix2D((100, 100), degrees, 1)
    boxes = [(0, 90, 60, 110), (70, 90, 130, 110), (140, 90, 200, 110), (0, 120, 60, 140)]
    lines = group_lines([to_strip(transform(box_polygon(box), turn)) for box in boxes])
    assert sorted(line.members for line in lines) == [(0, 1, 2), (3,)]
    line = next(line for line in lines if len(line.members) == 3)
    assert len(line.polygon) == 4
    assert np.linalg.norm(line.polygon[1] - line.polygon[0]) == pytest.approx(200, rel=0.05)


def test_words_on_an_arc_are_one_line_whose_strip_follows_them():
    words = []
    for begin in (200, 232, 264, 296):
        angle = np.radians(np.linspace(begin, begin + 26, 4))
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        words.append(np.concatenate([circle * 100, (circle * 70)[::-1]]) + 150)
    (line,) = group_lines(words)
    assert line.members == (0, 1, 2, 3)
    assert len(line.polygon) == 32
    assert polygon_box(line.polygon) == pytest.approx(polygon_box(np.concatenate(words)))


def test_a_line_of_boxes_is_a_box():
    (line,) = group_lines([box_polygon((0, 0, 50, 20)), box_polygon((60, 2, 120, 22))])
    assert line.polygon.tolist() == [[0, 0], [120, 0], [120, 22], [0, 22]]


def test_a_ring_of_words_ends():
    words = []
    for begin in range(0, 360, 45):
        angle = np.radians(np.linspace(begin, begin + 40, 4))
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        words.append(np.concatenate([circle * 100, (circle * 70)[::-1]]) + 150)
    lines = group_lines(words)
    assert sorted(member for line in lines for member in line.members) == list(range(8))
