import dataclasses
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from ink import ink_outside

from ocr.drawing import RECIPES, draw_sample, named_recipe, scan_fonts, stage
from ocr.drawing.colours import LUMINANCE
from ocr.drawing.corpus import CorpusLines
from ocr.drawing.draw import draw_pose, draw_size, draw_with_ink
from ocr.drawing.layout import SHAPES
from ocr.drawing.recipe import Effect
from ocr.drawing.sheet import CELL, draw_sheet
from ocr.drawing.texts import RandomText
from ocr.drawing.words import WordList
from ocr.errors import InputError

FONTS = scan_fonts(Path(__file__).resolve().parents[3] / 'fonts')
BY_NAME = {font.name: font for font in FONTS}
WORDS = named_recipe('words')


@pytest.mark.parametrize('name', RECIPES)
def test_samples_are_whole(name):
    """No missing glyph, no ink outside the polygon or at an edge, with any shape and look."""
    recipe = named_recipe(name)
    shapes = Counter()
    for index in range(150):
        sample, ink = draw_with_ink(recipe, FONTS, 7, index)
        shapes[sample.shape] += 1
        height, width, _ = sample.image.shape
        assert sample.image.dtype == np.uint8 and ink.shape == (height, width)
        assert 1 <= len(sample.text) <= recipe.max_length and sample.text == sample.text.strip()
        assert BY_NAME[sample.font].covers(sample.text)
        assert sample.polygon.dtype == np.float32 and len(sample.polygon) >= 4
        assert sample.polygon.min() >= 0 and (sample.polygon <= (width, height)).all()
        assert not ink_outside(sample.polygon, ink)
        assert not ink[[0, -1]].any() and not ink[:, [0, -1]].any()
    assert set(shapes) == set(recipe.shapes)


def test_letters_of_a_word_can_differ_and_stand_apart():
    even = dataclasses.replace(WORDS, effects={}, shapes={'straight': 1.0})
    uneven = {'small_capitals': (0.3, 0.3), 'tracking': (0.5, 0.5), 'dance': (1.0, 1.0)}
    effects = {name: Effect(1.0, *strengths) for name, strengths in uneven.items()}
    rng, other = np.random.default_rng(3), np.random.default_rng(3)
    before = draw_pose(even, 6, rng)
    after = draw_pose(dataclasses.replace(even, effects=effects), 6, other)
    assert (before.small_capitals, before.dance) == (1.0, ()) and after.small_capitals == 0.7
    assert after.spacing == before.spacing + 0.5
    turns, rises, sizes = np.array(after.dance).T
    assert len(turns) == 6 and 0 < np.abs(np.degrees(turns)).max() <= 15 and 0 < np.abs(rises).max() <= 0.12
    assert 0.8 <= sizes.min() < 1 < sizes.max() <= 1.25
    assert rng.random() == other.random()  # what is drawn afterwards stays as it is


@pytest.mark.parametrize('ground', ['plain', 'pattern', 'photo'])
def test_no_sample_is_blank(ground, tmp_path):
    """The letters stand out from what surrounds them, at the lowest contrast that the recipe knows."""
    cv2.imwrite(str(tmp_path / 'noise.png'), np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8))
    effects = {name: effect for name, effect in WORDS.effects.items() if name not in ('outline', 'shadow')}
    if ground != 'plain':
        effects[ground] = Effect(1.0, 0.5 if ground == 'pattern' else 0.0, 0.5)
    contrast = WORDS.contrast[0], WORDS.contrast[0] + 0.05
    recipe = dataclasses.replace(WORDS, effects=effects, contrast=contrast, photo_dir=str(tmp_path))
    for index in range(100):
        sample, ink = draw_with_ink(recipe, FONTS, 8, index)
        near = cv2.dilate(ink, np.ones((9, 9), np.uint8)) > cv2.dilate(ink, np.ones((3, 3), np.uint8))
        light = sample.image @ LUMINANCE
        assert abs(light[ink > 200].mean() - light[near & (ink == 0)].mean()) > 6, (index, sample.text)


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('length', [1, 2, 40])
def test_every_shape_takes_the_shortest_and_the_longest_text(shape, length):
    lengths = tuple(float(i == length) for i in range(1, length + 1))
    recipe = dataclasses.replace(WORDS, shapes={shape: 1.0}, lengths=lengths)
    sample, ink = draw_with_ink(recipe, FONTS, 1, length)
    assert len(sample.text) == length
    assert sample.shape == (shape if length >= SHAPES[shape] else 'straight')
    assert not ink_outside(sample.polygon, ink) and ink.max() > 200


@pytest.mark.parametrize('name', ['words', 'scene'])
def test_a_sample_depends_on_seed_and_index_alone(name):
    recipe = named_recipe(name)
    forwards = [draw_sample(recipe, FONTS, 3, index) for index in range(12)]
    for index in reversed(range(12)):
        again = draw_sample(recipe, FONTS, 3, index)
        assert (again.text, again.font, again.shape) == (
            forwards[index].text,
            forwards[index].font,
            forwards[index].shape,
        )
        np.testing.assert_array_equal(again.image, forwards[index].image)
        np.testing.assert_array_equal(again.polygon, forwards[index].polygon)
    others = {draw_sample(WORDS, FONTS, seed, index).text for seed, index in [(3, 0), (3, 1), (1, 3), (30, 0), (0, 3)]}
    assert len(others) == 5


