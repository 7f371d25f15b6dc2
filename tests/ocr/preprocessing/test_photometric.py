"""Random changes of light, colours and sharpness."""

from dataclasses import asdict, fields, replace

import cv2
import numpy as np
import pytest

from ocr.preprocessing.photometric import (
    Photometric,
    PhotometricSettings,
    apply_photometric,
    draw_photometric,
    through_jpeg,
    turn_hue,
)

NAMES = [field.name.removesuffix('_prob') for field in fields(PhotometricSettings) if field.name.endswith('_prob')]
ATTRIBUTES = {name: 'jpeg_quality' if name == 'jpeg' else name for name in NAMES}
ALL = PhotometricSettings(**{f'{name}_prob': 1.0 for name in NAMES})
UNCHANGED = asdict(Photometric())
TEXT_HEIGHT = 40.0


@pytest.fixture(scope='module')
def pixels():
    """Orange letters on a blue, uneven ground, uint8 (40, 160, 3)."""
    rows, columns = np.indices((40, 160))
    ground = np.stack([20 + rows, 60 + columns // 4, 150 + rows], axis=2).astype(np.uint8)
    return cv2.putText(ground, 'Abgxy', (8, 30), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (230, 140, 40), 3, cv2.LINE_AA)


def applied(pixels, inside=None, text_height=TEXT_HEIGHT, **changes):
    if inside is None:
        inside = np.full(pixels.shape[:2], 255, np.uint8)
    return apply_photometric(pixels, inside, text_height, Photometric(**changes))


def draws(settings, count=400):
    return [draw_photometric(np.random.default_rng(seed), settings) for seed in range(count)]


# What is drawn


def test_by_default_nothing_is_changed(pixels):
    for drawn in draws(PhotometricSettings(), 50):
        assert asdict(drawn) == {**UNCHANGED, 'noise_seed': drawn.noise_seed}
        assert apply_photometric(pixels, pixels[:, :, 0], TEXT_HEIGHT, drawn) is pixels


@pytest.mark.parametrize(
    ('name', 'chosen', 'low', 'high'),
    [
        ('hue', 90.0, -90, 90),
        ('contrast', 0.4, 0.6, 1.4),
        ('brightness', 0.2, -0.2, 0.2),
        ('gamma', 2.0, 0.5, 2),
        ('blur', 0.1, 0, 0.1),
        ('low_resolution', 10.0, 10, 20),
        ('noise', 0.3, 0, 0.3),
        ('jpeg_quality', 30, 30, 95),
    ],
)
def test_each_is_drawn_over_its_range(name, chosen, low, high):
    drawn = np.array([getattr(one, name) for one in draws(replace(ALL, **{name: chosen}))])
    width = high - low
    assert low <= drawn.min() < low + 0.02 * width and high - 0.02 * width < drawn.max() <= high
    if name == 'gamma':
        drawn, low, high = np.log(drawn), np.log(low), np.log(high)
    assert drawn.mean() == pytest.approx((low + high) / 2, abs=0.05 * (high - low))


def test_each_comes_as_often_as_asked_for_and_independently():
    happened = []
    for drawn in draws(PhotometricSettings(**{f'{name}_prob': 0.1 + 0.1 * i for i, name in enumerate(NAMES)}), 1000):
        happened.append([getattr(drawn, ATTRIBUTES[name]) != UNCHANGED[ATTRIBUTES[name]] for name in NAMES])
    assert np.mean(happened, axis=0) == pytest.approx(0.1 + 0.1 * np.arange(9), abs=0.05)
    others = np.corrcoef(np.transpose(happened)) - np.eye(9)
    assert np.abs(others).max() < 0.15


def test_the_number_of_draws_does_not_depend_on_their_outcome():
    states = set()
    for settings in (PhotometricSettings(), ALL, replace(ALL, hue=3.0, noise_prob=0.5, jpeg_quality=90)):
        rng = np.random.default_rng(0)
        for _ in range(10):
            draw_photometric(rng, settings)
        states.add(rng.bit_generator.state['state']['state'])
    assert len(states) == 1


def test_one_probability_does_not_change_what_the_others_draw():
    for name in NAMES:
        for every, without in zip(draws(ALL, 5), draws(replace(ALL, **{f'{name}_prob': 0.0}), 5), strict=True):
            assert asdict(without) == {**asdict(every), ATTRIBUTES[name]: UNCHANGED[ATTRIBUTES[name]]}


# What it does


def lightness(image):
    return float(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).mean())


def spread(image):
    return float(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).std())


