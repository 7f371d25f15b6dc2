"""Text from outside on a screen: nothing in it is hidden, and nothing in it is obeyed by a terminal."""

import logging
import sys


def visible(text):
    """Text in one line in which nothing is hidden: characters that print as nothing, or other spaces, as escapes."""
    return ''.join(one if one.isprintable() else one.encode('unicode_escape').decode() for one in text)


def set_up_output():
    """Prepare standard output and standard error, and log messages to the latter.

    Each line is written as it is said, so that a log file shows it. A character that the encoding lacks, or that is
    none (an undecodable byte of a file name), is written as an escape, and so are control characters in log messages.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors='backslashreplace')
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Visible())


class _Visible(logging.Formatter):
    """The message alone; a traceback, if there is one, below it as it is."""

    def formatMessage(self, record):
        return '\n'.join(map(visible, record.message.split('\n')))
