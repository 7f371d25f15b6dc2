"""Text that a canvas of one area shows small is also read on a larger one."""

import dataclasses

import cv2
import numpy as np
import pytest
from stub_predictor import StubPredictor, maps_of, middle

from ocr.geometry import transform
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import place_region
from ocr.reading.augmented_predictor import AugmentedPredictor
from ocr.reading.char_positions import map_to_canvas
from ocr.reading.read_text import ReadText
from ocr.reading.region_views import RegionViews
from ocr.reading.views import AREA_VIEWS, LARGER, MAX_VIEWS, UNCHANGED, View

USUAL = Canvas(384, 'area', 6144)
LARGE = USUAL.times(LARGER)
ARC = np.array(
    [[0, 100], [60, 20], [150, 0], [240, 20], [300, 100], [280, 120], [225, 64], [150, 52], [75, 64], [20, 120]]
)


class Recorded(StubPredictor):
    """Reads the number of the reading, with attention on what is bright; trusts one reading more than the others."""

    canvas = USUAL
    with_bbox = has_attention = True

    def __init__(self, trusted=None):
        self.trusted = trusted
        self.seen = []

    def read(self, canvases, normalized_bboxes=None, with_alpha=False):
        return [self._read(canvas, with_alpha) for canvas in canvases]

    def _read(self, canvas, with_alpha):
        self.seen.append(canvas)
        number = len(self.seen)
        alpha = maps_of(canvas)
        alpha = alpha / alpha.sum() if with_alpha else None
        return ReadText(f'{number}', 0.6 if number == self.trusted else 0.1, (), alpha)


def photograph(width=300, height=120, spot=(225, 60)):
    """Black uint8 (height, width, 3) with a bright spot at (x, y)."""
    image = np.zeros((height, width, 3), np.uint8)
    cv2.circle(image, spot, 7, (250,) * 3, -1)
    return image


def batch(prepared):
    return prepared.canvas[None], prepared.normalized_bbox[None]


def test_canvases_are_prepared_for_the_largest_view_that_is_read():
    third = AREA_VIEWS.index(View(larger=True)) + 2
    assert AugmentedPredictor(Recorded(), third).canvas == LARGE
    assert AugmentedPredictor(Recorded(), third - 1).canvas == USUAL
    assert AugmentedPredictor(Recorded(), third, rotate=True).canvas == dataclasses.replace(LARGE, levels=True)
    for canvas in (Canvas(160, 'fit'), Canvas(256)):
        inner = Recorded()
        inner.canvas = canvas
        assert AugmentedPredictor(inner, MAX_VIEWS).canvas == canvas


def test_one_view_is_larger_and_the_others_are_on_the_usual_canvas():
    inner = Recorded()
    reader = AugmentedPredictor(inner, MAX_VIEWS)
    reader.read(*batch(place_region(photograph(), None, reader.canvas)))
    shapes = [canvas.shape for canvas in inner.seen]
    usual = place_region(photograph(), None, USUAL)
    for shape, view in zip(shapes, (UNCHANGED, *AREA_VIEWS), strict=True):
        assert np.prod(shape[:2]) <= (LARGE if view.larger else USUAL).area
        assert (shape == usual.canvas.shape) is not view.larger
    assert np.abs(np.int16(inner.seen[0]) - usual.canvas).mean() < 0.5  # interpolated once more


def test_a_tall_text_is_turned_on_the_larger_canvas_too():
    inner = Recorded(trusted=4)  # the first that was turned
    reader = AugmentedPredictor(inner, 3, rotate=True)
    reader.read(*batch(place_region(photograph(120, 300), None, reader.canvas)))
    tall = [canvas.shape[:2] for canvas in inner.seen[:3]]
    lying = [canvas.shape[:2] for canvas in inner.seen[3:]]
    assert tall[0] == tall[1] != tall[2]
    assert [shape[::-1] for shape in lying] == [tall[0], tall[0], tall[1], tall[2]]  # turned to either side at first


@pytest.mark.parametrize(('polygon', 'spot'), [(None, (225, 60)), (ARC, (150, 28))])
@pytest.mark.parametrize('number', range(1, MAX_VIEWS + 1))
def test_attention_of_every_view_lies_on_the_canvas_that_was_given(number, polygon, spot):
    reader = AugmentedPredictor(Recorded(trusted=number), MAX_VIEWS, settled=9)
    prepared = place_region(photograph(spot=spot), polygon, reader.canvas)
    (reading,) = reader.read(*batch(prepared), with_alpha=True)
    height, width = prepared.canvas.shape[:2]
    assert reading.text == f'{number}' and reading.alpha.shape == (1, height // 8, width // 8)
    np.testing.assert_allclose(reading.alpha.sum(), 1, rtol=1e-5)
    (found,) = transform([middle(reading.alpha[0])], map_to_canvas(reading.alpha.shape[1:], (height, width)))
    np.testing.assert_allclose(found, middle(prepared.canvas), atol=4)  # half a cell


def test_a_bent_text_keeps_its_share_of_the_pixels():
    prepared = place_region(photograph(), ARC, LARGE)
    assert prepared.canvas.shape[0] * prepared.canvas.shape[1] > LARGE.area
    canvas, _ = RegionViews(prepared.canvas, prepared.normalized_bbox, USUAL).show(UNCHANGED)
    directly = place_region(photograph(), ARC, USUAL).canvas
    assert USUAL.area < canvas.shape[0] * canvas.shape[1]
    assert 0.8 < canvas.size / directly.size < 1.25
