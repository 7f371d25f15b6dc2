"""Pictures of regions."""

import io

import numpy as np
import pytest
from PIL import Image

from ocr.geometry import box_polygon, whole_image
from ocr.pages.pictures import OUTLINE, PICTURE_HEIGHT, PICTURE_WIDTH, draw_pictures
from ocr.preprocessing.decode import read_image
from ocr.region import TextRegion


def draw(tmp_path, polygon, size=(640, 480)):
    Image.new('RGB', size, (0, 90, 0)).save(tmp_path / '1.png')
    (picture,) = draw_pictures([TextRegion(str(tmp_path / '1.png'), polygon, 'text', '')], 1)
    return np.asarray(Image.open(io.BytesIO(picture)))


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


def test_an_image_is_read_once_and_one_that_cannot_be_has_no_picture(tmp_path):
    read = []
    Image.new('RGB', (40, 20)).save(tmp_path / '1.png')
    paths = [str(tmp_path / name) for name in ('1.png', 'away.png', '1.png')]
    regions = [TextRegion(path, None, '', '') for path in paths]
    pictures = draw_pictures(regions, 2, lambda path: read.append(path) or read_image(path))
    assert [picture is None for picture in pictures] == [False, True, False]
    assert sorted(read) == sorted(set(paths))
