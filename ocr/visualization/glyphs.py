"""Writing any character into a picture: looks for a font that has it, and says U+XXXX if none does."""

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from ocr.errors import InputError
from ocr.files.shipped import shipped
from ocr.optional_package import import_package

FONT_FOLDER = shipped('fonts')
FONT_SUFFIXES = ('.ttf', '.otf', '.ttc')
# File names of plain fonts with Chinese on the usual systems: tried before all others that are installed.
CJK_FONTS = ('notosanscjk', 'notosanssc', 'sourcehansans', 'wqy', 'droidsansfallback', 'pingfang', 'msyh', 'simhei')
PLACEHOLDER_FONTS = ('lastresort', 'adobeblank')  # claim every character and have none
CODE_SCALE = 0.5  # size of U+XXXX against the text around it


class Writer:
    """Text of mixed scripts at any size, each character in the first font that has it.

    The order is: the font given, DejaVu Sans (comes with matplotlib; plain and wide, but without Chinese), the
    project's `fonts` folder, the system's fonts.

    Args:
        font_path: font to try first, or None.

    Raises:
        InputError: font_path is no font.
    """

    def __init__(self, font_path=None):
        self.font_path = font_path
        if font_path is not None and not _code_points(str(font_path)):
            raise InputError(f'{font_path}: not a readable font; give a .ttf, .otf or .ttc file')

    def font(self, character, size):
        """Pillow font of `size` pixels that has the character, or None."""
        if not _can_be_drawn(character):
            return None
        if self.font_path is not None and ord(character) in _code_points(str(self.font_path)):
            return _load(str(self.font_path), size)
        path = _find(character)
        return None if path is None else _load(path, size)

    def pieces(self, text, size):
        """One pair per character: the string to draw, the character or U+XXXX and a thin space, and the font for it."""
        found = [(character, self.font(character, size)) for character in text]
        code_font = _load(plain_font(), round(size * CODE_SCALE))
        return [(s, font) if font else (f'U+{ord(s):04X}\u2009', code_font) for s, font in found]

    def width(self, text, size):
        """Pixels that `text` takes on one line, float."""
        return sum(font.getlength(piece) for piece, font in self.pieces(text, size))

    def wrap(self, text, size, width):
        """The positions in `text` where lines of at most `width` pixels begin; each has one character at least."""
        starts, used = [0], 0.0
        for i, (piece, font) in enumerate(self.pieces(text, size)):
            advance = font.getlength(piece)
            if used + advance > width and i > starts[-1]:
                starts.append(i)
                used = 0.0
            used += advance
        return starts

    def draw(self, drawing, x, baseline, text, size, colours):
        """Draw one line.

        Args:
            drawing: PIL.ImageDraw.ImageDraw.
            x, baseline: pixels, left end and foot of the letters.
            text: str.
            size: int, pixels.
            colours: one RGB triple per character.
        """
        for (piece, font), colour in zip(self.pieces(text, size), colours, strict=True):
            drawing.text((x, baseline), piece, colour, font, anchor='ls')
            x += font.getlength(piece)


@cache
def plain_font():
    """Path of DejaVu Sans, which every installation of matplotlib has."""
    matplotlib = import_package('matplotlib', 'drawing text', 'requirements.txt')
    return str(Path(matplotlib.get_data_path()) / 'fonts' / 'ttf' / 'DejaVuSans.ttf')


@cache
def _find(character):
    """Path of the first font that has the character, or None."""
    return next((path for path in _candidates() if ord(character) in _code_points(path)), None)


def _can_be_drawn(character):
    """False for control characters, line ends and the like, which some fonts have empty glyphs for."""
    return character.isprintable() or unicodedata.category(character) in ('Zs', 'Co')


def _candidates():
    yield plain_font()
    yield from sorted(str(path) for path in FONT_FOLDER.rglob('*') if path.suffix.lower() in FONT_SUFFIXES)
    yield from _system_fonts()


@cache
def _system_fonts():
    """Paths of the system's fonts, those made for Chinese first and regular ones before bold."""
    from matplotlib import font_manager

    def bare_name(path):
        return Path(path).name.lower().replace('-', '').replace('_', '').replace(' ', '')

    def rank(path):
        name = bare_name(path)
        family = next((i for i, known in enumerate(CJK_FONTS) if known in name), len(CJK_FONTS))
        return family, 'regular' not in name, name

    real = [path for path in font_manager.findSystemFonts() if not bare_name(path).startswith(PLACEHOLDER_FONTS)]
    return tuple(sorted(real, key=rank))


@cache
def _code_points(path):
    """Code points that the font file has glyphs for; empty if it cannot be read or drawn with."""
    try:
        _load(path, 16)
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return frozenset()


@cache
def _load(path, size):
    return ImageFont.truetype(path, max(1, size), layout_engine=ImageFont.Layout.BASIC)
