import pickle
import re
from collections import Counter

import numpy as np
import pytest

from ocr.charset import Charset
from ocr.drawing.chinese.texts import sign_texts
from ocr.drawing.texts import over_alphabet

CHARACTERS = Charset.preset('chinese').characters[2:]
HANZI = '[\u4e00-\u9fff]'


@pytest.fixture(scope='module')
def source():
    """What is left of the texts with the charset, random strings over it."""
    return over_alphabet(sign_texts(), ''.join(CHARACTERS)).restrict(set(CHARACTERS).issuperset)[0]


@pytest.fixture(scope='module')
def texts(source):
    """{length: 800 texts for that length}."""
    rng = np.random.default_rng(0)
    return {length: [source.draw(rng, length) for _ in range(800)] for length in range(1, 25)}


def test_texts_have_about_the_length_and_no_loose_spaces(texts):
    for length, drawn in texts.items():
        assert all(0 < len(text) <= length and text == text.strip() for text in drawn)
        assert sum(len(text) == length for text in drawn) > (0.8 if length <= 15 else 0.5) * len(drawn)


def test_every_character_of_the_charset_can_occur(source):
    rng = np.random.default_rng(1)
    counts = Counter(character for i in range(30_000) for character in source.draw(rng, 1 + i % 24))
    assert set(counts) <= set(CHARACTERS)
    assert len(set(CHARACTERS) - set(counts)) < 60  # in so few texts; the rarest are drawn at random
    assert sum(counts[character] for character in CHARACTERS if re.match(HANZI, character)) > 0.6 * counts.total()


@pytest.mark.parametrize(
    'expected',
    [
        f'{HANZI}+',
        f'{HANZI}+\uff08{HANZI}+\uff09',
        r'1\d{10}',
        r'0\d{2,3}-\d{7,8}',
        f'{HANZI}+\uff1a1\\d{{10}}',
        r'\uffe5\d+(\.\d\d)?',
        r'\d+\u5143',
        r'\d{4}\u5e74\d\d?\u6708(\d\d\u65e5)?',
        r'\d\d:\d\d-\d\d:\d\d',
        r'\d+(kg|ml|cm|\u2103)',
        f'{HANZI}+\u8def\\d+\u53f7',
        f'{HANZI}+\u6709\u9650\u516c\u53f8',
        f'\u300a{HANZI}+\u300b',
        f'{HANZI}+\uff0c{HANZI}+',
        f'{HANZI}+ {HANZI}+',
        r'[A-Za-z]+',
        f'{HANZI}+ ?[A-Za-z]+',
        f'[A-Za-z]+ ?{HANZI}+',
        r'\d+\*\d+\*\d+',
    ],
)
def test_kinds_of_sign_text_occur(texts, expected):
    assert any(re.fullmatch(expected, text) for drawn in texts.values() for text in drawn)


def test_sign_texts_are_small_to_send():
    copy = pickle.loads(pickle.dumps(sign_texts()))
    assert copy == sign_texts() and hash(copy) == hash(sign_texts())
    assert len(pickle.dumps(sign_texts())) < 300_000
