"""The check of drawn text at scale runs, and finds what is wrong."""

import json
import subprocess
import sys

import drawn_at_scale
import ink
import numpy as np
import pytest
import tiny


def test_few_samples_pass(tmp_path):
    command = [sys.executable, 'tests/drawn_at_scale.py', '--num_samples', '60', '--picture', str(tmp_path / 'h.png')]
    result = subprocess.run(command, capture_output=True, text=True, cwd=tiny.ROOT)
    summary = json.loads(result.stdout)
    lengths = summary['faults'].pop('lengths not as the recipe says')  # 60 are too few for that
    assert result.returncode == lengths and not any(summary['faults'].values()), result.stderr
    assert summary['glyphs_drawn'] > 100 and (tmp_path / 'h.png').stat().st_size > 10_000


@pytest.mark.parametrize(('point', 'outside'), [((2, 2), False), ((5, 2), True), ((2, 5), True), ((3.5, 5), False)])
def test_points_outside_a_polygon_with_a_notch_are_told(point, outside):
    notched = np.array([[0, 0], [4, 0], [4, 6], [2, 3], [0, 6]], np.float64)
    assert ink.any_outside(np.array([[1.0, 1.0], point]), notched) == outside


def test_counts_far_from_the_expected_are_told():
    expected = {'straight': 900.0, 'wave': 100.0}
    assert drawn_at_scale.far_off({'straight': 890, 'wave': 110}, expected) == {}
    assert drawn_at_scale.far_off({'straight': 840, 'wave': 160}, expected).keys() == {'straight', 'wave'}
    assert drawn_at_scale.share_apart({'straight': 840, 'wave': 160}, expected) == pytest.approx(0.06)


def test_a_blank_glyph_is_told():
    fonts = drawn_at_scale.scan_fonts(tiny.FONT_DIR)
    glyphs = {(fonts[0].name, 'A'), (fonts[0].name, '\u6c38'), (fonts[0].name, '\u00a0')}
    assert drawn_at_scale.missing_glyphs(glyphs, fonts) == [(fonts[0].name, '\u00a0'), (fonts[0].name, '\u6c38')]
