"""Ctrl-C, a polite kill and a lost terminal stop a training run once; what is being saved then is saved to its end."""

import os
import select
import signal
from contextlib import contextmanager, suppress

_NAMES = ('SIGINT', 'SIGTERM', 'SIGHUP')  # the last is unknown to Windows


class _State:
    """Of this process, as its signal handlers are."""

    shields = 0
    stopping = False
    waiting = False  # a signal has come, and what is shielded goes on


def answer_stop_signals():
    """From now on the first of the signals raises KeyboardInterrupt in the main thread; later ones change nothing.

    A signal that this process was started to ignore (nohup, a job in the background) stays ignored.
    """
    _State.shields, _State.stopping, _State.waiting = 0, False, False
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _answer)


@contextmanager
def shielded():
    """A block that signals do not interrupt: one that comes meanwhile is answered at its end."""
    _State.shields += 1
    try:
        yield
    finally:
        _State.shields -= 1
    if _State.waiting and not _State.shields:
        _State.waiting = False
        raise KeyboardInterrupt


def is_waiting():
    """Whether a signal has come that a shielded block goes on in spite of."""
    return _State.waiting


def answer_waiting():
    """The signal that waits is answered: the end of the shielded block does not answer it again."""
    _State.waiting = False


def _answer(number, _):
    if number == getattr(signal, 'SIGHUP', None):
        _leave_lost_terminal()
    if _State.stopping:
        with suppress(OSError):
            os.write(2, b'\nalready stopping, what was learnt is saved first (Ctrl-\\ ends at once and loses it)\n')
        return
    _State.stopping = True
    if not _State.shields:
        raise KeyboardInterrupt
    _State.waiting = True


def _leave_lost_terminal():
    """Output to a terminal that is gone would fail; let it go nowhere, so that the save does not fail with it."""
    for descriptor in (1, 2):
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0)):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
