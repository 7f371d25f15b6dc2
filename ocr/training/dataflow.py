"""Tensorpack pipeline of training: regions in an endless shuffled stream, prepared by worker processes, batched.

MixedStream(RegionStream, drawn_stream) -> NumberedStream -> ParallelMap(NumberedPreparer(MixedPreparer)) -> SkipBroken
(-> Shuffle) -> BatchByShape. From NumberedStream on every datapoint comes with its number, for a PositionLog.
"""

import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import count

import numpy as np
from tensorpack.dataflow import DataFlow, ProxyDataFlow

from ocr.errors import InputError
from ocr.parallel import apply_to_each, map_in_order, num_cores, process_pool
from ocr.preprocessing.prepare import Broken
from ocr.preprocessing.shape_buckets import ShapeBuckets
from ocr.training.data_position import BEGINNING, PositionLog
from ocr.training.drawn_samples import DrawnPreparer, Redrawn, drawn_stream
from ocr.training.samples import MixedPreparer, NumberedPreparer, TrainingPreparer

logger = logging.getLogger(__name__)
UNDRAWABLE = 'drawn again, as a font or picture failed'
SHUFFLE_BATCHES = 16  # batches that wait if samples come running
_CHUNK = 8  # samples a task at least, so that sending it costs little beside it


@dataclass(frozen=True)
class Source:
    """Training samples of one kind.

    Attributes:
        stream: function start -> endless tasks from number `start` on.
        prepare: task -> [image, label, mask, normalized_bbox] or a Broken; runs in worker processes.
        size: number of samples after which it begins again; 0 if it does not.
        share: of all samples, in proportion to the other sources'.
    """

    stream: Callable
    prepare: Callable
    size: int = 0
    share: float = 1.0


def region_source(index, positions, prepare, seed, crops=None):
    """A Source of regions: `positions` int64 (n,) of a RegionIndex; `prepare` and `crops` as of TrainingPreparer."""
    return Source(partial(RegionStream, positions, seed), TrainingPreparer(index, prepare, crops), len(positions))


def drawn_source(recipe, fonts, prepare, **options):
    """A Source of drawn text; arguments as DrawnPreparer takes them."""
    preparer = DrawnPreparer(recipe, fonts, prepare, **options)
    return Source(partial(drawn_stream, preparer.echo), preparer)


def training_dataflow(sources, *, batch_size, with_bbox, seed, echo=1, start=BEGINNING, part=(0, 1), num_workers=0):
    """Endless training batches, the same for one seed with any number of workers.

    Args:
        sources: list of Source.
        batch_size: N.
        with_bbox: bool, the model wants the normalized box too.
        seed: int, of the mixing.
        echo: how often a sample comes running; if it does, samples are shuffled before they are batched.
        start: DataPosition: a resumed training run goes on where the other stopped.
        part: (i, n): only every n-th run of `echo` samples from run i on, of a training run by n machines.
        num_workers: processes; 0 is one for each core.

    Returns:
        A DataFlow of [image float32 (N, S, S, 3) in 0..1, label int32 (N, T), mask float32 (N, T)
        (, normalized_bbox float32 (N, 4))], with a PositionLog as its `log`, and its SkipBroken stage, which counts
        what it left out.
    """
    return batched_samples(
        sources,
        batch_size=batch_size,
        seed=seed,
        num_fields=4 if with_bbox else 3,
        running=echo,
        start=start,
        part=part,
        num_workers=num_workers,
    )


def batched_samples(sources, *, batch_size, seed, num_fields, running, start, part, num_workers):
    """The stages of any training, arguments and what is returned as of training_dataflow.

    Args:
        num_fields: that are kept of a sample.
        running: samples of one source that come running; if several do, they are shuffled before they are batched.
    """
    shares = [source.share for source in sources]
    mixed = MixedStream([source.stream for source in sources], shares, seed, start.next, part, running)
    prepare = NumberedPreparer(MixedPreparer([source.prepare for source in sources]))
    mapped = ParallelMap(NumberedStream(mixed, start), prepare, num_workers or num_cores(), running)
    checked = SkipBroken(mapped, sum(source.size for source in sources), num_fields, PositionLog(start))
    shuffled = Shuffle(checked, SHUFFLE_BATCHES * batch_size, seed, checked.log) if running > 1 else checked
    return BatchByShape(shuffled, batch_size, checked.log), checked


