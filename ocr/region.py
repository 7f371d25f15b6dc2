"""What every annotation reader yields: a region of text, or one left out together with the reason."""

from dataclasses import dataclass

import numpy as np

from ocr.errors import InputError
from ocr.geometry import clip_box, polygon_area, polygon_box, whole_image

ILLEGIBLE_MARK = '###'
MIN_AREA = 1e-3  # square pixels; below it an area is the rounding error of a line's


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
    TOO_SMALL = 'under 8 px'
    DEGENERATE = 'degenerate polygon'
    UNREADABLE = 'unreadable image'
    MISSING = 'missing image'

    ALL = (ILLEGIBLE, PARTLY, EMPTY, TOO_LONG, UNKNOWN_CHARACTER, TOO_SMALL, DEGENERATE, UNREADABLE, MISSING)


@dataclass(frozen=True, slots=True)
class Dropped:
    """One annotated region that is left out.

    Attributes:
        image_path: path of its photograph.
        reason: one of `DropReason.ALL`.
        text: its text as annotated.
        where: file and line or key of the annotation.
    """

    image_path: str
    reason: str
    text: str
    where: str


def judge_text(text):
    """DropReason of a text that nobody can learn from, or None: `###` marks what the annotators could not read."""
    stripped = text.strip()
    if not stripped:
        return DropReason.EMPTY
    if ILLEGIBLE_MARK in stripped:
        return DropReason.ILLEGIBLE if set(stripped) == {'#'} else DropReason.PARTLY
    return None


def judge_polygon(polygon, width, height, min_size=8):
    """DropReason of a polygon in a width x height image, or None.

    It is degenerate if a coordinate is not finite or it encloses no area, and too small if a side of its box, as far as
    the box lies inside the image, is under min_size pixels. Reaching over the image's edges is no fault in itself.
    """
    if not np.isfinite(polygon).all() or polygon_area(polygon) < MIN_AREA:
        return DropReason.DEGENERATE
    x0, y0, x1, y1 = clip_box(polygon_box(polygon), width, height)
    return DropReason.TOO_SMALL if min(x1 - x0, y1 - y0) < min_size else None


def judge(region, width, height, min_size=8):
    """DropReason of a TextRegion in its upright image of width x height pixels, or None if it is fit for use."""
    polygon = whole_image(width, height) if region.polygon is None else region.polygon
    return judge_text(region.text) or judge_polygon(polygon, width, height, min_size)


def region_or_dropped(image_path, text, points, dataset, where, ignored=False):
    """What a reader yields for one annotated region.

    Args:
        image_path: path of the photograph.
        text: the text as annotated.
        points: [[x, y], ...] or [x1, y1, x2, y2, ...] as annotated, or None for the whole image.
        dataset: name of the dataset.
        where: file and line or key, for messages.
        ignored: the annotation flags the region as illegible or to be ignored.

    Raises:
        InputError: text is no string or points are no points.
    """
    if not isinstance(text, str):
        raise InputError(f'{where}: the text should be a string, found {text!r}')
    reason = DropReason.ILLEGIBLE if ignored else judge_text(text)
    if reason:
        return Dropped(image_path, reason, text, where)
    return TextRegion(image_path, None if points is None else to_polygon(points, where), text, dataset)


def to_polygon(points, where):
    """[[x, y], ...] or [x1, y1, x2, y2, ...] -> float32 (K, 2); InputError naming `where` for anything else."""
    try:
        with np.errstate(over='ignore'):
            polygon = np.asarray(points, np.float64).astype(np.float32)
    except (TypeError, ValueError, OverflowError):
        polygon = np.empty((0, 1))
    if polygon.ndim == 1 and polygon.size % 2 == 0:
        return polygon.reshape(-1, 2)
    if polygon.ndim == 2 and polygon.shape[1] == 2:
        return polygon
    raise InputError(f'{where}: points should be [[x, y], ...] or [x1, y1, x2, y2, ...], found {str(points)[:60]}')
