"""Whole pictures go onto the canvas without a warp, and JPEGs are decoded no larger than the canvas needs."""

import numpy as np
import pytest
from PIL import Image
from test_warp import photograph, saved

from ocr.geometry import whole_image
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.decode import Excerpt, read_image
from ocr.preprocessing.prepare import InferencePreparer, place_region
from ocr.preprocessing.warp import centred_placement, resize_into, warp_region
from ocr.region import TextRegion


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
@pytest.mark.parametrize('size', [(40, 20), (31, 90), (200, 37), (64, 64), (1, 1), (300, 2), (700, 500), (129, 128)])
def test_a_whole_picture_is_what_the_warp_makes_of_it(size, kind):
    image = photograph(size[1], size[0], blur=2)
    matrix, box, (height, width) = centred_placement(whole_image(*size), Canvas(64, kind, 2048))
    canvas = resize_into(image, box, height, width)
    warped = warp_region(image, whole_image(*size), matrix, height, width)
    assert canvas.shape == warped.shape
    assert np.abs(canvas.astype(int) - warped).max() <= 1
    assert (canvas.any(axis=2) == warped.any(axis=2)).mean() > 0.99
    for polygon in (None, whole_image(*size)):
        assert (place_region(image, polygon, Canvas(64, kind, 2048)).canvas == canvas).all()


@pytest.mark.parametrize(
    ('scale', 'shape'),
    [(1, (480, 640)), (1 / 7, (480, 640)), (1 / 8, (240, 320)), (1 / 16, (120, 160)), (0.001, (60, 80))],
)
def test_a_jpeg_is_decoded_no_larger_than_needed(tmp_path, scale, shape):
    path, sizes = saved(tmp_path, photograph(480, 640, blur=3), 'jpg', quality=95), []
    image = read_image(path, lambda *size: sizes.append(size) or scale)
    pixels = image.pixels if isinstance(image, Excerpt) else image
    assert pixels.shape == (*shape, 3) and image.shape == (480, 640, 3)
    assert set(sizes) == {(640, 480)}


def test_other_formats_are_decoded_whole(tmp_path):
    assert isinstance(read_image(saved(tmp_path, photograph(48, 64)), lambda *size: 0.001), np.ndarray)


@pytest.mark.parametrize('orientation', [1, 3, 6, 8])
@pytest.mark.parametrize('size', [(1600, 1200), (1601, 1203)])
@pytest.mark.parametrize('mode', ['RGB', 'L', 'CMYK'])
def test_smaller_decoding_gives_the_same_canvas(tmp_path, orientation, size, mode):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = Image.fromarray(photograph(size[1], size[0], blur=25)).convert(mode)
    path = str(saved(tmp_path, picture, 'jpg', quality=92, exif=exif))
    inner = np.float32([[300, 200], [1100, 220], [1080, 900], [280, 880]])
    regions = [TextRegion(path, polygon, '', '') for polygon in (None, inner)]
    smaller = InferencePreparer(Canvas(64, 'fit'))(regions)
    whole = InferencePreparer(Canvas(64, 'fit'), read=lambda path, scale: read_image(path))(regions)
    assert isinstance(read_image(path, lambda *size: 64 / 1200), Excerpt)
    for one, expected in zip(smaller, whole, strict=True):
        assert one.canvas.shape == expected.canvas.shape
        assert (one.normalized_bbox == expected.normalized_bbox).all()
        assert (one.to_photograph == expected.to_photograph).all()
        assert np.abs(one.canvas.astype(int) - expected.canvas).mean() < 1


def test_a_small_region_keeps_the_photograph_as_it_is(tmp_path):
    path = str(saved(tmp_path, photograph(800, 1000, blur=3), 'jpg'))
    small = np.float32([[10, 10], [40, 10], [40, 30], [10, 30]])
    regions = [TextRegion(path, polygon, '', '') for polygon in (None, small)]
    found = []

    def read(path, scale):
        found.append(read_image(path, scale))
        return found[0]

    InferencePreparer(Canvas(64), read)(regions)
    assert isinstance(found[0], np.ndarray)