def test_shapes_and_lengths_come_as_the_recipe_weighs_them():
    recipe = dataclasses.replace(WORDS, shapes={'straight': 1, 'wave': 3}, lengths=(0, 0, 0, 0, 0, 1))
    rng = np.random.default_rng(0)
    counts = Counter(draw_pose(recipe, 6, rng).shape for _ in range(800))
    assert counts['wave'] / 800 == pytest.approx(0.75, abs=0.05)
    recipe = dataclasses.replace(recipe, lengths=(0, 1, 0, 3), effects={}, shapes={'straight': 1})
    lengths = Counter(len(draw_sample(recipe, FONTS, 0, index).text) for index in range(200))
    assert set(lengths) == {2, 4} and lengths[4] / 200 == pytest.approx(0.75, abs=0.1)


@pytest.mark.parametrize(
    ('font_size', 'sizes'),
    [((33, 47), {36, 40, 44}), ((32, 40), {32, 36, 40}), ((40, 40), {40}), ((33, 34), {33}), ((9.5, 9.9), {9})],
)
def test_font_sizes_stay_in_their_range(font_size, sizes):
    rng = np.random.default_rng(0)
    assert {draw_size(font_size, rng) for _ in range(60)} == sizes


@pytest.mark.parametrize('name', ['words', 'scene'])
@pytest.mark.parametrize('progress', [0, 0.3, 1])
def test_every_stage_draws(name, progress):
    for index in range(10):
        sample = draw_sample(stage(named_recipe(name), progress), FONTS, 0, index)
        if progress == 0:
            assert sample.shape in ('straight', 'column', 'turned')
            assert len(sample.text) <= max(3, named_recipe(name).max_length // 3)


def test_a_font_without_the_character_is_not_used():
    recipe = dataclasses.replace(WORDS, texts=WordList(('\u0416\u0414',)))  # Cyrillic: few of the fonts have it
    names = {draw_sample(recipe, FONTS, 0, index).font for index in range(150)}
    assert names == {font.name for font in FONTS if font.covers('\u0416\u0414')} and len(names) < len(FONTS)


def test_text_that_no_font_has_is_an_error():
    with pytest.raises(InputError, match=r"none of the \d+ fonts has all characters of '永'.*fonts-noto-cjk"):
        draw_sample(dataclasses.replace(WORDS, texts=WordList(('永',))), FONTS, 0, 0)


def test_random_text_mixing_scripts_is_drawn_as_far_as_a_font_goes():
    recipe = dataclasses.replace(WORDS, texts=RandomText('ab永'), lengths=(1, 1, 1))
    assert set(''.join(draw_sample(recipe, FONTS, 0, index).text.lower() for index in range(20))) == set('ab')


def test_change_of_case_stays_inside_the_charset():
    recipe = dataclasses.replace(WORDS, characters=frozenset('abcD'), texts=WordList(('abc', 'd')), cases={'upper': 1})
    texts = {draw_sample(recipe, FONTS, 0, index).text for index in range(20)}
    assert texts == {'abc', 'D'}


def test_spaces_are_kept():
    source = CorpusLines(('to be or not',))
    recipe = dataclasses.replace(WORDS, texts=source, cases={'as is': 1}, lengths=(0,) * 11 + (1,))
    texts = {draw_sample(recipe, FONTS, 0, index).text for index in range(20)}
    assert 'to be or not' in texts


def test_turned_lines_run_up_or_down():
    recipe = dataclasses.replace(WORDS, shapes={'turned': 1.0}, lengths=(0,) * 7 + (1,), effects={})
    directions = Counter()
    for index in range(20):
        sample = draw_sample(recipe, FONTS, 0, index)
        assert sample.shape == 'turned' and sample.image.shape[0] > 1.5 * sample.image.shape[1]
        directions[sample.polygon[1][1] > sample.polygon[0][1]] += 1
    assert set(directions) == {True, False}


def test_plain_pictures_have_no_effects():
    recipe = dataclasses.replace(WORDS, effects={'noise': Effect(1.0, 20.0, 20.0)}, plain=0.5)
    corners = [draw_sample(recipe, FONTS, 0, index).image[:3, :3].std(axis=(0, 1)).max() for index in range(60)]
    assert 15 < sum(corner == 0 for corner in corners) < 45


@pytest.mark.parametrize(('count', 'rows'), [(1, 1), (8, 1), (9, 2)])
def test_contact_sheet_has_a_cell_for_each(count, rows):
    samples = [draw_sample(WORDS, FONTS, 0, index) for index in range(count)]
    sheet = draw_sheet(samples, FONTS)
    assert sheet.shape == (rows * CELL[1], 8 * CELL[0], 3)
    for i in range(count):
        cell = sheet[i // 8 * CELL[1] :, i % 8 * CELL[0] :][: CELL[1], : CELL[0]]
        assert cell[:-22].std() > 2 and cell[-22:].std() > 2
