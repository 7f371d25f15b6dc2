"""Lines three times as long as the model can write, drawn, and read by the shipped model."""

import dataclasses

import numpy as np
import pytest
import tiny
from PIL import Image

from ocr.drawing.draw import draw_sample
from ocr.drawing.fonts import scan_fonts
from ocr.drawing.recipe import Recipe
from ocr.metrics import normalized_edit_similarity
from ocr.preprocessing.prepare import Broken
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.long_text.read_windows import read_long_regions
from ocr.reading.regions import read_regions
from ocr.region import TextRegion

WORDS = [
    'station',
    'hotel',
    'museum',
    'market',
    'garden',
    'street',
    'bridge',
    'theatre',
    'coffee',
    'library',
    'window',
    'morning',
    'summer',
    'winter',
]
NUM_LINES = 6


class Lines:
    """A source of texts: words in a row, cut to the length."""

    def draw(self, rng, length):
        return ' '.join(rng.choice(WORDS, length // 3))[:length].rstrip()


@pytest.fixture(scope='module')
def predictor():
    return GraphPredictor.from_pb(str(tiny.ROOT / 'pretrain' / 'latin.pb'))


@pytest.fixture(scope='module')
def lines(predictor, tmp_path_factory):
    """Lines as TextRegion, each three times as long as the model can write."""
    folder, length = tmp_path_factory.mktemp('lines'), 3 * (predictor.num_steps - 1)
    recipe = Recipe('lines', Lines(), (0,) * (length - 1) + (1,), {'straight': 1}, font_size=(28, 40), tilt=2.0)
    recipe = dataclasses.replace(recipe, contrast=(0.5, 1.0))
    fonts = tuple(font for font in scan_fonts(tiny.FONT_DIR) if 'Sans' in font.name or 'Serif' in font.name)
    regions = []
    for number in range(NUM_LINES):
        sample = draw_sample(recipe, fonts, 5, number)
        Image.fromarray(sample.image).save(folder / f'{number}.png')
        regions.append(TextRegion(str(folder / f'{number}.png'), sample.polygon, sample.text, 'lines'))
    assert min(len(region.text) for region in regions) > length - 10
    return regions


def similarity(results):
    return np.mean([normalized_edit_similarity(region.text, result.text) for region, _, result in results])


def test_lines_three_times_too_long_are_read_in_windows(predictor, lines):
    without = list(read_regions(predictor, lines, batch_size=8))
    results = list(read_long_regions(predictor, lines, window_aspect=4.0, batch_size=8))
    assert similarity(without) < 0.3 and similarity(results) > 0.85
    assert [region for region, _, _ in results] == lines
    for _, prepared, result in results:
        assert len(result.text) > predictor.num_steps and len(result.char_confidences) == len(result.text)
        assert 0 <= result.confidence <= 1 and result.alpha is None and prepared.canvas.ndim == 3


def test_short_and_broken_regions_among_long_ones_keep_their_places(predictor, lines, tmp_path):
    tiny.draw_word('GARDEN').save(tmp_path / 'short.png')
    Image.new('RGB', (600, 20)).save(tmp_path / 'cut.png')
    tiny.cut_off(tmp_path / 'cut.png')
    short, broken, missing = (
        TextRegion(str(tmp_path / name), None, '', '') for name in ('short.png', 'cut.png', 'missing.png')
    )
    regions = [short, lines[0], broken, missing, lines[1], short]
    results = list(read_long_regions(predictor, regions, window_aspect=4.0, batch_size=3, num_workers=2))
    assert [region.image_path for region, _, _ in results] == [region.image_path for region in regions]
    assert [isinstance(result, Broken) for _, _, result in results] == [False, False, True, True, False, False]
    (greedy,) = read_regions(predictor, [short], batch_size=1)
    assert results[0][2].text == results[-1][2].text == greedy[2].text
    alone = list(read_long_regions(predictor, lines[:2], window_aspect=4.0, batch_size=8))
    assert [result.text for _, _, result in alone] == [results[1][2].text, results[4][2].text]
