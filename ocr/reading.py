"""Regions -> text: images are prepared in threads while the graph runs; results come in order, memory stays bounded."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice

import numpy as np

from ocr.parallel import map_in_order, num_cores
from ocr.prepare import Broken, InferencePreparer

_GROUP = 16  # regions of one photograph that are prepared together, at most


def read_regions(predictor, regions, *, batch_size, num_workers=0, with_alpha=False, full_length=False) -> Iterator:
    """Read text regions, those of one photograph best one after another: it is decoded once for them.

    Args:
        predictor: Predictor.
        regions: iterable of TextRegion.
        batch_size: N.
        num_workers: threads that prepare images; 0 is one for each core.
        with_alpha, full_length: see Predictor.read.

    Yields:
        (region, canvas uint8 (S, S, 3) or None, ReadText or Broken), in the order of `regions`.
    """
    num_workers = num_workers or num_cores()
    window = num_workers + 2 * -(-batch_size // _GROUP)
    with ThreadPoolExecutor(num_workers) as pool:
        prepared = _prepare(predictor.canvas_side, regions, pool, window)
        while batch := list(islice(prepared, batch_size)):
            yield from _read_batch(predictor, batch, with_alpha, full_length)


def canvas_batches(regions, canvas_side, *, batch_size, num_workers=0) -> Iterator:
    """Prepare regions in threads and batch what could be read.

    Yields:
        (list of TextRegion, canvases uint8 (N, S, S, 3), normalized_bboxes float32 (N, 4)).
    """
    num_workers = num_workers or num_cores()
    with ThreadPoolExecutor(num_workers) as pool:
        prepared = _prepare(canvas_side, regions, pool, num_workers + 2 * -(-batch_size // _GROUP))
        readable = ((region, *result) for region, result in prepared if not isinstance(result, Broken))
        while batch := list(islice(readable, batch_size)):
            batch_regions, canvases, bboxes = zip(*batch, strict=True)
            yield list(batch_regions), np.stack(canvases), np.stack(bboxes)


def _prepare(canvas_side, regions, pool, window):
    """(region, (canvas, normalized_bbox) or Broken) for each region."""
    groups = (list(part) for _, group in groupby(regions, lambda region: region.image_path) for part in _parts(group))
    prepare = InferencePreparer(canvas_side)
    for group, results in map_in_order(lambda group: (group, prepare(group)), groups, pool, window):
        yield from zip(group, results, strict=True)


def _parts(group):
    while part := list(islice(group, _GROUP)):
        yield part


def _read_batch(predictor, batch, with_alpha, full_length):
    readable = [result for _, result in batch if not isinstance(result, Broken)]
    texts = iter(())
    if readable:
        canvases, bboxes = (np.stack(column) for column in zip(*readable, strict=True))
        texts = iter(predictor.read(canvases, bboxes, with_alpha=with_alpha, full_length=full_length))
    for region, result in batch:
        if isinstance(result, Broken):
            yield region, None, result
        else:
            yield region, result[0], next(texts)
