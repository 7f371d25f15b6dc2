"""Charset: text <-> class ids, with UNK = 0 and EOS = 1 before the characters; refuses duplicates.

A character is one Unicode code point of NFC-normalised text. The file format is UTF-8, one character per line, in the
order of the ids from 2 on. Nothing is stripped: a line that holds one space is the space character, an empty line is an
error. Line feed, carriage return and U+FEFF (a byte order mark where it starts a file) are written as the escapes
`\\n`, `\\r`, `\\ufeff`. A byte order mark and CRLF line ends are tolerated.

`Charset.load` also reads label files of the reference implementation, `<id> <character>` per line in any order, where
the ids 0 and 1 are UNK and EOS under any name, or absent.
"""

import logging
import re
import unicodedata
from pathlib import Path

import numpy as np

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.regular_file import read_regular

UNK = 0
EOS = 1
SPECIALS = ('<UNK>', '<EOS>')
REPLACEMENT = '�'
PRESETS = ('digits', 'ascii', 'chinese', 'gb2312')
_SHOWN = 10  # characters that a message names

_ESCAPES = {'\n': '\\n', '\r': '\\r', '\ufeff': '\\ufeff'}
_UNESCAPES = {escape: character for character, escape in _ESCAPES.items()}
_SURROGATE = re.compile('[\ud800-\udfff]')
_ID_LINE = re.compile(r'([0-9]{1,9}) (.*)', re.DOTALL)

logger = logging.getLogger(__name__)


def normalize(text):
    """Text as this project compares and counts it: NFC; a lone surrogate, which no file can hold, becomes U+FFFD."""
    if text.isascii():
        return text
    if _SURROGATE.search(text):
        text = text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')
    return unicodedata.normalize('NFC', text)


