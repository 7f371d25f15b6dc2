"""Heat maps: sizes, where the heat lies, its colours."""

import numpy as np
import pytest

from ocr.geometry import transform
from ocr.reading.char_positions import map_to_canvas
from ocr.visualization.heat_map import heat_map, tile_size


def canvas(height, width, value=40):
    return np.full((height, width, 3), value, np.uint8)


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


@pytest.mark.parametrize('map_shape', [(8, 8), (32, 32), (5, 9)])
def test_the_hot_spot_lies_where_attention_does(map_shape):
    rng = np.random.default_rng(0)
    side = (256, 256)
    height, width = tile_size(*side)
    cold = heat_map(canvas(*side), np.zeros(map_shape)).astype(int)
    for _ in range(5):
        row, column = rng.integers(1, map_shape[0] - 1), rng.integers(1, map_shape[1] - 1)
        one = np.zeros(map_shape, np.float32)
        one[row, column] = 0.9
        changed = np.abs(heat_map(canvas(*side), one).astype(int) - cold).sum(-1)
        y, x = (np.argwhere(changed > 0.95 * changed.max()) + 0.5).mean(0)
        ((expected_x, expected_y),) = transform([[column + 0.5, row + 0.5]], map_to_canvas(map_shape, side))
        assert y == pytest.approx(expected_y * height / side[0], abs=0.15 * height / map_shape[0] + 1)
        assert x == pytest.approx(expected_x * width / side[1], abs=0.15 * width / map_shape[1] + 1)


def test_the_hot_spot_is_yellow_and_the_picture_shows_through():
    picture = canvas(64, 64, 0)
    picture[:, 32:] = 255
    one = np.zeros((8, 8), np.float32)
    one[:, 2:6] = 1
    tile = heat_map(picture, one).astype(int)
    dark, bright, far = tile[88, 80], tile[88, 96], tile[88, 2]
    for red, green, blue in (dark, bright):
        assert red > blue + 40 and green > blue + 40
    assert (bright[:2] > dark[:2] + 80).all()
    assert far[0] == far[1] == far[2] < 80


def test_heat_is_brighter_step_by_step():
    """So that who sees no colours, or prints it, sees where attention is highest."""
    ramp = np.tile(np.linspace(0.2, 1, 64, dtype=np.float32), (4, 1))
    tile = heat_map(canvas(32, 512, 128), ramp)
    brightness = (tile[32, 40:-40] @ np.array([0.2126, 0.7152, 0.0722]))[::16]
    assert (np.diff(brightness[len(brightness) // 4 :]) > 0).all()


@pytest.mark.parametrize('value', [0.0, np.nan, np.inf])
def test_attention_without_a_maximum_leaves_the_picture(value):
    tile = heat_map(canvas(64, 64), np.full((8, 8), value, np.float32))
    assert (tile == tile[0, 0]).all() and tile[0, 0, 0] == tile[0, 0, 1] == tile[0, 0, 2]


def test_neighbouring_heat_does_not_depend_on_the_scale_of_attention():
    one = np.random.default_rng(0).random((8, 8), np.float32)
    np.testing.assert_allclose(heat_map(canvas(64, 64), one), heat_map(canvas(64, 64), one * 1e-4), atol=1)
