"""Which regions of an index are trained on, and which are held out."""

import json
from pathlib import Path

import numpy as np
import pytest

from ocr.charset import Charset
from ocr.datasets.index import RegionIndex
from ocr.datasets.selection import select, split_by_image
from ocr.region import DropReason


def write_index(path, regions):
    """RegionIndex of [(image, text)]; no such images exist."""
    lines = [{'image': image, 'text': text, 'polygon': [], 'dataset': 'mine'} for image, text in regions]
    path.write_text(''.join(json.dumps(line) + '\n' for line in lines))
    return RegionIndex([path])


@pytest.fixture
def four(tmp_path):
    texts = ('one', 'two 2', '中文', 'sixteen letters!')
    return write_index(tmp_path / 'four.jsonl', [('/data/a.png', text) for text in texts])


@pytest.fixture
def many(tmp_path):
    """300 regions in 100 photographs."""
    return write_index(
        tmp_path / 'many.jsonl', [(f'/data/mine/images/{number // 3}.png', 'x') for number in range(300)]
    )


@pytest.mark.parametrize(
    ('characters', 'seq_len', 'positions', 'too_long', 'unknown'),
    [
        ('onetw 2中文', 5, [0, 1, 2], 1, 0),
        ('onetw 2', 16, [0, 1], 0, 2),
        ('one', 3, [0], 2, 1),
        ('x', 1, [], 4, 0),
    ],
)
def test_select(four, characters, seq_len, positions, too_long, unknown):
    kept, counts = select(four, Charset(characters), seq_len)
    assert kept.dtype == np.int64
    assert kept.tolist() == positions
    assert counts == {DropReason.TOO_LONG: too_long, DropReason.UNKNOWN_CHARACTER: unknown}


def test_select_a_part(four):
    kept, counts = select(four, Charset('onetw 2中文'), 5, start=1, stop=3)
    assert kept.tolist() == [1, 2]
    assert sum(counts.values()) == 0


@pytest.mark.parametrize('share', [0.0, 0.001, 0.1, 0.5, 0.999])
def test_no_photograph_is_on_both_sides(many, share):
    positions = np.arange(0, 300, 2)
    train, held_out = split_by_image(many, positions, share, seed=0)
    assert sorted([*train, *held_out]) == positions.tolist()
    images = [{many[position].image_path for position in side} for side in (train, held_out)]
    assert not images[0] & images[1]
    assert len(train)
    assert bool(len(held_out)) == (share > 0)
    assert len(images[1]) == pytest.approx(share * 100, abs=15)


def test_the_split_follows_the_seed_and_not_the_place_or_the_order(many, tmp_path):
    positions = np.arange(300)
    moved_path = tmp_path / 'moved.jsonl'
    moved_path.write_text(Path(many.paths[0]).read_text().replace('/data/', '/elsewhere/'))
    train, held_out = split_by_image(many, positions, 0.3, seed=0)
    np.testing.assert_array_equal(split_by_image(RegionIndex([moved_path]), positions, 0.3, seed=0)[1], held_out)
    assert set(split_by_image(many, positions[150:], 0.3, seed=0)[1]) == set(held_out[held_out >= 150])
    assert split_by_image(many, positions, 0.3, seed=1)[1].tolist() != held_out.tolist()
    assert np.isin(train, held_out).sum() == 0


def test_a_lone_photograph_is_for_training(many):
    train, held_out = split_by_image(many, np.arange(3), 0.9, seed=0)
    assert (train.tolist(), held_out.tolist()) == ([0, 1, 2], [])
    assert [len(part) for part in split_by_image(many, [], 0.9, seed=0)] == [0, 0]
