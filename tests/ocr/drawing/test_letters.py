import numpy as np
import pytest

from ocr.drawing.letters import change_weight, depth, relief, shadow, widen


@pytest.fixture
def ink():
    mask = np.zeros((40, 60), np.uint8)
    mask[15:25, 20:40] = 255
    return mask


@pytest.mark.parametrize('pixels', [-2.0, -0.4, 0.0, 0.3, 1.0, 2.5])
def test_weight_changes_strokes_by_fractions_of_a_pixel(ink, pixels):
    changed = change_weight(ink, pixels)
    assert changed[20].sum() / 255 == pytest.approx(20 + 2 * pixels, abs=0.05)


def test_widen_by_nothing_is_the_ink(ink):
    assert widen(ink, 0) is ink and (widen(ink, 3) > 0).sum() > (ink > 0).sum()


@pytest.mark.parametrize('shift', [(6.0, 0.0), (-5.0, 7.0), (0.4, 0.2)])
def test_depth_has_no_gaps(ink, shift):
    solid = depth(ink, shift)
    assert (solid >= ink).all()
    for share in np.linspace(0, 1, 9):
        y, x = round(20 + share * shift[1]), round(30 + share * shift[0])
        assert solid[y, x] == 255
    inked = np.argwhere(solid > 127)
    reach = inked.max(axis=0) - inked.min(axis=0) - (9, 19)
    np.testing.assert_allclose(reach, np.abs(shift[::-1]), atol=1)


def test_shadow_is_moved_and_thinned(ink):
    moved = shadow(ink, (3.0, 4.0), 0.0, 0.5)
    assert moved.max() == 128 and (np.argwhere(moved)[0] == (19, 23)).all()


def test_relief_is_bright_on_one_side_and_dark_on_the_other(ink):
    field = relief(ink, 1.5, 0.0)
    assert field[20, 20] * field[20, 39] < 0 and abs(field[20, 30]) < 0.01 and abs(field).max() <= 1
    np.testing.assert_array_equal(field[5], 0)
