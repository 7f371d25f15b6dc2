"""Automata of word lists: they accept the words and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.charset import EOS, UNK, Charset
from ocr.reading.search.automaton import classes_by_character, from_edges, from_words

ABC = Charset('aAbc')


def ids(text):
    return [ABC.characters.index(character) for character in text]


WORDS = st.sets(st.text('aAbc', min_size=1, max_size=5), min_size=1, max_size=12)


@given(WORDS, WORDS)
def test_a_trie_accepts_its_words_alone(words, others):
    automaton = from_words(sorted(words), classes_by_character(ABC))
    assert all(automaton.accepts(ids(word)) for word in words)
    assert not any(automaton.accepts(ids(word)) for word in others - words)
    assert not automaton.accepts([])
    assert automaton.shortest == min(map(len, words))


def test_a_character_of_several_classes_is_written_with_any_of_them():
    automaton = from_words(['ab'], classes_by_character(ABC, str.lower))
    assert automaton.accepts(ids('ab')) and automaton.accepts(ids('Ab'))
    assert not automaton.accepts(ids('ac'))


def test_unk_and_eos_are_no_character():
    automaton = from_words(['abc', 'b'], classes_by_character(ABC))
    assert not set(automaton.classes) & {UNK, EOS}


def test_edges_that_lead_nowhere_are_left_out():
    automaton = from_edges(
        4, np.array([0, 0, 1]), np.array([2, 3, 4]), np.array([1, 2, 3]), np.array([0, 0, 0, 1], bool)
    )
    assert automaton.first.tolist() == [0, 1, 2, 2, 2]
    assert automaton.classes.tolist() == [2, 4]
    assert automaton.distance[[0, 1, 3]].tolist() == [2, 1, 0]


def test_without_an_end_there_is_no_text():
    automaton = from_edges(2, np.array([0]), np.array([2]), np.array([1]), np.zeros(2, bool))
    assert automaton.shortest is None and not len(automaton.classes)


@pytest.mark.parametrize('charset', ['ascii', 'gb2312'])
def test_a_long_list_makes_a_small_automaton(charset):
    charset = Charset.preset(charset)
    rng = np.random.default_rng(0)
    letters = np.array([*'abcdefghijklmnopqrstuvwxyz'])
    words = sorted({''.join(rng.choice(letters, rng.integers(3, 12))) for _ in range(5000)})
    automaton = from_words(words, classes_by_character(charset, str.lower))
    assert len(automaton.distance) <= sum(map(len, words)) + 1
    assert automaton.accepts([charset.characters.index(character) for character in words[77].upper()])