class Charset:
    """Ordered characters with UNK and EOS in front; immutable.

    Attributes:
        characters: tuple of V strings; SPECIALS at 0 and 1, then one character each.
        name: where it comes from, for messages.
    """

    UNK = UNK
    EOS = EOS

    def __init__(self, characters, name='charset'):
        """Takes the characters without the two specials, each one code point, all different; ValueError otherwise."""
        characters = tuple(characters)
        first = {}
        for character_id, character in enumerate(characters, len(SPECIALS)):
            if len(character) != 1 or '\ud800' <= character <= '\udfff':
                raise ValueError(f'{name}: {character!r} is not one character')
            if first.setdefault(character, character_id) != character_id:
                raise ValueError(f'{name}: {describe(character)} appears twice, id {first[character]}, {character_id}')
        self.name = str(name)
        self.characters = SPECIALS + characters
        self._ids = self._index(first)

    def _index(self, first):
        """Ids by NFC character. A character that NFC replaces keeps its class, but its canonical form goes first."""
        ids = {}
        for character, character_id in first.items():
            ids.setdefault(normalize(character), character_id)
        for character, character_id in first.items():
            if ids.get(character, character_id) != character_id:
                logger.warning(
                    '%s: classes %d and %d are one character under NFC', self.name, ids[character], character_id
                )
                ids[character] = character_id
        return ids

    @property
    def num_classes(self):
        """V: the number of classes, UNK and EOS included."""
        return len(self.characters)

    def __len__(self):
        return len(self.characters)

    def __eq__(self, other):
        return isinstance(other, Charset) and self.characters == other.characters

    def __hash__(self):
        return hash(self.characters)

    def __repr__(self):
        return f'Charset({self.name!r}, num_classes={self.num_classes})'

    def unknown(self, text):
        """The different characters of the text that the charset lacks, in the order of the text."""
        return [character for character in dict.fromkeys(normalize(text)) if character not in self._ids]

    def encode(self, text, seq_len):
        """Class ids of a text.

        Args:
            text: str; NFC-normalised here.
            seq_len: longest text, characters.

        Returns:
            label: int32 (T,), T = seq_len + 1, EOS-padded; unknown characters are UNK.
            mask: float32 (T,), 1 up to and including the first EOS.

        Raises:
            ValueError: the text is longer than seq_len.
        """
        text = normalize(text)
        if len(text) > seq_len:
            raise ValueError(f'text {text!r} has {len(text)} characters, seq_len is {seq_len}')
        label = np.full(seq_len + 1, EOS, np.int32)
        label[: len(text)] = [self._ids.get(character, UNK) for character in text]
        mask = np.zeros(seq_len + 1, np.float32)
        mask[: len(text) + 1] = 1
        return label, mask

    def decode(self, ids):
        """Text of class ids (T,) up to the first EOS; UNK is written as U+FFFD. ValueError for an id outside 0..V-1."""
        text = []
        for class_id in np.asarray(ids, np.int64).ravel().tolist():
            if class_id == EOS:
                break
            if not 0 <= class_id < self.num_classes:
                raise ValueError(f'class id {class_id} is outside {self.name} with {self.num_classes} classes')
            text.append(REPLACEMENT if class_id == UNK else _one_character(self.characters[class_id]))
        return ''.join(text)

    def ids_in(self, other):
        """Class ids of this charset's classes in another one: int64 (V,), -1 for a character that it has not."""
        ids = {character: class_id for class_id, character in enumerate(other.characters)}
        return np.array([ids.get(character, -1) for character in self.characters], np.int64)

    def check_holds(self, other, where):
        """Raises InputError unless all characters of another charset, that of the model `where`, are in this one."""
        lacking = [describe(other.characters[class_id]) for class_id in np.flatnonzero(other.ids_in(self) < 0)]
        if lacking:
            shown = ', '.join(lacking[:_SHOWN]) + f' and {len(lacking) - _SHOWN} more' * (len(lacking) > _SHOWN)
            raise InputError(f'--charset_path {self.name} lacks characters that {where} can write: {shown}; add them')

    def check_num_classes(self, num_classes, where):
        """Raises InputError unless a model (`where` names its file) has as many classes as this charset."""
        if num_classes != self.num_classes:
            raise InputError(
                f'charset {self.name} has {self.num_classes} classes, {where} has {num_classes}: '
                'give the charset that it was trained with (--charset_path), or train from scratch'
            )

    def to_text(self):
        """The file's content as a string, to embed elsewhere; `from_text` is its inverse."""
        return ''.join(_ESCAPES.get(character, character) + '\n' for character in self.characters[len(SPECIALS) :])

    @classmethod
    def from_text(cls, text, name='charset'):
        """Charset from a file's content, in either format; InputError names the line at fault."""
        text = text.removeprefix('\ufeff')
        lines = text.split('\r\n' if text.partition('\n')[0].endswith('\r') else '\n')
        if lines[-1] == '':
            lines.pop()
        if not lines:
            raise InputError(f'{name}: no character in it; a charset file holds one character per line')
        parse = _parse_id_lines if _ID_LINE.match(lines[0]) else _parse_lines
        entries = parse(lines, name)
        _refuse_duplicates(entries, name)
        return cls([character for character, _ in entries], name)

    def save(self, path):
        """Writes the charset file whole or not at all; InputError if it cannot be written."""
        with replacing(path, binary=True, remedy='give another --charset_path') as file:
            file.write(self.to_text().encode('utf-8'))

    @classmethod
    def load(cls, path):
        """Charset from a file in the project's format or the reference's; InputError says what is wrong and where."""
        try:
            text = read_regular(path).decode('utf-8')
        except OSError as error:
            names = ', '.join(PRESETS)
            raise InputError(
                f'{path}: cannot read this charset ({error.strerror}); give a file or one of {names}'
            ) from error
        except UnicodeDecodeError as error:
            raise InputError(f'{path}: not UTF-8 text (byte {error.start}); a charset is a UTF-8 text file') from error
        return cls.from_text(text, str(path))

    @classmethod
    def preset(cls, name):
        """One of PRESETS: 'digits' (0-9), 'ascii' (95 printable), 'chinese' or 'gb2312'.

        chinese: printable ASCII, 43 full-width punctuation marks and symbols, the 3755 common hanzi, which are level 1
        of GB 2312, and 150 of its level 2 that names and signs need.
        gb2312: printable ASCII, then of GB 2312 row 1 (punctuation and symbols), row 3 (full-width forms) and the 6763
        hanzi of both levels.
        """
        if name not in PRESETS:
            raise InputError(f'{name}: no such charset preset; there are {", ".join(PRESETS)}')
        charset = cls.load(Path(__file__).with_name('charsets') / f'{name}.txt')
        charset.name = name
        return charset

    @classmethod
    def resolve(cls, path):
        """Charset from a preset's name or from a file; None for ''."""
        if not path:
            return None
        return cls.preset(path) if str(path) in PRESETS else cls.load(path)

    @classmethod
    def agreed(cls, given, stored, where):
        """The charset that a model reads with.

        Args:
            given: Charset of --charset_path, or None.
            stored: Charset that the model brings along, or None.
            where: what messages call the model.

        Raises:
            InputError: there is neither, or they differ.
        """
        if not (given or stored):
            raise InputError(f'{where} brings no charset; give the one that it was trained with: --charset_path')
        if given and stored and given != stored:
            raise InputError(f'--charset_path {given.name} is not the charset of {where}; omit the flag')
        return given or stored

    @classmethod
    def from_texts(cls, texts, name='charset'):
        """Charset of every character in texts, in code point order."""
        characters = set()
        for text in texts:
            characters.update(normalize(text))
        if not characters:
            raise InputError(f'{name}: there is no character in the text; add data')
        return cls(sorted(characters), name)


