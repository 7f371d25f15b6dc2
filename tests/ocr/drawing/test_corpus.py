import numpy as np
import pytest

from ocr.drawing.corpus import CorpusLines, read_texts
from ocr.drawing.words import WordList
from ocr.errors import InputError


def _draws(source, length, count=60):
    rng = np.random.default_rng(0)
    return [source.draw(rng, length) for _ in range(count)]


def test_corpus_gives_all_runs_of_whole_words():
    lines = ('the quick brown fox', 'jumps over')
    runs = {'the quick', 'quick', 'brown fox', 'fox', 'jumps', 'over', 'the', 'brown', 'jumps over'}
    for length in (5, 9, 10, 19):
        drawn = set(_draws(CorpusLines(lines), length, 300))
        assert all(any(f' {text} ' in f' {line} ' for line in lines) for text in drawn)
        assert max(map(len, drawn)) <= length
        assert length not in (9, 10) or drawn <= runs
    assert set(_draws(CorpusLines(lines), 5, 300)) == {'quick', 'brown', 'jumps'}


def test_corpus_reaches_long_lengths():
    line = ' '.join(f'{"abcdefg"[: 1 + i % 7]}{i}' for i in range(400))
    for length in (32, 100):
        texts = _draws(CorpusLines((line,)), length)
        assert len(set(texts)) > 30 and all(f' {text} ' in f' {line} ' for text in texts)
        assert sum(len(text) for text in texts) > 0.95 * length * len(texts)


@pytest.mark.parametrize(
    ('lines', 'length', 'expected'),
    [
        (('一二三四',), 3, {'一二三', '二三四'}),
        (('abcdef',), 4, {'abcd', 'bcde', 'cdef'}),
        (('a bb ccc dddd',), 3, {'bb', 'ccc'}),
        (('ab',), 5, {'ab'}),
        (('a', 'bcdefghi j'), 10, {'bcdefghi j'}),
    ],
)
def test_corpus_cuts_only_what_it_must(lines, length, expected):
    assert set(_draws(CorpusLines(lines), length, 200)) == expected


def test_scripts_without_spaces_are_cut_to_the_length():
    line = ''.join(chr(0x4E00 + i) for i in range(60))
    texts = _draws(CorpusLines((line, 'short line')), 12, 100)
    assert sum(text in line and len(text) == 12 for text in texts) > 80


def test_chinese_text_is_cut_as_its_lines_end():
    line = (
        '\u8bf7\u4f7f\u7528Python\u7f16\u7a0b\uff0c'
        '\u5b89\u88c5\uff08\u7248\u672c3.12\uff09\u3002\u7136\u540e\u8fd0\u884c make test \u547d\u4ee4'
    )
    texts = set(_draws(CorpusLines((line,)), 8, 400))
    assert all(text in line and len(text) <= 8 for text in texts)
    assert not any(text[0] in '\uff0c\uff09\u3002' or text[-1] == '\uff08' for text in texts)
    assert all(('Python' in text) == ('y' in text) and ('3.12' in text) == ('3' in text) for text in texts)
    assert {'\u7528Python\u7f16', '\u5b89\u88c5\uff08\u7248\u672c', '\u7248\u672c3.12\uff09\u3002'} & texts


def test_chinese_text_without_a_space_is_no_word_list(tmp_path):
    words, corpus = tmp_path / 'words.txt', tmp_path / 'corpus.txt'
    words.write_text('\u94f6\u884c\n\u5317\u4eac\u00b7\u4e2d\u56fd\n', encoding='utf-8')
    corpus.write_text('\u94f6\u884c\uff0c\u5317\u4eac\u3002\n\u94f6\u884c\n', encoding='utf-8')
    assert isinstance(read_texts(words), WordList)
    assert isinstance(read_texts(corpus), CorpusLines)


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
    ('source', 'expected', 'dropped'),
    [
        (CorpusLines(('ab 1 c1d', 'e')), CorpusLines(('ab', 'c', 'd', 'e')), ['1']),
        (CorpusLines(('11',)), None, ['1']),
    ],
)
def test_restrict_says_what_is_lost(source, expected, dropped):
    assert source.restrict(lambda text: '1' not in text) == (expected, dropped)


def test_a_corpus_refuses_to_be_empty():
    with pytest.raises(InputError):
        CorpusLines(())
