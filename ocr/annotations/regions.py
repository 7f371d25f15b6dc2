"""What a reader yields for an annotation: a region of text, or one left out together with the reason."""

import numpy as np

from ocr.errors import InputError
from ocr.region import Dropped, DropReason, TextRegion

ILLEGIBLE_MARK = '###'


def judge_text(text):
    """DropReason of a text that nobody can learn from, or None: `###` marks what the annotators could not read."""
    stripped = text.strip()
    if not stripped:
        return DropReason.EMPTY
    if ILLEGIBLE_MARK in stripped:
        return DropReason.ILLEGIBLE if set(stripped) == {'#'} else DropReason.PARTLY
    return None


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
        return Dropped(image_path, reason, text, where, _polygon_or_none(points, where))
    return TextRegion(image_path, None if points is None else to_polygon(points, where), text, dataset)


def _polygon_or_none(points, where):
    """The polygon of a region that is left out; malformed points are no fault there."""
    try:
        return None if points is None else to_polygon(points, where)
    except InputError:
        return None


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
