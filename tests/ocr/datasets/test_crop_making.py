"""A crop cache is made once, goes on where it was stopped, and is made by a training run only if that gains by it."""

import fcntl
import logging
import os
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import tiny
from crops import LARGE, OVER, SIDE, SMALL, TALL, write_index
from PIL import Image

from ocr.datasets import crop_making
from ocr.datasets.counts import KEPT
from ocr.datasets.crop_cache import CropCache, cache_fault, cache_path
from ocr.datasets.crop_making import build_cache, ensure_caches, estimate_size, part_path
from ocr.datasets.index import RegionIndex
from ocr.errors import InputError
from ocr.preprocessing.canvas import Canvas

REGIONS = ('a.png', LARGE), ('b.png', SMALL), ('a.png', SMALL), ('c.png', TALL), ('b.png', OVER)


@pytest.fixture
def make_index(tmp_path):
    """Function as crops.write_index, in a folder of the test's own."""
    return partial(write_index, tmp_path)


@pytest.fixture
def decoded(monkeypatch):
    """Counter of the photographs that are decoded for the cache, by name."""
    number = Counter()

    def read(image_path):
        number[os.path.basename(image_path)] += 1
        return np.asarray(Image.open(image_path))

    monkeypatch.setattr('ocr.datasets.crop_making.read_or_broken', read)
    return number


@pytest.fixture
def stopped(make_index, decoded):
    """Path of an index whose cache was stopped after its second photograph."""
    path, seen = make_index(*REGIONS), []

    def stop(number):
        seen.append(number)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_cache(path, canvas=Canvas(SIDE), margin=0, num_workers=1, progress=stop)
    assert seen == [2, 2] and not os.path.exists(cache_path(path))
    decoded.clear()
    return path


def crops_of(path, **settings):
    """The crops that a cache made in one go has: [(pixels, matrix)]."""
    build_cache(path, **{'canvas': Canvas(SIDE), 'margin': 0, **settings})
    crops = CropCache(RegionIndex(path))
    return [(crops.read(position).pixels, crops.read(position).matrix) for position in range(len(REGIONS))]


def assert_equal(ones, others):
    for (pixels, matrix), (same_pixels, same_matrix) in zip(ones, others, strict=True):
        assert np.array_equal(pixels, same_pixels) and np.array_equal(matrix, same_matrix)


def test_each_photograph_is_decoded_once(make_index, decoded):
    path = make_index(*REGIONS)
    steps = []
    build_cache(path, canvas=Canvas(SIDE), margin=0, num_workers=2, progress=steps.append)
    assert decoded == {'a.png': 1, 'b.png': 1, 'c.png': 1}
    assert steps == [2, 2, 1]
    crops = CropCache(RegionIndex(path))
    for position, polygon in enumerate((LARGE, SMALL, SMALL, TALL, OVER)):
        matrix = crops.read(position).matrix
        corner = np.maximum(polygon.min(axis=0) - 2, 0).astype(int)
        assert np.allclose(matrix[:, :2] @ corner + matrix[:, 2], 0)


def test_what_goes_wrong_names_the_photograph(make_index):
    path = make_index(('a.png', SMALL), ('b.png', SMALL[:1]))
    with pytest.raises(RuntimeError, match=r'b\.png: \w+Error: '):
        build_cache(path, canvas=Canvas(SIDE), margin=0)


def test_the_number_of_workers_changes_nothing(make_index):
    path = make_index(*REGIONS)
    build_cache(path, canvas=Canvas(SIDE), margin=0.2, num_workers=1)
    alone = Path(cache_path(path)).read_bytes()
    build_cache(path, canvas=Canvas(SIDE), margin=0.2, num_workers=4)
    assert Path(cache_path(path)).read_bytes() == alone


def test_what_was_stopped_goes_on(stopped, decoded):
    steps = []
    assert build_cache(stopped, canvas=Canvas(SIDE), margin=0, progress=steps.append) == {KEPT: 5}
    assert steps == [4, 1] and decoded == {'c.png': 1}
    assert not os.path.exists(part_path(stopped)) and cache_fault(stopped, Canvas(SIDE), 0) is None
    gone_on = [(crop.pixels, crop.matrix) for crop in map(CropCache(RegionIndex(stopped)).read, range(5))]
    os.remove(cache_path(stopped))
    assert_equal(gone_on, crops_of(stopped))


@pytest.mark.parametrize('bytes_lost', [1, 100, 3000])
def test_a_record_that_was_cut_off_is_made_again(stopped, decoded, bytes_lost):
    os.truncate(part_path(stopped), os.path.getsize(part_path(stopped)) - bytes_lost)
    assert build_cache(stopped, canvas=Canvas(SIDE), margin=0) == {KEPT: 5}
    assert decoded['b.png'] == decoded['c.png'] == 1
    assert cache_fault(stopped, Canvas(SIDE), 0) is None


def test_a_record_that_was_damaged_is_made_again(stopped, decoded):
    with open(part_path(stopped), 'r+b') as part:
        part.seek(-100, os.SEEK_END)
        part.write(bytes(50))
    assert build_cache(stopped, canvas=Canvas(SIDE), margin=0) == {KEPT: 5}
    assert decoded == {'b.png': 1, 'c.png': 1} and cache_fault(stopped, Canvas(SIDE), 0) is None


