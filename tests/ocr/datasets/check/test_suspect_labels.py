"""Labels that are probably wrong."""

import numpy as np
import pytest

from ocr.datasets.check.suspect_labels import (
    FILE_NAME,
    INVISIBLE,
    KINDS,
    LOOK_ALIKES,
    STRAY_SPACE,
    TOO_FEW_PIXELS,
    TOO_MUCH_TEXT,
    TWO_TEXTS,
    UNDECODED,
    contradicted,
    suspicions,
)
from ocr.geometry import box_polygon, transform, whole_image
from ocr.region import TextRegion


def suspect(text, width=400, height=40, image='/data/1.png', polygon=None):
    return suspicions(TextRegion(image, whole_image(width, height) if polygon is None else polygon, text, 'mine'))


def region(text, *box):
    return TextRegion('1.png', box_polygon(box), text, 'mine')


@pytest.mark.parametrize(
    ('regions', 'found'),
    [
        ([region('a', 0, 0, 9, 9)], [False]),
        ([region('a', 0, 0, 9, 9), region('b', 0, 0, 9, 9)], [True, True]),
        ([region('a', 0, 0, 9, 9), region('a', 0, 0, 9, 9)], [False, False]),
        ([region('a', 0, 0, 90, 30), region('b', 1, 0, 91, 30)], [True, True]),
        ([region('a', 0, 0, 90, 30), region('b', 0, 0, 90, 15)], [False, False]),
        ([region('a', 0, 0, 9, 9), region('c', 20, 0, 29, 9), region('b', 0, 0, 9, 9)], [True, False, True]),
    ],
)
def test_one_place_with_two_texts(regions, found):
    assert contradicted(regions).tolist() == found
    assert TWO_TEXTS in suspicions(regions[0], is_contradicted=True)


def test_a_name_in_another_normalisation_is_a_name(tmp_path):
    assert suspect('caf\u00e9', image='/data/cafe\u0301.png') == [FILE_NAME]


@pytest.mark.parametrize(
    'text',
    [
        'Bakery',
        'EXIT 24',
        'Café',
        '中文 Text',
        'ＡＢＣ',
        'μm 5kΩ',
        'Москва',
        'می\u200cخواهم',
        'क्\u200dष',
        'R&D',
        'a\\b',
        "'s",
        'Ô Â',
    ],
)
def test_honest_labels(text):
    assert suspect(text) == []


@pytest.mark.parametrize(
    ('text', 'kind'),
    [
        ('Моscow', LOOK_ALIKES),
        ('an ΑTM', LOOK_ALIKES),
        ('EXIT２４', LOOK_ALIKES),
        (' left', STRAY_SPACE),
        ('right ', STRAY_SPACE),
        ('two  words', STRAY_SPACE),
        ('no\xa0break', STRAY_SPACE),
        ('full\u3000width', STRAY_SPACE),
        ('a\tb', STRAY_SPACE),
        ('a\u200bb', INVISIBLE),
        ('\ufeffa', INVISIBLE),
        ('a\u202eb', INVISIBLE),
        ('lo\ufffdt', INVISIBLE),
        ('a&amp;b', UNDECODED),
        ('&#20013;', UNDECODED),
        ('\\u4e2d', UNDECODED),
        ('CafÃ©', UNDECODED),
        ('itâ€™s', UNDECODED),
    ],
)
def test_texts_that_betray_themselves(text, kind):
    assert kind in suspect(text)


@pytest.mark.parametrize(
    ('text', 'width', 'height', 'kinds'),
    [
        ('abcde', 40, 40, []),  # five of 0.2
        ('abcdef', 40, 40, [TOO_MUCH_TEXT]),
        ('中文中', 49, 40, []),
        ('中文中文', 48, 40, [TOO_MUCH_TEXT]),
        ('中文中文', 12, 200, []),  # a column
        ('abcdef', 40, 240, []),
        ('e\u0301' * 5, 40, 40, []),  # marks take no room
        ('abcdefghij', 30, 8, []),
        ('abcdefghijk', 30, 8, [TOO_FEW_PIXELS]),
        ('a' * 100, 60, 60, [TOO_MUCH_TEXT, TOO_FEW_PIXELS]),
    ],
)
def test_text_against_the_room_that_it_has(text, width, height, kinds):
    assert suspect(text, width, height) == kinds


def test_a_turned_region_has_the_same_room():
    turned = transform(whole_image(40, 40), cv2_rotation(30))
    assert suspect('abcde', polygon=turned * 1.001) == []
    assert suspect('abcdef', polygon=turned) == [TOO_MUCH_TEXT]
    lying = transform(whole_image(120, 20), cv2_rotation(70))
    assert suspect('a' * 29, polygon=lying) == []
    assert suspect('a' * 31, polygon=lying) == [TOO_MUCH_TEXT]


def cv2_rotation(degrees):
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle), 500], [np.sin(angle), np.cos(angle), 500]])


@pytest.mark.parametrize(
    ('text', 'kinds'), [('img_12.png', [FILE_NAME]), ('img_12', [FILE_NAME]), ('img', []), ('IMG_12', [])]
)
def test_the_name_of_the_image(text, kinds):
    assert suspect(text, image='/data/img_12.png') == kinds


def test_every_kind_has_a_meaning():
    assert set(KINDS) >= {TOO_MUCH_TEXT, TOO_FEW_PIXELS, FILE_NAME, LOOK_ALIKES, STRAY_SPACE, INVISIBLE, UNDECODED}
    assert all(KINDS.values())
