"""Signals that end a training run: the first one stops it, and none cuts a save short."""

import os
import pty
import signal
import subprocess
import sys

import pytest
import tiny

from ocr.training.stop_signals import answer_stop_signals, shielded

NAMES = ('SIGINT', 'SIGTERM', 'SIGHUP')


@pytest.fixture(autouse=True)
def handlers():
    """The signals are heeded, also if the tests run in the background, and set back after each test."""
    before = {name: signal.signal(getattr(signal, name), signal.SIG_DFL) for name in NAMES}
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


@pytest.mark.parametrize('name', NAMES)
def test_the_first_signal_interrupts_and_the_next_ones_do_not(name, capfd):
    answer_stop_signals()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(getattr(signal, name))
    for further in NAMES:
        signal.raise_signal(getattr(signal, further))
    assert capfd.readouterr().err.count('already stopping') == 3


def test_a_signal_waits_for_what_is_shielded():
    answer_stop_signals()
    done = []
    with pytest.raises(KeyboardInterrupt), shielded():
        with shielded():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
        done.append('saved')
    assert done == ['saved']


def test_a_failure_in_what_is_shielded_is_told_rather_than_the_signal():
    answer_stop_signals()
    with pytest.raises(ValueError, match='no room'), shielded():
        signal.raise_signal(signal.SIGTERM)
        raise ValueError('no room')


def test_what_is_ignored_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    answer_stop_signals()
    signal.raise_signal(signal.SIGHUP)


LOSE_THE_TERMINAL = """
import os, signal, sys
from ocr.training.stop_signals import answer_stop_signals
answer_stop_signals()
try:
    os.write(int(sys.argv[1]), b'ready')
    signal.pause()
except KeyboardInterrupt:
    print('a line to nowhere', file=sys.stderr, flush=True)
    print('another', flush=True)
    os.write(int(sys.argv[1]), b'saved')
"""


def test_a_lost_terminal_is_no_reason_to_fail():
    reader, writer = os.pipe()
    ours, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, '-c', LOSE_THE_TERMINAL, str(writer)],
        cwd=tiny.ROOT,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        pass_fds=[writer],
        start_new_session=True,
    )
    os.close(terminal)
    os.close(writer)
    assert os.read(reader, 5) == b'ready'
    os.close(ours)  # the window is closed
    process.send_signal(signal.SIGHUP)
    assert os.read(reader, 5) == b'saved'
    assert process.wait(timeout=60) == 0
    os.close(reader)
