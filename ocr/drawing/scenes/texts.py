"""Lines of words for a surface, each with a font that has them; Chinese if fonts are given."""

import contextlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont, TTLibError

from ocr.drawing.shaping import needs_shaping
from ocr.drawing.texts import Mixture, RandomText, change_case
from ocr.drawing.undrawable import naming
from ocr.drawing.words import WordList
from ocr.errors import InputError

CHINESE_PATH = Path(__file__).parents[1] / 'wordlists' / 'chinese_signs.txt'
CHARSET_PATH = Path(__file__).parents[2] / 'charsets' / 'gb2312.txt'
COMMON = '\u554a', '\u5ea7'  # the first and the last of GB 2312's 3,755 common characters, sorted by their sound
PROBE = '\u4e2d\u6587\u94f6\u884c\u5e97'  # a font that has these is one for Chinese
CHINESE_LENGTHS = (2, 9)  # characters of a line
PIECES = (0.05, 0.5, 0.2, 0.2, 0.05)  # shares of words of 1, 2, ... characters
MAX_DRAWS = 40  # texts drawn until one is found that one of a few fonts covers
MAX_FONTS = 12  # fonts tried for a text
BLOCK = 64  # pictures running that share their fonts if there are many, so that each is read once for them
POOL, CHINESE_POOL = 24, 6  # fonts that they share
IDEOGRAPHS = 59  # bit of the OS/2 table's Unicode ranges
BROKEN_FONT = (TTLibError, OSError, ValueError, LookupError, AssertionError, struct.error)  # what fontTools raises


def chinese_texts():
    """The source of Chinese texts: words from signs, strung together, and random strings of common characters."""
    words = CHINESE_PATH.read_text(encoding='utf-8').split()
    characters = CHARSET_PATH.read_text(encoding='utf-8').split('\n')
    first, last = (characters.index(character) for character in COMMON)
    return Mixture((WordList(tuple(words)), RandomText(''.join(characters[first : last + 1]))), (0.8, 0.2))


def chinese_fonts(fonts):
    """The fonts among a tuple that can write Chinese; a damaged one cannot."""
    able = []
    for font in fonts:
        with contextlib.suppress(*BROKEN_FONT):
            if _is_chinese(font):
                able.append(font)
    return tuple(able)


def _is_chinese(font):
    """Whether a face has the characters of PROBE. Nothing that is read for it is kept: such faces are large."""
    with TTFont(font.path, fontNumber=font.number, lazy=True) as face:
        if 'OS/2' in face and not face['OS/2'].ulUnicodeRange2 >> (IDEOGRAPHS - 32) & 1:
            return False  # most faces say so themselves: no look at their characters then
        return set(map(ord, PROBE)) <= face.getBestCmap().keys()


def _covers(font, text):
    with naming(font.path, text):
        return font.covers(text)


def font_pool(fonts, number, seed, index):
    """The fonts that a picture draws from: all, or `number` of many, the same as its neighbours in the set."""
    if len(fonts) <= 2 * number:
        return fonts
    chosen = np.random.default_rng([seed, index // BLOCK]).choice(len(fonts), number, replace=False)
    return tuple(fonts[i] for i in chosen)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the lines of one surface in one style.

    Attributes:
        recipe: `SceneRecipe`.
        font: `Font` of most lines.
        fonts: tuple of the `Font` that may take its place.
        case: a letter case of `texts.CASES`.
        chinese: True for lines in Chinese.
    """

    recipe: object
    font: object
    fonts: tuple
    case: str = 'as is'
    chinese: bool = False

    def line(self, num_words, rng):
        """(text, font): so many words or, in Chinese, one run of characters, and a font that has them all.

        Raises:
            InputError: none of the fonts has the characters of the texts.
        """
        for _ in range(MAX_DRAWS):
            text = self._chinese(rng) if self.chinese else self._words(num_words, rng)
            font = self._font_for(text, rng)
            if font is not None:
                return text, font
        raise InputError(
            f'recipe {self.recipe.name}: none of {len(self.fonts)} fonts has all characters of {text!r}; '
            'give a folder of fonts for this script with --font_dir (Debian: fonts-noto-cjk, fonts-wqy-microhei)'
        )

    def _words(self, num_words, rng):
        """Words separated by spaces; a single one if they are shaped as a whole."""
        words = []
        weights = np.array(self.recipe.lengths, np.float64)
        shares = np.cumsum(weights) / weights.sum()
        while len(words) < num_words:
            length = int(np.searchsorted(shares, rng.random(), side='right')) + 1
            text = self.recipe.texts.draw(rng, length)
            changed = change_case(text, self.case)
            text = changed if self.recipe.allows(changed) else text
            if needs_shaping(text):
                return text.split()[0]
            words += text.split()
        return ' '.join(words[:num_words])

    def _chinese(self, rng):
        """A run of Chinese characters, sometimes after or before a number."""
        low, high = CHINESE_LENGTHS
        length = int(rng.integers(low, high + 1))
        text = ''
        while len(text) < length:
            piece = int(rng.choice(5, p=PIECES)) + 1
            text += self.recipe.chinese_texts.draw(rng, min(piece, length - len(text)))
        text = text[:length]
        number = str(int(rng.integers(1, 10 ** int(rng.integers(1, 9)))))
        if rng.random() < 0.1 and self.recipe.allows(number):
            return text + number if rng.random() < 0.6 else number + text
        return text

    def _font_for(self, text, rng):
        """The writer's font, or another that has the text; None if few tries find none."""
        order = rng.permutation(len(self.fonts))[:MAX_FONTS]
        return next((font for font in (self.font, *(self.fonts[i] for i in order)) if _covers(font, text)), None)
