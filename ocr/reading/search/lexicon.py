"""Word list of `--lexicon`: as an automaton that writes nothing else, or as the words nearest to what was read."""

import logging
import string
from collections import defaultdict
from itertools import chain

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from ocr.charset import normalize
from ocr.errors import InputError
from ocr.files.regular_file import read_regular
from ocr.reading.search.automaton import classes_by_character, from_words

MAX_EDITS = 2  # from what was read to a word: more make a word of nearly every reading
_MAX_NEAREST = 50  # words near a text that are looked at; more lie within the allowed edits of short texts alone

logger = logging.getLogger(__name__)


class Lexicon:
    """Words that a region's whole text may be.

    A list without a word in mixed case holds in any case: `house` and `HOUSE` in it both mean house, House, HOUSE and
    hOuSe. A list with words such as `Paris` or `iPhone` tells them from words in small letters as a dictionary does:
    `house` means house, House and HOUSE, `Paris` means Paris and PARIS, `NASA` itself alone.

    Attributes:
        any_case: bool, see above.
        words: list of different texts, folded and sorted; all of them can be written.
    """

    def __init__(self, words, charset, max_length, name='the lexicon'):
        """
        Args:
            words: iterable of texts; empty ones are left out, those that the model cannot write counted and left out.
            charset: Charset.
            max_length: longest text that the model can write, characters.
            name: what messages call the list.

        Raises:
            InputError: no word is left.
        """
        words = {normalize(word) for word in words} - {''}
        if not words:
            raise InputError(f'--lexicon {name}: has no word; give a text file, one word per line')
        self._charset = charset
        self.any_case = all(word in (word.lower(), word.upper()) for word in words)
        folded = {self.fold(word) for word in words}
        short = {word for word in folded if len(word) <= max_length}
        spellings = {word: spelled for word in short if (spelled := self._spell(word))}
        if not spellings:
            raise InputError(f'--lexicon {name}: none of its {len(words)} words can be written by this model')
        case = 'in any case' if self.any_case else 'small ones with a capital and in capitals too'
        logger.info(
            '%s: %d words, %s; left out: %d longer than %d characters, %d with characters outside the charset',
            *(name, len(spellings), case),
            *(len(folded) - len(short), max_length, len(short) - len(spellings)),
        )
        self.words = sorted(spellings if self.any_case else set(chain.from_iterable(spellings.values())))
        self._known = frozenset(self.words)
        self._spellings = defaultdict(list)  # of a word in small letters
        for word in sorted(spellings):
            self._spellings[_in_small_letters(word)] += spellings[word]
        self._by_length = defaultdict(list)
        for word in self._spellings:
            self._by_length[len(word)].append(word)

    @classmethod
    def load(cls, path, charset, max_length):
        """Lexicon of a UTF-8 file, one word per line, white space around it stripped; InputError if it is none."""
        try:
            text = read_regular(path).decode('utf-8-sig')
        except OSError as error:
            raise InputError(f'--lexicon {path}: {error.strerror}; give a text file, one word per line') from None
        except UnicodeDecodeError as error:
            raise InputError(f'--lexicon {path}: not UTF-8 text (byte {error.start}); convert it') from None
        return cls((line.strip() for line in text.splitlines()), charset, max_length, str(path))

    def automaton(self):
        """Automaton that writes these words, in the cases that are meant."""
        return from_words(self.words, classes_by_character(self._charset, self.fold))

    def holds(self, text):
        """Whether a text is one of the words."""
        return self.fold(text) in self._known

    def near(self, text, max_edits=MAX_EDITS):
        """Words that a text may have been, nearest first, each in the spellings that come into question.

        Args:
            text: what was read.
            max_edits: characters that may be put in, left out or replaced, letter case aside; never more than one for
                each three of the text.

        Returns:
            list of str; empty if no word is as near.
        """
        small = _in_small_letters(text)
        limit = min(max_edits, len(small) // 3)
        lengths = range(len(small) - limit, len(small) + limit + 1)
        words = [word for length in lengths for word in self._by_length.get(length, ())]
        found = extract(small, words, scorer=Levenshtein.distance, score_cutoff=limit, limit=_MAX_NEAREST)
        return list(dict.fromkeys(spelling for word, *_ in found for spelling in self._spellings[word]))

    def fold(self, text):
        """A text as it is compared."""
        return _in_small_letters(text) if self.any_case else text

    def _spell(self, word):
        """The word as it is and in capitals; one in small letters also with a capital, at its head or at each part's.

        Parts stand between spaces. Only spellings that differ in case alone and that the charset has.
        """
        titles = (word.capitalize(), string.capwords(word, ' ')) if word == word.lower() else ()
        small, spellings = _in_small_letters(word), dict.fromkeys((word, word.upper(), *titles))
        return [
            text
            for text in spellings
            if _in_small_letters(text) == small and normalize(text) == text and not self._charset.unknown(text)
        ]


def _in_small_letters(text):
    """A text with every character in small letters whose small letter is one character."""
    if text.isascii():  # nearly all of a large lexicon
        return text.lower()
    return ''.join(small if len(small := character.lower()) == 1 else character for character in text)
