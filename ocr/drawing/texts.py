"""Sources of text to draw: random strings over an alphabet, word lists, lines of a corpus, mixtures of them.

A source has two methods. `draw(rng, length)` gives one text of about `length` characters, never longer than it unless
the source has nothing so short, without white space at its ends. `restrict(is_drawable)` gives the source without what
cannot be drawn, and what that was, so that it can be told to the person.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ocr.errors import InputError

CASES = {'as is': str, 'lower': str.lower, 'upper': str.upper, 'title': str.title}


@dataclass(frozen=True, slots=True)
class RandomText:
    """Strings of characters drawn evenly from an alphabet; a space in it is drawn only inside, never twice running."""

    alphabet: str
    _inked: str = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        if not self.alphabet.strip():
            raise InputError('random text needs an alphabet of at least one character other than space')
        object.__setattr__(self, '_inked', ''.join(self.alphabet.split()))

    def draw(self, rng, length):
        """One string of exactly `length` characters."""
        text = ''
        for i in range(length):
            choices = self._inked if i in (0, length - 1) or text[-1].isspace() else self.alphabet
            text += choices[int(rng.integers(len(choices)))]
        return text

    def restrict(self, is_drawable):
        """(source over the drawable characters or None, list of the others)."""
        kept, dropped = _partition(self.alphabet, is_drawable)
        return (RandomText(''.join(kept)) if ''.join(kept).strip() else None), dropped


@dataclass(frozen=True, slots=True)
class WordList:
    """Words as they stand in a list, each length as often as the recipe asks for it."""

    words: tuple
    _by_length: dict = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        by_length = defaultdict(list)
        for word in self.words:
            by_length[len(word)].append(word)
        if not by_length or 0 in by_length:
            raise InputError('a word list needs words, and none of them empty')
        object.__setattr__(self, '_by_length', dict(by_length))

    def draw(self, rng, length):
        """A word of `length` characters; if there is none, of the nearest shorter length, else of the shortest."""
        shorter = [existing for existing in self._by_length if existing <= length]
        words = self._by_length[max(shorter) if shorter else min(self._by_length)]
        return words[int(rng.integers(len(words)))]

    def restrict(self, is_drawable):
        """(source of the drawable words or None, list of the others)."""
        kept, dropped = _partition(self.words, is_drawable)
        return (WordList(tuple(kept)) if kept else None), dropped


@dataclass(frozen=True, slots=True)
class CorpusLines:
    """Passages of running text: whole words where they fit, else, or without spaces, a cut of characters."""

    lines: tuple

    def __post_init__(self):
        if not self.lines or not all(line.strip() for line in self.lines):
            raise InputError('a corpus needs lines, and none of them empty')

    def draw(self, rng, length):
        """A passage of at most `length` characters from one line, from the start of a word if the line has several."""
        line = self.lines[int(rng.integers(len(self.lines)))]
        if ' ' not in line:
            start = int(rng.integers(max(len(line) - length, 0) + 1))
            return line[start : start + length]
        starts = [0] + [i + 1 for i, character in enumerate(line) if character == ' ']
        start = starts[int(rng.integers(len(starts)))]
        passage = line[start : start + length]
        if start + length < len(line) and line[start + length] != ' ' and ' ' in passage:
            passage = passage[: passage.rindex(' ')]
        return passage.strip()

    def restrict(self, is_drawable):
        """(source or None, list of undrawable characters): lines are broken at characters that cannot be drawn."""
        _, dropped = _partition(sorted(set().union(*self.lines)), is_drawable)
        if not dropped:
            return self, []
        to_break = str.maketrans(dict.fromkeys(dropped, '\n'))
        pieces = (piece.strip() for line in self.lines for piece in line.translate(to_break).split('\n'))
        kept = tuple(piece for piece in pieces if piece)
        return (CorpusLines(kept) if kept else None), dropped


@dataclass(frozen=True, slots=True)
class Mixture:
    """Several sources, each used in proportion to its weight."""

    sources: tuple
    weights: tuple

    def __post_init__(self):
        if not self.sources or len(self.sources) != len(self.weights) or min(self.weights) <= 0:
            raise InputError('a mixture of texts needs one weight above 0 for each source')

    def draw(self, rng, length):
        """A text of one of the sources."""
        shares = np.cumsum(self.weights) / np.sum(self.weights)
        return self.sources[int(np.searchsorted(shares, rng.random(), side='right'))].draw(rng, length)

    def restrict(self, is_drawable):
        """(mixture of what is left of the sources or None, list of what is not drawable)."""
        parts = [source.restrict(is_drawable) for source in self.sources]
        dropped = list(dict.fromkeys(thing for _, lost in parts for thing in lost))
        kept = [(part, weight) for (part, _), weight in zip(parts, self.weights, strict=True) if part is not None]
        return (Mixture(*map(tuple, zip(*kept, strict=True))) if kept else None), dropped


def read_texts(path):
    """A `WordList` if every line of the UTF-8 file is one word, else `CorpusLines`; empty lines are passed over.

    Raises:
        InputError: the file is missing, not UTF-8 or has no text in it.
    """
    try:
        content = Path(path).read_text(encoding='utf-8-sig')
    except OSError as error:
        raise InputError(f'{path}: cannot read this text file ({error.strerror}); see --text_path') from error
    except UnicodeDecodeError as error:
        raise InputError(f'{path}: not UTF-8 text (byte {error.start}); convert the file to UTF-8') from error
    lines = [' '.join(unicodedata.normalize('NFC', line).split()) for line in content.splitlines()]
    lines = tuple(line for line in lines if line)
    if not lines:
        raise InputError(f'{path}: no text in it; give a word list or a corpus file, one word or sentence a line')
    return CorpusLines(lines) if any(' ' in line for line in lines) else WordList(lines)


def change_case(text, case):
    """Text in another letter case (see CASES), or as it stands if that would change its length."""
    changed = unicodedata.normalize('NFC', CASES[case](text))
    return changed if len(changed) == len(text) else text


def _partition(things, is_drawable):
    """(list of the drawable, list of the others); asks once for each."""
    kept, dropped = [], []
    for thing in things:
        (kept if is_drawable(thing) else dropped).append(thing)
    return kept, dropped
