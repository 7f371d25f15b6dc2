"""Font files of a folder: which characters each can draw, and their glyphs as small bitmaps.

A `Font` is only a path, a face number and what the folder's table says of it, so it travels to worker processes; what
is read from the file is cached in the process that uses it.
"""

import logging
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont

from ocr.drawing.font_table import TABLE_FILE, read_table
from ocr.drawing.shaping import JOINERS
from ocr.errors import InputError

SUFFIXES = ('.ttf', '.otf', '.ttc', '.otc')
TYPE1_SUFFIX = '.pfb'  # drawn if a table says what is in it: such a file names no Unicode characters
OUTLINE_TABLES = ('glyf', 'CFF ', 'CFF2')
_TELLING = 'abdeghnqr'  # small letters whose forms are not those of their capitals
EM_BOTTOM = 0.12  # em below the baseline that a Chinese character's square reaches
_MEASURED_SIZE = 128  # pixels an em at which distances are measured
_COMPARED_SIZE = 64  # pixels an em at which letters are compared
_PROBED_SIZE = 24  # pixels an em at which a glyph is looked at for ink
_ALIKE = 0.78  # overlap of a letter's ink and its capital's
CJK_HINT = 'Debian: fonts-noto-cjk or fonts-wqy-microhei'

logger = logging.getLogger(__name__)
logging.getLogger('fontTools').setLevel(logging.ERROR)  # it warns of odd dates and the like in sound fonts


@dataclass(frozen=True, slots=True)
class Glyph:
    """One unit of a text at one size, relative to its origin on the baseline: x to the right, y down, pixels.

    Attributes:
        ink: uint8 (h, w), 0..255, anti-aliased, trimmed to its ink; (0, 0) for a space.
        left, top: where the bitmap's upper left corner lies.
        advance: distance to the next unit's origin.
        silhouette: float32 (P, 2), points on and between the outermost ink of each column; its extent is the ink's.
    """

    ink: np.ndarray
    left: int
    top: int
    advance: float
    silhouette: np.ndarray

    def turned(self, em):
        """The glyph turned clockwise by 90 degrees around the middle of its square of an em, see EM_BOTTOM."""
        height = len(self.ink)
        middle = self.advance / 2, (EM_BOTTOM - 0.5) * em
        left = round(middle[0] - (self.top + height - middle[1]))
        top = round(middle[1] + self.left - middle[0])
        ink = np.ascontiguousarray(np.rot90(self.ink, -1))
        return Glyph(ink, left, top, self.advance, _silhouette(ink) + np.array((left, top), np.float32))


@dataclass(frozen=True, slots=True, order=True)
class Font:
    """One face of a font file.

    Attributes:
        path: of the file.
        number: counts the faces of a collection (.ttc).
        missing: what the face lacks of ASCII, as the folder's table has it; None if there is no table.
        weight: how often it is drawn with, beside the others of its folder.
    """

    path: str
    number: int = 0
    missing: str | None = None
    weight: float = 1.0

    @property
    def name(self):
        """The file's name without suffix, and the face's number if it is not the first."""
        stem = Path(self.path).stem
        return f'{stem}#{self.number}' if self.number else stem

    def has(self, character):
        """True if the face has a glyph with an outline for the character (a space or a joiner needs none)."""
        if self.missing is not None and character.isascii() and (character.isprintable()):
            return character not in self.missing
        return not self.is_type1 and _has_glyph(self.path, self.number, character)

    def covers(self, text):
        """True if the face has every character of the text."""
        return all(map(self.has, text))

    @property
    def is_type1(self):
        """Whether the file is of the old PostScript format."""
        return self.path.lower().endswith(TYPE1_SUFFIX)

    def as_written(self, text):
        """The text as its letters look: in capitals if the face has capitals in the place of small letters."""
        if text.isascii() and text != (capitals := text.upper()) and _has_capitals_only(self.path, self.number):
            return capitals
        return text

    def glyph(self, unit, size):
        """The `Glyph` of a unit of text, see `shaping.split_units`, at `size` pixels an em."""
        if len(unit) == 1:
            return _glyph(self.path, self.number, size, unit)
        return _rasterise(_sized(self.path, self.number, size, ImageFont.Layout.RAQM), unit)

    def kerning(self, first, second, size):
        """Pixels to add between two characters at `size` pixels an em, as the font's kerning table says."""
        return size * _kerning(self.path, self.number, first, second)

    def advance(self, unit):
        """About the width of a unit of text, em."""
        return _advance(self.path, self.number, unit)


