"""Region -> network input."""

import subprocess
import sys
from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from outlines import turned
from PIL import Image

from ocr.charset import Charset
from ocr.geometry import box_polygon, polygon_box, transform, whole_image
from ocr.preprocessing.augment import AugmentSettings, augmented_placement, draw_augmentation, region_outline
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.photometric import Photometric, apply_photometric
from ocr.preprocessing.prepare import Broken, InferencePreparer, Prepared, place_region, read_or_broken
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.preprocessing.warp import warp_region
from ocr.region import DropReason, TextRegion
from ocr.training.samples import SamplePreparer, TrainingPreparer, place_augmented

CORNER = np.float32([[30, 10], [50, 10], [50, 20], [30, 20]])
PLAIN = AugmentSettings(rotation_prob=0, shear_prob=0)
EVERYTHING = AugmentSettings(**{field.name: 1 for field in fields(AugmentSettings) if field.name.endswith('_prob')})


@pytest.fixture
def photograph(tmp_path):
    """Path of a picture of 60 x 40 px, noise."""
    path = tmp_path / 'photo.png'
    Image.fromarray(np.random.default_rng(0).integers(1, 256, (40, 60, 3), np.uint8)).save(path)
    return str(path)


def pixels(path):
    return np.asarray(Image.open(path))


def assert_alike(one, other):
    """Two Prepared hold the same arrays."""
    for field in fields(Prepared):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def placed(*args, **options):
    """Canvas and normalized_bbox of a region."""
    prepared = (place_augmented if len(args) > 3 else place_region)(*args, **options)
    return prepared.canvas, prepared.normalized_bbox


def training_preparer(regions, seed=0, **changes):
    options = {'canvas': Canvas(64), 'seq_len': 4, 'augment_settings': AugmentSettings(), 'seed': seed, **changes}
    return TrainingPreparer(regions, SamplePreparer(Charset('abc'), **options))


@pytest.mark.parametrize(
    ('polygons', 'longest'),
    [
        ([None], 100),
        ([[[30, 20], [40, 20], [40, 60], [30, 60]]], 40),
        ([[[30, 20], [70, 20], [70, 30], [30, 30]]], 40),
        ([[[30, 20], [40, 20], [40, 60], [30, 60]], [[5, 70], [25, 70], [25, 80], [5, 80]]], 20),
        ([[[9, 9], [9.5, 9], [9.5, 9.5]]], 1),
    ],
)
def test_a_photograph_is_decoded_for_the_smallest_of_its_regions(polygons, longest):
    """What it is read with says how long a pixel gets, by the longer side of a region wherever that lies."""
    scales = []

    def read(path, scale):
        scales.append(scale(100, 50))
        raise UnreadableImage(path, '')

    prepare = InferencePreparer(Canvas(64), read=read)
    prepare([TextRegion('a.jpg', polygon and np.float32(polygon), '', '') for polygon in polygons])
    assert scales == [64 / longest]


def test_inference_centres_the_region_and_tells_its_box(photograph):
    canvas, box = placed(pixels(photograph), CORNER, Canvas(20))
    assert canvas.dtype == np.uint8 and canvas.shape == (20, 20, 3)
    assert (canvas[5:15] == pixels(photograph)[10:20, 30:50]).all()
    assert not canvas[:5].any() and not canvas[15:].any()
    assert box.dtype == np.float32 and box.tolist() == [0.25, 0, 0.5, 1]  # top, left, height, width


def test_on_a_fitted_canvas_the_box_is_divided_by_its_own_sides(photograph):
    tall = np.float32([[30, 0], [40, 0], [40, 40], [30, 40]])
    canvas, box = placed(pixels(photograph), tall, Canvas(80, 'fit'))
    assert canvas.shape == (80, 32, 3)
    assert box.tolist() == [0, 6 / 32, 1, 20 / 32]
    assert canvas[:, 6:26].all() and not canvas[:, :6].any() and not canvas[:, 26:].any()


def test_no_polygon_is_the_whole_image(photograph):
    image = pixels(photograph)
    assert_alike(place_region(image, None, Canvas(60)), place_region(image, whole_image(60, 40), Canvas(60)))


def test_a_draw_decides_the_place(photograph):
    chosen = AugmentSettings()
    augmentation = draw_augmentation(np.random.default_rng(1), chosen)
    matrix, (x0, y0, x1, y1), _ = augmented_placement(CORNER, Canvas(64), augmentation, chosen)
    canvas, box = placed(pixels(photograph), CORNER, Canvas(64), augmentation, chosen)
    assert (canvas == warp_region(pixels(photograph), CORNER, matrix, 64, 64)).all()
    assert (box * 64).tolist() == [y0, x0, y1 - y0, x1 - x0]


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
def test_the_way_back_to_the_photograph(photograph, kind):
    turned = transform(CORNER, [[0.9, -0.3, 5], [0.3, 0.9, -4]])
    prepared = place_region(pixels(photograph), turned, Canvas(64, kind, 2048))
    assert prepared.to_photograph.dtype == np.float64 and prepared.to_photograph.shape == (2, 3)
    top, left, height, width = prepared.normalized_bbox * np.tile(prepared.canvas.shape[:2], 2)
    corners = [[left, top], [left + width, top + height]]
    np.testing.assert_allclose(transform(corners, prepared.to_photograph).ravel(), polygon_box(turned), atol=1e-4)


