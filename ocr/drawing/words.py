"""Sources of single words: a list of one's own, the shipped English list, words made up in its likeness."""

import string
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from ocr.drawing.texts import partition
from ocr.errors import InputError

ENGLISH_PATH = Path(__file__).parent / 'wordlists' / 'english.txt'
FREQUENCIES = {
    'size 10': 16,
    'size 20': 6,
    'size 35': 2,
    'size 50': 1,
    'names': 3,
    'abbreviations': 1,
}  # of a section's words
ORDER = 3  # letters that decide which comes next in a made-up word
WORD_LENGTHS = np.cumsum((3, 17, 21, 16, 11, 9, 8, 6, 4, 3, 2, 1))  # of 1, 2, 3, ... letters in running English, in all
MAX_TRIES = 8  # words made up until one ends as words do


class WordTable:
    """Words by length, each drawn as often as its weight says."""

    def __init__(self, words, weights):
        grouped = defaultdict(list)
        for word, weight in zip(words, weights, strict=True):
            grouped[len(word)].append((word, weight))
        self._by_length = {
            length: (tuple(word for word, _ in pairs), np.cumsum([weight for _, weight in pairs]))
            for length, pairs in grouped.items()
        }

    def draw(self, rng, length):
        """A word of `length` characters; if there is none, of the nearest shorter length, else of the shortest."""
        shorter = [existing for existing in self._by_length if existing <= length]
        words, totals = self._by_length[max(shorter) if shorter else min(self._by_length)]
        return words[draw_place(rng, totals)]


@dataclass(frozen=True, slots=True)
class WordList:
    """Words as they stand in a list, each length as often as the recipe asks for it."""

    words: tuple
    _table: WordTable = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        if not self.words or not all(self.words):
            raise InputError('a word list needs words, and none of them empty')
        object.__setattr__(self, '_table', WordTable(self.words, [1] * len(self.words)))

    def draw(self, rng, length):
        """A word, see `WordTable.draw`."""
        return self._table.draw(rng, length)

    def restrict(self, is_drawable):
        """(source of the drawable words or None, list of the others)."""
        kept, dropped = partition(self.words, is_drawable)
        return (WordList(tuple(kept)) if kept else None), dropped


@dataclass(frozen=True, slots=True)
class EnglishWords:
    """The shipped list of English words and names without some of them; common ones come more often than rare ones.

    It is read where it is used, once a process, so that the source itself is small.
    """

    without: frozenset = frozenset()

    def draw(self, rng, length):
        """A word, see `WordTable.draw`."""
        return _english_table(self.without).draw(rng, length)

    def restrict(self, is_drawable):
        """(source of the drawable words or None, list of the others)."""
        kept, dropped = partition([word for word in _read_english() if word not in self.without], is_drawable)
        return (_english_without(self.without.union(dropped)) if kept else None), dropped


@dataclass(frozen=True, slots=True)
class PseudoWords:
    """Words that need not exist: letter by letter, each as often as it follows three others in English words."""

    letters: str = string.ascii_lowercase

    def draw(self, rng, length):
        """A word of `length` letters that ends as words do, or nearly so."""
        model = _letter_model(self.letters)
        longest = ''
        for _ in range(MAX_TRIES):
            word, is_complete = _make_up(model, rng, length)
            if is_complete and len(word) == length:
                return word
            longest = max(longest, word, key=len)
        return longest

    def restrict(self, is_drawable):
        """(source of words of the drawable letters or None, list of the others)."""
        kept, dropped = partition(self.letters, is_drawable)
        return (PseudoWords(''.join(kept)) if _letter_model(''.join(kept)) else None), dropped


@dataclass(frozen=True, slots=True)
class WordSequence:
    """Texts of a source one after the other with spaces between, as many as have the length."""

    words: object

    def draw(self, rng, length):
        """At most `length` characters, unless the source has nothing so short."""
        text = ''
        while (room := length - len(text) - bool(text)) > 0:
            word = self.words.draw(rng, min(room, 1 + draw_place(rng, WORD_LENGTHS)))
            if text and len(word) > room:
                break
            text = f'{text} {word}'.lstrip()
        return text

    def restrict(self, is_drawable):
        """(source of the drawable or None, list of the others); single words if a space cannot be drawn."""
        kept, dropped = self.words.restrict(is_drawable)
        if not is_drawable(' '):
            return kept, [*dropped, ' ']
        return kept and WordSequence(kept), dropped


@lru_cache(maxsize=1)
def _read_english():
    """{word: weight}, in the order of the file, whose sections begin with '# <name>'."""
    words, weight = {}, None
    for line in ENGLISH_PATH.read_text(encoding='utf-8').splitlines():
        if line.startswith('#'):
            weight = FREQUENCIES[line[2:]]
        else:
            words[line] = weight
    return words


@lru_cache(maxsize=8)
def _english_without(words):
    """The one source without these words: equal sources are the same object, so that tables are found at once."""
    return EnglishWords(words)


@lru_cache(maxsize=8)
def _english_table(without):
    words = {word: weight for word, weight in _read_english().items() if word not in without}
    return WordTable(words, words.values())


@lru_cache(maxsize=8)
def _letter_model(letters):
    """{last ORDER letters: (letters that follow, running totals of their counts, whether a word may end here)}."""
    counts = defaultdict(Counter)
    allowed = frozenset(letters)
    for word in _read_english():
        if allowed.issuperset(word):
            padded = ' ' * ORDER + word + ' '
            for i in range(len(word) + 1):
                counts[padded[i : i + ORDER]][padded[i + ORDER]] += 1
    model = {}
    for context, following in counts.items():
        may_end = following.pop(' ', 0) > 0
        model[context] = (''.join(following), np.cumsum(list(following.values())), may_end)
    return model


def _make_up(model, rng, length):
    """(word of at most `length` letters, whether words may end as it does)."""
    word = ' ' * ORDER
    for _ in range(length):
        following, totals, _ = model[word[-ORDER:]]
        if not following:
            break
        word += following[draw_place(rng, totals)]
    return word[ORDER:], model[word[-ORDER:]][2]


def draw_place(rng, totals):
    """A place in an array of running totals, in proportion to what it adds."""
    return int(np.searchsorted(totals, rng.random() * totals[-1], side='right'))
