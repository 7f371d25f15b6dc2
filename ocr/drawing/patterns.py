"""Texts after patterns: numbers, dates and codes from fields, and words in a setting of other characters."""

import itertools
import re
import string
from dataclasses import dataclass, field

from ocr.drawing.texts import partition
from ocr.errors import InputError

WORD_LENGTHS = (2, 12)  # characters of a word in a pattern, while there is room

MONTHS = (
    'January', 'February', 'March', 'April', 'May', 'June',
    'July', 'August', 'September', 'October', 'November', 'December',
)  # fmt: skip
WEEKDAYS = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')
CHARACTERS = {  # letters of a field that stands for a string of characters, such as {ndd} or {AA}
    'd': tuple(string.digits),
    'n': tuple(string.digits[1:]),
    'A': tuple(string.ascii_uppercase),
    'a': tuple(string.ascii_lowercase),
}
FIELDS = {
    'day': tuple(str(i) for i in range(1, 32)),
    'DD': tuple(f'{i:02}' for i in range(1, 32)),
    'MM': tuple(f'{i:02}' for i in range(1, 13)),
    'yyyy': tuple(str(i) for i in range(1900, 2040)),
    'hour': tuple(str(i) for i in range(1, 13)),
    'hh': tuple(f'{i:02}' for i in range(24)),
    'min': tuple(f'{i:02}' for i in range(0, 60, 5)),
    'cents': ('00', '25', '49', '50', '75', '80', '90', '95', '98', '99'),
    'am': ('am', 'pm', 'AM', 'PM'),
    'month': MONTHS,
    'mon': tuple(month[:3] for month in MONTHS),
    'weekday': WEEKDAYS,
    'wed': tuple(day[:3] for day in WEEKDAYS),
    'st': ('st', 'nd', 'rd', 'th'),
    'unit': ('kg', 'km', 'mm', 'cm', 'ml', 'mph', 'kW', 'MB', 'GB', 'oz', 'lb', 'ft', 'm', 'g', 'L', 'V'),
    'tld': ('com', 'com', 'com', 'org', 'net', 'co.uk', 'edu', 'gov', 'info', 'de', 'fr', 'in', 'co'),
    'abbr': ('St.', 'Ave.', 'Rd.', 'Blvd.', 'Dr.', 'Mr.', 'Mrs.', 'No.', 'Co.', 'Ltd.', 'Inc.', 'Est.', 'Tel.', 'Vol.'),
}


@dataclass(frozen=True, slots=True)
class Form:
    """A pattern cut into pieces: each a tuple of choices of one length, or None where a word stands."""

    pieces: tuple
    num_fixed: int = field(init=False, repr=False, compare=False)
    num_words: int = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, 'num_fixed', sum(len(choices[0]) for choices in self.pieces if choices))
        object.__setattr__(self, 'num_words', self.pieces.count(None))

    @property
    def shortest(self):
        """Its fewest characters."""
        return self.num_fixed + WORD_LENGTHS[0] * self.num_words

    @property
    def longest(self):
        """Its most characters."""
        return self.num_fixed + WORD_LENGTHS[1] * self.num_words


@dataclass(frozen=True, slots=True)
class Patterns:
    """Texts after one of several forms, see `patterns`; the words come from a source of their own."""

    forms: tuple
    words: object = None

    def draw(self, rng, length):
        """A text of a form that can have `length` characters or comes near to it; a lone word if all are longer."""
        fitting = [form for form in self.forms if form.shortest <= length]
        if not fitting and self.words:
            return self.words.draw(rng, length)
        if not fitting:
            return self._fill(min(self.forms, key=lambda form: form.shortest), rng, length)
        near = max(min(form.longest, length) for form in fitting) - length // 8
        near_forms = [form for form in fitting if form.longest >= near]
        return self._fill(near_forms[int(rng.integers(len(near_forms)))], rng, length)

    def _fill(self, form, rng, length):
        """The pieces of a form put together, its words so long that the whole has `length` characters if it can."""
        word_lengths = iter(_split(length - form.num_fixed, form.num_words, rng))
        return ''.join(
            self.words.draw(rng, next(word_lengths)) if choices is None else choices[int(rng.integers(len(choices)))]
            for choices in form.pieces
        )

    def restrict(self, is_drawable):
        """(source of what is left of the forms or None, list of undrawable pieces and words)."""
        words, dropped = self.words.restrict(is_drawable) if self.words else (None, [])
        forms = []
        for form in self.forms:
            parts = [partition(choices or (), is_drawable) for choices in form.pieces]
            dropped.extend(thing for _, lost in parts for thing in lost)
            pieces = tuple(tuple(kept) or None for kept, _ in parts)
            if pieces.count(None) == (form.num_words if words else 0):  # no piece has lost all its choices
                forms.append(Form(pieces))
        return (Patterns(tuple(forms), words) if forms else None), list(dict.fromkeys(dropped))


def patterns(texts, words=None, fields=None):
    """`Patterns` from strings such as '{ndd} {unit}' or '({word})': names in braces stand for CHARACTERS and FIELDS.

    Args:
        texts: strings, each as likely as the others among those of a length.
        words: the source that {word} stands for.
        fields: {name: tuple of choices} that come before those of FIELDS; None for none.

    Raises:
        InputError: there is no such field, or no source of words.
    """
    forms = tuple(form for text in texts for form in _forms(text, {**FIELDS, **(fields or {})}))
    if not forms or (words is None and any(form.num_words for form in forms)):
        raise InputError('patterns of text need at least one pattern, and a source for {word}')
    return Patterns(forms, words)


def _forms(text, fields):
    """The forms of one pattern: one for each combination of lengths that its fields can have."""
    pieces = []
    for i, piece in enumerate(re.split(r'\{(\w+)\}', text)):
        if i % 2:
            pieces.extend(_choices(piece, text, fields))
        elif piece:
            pieces.append((piece,))
    return [Form(form) for form in itertools.product(*map(_by_length, pieces))]


def _choices(name, text, fields):
    """What the field of that name stands for: a list of tuples of choices, or of None for a word."""
    if name == 'word':
        return [None]
    if name in fields:
        return [fields[name]]
    if not set(name) <= set(CHARACTERS):
        raise InputError(f'pattern {text!r}: no field {name!r}; there are word, {", ".join([*CHARACTERS, *fields])}')
    return [CHARACTERS[letter] for letter in name]


def _by_length(choices):
    """Choices grouped by their length."""
    lengths = sorted({len(choice) for choice in choices or ()})
    return [tuple(choice for choice in choices if len(choice) == length) for length in lengths] or [None]


def _split(room, num_words, rng):
    """Lengths of so many words that fill the room, as far as WORD_LENGTHS lets them."""
    fewest, most = WORD_LENGTHS
    room = min(max(room, fewest * num_words), most * num_words)
    lengths = []
    for num_after in reversed(range(num_words)):
        low, high = max(fewest, room - most * num_after), min(most, room - fewest * num_after)
        lengths.append(int(rng.integers(low, high + 1)))
        room -= lengths[-1]
    return lengths
