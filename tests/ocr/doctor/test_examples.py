"""Examples and their pictures."""

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from ocr.annotations.region import Dropped, DropReason, TextRegion
from ocr.doctor.examples import (
    NUM_EXAMPLES,
    OUTLINE,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    Example,
    Examples,
    draw_pictures,
    example_of,
)
from ocr.geometry import box_polygon, whole_image


def test_a_few_of_each_kind_are_kept_and_only_those_made():
    made = []
    examples = Examples('seed')
    for number in range(1000):
        examples.offer('even' if number % 2 == 0 else 'odd', lambda one: made.append(one) or one, number)
    assert len(examples['even']) == len(examples['odd']) == NUM_EXAMPLES
    assert len(list(examples)) == 2 * NUM_EXAMPLES
    assert all(number % 2 for number in examples['odd'])
    assert examples['none'] == []
    assert len(made) < 100


def test_the_choice_is_that_of_the_seed_and_fair():
    def chosen(seed):
        examples = Examples(seed)
        for number in range(20):
            examples.offer('kind', int, number)
        return examples['kind']

    assert chosen('1') == chosen('1') != chosen('2')
    drawn = Counter(number for seed in range(1000) for number in chosen(str(seed)))
    assert len(drawn) == 20
    assert all(140 < number < 260 for number in drawn.values())  # 200 expected, standard deviation 13


def test_where_an_example_is():
    region = TextRegion('/data/1.png', box_polygon((12.4, 3, 52, 23)), 'EXIT', 'mine')
    assert (example_of(region).where, example_of(region).box) == ('/data/1.png', '40 x 20 px at 12,3')
    dropped = Dropped('/data/1.png', DropReason.EMPTY, '', 'labels.tsv:3')
    assert (example_of(dropped).where, example_of(dropped).box) == ('labels.tsv:3', '')


def draw(tmp_path, polygon, size=(640, 480)):
    Image.new('RGB', size, (0, 90, 0)).save(tmp_path / '1.png')
    example = Example(str(tmp_path / '1.png'), polygon, 'text', '')
    return np.asarray(Image.open(io.BytesIO(draw_pictures([example], 1)[example])))


def num_pink(picture):
    return int((picture[..., 0] > OUTLINE[0] / 3).sum())


@pytest.mark.parametrize(
    ('polygon', 'has_outline'),
    [
        (None, False),
        (whole_image(640, 480), False),
        (box_polygon((100, 100, 300, 150)), True),
        (box_polygon((-50, -50, 30, 20)), True),
        (box_polygon((600, 470, 900, 490)), True),
        (np.array([[0, 0], [640, 0], [640, 480]], np.float32), True),
        (np.array([[5, 5], [5, 5], [5, 5]], np.float32), False),
        (box_polygon((2000, 2000, 2100, 2050)), False),  # outside: all of the image is shown
        (np.full((4, 2), np.nan, np.float32), False),
        (np.empty((0, 2), np.float32), False),
    ],
)
def test_pictures_of_any_region_fit_and_show_its_outline(tmp_path, polygon, has_outline):
    picture = draw(tmp_path, polygon)
    assert picture.shape[0] <= PICTURE_HEIGHT and picture.shape[1] <= PICTURE_WIDTH
    assert max(picture.shape[0] / PICTURE_HEIGHT, picture.shape[1] / PICTURE_WIDTH) >= 0.2
    assert (num_pink(picture) > 20) == has_outline


def test_an_image_is_read_once_and_one_that_cannot_be_has_no_picture(tmp_path, monkeypatch):
    import ocr.doctor.examples as module

    read = []
    inner = module.read_or_broken
    monkeypatch.setattr(module, 'read_or_broken', lambda path: read.append(path) or inner(path))
    Image.new('RGB', (40, 20)).save(tmp_path / '1.png')
    paths = [str(tmp_path / name) for name in ('1.png', 'away.png', '1.png')]
    examples = [Example(path, None, None, path) for path in paths]
    pictures = draw_pictures(examples, 2)
    assert [pictures[example] is None for example in examples] == [False, True, False]
    assert sorted(read) == sorted(set(paths))
