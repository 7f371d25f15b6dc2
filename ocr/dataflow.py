"""Tensorpack pipeline of training: regions in an endless shuffled stream, prepared by worker processes, batched.

RegionStream -> ParallelMap(TrainingPreparer) -> SkipBroken -> BatchByShape
"""

import logging
from collections import Counter, defaultdict
from concurrent.futures import BrokenExecutor

import numpy as np
from tensorpack.dataflow import DataFlow, ProxyDataFlow

from ocr.errors import InputError
from ocr.parallel import Chunked, map_in_order, num_cores, process_pool
from ocr.prepare import Broken

logger = logging.getLogger(__name__)
_CHUNK = 4  # samples a task, so that sending it costs little beside it


def training_dataflow(index, positions, prepare, *, batch_size, with_bbox, seed, start=0, num_workers=0):
    """Endless training batches, the same for one seed whatever the number of workers.

    Args:
        index: RegionIndex.
        positions: int (R,), the regions of `index` to train on.
        prepare: TrainingPreparer of that index.
        batch_size: N.
        with_bbox: bool, the model wants the normalized box too.
        start: number of samples to skip: a resumed training goes on where the other stopped.
        num_workers: processes; 0 is one for each core.

    Returns:
        A DataFlow of [image float32 (N, S, S, 3) in 0..1, label int32 (N, T), mask float32 (N, T)
        (, normalized_bbox float32 (N, 4))], and its SkipBroken stage, which counts what it left out.
    """
    stream = RegionStream(positions, seed, start)
    mapped = ParallelMap(stream, prepare, num_workers or num_cores())
    checked = SkipBroken(mapped, len(positions), num_fields=4 if with_bbox else 3)
    return BatchByShape(checked, batch_size), checked


class RegionStream(DataFlow):
    """Endless (position, draw): every pass goes through all regions in a new order, draw counts the samples."""

    def __init__(self, positions, seed, start=0):
        self.positions = np.asarray(positions)
        self.seed = seed
        self.start = start

    def __iter__(self):
        draw, num_regions = self.start, len(self.positions)
        while True:
            pass_number, first = divmod(draw, num_regions)
            order = np.random.default_rng([self.seed, pass_number]).permutation(num_regions)
            for i in order[first:]:
                yield int(self.positions[i]), draw
                draw += 1


class ParallelMap(ProxyDataFlow):
    """Apply a function to every datapoint in worker processes; the order is kept.

    An exception in a worker is raised in the process that iterates, with the worker's traceback.
    """

    def __init__(self, ds, function, num_workers):
        super().__init__(ds)
        self.function = function
        self.num_workers = num_workers

    def __iter__(self):
        with process_pool(self.num_workers) as pool:
            mapped = map_in_order(Chunked(self.function), _chunks(self.ds), pool, window=4 * self.num_workers)
            try:
                for results in mapped:
                    yield from results
            except BrokenExecutor:
                raise InputError(
                    'a worker process died, most likely for want of memory: try a smaller --num_workers'
                ) from None
            finally:
                pool.shutdown(cancel_futures=True)  # a worker finishes the chunk in its hands, no more


def _chunks(ds):
    chunk = []
    for datapoint in ds:
        chunk.append(datapoint)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class SkipBroken(ProxyDataFlow):
    """Pass on what could be read; log each broken photograph once, count it, and stop when nothing is left.

    Attributes:
        counts: Counter, regions left out by reason; a region counts each time it comes up.
        error: the exception that ended the stream, for the thread that waits for its data.
    """

    def __init__(self, ds, num_regions, num_fields):
        super().__init__(ds)
        self.num_regions = num_regions
        self.num_fields = num_fields
        self.counts = Counter()
        self.error = None
        self._logged = set()

    def __iter__(self):
        try:
            yield from self._readable()
        except Exception as error:
            self.error = error
            raise

    def _readable(self):
        in_a_row = 0
        for datapoint in self.ds:
            if not isinstance(datapoint, Broken):
                in_a_row = 0
                yield datapoint[: self.num_fields]
                continue
            self.counts[datapoint.reason] += 1
            in_a_row += 1
            if datapoint.image_path not in self._logged:
                self._logged.add(datapoint.image_path)
                logger.warning('left out: %s', datapoint.message)
            if in_a_row >= self.num_regions:
                raise InputError(f'none of the {self.num_regions} regions can be read, the last: {datapoint.message}')


class BatchByShape(ProxyDataFlow):
    """Batches of datapoints whose canvases have one shape; images become float32 in 0..1.

    Square canvases are batched in the order they come. Of fitted ones each shape has a bucket of its own, which is
    passed on when it is full; nothing is lost, a rare shape only waits longer.
    """

    def __init__(self, ds, batch_size):
        super().__init__(ds)
        self.batch_size = batch_size

    def __iter__(self):
        buckets = defaultdict(list)
        for datapoint in self.ds:
            bucket = buckets[datapoint[0].shape]
            bucket.append(datapoint)
            if len(bucket) == self.batch_size:
                images, *others = (np.stack(column) for column in zip(*bucket, strict=True))
                yield [images.astype(np.float32) / 255, *others]
                bucket.clear()
