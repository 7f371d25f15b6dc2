"""Texts from a person's own file: a word list, or passages of a corpus."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ocr.drawing.shaping import is_dependent
from ocr.drawing.texts import partition
from ocr.drawing.words import WordList
from ocr.errors import InputError

LONGEST_WORD = 25  # characters; a longer run without a space is a script without spaces and may be cut anywhere
MAX_TRIES = 8  # places looked at for a passage of the length


@dataclass(frozen=True, slots=True)
class CorpusLines:
    """Passages of running text: as many whole words of a line as have the length, from anywhere in the corpus.

    What has no spaces is cut between any two characters, and so is a word where none is short enough.
    """

    lines: tuple
    _ends: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        if not self.lines or not all(line.strip() for line in self.lines):
            raise InputError('a corpus needs lines, and none of them empty')
        object.__setattr__(self, '_ends', np.cumsum([len(line) for line in self.lines]))

    def draw(self, rng, length):
        """A passage of at most `length` characters from one line: the longest of a few of whole words, if any is."""
        longest = cut = ''
        for place in rng.integers(self._ends[-1], size=MAX_TRIES):
            number = int(np.searchsorted(self._ends, place, side='right'))
            line = self.lines[number]
            passage, is_whole = _passage(line, int(place - self._ends[number]) + len(line), length)
            if is_whole and len(passage) == length:
                return passage
            if not is_whole:
                cut = passage
            elif len(passage) > len(longest):
                longest = passage
        return longest or cut

    def restrict(self, is_drawable):
        """(source or None, list of undrawable characters): lines are broken at characters that cannot be drawn."""
        _, dropped = partition(sorted(set().union(*self.lines)), is_drawable)
        if not dropped:
            return self, []
        to_break = str.maketrans(dict.fromkeys(dropped, '\n'))
        pieces = (piece.strip() for line in self.lines for piece in line.translate(to_break).split('\n'))
        kept = tuple(piece for piece in pieces if piece)
        return (CorpusLines(kept) if kept else None), dropped


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


def _passage(line, place, length):
    """(what a line has from the word at a place on, at most `length` characters; True unless a word had to be cut)."""
    start = line.rfind(' ', 0, place + 1) + 1
    end = line.find(' ', start)
    end = len(line) if end < 0 else end
    if end - start > length:
        first = min(max(place, start), end - length)
        while is_dependent(line[first]) and first > start:
            first -= 1
        return line[first : first + length], end - start > LONGEST_WORD
    passage = line[start : start + length]
    if start + length < len(line) and line[start + length] != ' ':
        passage = passage[: passage.rindex(' ')]
    return passage.strip(), True
