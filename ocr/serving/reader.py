"""An order -> its answer: processes decode and cut pictures, the batcher reads, for many requests at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from ocr.parallel import num_cores
from ocr.preprocessing.prepare import InferencePreparer, stacked
from ocr.region import TextRegion
from ocr.serving.answer import found_answer, region_answer
from ocr.serving.arrivals import Arrivals
from ocr.serving.finding import Finder, find_and_prepare
from ocr.serving.models import Models
from ocr.serving.picture import prepare_picture, show_page
from ocr.serving.problem import Problem, queue_full, stopping
from ocr.serving.video.jobs import VideoJobs
from ocr.serving.workers import Died, TookTooLong, Workers

STOP_GRACE = 3.0  # seconds after the stop in which bodies may still arrive and pictures be decoded


class Reservation:
    """A request's room in the queue.

    Attributes:
        num_regions: regions that it has room for.
    """

    def __init__(self, reader, model):
        self.num_regions = 0
        self._reader, self._batcher = reader, model.batcher
        self._num_coming = 0

    def grow(self, num_regions):
        """Take room for so many more; Problem 429 if there is none."""
        self._reader._take(num_regions)
        self._batcher.expect(num_regions)
        self.num_regions += num_regions
        self._num_coming += num_regions

    def arrive(self):
        """The regions wait for their batch, or will never come."""
        self._batcher.expect(-self._num_coming)
        self._num_coming = 0


class Reader:
    """Reads pictures for requests; its coroutines run in one event loop.

    Args:
        predictors: {name of a model: Predictor}; the first reads for requests that name none.
        limits: Limits.
        batch_size: canvases read at a time, at most.
        window: seconds that a canvas may wait for others.
        num_workers: processes that decode and cut pictures; 0 is one for each core.
        on_batch: function (N, seconds) called after each batch, or None.
        detector: Detector that finds the text of pictures without polygons, or None.

    Attributes:
        models: Models.
        arrivals: Arrivals, the bodies that are on their way.
        videos: VideoJobs, or None if there is no detector.
    """

    def __init__(self, predictors, limits, *, batch_size, window, num_workers=0, on_batch=None, detector=None):
        self.finder = detector and Finder(detector)
        self.limits = limits
        self.arrivals = Arrivals(limits.max_arriving_bytes)
        self._workers = Workers(num_workers or num_cores(), limits.decode_memory)
        self._answering = ThreadPoolExecutor(1, 'answer')  # apart from decoding, behind which answers would wait
        self._is_stopping = False
        self._out_of_time = asyncio.Event()
        self.models = Models(predictors, batch_size=batch_size, window=window, on_batch=on_batch)
        self.videos = self.finder and VideoJobs(self.finder, limits)
        self._num_taken = 0  # regions of all requests that are being answered
        self._pace = 0.05  # seconds that a region takes of late

    def warm_up(self):
        """Start the processes, and read a black picture: a graph's first run takes far longer than the others."""
        self._workers.start()
        image = np.zeros((8, 32, 3), np.uint8)
        for model in self.models:
            prepare = InferencePreparer(model.canvas, read=lambda *_: image)
            batch = stacked(prepare([TextRegion('', None, '', '')]))
            model.predictor.read(*batch, with_alpha=model.predictor.has_attention)
        if self.finder:
            self.finder.warm_up()

    @property
    def is_ready(self):
        """Whether requests are answered."""
        return self.models.is_running and not self._is_stopping

    @property
    def num_taken(self):
        """Regions that have arrived and are prepared, waiting or read."""
        return self._num_taken

    @contextmanager
    def reserve(self, model):
        """A Reservation with room for one region of a ServedModel, kept for the block.

        Raises:
            Problem: 429, there is none.
        """
        reservation = Reservation(self, model)
        reservation.grow(1)
        try:
            yield reservation
        finally:
            reservation.arrive()
            self._num_taken -= reservation.num_regions

    async def read(self, order, model, reservation):
        """The body of the answer: dict in JSON's types.

        Args:
            order: Order.
            model: ServedModel that reads.
            reservation: Reservation of as many regions.

        Raises:
            Problem: the picture cannot be read, a polygon does not touch it, or attention is asked of a graph that
                does not give it.
        """
        if order.attention and not model.predictor.has_attention:
            raise Problem(
                422, 'no_attention', 'This model has no attention output; export it again, or leave out "attention".'
            )
        if order.detect and not self.finder:
            raise Problem(422, 'no_detector', 'This server has no detector; leave "detect" out, or send "polygons".')
        picture, found = await self.unless_stopped(self._find_and_prepare(order, model))
        if len(picture.cuts) > reservation.num_regions:
            reservation.grow(len(picture.cuts) - reservation.num_regions)
        futures = [model.batcher.submit(cut.prepared) for cut in picture.cuts]
        reservation.arrive()
        try:
            reads = await asyncio.gather(*map(asyncio.wrap_future, futures))
        finally:
            model.batcher.withdraw(futures)
        if reads:
            self._pace += 0.1 * (sum(read.took for read in reads) / len(reads) - self._pace)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._answering, self._answer, order, picture, reads, found)
        pages = {'pages': picture.num_pages} if picture.num_pages > 1 else {}
        return {
            'image': {'width': picture.width, 'height': picture.height, **pages},
            **answer,
            'timings': {
                'decode_ms': _milliseconds(picture.seconds),
                **({'detect_ms': _milliseconds(found.seconds)} if found else {}),
                'queue_ms': _milliseconds(max((read.waited for read in reads), default=0)),
                'read_ms': _milliseconds(max((read.took for read in reads), default=0)),
            },
            'model': {'name': model.name, 'precision': model.predictor.identity['precision']},
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
        if self.videos:
            self.videos.close()
        self.models.close()
        if self.finder:
            self.finder.close()
        self._answering.shutdown()

    def _take(self, num_regions):
        if self._num_taken + num_regions > self.limits.queue_size:
            raise self.queue_full()
        self._num_taken += num_regions

    async def _find_and_prepare(self, order, model):
        """(PreparedPicture, Found or None) of an Order, for a ServedModel."""

        async def prepare(part):
            return await self._in_worker(prepare_picture, part, self.limits, model.canvas)

        if order.polygons or order.detect is False or not self.finder:
            return await prepare(order), None

        async def show(page):
            return await self._in_worker(show_page, order, self.limits, page, self.finder.longer)

        return await find_and_prepare(self.finder, order, self.limits.max_regions, model.canvas, show, prepare)

    async def _in_worker(self, function, order, *args):
        """What a function of an Order gives, in a worker process; Problem if it cannot, or not in time."""
        times = {'cpu_seconds': self.limits.decode_seconds, 'seconds': self.limits.timeout}
        try:
            return await self._workers.run(function, order, *args, **times, about=id(order.image))
        except TookTooLong:
            message = 'Decoding the picture took too long; save it again as a plain JPEG or PNG.'
            raise Problem(422, 'decoding_too_slow', message) from None
        except Died:
            if self._is_stopping:
                raise stopping() from None
            message = 'The picture is damaged (its decoder crashed); save it again as a plain JPEG or PNG.'
            raise Problem(422, 'damaged_image', message) from None

    def _answer(self, order, picture, reads, found):
        """What the answer says of the regions, and of what was found."""
        regions = [
            region_answer(read.result, cut, order.attention, picture.num_pages > 1)
            for cut, read in zip(picture.cuts, reads, strict=True)
        ]
        return found_answer(found, regions, [read.result for read in reads]) if found else {'regions': regions}


def _milliseconds(seconds):
    return round(1000 * seconds, 3)
