"""Where a training run stands in its samples, behind each of its batches.

Canvases of one shape wait for others until they make a batch, samples that come running wait to be shuffled, and broken
images are left out: the number of updates does not say which samples have been seen. A resumed run prepares those that
waited again, by their numbers, so that its batches are those of a run that was not interrupted.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DataPosition:
    """Behind a batch.

    Attributes:
        next: number of the next sample of the stream.
        bucketed: numbers of the samples that wait for others of their shape, in the order in which they came.
        shuffled: numbers of those that wait to be shuffled, in their places.
    """

    next: int
    bucketed: tuple = ()
    shuffled: tuple = ()

    def to_row(self):
        """int64 (n,)."""
        return np.array([self.next, len(self.bucketed), *self.bucketed, *self.shuffled], np.int64)

    @classmethod
    def from_row(cls, row):
        """Of what `to_row` gave."""
        first, num_bucketed, *numbers = row.tolist()
        return cls(first, tuple(numbers[:num_bucketed]), tuple(numbers[num_bucketed:]))


BEGINNING = DataPosition(0)


class PositionLog:
    """What the stages of a dataflow note, for who saves the training: it lies some batches behind them.

    Attributes:
        start: DataPosition that the dataflow starts from.
        shuffled: list of (number, datapoint) that waits to be shuffled now.
    """

    def __init__(self, start):
        self.start = start
        self.restart()

    def restart(self):
        """The dataflow begins again."""
        self.shuffled = []
        self._next = self.start.next
        self._behind = deque()  # DataPosition behind each batch that is not forgotten
        self._num_forgotten = 0

    def note(self, number):
        """A sample has come out of the stream."""
        self._next = max(self._next, number + 1)

    def end_batch(self, bucketed):
        """A batch is passed on; `bucketed`: numbers that still wait for others of their shape."""
        shuffled = tuple(number for number, _ in self.shuffled)
        self._behind.append(DataPosition(self._next, tuple(bucketed), shuffled))

    def behind(self, num_batches):
        """DataPosition behind so many batches since the start; those before are forgotten."""
        if num_batches == 0:
            return self.start
        while self._num_forgotten < num_batches - 1:
            self._behind.popleft()
            self._num_forgotten += 1
        return self._behind[0]


def pack_rows(rows):
    """int64 (workers, n): the length of each row, the row, and zeros."""
    packed = np.zeros((len(rows), 1 + max(map(len, rows))), np.int64)
    for line, row in zip(packed, rows, strict=True):
        line[: len(row) + 1] = [len(row), *row]
    return packed


def unpack_position(packed, part, number):
    """DataPosition of a worker.

    Args:
        packed: int64 (workers, n) as of `pack_rows`, or None: of a checkpoint of an earlier version.
        part: (number of this worker, number of all).
        number: of the next sample where `packed` does not say, or not for so many workers.
    """
    if packed is None or len(packed) != part[1]:
        return DataPosition(number)
    row = packed[part[0]]
    return DataPosition.from_row(row[1 : row[0] + 1])
