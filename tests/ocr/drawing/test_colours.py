import numpy as np
import pytest

from ocr.drawing.colours import LUMINANCE, apart, companion, draw_colours, fill, lay_over


@pytest.mark.parametrize('contrast', [(0.05, 0.15), (0.3, 0.5), (0.7, 0.9)])
def test_colours_have_the_contrast_asked_for(contrast):
    rng = np.random.default_rng(0)
    for _ in range(200):
        text, background = draw_colours(contrast, rng)
        assert min(text.min(), background.min()) >= 0 and max(text.max(), background.max()) <= 255
        difference = abs(LUMINANCE @ (text - background)) / 255
        assert contrast[0] - 1e-9 <= difference <= contrast[1] + 0.05


def test_colours_come_dark_on_light_and_light_on_dark():
    rng = np.random.default_rng(0)
    pairs = [draw_colours((0.3, 1.0), rng) for _ in range(100)]
    darker = sum(LUMINANCE @ text < LUMINANCE @ background for text, background in pairs)
    assert 25 < darker < 75


@pytest.mark.parametrize(
    ('colour', 'ground', 'difference', 'light'),
    [
        ((200, 200, 200), (100, 100, 100), 80, 200),  # far enough
        ((120, 120, 120), (100, 100, 100), 80, 180),
        ((90, 90, 90), (100, 100, 100), 80, 20),
        ((90, 90, 90), (60, 60, 60), 80, 140),
        ((50, 50, 50), (60, 60, 60), 80, 140),  # no room below
        ((220, 220, 220), (200, 200, 200), 80, 120),  # no room above
        ((130, 130, 130), (120, 120, 120), 200, 255),  # no room at all
    ],
)
def test_apart_keeps_its_distance(colour, ground, difference, light):
    moved = apart(np.array(colour, float), np.array(ground, float), difference)
    assert LUMINANCE @ moved == pytest.approx(light) and moved.min() >= 0 and moved.max() <= 255.001


def test_a_companion_stays_on_the_side_of_the_background():
    rng = np.random.default_rng(0)
    for _ in range(200):
        text, background = draw_colours((0.2, 1.0), rng)
        distance = LUMINANCE @ (background - text)
        assert LUMINANCE @ (companion(text, background, rng) - text) / distance >= 0.6


def test_fill_runs_from_one_side_to_the_other():
    image = fill((3, 5), (100, 50, 0), (40, 0, 0), 0.0)
    assert image.dtype == np.float32 and image.shape == (3, 5, 3)
    np.testing.assert_allclose(image[0, :, 0], [80, 90, 100, 110, 120])
    assert (image[..., 1] == 50).all() and (image == image[:1]).all()


def test_lay_over_mixes_by_the_mask():
    image = np.full((1, 3, 3), 100, np.float32)
    lay_over(image, np.array([[0, 51, 255]], np.uint8), (200, 100, 0))
    np.testing.assert_allclose(image[0], [(100, 100, 100), (120, 100, 80), (200, 100, 0)], rtol=1e-5)