def sharpness(image):
    return float(cv2.Laplacian(image, cv2.CV_32F).std())


@pytest.mark.parametrize(
    ('measure', 'less', 'more'),
    [
        (lightness, {'brightness': -0.1}, {'brightness': 0.1}),
        (lightness, {'gamma': 2.0}, {'gamma': 0.5}),
        (spread, {'contrast': 0.5}, {'contrast': 1.5}),
        (sharpness, {'blur': 0.06}, {'noise': 0.1}),
        (sharpness, {'low_resolution': 10.0}, {'contrast': 1.5}),
    ],
)
def test_each_works_in_its_direction(pixels, measure, less, more):
    assert measure(applied(pixels, **less)) < 0.95 * measure(pixels)
    assert measure(applied(pixels, **more)) > 1.05 * measure(pixels)


@pytest.mark.parametrize(
    ('name', 'little', 'much'), [('blur', 0.01, 0.1), ('noise', 0.02, 0.2), ('brightness', 0.1, 0.3)]
)
def test_more_is_further_from_the_picture(pixels, name, little, much):
    near, far = (np.abs(applied(pixels, **{name: value}) - pixels.astype(float)).mean() for value in (little, much))
    assert 0 < 2 * near < far


def test_worse_jpeg_is_further_from_the_picture(pixels):
    errors = [np.abs(through_jpeg(pixels, quality) - pixels.astype(float)).mean() for quality in (95, 60, 20, 5)]
    assert errors == sorted(errors) and 0 < errors[0] < errors[-1] / 3


def test_contrast_keeps_the_mean_and_brightness_the_differences(pixels):
    assert lightness(applied(pixels, contrast=0.6)) == pytest.approx(lightness(pixels), abs=1)
    assert spread(applied(pixels, brightness=0.05)) == pytest.approx(spread(pixels), abs=1)
    assert lightness(applied(pixels, brightness=0.05)) == pytest.approx(lightness(pixels) + 0.05 * 255, abs=1)


def test_only_the_region_counts_for_the_mean(pixels):
    inside = np.zeros(pixels.shape[:2], np.uint8)
    inside[:, :80] = 255
    other = pixels.copy()
    other[:, 80:] = 255
    one, two = (applied(image, inside, contrast=0.5)[:, :80] for image in (pixels, other))
    assert (one == two).all()
    assert lightness(one) == pytest.approx(lightness(pixels[:, :80]), abs=1)


def test_the_negative_of_the_negative_is_the_picture(pixels):
    assert (applied(pixels, invert=True) == 255 - pixels).all()
    assert (applied(applied(pixels, invert=True), invert=True) == pixels).all()


def test_hue_turns_colours_and_leaves_greys():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [90, 90, 90]]], np.uint8)
    assert (turn_hue(colours, 120)[0] == [[0, 255, 0], [0, 0, 255], [255, 0, 0], [0, 255, 255], [90, 90, 90]]).all()
    assert (turn_hue(colours, -120)[0] == [[0, 0, 255], [255, 0, 0], [0, 255, 0], [255, 0, 255], [90, 90, 90]]).all()


def test_blur_counts_in_text_heights(pixels):
    assert (applied(pixels, text_height=40.0, blur=0.05) == cv2.GaussianBlur(pixels, (0, 0), 2.0, borderType=1)).all()
    assert (applied(pixels, text_height=20.0, blur=0.1) == applied(pixels, text_height=40.0, blur=0.05)).all()


