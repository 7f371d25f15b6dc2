"""What Chinese signs, goods and web banners say: phrases, shops, addresses, prices, numbers, Latin words; a mixture."""

import re

from ocr.charset import Charset
from ocr.drawing.chinese.phrases import CODES, FIELDS, NAMES, NUMBERS, PLACES, PRICES, PUNCTUATED
from ocr.drawing.chinese.words import KINDS, ChineseWords, Joined, Strung
from ocr.drawing.patterns import patterns
from ocr.drawing.scene_texts import scene_texts
from ocr.drawing.texts import Mixture, RandomText
from ocr.drawing.words import WordList

BETWEEN = (' ', ' ', ' ', '', '，', '、', '·', '！', '-', '/', '：')
BESIDE_LATIN = ('', '', ' ', ' ', '-', '：', ' · ')


def sign_texts():
    """The source of text of the recipe 'chinese'; every character of its charset occurs, the rare ones seldom."""
    anything = Strung(ChineseWords(KINDS))
    plain = Strung(ChineseWords(('nouns', 'verbs', 'adjectives', 'places')))
    goods = Strung(WordList(FIELDS['goods'] + FIELDS['shop']))
    named = Strung(ChineseWords(('people', 'places', 'organisations', 'idioms')))
    numbers = patterns(_cut(NUMBERS + PRICES), plain, FIELDS)
    phrases = Mixture((anything, goods), (0.75, 0.25))
    latin = scene_texts()
    return Mixture(
        (
            anything,
            Joined(phrases, phrases, BETWEEN),
            goods,
            patterns(_cut(NAMES), plain, FIELDS),
            named,
            numbers,
            patterns(_cut(CODES), plain, FIELDS),
            patterns(_cut(PLACES), plain, FIELDS),
            patterns(_cut(PUNCTUATED), plain, FIELDS),
            latin,
            Joined(phrases, Mixture((latin, numbers), (0.6, 0.4)), BESIDE_LATIN),
            RandomText(_hanzi()),
        ),
        (0.18, 0.07, 0.08, 0.12, 0.05, 0.12, 0.06, 0.04, 0.05, 0.08, 0.04, 0.11),
    )


def _hanzi():
    """The Chinese characters of the charset."""
    return ''.join(one for one in Charset.preset('chinese').characters if '\u4e00' <= one <= '\u9fff')


def _cut(lines):
    """The patterns of one of the texts above."""
    return re.split(r'\s{2,}', lines.strip())
