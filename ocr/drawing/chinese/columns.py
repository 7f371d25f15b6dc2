"""The forms that characters take in a column of Chinese text: punctuation lies, brackets open downwards."""

import re
import unicodedata
from functools import lru_cache

_CHINESE = re.compile('[\u2e80-\u9fff\uf900-\ufaff]')  # ideographs, kana and their punctuation
FORMS = dict(
    zip(
        '\uff0c\u3001\u3002\uff1a\uff1b\uff01\uff1f\u2026\u2014\uff08\uff09\u3014\u3015\u3010\u3011\u300a\u300b\u3008\u3009\u300c\u300d\u300e\u300f',
        '\ufe10\ufe11\ufe12\ufe13\ufe14\ufe15\ufe16\ufe19\ufe31\ufe35\ufe36\ufe39\ufe3a\ufe3b\ufe3c\ufe3d\ufe3e\ufe3f\ufe40\ufe41\ufe42\ufe43\ufe44',
        strict=True,
    )
)  # Unicode's presentation forms for vertical text
TURNED = frozenset(
    '()[]{}<>-~=\u2014\u2026\uff08\uff09\u3014\u3015\u3010\u3011\u300a\u300b\u3008\u3009\u300c\u300d\u300e\u300f\uff5e\uff0d'
)


def is_chinese(text):
    """Whether a text stands in a column as Chinese does."""
    return not text.isascii() and _CHINESE.search(text) is not None


@lru_cache(maxsize=1 << 14)
def is_full_width(unit):
    """Whether a unit fills a square of an em in Chinese text."""
    width = unicodedata.east_asian_width(unit) if len(unit) == 1 else 'N'
    return width in 'WF' or (
        width == 'A' and not unit.isalpha()
    )  # ambiguous: quotation marks, dashes; letters as in Café


def column_glyph(font, unit, em):
    """The `Glyph` of a unit in a column: the font's form for it, else brackets and dashes turned clockwise."""
    form = FORMS.get(unit)
    if form and font.has(form):
        return font.glyph(form, em)
    glyph = font.glyph(unit, em)
    return glyph.turned(em) if unit in TURNED and glyph.ink.size else glyph
