"""The scripts of texts: Latin, Han, Arabic ... by Unicode, and digits, signs and spaces by themselves."""

import unicodedata
from functools import cache

from fontTools.unicodedata import script, script_name

DIGITS = 'digits'
SIGNS = 'punctuation and symbols'
SPACES = 'space'
OTHERS = (DIGITS, SIGNS, SPACES)  # of no script


@cache
def script_of(character):
    """Name of a character's script, or one of OTHERS; None for a mark that takes the script of the letter below it."""
    category = unicodedata.category(character)
    if category == 'Nd':
        return DIGITS
    if category == 'Zs':
        return SPACES
    code = script(character)
    if code == 'Zinh':
        return None
    return SIGNS if code in ('Zyyy', 'Zzzz') else script_name(code)


def scripts_of(text):
    """The different scripts and OTHERS of a text, a set."""
    return {script_of(character) for character in text} - {None}
