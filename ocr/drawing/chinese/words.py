"""Sources of Chinese words: the shipped list, by kind, and words strung together without spaces."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from ocr.drawing.texts import partition
from ocr.drawing.words import WordTable, draw_place

CHINESE_PATH = Path(__file__).parents[1] / 'wordlists' / 'chinese.txt'
KINDS = ('nouns', 'verbs', 'adjectives', 'idioms', 'people', 'places', 'organisations', 'others')
FLATTENED = 0.6  # power of the frequencies: texts on signs repeat the commonest words less than books do
WORD_LENGTHS = np.cumsum((10, 60, 17, 10, 2, 1))  # of 1, 2, 3, ... characters in strung words, in all


@dataclass(frozen=True, slots=True)
class ChineseWords:
    """The words of some kinds of the shipped list, each as often as it is used, flattened by FLATTENED.

    The list is read where it is used, once a process, so that the source itself is small.
    """

    kinds: tuple
    without: frozenset = frozenset()

    def draw(self, rng, length):
        """A word, see `WordTable.draw`."""
        return _table(self.kinds, self.without).draw(rng, length)

    def restrict(self, is_drawable):
        """(source of the drawable words or None, list of the others)."""
        listed = (word for kind in self.kinds for word in _read_chinese()[kind] if word not in self.without)
        kept, dropped = partition(listed, is_drawable)
        return (_without(self.kinds, self.without.union(dropped)) if kept else None), dropped


@dataclass(frozen=True, slots=True)
class Strung:
    """Words of a source one after the other, nothing between them, until the length is filled."""

    words: object

    def draw(self, rng, length):
        """`length` characters if the source has words that fill them, else fewer."""
        text = ''
        while (room := length - len(text)) > 0:
            word = self.words.draw(rng, min(room, 1 + draw_place(rng, WORD_LENGTHS)))
            if text and len(word) > room:
                break
            text += word
        return text

    def restrict(self, is_drawable):
        """(source of the drawable words or None, list of the others)."""
        kept, dropped = self.words.restrict(is_drawable)
        return (Strung(kept) if kept else None), dropped


@dataclass(frozen=True, slots=True)
class Joined:
    """A text of one source and one of another, in either order, with something between them."""

    first: object
    second: object
    separators: tuple
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, '_longest', max(map(len, self.separators)))

    def draw(self, rng, length):
        """About `length` characters; a text of the first source alone if there is no room for two."""
        if length < 2 + self._longest:
            return self.first.draw(rng, length)
        separator = self.separators[int(rng.integers(len(self.separators)))]
        room = length - len(separator)
        before = int(rng.integers(1, room))
        sources = (self.first, self.second) if rng.random() < 0.5 else (self.second, self.first)
        head = sources[0].draw(rng, before)
        if len(head) >= room:
            return head
        return f'{head}{separator}{sources[1].draw(rng, room - len(head))}'[:length].strip()

    def restrict(self, is_drawable):
        """(source of what is left, one of the two alone or None, list of the others)."""
        (first, lost), (second, also_lost) = self.first.restrict(is_drawable), self.second.restrict(is_drawable)
        separators, undrawable = partition(self.separators, is_drawable)
        dropped = list(dict.fromkeys([*lost, *also_lost, *undrawable]))
        if not (first and second and separators):
            return first or second, dropped
        return Joined(first, second, tuple(separators)), dropped


@lru_cache(maxsize=1)
def _read_chinese():
    """{kind: {word: weight}}; sections of the file begin with '# <kind> <log2 of the frequency>'."""
    words = {kind: {} for kind in KINDS}
    for line in CHINESE_PATH.read_text(encoding='utf-8').splitlines():
        if line.startswith('#'):
            _, kind, level = line.split()
            weight = 2 ** (FLATTENED * int(level))
        else:
            words[kind][line] = weight
    return words


@lru_cache(maxsize=32)
def _without(kinds, words):
    """The one source without these words: equal sources are the same object, so that tables are found at once."""
    return ChineseWords(kinds, words)


@lru_cache(maxsize=32)
def _table(kinds, without):
    words = {word: weight for kind in kinds for word, weight in _read_chinese()[kind].items() if word not in without}
    return WordTable(words, words.values())