def test_a_part_of_another_cache_is_not_gone_on_with(stopped, decoded):
    build_cache(stopped, canvas=Canvas(SIDE), margin=0.5)
    assert sum(decoded.values()) == 3 and cache_fault(stopped, Canvas(SIDE), 0.5) is None


def test_photographs_that_changed_since_are_cut_again(stopped, decoded):
    os.utime(stopped.replace('mine.jsonl', 'b.png'), ns=(1, 1))
    build_cache(stopped, canvas=Canvas(SIDE), margin=0)
    assert decoded == {'b.png': 1, 'c.png': 1} and cache_fault(stopped, Canvas(SIDE), 0) is None


def test_rubbish_in_the_place_of_a_part_is_overwritten(make_index):
    path = make_index(*REGIONS)
    Path(part_path(path)).write_bytes(b'\xff' * 64)
    assert build_cache(path, canvas=Canvas(SIDE), margin=0) == {KEPT: 5}
    assert cache_fault(path, Canvas(SIDE), 0) is None


def test_what_is_stopped_leaves_the_old_cache(make_index):
    path = make_index(*REGIONS)
    build_cache(path, canvas=Canvas(SIDE), margin=0)
    before = Path(cache_path(path)).read_bytes()

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_cache(path, canvas=Canvas(2 * SIDE), margin=0, progress=stop)
    assert Path(cache_path(path)).read_bytes() == before


def test_two_processes_do_not_write_one_cache(make_index):
    path = make_index(*REGIONS)
    with open(part_path(path), 'wb') as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(InputError, match='another process is making it'):
            build_cache(path, canvas=Canvas(SIDE), margin=0)
    build_cache(path, canvas=Canvas(SIDE), margin=0)


def test_a_full_disk_leaves_nothing(make_index):
    path = make_index(*REGIONS)
    with tiny.largest_file(2000), pytest.raises(InputError, match=r'mine\.crops: cannot be written'):
        build_cache(path, canvas=Canvas(SIDE), margin=0)
    assert not os.path.exists(part_path(path)) and not os.path.exists(cache_path(path))


def test_the_size_is_said_beforehand(make_index):
    path = make_index(*REGIONS)
    groups = [np.array([0, 2]), np.array([1, 4]), np.array([3])]
    said = estimate_size(path, groups, Canvas(SIDE), 0)
    build_cache(path, canvas=Canvas(SIDE), margin=0)
    assert abs(said / os.path.getsize(cache_path(path)) - 1) < 0.1


def ensure(path, draws, **settings):
    ensure_caches(RegionIndex(path), [draws], **{'canvas': Canvas(SIDE), 'margin': 0, **settings})
    return os.path.exists(cache_path(path))


def test_a_training_makes_the_cache_that_it_gains_by(make_index, caplog, decoded):
    path = make_index(*REGIONS[:3])
    caplog.set_level(logging.INFO)
    assert not ensure(path, 0) and not ensure(path, 2) and not caplog.messages  # it sees each photograph once at most
    assert not ensure(make_index(('a.png', LARGE), ('b.png', SMALL), name='words'), 1000)
    assert not ensure(path, 1000)  # 1.5 words a photograph
    path = make_index(*REGIONS[:3], ('b.png', LARGE))
    assert ensure(path, 1000)
    (line,) = caplog.messages
    assert line.startswith(f'{cache_path(path)} is missing: cutting 4 regions out of 2 photographs, about 1 MB, once')
    decoded.clear()
    assert ensure(path, 1000) and ensure(path, 1000, canvas=Canvas(SIDE // 2)) and not decoded
    assert ensure(path, 1000, margin=0.5) and cache_fault(path, Canvas(SIDE), 0.5) is None
    assert 'was made for margins of 0 at most, and 0.5 is asked for: cutting 4 regions' in caplog.messages[1]


def test_a_training_makes_a_damaged_cache_anew(make_index, caplog):
    path = make_index(*REGIONS[:3], ('b.png', LARGE))
    build_cache(path, canvas=Canvas(SIDE), margin=0)
    whole = Path(cache_path(path)).read_bytes()
    begin = whole.index(b'\xff\xd8') + 50
    Path(cache_path(path)).write_bytes(whole[:begin] + bytes(100) + whole[begin + 100 :])
    caplog.set_level(logging.INFO)
    assert ensure(path, 1000) and Path(cache_path(path)).read_bytes() == whole
    assert f'{cache_path(path)} is damaged: cutting 4 regions' in caplog.messages[0]


def test_a_training_goes_on_without_where_the_disk_is_too_small(make_index, caplog, monkeypatch):
    path = make_index(*REGIONS[:3], ('b.png', LARGE))
    with tiny.largest_file(2000):
        assert not ensure(path, 1000)
    (line,) = caplog.messages
    assert 'cannot be written' in line and line.endswith('; the photographs are read instead')
    caplog.clear()
    monkeypatch.setattr(crop_making.shutil, 'disk_usage', lambda folder: Full)
    assert not ensure(path, 1000) and not os.path.exists(part_path(path))
    (line,) = caplog.messages
    assert line.endswith('mine.crops: only 0 MB are free; the photographs are read instead')


class Full:
    """What shutil says of a disk with 1000 bytes left."""

    free = 1000
