import pickle

import numpy as np
import pytest

from ocr.charset import Charset
from ocr.drawing.chinese.words import CHINESE_PATH, KINDS, ChineseWords, Joined, Strung
from ocr.drawing.words import WordList

LISTED = [line for line in CHINESE_PATH.read_text(encoding='utf-8').splitlines() if not line.startswith('#')]


def _draws(source, length, count=60):
    rng = np.random.default_rng(0)
    return [source.draw(rng, length) for _ in range(count)]


def test_shipped_list_is_clean_and_has_a_licence():
    assert len(LISTED) == len(set(LISTED)) > 100_000
    assert all(1 <= len(word) <= 12 and not word.isascii() for word in LISTED)
    assert set(''.join(LISTED)) <= set(Charset.preset('chinese').characters)
    assert {'\u94f6\u884c', '\u5317\u4eac', '\u738b', '\u6253\u7535\u8bdd'} <= set(LISTED)
    assert CHINESE_PATH.stat().st_size < 1_000_000
    assert 'Sun Junyi' in (CHINESE_PATH.parent / 'JIEBA-LICENSE.txt').read_text(encoding='utf-8')


def test_every_kind_has_words_and_common_ones_come_more_often():
    for kind in KINDS:
        assert set(_draws(ChineseWords((kind,)), 2)) <= set(LISTED)
    drawn = _draws(ChineseWords(('places',)), 2, 3000)
    assert drawn.count('\u5317\u4eac') > 20  # Beijing
    assert len(set(drawn)) > 700


def test_words_have_the_length_and_travel_as_a_small_source():
    source = ChineseWords(('nouns', 'verbs'))
    for length in (1, 2, 3, 4):
        assert {len(word) for word in _draws(source, length)} == {length}
    kept, dropped = source.restrict(lambda word: len(word) <= 3)
    assert all(len(word) > 3 for word in dropped)
    assert max(map(len, _draws(kept, 9))) == 3
    copy = pickle.loads(pickle.dumps(source))
    assert copy == source and hash(copy) == hash(source) and len(pickle.dumps(source)) < 200
    assert source.restrict(str.isascii)[0] is None


@pytest.mark.parametrize('length', [1, 2, 7, 24])
def test_strung_words_fill_the_length(length):
    assert {len(text) for text in _draws(Strung(ChineseWords(KINDS)), length)} == {length}


def test_strung_words_are_whole():
    assert set(_draws(Strung(WordList(('ab', 'abc'))), 5, 200)) <= {'abab', 'ababc', 'abcab'}
    assert _draws(Strung(WordList(('abc',))), 2, 1) == ['abc']


def test_joined_texts_stand_in_either_order():
    source = Joined(WordList(('a',)), WordList(('b',)), ('-',))
    assert set(_draws(source, 3)) == {'a-b', 'b-a'}
    assert set(_draws(source, 1)) == {'a'}


def test_joined_texts_keep_what_can_be_drawn():
    source = Joined(WordList(('a',)), WordList(('b',)), ('-', '+'))
    assert source.restrict('ab-'.__contains__) == (Joined(WordList(('a',)), WordList(('b',)), ('-',)), ['+'])
    assert source.restrict('a-'.__contains__) == (WordList(('a',)), ['b', '+'])
    assert source.restrict('ab'.__contains__) == (WordList(('a',)), ['-', '+'])
    assert source.restrict('-'.__contains__)[0] is None
