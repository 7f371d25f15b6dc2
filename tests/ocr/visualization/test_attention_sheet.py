"""Attention pictures: sizes, panels and their order, colours of right and wrong."""

import numpy as np
import pytest

from ocr.errors import InputError
from ocr.visualization.attention_sheet import GAP, LABEL_SIZE, MIN_CELL, PAGE_WIDTH, WRONG, attention_picture
from ocr.visualization.heat_map import heat_map, resized, tile_size


def canvas(height, width, value=40):
    return np.full((height, width, 3), value, np.uint8)


def alpha(num_maps, height=8, width=8):
    return np.full((num_maps, height, width), 1 / (height * width), np.float32)


def num_red(picture):
    return int((picture == WRONG).all(-1).sum())


@pytest.mark.parametrize(
    ('text', 'truth', 'num_maps', 'side', 'map_shape'),
    [
        ('', None, 0, (64, 64), (8, 8)),
        ('', '', 1, (64, 64), (8, 8)),
        ('', 'abc', 1, (64, 64), (8, 8)),
        ('7', '7', 1, (1, 1), (1, 1)),
        ('42', '42', 3, (32, 64), (4, 8)),
        ('42', '42', 3, (32, 128), (1, 16)),  # attention one cell high
        ('42', '42', 3, (128, 32), (16, 1)),
        ('北京', '北京', 3, (256, 256), (32, 32)),
        ('x' * 32, 'y' * 32, 33, (256, 256), (32, 32)),
        ('宽' * 60, None, 60, (64, 64), (8, 8)),
        ('a \u3000\ufffd\n\t\u0301\ud800\U0001f600', None, 10, (64, 64), (8, 8)),
        ('ab', None, 9, (64, 64), (8, 8)),  # maps beyond the end of the text
    ],
)
def test_picture_of_any_text(text, truth, num_maps, side, map_shape):
    maps = alpha(num_maps, *map_shape)
    picture = attention_picture(canvas(*side), text, maps, np.linspace(0, 1, num_maps), truth)
    assert picture.dtype == np.uint8
    assert picture.ndim == 3 and picture.shape[2] == 3
    assert tile_size(*side)[1] < picture.shape[1] <= PAGE_WIDTH + 2 * GAP
    assert picture.shape[0] > tile_size(*side)[0]


def test_eight_square_panels_make_a_row_and_the_input_is_one_of_them():
    heights = [len(attention_picture(canvas(64, 64), 'x' * n, alpha(n))) for n in (1, 7, 8, 15, 16)]
    assert heights[0] == heights[1] < heights[2] == heights[3] < heights[4]
    assert heights[2] - heights[1] == heights[4] - heights[3]
    assert attention_picture(canvas(64, 64), 'x' * 7, alpha(7)).shape[1] == PAGE_WIDTH + 2 * GAP
    assert attention_picture(canvas(64, 64), 'x' * 8, alpha(8)).shape[1] == 5 * (176 + 2 + GAP) + GAP  # and four


@pytest.mark.parametrize(('side', 'map_shape'), [((64, 64), (8, 8)), ((128, 32), (16, 4)), ((32, 128), (4, 16))])
def test_the_input_comes_first_then_a_map_for_each_character_and_the_end(side, map_shape):
    picture = np.random.default_rng(0).integers(0, 256, (*side, 3), np.uint8)
    maps = np.random.default_rng(1).random((4, *map_shape), np.float32) ** 8
    height, width = tile_size(*side)
    drawn = attention_picture(picture, 'abc', maps)
    column = max(width + 2, MIN_CELL)
    top = len(drawn) - GAP - (height + 2 + 2 * LABEL_SIZE + 12) + 1
    for n, expected in enumerate([resized(picture, height, width), *(heat_map(picture, one) for one in maps)]):
        left = GAP + n * (column + GAP) + (column - width - 2) // 2 + 1
        assert (drawn[top : top + height, left : left + width] == expected).all()


def test_a_photograph_stands_beside_the_text():
    photograph = np.full((120, 200, 3), (10, 200, 90), np.uint8)
    without, beside = (attention_picture(canvas(64, 64), '42', alpha(3), photograph=one) for one in (None, photograph))
    where = np.argwhere((beside == (10, 200, 90)).all(-1))
    assert where.min(0).tolist() == [GAP + 1, GAP + 1] and where.max(0).tolist() == [GAP + 120, GAP + 200]
    assert len(beside) > len(without) and not (without == (10, 200, 90)).all(-1).any()


@pytest.mark.parametrize(
    ('text', 'truth', 'has_red'),
    [
        ('42', '42', False),
        ('42', None, False),
        ('42', '43', True),
        ('42', '4', True),
        ('4', '42', True),
        ('', '4', True),
    ],
)
def test_wrong_characters_are_red(text, truth, has_red):
    picture = attention_picture(canvas(64, 64), text, alpha(len(text) + 1) * 0, truth=truth)
    assert (num_red(picture) > 0) == has_red


def test_confidences_are_written_under_the_tiles():
    without = attention_picture(canvas(64, 64), '42', alpha(2))
    sure, unsure = (attention_picture(canvas(64, 64), '42', alpha(2), [c, c]) for c in (0.99, 0.11))
    assert without.shape == sure.shape == unsure.shape
    assert (without != sure).any() and (sure != unsure).any()


@pytest.mark.parametrize(
    ('picture', 'maps'),
    [
        (canvas(64, 64).astype(np.float32), alpha(2)),
        (canvas(64, 64)[..., 0], alpha(2)),
        (canvas(64, 64), alpha(1)),
        (canvas(64, 64), alpha(2)[0]),
        (canvas(64, 64), np.zeros((2, 0, 8), np.float32)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(picture, maps):
    with pytest.raises(ValueError, match='must be'):
        attention_picture(picture, 'ab', maps)


def test_a_missing_font_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match=r'none\.ttf: not a readable font'):
        attention_picture(canvas(64, 64), 'a', alpha(1), font_path=tmp_path / 'none.ttf')
