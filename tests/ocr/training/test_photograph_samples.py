"""Crops as training samples: the same with any number of workers, a photograph opened once for several of them."""

from itertools import islice

import numpy as np
import pytest
from streets import write_streets

from ocr.annotations import Source
from ocr.datasets.photographs import PhotographIndex, build_photograph_index
from ocr.preprocessing import prepare as preparing
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.prepare import Broken
from ocr.training.detection_targets import COUNTED, TEXT
from ocr.training.photograph_dataflow import CropStream, crop_dataflow, photograph_source
from ocr.training.photograph_samples import CROPS, CropPreparer, PhotographPreparer


@pytest.fixture(scope='module')
def index(tmp_path_factory):
    folder = write_streets(tmp_path_factory.mktemp('data') / 'streets', 3)
    build_photograph_index(Source.of('mine', folder), folder / 'index.jsonl')
    return PhotographIndex(folder / 'index.jsonl')


def preparer(**options):
    return CropPreparer(**{'side': 96, 'augment_settings': AugmentSettings(), 'seed': 1, 'min_size': 8, **options})


def test_a_sample_is_a_crop_and_its_maps(index):
    crop, maps = PhotographPreparer(index, preparer())((0, 5))
    assert (crop.shape, crop.dtype) == ((96, 96, 3), np.uint8)
    assert (maps.shape, maps.dtype) == ((96, 96, 4), np.uint8)


def test_most_samples_show_text(index):
    prepare = PhotographPreparer(index, preparer())
    assert np.mean([prepare((draw % 3, draw))[1][..., TEXT].any() for draw in range(40)]) > 0.7


def test_text_below_the_least_size_is_masked(index):
    prepare = PhotographPreparer(index, preparer(min_size=1000))
    maps = [prepare((draw % 3, draw))[1] for draw in range(10)]
    assert not np.any([one[..., TEXT] for one in maps])
    assert not np.all([one[..., COUNTED] for one in maps])


def test_a_photograph_is_opened_once_for_the_crops_that_come_running(index, monkeypatch):
    opened = []
    monkeypatch.setattr(
        'ocr.training.photograph_samples.read_or_broken',
        lambda path: opened.append(path) or preparing.read_or_broken(path),
    )
    prepare = PhotographPreparer(index, preparer())
    for task in islice(CropStream(np.arange(3), seed=0), 3 * CROPS):
        prepare(task)
    assert len(opened) == 3


@pytest.mark.parametrize('start', range(9))
def test_the_stream_goes_on_from_anywhere(start):
    whole = list(islice(CropStream(np.arange(5), seed=3), 40))
    assert [draw for _, draw in whole] == list(range(40))
    assert list(islice(CropStream(np.arange(5), seed=3, start=start), 40 - start)) == whole[start:]
    for first in range(0, 40, CROPS):
        assert len({position for position, _ in whole[first : first + CROPS]}) == 1


def test_a_photograph_that_cannot_be_read_is_said(index, tmp_path):
    folder = write_streets(tmp_path / 'streets', 1)
    build_photograph_index(Source.of('mine', folder), folder / 'index.jsonl')
    (folder / '0.png').write_bytes(b'no picture')
    assert isinstance(PhotographPreparer(PhotographIndex(folder / 'index.jsonl'), preparer())((0, 0)), Broken)


def test_batches_do_not_depend_on_the_workers(index):
    def batch(num_workers):
        source = photograph_source(index, np.arange(3), preparer(), seed=0)
        flow, _ = crop_dataflow([source], batch_size=2, seed=0, num_workers=num_workers)
        flow.reset_state()
        return next(iter(flow))

    images, maps = batch(1)
    assert (images.shape, images.dtype, images.max() <= 1) == ((2, 96, 96, 3), np.float32, True)
    assert (maps.shape, maps.dtype) == ((2, 96, 96, 4), np.uint8)
    for one, other in zip((images, maps), batch(2), strict=True):
        np.testing.assert_array_equal(one, other)
