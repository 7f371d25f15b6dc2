"""Font files of a folder: which characters each can draw, and their glyphs as small bitmaps.

A `Font` is only a path and a face number, so it travels to worker processes; what is read from the file is cached in
the process that uses it.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont

from ocr.drawing.shaping import JOINERS
from ocr.errors import InputError

SUFFIXES = ('.ttf', '.otf', '.ttc', '.otc')
OUTLINE_TABLES = ('glyf', 'CFF ', 'CFF2')
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
        silhouette: float64 (P, 2), points on and between the outermost ink of each column; its extent is the ink's.
    """

    ink: np.ndarray
    left: int
    top: int
    advance: float
    silhouette: np.ndarray


@dataclass(frozen=True, slots=True, order=True)
class Font:
    """One face of a font file; `number` counts the faces of a collection (.ttc)."""

    path: str
    number: int = 0

    @property
    def name(self):
        """The file's name without suffix, and the face's number where it is not the first."""
        stem = Path(self.path).stem
        return f'{stem}#{self.number}' if self.number else stem

    def has(self, character):
        """True if the face has a glyph with an outline for the character (a space or a joiner needs none)."""
        return _has_glyph(self.path, self.number, character)

    def covers(self, text):
        """True if the face has every character of the text."""
        return all(_has_glyph(self.path, self.number, character) for character in text)

    def glyph(self, unit, size):
        """The `Glyph` of a unit of text, see `shaping.split_units`, at `size` pixels an em."""
        if len(unit) == 1:
            return _glyph(self.path, self.number, size, unit)
        return _rasterise(_sized(self.path, self.number, size, ImageFont.Layout.RAQM), unit)

    def kerning(self, first, second, size):
        """Pixels to add between two characters at `size` pixels an em, as the font's kerning table says."""
        return _kerning(self.path, self.number, size, first, second)


def scan_fonts(folder):
    """All usable faces of a folder and its sub-folders, sorted by path; a file that cannot be used is logged.

    Raises:
        InputError: the folder is missing or has no usable font.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f'{folder}: no such font folder; give a folder of .ttf or .otf files with --font_dir')
    files = sorted(path for path in root.rglob('*') if path.suffix.lower() in SUFFIXES and path.is_file())
    fonts = [font for path in files for font in _faces(path)]
    if not fonts:
        raise InputError(f'{folder}: no usable font in it; put .ttf or .otf files there ({CJK_HINT} for Chinese)')
    return tuple(fonts)


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


@lru_cache(maxsize=512)
def _face(path, number):
    """(character map, glyph set) of a face, read once a process."""
    face = TTFont(path, fontNumber=number, lazy=True)
    return face.getBestCmap(), face.getGlyphSet()


@lru_cache(maxsize=1 << 18)
def _has_glyph(path, number, character):
    """See `Font.has`. A small letter that shares its capital's glyph cannot be told from it and counts as missing."""
    characters, glyphs = _face(path, number)
    name = characters.get(ord(character))
    if name is None or name == '.notdef':
        return False
    if character.isspace() or character in JOINERS:
        return True
    capital = character.upper()
    if capital != character and len(capital) == 1 and characters.get(ord(capital)) == name:
        return False
    pen = ControlBoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds is not None and pen.bounds[0] < pen.bounds[2] and pen.bounds[1] < pen.bounds[3]


@lru_cache(maxsize=256)
def _sized(path, number, size, engine=ImageFont.Layout.BASIC):
    """The face at a size for rasterising; with the basic engine, pictures do not depend on an optional library."""
    return ImageFont.truetype(path, size, index=number, layout_engine=engine)


@lru_cache(maxsize=1 << 14)
def _glyph(path, number, size, character):
    """The `Glyph` of one character, which comes again and again."""
    return _rasterise(_sized(path, number, size), character)


def _rasterise(sized, text):
    """See `Font.glyph`."""
    x0, y0, x1, y1 = (int(edge) for edge in sized.getbbox(text, anchor='ls'))
    picture = Image.new('L', (max(x1 - x0, 0) + 4, max(y1 - y0, 0) + 4))
    ImageDraw.Draw(picture).text((2 - x0, 2 - y0), text, fill=255, font=sized, anchor='ls')
    ink = np.asarray(picture)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    advance = float(sized.getlength(text))
    if not len(rows):
        return Glyph(np.zeros((0, 0), np.uint8), 0, 0, advance, np.zeros((0, 2)))
    ink = np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    ink.setflags(write=False)
    left, top = x0 - 2 + int(columns[0]), y0 - 2 + int(rows[0])
    return Glyph(ink, left, top, advance, np.add(_silhouette(ink), (left, top)))


def _silhouette(ink):
    """Points down both sides of each inked pixel column, from the first to the last ink in it."""
    columns = np.flatnonzero(ink.any(axis=0))
    inked = ink[:, columns] > 0
    first, last = inked.argmax(axis=0), len(ink) - inked[::-1].argmax(axis=0)
    rows = np.linspace(first, last, 5)  # (5, columns)
    x = np.broadcast_to(columns, rows.shape)
    return np.concatenate([np.stack([x + side, rows], axis=-1).reshape(-1, 2) for side in (0, 1)]).astype(np.float64)


@lru_cache(maxsize=1 << 16)
def _kerning(path, number, size, first, second):
    """See `Font.kerning`."""
    sized = _sized(path, number, size)
    return float(sized.getlength(first + second) - sized.getlength(first) - sized.getlength(second))