class Fonts(tuple):
    """Faces to draw with, in the order of their paths."""

    @cached_property
    def weights(self):
        """float64 (n,), how often each is drawn with; None if all are alike."""
        weights = np.array([font.weight for font in self])
        return None if np.all(weights == weights[0]) else weights

    @cached_property
    def _hash(self):
        return tuple.__hash__(self)

    def __hash__(self):
        return self._hash  # a thousand faces are not hashed again for each sample

    def shuffled(self, rng):
        """Numbers of the faces in a random order in which those of a large weight are likely to come early."""
        if self.weights is None:
            return rng.permutation(len(self))
        return np.argsort(rng.exponential(size=len(self)) / self.weights)


def scan_fonts(folder):
    """All usable faces of a folder and its sub-folders, sorted by path; a file that cannot be used is logged.

    If the folder has a table, see `font_table`, those that it lists.

    Returns:
        Fonts.

    Raises:
        InputError: the folder is missing or has no usable font, or the table is none.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f'{folder}: no such font folder; give a folder of .ttf or .otf files with --font_dir')
    table = read_table(folder)
    if table is not None:
        return _listed(root, table)
    files = sorted(path for path in root.rglob('*') if path.suffix.lower() in SUFFIXES and path.is_file())
    fonts = [font for path in files for font in _faces(path)]
    if not fonts:
        raise InputError(f'{folder}: no usable font in it; put .ttf or .otf files there ({CJK_HINT} for Chinese)')
    return Fonts(fonts)


def _listed(root, table):
    """The faces of a table whose files are there; those that are not are logged."""
    fonts, missing = [], []
    there = {str(path.relative_to(root)) for path in root.rglob('*') if path.is_file()}
    for (name, number), of_face in sorted(table.items()):
        (fonts if name in there else missing).append(Font(str(root / name), number, **of_face))
    if missing:
        logger.warning(
            '%s lists %d files that are not there, such as %s', root / TABLE_FILE, len(missing), missing[0].path
        )
    if not fonts:
        raise InputError(f'{root / TABLE_FILE}: none of its fonts is in the folder; make the folder again')
    return Fonts(fonts)


def _faces(path):
    """The usable faces of one file."""
    try:
        if path.suffix.lower() in ('.ttc', '.otc'):
            with TTCollection(path, lazy=True) as collection:
                return [Font(str(path), i) for i, face in enumerate(collection) if _is_usable(face, f'{path}#{i}')]
        with TTFont(path, lazy=True) as face:
            return [Font(str(path))] if _is_usable(face, path) else []
    except (TTLibError, OSError) as error:
        logger.warning('%s: left out, not a readable font (%s)', path, error)
        return []


def _is_usable(face, name):
    """Outlines and a Unicode character map are needed; says in the log what is missing."""
    missing = None
    if not any(table in face for table in OUTLINE_TABLES):
        missing = 'no outlines'
    elif 'cmap' not in face or not face.getBestCmap():
        missing = 'no Unicode character map'
    if missing:
        logger.warning('%s: left out, %s', name, missing)
    return missing is None


@lru_cache(maxsize=1 << 13)
def _code_points(path, number):
    """uint32 (n,), sorted: the characters that a face maps to a glyph of their own.

    Nothing else of the file is kept: with what fontTools holds of them, 37 Chinese faces took 1.7 GB. A small letter
    that shares its capital's glyph cannot be told from it and is left out.
    """
    with TTFont(path, fontNumber=number, lazy=True) as face:
        names = face.getBestCmap()

    def is_own(code, name):
        capital = chr(code).upper()
        is_doubled = len(capital) == 1 and ord(capital) != code and names.get(ord(capital)) == name
        return name != '.notdef' and not is_doubled

    return np.sort(np.fromiter((code for code, name in names.items() if is_own(code, name)), np.uint32))


@lru_cache(maxsize=1 << 18)
def _has_glyph(path, number, character):
    """See `Font.has`."""
    known, code = _code_points(path, number), ord(character)
    place = np.searchsorted(known, code)
    if place == len(known) or known[place] != code:
        return False
    if character.isspace() or character in JOINERS:
        return True
    return _sized(path, number, _PROBED_SIZE).getmask(character).getbbox() is not None


@lru_cache(maxsize=256)
def _sized(path, number, size, engine=ImageFont.Layout.BASIC):
    """The face at a size for rasterising; with the basic engine, pictures do not depend on an optional library."""
    return ImageFont.truetype(path, size, index=number, layout_engine=engine)


@lru_cache(maxsize=1 << 14)
def _glyph(path, number, size, character):
    """The `Glyph` of one character, which comes again and again; about 5 kB each."""
    return _rasterise(_sized(path, number, size), character)


def _rasterise(sized, text):
    """See `Font.glyph`."""
    ink, left, top = _draw_ink(sized, text)
    advance = float(sized.getlength(text))
    if not ink.size:
        return Glyph(ink, 0, 0, advance, np.zeros((0, 2), np.float32))
    return Glyph(ink, left, top, advance, _silhouette(ink) + np.array((left, top), np.float32))


def _draw_ink(sized, text):
    """(uint8 (h, w), trimmed and not to be written to; where its upper left corner lies from the origin, x and y)."""
    x0, y0, x1, y1 = (int(edge) for edge in sized.getbbox(text, anchor='ls'))
    picture = Image.new('L', (max(x1 - x0, 0) + 4, max(y1 - y0, 0) + 4))
    ImageDraw.Draw(picture).text((2 - x0, 2 - y0), text, fill=255, font=sized, anchor='ls')
    ink = np.asarray(picture)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return np.zeros((0, 0), np.uint8), 0, 0
    ink = np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    ink.setflags(write=False)
    return ink, x0 - 2 + int(columns[0]), y0 - 2 + int(rows[0])


def _silhouette(ink):
    """Points down both sides of each inked pixel column, from the first to the last ink in it."""
    columns = np.flatnonzero(ink.max(axis=0))
    inked = ink[:, columns] > 0
    first, last = inked.argmax(axis=0), len(ink) - inked[::-1].argmax(axis=0)
    points = np.empty((2, 5, len(columns), 2), np.float32)  # side, place on the way from first to last, column, (x, y)
    points[0, :, :, 0], points[1, :, :, 0] = columns, columns + 1
    points[..., 1] = first + (last - first) * np.linspace(0, 1, 5)[:, np.newaxis]
    return points.reshape(-1, 2)


@lru_cache(maxsize=1 << 16)
def _kerning(path, number, first, second):
    """See `Font.kerning`; em."""
    sized = _sized(path, number, _MEASURED_SIZE)
    both = sized.getlength(first + second)
    return float(both - sized.getlength(first) - sized.getlength(second)) / _MEASURED_SIZE


@lru_cache(maxsize=1 << 15)
def _advance(path, number, unit):
    """See `Font.advance`."""
    engine = ImageFont.Layout.BASIC if len(unit) == 1 else ImageFont.Layout.RAQM
    return float(_sized(path, number, _MEASURED_SIZE, engine).getlength(unit)) / _MEASURED_SIZE


@lru_cache(maxsize=1 << 13)
def _has_capitals_only(path, number):
    """Whether small letters look like their capitals, smaller or not: letters whose forms differ are compared."""
    sized = ImageFont.truetype(path, _COMPARED_SIZE, index=number, layout_engine=ImageFont.Layout.BASIC)
    alike = other = 0
    for small in _TELLING:
        forms = [_form(sized, letter) for letter in (small, small.upper())]
        is_alike = forms[0] is not None and forms[1] is not None and _overlap(*forms) > _ALIKE
        alike, other = alike + is_alike, other + (not is_alike)
        if 2 * max(alike, other) > len(_TELLING):  # the rest changes nothing
            break
    return alike > other


def _form(sized, letter):
    """A letter's ink stretched to a square, uint8; None if it cannot be drawn."""
    ink, _, _ = _draw_ink(sized, letter)
    return cv2.resize(ink, (24, 24), interpolation=cv2.INTER_AREA) if ink.size else None


def _overlap(first, second):
    """Share of the ink of two forms that both have."""
    both, either = np.minimum(first, second).sum(dtype=float), np.maximum(first, second).sum(dtype=float)
    return both / max(either, 1.0)
