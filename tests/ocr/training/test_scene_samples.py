"""Drawn scenes as photographs: crops to train on, whole ones to validate on."""

from dataclasses import replace

import numpy as np
import pytest
import tiny

from ocr.drawing import scan_fonts, stage
from ocr.drawing.material import prepare_recipe
from ocr.drawing.scenes.scene import draw_scene
from ocr.preprocessing.augment import AugmentSettings
from ocr.training import scene_samples
from ocr.training.detection_targets import TEXT
from ocr.training.photograph_dataflow import scene_source
from ocr.training.photograph_samples import CROPS, CropPreparer
from ocr.training.scene_samples import ScenePreparer, draw_held_out_scenes

FONTS = scan_fonts(tiny.FONT_DIR)[:3]


@pytest.fixture(scope='module')
def recipe():
    return replace(prepare_recipe('street', FONTS, charset=None), sizes=((240, 180),), num_words=(3, 6))


def crops():
    return CropPreparer(side=96, augment_settings=AugmentSettings(), seed=0, min_size=8)


def test_a_scene_is_drawn_once_for_the_crops_that_come_running(recipe, monkeypatch):
    drawn = []
    draw_scene = scene_samples.draw_scene
    monkeypatch.setattr(scene_samples, 'draw_scene', lambda *args: drawn.append(args[-1]) or draw_scene(*args))
    source = scene_source(recipe, FONTS, crops(), seed=0, growth=0)
    tasks = source.stream(0)
    samples = [source.prepare(next(tasks)) for _ in range(2 * CROPS)]
    assert drawn == [0, 1]
    assert {sample[0].shape for sample in samples} == {(96, 96, 3)}
    assert any(sample[1][..., TEXT].any() for sample in samples)


def test_worker_processes_that_draw_load_no_tensorflow(recipe):
    assert not tiny.loads_tensorflow(scene_source(recipe, FONTS, crops(), seed=0, growth=0).prepare, (0, 0))


def test_echo_cuts_more_crops_of_each_scene(recipe):
    tasks = scene_source(recipe, FONTS, crops(), seed=0, echo=3, growth=0).stream(0)
    assert [next(tasks)[0] for _ in range(6 * CROPS)] == [0] * (3 * CROPS) + [1] * (3 * CROPS)


@pytest.mark.parametrize('progress', [0, 0.02, 0.5])
def test_scenes_are_drawn_from_the_first_step_on(recipe, progress):
    easy = stage(recipe, progress)
    for kind in recipe.surfaces:
        draw_scene(replace(easy, surfaces={kind: 1.0}), FONTS, 0, 0)


def test_the_same_task_gives_the_same_sample(recipe):
    prepare = ScenePreparer(recipe, FONTS, crops(), seed=0, echo=CROPS)
    first = prepare((2, 9))
    prepare((3, 12))
    for one, other in zip(first, prepare((2, 9)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_held_out_scenes_are_photographs_with_labels(recipe):
    photographs, pictures = draw_held_out_scenes(recipe, FONTS, 0, 2)
    assert [photograph.image_path for photograph in photographs] == list(pictures)
    for photograph in photographs:
        assert pictures[photograph.image_path].shape == (180, 240, 3)
        assert all(region.text and len(region.polygon) >= 4 for region in photograph.regions)
    assert any(region.counts for photograph in photographs for region in photograph.regions)
