"""An order -> its answer: processes decode and place pictures, the batcher reads, for many requests at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from ocr.parallel import num_cores
from ocr.preprocessing.prepare import InferencePreparer, stacked
from ocr.region import TextRegion
from ocr.serving.answer import region_answer
from ocr.serving.arrivals import Arrivals
from ocr.serving.batcher import Batcher
from ocr.serving.picture import prepare_picture
from ocr.serving.problem import Problem, queue_full, stopping
from ocr.serving.workers import Died, TookTooLong, Workers

STOP_GRACE = 3.0  # seconds after the stop in which bodies may still arrive and pictures be decoded


class Place:
    """A request's room in the queue.

    Attributes:
        num_regions: regions that it has room for.
    """

    def __init__(self, reader):
        self.num_regions = 0
        self._reader = reader
        self._num_coming = 0

    def grow(self, num_regions):
        """Take room for so many more; Problem 429 where there is none."""
        self._reader._take(num_regions)
        self.num_regions += num_regions
        self._num_coming += num_regions

    def arrive(self):
        """The regions wait for their batch, or will never come."""
        self._reader._batcher.expect(-self._num_coming)
        self._num_coming = 0


class Reader:
    """Reads pictures for requests; its coroutines run in one event loop.

    Args:
        predictor: Predictor.
        limits: Limits.
        batch_size: canvases read at a time, at most.
        window: seconds that a canvas may wait for others.
        num_workers: processes that decode and place pictures; 0 is one for each core.
        on_batch: function (N, seconds) called after each batch, or None.

    Attributes:
        arrivals: Arrivals, the bodies that are on their way.
    """

    def __init__(self, predictor, limits, *, batch_size, window, num_workers=0, on_batch=None):
        self.predictor = predictor
        self.limits = limits
        self.arrivals = Arrivals(limits.max_arriving_bytes)
        self._workers = Workers(num_workers or num_cores(), limits.decode_memory)
        self._answering = ThreadPoolExecutor(1, 'answer')  # apart from decoding, behind which answers would wait
        self._is_stopping = False
        self._out_of_time = asyncio.Event()
        self._batcher = Batcher(predictor, batch_size=batch_size, window=window, on_batch=on_batch)
        self._num_taken = 0  # regions of all requests that are being answered
        self._pace = 0.05  # seconds that a region takes of late

    def warm_up(self):
        """Start the processes, and read a black picture: a graph's first run takes far longer than the others."""
        self._workers.start()
        image = np.zeros((8, 32, 3), np.uint8)
        prepare = InferencePreparer(self.predictor.canvas, read=lambda *_: image)
        batch = stacked(prepare([TextRegion('', None, '', '')]))
        self.predictor.read(*batch, with_alpha=self.predictor.has_attention)

    @property
    def is_ready(self):
        """Whether requests are answered."""
        return self._batcher.is_running and not self._is_stopping

    @property
    def num_taken(self):
        """Regions that have arrived and are prepared, waiting or read."""
        return self._num_taken

    @contextmanager
    def place(self):
        """A Place with room for one region, kept for the block.

        Raises:
            Problem: 429, there is none.
        """
        place = Place(self)
        place.grow(1)
        try:
            yield place
        finally:
            place.arrive()
            self._num_taken -= place.num_regions

    async def read(self, order, place):
        """The body of the answer, without `model`: dict in JSON's types.

        Args:
            order: Order.
            place: Place of as many regions.

        Raises:
            Problem: the picture cannot be read, a polygon does not touch it, or attention is asked of a graph that
                does not give it.
        """
        if order.attention and not self.predictor.has_attention:
            raise Problem(
                422, 'no_attention', 'This model does not give its attention; export it anew, or leave "attention" out.'
            )
        picture = await self.unless_stopped(self._prepare(order))
        if len(picture.cuts) > place.num_regions:
            place.grow(len(picture.cuts) - place.num_regions)
        futures = [self._batcher.submit(cut.prepared) for cut in picture.cuts]
        place.arrive()
        try:
            reads = await asyncio.gather(*map(asyncio.wrap_future, futures))
        finally:
            self._batcher.withdraw(futures)
        self._pace += 0.1 * (sum(read.took for read in reads) / len(reads) - self._pace)
        loop = asyncio.get_running_loop()
        regions = await loop.run_in_executor(self._answering, self._regions, order, picture, reads)
        pages = {'pages': picture.num_pages} if picture.num_pages > 1 else {}
        return {
            'image': {'width': picture.width, 'height': picture.height, **pages},
            'regions': regions,
            'timings': {
                'decode_ms': _milliseconds(picture.seconds),
                'queue_ms': _milliseconds(max(read.waited for read in reads)),
                'read_ms': _milliseconds(max(read.took for read in reads)),
            },
        }

    def queue_full(self):
        """Problem 429, which says to come again when about half of the queue is read."""
        return queue_full(int(min(max(self._num_taken * self._pace / 2, 1), 60)))

    async def unless_stopped(self, coroutine):
        """What a coroutine returns, while the server runs and STOP_GRACE seconds more; Problem 503 from then on."""
        work, end = asyncio.ensure_future(coroutine), asyncio.ensure_future(self._out_of_time.wait())
        try:
            await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise stopping()
            return work.result()
        finally:
            end.cancel()
            work.cancel()

    def stop(self):
        """Take no more orders; in the event loop."""
        if not self._is_stopping:
            self._is_stopping = True
            asyncio.get_running_loop().call_later(STOP_GRACE, self._out_of_time.set)

    def close(self):
        """Finish what is read and end threads and processes."""
        self._workers.close()
        self._batcher.close()
        self._answering.shutdown()

    def _take(self, num_regions):
        if self._num_taken + num_regions > self.limits.queue_size:
            raise self.queue_full()
        self._num_taken += num_regions
        self._batcher.expect(num_regions)

    async def _prepare(self, order):
        """PreparedPicture; Problem where it cannot be had, or not in time."""
        limits, predictor = self.limits, self.predictor
        try:
            return await self._workers.run(
                *(prepare_picture, order, limits, predictor.canvas),
                cpu_seconds=limits.decode_seconds,
                seconds=limits.timeout,
            )
        except TookTooLong:
            message = 'Decoding the picture took too long; save it again as a plain JPEG or PNG.'
            raise Problem(422, 'decoding_too_slow', message) from None
        except Died:
            if self._is_stopping:
                raise stopping() from None
            message = 'The picture is damaged (its decoder crashed); save it again as a plain JPEG or PNG.'
            raise Problem(422, 'damaged_image', message) from None

    def _regions(self, order, picture, reads):
        return [
            region_answer(read.result, cut, order.attention, picture.num_pages > 1)
            for cut, read in zip(picture.cuts, reads, strict=True)
        ]


def _milliseconds(seconds):
    return round(1000 * seconds, 3)
