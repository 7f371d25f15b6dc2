"""Patterns mean what they mean to Python's `re`."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.charset import EOS, UNK, Charset
from ocr.errors import InputError
from ocr.reading.search.pattern import compile_pattern

CHARSET = Charset('aAbB01-.中(一５ ')
CHARACTERS = CHARSET.characters[2:]
TEXTS = [''.join(text) for length in range(4) for text in itertools.product(CHARACTERS, repeat=length)]


def accepted(automaton, text):
    return automaton.accepts([CHARACTERS.index(character) + 2 for character in text])


def check(pattern, texts=TEXTS):
    automaton = compile_pattern(pattern, CHARSET)
    different = [text for text in texts if accepted(automaton, text) != bool(re.fullmatch(pattern, text))]
    assert not different
    assert not set(automaton.classes) & {UNK, EOS}


@pytest.mark.parametrize(
    'pattern',
    [
        '[A-Z]{2}[0-9]',
        '[A-Z0-9]*',
        r'\d+',
        r'\w{1,2}',
        r'[\w-]+\.',
        r'[^\d]\D',
        r'\S\s?',
        r'[\u4e00-\u9fff]{1,2}',
        r'\u4e2d\d',
        '(?i)[^a]b',
        'a(?i:b)B',
        '^ab$',
        '(?P<name>a|b)(?:0|1)?',
        'a*?b',
        'a{,2}',
        '(?#note)a',
        '[]a]',
        '[^]a]',
        '[a(]',
        r'\(',
        '.{0,2}',
        '(|a)b',
        '',
    ],
)
def test_matches_are_those_of_re(pattern):
    check(pattern)


ATOMS = st.sampled_from(
    ['a', 'A', 'b', '0', '.', r'\.', r'\d', r'\w', r'\W', '[a-b]', '[^a]', r'[\d-]', '中', r'[\u4e00中]']
)


def _grown(patterns):
    return st.one_of(
        st.tuples(patterns, patterns).map(''.join),
        st.tuples(patterns, patterns).map('(?:{0[0]}|{0[1]})'.format),
        st.tuples(patterns, st.sampled_from(['*', '+', '?', '{2}', '{1,2}', '*?'])).map('(?:{0[0]}){0[1]}'.format),
        patterns.map('(?i:{})'.format),
    )


@settings(max_examples=60)
@given(st.recursive(ATOMS, _grown, max_leaves=5), st.lists(st.text(CHARACTERS, max_size=6), max_size=30))
def test_any_pattern_matches_as_re_does(pattern, texts):
    check(pattern, [*texts, *TEXTS[:400]])


@pytest.mark.parametrize(
    ('pattern', 'reason'),
    [
        ('(', 'not a regular expression'),
        ('a**', 'not a regular expression'),
        (r'\p{L}', 'not a regular expression'),
        ('(?=a)b', r'\(\?=a... is not supported'),
        (r'\bfoo', r'\\b is not supported'),
        (r'(a)\1', r'\\1 is not supported'),
        ('a^b', r'\^ inside a pattern'),
        ('(?s).', r'\(\?s\)... is not supported'),
        ('z+', 'no text of the characters of charset matches it'),
        ('[x-z]', 'no text of the characters'),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(pattern, reason):
    with pytest.raises(InputError, match=reason) as caught:
        compile_pattern(pattern, CHARSET)
    assert str(caught.value).startswith(f'--allow {pattern!r}: ') and '\n' not in str(caught.value)


def test_seven_thousand_characters():
    charset = Charset.preset('gb2312')
    automaton = compile_pattern(r'\w{2,8}', charset)
    assert automaton.shortest == 2 and len(automaton.distance) < 20
    assert automaton.accepts([charset.characters.index(character) for character in '北京123'])
    assert not automaton.accepts([charset.characters.index(character) for character in '北京。'])
