import dataclasses
import unicodedata
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from ink import ink_outside

from ocr.drawing import named_recipe
from ocr.drawing.corpus import CorpusLines
from ocr.drawing.draw import draw_with_ink
from ocr.drawing.fonts import scan_fonts
from ocr.drawing.shaping import can_shape, needs_shaping, split_units
from ocr.drawing.texts import RandomText
from ocr.drawing.words import WordList
from ocr.errors import InputError

FONTS = {font.name: font for font in scan_fonts(Path(__file__).resolve().parents[3] / 'fonts')}
HEBREW, ARABIC = FONTS['LiberationSans-Regular'], FONTS['DejaVuSans-Bold']
needs_raqm = pytest.mark.skipif(not can_shape(), reason='Pillow has no raqm here')


def _components(ink):
    """(x0, width) of each connected piece of ink, from the left."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8))
    return sorted((int(x), int(width)) for x, _, width, _, _ in stats[1:])


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', False),
        ('abc 12', False),
        ('caf\u00e9', False),
        ('cafe\u0301', True),
        ('永和', False),
        ('\u0416\u0434', False),
        ('שלום', True),
        ('سلام 12', True),
        ('कमल', True),
        ('ไทย', False),
        ('ที่', True),
        ('abc\u200dd', True),
    ],
)
def test_texts_that_need_shaping_are_one_unit(text, expected):
    assert needs_shaping(text) is expected
    assert split_units(text) == ([text] if expected else list(text))


@needs_raqm
def test_right_to_left_text_begins_at_the_right():
    narrow, wide = HEBREW.glyph('ו', 48), HEBREW.glyph('ש', 48)
    assert narrow.ink.shape[1] < 0.5 * wide.ink.shape[1]
    for text in ('ושש', 'ששו'):
        widths = [width for _, width in _components(HEBREW.glyph(text, 48).ink)]
        expected = [narrow.ink.shape[1] if letter == 'ו' else wide.ink.shape[1] for letter in reversed(text)]
        assert widths == pytest.approx(expected, abs=2)


@needs_raqm
def test_arabic_letters_join():
    word = 'سلام'
    assert ARABIC.covers(word)
    assert len(_components(ARABIC.glyph(word, 48).ink)) == 2  # the alif does not join what follows
    assert ARABIC.glyph(word, 48).advance < 0.9 * sum(ARABIC.glyph(letter, 48).advance for letter in word)


@needs_raqm
def test_glyph_of_a_whole_text_lies_on_the_baseline():
    glyph = HEBREW.glyph('שלום', 48)
    assert glyph.top + glyph.ink.shape[0] == pytest.approx(0, abs=2)
    assert glyph.left >= 0 and glyph.left + glyph.ink.shape[1] <= glyph.advance + 1
    assert glyph.silhouette[:, 0].max() == glyph.left + glyph.ink.shape[1]


@needs_raqm
def test_shaped_text_is_drawn_straight_and_in_logical_order():
    words = ('سلام', 'שלום עולם', 'مرحبا 24')
    recipe = dataclasses.replace(named_recipe('words'), texts=WordList(words), lengths=(0, 0, 0, 1, 0, 0, 0, 1, 1))
    shapes = Counter()
    for index in range(30):
        sample, ink = draw_with_ink(recipe, tuple(FONTS.values()), 0, index)
        assert sample.text in words and ink.any() and not ink_outside(sample.polygon, ink)
        shapes[sample.shape] += 1
    assert set(shapes) == {'straight', 'rotated'}


def test_random_text_has_no_lone_marks():
    rng = np.random.default_rng(0)
    source = RandomText('כל\u05b8\u200f ')
    assert set(''.join(source.draw(rng, 6) for _ in range(50))) == set('כל ')
    assert source.restrict(lambda character: character == '\u05b8')[0] is None
    with pytest.raises(InputError, match='mark'):
        RandomText('\u05b8')


def test_a_passage_does_not_begin_with_a_mark():
    line = 'ที่นี่' * 10
    rng = np.random.default_rng(0)
    passages = [CorpusLines((line,)).draw(rng, 5) for _ in range(100)]
    assert all(len(text) == 5 and not unicodedata.category(text[0]).startswith('M') for text in passages)