class MixedStream(DataFlow):
    """Endless (number of the source, its task): in every BLOCK runs of samples each source has its share, shuffled."""

    BLOCK = 1000

    def __init__(self, streams, shares, seed, start=0, part=(0, 1), running=1):
        """
        Args:
            streams: functions start -> endless tasks, one for each source.
            shares: float for each source; their sum may be anything.
            seed: int.
            start: number of samples to skip.
            part: (i, n): yields only the runs whose number leaves i when divided by n.
            running: samples of a source that come running, so that what they share is read or drawn once.
        """
        self.streams = streams
        self.quotas = np.diff(np.round(np.cumsum([0.0, *shares]) / sum(shares) * self.BLOCK).astype(int))
        self.seed = seed
        self.start = start
        self.part = part
        self.running = running
        self.size = self.BLOCK * running

    def __iter__(self):
        return (task for _, task in self.numbered())

    def numbered(self):
        """Yield (number of the sample, what is yielded without)."""
        index, size = self.part
        block, first = divmod(self.start, self.size)
        tasks = [iter(stream(int(done))) for stream, done in zip(self.streams, self._done(block, first), strict=True)]
        for number in count(block):
            for place, source in enumerate(self._order(number)[first:], number * self.size + first):
                task = next(tasks[source])
                if place // self.running % size == index:
                    yield place, (int(source), task)
            first = 0

    def at(self, number):
        """What is yielded for the sample of a number."""
        block, place = divmod(number, self.size)
        source = self._order(block)[place]
        return int(source), next(iter(self.streams[source](int(self._done(block, place)[source]))))

    def _done(self, block, place):
        """int (sources,): samples of each source before a place in a block."""
        return block * self.quotas * self.running + np.bincount(self._order(block)[:place], minlength=len(self.streams))

    def _order(self, block):
        """int (size,): which source each sample of a block is of."""
        sources = np.repeat(np.arange(len(self.streams)), self.quotas)
        return np.repeat(np.random.default_rng([self.seed, block]).permutation(sources), self.running)


class NumberedStream(DataFlow):
    """Endless (number, task) of a MixedStream from a DataPosition on: first the tasks of those that waited there."""

    def __init__(self, mixed, start):
        self.mixed = mixed
        self.start = start

    def __iter__(self):
        for number in (*self.start.bucketed, *self.start.shuffled):
            yield number, self.mixed.at(number)
        yield from self.mixed.numbered()


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
            for i in _order_of_pass(self.seed, pass_number, num_regions)[first:]:
                yield int(self.positions[i]), draw
                draw += 1


@lru_cache(maxsize=2)  # a resumed run asks for each sample that waited, and those are of one pass or two
def _order_of_pass(seed, number, num_regions):
    """int (num_regions,): the order of regions in a pass."""
    return np.random.default_rng([seed, number]).permutation(num_regions)