def describe(character):
    """A character for a message, visible even where it prints as nothing: 'A' (U+0041)."""
    return f'{character!r} (U+{ord(character):04X})'


def _one_character(text):
    """NFC of a character if that is one character again, else the character itself."""
    normal = normalize(text)
    return normal if len(normal) == 1 else text


def _parse_lines(lines, name):
    """[(character, line number)] of the project's own format."""
    entries = []
    for number, line in enumerate(lines, 1):
        character = _UNESCAPES.get(line, line)
        if len(character) > 1:
            character = normalize(character)
        if len(character) != 1:
            found = repr(line[:20]) if line else 'an empty line (a space is a line that holds one space)'
            raise InputError(f'{name}:{number}: one character per line is expected, found {found}')
        entries.append((character, number))
    return entries


def _parse_id_lines(lines, name):
    """[(character, line number)] of `<id> <character>` lines, in the order of the ids from 2 on."""
    by_id = {}
    for number, line in enumerate(lines, 1):
        match = _ID_LINE.fullmatch(line)
        if not match:
            raise InputError(f'{name}:{number}: `<id> <character>` is expected as above, found {line[:20]!r}')
        class_id, label = int(match[1]), match[2]
        if class_id in by_id:
            raise InputError(f'{name}:{number}: id {class_id} is given twice, first in line {by_id[class_id][1]}')
        by_id[class_id] = (_check_label(class_id, label, f'{name}:{number}'), number)
    ids = sorted(class_id for class_id in by_id if class_id >= len(SPECIALS))
    for expected, class_id in enumerate(ids, len(SPECIALS)):
        if class_id != expected:
            raise InputError(
                f'{name}:{by_id[class_id][1]}: id {class_id} follows a gap, id {expected} is missing; '
                'ids run without gaps, characters from 2 on'
            )
    if not ids:
        raise InputError(f'{name}: no character in it, only the ids 0 and 1, which are UNK and EOS')
    return [by_id[class_id] for class_id in ids]


def _check_label(class_id, label, where):
    """The label of an id line, checked: a name for ids 0 and 1, one character for the others."""
    if class_id < len(SPECIALS):
        if len(label) == 1 and label.isalnum():
            raise InputError(f'{where}: id {class_id} is {SPECIALS[class_id]} here, not {label!r}; number from 2 on')
        return label
    if len(label) > 1:
        label = normalize(label)
    if len(label) != 1:
        raise InputError(f'{where}: one character is expected after id {class_id} and a space, found {label[:20]!r}')
    return label


def _refuse_duplicates(entries, name):
    """InputError if one character stands in two lines."""
    first = {}
    for character, number in entries:
        if first.setdefault(character, number) != number:
            raise InputError(
                f'{name}:{number}: {describe(character)} appears twice, first in line {first[character]}; remove one'
            )
