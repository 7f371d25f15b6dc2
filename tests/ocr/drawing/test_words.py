import pickle
from collections import Counter

import numpy as np
import pytest

from ocr.drawing.words import ENGLISH_PATH, FREQUENCIES, EnglishWords, PseudoWords, WordList, WordSequence
from ocr.errors import InputError

ENGLISH = [line for line in ENGLISH_PATH.read_text(encoding='utf-8').splitlines() if not line.startswith('#')]


def _draws(source, length, count=60):
    rng = np.random.default_rng(0)
    return [source.draw(rng, length) for _ in range(count)]


def _is_short_ascii(word):
    return word.isascii() and len(word) <= 6


@pytest.mark.parametrize(
    ('length', 'words'), [(1, {'of'}), (2, {'of'}), (3, {'of'}), (4, {'word', 'list'}), (99, {'longest'})]
)
def test_word_list_comes_as_near_as_it_can(length, words):
    assert set(_draws(WordList(('word', 'of', 'list', 'longest')), length)) == words


@pytest.mark.parametrize('words', [(), ('a', '')])
def test_word_list_refuses_what_is_no_list_of_words(words):
    with pytest.raises(InputError):
        WordList(words)


def test_shipped_list_is_clean_and_has_a_licence():
    assert len(ENGLISH) == len(set(ENGLISH)) > 50_000
    assert all(word == word.strip() and ' ' not in word and not word.endswith("'s") for word in ENGLISH)
    assert {'street', 'colour', 'color', "don't", 'London', 'Jennifer', 'TV'} <= set(ENGLISH)
    assert ENGLISH_PATH.stat().st_size < 700_000
    assert 'Kevin Atkinson' in (ENGLISH_PATH.parent / 'SCOWL-LICENSE.txt').read_text(encoding='utf-8')


def test_common_english_words_come_more_often():
    sections = Counter()
    members = {}
    for line in ENGLISH_PATH.read_text(encoding='utf-8').splitlines():
        if line.startswith('#'):
            section = line[2:]
        else:
            members[line] = section
    assert set(members.values()) == set(FREQUENCIES)
    per_word = Counter(member for word, member in members.items() if len(word) == 6)
    sections.update(members[word] for word in _draws(EnglishWords(), 6, 4000))
    rate = {section: sections[section] / per_word[section] for section in per_word}
    assert rate['size 10'] > 1.5 * rate['size 20'] > 3 * rate['size 35'] > 3 * rate['size 50']


def test_english_words_have_the_length_that_is_asked_for():
    for length in range(1, 15):
        words = _draws(EnglishWords(), length, 20)
        assert {len(word) for word in words} == {length} and set(words) <= set(ENGLISH)


def test_restricted_english_is_small_to_send_and_quick_to_find():
    source, dropped = EnglishWords().restrict(_is_short_ascii)
    again, _ = EnglishWords().restrict(_is_short_ascii)
    assert source is again
    assert set(dropped) == {word for word in ENGLISH if not _is_short_ascii(word)}
    assert all(_is_short_ascii(word) for word in _draws(source, 9, 300))
    copy = pickle.loads(pickle.dumps(source))
    assert copy == source and hash(copy) == hash(source) and _draws(copy, 5) == _draws(source, 5)
    assert len(pickle.dumps(EnglishWords())) < 200
    assert source.restrict(str.isalpha)[0].without > source.without
    assert EnglishWords().restrict(str.isdigit)[0] is None


def test_pseudo_words_look_like_words_of_the_length():
    for length in (1, 3, 6, 10):
        words = _draws(PseudoWords(), length, 200)
        assert {len(word) for word in words} == {length}
        assert set(''.join(words)) <= set('abcdefghijklmnopqrstuvwxyz')
    words = _draws(PseudoWords(), 8, 200)
    triples = {word[i : i + 3] for word in ENGLISH for i in range(len(word) - 2)}
    assert all(word[i : i + 3] in triples for word in words for i in range(6))
    assert len(set(words) - set(ENGLISH)) > 100 and len(set(words)) > 150


def test_pseudo_words_of_few_letters():
    source, dropped = PseudoWords().restrict(lambda letter: letter in 'aest')
    assert source == PseudoWords('aest') and len(dropped) == 22
    assert set(''.join(_draws(source, 5))) == set('aest')
    assert PseudoWords().restrict(str.isdigit)[0] is None


@pytest.mark.parametrize(
    ('source', 'expected', 'dropped'),
    [(WordList(('ab', 'a1')), WordList(('ab',)), ['a1']), (WordList(('1',)), None, ['1'])],
)
def test_restrict_says_what_is_lost(source, expected, dropped):
    assert source.restrict(lambda text: '1' not in text) == (expected, dropped)


def test_word_sequence_has_as_many_words_as_fit():
    texts = _draws(WordSequence(WordList(('a', 'to', 'the', 'word'))), 20)
    assert all(15 <= len(text) <= 20 for text in texts)
    assert set(' '.join(texts).split()) == {'a', 'to', 'the', 'word'}
    assert _draws(WordSequence(WordList(('longest',))), 3) == ['longest'] * 60  # it has nothing so short


def test_word_sequence_without_a_space_is_single_words():
    source, dropped = WordSequence(WordList(('of', 'word'))).restrict(lambda text: text != ' ')
    assert source == WordList(('of', 'word')) and dropped == [' ']
    source, dropped = WordSequence(WordList(('of', 'word'))).restrict(lambda text: text != 'of')
    assert source == WordSequence(WordList(('word',))) and dropped == ['of']
    assert WordSequence(WordList(('of',))).restrict(lambda text: text != 'of')[0] is None
