import pickle
import re

import numpy as np
import pytest

from ocr.drawing.patterns import FIELDS, patterns
from ocr.drawing.words import WordList
from ocr.errors import InputError

WORDS = WordList(('ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg', 'abcdefgh'))


def _draws(source, length, count=60):
    rng = np.random.default_rng(0)
    return [source.draw(rng, length) for _ in range(count)]


@pytest.mark.parametrize(
    ('pattern', 'length', 'expected'),
    [
        ('{ndd}', 3, r'[1-9]\d\d'),
        ('{AA} {ad}', 5, r'[A-Z]{2} [a-z]\d'),
        ('{hh}:{min}', 5, r'[012]\d:[0-5][05]'),
        ('${n}.{cents}', 5, r'\$[1-9]\.\d\d'),
        ('{{n}}', 3, r'\{[1-9]\}'),
        ('plain', 5, 'plain'),
        ('({word})', 7, r'\(abcde\)'),
        ('{word} & {word}', 8, r'[a-h]+ & [a-h]+'),
        ('{word}-{word}', 5, 'ab-ab'),
    ],
)
def test_a_pattern_gives_texts_like_itself(pattern, length, expected):
    for text in _draws(patterns([pattern], WORDS), length):
        assert len(text) == length and re.fullmatch(expected, text), text


def test_fields_of_several_lengths_come_at_each_length():
    source = patterns(['{month}', '{d}'])
    for length in range(3, 8):
        assert set(_draws(source, length)) == {month for month in FIELDS['month'] if len(month) == length}
    assert set(_draws(source, 2)) == set('0123456789')


def test_the_nearest_form_is_taken_where_none_fits():
    assert {len(text) for text in _draws(patterns(['{dd}', '{dddd}']), 3)} == {2}
    assert {len(text) for text in _draws(patterns(['{dd}', '{dddd}']), 1)} == {2}
    assert set(_draws(patterns(['{word}, {word}'], WORDS), 4)) == {'abcd'}
    assert {len(text) for text in _draws(patterns(['{word}.'], WORDS), 40)} == {9}


def test_long_texts_are_of_several_forms():
    texts = _draws(patterns(['{dddddddd}', '{aaaaaaa}'], None), 8, 200)
    assert {text.isdigit() for text in texts} == {True, False}


def test_restrict_keeps_what_is_drawable():
    source, dropped = patterns(['${n}', '{n} {unit}', '{word}!'], WORDS).restrict(lambda text: text not in '$kg3')
    assert {'$', '3', 'kg', 'g'} == set(dropped)
    texts = [text for length in range(2, 8) for text in _draws(source, length)]
    assert any(text.endswith('km') for text in texts) and any(text.endswith('!') for text in texts)
    assert not any('$' in text or '3' in text or 'kg' in text for text in texts)


def test_restrict_without_words_keeps_the_other_forms():
    source, dropped = patterns(['{word}!', '{d}'], WORDS).restrict(lambda text: 'a' not in text)
    assert set(dropped) == set(WORDS.words) and source == patterns(['{d}'])
    assert patterns(['{word}!'], WORDS).restrict(lambda text: False)[0] is None


def test_sources_of_patterns_travel_and_compare():
    source = patterns(['{word}{d}', '{mon} {day}'], WORDS)
    copy = pickle.loads(pickle.dumps(source))
    assert copy == source and hash(copy) == hash(source) and _draws(copy, 7) == _draws(source, 7)


@pytest.mark.parametrize('texts', [[], ['{word}'], ['{bogus}']])
def test_patterns_refuse_what_they_cannot_fill(texts):
    with pytest.raises(InputError, match='pattern'):
        patterns(texts)
