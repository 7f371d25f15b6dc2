"""Lexicons: case, what cannot be written, the words near a text."""

import logging

import pytest

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.reading.search.lexicon import Lexicon

ASCII = Charset.preset('ascii')


def accepts(lexicon, text):
    return lexicon.automaton().accepts([ASCII.characters.index(character) for character in text])


@pytest.mark.parametrize('words', [['house', 'tea'], ['HOUSE', 'TEA'], ['HOUSE', 'tea', '2']])
def test_a_list_in_one_case_holds_in_any(words):
    lexicon = Lexicon(words, ASCII, 10)
    assert lexicon.any_case
    for text in ('house', 'House', 'HOUSE', 'hOUsE'):
        assert lexicon.holds(text) and accepts(lexicon, text)
    assert not lexicon.holds('hous') and not accepts(lexicon, 'hous')


@pytest.mark.parametrize(
    ('word', 'meant', 'not_meant'),
    [
        ('Paris', ['Paris', 'PARIS'], ['paris', 'pARIS']),
        ('tea', ['tea', 'Tea', 'TEA'], ['tEA']),
        ('iPod', ['iPod', 'IPOD'], ['ipod', 'Ipod']),
        ('main road', ['main road', 'Main road', 'Main Road', 'MAIN ROAD'], ['main Road']),
        ('2nd', ['2nd', '2ND'], ['2Nd']),
        ('NASA', ['NASA'], ['Nasa', 'nasa']),
    ],
)
def test_a_list_in_mixed_case_tells_names_from_words(word, meant, not_meant):
    lexicon = Lexicon([word, 'Rome'], ASCII, 10)
    assert not lexicon.any_case and sorted([*meant, 'Rome', 'ROME']) == lexicon.words
    for text in meant:
        assert lexicon.holds(text) and accepts(lexicon, text)
    for text in not_meant:
        assert not lexicon.holds(text) and not accepts(lexicon, text)


def test_the_words_near_a_text_in_a_list_in_mixed_case():
    lexicon = Lexicon(['Paris', 'tea', 'station', 'stra\u00dfe'], Charset([*ASCII.characters[2:], '\u00df']), 10)
    assert lexicon.near('Pariz', 2) == ['Paris', 'PARIS']
    assert lexicon.near('STATIQN', 1) == ['station', 'STATION', 'Station']
    assert Lexicon(['Polish', 'polish'], ASCII, 10).near('POLISN', 1) == ['Polish', 'POLISH', 'polish']
    assert lexicon.near('Te', 2) == [] and lexicon.near('tEA', 0) == ['tea', 'TEA', 'Tea']  # case costs no edit
    assert 'Stra\u00dfe' in lexicon.words and 'STRASSE' not in lexicon.words


@pytest.mark.parametrize('other', ['tea', 'Rome'])
def test_a_word_whose_capitals_are_composed_otherwise_is_written_as_the_charset_has_it(other):
    # The small letter of this capital i with a dot is two characters.
    charset = Charset([*ASCII.characters[2:], '\u0130'])
    lexicon = Lexicon(['\u0130zmir'.lower(), other], charset, 10)
    assert {word.lower() for word in lexicon.words} == {other.lower()} and lexicon.automaton().shortest == len(other)


def test_the_words_near_a_text_come_in_the_cases_that_are_likely():
    lexicon = Lexicon(['house', 'mouse', 'hours'], ASCII, 10)
    near = lexicon.near('HOUSF', 2)
    assert near[:3] == ['house', 'HOUSE', 'House'] and len(near) == 3
    assert set(lexicon.near('HOUSEX', 2)) >= {'HOUSE', 'MOUSE'}


@pytest.mark.parametrize(('text', 'max_edits'), [('te', 2), ('txx', 2), ('hxuxx', 2), ('housf', 0), ('', 2)])
def test_a_third_of_the_characters_may_differ_and_no_more(text, max_edits):
    assert Lexicon(['house', 'tea'], ASCII, 10).near(text, max_edits) == []


def test_words_that_cannot_be_written_are_counted(caplog):
    caplog.set_level(logging.INFO)
    lexicon = Lexicon(['tea', 'tea', '', 'caf\u00e9', 'extraordinary'], ASCII, 10, 'words.txt')
    assert lexicon.words == ['tea']
    assert caplog.messages == [
        'words.txt: 1 words, in any case; left out: 1 longer than 10 characters, 1 with characters outside the charset'
    ]
    with pytest.raises(InputError, match=r'--lexicon the lexicon: none of its 1 words can be written'):
        Lexicon(['caf\u00e9'], ASCII, 10)


def test_files(tmp_path):
    path = tmp_path / 'words.txt'
    path.write_bytes('\ufeffstra\u00dfe \r\n\r\ntea\r\n'.encode())
    charset = Charset([*ASCII.characters[2:], '\u00df'])
    assert Lexicon.load(path, charset, 10).words == ['stra\u00dfe', 'tea']
    path.write_bytes(b'\xff\xfe\x00')
    with pytest.raises(InputError, match=r'not UTF-8 text \(byte 0\)'):
        Lexicon.load(path, charset, 10)
    path.write_text('\n \n')
    with pytest.raises(InputError, match=r'words\.txt: has no word; give a text file, one word per line'):
        Lexicon.load(path, charset, 10)
    with pytest.raises(InputError, match='No such file'):
        Lexicon.load(tmp_path / 'nowhere', charset, 10)