@pytest.mark.parametrize('degrees', [30, -50, 75, 100])
@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
def test_slanted_text_is_turned_level(degrees, kind):
    outline = np.float32(turned(120, 30, degrees) - [150, -90])
    picture = np.zeros((300, 300, 3), np.uint8)
    cv2.fillPoly(picture, [np.int32(outline)], (200,) * 3)
    canvas = Canvas(64, kind, 2048, levels=True)
    prepared = place_region(picture, outline, canvas)
    level = turned(120, 30, 90 if degrees > 60 else 0)
    assert prepared.canvas.shape == (*canvas.place(level)[1], 3)
    top, left, height, width = prepared.normalized_bbox * np.tile(prepared.canvas.shape[:2], 2)
    text = prepared.canvas[round(top) :, round(left) :][: round(height), : round(width)]
    assert text.mean() > 180  # all of the box is text
    corners = transform(box_polygon((left, top, left + width, top + height)), prepared.to_photograph)
    assert np.linalg.norm(corners[:, None] - outline, axis=2).min(axis=0).max() < 0.01
    assert InferencePreparer(canvas, read=lambda *_: picture)([TextRegion('', outline, '', '')])[0].canvas.shape == (
        prepared.canvas.shape
    )


def test_the_way_back_of_a_training_sample(photograph):
    for draw in range(10):
        augmentation = draw_augmentation(np.random.default_rng(draw), EVERYTHING)
        outline = region_outline(CORNER, augmentation, 60, 40)
        matrix, *_ = augmented_placement(outline, Canvas(64), augmentation, EVERYTHING)
        prepared = place_augmented(pixels(photograph), CORNER, Canvas(64), augmentation, EVERYTHING)
        assert prepared.to_photograph.shape == matrix.shape
        back = transform(transform(outline, matrix), prepared.to_photograph)
        np.testing.assert_allclose(back, outline, atol=1e-2)


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
def test_with_margins_what_is_around_the_text_is_seen_and_the_box_holds_it(photograph, kind):
    augmentation = draw_augmentation(np.random.default_rng(1), replace(PLAIN, margin_prob=1))
    outline = region_outline(CORNER, augmentation, 60, 40)
    where = Canvas(64, kind, 2048)
    canvas, box = placed(pixels(photograph), CORNER, where, augmentation, PLAIN)
    margins_cut_off, same = placed(pixels(photograph), outline, where, replace(augmentation, margins=None), PLAIN)
    assert (box == same).all() and (canvas == margins_cut_off).all()
    (x0, y0, x1, y1), (left, top, right, bottom) = polygon_box(outline), polygon_box(CORNER)
    assert x0 < left and y0 < top and x1 > right and y1 > bottom


def test_whatever_is_drawn_nothing_is_seen_outside_the_region_and_the_photograph(photograph):
    turned = transform(CORNER, [[0.9, -0.3, 5], [0.3, 0.9, -4]])
    for draw in range(30):
        augmentation = draw_augmentation(np.random.default_rng(draw), replace(EVERYTHING, margin_prob=draw % 2))
        canvas, box = placed(pixels(photograph), turned, Canvas(64), augmentation, EVERYTHING)
        white, same = placed(
            np.full((40, 60, 3), 255, np.uint8), turned, Canvas(64), without_effects(augmentation), PLAIN
        )
        assert (box == same).all()
        assert not canvas[white == 0].any()


def without_effects(augmentation):
    return replace(augmentation, photometric=Photometric())


@pytest.mark.parametrize('changes', [{'invert': True}, {'blur': 0.05}, {'jpeg_quality': 10}, {'noise': 0.1}])
def test_effects_work_on_the_text_of_the_canvas(photograph, changes):
    augmentation = draw_augmentation(np.random.default_rng(1), PLAIN)
    canvas, box = placed(pixels(photograph), CORNER, Canvas(64), augmentation, PLAIN)
    left_out, same = placed(
        pixels(photograph), CORNER, Canvas(64), replace(augmentation, photometric=Photometric(**changes)), PLAIN
    )
    assert (box == same).all()
    top, left, height, width = (box * 64).astype(int)
    inner = np.s_[top : top + height, left : left + width]
    changed = apply_photometric(
        canvas[inner], np.full((height, width), 255, np.uint8), float(height), Photometric(**changes)
    )
    assert (left_out[inner] == changed).all() and (changed != canvas[inner]).any()


