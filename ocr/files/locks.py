"""A lock on an open file: of two runs that would write to one place, the second stops and says so."""

from ocr.errors import InputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def lock(stream, taken):
    """Lock an open file until it is closed or this process ends, however it ends.

    Where the file system knows no locks, nothing is locked.

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
