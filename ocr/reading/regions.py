"""Regions -> text: threads prepare images while others run the graph; results come in order, memory stays bounded."""

import logging
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, count

from ocr.parallel import map_in_order, num_cores
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import Broken, InferencePreparer, stacked
from ocr.preprocessing.shape_buckets import ShapeBuckets
from ocr.reading.free_memory import give_back_memory
from ocr.region import by_photograph

_GROUP = 16  # regions of one photograph that are prepared together, at most
_BATCHES_AHEAD = 8  # batches among which a canvas may wait for others of its shape
_BATCHES_AHEAD_SOON = 2  # likewise where regions take long to come
_BATCHES_BETWEEN = 64  # batches after which freed memory is given back
_GRAPH_THREADS = 2  # while one is between two runs of the graph, making views or texts, the other keeps the cores busy

logger = logging.getLogger(__name__)


def read_regions(
    predictor, regions, *, batch_size, num_workers=0, with_alpha=False, soon=False, read_image=read_image
) -> Iterator:
    """Read text regions, those of one photograph best one after another: it is decoded once for them.

    Args:
        predictor: Predictor.
        regions: iterable of TextRegion.
        batch_size: N.
        num_workers: threads that prepare images; 0 is one for each core.
        with_alpha: see Predictor.read.
        soon: fetch few regions ahead and fill fewer batches: for regions that a detector takes long to find.
        read_image: gives a photograph by its path, see InferencePreparer.

    Yields:
        (region, Prepared or None, ReadText or Broken), in the order of `regions`.
    """

    number = count(1)

    def read(turns):
        canvases, bboxes = stacked([turn.prepared for turn in turns])
        if next(number) % _BATCHES_BETWEEN == 0:
            give_back_memory()
        return predictor.read(canvases, bboxes, with_alpha=with_alpha)

    prepare = InferencePreparer(predictor.canvas, read=read_image)
    ahead = 0 if soon else 2 * batch_size
    patience = batch_size * (_BATCHES_AHEAD_SOON if soon else _BATCHES_AHEAD)
    with _prepared(regions, prepare, ahead, num_workers) as prepared, ThreadPoolExecutor(_GRAPH_THREADS) as graph:
        try:
            yield from _in_order(prepared, lambda turns: graph.submit(read, turns), batch_size, patience)
        finally:
            graph.shutdown(cancel_futures=True)


def canvas_batches(regions, prepare, *, batch_size, num_workers=0) -> Iterator:
    """Prepare regions in threads and batch what could be read, canvases of one shape together; the rest is logged.

    Args:
        regions: iterable of TextRegion.
        prepare: InferencePreparer.

    Yields:
        (list of TextRegion, canvases uint8 (N, h, w, 3), normalized_bboxes float32 (N, 4)); the last of a shape
        are fewer.
    """
    buckets = ShapeBuckets(batch_size)
    with _prepared(regions, prepare, 2 * batch_size, num_workers) as prepared:
        for region, result in prepared:
            if isinstance(result, Broken):
                logger.warning('left out: %s', result.message)
                continue
            if batch := buckets.add(result.canvas.shape, (region, result)):
                yield _stacked(batch)
    yield from map(_stacked, buckets.rest())


@contextmanager
def _prepared(regions, prepare, ahead, num_workers):
    """An iterator over (region, Prepared or Broken), made in threads; `ahead` groups of a photograph wait for use."""
    num_workers = num_workers or num_cores()
    groups = by_photograph(regions, _GROUP)
    with ThreadPoolExecutor(num_workers) as pool:
        results = map_in_order(
            lambda group: list(zip(group, prepare(group), strict=True)), groups, pool, num_workers + ahead
        )
        try:
            yield chain.from_iterable(results)
        finally:
            pool.shutdown(cancel_futures=True)


def _stacked(bucket):
    regions, prepared = zip(*bucket, strict=True)
    return list(regions), *stacked(prepared)


class _Turn:
    """A region between its preparation and its turn to be yielded."""

    def __init__(self, region, prepared):
        self.region = region
        self.prepared = prepared  # or Broken
        self.batch = None  # Future of what its batch gives, once that is under way
        self.place = None  # in the batch

    @property
    def shape(self):
        return self.prepared.canvas.shape

    @property
    def is_done(self):
        return isinstance(self.prepared, Broken) or (self.batch is not None and self.batch.done())

    def outcome(self):
        """(region, Prepared or None, ReadText or Broken); waits for the batch."""
        if isinstance(self.prepared, Broken):
            return self.region, None, self.prepared
        return self.region, self.prepared, self.batch.result()[self.place]


def _in_order(prepared, submit, batch_size, patience):
    """Yield outcomes in order while batches of one shape form and run.

    A shape too rare to fill its batch is read in a smaller one once enough regions wait behind its first.

    Args:
        prepared: iterable of (region, Prepared or Broken).
        submit: function list of _Turn -> Future of a list of ReadText.
        batch_size: N.
        patience: regions that wait behind the first of a shape until it is read.
    """
    waiting, buckets = deque(), ShapeBuckets(batch_size)
    limit = patience + (_GRAPH_THREADS + 1) * batch_size  # so each thread has a batch, and one is ready

    def run(turns):
        batch = submit(turns)
        for place, turn in enumerate(turns):
            turn.batch, turn.place = batch, place

    for region, result in prepared:
        turn = _Turn(region, result)
        waiting.append(turn)
        if not isinstance(result, Broken) and (full := buckets.add(turn.shape, turn)):
            run(full)
        if len(waiting) >= patience and not waiting[0].is_done and waiting[0].batch is None:
            run(buckets.take(waiting[0].shape))
        while waiting and (waiting[0].is_done or len(waiting) >= limit):
            yield waiting.popleft().outcome()
    for turns in buckets.rest():
        run(turns)
    while waiting:
        yield waiting.popleft().outcome()
