import numpy as np
import pytest

from ocr.drawing.camera import (
    ENLARGING,
    SHRINKING,
    cast_shadow,
    enlarge,
    light_field,
    move_blur,
    mute,
    shrink,
)
from ocr.drawing.colours import LUMINANCE

PICTURE = np.random.default_rng(0).uniform(0, 255, (30, 50, 3)).astype(np.float32)


@pytest.mark.parametrize('shape', [(1, 1), (2, 90), (40, 60)])
@pytest.mark.parametrize('seed', range(5))
def test_light_never_takes_more_than_its_strength(shape, seed):
    rng = np.random.default_rng(seed)
    for field in (light_field(shape, 0.6, rng), cast_shadow(shape, 0.6, 4.0, rng)):
        assert field.shape == (*shape, 3) and field.min() >= 0.4 - 1e-4 and field.max() <= 1 + 1e-4
        if shape[0] == 40:
            assert field.max() - field.min() > 0.2


@pytest.mark.parametrize('shift', [(9.0, 0.0), (0.3, -0.4), (-4.0, 6.0)])
def test_motion_keeps_the_light(shift):
    point = np.zeros((41, 41, 3), np.float32)
    point[20, 20] = 255
    moved = move_blur(point, shift)
    assert moved.sum() == pytest.approx(point.sum(), rel=1e-3)
    y, x = np.argwhere(moved[..., 0] > 0).T
    assert abs(np.ptp(x) - abs(shift[0])) <= 2 and abs(np.ptp(y) - abs(shift[1])) <= 2


def test_muted_colours_keep_their_luminance():
    grey = mute(PICTURE, 1.0)
    np.testing.assert_allclose(grey @ LUMINANCE, PICTURE @ LUMINANCE, rtol=1e-4)
    np.testing.assert_allclose(grey[..., 0], grey[..., 2], rtol=1e-4)
    assert 0 < np.ptp(mute(PICTURE, 0.7), axis=2).mean() < np.ptp(PICTURE, axis=2).mean()


@pytest.mark.parametrize('way', range(max(len(SHRINKING), len(ENLARGING))))
def test_low_resolution_keeps_the_size_and_loses_detail(way):
    small = shrink(PICTURE, 3.0, way % len(SHRINKING))
    assert small.shape == (10, 17, 3) and shrink(PICTURE, 100.0, 0).shape == (4, 4, 3)
    assert enlarge(small.astype(np.uint8), (30, 50), way % len(ENLARGING)).shape == (30, 50, 3)
