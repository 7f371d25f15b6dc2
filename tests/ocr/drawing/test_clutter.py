import dataclasses
from pathlib import Path

import numpy as np
import pytest
from ink import ink_outside

from ocr.drawing import named_recipe, scan_fonts
from ocr.drawing.draw import draw_layers
from ocr.drawing.layout import SHAPES
from ocr.drawing.recipe import Effect

FONTS = scan_fonts(Path(__file__).resolve().parents[3] / 'fonts')
ALWAYS = {'clutter': Effect(1.0, 1.0, 1.0), 'marks': Effect(1.0, 1.0, 1.0)}
CROWDED = dataclasses.replace(named_recipe('words'), effects=ALWAYS, margin=(0.4, 1.0), tilt=15.0)


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('perspective', [0.0, 0.8])
def test_clutter_lies_outside_the_text(shape, perspective):
    effects = {**ALWAYS, 'perspective': Effect(1.0, perspective, perspective)}
    recipe = dataclasses.replace(CROWDED, effects=effects, shapes={shape: 1.0})
    seen = 0
    for index in range(8):
        sample, ink, clutter = draw_layers(recipe, FONTS, 5, index)
        assert clutter.shape == ink.shape and clutter.dtype == np.uint8
        assert not _touches(sample.polygon, clutter)
        assert not ink_outside(sample.polygon, ink), 'the mask is the ink of the text alone'
        seen += (clutter > 127).sum() / (ink > 127).sum()
    assert seen / 8 > 0.1


def _touches(polygon, clutter):
    """True if the centre of a pixel with clutter lies inside the polygon: even-odd rule, along rows."""
    y, x = np.argwhere(clutter).T + 0.5
    crossings = np.zeros(len(x), int)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        across = (y0 <= y) != (y1 <= y)
        crossings += across & (x < x0 + (y - y0) / (y1 - y0 if y1 != y0 else 1) * (x1 - x0))
    return bool((crossings % 2).any())


def test_clutter_leaves_the_text_as_it_is():
    bare = dataclasses.replace(CROWDED, effects={})
    for index in range(5):
        with_clutter, without = (draw_layers(recipe, FONTS, 6, index) for recipe in (CROWDED, bare))
        np.testing.assert_array_equal(with_clutter[1], without[1])
        np.testing.assert_array_equal(with_clutter[0].polygon, without[0].polygon)
        assert without[2] is None and (with_clutter[0].image != without[0].image).any()
