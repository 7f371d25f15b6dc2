"""A region of text in a photograph, or one left out together with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import numpy as np

from ocr.geometry import clip_box, polygon_area, polygon_box

MIN_AREA = 1e-3  # square pixels; below it an area is the rounding error of a line's
MIN_SIZE = 8  # pixels that a region measures at least on both sides; smaller text has no legible shapes


@dataclass(frozen=True, slots=True)
class TextRegion:
    """One piece of text in one photograph.

    Attributes:
        image_path: path of the photograph.
        polygon: float32 (K, 2), rows (x, y), pixels of the upright picture (EXIF rotation applied); None means the
            whole image, before its size is known.
        text: the true text.
        dataset: name of the dataset, as in `--train_datasets`.
    """

    image_path: str
    polygon: np.ndarray | None
    text: str
    dataset: str


class DropReason:
    """Why a region is left out: the words that count tables print, in the order of their columns."""

    ILLEGIBLE = 'illegible or ignored'
    PARTLY = 'partly ###'
    EMPTY = 'empty text'
    TOO_LONG = 'too long'
    UNKNOWN_CHARACTER = 'unknown character'
    TOO_SMALL = f'under {MIN_SIZE} px'
    DEGENERATE = 'degenerate polygon'
    UNREADABLE = 'unreadable image'
    MISSING = 'missing image'
    NO_TEXT = 'labelled as something else'

    ALL = (ILLEGIBLE, PARTLY, EMPTY, TOO_LONG, UNKNOWN_CHARACTER, TOO_SMALL, DEGENERATE, UNREADABLE, MISSING, NO_TEXT)


@dataclass(frozen=True, slots=True)
class Dropped:
    """One annotated region that is left out.

    Attributes:
        image_path: path of its photograph.
        reason: one of `DropReason.ALL`.
        text: its text as annotated.
        where: file and line or key of the annotation.
        polygon: float32 (K, 2), for who wants to find text, read or not; None for a whole image or malformed points.
    """

    image_path: str
    reason: str
    text: str
    where: str
    polygon: np.ndarray | None = None


def judge_polygon(polygon, width, height, min_size=MIN_SIZE):
    """DropReason of a polygon in a width x height image, or None.

    It is degenerate if a coordinate is not finite or it encloses no area, and too small if a side of its box, as far as
    the box lies inside the image, is under min_size pixels. Reaching over the image's edges is no fault in itself.
    """
    if not np.isfinite(polygon).all() or polygon_area(polygon) < MIN_AREA:
        return DropReason.DEGENERATE
    x0, y0, x1, y1 = clip_box(polygon_box(polygon), width, height)
    return DropReason.TOO_SMALL if min(x1 - x0, y1 - y0) < min_size else None


def by_photograph(regions, most) -> Iterator:
    """Yield lists of regions of one photograph that follow one another, `most` in a list."""
    for _, group in groupby(regions, lambda region: region.image_path):
        while part := list(islice(group, most)):
            yield part
