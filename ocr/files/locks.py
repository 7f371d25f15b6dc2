"""Locks: of two runs that would write to one place, the second stops and says so, or waits for its turn."""

import os
from contextlib import ExitStack, contextmanager, suppress

from ocr.errors import InputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def lock(stream, taken):
    """Lock an open file until it is closed or this process ends, however it ends.

    If the file system knows no locks, nothing is locked.

    Args:
        stream: the open file.
        taken: the message if another run holds it.

    Raises:
        InputError: another run holds the lock.
    """
    if fcntl is None:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(taken) from None
    except OSError:
        pass


@contextmanager
def turn_in(folder):
    """Be the only process that makes files in a folder; others wait until this one is done, however it ends.

    The folder is made if missing. If that fails, or the file system knows no locks, nothing is locked: what writes
    there says what is wrong.
    """
    with ExitStack() as stack:
        with suppress(OSError):
            os.makedirs(folder, exist_ok=True)
            if fcntl:
                descriptor = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
