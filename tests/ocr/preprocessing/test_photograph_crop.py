"""Crops of photographs: what they keep, and that pictures and polygons go together."""

import cv2
import numpy as np
import pytest

from ocr.geometry import box_polygon, polygon_box, strip_height
from ocr.preprocessing.augment import AugmentSettings
from ocr.preprocessing.photograph_crop import (
    MAX_SCALE,
    MIN_SCALE,
    crop_photograph,
    draw_crop,
    place_crop,
)

STILL = AugmentSettings(rotation_prob=0, shear_prob=0)
LIVELY = AugmentSettings(
    perspective_prob=0.5, perspective=0.2, hue_prob=0.5, noise_prob=0.5, jpeg_prob=0.5, blur_prob=0.5
)
WORDS = [(100, 80, 180, 104), (200, 80, 300, 104), (100, 120, 160, 140), (400, 300, 520, 340)]


def photograph(boxes=WORDS, width=640, height=480):
    image = np.full((height, width, 3), 90, np.uint8)
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        image[y0:y1, x0:x1] = (250, 40 * number, 0)
    return image, [box_polygon(box) for box in boxes]


def crops(number, settings, side=160, boxes=WORDS, counts=None, **size):
    image, polygons = photograph(boxes, **size)
    counts = counts or [True] * len(polygons)
    for seed in range(number):
        yield crop_photograph(image, polygons, counts, draw_crop(np.random.default_rng(seed), settings), side)


def test_text_lies_where_its_polygon_says():
    for canvas, placed in crops(40, AugmentSettings(perspective_prob=0.5, perspective=0.2)):
        assert canvas.shape == (160, 160, 3)
        red = (canvas[..., 0] > 200) & (canvas[..., 2] < 60)
        covered = np.zeros((160, 160), np.uint8)
        for polygon in placed:
            cv2.fillPoly(covered, [np.round(polygon * 16 - 8).astype(np.int32)], 1, shift=4)
        assert (red & (cv2.dilate(covered, np.ones((3, 3))) == 0)).sum() == 0
        assert (~red & (cv2.erode(covered, np.ones((7, 7)), borderValue=0) == 1)).sum() == 0


def test_most_crops_show_a_text_and_few_cut_one():
    shown = cut = 0
    for _, placed in crops(100, STILL):
        boxes = [polygon_box(polygon) for polygon in placed]
        inside = [min(box) >= 0 and max(box) <= 160 for box in boxes]
        meets = [box[0] < 160 and box[1] < 160 and box[2] > 0 and box[3] > 0 for box in boxes]
        shown += any(inside)
        cut += any(one and not other for one, other in zip(meets, inside, strict=True))
    assert shown >= 80
    assert cut <= 35


def test_a_text_larger_than_the_crop_is_shrunk_into_it():
    whole = sum(
        min(polygon_box(placed[0])) >= 0 and max(polygon_box(placed[0])) <= 160
        for _, placed in crops(40, STILL, boxes=[(20, 40, 620, 440)])
    )
    assert whole >= 32


def test_scales_are_those_of_the_papers():
    heights = [
        strip_height(placed[2]) / 20 for _, placed in crops(200, STILL, boxes=[*WORDS[:2], (100, 120, 130, 140)])
    ]
    assert MIN_SCALE * 0.99 <= min(heights) < 0.7
    assert 2.5 < max(heights) <= MAX_SCALE * 1.01


def test_a_large_photograph_is_taken_as_it_will_be_read():
    ((_, placed),) = crops(1, STILL, boxes=[(400, 400, 800, 500)], width=2560, height=1440)
    small = draw_crop(np.random.default_rng(0), STILL).scale
    assert (
        strip_height(placed[0]) == pytest.approx(100 * small / 2, rel=0.05) or strip_height(placed[0]) < 100 * small / 2
    )


@pytest.mark.parametrize('boxes', [[], WORDS])
def test_photographs_whose_text_does_not_count_are_cropped_anywhere(boxes):
    for canvas, placed in crops(5, LIVELY, boxes=boxes, counts=[False] * len(boxes)):
        assert canvas.shape == (160, 160, 3)
        assert len(placed) == len(boxes)


def test_a_photograph_smaller_than_the_crop_has_black_around_it():
    for canvas, _ in crops(5, STILL, boxes=[], width=20, height=20):
        assert not canvas.all()
        assert canvas.any()


def test_the_same_draw_gives_the_same_crop_and_another_another():
    first, other = (canvas for canvas, _ in crops(2, LIVELY))
    (again, _) = next(crops(1, LIVELY))
    assert (first == again).all()
    assert (first != other).any()


def test_nothing_is_ever_flipped():
    _, polygons = photograph()
    for seed in range(50):
        matrix = place_crop(draw_crop(np.random.default_rng(seed), LIVELY), polygons, [True] * 4, 640, 480, 160)
        assert np.linalg.det(matrix[:2, :2]) > 0


@pytest.mark.parametrize('settings', [STILL, AugmentSettings(rotation_prob=1, rotation_degrees=30)])
@pytest.mark.parametrize('size', [(640, 480), (300, 200)])
def test_crops_show_more_picture_than_black(settings, size):
    boxes = [
        (4, 4, 60, 20),
        (size[0] - 60, size[1] - 20, size[0] - 4, size[1] - 4),
    ]  # texts in the photograph's corners
    shares = [canvas.any(axis=2).mean() for canvas, _ in crops(40, settings, 320, boxes, width=size[0], height=size[1])]
    assert np.mean(shares) > 0.6 and np.percentile(shares, 20) > 0.4
