"""Whole photographs with every region of text in them, also those that a recogniser leaves out: what a detector wants.

An index as of datasets.index, a photograph a line:

    {"image": ..., "dataset": ..., "regions": [{"polygon": [[x, y], ...], "text": ..., "reason": ...}, ...]}

`reason` is why a recogniser would leave the region out, absent if it would not. Building keeps the regions of a
dataset in memory, since an annotation file may name a photograph in many places: some hundred bytes each.
"""

import functools
import json
import os
from dataclasses import dataclass

import numpy as np

from ocr.charset import normalize
from ocr.datasets.counts import KEPT
from ocr.datasets.index import RegionIndex, build_index
from ocr.datasets.judging import ImageSizes, rounded
from ocr.errors import InputError
from ocr.preprocessing.image_header import upright_size
from ocr.region import MIN_SIZE, Dropped, DropReason, judge_polygon

WITHOUT_PLACE = 'without a polygon'  # a whole image, or malformed points of text that nobody could read
UNCOUNTED = (DropReason.ILLEGIBLE, DropReason.TOO_SMALL)  # text, but nobody could say so: neither right nor wrong


@dataclass(frozen=True, slots=True)
class LabelledRegion:
    """Text in a photograph.

    Attributes:
        polygon: float32 (K, 2), pixels of the upright photograph.
        text: as annotated; may be empty.
        reason: DropReason for which a recogniser would leave it out, or None.
    """

    polygon: np.ndarray
    text: str
    reason: str | None = None

    @property
    def counts(self):
        """Whether it is to be found: text that nobody could read, or too small to, is neither wanted nor wrong."""
        return self.reason not in UNCOUNTED


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph and all labelled text in it, a tuple of LabelledRegion."""

    image_path: str
    dataset: str
    regions: tuple


class PhotographIndex(RegionIndex):
    """Random access to the photographs of one or more index files, as RegionIndex is to regions."""

    STRINGS = 'image', 'dataset'

    def _of_record(self, record):
        """The Photograph of a line."""
        regions = [
            LabelledRegion(np.array(one['polygon'], np.float32).reshape(-1, 2), one['text'], one.get('reason'))
            for one in record['regions']
        ]
        return Photograph(record['image'], record['dataset'], tuple(regions))


def build_photograph_index(source, index_path, min_size=MIN_SIZE, progress=None):
    """As index.build_index, with photographs; the counts are of regions.

    Raises:
        InputError: besides, if the labels cover whole images: there is nothing to find in word crops.
    """
    to_lines = functools.partial(photograph_lines, name=source.name)
    return build_index(source, index_path, min_size, progress, to_lines=to_lines)


def photograph_lines(regions, min_size, counts, progress, look=upright_size, *, name):
    """Yields the index's line, bytes, of each photograph that can be opened; see judging.region_lines."""
    photographs, num_whole = {}, 0
    for region in regions:
        num_whole += region.polygon is None
        photographs.setdefault(region.image_path, []).append(region)
        progress(1)
    if num_whole and num_whole == sum(map(len, photographs.values())):
        raise InputError(
            f'{name}: these labels cover whole images: nothing to find; a detector wants photographs with a polygon '
            'around each text'
        )
    sizes = ImageSizes(look)
    for image_path, in_photograph in photographs.items():
        size, fault = sizes.of(image_path)
        if fault:
            counts[fault] = counts.get(fault, 0) + len(in_photograph)
            continue
        judged = [_judge(region, size, min_size) for region in in_photograph]
        for record, reason in judged:
            counted = KEPT if record and not reason else reason
            counts[counted] = counts.get(counted, 0) + 1
        records = [record for record, _ in judged if record]
        line = {'image': os.path.abspath(image_path), 'dataset': name, 'regions': records}
        yield (json.dumps(line, ensure_ascii=False) + '\n').encode('utf-8', 'surrogatepass')


def _judge(region, size, min_size):
    """(record of the index or None, DropReason or None) of an annotated region in a photograph of (width, height)."""
    polygon, reason = region.polygon, region.reason if isinstance(region, Dropped) else None
    if reason == DropReason.NO_TEXT:
        return None, reason
    if polygon is None:
        return None, WITHOUT_PLACE
    fault = judge_polygon(polygon, *size, min_size)
    if fault == DropReason.DEGENERATE:
        return None, fault
    if reason != DropReason.ILLEGIBLE:
        reason = fault or reason
    record = {'polygon': rounded(polygon), 'text': normalize(region.text)}
    return ({**record, 'reason': reason} if reason else record), reason