def test_a_training_sample(photograph):
    regions = [TextRegion(photograph, None, 'unused', 'mine'), TextRegion(photograph, CORNER, 'cab', 'mine')]
    canvas, label, mask, box = training_preparer(regions)((1, 7))
    assert (canvas.dtype, canvas.shape) == (np.uint8, (64, 64, 3))
    assert (label.dtype, label.tolist()) == (np.int32, [4, 2, 3, 1, 1])
    assert (mask.dtype, mask.tolist()) == (np.float32, [1, 1, 1, 1, 0])
    augmentation = draw_augmentation(np.random.default_rng([0, 7]), AugmentSettings())
    expected = placed(pixels(photograph), CORNER, Canvas(64), augmentation, AugmentSettings())
    assert (canvas == expected[0]).all() and (box == expected[1]).all()


def test_a_training_sample_on_a_fitted_canvas(photograph):
    regions = [TextRegion(photograph, CORNER, 'cab', 'mine')]
    upright = AugmentSettings(rotation_prob=0, shear_prob=0)
    canvas, *_, box = training_preparer(regions, augment_settings=upright, canvas=Canvas(64, 'fit'))((0, 7))
    augmentation = draw_augmentation(np.random.default_rng([0, 7]), upright)
    expected = placed(pixels(photograph), CORNER, Canvas(64, 'fit'), augmentation, upright)
    assert canvas.shape == (32, 64, 3)
    assert (canvas == expected[0]).all() and (box == expected[1]).all()


def test_the_draw_depends_on_seed_and_draw_alone(photograph):
    regions = [TextRegion(photograph, CORNER, 'cab', 'mine')]

    def canvas(seed, draw):
        return training_preparer(regions, seed)((0, draw))[0]

    prepare = training_preparer(regions)
    prepare((0, 3))
    assert (prepare((0, 7))[0] == canvas(0, 7)).all()
    assert (canvas(0, 7) != canvas(0, 8)).any() and (canvas(0, 7) != canvas(1, 7)).any()


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
def test_inference_prepares_all_regions_of_a_photograph(photograph, kind):
    regions = [TextRegion(photograph, polygon, 'a', 'mine') for polygon in (CORNER, None)]
    results = InferencePreparer(Canvas(64, kind, 2048))(regions)
    assert len(results) == 2
    canvas, image = Canvas(64, kind, 2048), pixels(photograph)
    outlines = [canvas.outline_to_read(CORNER, image.shape[1::-1]), None]
    assert np.array_equal(outlines[0], CORNER) == (kind != 'area')
    for outline, prepared in zip(outlines, results, strict=True):
        assert_alike(prepared, place_region(image, outline, canvas))


def test_training_and_inference_see_the_same_pixels(photograph):
    """Without rotation and shear, the same cut at the same size is the same picture, wherever it lies."""
    still = AugmentSettings(rotation_prob=0, shear_prob=0, max_enlargement=2, min_side=1)
    region = TextRegion(photograph, CORNER, 'cab', 'mine')
    canvas, *_, box = training_preparer([region], augment_settings=still)((0, 0))
    top, left, height, width = (box * 64).astype(int)
    assert (height, width) == (20, 40)
    (inference,) = InferencePreparer(Canvas(40))([region])
    assert (canvas[top : top + 20, left : left + 40] == inference.canvas[10:30]).all()


@pytest.mark.parametrize('content', [None, b'no image'])
def test_a_photograph_that_cannot_be_read_is_broken(tmp_path, content):
    path = tmp_path / 'photo.jpg'
    if content:
        path.write_bytes(content)
    reason = DropReason.UNREADABLE if content else DropReason.MISSING
    broken = read_or_broken(str(path))
    assert isinstance(broken, Broken)
    assert (broken.image_path, broken.reason) == (str(path), reason)
    assert broken.message.startswith(f'{path}: {reason}')
    regions = [TextRegion(str(path), CORNER, 'cab', 'mine')] * 2
    assert training_preparer(regions)((1, 0)) == broken
    assert InferencePreparer(Canvas(32))(regions) == [broken, broken]


def test_what_goes_wrong_names_the_photograph(photograph):
    point = np.float32([[5, 5], [5, 5], [5, 5]])
    for prepare, task in (
        (training_preparer([TextRegion(photograph, CORNER, 'abcabc', 'mine')]), (0, 0)),
        (training_preparer([TextRegion(photograph, point, 'abc', 'mine')]), (0, 0)),
        (InferencePreparer(Canvas(32)), [TextRegion(photograph, point, 'abc', 'mine')]),
    ):
        with pytest.raises(RuntimeError, match=rf'^{photograph}: \w+Error: '):
            prepare(task)


def test_workers_need_neither_tensorflow_nor_tensorpack():
    code = "import sys, ocr.training.samples; print(sorted({'tensorflow', 'tensorpack'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout == '[]\n'
