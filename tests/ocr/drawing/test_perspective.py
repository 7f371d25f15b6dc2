import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ink import ink_outside

from ocr.drawing.fonts import Font
from ocr.drawing.layout import SHAPES, Pose, bleed, lay_out
from ocr.drawing.letters import widen
from ocr.drawing.perspective import MAX_ANGLE, draw_view, project
from ocr.geometry import crosses_itself

PLAIN = Font(str(Path(__file__).resolve().parents[3] / 'fonts' / 'DejaVuSans-Bold.ttf'))
STRAIGHT_AHEAD = (0.0, 0.0, 2.0)


@settings(max_examples=60)
@given(
    shape=st.sampled_from(list(SHAPES)),
    text=st.text('AWgj1.,-', min_size=1, max_size=16),
    em=st.sampled_from([12, 24, 64]),
    tilt=st.floats(-math.pi, math.pi),
    yaw=st.floats(-MAX_ANGLE, MAX_ANGLE),
    share=st.floats(-0.8, 0.8),
    distance=st.floats(1.0, 3.0),
    outline=st.integers(0, 4),
    form=st.tuples(st.floats(0.5, 2), st.floats(-0.6, 0.6), st.floats(-0.01, 0.05)),
)
@example(  # an arc so tight that its inside closes
    shape='arc_up',
    text='AAg',
    em=12,
    tilt=0.0,
    yaw=1.0,
    share=0.0,
    distance=1.0,
    outline=3,
    form=(1.25, 0.0, 0.0),
)
def test_ink_stays_inside_whatever_the_view(shape, text, em, tilt, yaw, share, distance, outline, form):
    stretch, slant, weight = form
    pose = Pose(shape, tilt=tilt, bend=math.pi, margins=(0,) * 4, stretch=stretch, slant=slant, weight=weight)
    layout = lay_out(text, PLAIN, em, pose, growth=outline)
    pitch = share * math.sqrt(MAX_ANGLE**2 - yaw**2)
    seen, _ = project(layout, None, (yaw, pitch, distance), np.zeros(4), bleed(pose, em) + outline)
    height, width = seen.ink.shape
    assert seen.polygon.dtype == np.float32 and seen.shape == shape
    assert not crosses_itself(seen.polygon)
    assert seen.polygon.min() >= 0 and (seen.polygon <= (width, height)).all()
    ink = widen(seen.ink, outline)
    assert not ink_outside(seen.polygon, ink)
    assert not ink[[0, -1]].any() and not ink[:, [0, -1]].any()


def test_straight_ahead_nothing_changes():
    layout = lay_out('Agj', PLAIN, 40, Pose(margins=(0.5, 0.5, 0.5, 0.5)))
    seen, clutter = project(layout, layout.ink, STRAIGHT_AHEAD, np.full(4, 20.0), 0)
    np.testing.assert_array_equal(clutter, seen.ink)
    assert seen.ink.astype(int).sum() == pytest.approx(layout.ink.astype(int).sum(), rel=0.01)
    np.testing.assert_allclose(np.ptp(seen.polygon, axis=0), np.ptp(layout.polygon, axis=0) + 1, atol=0.01)


def test_the_far_side_is_smaller():
    layout = lay_out('HHHHHH', PLAIN, 40, Pose())
    upper_left, upper_right, lower_right, lower_left = project(layout, None, (0.8, 0, 1.5), np.zeros(4), 0)[0].polygon
    assert lower_right[1] - upper_right[1] < 0.8 * (lower_left[1] - upper_left[1])


def test_views_grow_with_the_strength():
    assert draw_view(0.0, np.random.default_rng(0))[:2] == (0, 0)
    angles = [np.hypot(*draw_view(0.5, np.random.default_rng(seed))[:2]) for seed in range(50)]
    assert 0.79 * MAX_ANGLE / 2 <= min(angles) < max(angles) <= MAX_ANGLE / 2 + 1e-9