class ParallelMap(ProxyDataFlow):
    """Apply a function to every (number, task) in worker processes; the order is kept.

    An exception in a worker is raised in the process that iterates, with the worker's traceback.
    """

    def __init__(self, ds, function, num_workers, running=1):
        """
        Args:
            ds: numbered tasks.
            function: sent to each worker once; it may keep what the next task needs too.
            num_workers: processes.
            running: tasks that come running go to one worker.
        """
        super().__init__(ds)
        self.function = function
        self.num_workers = num_workers
        self.running = running

    def __iter__(self):
        chunks = chunks_of_runs(self.ds, self.running)
        window = max(4 * self.num_workers * _CHUNK // max(_CHUNK, self.running), self.num_workers + 1)
        with process_pool(self.num_workers, self.function) as pool:
            mapped = map_in_order(apply_to_each, chunks, pool, window)
            try:
                for results in mapped:
                    yield from results
            except BrokenExecutor:
                raise InputError(
                    'a worker process died, most likely because memory ran out: try a smaller --num_workers'
                ) from None
            finally:
                pool.shutdown(cancel_futures=True)  # a worker finishes the chunk in its hands, no more


def chunks_of_runs(numbered, running):
    """Lists of (number, task), at least _CHUNK but for the last, none of which parts a run of so many samples."""
    chunk = []
    for number, task in numbered:
        if len(chunk) >= _CHUNK and number // running != chunk[-1][0] // running:
            yield chunk
            chunk = []
        chunk.append((number, task))
    if chunk:
        yield chunk


class SkipBroken(ProxyDataFlow):
    """Pass on what could be read; log each broken photograph once, count it, and stop when nothing is left.

    Attributes:
        counts: Counter, regions left out by reason; a region counts each time it comes up.
        error: the exception that ended the stream, for the thread that waits for its data.
    """

    def __init__(self, ds, num_regions, num_fields, log):
        """
        Args:
            ds: stage that gives (number, datapoint, Redrawn or Broken).
            num_regions: how many there are; if so many are broken in a row, nothing is left.
            num_fields: that are kept of a datapoint.
            log: PositionLog, which hears of every sample.
        """
        super().__init__(ds)
        self.log = log
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
        for number, datapoint in self.ds:
            self.log.note(number)
            if isinstance(datapoint, Redrawn):
                self.counts[UNDRAWABLE] += datapoint.num_failures
                datapoint = datapoint.datapoint
            if not isinstance(datapoint, Broken):
                in_a_row = 0
                yield number, datapoint[: self.num_fields]
                continue
            self.counts[datapoint.reason] += 1
            in_a_row += 1
            if datapoint.image_path not in self._logged:
                self._logged.add(datapoint.image_path)
                logger.warning('left out: %s', datapoint.message)
            if in_a_row >= self.num_regions:
                raise InputError(f'none of the {self.num_regions} regions can be read, the last: {datapoint.message}')


class Shuffle(ProxyDataFlow):
    """Numbered datapoints in a random order: each takes the place of one of the `size` that wait, in `log.shuffled`.

    Which one depends on (seed, its number) alone.
    """

    def __init__(self, ds, size, seed, log):
        super().__init__(ds)
        self.size = size
        self.seed = seed
        self.log = log

    def __iter__(self):
        waiting, passed = self.log.shuffled, set(self.log.start.bucketed)
        for number, datapoint in self.ds:
            if number in passed:  # it had been shuffled before the start
                yield number, datapoint
            elif len(waiting) < self.size:
                waiting.append((number, datapoint))
            else:
                place = int(np.random.default_rng([self.seed, number]).integers(self.size))
                waiting[place], other = (number, datapoint), waiting[place]
                yield other


class BatchByShape(ProxyDataFlow):
    """Batches of datapoints whose canvases have one shape; images become float32 in 0..1.

    Square canvases are batched in the order they come. Of fitted ones each shape has a bucket of its own, which is
    passed on when it is full; nothing is lost, a rare shape only waits longer.

    Attributes:
        log: PositionLog, which hears of every batch.
    """

    def __init__(self, ds, batch_size, log):
        super().__init__(ds)
        self.batch_size = batch_size
        self.log = log

    def __iter__(self):
        self.log.restart()
        buckets = ShapeBuckets(self.batch_size)
        for number, datapoint in self.ds:
            if batch := buckets.add(datapoint[0].shape, (number, datapoint)):
                self.log.end_batch(number for number, _ in buckets.waiting())
                images, *others = (np.stack(column) for column in zip(*(one for _, one in batch), strict=True))
                yield [images.astype(np.float32) / 255, *others]
