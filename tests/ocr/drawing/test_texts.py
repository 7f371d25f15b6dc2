import itertools

import numpy as np
import pytest

from ocr.drawing.texts import Mixture, RandomText, change_case, over_alphabet
from ocr.drawing.words import WordList
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


def test_mixture_keeps_its_weights():
    texts = _draws(Mixture((RandomText('a'), RandomText('b')), (3, 1)), 1, 800)
    assert texts.count('a') / len(texts) == pytest.approx(0.75, abs=0.06)


@pytest.mark.parametrize(
    ('source', 'expected', 'dropped'),
    [
        (RandomText('ab1'), RandomText('ab'), ['1']),
        (RandomText('1'), None, ['1']),
        (RandomText('1 '), None, ['1']),
        (Mixture((RandomText('1'), RandomText('a1')), (1, 2)), Mixture((RandomText('a'),), (2,)), ['1']),
    ],
)
def test_restrict_says_what_is_lost(source, expected, dropped):
    assert source.restrict(lambda text: '1' not in text) == (expected, dropped)


def test_a_mixture_asks_once_for_what_several_sources_have():
    asked = []
    Mixture((RandomText('ab'), RandomText('bc')), (1, 1)).restrict(lambda text: asked.append(text) or text != 'c')
    assert asked == ['a', 'b', 'c']


def test_another_alphabet_is_for_random_strings_only():
    words = WordList(('ab',))
    mixture = Mixture((words, Mixture((RandomText('a'), RandomText('b')), (1, 2))), (3, 4))
    assert over_alphabet(mixture, 'xy') == Mixture((words, Mixture((RandomText('xy'),) * 2, (1, 2))), (3, 4))


@pytest.mark.parametrize(
    'make',
    [
        lambda: RandomText(' '),
        lambda: Mixture((RandomText('a'),), (0,)),
        lambda: Mixture((RandomText('a'),), (1, 2)),
    ],
)
def test_sources_refuse_what_they_cannot_draw_from(make):
    with pytest.raises(InputError):
        make()


@pytest.mark.parametrize(
    ('text', 'case', 'changed'),
    [
        ('aB c', 'as is', 'aB c'),
        ('aB c', 'upper', 'AB C'),
        ('aB c', 'title', 'Ab C'),
        ("don't (it's)", 'title', "Don't (It's)"),
        ('straße', 'upper', 'straße'),
    ],
)
def test_change_case_keeps_the_length(text, case, changed):
    assert change_case(text, case) == changed
