"""Things that look like text, and the grounds of scenes."""

import cv2
import numpy as np
import pytest

from ocr.drawing.scenes import ground
from ocr.drawing.scenes.ground import draw_ground
from ocr.drawing.scenes.things import ICONS, THINGS, draw_icon, draw_thing

VIEW = (0.3, -0.2, 1.5)


@pytest.mark.parametrize('name', THINGS)
@pytest.mark.parametrize('height', [1, 10, 90])
def test_every_thing_is_drawn_at_every_size(name, height):
    masks = [draw_thing(name, height, np.random.default_rng(3)) for _ in range(2)]
    assert masks[0].dtype == np.uint8 and masks[0].shape[0] == max(height, 4)
    assert np.array_equal(*masks)
    assert height < 10 or masks[0].any()


@pytest.mark.parametrize('side', [6, 40])
def test_icons_are_drawn(side):
    rng = np.random.default_rng(0)
    masks = [draw_icon(side, rng) for _ in range(4 * len(ICONS))]
    assert all(mask.shape == (side, side) and mask.any() for mask in masks)


@pytest.mark.parametrize('function', ground.GROUNDS)
def test_drawn_grounds(function):
    images = [function((120, 160), VIEW, np.random.default_rng(4)) for _ in range(2)]
    assert images[0].shape == (120, 160, 3) and images[0].dtype == np.float32
    assert np.array_equal(*images) and images[0].std() > 1


@pytest.mark.parametrize('size', [(900, 700), (300, 200), (64, 64)])
def test_photographs_and_textures_fill_the_picture(tmp_path, size):
    noise = np.random.default_rng(0).integers(60, 200, (*size[::-1], 3), np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), cv2.GaussianBlur(noise, (0, 0), 3, borderType=cv2.BORDER_REPLICATE))
    for seed in range(6):
        image = draw_ground((320, 240), (str(tmp_path / 'a.png'),), VIEW, np.random.default_rng(seed))
        assert image.shape == (240, 320, 3) and image.dtype == np.float32 and image.min() >= 0


def test_a_picture_whose_edges_fit_is_laid_out_like_tiles():
    wave = np.sin(np.arange(64) * 2 * np.pi / 64) * 60 + 120
    tile = np.repeat((wave[:, None] / 2 + wave / 2)[:, :, None], 3, axis=2).astype(np.uint8)
    assert ground._is_seamless(tile)
    assert not ground._is_seamless(
        np.repeat(np.arange(64, dtype=np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    )
