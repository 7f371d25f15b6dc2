"""What is counted of regions: lengths, shapes, scripts, characters."""

from collections import Counter

import pytest
from outlines import arc

from ocr.charset import Charset
from ocr.datasets.check.scripts import DIGITS, SIGNS, SPACES, scripts_of
from ocr.datasets.check.statistics import CURVED, MIXED, RATIOS, Statistics, quantile
from ocr.geometry import whole_image
from ocr.region import DropReason, TextRegion
from ocr.region_shape import width_to_height


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


@pytest.mark.parametrize(('ratio', 'name'), [(0.1, 'under 1:8'), (0.5, '1:2 to 1'), (1, '1 to 2'), (99, '16 and more')])
def test_intervals_of_ratios(ratio, name):
    assert RATIOS(ratio) == name


@pytest.mark.parametrize(('share', 'value'), [(0, 1), (0.5, 2), (0.75, 5), (0.95, 9), (1, 9)])
def test_quantiles(share, value):
    assert quantile(Counter([1, 2, 5, 9]), share) == value
    assert quantile(Counter(), share) is None
