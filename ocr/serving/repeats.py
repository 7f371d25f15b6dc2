"""A log that does not repeat itself: what fails a thousand times a second is said once a while."""

import logging
import time

_SECONDS = 60.0  # between two of the same
_MOST = 1000  # messages that are remembered


class OnceAWhile(logging.Filter):
    """Lets each message through once in a while, with the number of those that it held back.

    Messages are the same if logger, level and first line are, and the place of the exception that they tell of.
    """

    def __init__(self, seconds=_SECONDS, clock=time.monotonic):
        super().__init__()
        self._seconds = seconds
        self._clock = clock
        self._seen = {}  # key -> [time of the last one let through, number held back since]

    def filter(self, record):
        now, key = self._clock(), _key(record)
        seen = self._seen.get(key)
        if seen and now - seen[0] < self._seconds:
            seen[1] += 1
            return False
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[key] = [now, 0]
        if seen and seen[1]:
            record.msg, record.args = f'{record.getMessage().rstrip()} ({seen[1]} more of these since the last)', ()
        return True


def _key(record):
    where = None
    if record.exc_info and record.exc_info[2]:
        trace = record.exc_info[2]
        while trace.tb_next:
            trace = trace.tb_next
        where = record.exc_info[0], trace.tb_frame.f_code, trace.tb_lineno
    return record.name, record.levelno, record.getMessage().lstrip().partition('\n')[0], where
