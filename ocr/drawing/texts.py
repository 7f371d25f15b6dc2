"""Sources of text to draw: what they have in common, random strings, mixtures, and the letter case.

A source has two methods. `draw(rng, length)` gives one text of about `length` characters, never longer than it unless
the source has nothing so short, without white space at its ends. `restrict(is_drawable)` gives the source without what
cannot be drawn, and what that was, so that it can be told to the person. Sources are values: they can be compared,
hashed and pickled, and are small enough to travel to worker processes.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from ocr.drawing.shaping import is_dependent
from ocr.errors import InputError


def _title(text):
    """Each word with a capital, what follows an apostrophe without one."""
    return re.sub(r"\w[\w']*", lambda word: word[0].capitalize(), text)


CASES = {'as is': str, 'lower': str.lower, 'upper': str.upper, 'title': _title}


@dataclass(frozen=True, slots=True)
class RandomText:
    """Strings of characters drawn evenly from an alphabet; a space in it is drawn only inside, never twice running.

    Combining marks and the like are passed over: at random places they have no form.
    """

    alphabet: str
    _drawn: str = field(init=False, repr=False, compare=False)
    _inked: str = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, '_drawn', ''.join(c for c in self.alphabet if not is_dependent(c)))
        object.__setattr__(self, '_inked', ''.join(self._drawn.split()))
        if not self._inked:
            raise InputError('random text needs an alphabet of at least one character that is neither space nor mark')

    def draw(self, rng, length):
        """One string of exactly `length` characters."""
        text = ''
        for i in range(length):
            choices = self._inked if i in (0, length - 1) or text[-1].isspace() else self._drawn
            text += choices[int(rng.integers(len(choices)))]
        return text

    def restrict(self, is_drawable):
        """(source over the drawable characters or None, list of the others)."""
        kept, dropped = partition(self.alphabet, is_drawable)
        is_enough = any(not character.isspace() and not is_dependent(character) for character in kept)
        return (RandomText(''.join(kept)) if is_enough else None), dropped


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
        """(mixture of what is left of the sources or None, list of what is not drawable); asks once for each thing."""
        is_drawable = lru_cache(maxsize=None)(is_drawable)
        parts = [source.restrict(is_drawable) for source in self.sources]
        dropped = list(dict.fromkeys(thing for _, lost in parts for thing in lost))
        kept = [(part, weight) for (part, _), weight in zip(parts, self.weights, strict=True) if part is not None]
        return (Mixture(*map(tuple, zip(*kept, strict=True))) if kept else None), dropped


def over_alphabet(source, alphabet):
    """A source whose random strings are drawn over another alphabet."""
    if isinstance(source, Mixture):
        return Mixture(tuple(over_alphabet(part, alphabet) for part in source.sources), source.weights)
    return RandomText(alphabet) if isinstance(source, RandomText) else source


def change_case(text, case):
    """Text in another letter case (see CASES), or as it stands if that would change its length."""
    changed = unicodedata.normalize('NFC', CASES[case](text))
    return changed if len(changed) == len(text) else text


def partition(things, is_drawable):
    """(list of the drawable, list of the others); asks once for each."""
    kept, dropped = [], []
    for thing in things:
        (kept if is_drawable(thing) else dropped).append(thing)
    return kept, dropped
