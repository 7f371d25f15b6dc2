"""The bar that long work shows."""

import sys

from tqdm import tqdm

_SECONDS = 0.5  # between two drawings of the bar on a terminal
_SECONDS_IN_FILE = 30.0  # likewise where it is kept, as in the log of a night: each drawing is text that stays


def progress_bar(iterable=None, **settings):
    """A `tqdm` on standard error, drawn twice a second on a terminal and twice a minute elsewhere."""
    return tqdm(iterable, mininterval=_SECONDS if sys.stderr.isatty() else _SECONDS_IN_FILE, **settings)
