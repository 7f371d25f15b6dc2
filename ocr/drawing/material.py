"""A named recipe made ready for use: with the texts, the charset and the fonts of one training or set."""

import dataclasses
import logging
from collections import Counter

from ocr.charset import SPECIALS
from ocr.drawing.corpus import read_texts
from ocr.drawing.fonts import CJK_HINT
from ocr.drawing.recipes import named_recipe
from ocr.drawing.scenes.recipe import SceneRecipe
from ocr.drawing.scenes.texts import PROBE, chinese_fonts, chinese_texts
from ocr.drawing.shaping import can_shape, needs_shaping
from ocr.drawing.texts import Mixture, RandomText, over_alphabet
from ocr.errors import InputError

RARE_SHARE = 0.08  # of random strings over the charset beside a person's own texts
UNSHAPED = "in need of Pillow's raqm"

logger = logging.getLogger(__name__)


def prepare_recipe(name, fonts, *, charset=None, text_path='', photo_dir='', seq_len=None):
    """The recipe of a name, such that all its texts can be drawn and, with a charset, encoded.

    Texts come from `text_path`, else from the recipe, whose random strings are drawn over the charset. With a charset a
    share of random strings over it comes beside the texts of `text_path` too, so that its rare characters occur. What
    cannot be drawn is left out and logged by reason.

    Args:
        name: one of `ocr.drawing.RECIPES`.
        fonts: tuple of `Font`.
        charset: Charset, or None for any character.
        text_path: word list or corpus file, or '' for the recipe's own texts.
        photo_dir: folder of photographs to draw on, or ''.
        seq_len: longest text, characters; None for the recipe's own.

    Raises:
        InputError: no such recipe, an unreadable file, nothing in it can be drawn, or it needs shaping and Pillow lacks
            what it takes.
    """
    recipe = named_recipe(name)
    alphabet = ''.join(charset.characters[len(SPECIALS) :]) if charset else ''
    texts = recipe.texts
    if text_path:
        texts = read_texts(text_path)
    elif charset:
        texts = over_alphabet(texts, alphabet)
    recipe = dataclasses.replace(
        recipe,
        lengths=recipe.lengths[:seq_len],
        characters=frozenset(alphabet) if charset else None,
        photo_dir=photo_dir,
    )
    if isinstance(recipe, SceneRecipe):
        recipe = _with_chinese(recipe, fonts)
    if name == 'chinese' and not text_path:
        _check_chinese(recipe, recipe.choose_fonts(fonts))
    sieve = Sieve(recipe, recipe.choose_fonts(fonts))
    texts, dropped = texts.restrict(sieve)
    where = text_path or f'recipe {name}'
    if text_path and UNSHAPED in sieve.reasons:
        raise InputError(f'{text_path}: {sieve.report()}; install FriBidi (Debian: libfribidi0), which raqm needs')
    if dropped:
        logger.info('%s: left out %s', where, sieve.report())
    if texts is None:
        raise InputError(f'{where}: nothing in it can be drawn ({sieve.report()}); other --text_path or --font_dir?')
    if text_path and charset:
        texts = _with_rare_characters(texts, alphabet, sieve)
    return dataclasses.replace(recipe, texts=texts)


def _check_chinese(recipe, fonts):
    """Raises InputError if no font has Chinese: a recipe that is about it must not draw its Latin words alone."""
    if recipe.allows(PROBE) and not any(font.covers(PROBE) for font in fonts):
        raise InputError(
            f'recipe {recipe.name}: none of the {len(fonts)} fonts has Chinese characters; '
            f'give a folder of such fonts with --font_dir ({CJK_HINT})'
        )


def _with_chinese(recipe, fonts):
    """A `SceneRecipe` with Chinese texts, as far as the charset has them, if some of the fonts have Chinese."""
    able = chinese_fonts(recipe.choose_fonts(fonts))
    texts = chinese_texts().restrict(recipe.allows)[0] if able else None
    return dataclasses.replace(recipe, chinese_texts=texts, chinese_fonts=able) if texts else recipe


def _with_rare_characters(texts, alphabet, sieve):
    """The texts, and a share of random strings over what can be drawn of an alphabet."""
    if not alphabet.strip():
        return texts
    random_text, _ = RandomText(alphabet).restrict(sieve)
    return Mixture((texts, random_text), (1 - RARE_SHARE, RARE_SHARE)) if random_text else texts


class Sieve:
    """Says of a word or character whether it can be drawn, and counts by reason what cannot."""

    def __init__(self, recipe, fonts):
        self.recipe, self.fonts = recipe, fonts
        self.reasons, self.examples = Counter(), {}

    def __call__(self, text):
        reason = self._reason(text)
        if reason:
            self.reasons[reason] += 1
            self.examples.setdefault(reason, text)
        return reason is None

    def _reason(self, text):
        if len(text) > self.recipe.max_length:
            return f'longer than {self.recipe.max_length} characters'
        if not self.recipe.allows(text):
            return 'not in the charset'
        if needs_shaping(text) and not can_shape():
            return UNSHAPED
        return None if any(font.covers(text) for font in self.fonts) else 'in no font'

    def report(self):
        """'3 not in the charset (such as ...), 1 in no font (such as ...)'."""
        return ', '.join(
            f'{count} {reason} (such as {self.examples[reason]!r})' for reason, count in self.reasons.items()
        )
