"""What cannot be drawn: a damaged font, a glyph that is too much for FreeType, a picture that cannot be read.

One such sample must not end a training run, so another is drawn in its place; what failed is named once a process.
"""

import logging
from contextlib import contextmanager

import numpy as np

from ocr.errors import InputError

MAX_FAILURES = 50  # samples running that may fail

logger = logging.getLogger(__name__)
_named = set()  # fonts and pictures that this process has named as failing


class Undrawable(Exception):
    """A sample whose font or picture failed; the message names it, what it should draw, and what was raised."""


@contextmanager
def naming(culprit, task):
    """What is raised inside becomes an `Undrawable`, which is logged the first time that the culprit fails.

    Args:
        culprit: path of the font or picture that failed; an InputError names another by itself.
        task: what it should draw.
    """
    try:
        yield
    except Undrawable:
        raise
    except Exception as error:
        culprit = str(error) if isinstance(error, InputError) else culprit
        message = f'{culprit}: not used for what it cannot draw, such as {task!r} ({type(error).__name__}: {error})'
        if culprit not in _named:
            _named.add(culprit)
            logger.warning('%s', message)
        raise Undrawable(message) from error


def draw_otherwise(draw, recipe, seed, index):
    """(draw(rng), how many attempts before it were `Undrawable`); each attempt has its own numbers of (seed, index).

    Raises:
        InputError: MAX_FAILURES attempts failed.
    """
    for failures in range(MAX_FAILURES):
        rng = np.random.default_rng(np.random.SeedSequence([seed, index] + [failures] * bool(failures)))
        try:
            return draw(rng), failures
        except Undrawable as error:
            last = error
    raise InputError(f'recipe {recipe.name}: {MAX_FAILURES} samples in a row could not be drawn; the last: {last}')
