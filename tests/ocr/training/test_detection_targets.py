"""Target maps of a detector: cores, don't-care, and the band of the threshold."""

import numpy as np
import pytest

from ocr.geometry import box_polygon, polygon_area
from ocr.training.detection_targets import BAND, COUNTED, TEXT, THRESHOLD, draw_targets, fill, threshold_value


def targets(*boxes, counts=None, height=64, width=96, **options):
    polygons = [box_polygon(box) for box in boxes]
    return draw_targets(polygons, counts or [True] * len(boxes), height, width, **options)


def test_a_picture_without_text_is_background_that_counts():
    maps = targets()
    assert maps.shape == (64, 96, 4)
    assert maps.dtype == np.uint8
    assert (maps == [0, 1, 0, 0]).all()


def test_the_core_of_a_rectangle_is_shrunk_by_the_papers_distance():
    maps = targets((20, 20, 60, 40))
    distance = 40 * 20 * 0.84 / 120  # 5.6
    rows, columns = np.nonzero(maps[..., TEXT])
    assert (columns.min(), columns.max() + 1) == (round(20 + distance), round(60 - distance))
    assert (rows.min(), rows.max() + 1) == (round(20 + distance), round(40 - distance))
    assert maps[..., COUNTED].all()


def test_the_threshold_is_highest_on_the_outline_and_counts_in_the_band():
    maps = targets((20, 20, 60, 40))
    values = threshold_value(maps)
    assert values[30, 40] == pytest.approx(0.3, abs=1e-6)
    assert values[20, 40] == pytest.approx(0.7, abs=0.05)
    assert values[23, 40] == pytest.approx(0.7 - 0.4 * 3.5 / 5.6, abs=0.08)
    assert values[17, 40] == pytest.approx(values[22, 40], abs=0.08)
    assert values[10, 40] == pytest.approx(0.3)
    band = maps[..., BAND]
    assert band[15, 40]
    assert not band[13, 40]
    assert band[30, 40]


@pytest.mark.parametrize('box', [(20, 20, 60, 40), (20, 20, 60, 27)])
def test_what_does_not_count_is_masked_out_and_never_background(box):
    maps = targets(box, counts=[box[3] != 40], min_size=8)
    assert not maps[..., TEXT].any()
    assert not maps[..., BAND].any()
    assert not maps[25, 30, COUNTED]
    x0, y0, x1, y1 = box
    assert (maps[..., COUNTED] == 0).sum() == (x1 - x0) * (y1 - y0)


def test_text_inside_a_region_that_does_not_count_is_text():
    maps = targets((20, 20, 60, 40), (10, 10, 90, 60), counts=[True, False])
    assert maps[30, 40, TEXT]
    assert maps[30, 40, COUNTED]
    assert not maps[50, 40, COUNTED]


def test_text_that_the_edge_cuts_counts_as_far_as_it_is_seen_or_not_at_all():
    most = targets((-10, 20, 50, 40))
    assert most[30, 20, TEXT]
    assert not most[30, 1, TEXT]  # its core keeps away from the edge, as that of text that ends there
    little = targets((-40, 20, 20, 40))
    assert not little[..., TEXT].any()
    assert not little[30, 10, COUNTED]
    assert (targets((-40, -40, -10, -10), (200, 5, 240, 30)) == targets()).all()


def test_neighbours_keep_their_own_cores_and_share_the_higher_threshold():
    maps = targets((10, 20, 40, 40), (42, 20, 80, 40))
    assert not maps[20:40, 38:44, TEXT].any()
    assert maps[30, 25, TEXT]
    assert maps[30, 60, TEXT]
    assert maps[30, 41, THRESHOLD] > 200


@pytest.mark.parametrize('polygon', [[[5, 5]] * 4, [[0, 0], [50, 50]]])
def test_what_has_no_area_changes_nothing(polygon):
    assert (draw_targets([np.array(polygon, np.float32)], [True], 64, 96) == targets()).all()


@pytest.mark.parametrize('size', [(1.6, 30), (3.2, 12.5), (17.3, 9.1)])
def test_a_filled_outline_has_the_area_of_the_polygon_wherever_it_lies(size):
    areas = [
        fill(box_polygon((8 + dx, 9 + dy, 8 + dx + size[0], 9 + dy + size[1])), (0, 0, 64, 64)).sum()
        for dx in np.arange(0, 1, 0.1)
        for dy in np.arange(0, 1, 0.1)
    ]
    assert np.mean(areas) == pytest.approx(size[0] * size[1], rel=0.12)


def test_a_curved_text_has_one_core_along_its_bend():
    angle = np.linspace(np.pi, 2 * np.pi, 9)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring = np.concatenate([48 + circle * 40, (48 + circle * 24)[::-1]]).astype(np.float32)
    maps = draw_targets([ring], [True], 96, 96)
    core = maps[..., TEXT]
    assert core[48 - 32, 48]
    assert not core[40, 48]
    assert 0 < core.sum() < 0.4 * polygon_area(ring)
