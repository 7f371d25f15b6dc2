"""From a probability map to regions: what comes back, and what happens at the method's weak points."""

import cv2
import numpy as np
import pytest

from ocr.geometry import box_polygon, polygon_box, transform
from ocr.preprocessing.canvas import Canvas
from ocr.reading.strip import overlap
from ocr.reading.text_outlines import (
    MAX_CANDIDATES,
    LeftOut,
    find_outlines,
    find_regions,
    grow_core,
    outline_to_give,
)
from ocr.training.detection_targets import TEXT, draw_targets

EXACT = 0.85  # growth of cores that are exactly those of training


def probability_of(*polygons, size=(320, 240), blur=0.7):
    """The map that a perfect detector would give, its edges as soft as a network's."""
    width, height = size
    cores = draw_targets(list(polygons), [True] * len(polygons), height, width, min_size=0)[..., TEXT]
    return cv2.GaussianBlur(cores.astype(np.float32), (0, 0), blur) if blur else cores.astype(np.float32)


def found(*polygons, size=(320, 240), **options):
    regions, left_out = find_regions(probability_of(*polygons, size=size), size, **{'growth': EXACT, **options})
    return regions, left_out


def arc(radius=90, height=30):
    angle = np.radians(np.linspace(200, 340, 25))
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring = np.concatenate([circle * radius, (circle * (radius - height))[::-1]])
    return (ring + np.array((160, 130))).astype(np.float32)


@pytest.mark.parametrize(
    'box',
    [(40, 50, 140, 80), (40, 50, 70, 80), (40, 50, 60, 200), (20, 30, 300, 60), (40, 50, 80, 64), (40, 50, 60, 60)],
)
def test_a_word_comes_back_where_it_was(box):
    regions, left_out = found(box_polygon(box))
    assert len(regions) == 1
    assert overlap(regions[0].polygon, box_polygon(box)) > 0.78
    assert 0.8 < regions[0].confidence <= 1
    assert not left_out


@pytest.mark.parametrize('degrees', [-30, 12, 45])
def test_a_turned_word_comes_back_turned(degrees):
    polygon = transform(box_polygon((80, 100, 200, 130)), cv2.getRotationMatrix2D((140, 115), degrees, 1))
    (region,), _ = found(polygon)
    assert len(region.polygon) == 4
    assert overlap(region.polygon, polygon) > 0.8


def test_curved_text_comes_back_as_a_strip():
    (region,), _ = found(arc())
    assert len(region.polygon) >= 6
    assert overlap(region.polygon, arc()) > 0.85


def test_coordinates_are_the_photographs():
    probability = probability_of(box_polygon((40, 50, 140, 80)))
    (region,), _ = find_regions(probability, (640, 720), growth=EXACT)
    assert polygon_box(region.polygon) == pytest.approx((80, 150, 280, 240), abs=9)


@pytest.mark.parametrize('height', [12, 20, 32])
def test_a_long_line_keeps_its_height(height):
    """Its core is a sixth of its height; the paper's factor would bring it back at less than half."""
    box = (20, 50, 620, 50 + height)
    (region,), _ = found(box_polygon(box), size=(640, 120))
    assert np.ptp(region.polygon[:, 1]) == pytest.approx(height, rel=0.3)
    assert overlap(region.polygon, box_polygon(box)) > 0.75


def test_neighbours_stay_apart_while_their_cores_do():
    regions, _ = found(box_polygon((20, 50, 100, 80)), box_polygon((104, 50, 200, 80)))
    assert len(regions) == 2


def test_neighbours_whose_cores_meet_come_back_as_one():
    probability = probability_of(box_polygon((20, 50, 100, 80)), box_polygon((104, 50, 200, 80)))
    probability[62:68, 85:118] = 1
    regions, _ = find_regions(probability, (320, 240))
    assert len(regions) == 1
    assert polygon_box(regions[0].polygon) == pytest.approx((20, 50, 200, 80), abs=6)


@pytest.mark.parametrize('box', [(0, 50, 100, 80), (220, 50, 320, 80), (100, 0, 200, 30), (100, 210, 200, 240)])
def test_text_that_touches_the_edge_is_found_and_ends_there(box):
    (region,), _ = found(box_polygon(box))
    x0, y0, x1, y1 = polygon_box(region.polygon)
    assert min(x0, y0, 320 - x1, 240 - y1) >= 0
    assert overlap(region.polygon, box_polygon(box)) > 0.85


