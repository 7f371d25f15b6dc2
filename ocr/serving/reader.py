"""An order -> its answer: threads decode and place pictures, the batcher reads, for many requests at a time."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from ocr.geometry import whole_image
from ocr.parallel import num_cores
from ocr.preprocessing.prepare import InferencePreparer, stacked
from ocr.region import TextRegion
from ocr.serving.answer import region_answer
from ocr.serving.batcher import Batcher
from ocr.serving.picture import decode_picture
from ocr.serving.polygons import check_inside
from ocr.serving.problem import Problem, queue_full


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
        num_workers: threads that decode and place pictures; 0 is one for each core.
        on_batch: function (N, seconds) called after each batch, or None.
    """

    def __init__(self, predictor, limits, *, batch_size, window, num_workers=0, on_batch=None):
        self.predictor = predictor
        self.limits = limits
        self._pool = ThreadPoolExecutor(num_workers or num_cores(), 'prepare')
        self._batcher = Batcher(predictor, batch_size=batch_size, window=window, on_batch=on_batch)
        self._num_taken = 0  # regions of all requests that are being answered
        self._pace = 0.05  # seconds that a region takes of late

    def warm_up(self):
        """Read a black picture: a graph's first run takes far longer than the others."""
        image = np.zeros((8, 32, 3), np.uint8)
        prepare = InferencePreparer(self.predictor.canvas, read=lambda *_: image)
        batch = stacked(prepare([TextRegion('', None, '', '')]))
        self.predictor.read(*batch, with_alpha=self.predictor.has_attention)

    @property
    def is_ready(self):
        """Whether requests are answered."""
        return self._batcher.is_running

    @property
    def num_taken(self):
        """Regions that are received, prepared or waiting."""
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
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        size, polygons, prepared = await loop.run_in_executor(self._pool, self._prepare, order)
        decoded = time.perf_counter()
        futures = [self._batcher.submit(one) for one in prepared]
        place.arrive()
        try:
            reads = await asyncio.gather(*map(asyncio.wrap_future, futures))
        finally:
            self._batcher.withdraw(futures)
        self._pace += 0.1 * (sum(read.took for read in reads) / len(reads) - self._pace)
        regions = await loop.run_in_executor(self._pool, self._regions, order, polygons, prepared, reads)
        return {
            'image': {'width': size[0], 'height': size[1]},
            'regions': regions,
            'timings': {
                'decode_ms': _milliseconds(decoded - started),
                'queue_ms': _milliseconds(max(read.waited for read in reads)),
                'read_ms': _milliseconds(max(read.took for read in reads)),
            },
        }

    def close(self):
        """Finish what was begun and end the threads."""
        self._pool.shutdown()
        self._batcher.close()

    def _take(self, num_regions):
        if self._num_taken + num_regions > self.limits.queue_size:
            raise queue_full(self._retry_after())
        self._num_taken += num_regions
        self._batcher.expect(num_regions)

    def _prepare(self, order):
        """(width, height), a polygon for each region, and what InferencePreparer makes of them."""
        image = decode_picture(order.image, self.limits.max_pixels)
        height, width = image.shape[:2]
        check_inside(order.polygons, width, height)
        prepare = InferencePreparer(self.predictor.canvas, read=lambda *_: image)
        regions = [TextRegion('the picture', polygon, '', '') for polygon in order.polygons or [None]]
        return (width, height), order.polygons or [whole_image(width, height)], prepare(regions)

    def _regions(self, order, polygons, prepared, reads):
        return [
            region_answer(read.result, polygon, one, order.attention)
            for polygon, one, read in zip(polygons, prepared, reads, strict=True)
        ]

    def _retry_after(self):
        """Whole seconds in which about half of the queue is read."""
        return int(min(max(self._num_taken * self._pace / 2, 1), 60))


def _milliseconds(seconds):
    return round(1000 * seconds, 3)
