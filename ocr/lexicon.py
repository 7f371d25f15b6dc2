"""Word list of `--lexicon`: as an automaton that writes nothing else, or as the words nearest to what was read."""

import logging
from collections import defaultdict
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from ocr.automaton import classes_by_character, from_words
from ocr.charset import normalize
from ocr.errors import InputError

_MAX_NEAREST = 50  # words near a text that are looked at; more lie within the allowed edits of short texts alone

logger = logging.getLogger(__name__)


class Lexicon:
    """Words that a region's whole text may be.

    A list without a word in mixed case holds in any case: `house` and `HOUSE` in it both mean house, House and HOUSE.
    A list with words such as `Paris` or `iPhone` is taken as it is written.

    Attributes:
        any_case: bool, see above.
        words: list of different words, folded and sorted; all of them can be written.
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
        self.any_case = all(word in (word.lower(), word.upper()) for word in words)
        self._classes_of = classes_by_character(charset, self._fold_character)
        folded = {self.fold(word) for word in words}
        short = {word for word in folded if len(word) <= max_length}
        self.words = sorted(word for word in short if self._classes_of.keys() >= set(word))
        if not self.words:
            raise InputError(f'--lexicon {name}: none of its {len(words)} words can be written by this model')
        too_long, unknown = len(folded) - len(short), len(short) - len(self.words)
        logger.info(
            '%s: %d words, %s; left out: %d longer than %d characters, %d with characters outside the charset',
            *(name, len(self.words), 'in any case' if self.any_case else 'in their own case'),
            *(too_long, max_length, unknown),
        )
        self._known = frozenset(self.words)
        self._charset = charset
        self._by_length = defaultdict(list)
        for word in self.words:
            self._by_length[len(word)].append(word)

    @classmethod
    def load(cls, path, charset, max_length):
        """Lexicon of a UTF-8 file, one word a line, white space around it stripped; InputError where it is none."""
        try:
            text = Path(path).read_bytes().decode('utf-8-sig')
        except OSError as error:
            raise InputError(f'--lexicon {path}: {error.strerror}; give a text file, one word a line') from None
        except UnicodeDecodeError as error:
            raise InputError(f'--lexicon {path}: not UTF-8 text (byte {error.start}); convert it') from None
        return cls((line.strip() for line in text.splitlines()), charset, max_length, str(path))

    def automaton(self):
        """Automaton that writes these words, in any case where that is meant."""
        return from_words(self.words, self._classes_of)

    def holds(self, text):
        """Whether a text is one of the words."""
        return self.fold(text) in self._known

    def near(self, text, max_edits):
        """Words that a text may have been, nearest first, each in the spellings that come into question.

        Args:
            text: what was read.
            max_edits: characters that may be put in, left out or replaced; never more than one for each three of the
                text.

        Returns:
            list of str; empty where no word is as near.
        """
        folded = self.fold(text)
        limit = min(max_edits, len(folded) // 3)
        lengths = range(len(folded) - limit, len(folded) + limit + 1)
        words = [word for length in lengths for word in self._by_length.get(length, ())]
        if limit < 1:
            return []
        found = extract(folded, words, scorer=Levenshtein.distance, score_cutoff=limit, limit=_MAX_NEAREST)
        return [spelling for word, *_ in found for spelling in self._spellings(word)]

    def fold(self, text):
        """A text as it is compared."""
        return ''.join(map(self._fold_character, text)) if self.any_case else text

    def _fold_character(self, character):
        """A character in small letters, where that is one character again and case does not matter."""
        small = character.lower()
        return small if self.any_case and len(small) == 1 else character

    def _spellings(self, word):
        """The word in small letters, capitals and with a capital, as far as the charset has them."""
        spellings = dict.fromkeys((word, word.upper(), word.capitalize())) if self.any_case else [word]
        return [text for text in spellings if self.fold(text) == word and not self._charset.unknown(text)]
