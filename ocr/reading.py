"""Regions -> text: images are prepared in threads while the graph runs; results come in order, memory stays bounded."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, groupby, islice

import numpy as np

from ocr.parallel import map_in_order, num_cores
from ocr.prepare import Broken, InferencePreparer

_GROUP = 16  # regions of one photograph that are prepared together, at most
_BATCHES_AHEAD = 8  # batches among which canvases of one shape are looked for

logger = logging.getLogger(__name__)


def read_regions(predictor, regions, *, batch_size, num_workers=0, with_alpha=False, full_length=False) -> Iterator:
    """Read text regions, those of one photograph best one after another: it is decoded once for them.

    Args:
        predictor: Predictor.
        regions: iterable of TextRegion.
        batch_size: N.
        num_workers: threads that prepare images; 0 is one for each core.
        with_alpha, full_length: see Predictor.read.

    Yields:
        (region, canvas uint8 (h, w, 3) or None, ReadText or Broken), in the order of `regions`.
    """
    prepare = InferencePreparer(predictor.canvas_side, predictor.fits)
    ahead = batch_size * (_BATCHES_AHEAD if predictor.fits else 1)
    with _prepared(regions, prepare, batch_size, num_workers) as prepared:
        while window := list(islice(prepared, ahead)):
            texts = _read_window(predictor, window, batch_size, with_alpha, full_length)
            for (region, result), text in zip(window, texts, strict=True):
                yield region, None if isinstance(result, Broken) else result[0], text


def canvas_batches(regions, prepare, *, batch_size, num_workers=0) -> Iterator:
    """Prepare regions in threads and batch what could be read, canvases of one shape together; the rest is logged.

    Args:
        regions: iterable of TextRegion.
        prepare: InferencePreparer.

    Yields:
        (list of TextRegion, canvases uint8 (N, h, w, 3), normalized_bboxes float32 (N, 4)); the last of a shape
        are fewer.
    """
    buckets = defaultdict(list)
    with _prepared(regions, prepare, batch_size, num_workers) as prepared:
        for region, result in prepared:
            if isinstance(result, Broken):
                logger.warning('left out: %s', result.message)
                continue
            bucket = buckets[result[0].shape]
            bucket.append((region, *result))
            if len(bucket) == batch_size:
                yield _stacked(bucket)
                bucket.clear()
    yield from (_stacked(bucket) for bucket in buckets.values() if bucket)


@contextmanager
def _prepared(regions, prepare, batch_size, num_workers):
    """An iterator over (region, (canvas, normalized_bbox) or Broken), made in threads ahead of its use."""
    num_workers = num_workers or num_cores()
    groups = (part for _, group in groupby(regions, lambda region: region.image_path) for part in _parts(group))
    with ThreadPoolExecutor(num_workers) as pool:
        results = map_in_order(
            lambda group: list(zip(group, prepare(group), strict=True)), groups, pool, num_workers + 2 * batch_size
        )
        try:
            yield chain.from_iterable(results)
        finally:
            pool.shutdown(cancel_futures=True)


def _parts(group):
    while part := list(islice(group, _GROUP)):
        yield part


def _stacked(bucket):
    regions, canvases, bboxes = zip(*bucket, strict=True)
    return list(regions), np.stack(canvases), np.stack(bboxes)


def _read_window(predictor, window, batch_size, with_alpha, full_length):
    """ReadText or Broken for each of a window's regions, read in batches of one shape."""
    texts = [result for _, result in window]  # Broken stay as they are
    by_shape = defaultdict(list)
    for place, result in enumerate(texts):
        if not isinstance(result, Broken):
            by_shape[result[0].shape].append(place)
    for places in by_shape.values():
        for start in range(0, len(places), batch_size):
            batch = places[start : start + batch_size]
            canvases, bboxes = (np.stack(column) for column in zip(*(window[place][1] for place in batch), strict=True))
            read = predictor.read(canvases, bboxes, with_alpha=with_alpha, full_length=full_length)
            for place, text in zip(batch, read, strict=True):
                texts[place] = text
    return texts
