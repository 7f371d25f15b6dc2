"""Texts that cannot be set character by character: written right to left, joined, or with combining marks.

Such a text is set as a whole by Pillow's raqm layout (HarfBuzz and FriBidi), which knows the order and the forms of
the letters. It has one unit then, which keeps its straight baseline: bent or with its letters apart it would come
undone.
"""

import unicodedata
from functools import lru_cache

from PIL import features

JOINED_BLOCKS = ((0x0900, 0x0DFF), (0x1800, 0x18AF), (0xA840, 0xA87F))  # Devanagari to Sinhala, Mongolian, Phags-pa
JOINERS = '\u200c\u200d'  # zero width, ask for the letters beside them to be apart or joined


def split_units(text):
    """What a text is set from, in logical order: its characters, or the whole text if it needs shaping."""
    return [text] if needs_shaping(text) else list(text)


def needs_shaping(text):
    """True if a character of the text has a form or a place that depends on others."""
    return not text.isascii() and any(map(_is_shaped, text))


def is_dependent(character):
    """True for combining marks and other characters that have no form of their own."""
    return unicodedata.category(character) in ('Mn', 'Mc', 'Me', 'Cf')


def can_shape():
    """True if Pillow has raqm here; its wheels look for FriBidi on the machine."""
    return features.check('raqm')


@lru_cache(maxsize=1 << 16)
def _is_shaped(character):
    return (
        unicodedata.bidirectional(character) in ('R', 'AL')
        or is_dependent(character)
        or any(first <= ord(character) <= last for first, last in JOINED_BLOCKS)
    )
