"""A limit on the time and the memory of what a graph does: it is somebody's program, and may not end."""

import os
import sys
import threading
from contextlib import contextmanager

_TICK = 0.25  # seconds between two looks
_SECONDS, _SECONDS_A_ROW = 120, 10  # a reading machine of ten years ago stays a tenth below
_BYTES, _BYTES_A_PIXEL = 4 << 30, 2 << 10  # Inception-v4 takes about 0.3 kB a pixel of its canvas
_REMEDY = '--trust_model lifts the limit, a smaller --batch_size needs less'


class RunLimits:
    """Watches over runs of a graph, and ends the process when one takes longer or more memory than reading can.

    Nothing less stops TensorFlow in the midst of a run. Time is counted in looks, so that a process that was suspended
    has not used it up.
    """

    def __init__(self, where, end=None):
        """
        Args:
            where: what messages call the graph.
            end: function of the message that is called instead of ending the process.
        """
        self._where = where
        self._end = end or _end_process
        self._runs = set()
        self._changed = threading.Condition()
        self._thread = None

    @contextmanager
    def watch(self, num_rows=1, num_pixels=0):
        """A block that works on so many canvases of so many pixels in all."""
        allowed = min(_BYTES + _BYTES_A_PIXEL * num_pixels, _physical() * 3 // 4)
        run = _Run(int((_SECONDS + _SECONDS_A_ROW * num_rows) / _TICK), _resident() + allowed)
        with self._changed:
            self._runs.add(run)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name='run limits', daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._runs.discard(run)

    def _look(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._runs)
                runs = list(self._runs)
            resident = _resident()
            for run in runs:
                run.looks_left -= 1
                if resident > run.max_resident:
                    self._end(f'{self._where}: a run takes more than {run.max_resident >> 20} MB of memory; {_REMEDY}')
                if run.looks_left == 0:
                    self._end(f'{self._where}: a run does not end; {_REMEDY}')
            threading.Event().wait(_TICK)


class _Run:
    def __init__(self, looks_left, max_resident):
        self.looks_left = looks_left
        self.max_resident = max_resident


def _end_process(message):
    os.write(2, f'\n{os.path.basename(sys.argv[0])}: {message}\n'.encode(errors='backslashreplace'))
    os._exit(2)


def _resident():
    """Bytes of memory that this process holds; 0 if the system does not say."""
    try:
        with open('/proc/self/statm') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        return 0


def _physical():
    """Bytes of this machine's memory."""
    try:
        return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    except (AttributeError, ValueError, OSError):
        return 1 << 62