def test_low_resolution_goes_down_to_the_text_height_in_pixels():
    stripes = np.zeros((48, 96, 3), np.uint8)
    stripes[:, ::2] = 255
    assert (applied(stripes, text_height=48.0, low_resolution=12.0) == 128).all()  # a fourth of it: no stripe is left
    assert applied(stripes, text_height=12.0, low_resolution=12.0) is stripes  # it is so low already
    assert applied(stripes, text_height=8.0, low_resolution=12.0) is stripes


def test_noise_and_jpeg_grow_with_the_pixels_of_low_resolution(pixels):
    """A grain of noise is as large as a pixel of the small picture."""
    flat = np.full((80, 160, 3), 128, np.uint8)
    fine = applied(flat, text_height=80.0, noise=0.1).astype(float)
    coarse = applied(flat, text_height=80.0, noise=0.1, low_resolution=10.0).astype(float)
    for image, low, high in ((fine, -0.05, 0.05), (coarse, 0.8, 1)):
        neighbours = np.corrcoef(image[:, 1:].ravel(), image[:, :-1].ravel())[0, 1]
        assert low < neighbours < high


def test_noise_has_its_standard_deviation_and_depends_on_its_seed_alone():
    flat = np.full((100, 100, 3), 128, np.uint8)
    noisy = applied(flat, noise=0.05, noise_seed=3)
    assert noisy.std() == pytest.approx(0.05 * 255, rel=0.05) and noisy.mean() == pytest.approx(128, abs=0.5)
    assert (applied(flat, noise=0.05, noise_seed=3) == noisy).all()
    assert (applied(flat, noise=0.05, noise_seed=4) != noisy).any()


@pytest.mark.parametrize('shape', [(1, 1), (1, 50), (8, 8), (50, 1)])
@pytest.mark.parametrize('text_height', [0.0, 1.0, 30.0])
def test_all_at_once_on_the_smallest_regions(shape, text_height):
    region = np.full((*shape, 3), 77, np.uint8)
    inside = np.zeros(shape, np.uint8)
    for drawn in draws(ALL, 20):
        changed = apply_photometric(region, inside, text_height, drawn)
        assert changed.shape == region.shape and changed.dtype == np.uint8
    assert (region == 77).all()


@pytest.mark.parametrize(
    ('name', 'options', 'parameters', 'changes', 'tolerance'),
    [
        ('Hue', {}, 30.0, {'hue': 60.0}, 0),
        ('Contrast', {'factor_range': (0, 2), 'rgb': True}, 0.7, {'contrast': 0.7}, 1),
        ('Brightness', {'delta': 100}, -51.0, {'brightness': -0.2}, 1),
        ('Gamma', {}, 0.25, {'gamma': 0.8}, 1),
        ('GaussianBlur', {}, ((0, 0), (2.0, 2.0)), {'blur': 0.05}, 0),
    ],
)
def test_tensorpack_gives_the_same(pixels, name, options, parameters, changes, tolerance):
    from tensorpack.dataflow import imgaug

    expected = getattr(imgaug, name)(**options)._augment(pixels, parameters)
    assert np.abs(applied(pixels, **changes) - expected.astype(float)).max() <= tolerance


def test_tensorpack_gives_the_same_jpeg_and_noise(pixels):
    from tensorpack.dataflow import imgaug

    compressed = imgaug.JpegNoise()._augment(pixels[..., ::-1], 30)[..., ::-1]  # it takes blue, green, red
    assert (applied(pixels, jpeg_quality=30) == compressed).all()
    noise = np.random.default_rng(5).standard_normal(pixels.shape, np.float32)
    noisy = imgaug.GaussianNoise(sigma=0.1 * 255)._augment(pixels, noise)
    assert np.abs(applied(pixels, noise=0.1, noise_seed=5) - noisy.astype(float)).max() <= 1
