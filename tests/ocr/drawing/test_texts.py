import itertools

import numpy as np
import pytest

from ocr.drawing.texts import CorpusLines, Mixture, RandomText, WordList, change_case, read_texts
from ocr.errors import InputError


def _draws(source, length, count=60):
    rng = np.random.default_rng(0)
    return [source.draw(rng, length) for _ in range(count)]


@pytest.mark.parametrize('length', [1, 2, 3, 9])
def test_random_text_has_the_length_and_no_loose_spaces(length):
    for text in _draws(RandomText('ab \u3000'), length):
        assert len(text) == length
        assert text == text.strip() and not any(a.isspace() and b.isspace() for a, b in itertools.pairwise(text))


def test_random_text_uses_the_whole_alphabet():
    assert set(''.join(_draws(RandomText('abc 永'), 5))) == set('abc 永')


@pytest.mark.parametrize(
    ('length', 'words'), [(1, {'of'}), (2, {'of'}), (3, {'of'}), (4, {'word', 'list'}), (99, {'longest'})]
)
def test_word_list_comes_as_near_as_it_can(length, words):
    assert set(_draws(WordList(('word', 'of', 'list', 'longest')), length)) == words


def test_corpus_gives_passages_of_whole_words():
    source = CorpusLines(('the quick brown fox', 'jumps over'))
    for length in (5, 9, 12):
        for text in _draws(source, length):
            assert 0 < len(text) <= length and text == text.strip()
            assert all(word in ['the', 'quick', 'brown', 'fox', 'jumps', 'over'] for word in text.split())


def test_corpus_cuts_what_does_not_fit_and_text_without_spaces():
    assert set(_draws(CorpusLines(('一二三四',)), 3)) == {'一二三', '二三四'}
    assert set(_draws(CorpusLines(('incomprehensible a',)), 4)) == {'inco', 'a'}
    assert set(_draws(CorpusLines(('ab',)), 5)) == {'ab'}


def test_mixture_keeps_its_weights():
    texts = _draws(Mixture((RandomText('a'), RandomText('b')), (3, 1)), 1, 800)
    assert texts.count('a') / len(texts) == pytest.approx(0.75, abs=0.06)


@pytest.mark.parametrize(
    ('source', 'expected', 'dropped'),
    [
        (RandomText('ab1'), RandomText('ab'), ['1']),
        (RandomText('1'), None, ['1']),
        (RandomText('1 '), None, ['1']),
        (WordList(('ab', 'a1')), WordList(('ab',)), ['a1']),
        (WordList(('1',)), None, ['1']),
        (CorpusLines(('ab 1 c1d', 'e')), CorpusLines(('ab', 'c', 'd', 'e')), ['1']),
        (CorpusLines(('11',)), None, ['1']),
        (Mixture((RandomText('1'), RandomText('a1')), (1, 2)), Mixture((RandomText('a'),), (2,)), ['1']),
    ],
)
def test_restrict_says_what_is_lost(source, expected, dropped):
    assert source.restrict(lambda text: '1' not in text) == (expected, dropped)


@pytest.mark.parametrize(
    'make',
    [
        lambda: RandomText(' '),
        lambda: WordList(()),
        lambda: WordList(('a', '')),
        lambda: CorpusLines(()),
        lambda: Mixture((RandomText('a'),), (0,)),
        lambda: Mixture((RandomText('a'),), (1, 2)),
    ],
)
def test_sources_refuse_what_they_cannot_draw_from(make):
    with pytest.raises(InputError):
        make()


def test_read_texts_tells_words_from_running_text(tmp_path):
    words, corpus = tmp_path / 'words.txt', tmp_path / 'corpus.txt'
    words.write_bytes('\ufeffone\r\n\r\n two \r\ncafe\u0301\r\n'.encode())
    corpus.write_text('one\ntwo\t words\n', encoding='utf-8')
    assert read_texts(words) == WordList(('one', 'two', 'caf\u00e9'))
    assert read_texts(corpus) == CorpusLines(('one', 'two words'))


@pytest.mark.parametrize(
    ('content', 'message'), [(None, 'cannot read'), (b'', 'no text'), (b' \n\n', 'no text'), (b'a\xff', 'not UTF-8')]
)
def test_read_texts_names_a_bad_file(tmp_path, content, message):
    path = tmp_path / 'bad.txt'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=rf'bad\.txt.*{message}'):
        read_texts(path)


@pytest.mark.parametrize(
    ('text', 'case', 'changed'),
    [('aB c', 'as is', 'aB c'), ('aB c', 'upper', 'AB C'), ('aB c', 'title', 'Ab C'), ('straße', 'upper', 'straße')],
)
def test_change_case_keeps_the_length(text, case, changed):
    assert change_case(text, case) == changed
