"""Few sizes of batches, so that a long run does not gather memory.

TensorFlow keeps what it has prepared for a convolution, oneDNN's primitives, for each shape of its input and in each of
its threads, 1,000 of a kind in a thread. Batches of every size from 1 to 32, as regions in doubt make them, are
hundreds of megabytes of that.
"""

from threading import Lock

import numpy as np


class BatchSizes:
    """Pads batches to powers of two, or to the largest that there was; may be used in several threads."""

    def __init__(self):
        self._largest, self._lock = 0, Lock()

    def padded(self, num_rows):
        """Rows that a batch gets, at least as many as it has and less than twice as many."""
        with self._lock:
            self._largest = max(self._largest, num_rows)
            return min(1 << max(num_rows - 1, 0).bit_length(), self._largest)

    def fill(self, rows):
        """An array (N, ...) with its first row repeated up to the padded size: what ends first ends no later."""
        num_more = self.padded(len(rows)) - len(rows)
        return np.concatenate([rows, np.repeat(rows[:1], num_more, axis=0)]) if num_more > 0 else rows
