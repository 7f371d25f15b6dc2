"""The crop cache gives the pictures of the photographs, and is not used if it would give others."""

import json
import logging
import os
import pickle
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from crops import LARGE, OVER, SIDE, SMALL, TALL, write_index

from ocr.charset import Charset
from ocr.datasets.counts import KEPT
from ocr.datasets.crop_cache import ENDING, FORMAT, CropCache, cache_path, find_crops, needed_crops
from ocr.datasets.crop_making import build_cache
from ocr.datasets.index import RegionIndex
from ocr.errors import InputError
from ocr.preprocessing.augment import WIDE, AugmentSettings
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import Broken
from ocr.region import DropReason
from ocr.training.samples import SamplePreparer, TrainingPreparer

PLACES = AugmentSettings(rotation_prob=1, shear_prob=1, perspective_prob=1, margin_prob=0.5, margin=0.4)


@pytest.fixture
def make_index(tmp_path):
    """Function as crops.write_index, in a folder of the test's own."""
    return partial(write_index, tmp_path)


def preparer(index, crops=None, settings=PLACES, kind='square'):
    sample = SamplePreparer(
        Charset('0123456789'), canvas=Canvas(SIDE, kind, 2048), seq_len=2, augment_settings=settings, seed=0
    )
    return TrainingPreparer(index, sample, crops)


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
def test_pictures_are_those_of_the_photographs(make_index, kind):
    path = make_index(('a.png', LARGE), ('b.png', SMALL), ('a.png', OVER), ('b.png', TALL))
    assert build_cache(path, canvas=Canvas(SIDE, kind, 2048), margin=PLACES.margin) == {KEPT: 4}
    index = RegionIndex(path)
    crops = find_crops(index, Canvas(SIDE, kind, 2048), PLACES.margin)
    uncached, cached = preparer(index, kind=kind), preparer(index, crops, kind=kind)
    for task in ((position, draw) for position in range(4) for draw in range(25)):
        (canvas, *others), (same_canvas, *same_others) = uncached(task), cached(task)
        assert all((one == same).all() for one, same in zip(others, same_others, strict=True))
        assert canvas.shape == same_canvas.shape
        differences = np.abs(canvas.astype(int) - same_canvas)[canvas.any(axis=2)]
        assert differences.mean() < 4, task
        assert (canvas.any(axis=2) == same_canvas.any(axis=2)).mean() > 0.99, task


def test_effects_are_those_of_the_photographs(make_index):
    settings = AugmentSettings(**{field.name: 1 for field in fields(AugmentSettings) if field.name.endswith('_prob')})
    path = make_index(('b.png', SMALL))
    build_cache(path, canvas=Canvas(SIDE), margin=settings.margin)
    index = RegionIndex(path)
    tasks = [(0, draw) for draw in range(25)]
    uncached, cached = preparer(index, settings=settings), preparer(index, CropCache(index), settings)
    differences = [np.abs(uncached(task)[0].astype(int) - cached(task)[0]).mean() for task in tasks]
    assert np.median(differences) < 4  # a strong contrast may lift the JPEG's errors


def test_a_crop_has_no_more_pixels_than_the_canvas_can_use(make_index):
    path = make_index(('a.png', LARGE), ('a.png', SMALL), ('a.png', TALL))
    build_cache(path, canvas=Canvas(SIDE), margin=0)
    crops = CropCache(RegionIndex(path))
    assert max(crops.read(0).pixels.shape[:2]) <= 2 * SIDE
    assert crops.read(1).pixels.shape[:2] == (25 + 4, 42 + 4)
    assert crops.read(1).matrix.tolist() == [[1, 0, -18], [0, 1, -288]]


def test_what_cannot_be_read_is_counted_and_read_as_before(make_index, tmp_path, caplog):
    (tmp_path / 'bad.png').write_bytes(b'no image')
    path = make_index(('bad.png', SMALL), ('a.png', SMALL), ('bad.png', LARGE), ('gone.png', SMALL))
    (tmp_path / 'gone.png').unlink()
    counts = build_cache(path, canvas=Canvas(SIDE), margin=0)
    assert counts == {KEPT: 1, DropReason.UNREADABLE: 2, DropReason.MISSING: 1}
    assert sum('left out: ' in record.getMessage() for record in caplog.records) == 2
    index = RegionIndex(path)
    prepare = preparer(index, find_crops(index, Canvas(SIDE), 0), AugmentSettings())
    results = [prepare((position, 0)) for position in range(4)]
    assert [isinstance(result, Broken) for result in results] == [True, False, True, True]
    assert results[3].reason == DropReason.MISSING


def test_datasets_with_and_without_a_cache_stand_side_by_side(make_index, caplog):
    places = [('x', SMALL), ('y', TALL), ('z', OVER)]
    first, second, third = (make_index(('a.png', place), name=name) for name, place in places)
    build_cache(first, canvas=Canvas(SIDE), margin=0)
    build_cache(third, canvas=Canvas(SIDE), margin=0)
    with caplog.at_level(logging.INFO):
        crops = find_crops(RegionIndex([first, second, third]), Canvas(SIDE), 0)
    (record,) = caplog.records
    assert record.getMessage() == f'reading {cache_path(first)}, photographs of {second}, {cache_path(third)}'
    assert crops.read(0).matrix[0, 2] == -18 and crops.read(1) is None and crops.read(2).matrix[0, 2] < -500
    copy = pickle.loads(pickle.dumps(crops))
    assert (copy.read(2).pixels == crops.read(2).pixels).all()


def test_without_a_cache_there_are_no_crops(make_index):
    assert find_crops(RegionIndex(make_index(('a.png', SMALL))), Canvas(SIDE), 0) is None


