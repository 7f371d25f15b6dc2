"""Readings for the tests of the error report."""

from ocr.evaluation.scores import Reading
from ocr.geometry import whole_image


def reading(truth, text=None, confidence=0.5, *, image='a.png', polygon=None, dataset='one', char_confidences=()):
    """A Reading; right if no text is given."""
    polygon = whole_image(100, 20) if polygon is None else polygon
    return Reading(image, polygon, dataset, truth, truth if text is None else text, confidence, tuple(char_confidences))
