"""Texts from a person's own file: a word list, or passages of a corpus."""

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np

from ocr.drawing.shaping import is_dependent
from ocr.drawing.texts import partition
from ocr.drawing.words import WordList
from ocr.errors import InputError
from ocr.files.regular_file import read_regular

LONGEST_WORD = 25  # characters; a longer run without a space is a script without spaces and may be cut anywhere
MAX_TRIES = 8  # places looked at for a passage of the length
_IDEOGRAPH = re.compile('[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]')  # Chinese characters and kana
_RUNNING = re.compile('[\u3002\uff0c\uff1b]')  # full stop, comma and semicolon of Chinese text, which no word has
_OPENING = '(\\[{<\u2018\u201c\u3008\u300a\u300c\u300e\u3010\u3014\uff08'
_CLOSING = ')\\]}>!,.:;?%\u2019\u201d\u2026\u3001\u3002\u3009\u300b\u300d\u300f\u3011\u3015'
_CLOSING += '\uff01\uff05\uff09\uff0c\uff1a\uff1b\uff1f'
_UNBROKEN = re.compile(f'[{_OPENING}]*(?:[!-~]+|\\S)?[{_CLOSING}]*\\s?')  # what no line end comes into, in Chinese text


@dataclass(frozen=True, slots=True)
class CorpusLines:
    """Passages of running text: as many whole words of a line as have the length, from anywhere in the corpus.

    What has no spaces is cut between any two characters, and so is a word if none is short enough. Chinese text is
    cut as lines of it end: not inside a Latin word or a number, not before a comma or after an opening bracket.
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
            place = int(place - self._ends[number]) + len(line)
            cut_from = _chinese_passage if _IDEOGRAPH.search(line, place, place + length) else _passage
            passage, is_whole = cut_from(line, place, length)
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

    A line is more than one word if it has a space in it, or a comma or full stop of Chinese text.

    Raises:
        InputError: the file is missing, not UTF-8 or has no text in it.
    """
    try:
        content = read_regular(path).decode('utf-8-sig')
    except OSError as error:
        raise InputError(f'{path}: cannot read this text file ({error.strerror}); see --text_path') from error
    except UnicodeDecodeError as error:
        raise InputError(f'{path}: not UTF-8 text (byte {error.start}); convert the file to UTF-8') from error
    lines = [' '.join(unicodedata.normalize('NFC', line).split()) for line in content.splitlines()]
    lines = tuple(line for line in lines if line)
    if not lines:
        raise InputError(f'{path}: no text in it; give a word list or a corpus file, one word or sentence per line')
    return CorpusLines(lines) if any(' ' in line or _RUNNING.search(line) for line in lines) else WordList(lines)


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


def _chinese_passage(line, place, length):
    """(at most `length` characters of a line around a place; True unless it was cut inside what is unbroken)."""
    start = max(place - length - LONGEST_WORD, 0)
    pieces = [match.span() for match in _UNBROKEN.finditer(line, start, place + length + LONGEST_WORD) if match.group()]
    pieces = pieces[1:] if start else pieces  # the first one may begin before
    first = last = sum(end <= place for _, end in pieces)

    def fits(first, last):
        return first >= 0 and last < len(pieces) and len(line[pieces[first][0] : pieces[last][1]].rstrip()) <= length

    if not fits(first, last):
        return line[place : place + length].strip(), False
    while fits(first, last + 1):
        last += 1
    while fits(first - 1, last):
        first -= 1
    return line[pieces[first][0] : pieces[last][1]].strip(), True
