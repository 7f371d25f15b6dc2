"""What views show of one region, whose canvas may be larger than the one that most of them are read on."""

import dataclasses

from ocr.geometry import box_polygon, homogeneous
from ocr.preprocessing.prepare import place_region
from ocr.reading.views import LARGER, in_pixels, moved_attention, on_canvas, show


class RegionViews:
    """Views of a region."""

    def __init__(self, canvas, normalized_bbox, usual=None):
        """
        Args:
            canvas: uint8 (h, w, 3), RGB.
            normalized_bbox: float32 (4,), (top, left, height, width) of the text; None if it fills the canvas.
            usual: Canvas of views that are not larger, if this one has LARGER times its pixels.
        """
        self._given = canvas, normalized_bbox
        self._usual, self._to_given = (self._given, None) if usual is None else self._placed(usual)

    def show(self, view):
        """Canvas and box as views.show gives them."""
        return show(view, *self._source(view))

    def on_given(self, view, reading):
        """A ReadText of a view with its attention on the canvas that was given; each map on it sums to 1."""
        canvas, normalized_bbox = self._source(view)
        reading = on_canvas(view, reading, canvas.shape[:2], normalized_bbox)
        if reading.alpha is None or self._to_given is None or view.larger:
            return reading
        alpha = moved_attention(reading.alpha, canvas.shape[:2], self._to_given, self._given[0].shape[:2])
        return dataclasses.replace(reading, alpha=alpha)

    def _source(self, view):
        return self._given if view.larger else self._usual

    def _placed(self, usual):
        """The text on the usual canvas, as (canvas, box), and the matrix (3, 3) from there to the one given."""
        canvas, normalized_bbox = self._given
        height, width = canvas.shape[:2]
        bent = max(1, height * width / (LARGER * usual.area))  # Canvas.around made it so much larger
        top, left, text_height, text_width = in_pixels(normalized_bbox, (height, width))
        box = box_polygon((left, top, left + text_width, top + text_height))
        placed = place_region(canvas, box, usual.times(bent))
        box = None if normalized_bbox is None else placed.normalized_bbox
        return (placed.canvas, box), homogeneous(placed.to_photograph)
