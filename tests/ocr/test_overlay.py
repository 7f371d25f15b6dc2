"""Attention pictures: sizes, where the heat lies, colours of right and wrong."""

import numpy as np
import pytest

from ocr.errors import InputError
from ocr.overlay import GAP, PAGE_WIDTH, PICTURE_SCALE, WRONG, attention_picture, heat_map, tile_size


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
    assert round(PICTURE_SCALE * tile_size(*side)[1]) < picture.shape[1] <= PAGE_WIDTH + 2 * GAP
    assert picture.shape[0] > round(PICTURE_SCALE * tile_size(*side)[0])


def test_eight_square_tiles_make_a_row():
    heights = [len(attention_picture(canvas(64, 64), 'x' * n, alpha(n))) for n in (1, 8, 9, 16, 17)]
    assert heights[0] == heights[1] < heights[2] == heights[3] < heights[4]
    assert heights[2] - heights[1] == heights[4] - heights[3]
    assert attention_picture(canvas(64, 64), 'x' * 9, alpha(9)).shape[1] == PAGE_WIDTH + 2 * GAP


@pytest.mark.parametrize(
    ('side', 'tile'),
    [
        ((256, 256), (176, 176)),
        ((64, 64), (176, 176)),
        ((32, 64), (88, 176)),
        ((32, 128), (64, 256)),
        ((8, 800), (5, 528)),
    ],
)
def test_tiles_keep_the_shape_of_the_canvas(side, tile):
    assert tile_size(*side) == tile
    assert tile_size(*side[::-1]) == tile[::-1]


@pytest.mark.parametrize('map_shape', [(8, 8), (32, 32), (5, 9), (1, 8), (8, 1)])
def test_the_hot_spot_lies_where_attention_does(map_shape):
    rng = np.random.default_rng(0)
    side = (256, 256)
    height, width = tile_size(*side)
    for _ in range(5):
        row, column = rng.integers(map_shape[0]), rng.integers(map_shape[1])
        one = np.zeros(map_shape, np.float32)
        one[row, column] = 0.9
        changed = np.abs(heat_map(canvas(*side), one).astype(int) - canvas(height, width).astype(int)).sum(-1)
        y, x = (np.argwhere(changed > 0.95 * changed.max()) + 0.5).mean(0)
        assert y == pytest.approx((row + 0.5) * height / map_shape[0], abs=0.5 * height / map_shape[0])
        assert x == pytest.approx((column + 0.5) * width / map_shape[1], abs=0.5 * width / map_shape[1])


def test_the_hot_spot_is_red_and_the_picture_shows_through():
    picture = canvas(64, 64, 0)
    picture[:, 32:] = 255
    one = np.zeros((8, 8), np.float32)
    one[:, 2:6] = 1
    tile = heat_map(picture, one).astype(int)
    dark, bright, far = tile[88, 80], tile[88, 96], tile[88, -4]
    assert dark[0] > dark[1] and dark[0] > dark[2]
    assert (bright > dark + 50).all()
    assert (far > 240).all()


@pytest.mark.parametrize('value', [0.0, np.nan, np.inf])
def test_attention_without_a_maximum_leaves_the_picture(value):
    assert (heat_map(canvas(64, 64), np.full((8, 8), value, np.float32)) == 40).all()


def test_neighbouring_heat_does_not_depend_on_the_scale_of_attention():
    one = np.random.default_rng(0).random((8, 8), np.float32)
    np.testing.assert_allclose(heat_map(canvas(64, 64), one), heat_map(canvas(64, 64), one * 1e-4), atol=1)


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
    with pytest.raises(InputError, match=r'none\.ttf: no font'):
        attention_picture(canvas(64, 64), 'a', alpha(1), font_path=tmp_path / 'none.ttf')