def change_index(path):
    with open(path, 'a') as stream:
        stream.write(json.dumps({'image': '/x.png', 'text': '1', 'polygon': [[0, 0]] * 4, 'dataset': 'mine'}) + '\n')


def touch(path):
    os.utime(path.replace('mine.jsonl', 'a.png'), ns=(1, 1))


def remove_photograph(path):
    os.remove(path.replace('mine.jsonl', 'a.png'))


def cut_off(path):
    os.truncate(cache_path(path), os.path.getsize(cache_path(path)) - 20)


def change_cache(path, change):
    """Put what a function makes of a cache's bytes in its place, in the same file, a little later."""
    cache = Path(cache_path(path))
    later = cache.stat().st_mtime_ns + 1
    cache.write_bytes(change(cache.read_bytes()))
    os.utime(cache, ns=(later, later))


def blot(content, begin, length):
    return content[:begin] + bytes(length) + content[begin + length :]


def damage_crop(path):
    change_cache(path, lambda content: blot(content, content.index(b'\xff\xd8') + 50, 100))


def damage_table(path):
    change_cache(path, lambda content: blot(content, ENDING.unpack(content[-ENDING.size :])[0] + 30, 8))


def damage_ending(path):
    change_cache(path, lambda content: blot(content, len(content) - ENDING.size, ENDING.size))


def misspell_a_setting(path):
    change_cache(path, lambda content: content.replace(b'"margin"', b'"morgin"'))


def write_a_text_for_a_number(path):
    change_cache(path, lambda content: content.replace(b'"margin": 0.3', b'"margin": "3'))


def nest_brackets(path):
    change_cache(path, lambda content: content[: -ENDING.size] + b'[' * 100_000 + content[-ENDING.size :])


def send_the_table_out_of_the_file(path):
    change_cache(path, lambda content: content[: -ENDING.size] + ENDING.pack(0, 1 << 62))


def write_in_another_version(path):
    one, other = (f'"format": {version}'.encode() for version in (FORMAT, FORMAT - 1))
    change_cache(path, lambda content: content.replace(one, other))


@pytest.mark.parametrize(
    ('change', 'canvas', 'margin', 'message'),
    [
        (change_index, Canvas(SIDE), 0.3, 'is of another state of the index'),
        (touch, Canvas(SIDE), 0.3, r'is older than .*a\.png'),
        (remove_photograph, Canvas(SIDE), 0.3, r'is older than .*a\.png'),
        (cut_off, Canvas(SIDE), 0.3, 'is damaged'),
        (damage_crop, Canvas(SIDE), 0.3, 'is damaged'),
        (damage_table, Canvas(SIDE), 0.3, 'is damaged'),
        (damage_ending, Canvas(SIDE), 0.3, 'is damaged'),
        (misspell_a_setting, Canvas(SIDE), 0.3, 'is damaged'),
        (write_a_text_for_a_number, Canvas(SIDE), 0.3, 'is damaged'),
        (nest_brackets, Canvas(SIDE), 0.3, 'is damaged'),
        (send_the_table_out_of_the_file, Canvas(SIDE), 0.3, 'is damaged'),
        (write_in_another_version, Canvas(SIDE), 0.3, 'was written by another version'),
        (None, Canvas(SIDE), 0.4, 'was made for margins of 0.3 at most, and 0.4 is asked for'),
        (None, Canvas(SIDE + 1), 0, 'was made for --image_size 64 at most, and --image_size 65 is asked for'),
    ],
)
def test_a_cache_that_does_not_serve_is_refused_with_the_remedy(make_index, change, canvas, margin, message):
    path = make_index(('a.png', SMALL))
    build_cache(path, canvas=Canvas(SIDE), margin=0.3)
    index = RegionIndex(path)
    assert find_crops(index, Canvas(SIDE), 0.3) and find_crops(index, Canvas(SIDE - 1, 'area'), 0)
    if change:
        change(path)
    with pytest.raises(InputError, match=message) as error:
        find_crops(RegionIndex(path), canvas, margin)
    assert 'run dataset.py --convert crops' in str(error.value) and '\n' not in str(error.value)


def test_a_crop_that_is_damaged_while_it_is_read_is_said_with_the_same_remedy(make_index):
    path = make_index(('a.png', SMALL), ('a.png', LARGE))
    build_cache(path, canvas=Canvas(SIDE), margin=0)
    crops = find_crops(RegionIndex(path), Canvas(SIDE), 0)
    damage_crop(path)
    with pytest.raises(
        InputError, match=r'mine\.crops is damaged; run dataset\.py --convert crops .*, or delete that file'
    ):
        crops.read(0)
    assert crops.read(1).pixels.any()


def test_crops_must_hold_the_largest_canvas():
    canvas, varying = Canvas(384, 'area', 6144), AugmentSettings(area_change=2)
    assert needed_crops(canvas, varying)['canvas'] == Canvas(384, 'area', 12288)
    assert needed_crops(Canvas(160, 'fit'), varying)['canvas'] == Canvas(160, 'fit')


def test_a_margin_that_is_never_drawn_is_not_asked_for():
    def margin(settings):
        return needed_crops(Canvas(), settings)['margin']

    assert margin(AugmentSettings(margin=0.5)) == 0
    assert margin(AugmentSettings(margin=0.5, margin_prob=0.1)) == 0.5
    assert margin(AugmentSettings(margin=0.5, cut_shares=(1, 0, 0, 1, 0, 0))) == 0
    assert margin(AugmentSettings(margin=0.5, cut_shares=(1, 0, 0, 1, 0, 1))) == 0.5
    assert margin(AugmentSettings(margin=0.1, cut_shares=(1, 1, 0, 1, 1, 0))) == WIDE
