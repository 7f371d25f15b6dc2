"""Freed memory is given back to the system: glibc keeps it for the thread that had it, by the hundred megabytes."""

import ctypes
import ctypes.util
from functools import lru_cache


def give_back_memory():
    """Give freed memory back to the system, if the C library can; takes some milliseconds."""
    trim = _trim()
    if trim:
        trim(0)


@lru_cache(maxsize=1)
def _trim():
    """glibc's malloc_trim, or None under another C library."""
    try:
        return ctypes.CDLL(ctypes.util.find_library('c')).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
