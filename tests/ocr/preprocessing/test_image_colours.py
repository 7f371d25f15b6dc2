"""Letters stay readable on any background and in any depth."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.preprocessing.colours import to_rgb


def letters(colour, mode='RGBA'):
    """Writing on a transparent ground."""
    image = Image.new('RGBA', (80, 24), (*colour, 0))
    ImageDraw.Draw(image).text((5, 2), 'BAKERY', fill=(*colour, 255), font_size=18)
    return image.convert(mode)


@pytest.mark.parametrize('mode', ['RGBA', 'LA', 'RGBa'])
@pytest.mark.parametrize(
    ('colour', 'ground'),
    [((255, 255, 255), 0), ((240, 240, 240), 0), ((0, 0, 0), 255), ((120, 120, 120), 255), ((200, 30, 30), 255)],
)
def test_the_ground_is_one_of_contrast(mode, colour, ground):
    picture = to_rgb(letters(colour, mode))
    assert tuple(picture[0, 0]) == (ground,) * 3
    assert np.ptp(picture.astype(int)) > 80


def test_a_palette_with_a_transparent_colour():
    image = Image.new('P', (40, 20), 0)
    image.putpalette([255, 255, 255] * 2 + [0, 0, 0] * 254)
    image.paste(1, (10, 5, 30, 15))
    image.info['transparency'] = 0
    picture = to_rgb(image)
    assert tuple(picture[0, 0]) == (0, 0, 0) and tuple(picture[10, 20]) == (255, 255, 255)


def test_a_white_sign_with_dark_letters_and_round_corners_keeps_its_ground():
    image = Image.new('RGBA', (80, 24), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, 79, 23), 8, fill='white')
    pen.text((5, 2), 'BAKERY', fill='black', font_size=18)
    assert tuple(to_rgb(image)[0, 0]) == (255, 255, 255)


def test_nothing_drawn_at_all_is_white():
    assert to_rgb(Image.new('RGBA', (3, 3), (0, 0, 0, 0))).min() == 255


@pytest.mark.parametrize('bits', [8, 10, 12, 14, 16])
def test_grey_of_so_many_bits_of_sixteen(bits):
    ramp = np.linspace(0, 2**bits - 1, 600).astype(np.uint16).reshape(20, 30)
    picture = to_rgb(Image.fromarray(ramp))
    assert picture.min() == 0 and picture.max() == 255
    np.testing.assert_allclose(picture[:, :, 0], ramp * (255 / (2**bits - 1)), atol=1)


@pytest.mark.parametrize('highest', [0.0, 1.0, 255.0, 1e9])
def test_grey_of_floats(highest):
    picture = to_rgb(Image.fromarray(np.array([[0, highest, np.nan, -5]], np.float32)))
    assert picture[0, :, 0].tolist() == [0, 255 * (highest > 0), 0, 0]


def test_a_tiff_whose_white_is_zero():
    stream = io.BytesIO()
    Image.fromarray(np.array([[0, 65535]], np.uint16)).save(stream, 'TIFF', tiffinfo={262: 0})
    with Image.open(stream) as image:
        assert to_rgb(image)[0, :, 0].tolist() == [255, 0]
