"""What is counted of regions: lengths, shapes, scripts, characters."""

from collections import Counter

import numpy as np
import pytest

from ocr.annotations.region import DropReason, TextRegion
from ocr.charset import Charset
from ocr.doctor.scripts import DIGITS, SIGNS, SPACES, scripts_of
from ocr.doctor.shape import HORIZONTAL, SLANTED, SQUARE, VERTICAL, orientation, reading_extent, width_to_height
from ocr.doctor.statistics import CURVED, LENGTHS, MIXED, RATIOS, Statistics, binned, quantile
from ocr.geometry import transform, whole_image


def turned(width, height, degrees):
    angle = np.deg2rad(degrees)
    return transform(
        whole_image(width, height), [[np.cos(angle), -np.sin(angle), 300], [np.sin(angle), np.cos(angle), 9]]
    )


def arc(radius, thickness, degrees, num_points=40):
    """Outline of a bent strip: its outer edge, then the inner one back."""
    angles = np.deg2rad(np.linspace(0, degrees, num_points))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([(radius + thickness) * circle, radius * circle[::-1]]).astype(np.float32)


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
        *((degrees, SLANTED) for degrees in (45, -45, 70, 20)),
    ],
)
def test_orientation(degrees, expected):
    assert orientation(turned(120, 20, degrees)) == expected
    assert orientation(turned(20, 120, degrees + 90)) == expected
    assert orientation(turned(30, 22, degrees)) == SQUARE


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', set()),
        ('Café', {'Latin'}),
        ('Cafe\u0301', {'Latin'}),  # the accent by itself
        ('中文 24', {'Han', SPACES, DIGITS}),
        ('あア한', {'Hiragana', 'Katakana', 'Hangul'}),
        ('مقهى ٢٤', {'Arabic', SPACES, DIGITS}),
        ('ＡＢ１', {'Latin', DIGITS}),
        ('α-Б!', {'Greek', 'Cyrillic', SIGNS}),
    ],
)
def test_scripts(text, expected):
    assert scripts_of(text) == expected


def statistics_of(*texts, polygon=None, charset='abc', seq_len=4):
    statistics = Statistics()
    polygon = whole_image(100, 20) if polygon is None else polygon
    reasons = [statistics.add(TextRegion('1.png', polygon, text, 'mine'), Charset(charset), seq_len) for text in texts]
    return statistics, reasons


def test_what_characters_outside_the_charset_cost():
    statistics, reasons = statistics_of('abc', 'xa', 'xxy', 'xabca', 'aa')
    unknown = DropReason.UNKNOWN_CHARACTER
    assert reasons == [None, unknown, unknown, DropReason.TOO_LONG, None]
    assert statistics.num_regions == 5
    assert statistics.outside == {'x': 4, 'y': 1}
    assert statistics.outside_regions == {'x': 2, 'y': 1}  # the one that is too long is lost anyway
    assert statistics.outside_alone == {'x': 1, 'y': 0}
    assert statistics.outside_text == {'x': 'xa', 'y': 'xxy'}
    assert statistics.characters == Counter('abcxaxxyxabcaaa')
    assert statistics.lengths == {3: 2, 2: 2, 5: 1}


def test_shapes_and_scripts_of_regions():
    statistics, _ = statistics_of('ab', 'a中', 'a1 !', polygon=arc(100, 20, 90))
    assert statistics.orientations[CURVED] == 3
    assert statistics.thicknesses == {19: 3} or statistics.thicknesses == {20: 3}
    assert statistics.scripts == {'Latin': 3, 'Han': 1, DIGITS: 1, SPACES: 1, SIGNS: 1, MIXED: 1}
    assert width_to_height(whole_image(100, 20)) == 5
    assert statistics_of('a')[0].ratios == {'4 to 8': 1}


@pytest.mark.parametrize(
    ('length', 'name'), [(0, '1'), (1, '1'), (4, '4'), (5, '5-6'), (64, '49-64'), (65, '65 and more')]
)
def test_intervals(length, name):
    assert LENGTHS(length) == name
    assert binned(Counter({length: 3}), LENGTHS) == {name: 3}


@pytest.mark.parametrize(('ratio', 'name'), [(0.1, 'under 1:8'), (0.5, '1:2 to 1'), (1, '1 to 2'), (99, '16 and more')])
def test_intervals_of_ratios(ratio, name):
    assert RATIOS(ratio) == name


@pytest.mark.parametrize(('share', 'value'), [(0, 1), (0.5, 2), (0.75, 5), (0.95, 9), (1, 9)])
def test_quantiles(share, value):
    assert quantile(Counter([1, 2, 5, 9]), share) == value
    assert quantile(Counter(), share) is None
