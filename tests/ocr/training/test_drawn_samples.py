"""Drawn text as training samples: the same in any worker, harder with time, never what is held out."""

import pickle
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import tiny

from ocr.charset import Charset
from ocr.datasets.sources import recipe_name
from ocr.drawing import draw_sample, named_recipe, scan_fonts, stage
from ocr.drawing.fonts import Font
from ocr.drawing.held_out import draw_held_out
from ocr.errors import InputError
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.canvas import Canvas
from ocr.training.data_position import BEGINNING, PositionLog
from ocr.training.dataflow import UNDRAWABLE, SkipBroken, drawn_source
from ocr.training.drawn_samples import DrawnPreparer, drawn_stream
from ocr.training.samples import SamplePreparer

ROOT = Path(__file__).resolve().parents[3]
RECIPE = named_recipe('digits')
CHARSET = Charset.preset('digits')


@pytest.fixture(scope='module')
def fonts():
    return scan_fonts(ROOT / 'fonts')


def preparer(fonts, **options):
    prepare = SamplePreparer(CHARSET, canvas=Canvas(64, 'fit'), seq_len=6, augment_settings=AugmentSettings(), seed=3)
    return DrawnPreparer(RECIPE, fonts, prepare, seed=3, **options)


def equal(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(('spec', 'name'), [('synthetic:digits', 'digits'), ('lsvt', None), ('my=synthetic:x', None)])
def test_a_dataset_of_drawn_text_is_called_by_its_recipe(spec, name):
    assert recipe_name(spec) == name


def test_each_sample_comes_running_as_often_as_it_is_echoed():
    assert list(islice(drawn_stream(3), 7)) == [(0, 0), (0, 1), (0, 2), (1, 3), (1, 4), (1, 5), (2, 6)]
    assert list(islice(drawn_stream(3, start=5), 2)) == [(1, 5), (2, 6)]


def test_a_datapoint_depends_on_its_task_alone(fonts):
    prepare, tasks = preparer(fonts, echo=2, growth=8), list(islice(drawn_stream(2), 8))
    forwards = [prepare(task) for task in tasks]
    backwards = [pickle.loads(pickle.dumps(prepare))(task) for task in reversed(tasks)]
    assert all(map(equal, forwards, reversed(backwards)))


def test_an_echo_is_the_same_text_seen_otherwise(fonts):
    first, second, other = (preparer(fonts, echo=2)(task) for task in islice(drawn_stream(2), 3))
    assert CHARSET.decode(first[1]) == CHARSET.decode(second[1]) != CHARSET.decode(other[1])
    assert not np.array_equal(first[0], second[0])


def test_the_recipe_grows_with_the_draws_and_is_whole_in_the_end(fonts):
    prepare = preparer(fonts, echo=2, growth=100)
    assert prepare.recipe_at(0) == stage(RECIPE, 0.0)
    assert prepare.recipe_at(25) == stage(RECIPE, 0.5)
    assert prepare.recipe_at(50) is prepare.recipe_at(5000) is RECIPE
    assert preparer(fonts).recipe_at(0) is RECIPE


def test_held_out_samples_are_the_same_every_time_and_none_of_the_training(fonts):
    regions, images = draw_held_out(RECIPE, fonts, 3, 5)
    again, _ = draw_held_out(RECIPE, fonts, 3, 3)
    assert [region.text for region in regions[:3]] == [region.text for region in again]
    for region in regions:
        height, width = images[region.image_path].shape[:2]
        assert (region.polygon >= 0).all() and (region.polygon <= (width, height)).all()
    training = [preparer(fonts).prepare(images[r.image_path], r.polygon, r.text, 0) for r in regions]
    assert not any(equal(preparer(fonts)((i, i)), point) for i, point in enumerate(training))


def test_worker_processes_that_draw_load_no_tensorflow(fonts):
    assert not tiny.loads_tensorflow(drawn_source(RECIPE, fonts, preparer(fonts).prepare, seed=0).prepare, (0, 0))


class Failing(Exception):
    """What a font may raise."""


def test_a_sample_that_cannot_be_drawn_is_drawn_otherwise_named_and_counted(fonts, monkeypatch, caplog):
    broken, glyph = fonts[3], Font.glyph
    monkeypatch.setattr('ocr.drawing.undrawable._named', set())

    def fail(font, unit, size):
        if font == broken:
            raise Failing('raster overflow')
        return glyph(font, unit, size)

    monkeypatch.setattr(Font, 'glyph', fail)
    samples = [draw_sample(RECIPE, fonts, 0, index) for index in range(100)]
    assert broken.name not in {sample.font for sample in samples}
    number = sum(sample.num_failures for sample in samples)
    assert 0 < number < 20
    assert caplog.text.count(broken.path) == 1 and 'raster overflow' in caplog.text
    assert [sample.text for sample in samples[:5]] == [draw_sample(RECIPE, fonts, 0, i).text for i in range(5)]

    prepare, echo = preparer(fonts, echo=2), 2
    flow = SkipBroken([(i, prepare((i // echo, i))) for i in range(200)], 0, 3, PositionLog(BEGINNING))
    assert len(list(flow)) == 200 and flow.counts[UNDRAWABLE] > 0


def test_nothing_can_be_drawn(fonts, monkeypatch):
    def fail(*_):
        raise Failing('raster overflow')

    monkeypatch.setattr(Font, 'glyph', fail)
    with pytest.raises(
        InputError, match=r'recipe digits: 50 samples in a row could not be drawn; the last: .*overflow'
    ):
        draw_sample(RECIPE, fonts, 0, 0)
