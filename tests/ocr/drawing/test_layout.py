import dataclasses
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ink import ink_outside

from ocr.drawing.fonts import scan_fonts
from ocr.drawing.layout import SHAPES, Pose, lay_out, lay_out_words
from ocr.drawing.paths import ArcPath, StraightPath, WavePath
from ocr.geometry import crosses_itself

FONTS = {font.name: font for font in scan_fonts(Path(__file__).resolve().parents[3] / 'fonts')}
PLAIN = FONTS['DejaVuSans-Bold']


def assert_sound(layout):
    """No ink outside the polygon or at an edge; the polygon inside the picture, in order, without crossing itself."""
    height, width = layout.ink.shape
    assert layout.ink.max() > 200
    assert not layout.ink[[0, -1]].any() and not layout.ink[:, [0, -1]].any()
    assert layout.polygon.dtype == np.float32 and layout.polygon.shape[1] == 2
    assert layout.polygon.min() >= 0 and (layout.polygon <= (width, height)).all()
    assert not ink_outside(layout.polygon, layout.ink)
    x, y = layout.polygon.T.astype(np.float64)
    assert not crosses_itself(layout.polygon)
    signed = (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2
    assert signed > 0, 'clockwise on the screen'
    fixed_point = np.round((layout.polygon - 0.5) * 256).astype(np.int32)
    mask = cv2.fillPoly(np.zeros_like(layout.ink), [fixed_point], 1, shift=8)
    assert signed == pytest.approx(mask.sum(), abs=cv2.arcLength(layout.polygon, True))


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('font', ['DejaVuSans-Bold', 'KaushanScript-Regular', 'YanoneKaffeesatz-Bold'])
@pytest.mark.parametrize('text', ['Agj4', '0123456789', 'A b', 'WWWWiiii....gjpqy'])
@pytest.mark.parametrize('em', [16, 48])
def test_ink_is_inside_and_nothing_is_cut(shape, font, text, em):
    layout = lay_out(text, FONTS[font], em, Pose(shape, margins=(0, 0, 0, 0), bend=math.pi))
    assert layout.shape == shape
    assert_sound(layout)


@settings(max_examples=60)
@given(
    shape=st.sampled_from(list(SHAPES)),
    text=st.text('AWgj1.,-', min_size=1, max_size=24),
    em=st.sampled_from([12, 24, 64]),
    tilt=st.floats(-math.pi, math.pi),
    bend=st.floats(0.05, math.pi),
    amplitude=st.floats(0, 1),
    wavelength=st.floats(1, 10),
    phase=st.floats(0, 6.3),
    spacing=st.floats(-0.1, 1),
    form=st.tuples(st.floats(0.5, 2), st.floats(-0.6, 0.6), st.floats(-0.01, 0.05)),
)
def test_any_pose_is_sound(shape, text, em, tilt, bend, amplitude, wavelength, phase, spacing, form):
    pose = Pose(shape, spacing, tilt, bend, amplitude, wavelength, phase, 0.0, (0, 0, 0, 0), *form)
    assert_sound(lay_out(text, PLAIN, em, pose))


@pytest.mark.parametrize('shape', ['straight', 'arc_up', 'arc_down', 'wave', 'column'])
def test_polygon_leaves_room_for_an_outline(shape):
    layout = lay_out('outline', PLAIN, 40, Pose(shape, margins=(0, 0, 0, 0)), growth=4)
    wide = cv2.dilate(layout.ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    assert not ink_outside(layout.polygon, wide)


def test_polygon_is_tight():
    layout = lay_out('HHH', PLAIN, 48, Pose(margins=(1, 1, 1, 1)))
    rows, columns = np.flatnonzero(layout.ink.any(axis=1)), np.flatnonzero(layout.ink.any(axis=0))
    ink_box = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    np.testing.assert_allclose([*layout.polygon[0], *layout.polygon[2]], ink_box + np.array([-2, -2, 2, 2]), atol=1)


def test_margins_are_as_asked():
    layout = lay_out('HHH', PLAIN, 40, Pose(margins=(0.5, 1, 1.5, 2)))
    height, width = layout.ink.shape
    (x0, y0), (x1, y1) = layout.polygon.min(axis=0), layout.polygon.max(axis=0)
    np.testing.assert_allclose([x0, y0, width - x1, height - y1], [20, 40, 60, 80], atol=1)


@pytest.mark.parametrize(('shape', 'fewest'), [('straight', 4), ('column', 4), ('arc_up', 8), ('wave', 8)])
def test_curves_have_more_points(shape, fewest):
    polygon = lay_out('curved text', PLAIN, 40, Pose(shape)).polygon
    assert len(polygon) == 4 if fewest == 4 else len(polygon) >= fewest
    assert len(polygon) % 2 == 0


def test_straight_and_column_run_their_way():
    line, column = (lay_out('HHHHHH', PLAIN, 40, Pose(shape)) for shape in ('straight', 'column'))
    assert line.ink.shape[1] > 3 * line.ink.shape[0]
    assert column.ink.shape[0] > 3 * column.ink.shape[1]


def test_upright_letters_are_not_resampled():
    glyph = PLAIN.glyph('H', 40)
    ink = lay_out('H', PLAIN, 40, Pose()).ink
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    np.testing.assert_array_equal(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], glyph.ink)


def test_tilt_turns_ink_and_polygon_alike():
    upright, turned = (lay_out('HiH', PLAIN, 40, Pose(tilt=tilt, margins=(0, 0, 0, 0))) for tilt in (0, math.pi / 2))
    assert turned.ink.shape == pytest.approx(upright.ink.shape[::-1], abs=2)
    x, y = turned.polygon[0]  # the text's upper left corner is now at the upper right
    assert x > turned.ink.shape[1] / 2 and y < turned.ink.shape[0] / 2
    assert turned.ink.astype(int).sum() == pytest.approx(upright.ink.astype(int).sum(), rel=0.03)


@pytest.mark.parametrize('up', [True, False])
def test_letters_on_an_arc_stand_at_its_tangent(up):
    centres = np.array([-50.0, 0.0, 50.0])
    anchors = np.zeros((3, 2))
    poses = ArcPath(100.0, up).place(centres, anchors)
    np.testing.assert_allclose(np.hypot(*poses[:, :, 2].T), 100)
    for pose in poses:
        assert pose[:, 0] @ pose[:, 2] == pytest.approx(0, abs=1e-9), 'the writing direction is square to the radius'
        assert (pose[:, 1] @ pose[:, 2] < 0) == up, 'feet towards the centre on top, away from it at the bottom'
    assert (poses[:, 0, 0] > 0).all() and (np.diff(poses[:, 0, 2]) > 0).all()


def test_letters_on_a_wave_stand_at_its_tangent():
    path = WavePath(10.0, 80.0, 0.3)
    centres = np.linspace(0, 160, 9)
    poses = path.place(centres, np.zeros((9, 2)))
    slopes = (path.height(centres + 1e-4) - path.height(centres - 1e-4)) / 2e-4
    np.testing.assert_allclose(poses[:, 1, 0] / poses[:, 0, 0], slopes, atol=1e-6)
    np.testing.assert_allclose(poses[:, 1, 2], path.height(centres))


@pytest.mark.parametrize('path', [StraightPath(), ArcPath(60.0, True), ArcPath(60.0, False), WavePath(12.0, 70.0, 1.0)])
def test_surround_keeps_its_distance(path):
    anchors = np.zeros((9, 2))
    poses = path.place(np.linspace(-50, 50, 9), anchors)
    points = np.concatenate([poses @ (x, y, 1) for x in (-4, 4) for y in (-10, 3)])
    polygon = path.surround(points, 3.0).astype(np.float32)
    distances = [cv2.pointPolygonTest(polygon, (float(x), float(y)), True) for x, y in points]
    assert min(distances) >= 2.99


def test_stretched_slanted_and_heavier_letters():
    plain = Pose(margins=(0, 0, 0, 0))
    bare = lay_out('HHHH', PLAIN, 48, plain)
    wide, slanted, heavy = (
        lay_out('HHHH', PLAIN, 48, dataclasses.replace(plain, **change))
        for change in ({'stretch': 1.5}, {'slant': 0.4}, {'weight': 0.03})
    )
    assert wide.ink.shape[1] == pytest.approx(1.5 * bare.ink.shape[1], rel=0.04)
    assert wide.ink.shape[0] == pytest.approx(bare.ink.shape[0], abs=1)
    assert slanted.ink.shape[1] - bare.ink.shape[1] == pytest.approx(0.4 * PLAIN.glyph('H', 48).ink.shape[0], abs=3)
    upper, lower = (np.flatnonzero(rows.any(axis=0))[0] for rows in np.array_split(slanted.ink, 2))
    assert upper > lower, 'they lean to the right'
    assert heavy.ink.astype(int).sum() > 1.1 * bare.ink.astype(int).sum()


def heights(layout):
    """Rows of ink of each letter, from left to right; the letters must not touch."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((layout.ink > 127).astype(np.uint8))
    letters = stats[1:count][np.argsort(stats[1:count, cv2.CC_STAT_LEFT])]
    return letters[:, cv2.CC_STAT_HEIGHT], letters[:, cv2.CC_STAT_TOP] + letters[:, cv2.CC_STAT_HEIGHT]


def test_small_capitals_stand_on_the_line_behind_the_first_of_each_word():
    pose = Pose(small_capitals=0.7, spacing=0.1)
    sizes, feet = heights(lay_out('HEH LHH', PLAIN, 48, pose))
    tall, small = sizes[[0, 3]], sizes[[1, 2, 4, 5]]
    assert np.ptp(tall) <= 1 and np.ptp(small) <= 1 and np.ptp(feet) <= 1
    assert small.mean() == pytest.approx(0.7 * tall.mean(), abs=1)
    assert heights(lay_out('HeH', PLAIN, 48, pose))[0][2] == tall[0]  # with small letters capitals stay as they are
    assert_sound(lay_out('HEH LHH', PLAIN, 48, pose))


def test_dancing_letters_turn_rise_and_grow_each_for_itself():
    rows = ((0.0, 0.0, 1.0), (0.0, 0.1, 1.0), (0.0, 0.0, 1.2), (0.3, 0.0, 1.0))
    pose = Pose(spacing=0.3, dance=rows)
    sizes, feet = heights(lay_out('IIII', PLAIN, 48, pose))
    assert sizes[1] == pytest.approx(sizes[0], abs=1) and feet[1] == pytest.approx(feet[0] - 4.8, abs=1)
    assert sizes[2] == pytest.approx(1.2 * sizes[0], abs=1) and feet[2] == pytest.approx(feet[0], abs=1)
    assert sizes[3] == pytest.approx(sizes[0], abs=4) and feet[3] != feet[0]


@pytest.mark.parametrize('shape', SHAPES)
def test_no_ink_of_uneven_letters_is_outside(shape):
    rows = tuple((turn, rise, size) for turn in (-0.26, 0.26) for rise in (-0.12, 0.12) for size in (0.8, 1.25))
    assert_sound(lay_out('WAVEMAKER', PLAIN, 48, Pose(shape, dance=rows, small_capitals=0.7, slant=0.3, tilt=0.2)))


@pytest.mark.parametrize('shape', [shape for shape in SHAPES if shape != 'column'])
def test_words_have_polygons_of_their_own_that_hold_all_ink(shape):
    pose = Pose(shape, margins=(0, 0, 0, 0), bend=2.0, tilt=0.2, word_spacing=0.3)
    layout, words = lay_out_words('to be  or not', PLAIN, 32, pose)
    assert [word for word, _ in words] == ['to', 'be', 'or', 'not']
    remaining = layout.ink.copy()
    for _, polygon in words:
        assert len(polygon) % 2 == 0 and not crosses_itself(polygon)
        cv2.fillPoly(remaining, [np.round((polygon - 0.5) * 256).astype(np.int32)], 0, shift=8)
    assert not remaining.any()
    assert_sound(layout)
    assert np.array_equal(layout.ink, lay_out('to be  or not', PLAIN, 32, pose).ink)


def test_word_spacing_widens_spaces_alone():
    narrow, wide = (lay_out_words('ab cd', PLAIN, 32, Pose(word_spacing=share))[1] for share in (0.0, 1.0))
    for (_, before), (_, after) in zip(narrow, wide, strict=True):
        np.testing.assert_allclose(np.ptp(before, axis=0), np.ptp(after, axis=0), atol=1)
    assert wide[1][1][0, 0] - narrow[1][1][0, 0] == pytest.approx(32, abs=1)


def test_the_origin_is_the_middle_of_the_baseline():
    layout = lay_out('HH', PLAIN, 40, Pose())
    rows = np.flatnonzero((layout.ink > 128).any(axis=1))
    columns = np.flatnonzero((layout.ink > 128).any(axis=0))
    assert layout.origin[1] == pytest.approx(rows[-1] + 1, abs=1)
    assert layout.origin[0] == pytest.approx((columns[0] + columns[-1] + 1) / 2, abs=2)