def test_text_whose_core_runs_over_the_edge_ends_at_the_edge():
    probability = np.zeros((240, 320), np.float32)
    probability[60:72, :80] = 1
    (region,), _ = find_regions(probability, (320, 240))
    assert polygon_box(region.polygon)[0] == 0


def test_of_a_core_that_grows_into_two_the_largest_stays():
    lobes = [[10, 10], [60, 10], [60, 20], [160, 20], [160, 14], [180, 14], [180, 26], [160, 26], [160, 20], [60, 20]]
    outline, num_pieces = grow_core(np.array([*lobes, [60, 30], [10, 30]], np.float32))
    assert num_pieces == 2
    assert polygon_box(outline)[2] < 100


def test_pieces_beyond_the_first_are_counted(monkeypatch):
    monkeypatch.setattr('ocr.reading.text_outlines.grow_core', lambda core, growth: (core * 1.1, 2))
    regions, left_out = found(box_polygon((40, 50, 140, 80)))
    assert len(regions) == 1
    assert left_out == {LeftOut.SECOND_PIECE: 1}


def test_candidates_are_bounded_the_largest_are_looked_at_and_the_rest_is_counted():
    probability = np.zeros((400, 400), np.float32)
    probability[::4, ::4] = 1  # 10,000 specks
    probability[200:220, 100:300] = 1
    regions, left_out = find_regions(probability, (400, 400))
    assert left_out[LeftOut.MANY] > 8000
    assert sum(left_out.values()) + len(regions) >= 9000
    assert polygon_box(regions[0].polygon)[2] > 290
    assert find_outlines(probability, max_candidates=1)[1][LeftOut.MANY] > 9000
    assert MAX_CANDIDATES == 1000


def test_what_is_doubted_or_tiny_is_counted():
    probability = np.zeros((240, 320), np.float32)
    probability[50:60, 40:140] = 0.4
    probability[100, 100] = 1
    regions, left_out = find_regions(probability, (320, 240))
    assert not regions
    assert left_out == {LeftOut.DOUBTED: 1, LeftOut.SMALL: 1}
    assert len(find_regions(probability, (320, 240), min_confidence=0.3)[0]) == 1


def test_a_peak_that_is_lost_between_the_pixels_is_a_candidate_all_the_same():
    probability = np.full((40, 40), 0.2, np.float32)
    probability[20, 20] = 0.31
    assert find_regions(probability, (40, 40), min_confidence=0.1) == ([], {LeftOut.SMALL: 1})


def test_any_map_goes_through():
    rng = np.random.default_rng(0)
    for size in (8, 40, 80):
        for blur in (0.5, 1, 3):
            probability = cv2.GaussianBlur(rng.random((size, size), np.float32) ** 3, (0, 0), blur)
            regions, _ = find_regions(np.clip(probability * 1.5, 0, 1), (2 * size, size), min_confidence=0.1)
            assert all(np.isfinite(region.polygon).all() for region in regions)


def test_a_picture_without_text_has_no_regions():
    assert find_regions(np.zeros((240, 320), np.float32), (320, 240)) == ([], {})
    assert find_regions(np.full((1, 1), 0.1, np.float32), (7, 5)) == ([], {})


def test_a_map_that_is_all_text_is_one_region():
    (region,), _ = find_regions(np.ones((24, 32), np.float32), (320, 240))
    assert polygon_box(region.polygon) == pytest.approx((0, 0, 320, 240), abs=1)


def test_growth_can_be_corrected():
    box = box_polygon((40, 50, 140, 80))
    small, large = (found(box, growth=growth)[0][0].polygon for growth in (0.8, 1.2))
    assert np.ptp(small[:, 1]) < 30 < np.ptp(large[:, 1])


def test_text_is_given_with_a_margin_of_its_height_where_reading_adds_none():
    box, without = box_polygon((40, 50, 140, 80)), Canvas(64, 'fit')
    assert outline_to_give(box, Canvas(64, 'area')) is box
    assert polygon_box(outline_to_give(box, without)) == pytest.approx((34, 44, 146, 86))
    wider = outline_to_give(arc(), without)
    assert wider.dtype == np.float32 and wider.shape == arc().shape
    assert all(cv2.pointPolygonTest(wider, point, True) > 4 for point in arc().tolist())
