"""Labels that are probably wrong: what the text alone, its region's shape or its image's name give away."""

import os
import re
import unicodedata

import numpy as np

from ocr.charset import normalize
from ocr.datasets.check.scripts import script_of
from ocr.geometry import polygon_box
from ocr.region_shape import reading_extent

MIN_ADVANCE = 0.2  # of the text's height: narrower than condensed type; East Asian characters take twice that
SAME_PLACE = 0.9  # intersection over union of the boxes of two regions from which on they are one
MIN_PIXELS = 3  # along the text, for a character

TOO_MUCH_TEXT = 'more text than fits'
TOO_FEW_PIXELS = 'too few pixels'
FILE_NAME = 'file name'
LOOK_ALIKES = 'look-alike letters'
STRAY_SPACE = 'stray space'
INVISIBLE = 'invisible character'
UNDECODED = 'undecoded text'
TWO_TEXTS = 'two texts'

KINDS = {
    TOO_MUCH_TEXT: f'the text is longer than its region has room for, at {MIN_ADVANCE} of the height for a character '
    f'({2 * MIN_ADVANCE} for an East Asian one)',
    TOO_FEW_PIXELS: f'the region has under {MIN_PIXELS} pixels for a character, along the text',
    FILE_NAME: 'the text is the name of its image',
    LOOK_ALIKES: 'a word mixes Latin letters with Greek or Cyrillic ones that look the same, or ASCII with full-width '
    'letters or digits',
    STRAY_SPACE: 'space at an end, two in a row, or one other than U+0020',
    INVISIBLE: 'control, format or unassigned characters, or U+FFFD, which stands for a lost one',
    UNDECODED: 'HTML entities, backslash escapes, or UTF-8 read as Latin-1',
    TWO_TEXTS: 'another label gives the same place in the same image another text',
}

_LOOK_ALIKES = frozenset('АВЕЅІЈКМНОРСТУХаеорсухѕіјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧουνκ')
_ASCII_WORD = re.compile('[A-Za-z0-9]')
_FULL_WIDTH_WORD = re.compile('[Ａ-Ｚａ-ｚ０-９]')
_STRAY_SPACE = re.compile(r'^\s|\s$|\s\s|[^\S ]')
_UNDECODED = re.compile(
    r'&(#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp);|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|[ÂÃ][\x80-\xbf]|â€', re.IGNORECASE
)
_JOINERS = '\u200c\u200d'  # spelling, in Arabic and Indic scripts


def suspicions(region, is_contradicted=False):
    """Kinds of suspicion against a TextRegion's text, a list of keys of KINDS.

    Args:
        region: TextRegion.
        is_contradicted: see `contradicted`.
    """
    text = region.text
    found = {
        TWO_TEXTS: is_contradicted,
        **dict.fromkeys(_too_long(text, *reading_extent(region.polygon)), True),
        FILE_NAME: normalize(text) in _names(region.image_path),
        LOOK_ALIKES: any(_mixes_look_alikes(word) for word in text.split()),
        STRAY_SPACE: bool(_STRAY_SPACE.search(text)),
        INVISIBLE: any(_is_invisible(character) for character in text),
        UNDECODED: bool(_UNDECODED.search(text)),
    }
    return [kind for kind in KINDS if found.get(kind)]


def contradicted(regions):
    """For each TextRegion of one image whether another one at its place has another text, bool (n,)."""
    boxes = np.array([polygon_box(region.polygon) for region in regions], np.float64)
    texts = [region.text for region in regions]
    areas = _areas(boxes)
    found = np.zeros(len(boxes), bool)
    for i, box in enumerate(boxes):
        shared = _areas(np.hstack([np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])]))
        rivals = np.flatnonzero(shared > SAME_PLACE * (areas + areas[i] - shared))
        found[i] = any(texts[rival] != texts[i] for rival in rivals)
    return found


def _areas(boxes):
    """Areas of boxes (x0, y0, x1, y1), float64 (n, 4) -> (n,); 0 for what is no box."""
    return np.clip(boxes[:, 2] - boxes[:, 0], 0, None) * np.clip(boxes[:, 3] - boxes[:, 1], 0, None)


def _too_long(text, length, thickness):
    """What is suspicious of a text on a strip of length x thickness pixels."""
    advances = [_advance(character) for character in text]
    if sum(advances) * MIN_ADVANCE * thickness > length:
        yield TOO_MUCH_TEXT
    if sum(advance > 0 for advance in advances) * MIN_PIXELS > length:
        yield TOO_FEW_PIXELS


def _advance(character):
    """Width of a character, in Latin ones: 0 for marks above and below others, 2 for East Asian characters."""
    if unicodedata.category(character) in ('Mn', 'Me', 'Cf', 'Cc'):
        return 0
    return 2 if unicodedata.east_asian_width(character) in 'WF' else 1


def _names(image_path):
    """An image's file name, NFC, with and without extension."""
    name = normalize(os.path.basename(image_path))
    return name, os.path.splitext(name)[0]


def _mixes_look_alikes(word):
    if word.isascii():
        return False
    if _LOOK_ALIKES.intersection(word) and any(script_of(character) == 'Latin' for character in word):
        return True
    return bool(_ASCII_WORD.search(word) and _FULL_WIDTH_WORD.search(word))


def _is_invisible(character):
    category = unicodedata.category(character)
    return character == '\ufffd' or (category in ('Cc', 'Cf', 'Co', 'Cn', 'Zl', 'Zp') and character not in _JOINERS)
