"""Finds the text of pictures for requests: worker processes decode them, one thread of the server looks for text."""

import asyncio
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from ocr.geometry import polygon_area, whole_image
from ocr.preprocessing.canvas import with_margin
from ocr.preprocessing.working_size import LONGER, shrink
from ocr.reading.lines import Line, in_reading_order
from ocr.reading.text_outlines import outline_to_give
from ocr.serving.picture import PreparedPicture

WORD_PIXELS = 250_000  # a picture of more is a photograph, however little text is in it
NO_ROOM = 'beyond the regions of one request'  # why something is not read, in `left_out`
WORD_SHARE = 0.3  # of a small picture: text that takes so much is all that is in it


@dataclass(frozen=True)
class Found:
    """What was found in a picture.

    Attributes:
        confidences: for each region; None for one that is a whole page.
        lines: list of lines.Line, members counting through the regions of all pages.
        left_out: Counter of what is not read, by reason.
        seconds: that looking for text took.
    """

    confidences: list
    lines: list
    left_out: Counter
    seconds: float


class Finder:
    """A detector that many requests share.

    Args:
        detector: reading.detector.Detector, or what stands in for it.
    """

    def __init__(self, detector):
        self._detector = detector
        self._thread = ThreadPoolExecutor(1, 'detector')

    @property
    def longer(self):
        """Pixels of the longer side of what is looked at, see preprocessing.working_size."""
        return getattr(self._detector, 'longer', LONGER)

    def warm_up(self):
        """Look at a black picture: a graph's first run takes far longer than the others."""
        self._thread.submit(self._detector.find, np.zeros((240, 320, 3), np.uint8)).result()

    async def find(self, pixels, size):
        """(FoundText, seconds) of pixels uint8 (h, w, 3), a picture of `size` shrunk. Who leaves takes no turn."""
        return await asyncio.wrap_future(self._thread.submit(self._timed, pixels, size))

    def find_now(self, image):
        """FoundText of an image uint8 (H, W, 3), which waits its turn; for threads."""
        turn = self._thread.submit(self._detector.find, shrink(image, self.longer), image.shape[1::-1])
        return turn.result()

    def close(self):
        """Finish what is looked at, and end the thread."""
        self._thread.shutdown(cancel_futures=True)

    def _timed(self, pixels, size):
        started = time.perf_counter()
        return self._detector.find(pixels, size), time.perf_counter() - started


async def find_and_prepare(finder, order, max_regions, canvas, show, prepare):
    """The text of an Order's picture, found and cut out: (PreparedPicture, Found).

    Args:
        finder: Finder.
        order: Order without polygons.
        max_regions: that are read, the largest first; how many more there are stands in `left_out`.
        canvas: Canvas of the model that reads.
        show: coroutine function of a page's number -> SeenPage.
        prepare: coroutine function of an Order -> PreparedPicture.
    """
    cuts, confidences, lines, left_out = [], [], [], Counter()
    looking, decoding, first = 0.0, 0.0, None
    page = last = order.page or 1
    while page <= last:
        seen = await show(page)
        first, last = first or seen, order.page or seen.num_pages
        text, seconds = await finder.find(seen.pixels, seen.size)
        looking, decoding = looking + seconds, decoding + seen.seconds
        regions, own_lines = _to_read(text, seen.size, max_regions - len(cuts), left_out)
        lines += [Line(tuple(len(cuts) + one for one in line.members), line.polygon) for line in own_lines]
        if regions:
            polygons = [] if regions == [None] else [outline_to_give(region.polygon, canvas) for region in regions]
            prepared = await prepare(replace(order, polygons=polygons, page=page))
            cuts += [
                replace(cut, polygon=region.polygon) if region else cut
                for cut, region in zip(prepared.cuts, regions, strict=True)
            ]
            decoding += prepared.seconds
            confidences += [region and region.confidence for region in regions]
        page += 1
    return PreparedPicture(*first.size, first.num_pages, cuts, decoding), Found(confidences, lines, left_out, looking)


def is_one_word(size, regions):
    """Whether a picture is a word cut out of a photograph: small, and filled by the one text that was found, if any.

    Args:
        size: (width, height), pixels.
        regions: list of FoundRegion.
    """
    pixels = size[0] * size[1]
    return pixels <= WORD_PIXELS and (
        not regions or (len(regions) == 1 and polygon_area(with_margin(regions[0].polygon)) >= WORD_SHARE * pixels)
    )


def _to_read(text, size, room, left_out):
    """(regions in reading order, lines) of a FoundText; [None] is the whole page. Counts what has no room."""
    left_out.update(text.left_out)
    whole = is_one_word(size, text.regions)
    regions = [None] if whole else text.regions  # the largest come first
    if len(regions) > room:
        left_out[NO_ROOM] += len(regions) - room
        regions = regions[:room]
    if whole:
        return regions, [Line((0,), whole_image(*size))] * len(regions)
    order, lines = in_reading_order([region.polygon for region in regions])
    return [regions[member] for member in order], lines
