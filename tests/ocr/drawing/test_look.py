import dataclasses

import numpy as np
import pytest

from ocr.drawing.backgrounds import PATTERNS, Pattern
from ocr.drawing.colours import LUMINANCE
from ocr.drawing.effects import EFFECTS
from ocr.drawing.look import Look, draw_look
from ocr.drawing.paint import outlined, paint
from ocr.drawing.recipe import Effect

BLOCK = np.array([(28, 18), (52, 18), (52, 42), (28, 42)], np.float32)  # around the ink


@pytest.fixture
def ink():
    """A block of ink in the middle of nothing."""
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 30:50] = 255
    return mask


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
        *({'patterns': (Pattern(kind, (230, 230, 140), 0.9, 9, 0.4),)} for kind in PATTERNS),
        {'plate': 4.0, 'surround': (120, 140, 200)},
        {'border': 2.0},
        {'text_texture': 30.0},
        {'extrusion': (4.0, 3.0)},
        {'emboss': 60.0},
        {'light': 0.3},
        {'cast_shadow': 0.2},
        {'muted': 1.0},
        {'motion': (4.0, 1.0)},
        {'shrink': 2.0, 'resampling': (1, 1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_each_effect_shows_and_keeps_text_readable(ink, changes):
    plain = Look(text=(40, 20, 10), background=(200, 180, 160), seed=3)
    look = dataclasses.replace(plain, **changes)
    before, after = paint(ink, plain, BLOCK), paint(ink, look, BLOCK)
    assert after.shape == before.shape and (after != before).any()
    np.testing.assert_array_equal(after, paint(ink, look, BLOCK))
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


def test_hollow_letters_are_lines_around_the_background(ink):
    image = paint(ink, Look(text=(10, 20, 30), background=(250, 240, 230), outline=2, hollow=True))
    assert (image[ink == 255] == (250, 240, 230)).all()
    assert (image[18:20, 32:48] == (10, 20, 30)).all()


def test_a_plate_has_the_background_and_ends_where_it_should(ink):
    image = paint(ink, Look(background=(200, 0, 0), plate=5.0, surround=(0, 0, 200)), BLOCK)
    assert (image[15, 30:50] == (200, 0, 0)).all() and (image[10, 30:50] == (0, 0, 200)).all()


def test_clutter_is_painted_under_the_text(ink):
    image = paint(ink, Look(clutter=(0, 255, 0)), clutter=np.full_like(ink, 255))
    assert (image[ink == 255] == 0).all() and (image[ink == 0] == (0, 255, 0)).all()


def test_low_resolution_leaves_small_letters_readable():
    effects = {'low_resolution': Effect(1.0, 8.0, 8.0)}
    shrink = {em: draw_look(effects, (0.3, 1.0), em, np.random.default_rng(0)).shrink for em in (8, 20, 64, 200)}
    assert shrink == {8: 1.0, 20: 2.0, 64: 6.4, 200: 8.0}


def test_photographs_occur_only_where_there_are_some():
    effects = {'photo': Effect(1.0, 0.0, 0.0)}
    assert not draw_look(effects, (0.3, 1.0), 40, np.random.default_rng(0)).photo
    looks = [draw_look({}, (0.3, 1.0), 40, np.random.default_rng(0), ('a.jpg',))]
    looks += [draw_look(effects, (0.3, 1.0), 40, np.random.default_rng(i), ('a.jpg', 'b.jpg')) for i in range(20)]
    assert [looks[0].photo, {look.photo for look in looks[1:]}] == ['', {'a.jpg', 'b.jpg'}]
