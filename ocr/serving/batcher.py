"""Canvases of many requests -> batches of one shape -> one thread that runs the graph."""

import threading
import time
from collections import defaultdict, deque
from concurrent.futures import Future
from dataclasses import dataclass

from ocr.preprocessing.prepare import Prepared, stacked

BATCH_WINDOW = 0.010  # seconds that a canvas may wait for others: longer gains no throughput, shorter halves it


@dataclass(frozen=True)
class Turn:
    """A canvas that waits for its batch.

    Attributes:
        prepared: Prepared.
        since: time.perf_counter() at which it came.
        future: of Read.
    """

    prepared: Prepared
    since: float
    future: Future


@dataclass(frozen=True)
class Read:
    """What a Turn's future gives: the ReadText, the seconds that it waited and those that its batch took."""

    result: object
    waited: float
    took: float


class Batcher:
    """Reads canvases in batches as they come.

    A batch is run when `batch_size` canvases of one shape wait, when the oldest has waited for `window`, or when no
    more are to be expected: none is on its way, and as many wait as were read the last time. So who comes alone never
    waits.

    Args:
        predictor: Predictor.
        batch_size: N, canvases of a batch at most.
        window: seconds.
        on_batch: function (N, seconds) called after each batch, or None.
    """

    def __init__(self, predictor, *, batch_size, window, on_batch=None):
        self._predictor = predictor
        self._batch_size = batch_size
        self._window = window
        self._on_batch = on_batch
        self._buckets = defaultdict(deque)  # canvas shape -> Turns, the oldest first
        self._changed = threading.Condition()
        self._closing = False
        self._last_rows = 0
        self._num_expected = 0
        self._thread = threading.Thread(target=self._run, name='graph', daemon=True)
        self._thread.start()

    @property
    def is_running(self):
        """Whether canvases are read: not after close()."""
        return self._thread.is_alive() and not self._closing

    @property
    def num_waiting(self):
        """Canvases that wait for a batch."""
        with self._changed:
            return sum(map(len, self._buckets.values()))

    def expect(self, num_canvases):
        """So many canvases more, or fewer, are on their way here."""
        with self._changed:
            self._num_expected += num_canvases
            self._changed.notify()

    def submit(self, prepared):
        """Future of Read for a Prepared; RuntimeError after close()."""
        turn = Turn(prepared, time.perf_counter(), Future())
        with self._changed:
            if self._closing:
                raise RuntimeError('the batcher is closed')
            self._buckets[turn.prepared.canvas.shape].append(turn)
            self._changed.notify()
        return turn.future

    def withdraw(self, futures):
        """Take canvases that nobody waits for out of the queue; those whose batch runs are read all the same."""
        cancelled = {future for future in futures if future.cancel()}
        with self._changed:
            for shape, bucket in list(self._buckets.items()):
                self._keep(shape, [turn for turn in bucket if turn.future not in cancelled])

    def close(self):
        """Read what waits, then end the thread; returns when it has ended."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self):
        while turns := self._next_batch():
            turns = [turn for turn in turns if turn.future.set_running_or_notify_cancel()]
            if turns:
                self._read(turns)

    def _next_batch(self):
        """Turns of one shape; waits for them. Empty when the batcher is closed and has read all."""
        with self._changed:
            while True:
                if not self._buckets:
                    if self._closing:
                        return []
                    self._changed.wait()
                    continue
                shape, wait = self._choose(time.perf_counter())
                if wait <= 0:
                    bucket = list(self._buckets[shape])
                    self._keep(shape, bucket[self._batch_size :])
                    return bucket[: self._batch_size]
                self._changed.wait(wait)

    def _choose(self, now):
        """(shape to read next, seconds until then): that of the oldest unless it may wait and another fills a batch."""
        oldest = min(self._buckets, key=lambda shape: self._buckets[shape][0].since)
        more = self._num_expected > 0 or sum(map(len, self._buckets.values())) < self._last_rows
        window = self._window if more and not self._closing else 0
        wait = self._buckets[oldest][0].since + window - now
        if wait > 0:
            full = next((shape for shape, turns in self._buckets.items() if len(turns) >= self._batch_size), None)
            if full is not None:
                return full, 0
        return oldest, wait

    def _keep(self, shape, turns):
        if turns:
            self._buckets[shape] = deque(turns)
        else:
            self._buckets.pop(shape, None)

    def _read(self, turns):
        started = time.perf_counter()
        self._last_rows = len(turns)
        try:
            canvases, bboxes = stacked([turn.prepared for turn in turns])
            results = self._predictor.read(canvases, bboxes, with_alpha=self._predictor.has_attention)
        except Exception as error:
            for turn in turns:
                turn.future.set_exception(error)
            return
        took = time.perf_counter() - started
        if self._on_batch:
            self._on_batch(len(turns), took)
        for turn, result in zip(turns, results, strict=True):
            turn.future.set_result(Read(result, started - turn.since, took))
