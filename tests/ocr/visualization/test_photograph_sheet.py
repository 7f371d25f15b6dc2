"""Photographs with outlines and texts."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ocr.geometry import box_polygon
from ocr.visualization.photograph_sheet import SIDE, _free_place, photograph_picture, save_photograph

GREY = np.full((300, 400, 3), 128, np.uint8)


def test_outlines_and_texts_are_drawn():
    picture = photograph_picture(GREY, [box_polygon((50, 100, 200, 140))], ['EXIT 中'])
    assert picture.shape == GREY.shape
    assert (picture[100, 60:190] != 128).any(axis=1).mean() > 0.9
    plate = picture[70:99, 50:120]
    assert (plate == 255).all(axis=2).any()
    assert (plate < 60).all(axis=2).any()


def test_a_large_photograph_is_shrunk_a_small_one_is_not():
    assert max(photograph_picture(np.zeros((3000, 2000, 3), np.uint8), [], []).shape) == SIDE
    assert photograph_picture(np.zeros((1, 1, 3), np.uint8), [], []).shape == (1, 1, 3)


@pytest.mark.parametrize('text', ['', 'x' * 300])
def test_a_text_without_room_leaves_its_outline_alone(text):
    picture = photograph_picture(GREY, [box_polygon((50, 100, 200, 140))], [text])
    assert not (picture == 255).all(axis=2).any()
    assert (picture != 128).any()


def test_no_plate_lies_on_another():
    plates = []
    for n in range(12):
        corner = _free_place((50, 100 + n, 90, 110 + n), (60, 20), plates, (400, 300))
        if corner is not None:
            x, y = corner
            assert 0 <= x <= 340
            assert 0 <= y <= 280
            assert all(x >= a + 60 or a >= x + 60 or y >= b + 20 or b >= y + 20 for a, b, *_ in plates)
            plates.append((x, y, x + 60, y + 20))
    assert len(plates) >= 2


def test_a_photograph_of_a_long_name(tmp_path):
    photograph = tmp_path / ('\u9762' * 83 + '.png')
    Image.new('RGB', (30, 20)).save(photograph)
    found = SimpleNamespace(regions=[])
    save_photograph(str(tmp_path / 'out'), 0, SimpleNamespace(image_path=str(photograph), found=found, readings=[]))
    (path,) = (tmp_path / 'out').iterdir()
    assert path.name.startswith('000000_\u9762\u9762')
