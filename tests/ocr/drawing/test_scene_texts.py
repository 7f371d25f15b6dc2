import pickle
import re
import string
from collections import Counter

import numpy as np
import pytest

from ocr.drawing.scene_texts import photographed_texts, scene_texts

PRINTABLE = string.ascii_letters + string.digits + string.punctuation + ' '


@pytest.fixture(scope='module')
def texts():
    """{length: 600 texts for that length}."""
    rng = np.random.default_rng(0)
    source = scene_texts()
    return {length: [source.draw(rng, length) for _ in range(600)] for length in range(1, 21)}


def test_every_printable_ascii_character_occurs_and_little_else(texts):
    counts = Counter(character for drawn in texts.values() for text in drawn for character in text)
    assert set(PRINTABLE) <= set(counts)
    assert sum(counts[character] for character in PRINTABLE) > 0.999 * sum(counts.values())


def test_texts_have_about_the_length_and_no_loose_spaces(texts):
    for length, drawn in texts.items():
        assert all(0 < len(text) <= length and text == ' '.join(text.split()) for text in drawn)
        if 2 <= length <= 15:
            assert sum(len(text) == length for text in drawn) > 0.8 * len(drawn)


@pytest.mark.parametrize(
    'expected',
    [
        r'[a-z]+',
        r'[A-Z][a-z]+',
        r'\d+',
        r'\$\d+(\.\d\d)?',
        r'\d\d:\d\d',
        r'\d\d[/.-]\d\d[/.-]\d{4}',
        r'\d{3}-\d{4}',
        r'\d+%',
        r'[A-Z]+[ -]?\d+',
        r'www\..+\.[a-z.]+',
        r'\w+@\w+\.\w+',
        r'#\w+',
        r"\w+'s",
        r'\w+ & \w+',
        r'\(\w+\)',
        r'\w+!',
        r'\w+-\w+',
        r'([A-Z]\.)+',
        r'[A-Za-z]+ [A-Za-z]+( [A-Za-z]+)+',
    ],
)
def test_kinds_of_scene_text_occur(texts, expected):
    assert any(re.fullmatch(expected, text) for drawn in texts.values() for text in drawn)


def test_scene_text_travels_and_keeps_to_a_charset():
    source, dropped = scene_texts().restrict(lambda text: set(text) <= set(string.ascii_lowercase + '0123456789 .'))
    assert {'$', 'A', '&', 'London'} <= set(dropped)
    copy = pickle.loads(pickle.dumps(source))
    assert copy == source and hash(copy) == hash(source)
    rng = np.random.default_rng(1)
    drawn = [copy.draw(rng, 1 + i % 16) for i in range(2000)]
    assert set(''.join(drawn)) == set(string.ascii_lowercase + '0123456789 .')
    assert len(pickle.dumps(scene_texts())) < 100_000


def test_photographed_texts_have_more_addresses():
    rng = np.random.default_rng(0)
    sources = scene_texts(), photographed_texts()
    drawn = [[source.draw(rng, 16) for _ in range(2000)] for source in sources]
    few, many = (sum(text.startswith('www.') for text in texts) for texts in drawn)
    assert many >= few + 20
