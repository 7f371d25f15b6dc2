import dataclasses

import numpy as np
import pytest

from ocr.drawing.look import EFFECTS, LUMINANCE, Look, draw_colours, draw_look, outlined, paint
from ocr.drawing.recipe import Effect


@pytest.fixture
def ink():
    """A block of ink in the middle of nothing."""
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 30:50] = 255
    return mask


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


def test_plain_look_is_two_colours(ink):
    image = paint(ink, Look(text=(200, 10, 30), background=(0, 250, 90)))
    assert image.dtype == np.uint8 and image.shape == (60, 80, 3)
    assert (image[ink == 255] == (200, 10, 30)).all() and (image[ink == 0] == (0, 250, 90)).all()


@pytest.mark.parametrize(
    'changes',
    [
        {'text_gradient': (100, 0, 0)},
        {'background_gradient': (-100, 50, 0)},
        {'texture': 20.0},
        {'outline': 2, 'outline_colour': (255, 0, 0)},
        {'shadow': (3.0, 3.0)},
        {'blur': 2.0},
        {'noise': 10.0},
        {'jpeg_quality': 5},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_each_effect_shows_and_keeps_text_readable(ink, changes):
    plain = Look(text=(20, 20, 20), background=(180, 180, 180), seed=3)
    look = dataclasses.replace(plain, **changes)
    before, after = paint(ink, plain), paint(ink, look)
    assert after.shape == before.shape and (after != before).any()
    np.testing.assert_array_equal(after, paint(ink, look))
    assert after[22:38, 32:48].mean() < after[:10].mean() - 60


def test_noise_and_texture_follow_the_seed(ink):
    for effect in ({'noise': 10.0}, {'texture': 20.0}):
        one, other = (paint(ink, Look(seed=seed, background=(128,) * 3, **effect)) for seed in (1, 2))
        assert (one != other).any()


@pytest.mark.parametrize('noise', [5.0, 20.0])
def test_noise_has_the_strength_asked_for(noise):
    image = paint(np.zeros((100, 100), np.uint8), Look(background=(128,) * 3, noise=noise))
    assert image.std() == pytest.approx(noise, rel=0.1)


def test_outline_widens_the_ink_evenly(ink):
    wide = outlined(ink, Look(outline=3))
    rows, columns = np.flatnonzero(wide.any(axis=1)), np.flatnonzero(wide.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (17, 42, 27, 52)
    np.testing.assert_array_equal(outlined(ink, Look()), ink)


def test_effects_occur_as_often_as_asked():
    rng = np.random.default_rng(0)
    effects = {'blur': Effect(0.3, 0.02, 0.04), 'jpeg': Effect(1.0, 20.0, 20.0), 'outline': Effect(1.0, 0.001, 0.001)}
    looks = [draw_look(effects, (0.3, 1.0), 50, rng) for _ in range(600)]
    assert sum(look.blur > 0 for look in looks) / 600 == pytest.approx(0.3, abs=0.06)
    assert all(1 <= look.blur <= 2 for look in looks if look.blur)
    assert {look.jpeg_quality for look in looks} == {80}
    assert {look.outline for look in looks} == {1}, 'never thinner than a pixel'
    assert all(not look.noise and not look.shadow and not look.texture for look in looks)


def test_one_effect_does_not_change_what_the_others_draw():
    every = {name: Effect(1.0, 0.01, 0.02) for name in EFFECTS}
    one = {name: effect for name, effect in every.items() if name != 'blur'}
    with_blur, without = (draw_look(effects, (0.3, 1.0), 50, np.random.default_rng(1)) for effects in (every, one))
    assert with_blur.blur and dataclasses.replace(with_blur, blur=0.0) == without


def test_strong_gradient_and_texture_leave_the_text_its_contrast(ink):
    rng = np.random.default_rng(0)
    effects = {'gradient': Effect(1.0, 1.0, 1.0), 'texture': Effect(1.0, 1.0, 1.0)}
    for _ in range(50):
        image = paint(ink, draw_look(effects, (0.4, 0.5), 50, rng)) @ LUMINANCE
        ring = np.concatenate([image[17:19, 28:52].ravel(), image[41:43, 28:52].ravel()])
        assert abs(image[ink > 0].mean() - ring.mean()) > 15
