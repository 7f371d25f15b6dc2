"""Photographs as they are read, and their regions on the canvas."""

import io
import struct
from contextlib import suppress

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from ocr.geometry import polygon_box, transform, whole_image
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.preprocessing.warp import centred_placement, placement, warp_region
from ocr.region import DropReason

RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)


def saved(tmp_path, image, extension='png', **options):
    """Path of a Pillow image or array that was written to a file."""
    path = tmp_path / f'image.{extension}'
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **options)
    return path


def rectangle(x, y, width, height):
    """Upright polygon, clockwise from the top left."""
    return np.add(whole_image(width, height), [x, y])


def photograph(height, width, seed=0, blur=0):
    """uint8 (height, width, 3), noise, smoothed so that its detail is about `blur` pixels in size."""
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3))
    if blur:
        noise = cv2.GaussianBlur(noise, (0, 0), blur)
        noise = (noise - noise.min()) / np.ptp(noise) * 255
    return noise.astype(np.uint8)


# Reading


def grey():
    return Image.new('L', (3, 2), 77), (77, 77, 77)


def grey_alpha():
    return Image.new('LA', (3, 2), (0, 0)), WHITE


def half_transparent():
    return Image.new('RGBA', (3, 2), (255, 0, 0, 51)), (255, 204, 204)


def transparent():
    return Image.new('RGBA', (3, 2), (10, 20, 30, 0)), WHITE


def palette():
    image = Image.new('P', (3, 2), 1)
    image.putpalette([0, 0, 0, *RED])
    return image, RED


def palette_with_transparency():
    image, _ = palette()
    image.info['transparency'] = 1
    return image, WHITE


def colour_key():
    image = Image.new('RGB', (3, 2), RED)
    image.info['transparency'] = RED
    return image, WHITE


def grey_16_bit():
    return Image.fromarray(np.full((2, 3), 0x4D4D, np.uint16)), (77, 77, 77)


def black_and_white():
    return Image.new('1', (3, 2), 1), WHITE


@pytest.mark.parametrize(
    'make',
    [
        grey,
        grey_alpha,
        half_transparent,
        transparent,
        palette,
        palette_with_transparency,
        colour_key,
        grey_16_bit,
        black_and_white,
    ],
)
def test_every_kind_of_png_becomes_rgb(tmp_path, make):
    image, colour = make()
    pixels = read_image(saved(tmp_path, image))
    assert (pixels.dtype, pixels.shape, pixels.flags.c_contiguous) == (np.uint8, (2, 3, 3), True)
    assert (pixels == colour).all()


@pytest.mark.parametrize(
    ('values', 'expected'),
    [
        (np.array([[0, 0x8000, 0xFFFF]], np.uint16), [0, 128, 255]),
        (np.array([[0, 100, 255]], np.int32), [0, 100, 255]),
        (np.array([[0, 32768, 65535]], np.int32), [0, 128, 255]),
        (np.array([[-5, 100, 70000]], np.int32), [0, 0, 255]),
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, -1, 1]], np.float32), [0, 0, 255]),
    ],
)
def test_grey_tiff_of_more_than_8_bits(tmp_path, values, expected):
    pixels = read_image(saved(tmp_path, values, 'tif'))
    assert pixels.tolist() == [[[value] * 3 for value in expected]]


def test_cmyk_jpeg(tmp_path):
    image = Image.new('CMYK', (16, 16), (0, 255, 255, 0))
    assert np.abs(read_image(saved(tmp_path, image, 'jpg', quality=95)).astype(int) - RED).max() < 8


def test_one_pixel(tmp_path):
    assert read_image(saved(tmp_path, Image.new('RGB', (1, 1), RED))).tolist() == [[list(RED)]]


@pytest.mark.parametrize('extension', ['jpg', 'png', 'tif', 'webp'])
@pytest.mark.parametrize(
    ('orientation', 'stored'),
    [
        (1, lambda upright: upright),
        (2, np.fliplr),
        (3, lambda upright: np.rot90(upright, 2)),
        (4, np.flipud),
        (5, lambda upright: np.swapaxes(upright, 0, 1)),
        (6, lambda upright: np.rot90(upright, 1)),  # the camera was turned; viewers turn it clockwise
        (7, lambda upright: np.rot90(np.swapaxes(upright, 0, 1), 2)),
        (8, lambda upright: np.rot90(upright, -1)),
    ],
)
def test_exif_orientation_is_applied(tmp_path, extension, orientation, stored):
    upright = np.zeros((32, 48, 3), np.uint8)
    upright[:16, :16], upright[:16, 32:], upright[16:, :16] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {'jpg': {'quality': 95, 'subsampling': 0}, 'webp': {'lossless': True}}.get(extension, {})
    path = saved(tmp_path, np.ascontiguousarray(stored(upright)), extension, exif=exif, **options)
    assert np.abs(read_image(path).astype(int) - upright).max() < 25


def test_a_turned_16_bit_tiff(tmp_path):
    values = np.arange(6, dtype=np.uint16).reshape(2, 3) * 10000
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, values, 'tif', exif=exif)
    assert (read_image(path)[..., 0] == np.rint(np.rot90(values, -1) / 257)).all()


def exif_block(*entries):
    """EXIF bytes of (tag, type, count, value or offset) entries."""
    rows = b''.join(struct.pack('<HHII', *entry) for entry in entries)
    return b'Exif\0\0II*\0' + struct.pack('<IH', 8, len(entries)) + rows + bytes(4) + bytes(range(64))


@pytest.mark.parametrize(
    ('tag', 'kind'),
    [
        pytest.param(0x0100, 5, id='width as a fraction'),
        pytest.param(0x010F, 5, id='maker as a fraction'),
        pytest.param(0x011A, 2, id='resolution as text'),
        pytest.param(0x9000, 11, id='version as a float'),
    ],
)
def test_a_tag_of_the_wrong_type_spoils_neither_picture_nor_orientation(tmp_path, tag, kind):
    first, second = sorted([(0x0112, 3, 1, 6), (tag, kind, 1, 8)])
    path = saved(tmp_path, np.zeros((16, 24, 3), np.uint8), 'jpg', exif=exif_block(first, second))
    assert read_image(path).shape == (24, 16, 3)
    assert upright_size(path) == (16, 24)


@pytest.mark.parametrize('orientation', [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(tmp_path, orientation):
    path = saved(tmp_path, np.zeros((16, 24, 3), np.uint8), 'jpg', exif=exif_block((0x0112, 3, 1, orientation)))
    assert read_image(path).shape == (16, 24, 3)


def truncated(path):
    content = io.BytesIO()
    Image.fromarray(photograph(64, 64)).save(content, 'JPEG')
    path.write_bytes(content.getvalue()[: len(content.getvalue()) // 2])


def text(path):
    path.write_text('no image at all')


def empty(path):
    path.write_bytes(b'')


def folder(path):
    path.mkdir()


@pytest.mark.parametrize('make', [truncated, text, empty, folder])
def test_what_is_no_image_is_unreadable(tmp_path, make):
    path = tmp_path / 'photo.jpg'
    make(path)
    with pytest.raises(UnreadableImage, match=rf'^{path}: unreadable image \(.+\)$') as raised:
        read_image(path)
    assert raised.value.reason == DropReason.UNREADABLE
    assert '\n' not in str(raised.value) and '<' not in str(raised.value)  # no object of Python


@pytest.mark.parametrize('name', ['nowhere.jpg', 'file/photo.jpg'])
def test_a_missing_image(tmp_path, name):
    (tmp_path / 'file').write_text('')
    with pytest.raises(UnreadableImage, match=r'missing image$') as raised:
        read_image(tmp_path / name)
    assert raised.value.reason == DropReason.MISSING


@pytest.mark.filterwarnings('ignore')  # Pillow says much about damaged files
@pytest.mark.parametrize('extension', ['jpg', 'png', 'tif', 'webp', 'gif', 'bmp', 'avif'])
def test_a_damaged_file_is_read_or_unreadable_and_nothing_else(tmp_path, monkeypatch, extension):
    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 10_000)  # damaged sizes shall not fill the memory
    if extension == 'avif' and not features.check('avif'):
        pytest.skip('this Pillow reads no AVIF')
    path = saved(tmp_path, photograph(12, 15), extension)
    whole, rng, num_refused = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(150):
        damaged = bytearray(whole)
        reach = min(len(whole), int(rng.choice([64, 300, 10**6])))
        for position in rng.integers(0, reach, rng.choice([1, 2, 5, 20])):
            damaged[position] = rng.integers(256)
        path.write_bytes(damaged)
        with suppress(UnreadableImage):
            assert len(upright_size(path)) == 2
        try:
            assert read_image(path).ndim == 3
        except UnreadableImage as error:
            num_refused += 1
            assert error.reason == DropReason.UNREADABLE
    assert num_refused


# Size and place


def test_placement_takes_the_box_to_its_rectangle():
    matrix = placement((10, 20, 60, 120), (25, 100), (3, 4))
    assert transform(np.array([[10, 20], [60, 120]]), matrix).tolist() == [[3, 4], [28, 104]]


@pytest.mark.parametrize(
    ('polygon', 'expected'),
    [
        (whole_image(100, 50), (0, 16, 64, 48)),
        (whole_image(50, 100), (16, 0, 48, 64)),
        (whole_image(7, 7), (0, 0, 64, 64)),
        ([[5, 5], [25, 0], [25, 10], [5, 10]], (0, 16, 64, 48)),
    ],
)
def test_inference_centres_the_longer_side_on_the_canvas(polygon, expected):
    polygon = np.array(polygon, np.float32)
    matrix, box, _ = centred_placement(polygon, Canvas(64))
    assert box == expected
    assert polygon_box(transform(polygon, matrix)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ('polygon', 'expected'),
    [
        (whole_image(100, 50), (0, 0, 64, 32)),
        (whole_image(100, 20), (0, 9, 64, 22)),
        (whole_image(2, 4), (0, 0, 32, 64)),
    ],
)
def test_inference_centres_the_text_on_a_fitted_canvas(polygon, expected):
    matrix, box, _ = centred_placement(polygon, Canvas(64, 'fit'))
    assert box == expected
    assert polygon_box(transform(polygon, matrix)) == pytest.approx(expected, abs=1e-3)


# Warping


def on_canvas(image, polygon, side):
    """Region placed as for inference: canvas (S, S, 3) and the box of its text."""
    polygon = np.asarray(polygon, np.float32)
    matrix, box, _ = centred_placement(polygon, Canvas(side))
    return warp_region(image, polygon, matrix, side, side), box


@pytest.mark.parametrize(
    ('shape', 'box', 'side', 'interpolation'),
    [
        pytest.param((40, 60), (0, 0, 60, 40), 64, cv2.INTER_LINEAR, id='whole, a little larger'),
        pytest.param((40, 60), (0, 0, 60, 40), 256, cv2.INTER_LINEAR, id='whole, four times larger'),
        pytest.param((200, 300), (40, 50, 101, 80), 256, cv2.INTER_LINEAR, id='inside, larger'),
        pytest.param((200, 300), (240, 0, 300, 50), 128, cv2.INTER_LINEAR, id='in the corner, larger'),
        pytest.param((200, 300), (7, 9, 107, 89), 64, cv2.INTER_LINEAR, id='inside, 0.64 of it'),
        pytest.param((200, 300), (0, 0, 300, 200), 64, cv2.INTER_AREA, id='whole, a fifth'),
        pytest.param((1024, 512), (0, 0, 512, 1024), 64, cv2.INTER_AREA, id='whole, a sixteenth'),
        pytest.param((700, 900), (11, 12, 811, 213), 128, cv2.INTER_AREA, id='inside, a sixth'),
    ],
)
def test_an_upright_region_is_what_resizing_it_gives(shape, box, side, interpolation):
    image = photograph(*shape, blur=8)
    x0, y0, x1, y1 = box
    canvas, (left, top, right, bottom) = on_canvas(image, rectangle(x0, y0, x1 - x0, y1 - y0), side)
    expected = cv2.resize(image[y0:y1, x0:x1], (right - left, bottom - top), interpolation=interpolation)
    assert np.ptp(expected) > 100
    assert np.abs(canvas[top:bottom, left:right].astype(int) - expected).mean() < 1


@pytest.mark.parametrize('size', [(64, 64), (48, 64), (64, 48)])
def test_a_region_of_the_canvas_size_is_copied(size):
    width, height = size
    image = photograph(100, 100)
    canvas, (x0, y0, x1, y1) = on_canvas(image, rectangle(20, 30, width, height), 64)
    assert (canvas[y0:y1, x0:x1] == image[30 : 30 + height, 20 : 20 + width]).all()


@pytest.mark.parametrize('box', [(5, 7, 20, 30), (0, 0, 64, 64), (63, 0, 64, 64), (10, 10, 11, 11), (0, 40, 64, 41)])
def test_an_upright_mask_has_exact_edges(box):
    x0, y0, x1, y1 = box
    polygon = rectangle(x0, y0, x1 - x0, y1 - y0)
    canvas = warp_region(np.full((64, 64, 3), 255, np.uint8), polygon, np.eye(2, 3), 64, 64)
    expected = np.zeros_like(canvas)
    expected[y0:y1, x0:x1] = 255
    assert (canvas == expected).all()


def distances(polygon, side):
    """Pixel centres' distance to the polygon's outline, positive inside: float (side, side)."""
    outline = np.asarray(polygon, np.float32).reshape(-1, 1, 2)
    return np.array(
        [[cv2.pointPolygonTest(outline, (x + 0.5, y + 0.5), True) for x in range(side)] for y in range(side)]
    )


CURVED = [[4, 20], [20, 6], [40, 6], [60, 22], [50, 34], [38, 22], [22, 22], [12, 34]]
DIAMOND = [[32, 2], [62, 32], [32, 62], [2, 32]]
SLIVER = [[5, 5], [60, 50], [60, 51.5], [5, 6.5]]


@pytest.mark.parametrize('polygon', [CURVED, DIAMOND, SLIVER, [[3, 60], [30, 3], [61, 58]]])
@pytest.mark.parametrize('turn', [0, 33, 90, 180, 215])
def test_nothing_outside_the_polygon_is_seen_and_all_of_its_inside(polygon, turn):
    matrix = cv2.getRotationMatrix2D((32, 32), turn, 0.7)
    canvas = warp_region(np.full((64, 64, 3), 255, np.uint8), np.array(polygon, np.float32), matrix, 64, 64)
    distance = distances(transform(np.array(polygon), matrix), 64)
    assert not canvas[distance < -1].any()
    assert (canvas[distance > 0.5] == 255).all()
    assert (canvas == 255).sum() > 50


def test_a_region_reaching_over_the_photograph_is_black_out_there():
    image = np.full((30, 40, 3), 200, np.uint8)
    canvas, _ = on_canvas(image, [[-20, -10], [60, -10], [60, 40], [-20, 40]], 80)  # 80 x 50, on rows 15..65
    expected = np.zeros_like(canvas)
    expected[25:55, 20:60] = 200
    assert (canvas == expected).all()


def test_a_region_outside_the_photograph_is_black():
    for x, y in ((-50, 5), (50, 5), (5, -50), (500, 500)):
        assert not on_canvas(np.full((30, 40, 3), 200, np.uint8), rectangle(x, y, 20, 10), 64)[0].any()


@pytest.mark.parametrize('vertical', [False, True])
def test_a_region_one_pixel_thin(vertical):
    image = np.zeros((20, 40, 3), np.uint8)
    image[10] = 255
    polygon = rectangle(0, 10, 40, 1)
    if vertical:
        image, polygon = image.swapaxes(0, 1), polygon[:, ::-1]
    canvas, (x0, y0, x1, y1) = on_canvas(np.ascontiguousarray(image), polygon, 80)
    assert sorted((x1 - x0, y1 - y0)) == [2, 80]
    assert (canvas[y0:y1, x0:x1] > 180).all()
    assert (canvas > 0).sum() == 2 * 80 * 3


def test_a_photograph_of_one_pixel():
    canvas, _ = on_canvas(np.full((1, 1, 3), 9, np.uint8), whole_image(1, 1), 16)
    assert (canvas == 9).all()


@pytest.mark.parametrize('cell', [1, 2, 3, 5])
@pytest.mark.parametrize('turn', [0, 30])
def test_a_fine_checkerboard_shrinks_to_grey(cell, turn):
    rows, columns = np.indices((1500, 1500)) // cell
    image = np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    matrix = np.add(cv2.getRotationMatrix2D((750, 750), turn, 0.04), [[0, 0, 32 - 750], [0, 0, 32 - 750]])
    canvas = warp_region(image, whole_image(1500, 1500), matrix, 64, 64)
    assert np.abs(canvas[22:42, 22:42].astype(int) - 127.5).max() < 20


@pytest.mark.parametrize('across', [0, 1])
def test_the_long_side_of_a_flattened_region_shrinks_by_area_and_the_short_side_keeps_its_lines(across):
    """A side that would come under the least is stretched: 1800 x 10 px become 60 x 8, a scale for each axis."""
    image = np.zeros((10, 1800, 3), np.uint8)
    image[:, np.arange(1800) % 31 < 15] = 255
    image[:5] //= 8
    image = np.ascontiguousarray(np.swapaxes(image, 0, across))
    size = (60, 8) if across == 0 else (8, 60)
    polygon = whole_image(image.shape[1], image.shape[0])
    canvas = warp_region(image, polygon, placement(polygon_box(polygon), size, (0, 0)), 60, 60)
    region = np.swapaxes(canvas[: size[1], : size[0], 0], 0, across).astype(int)
    means = region.mean(axis=1)
    assert np.abs(region - means[:, np.newaxis]).max() < 30
    assert np.abs(means[:3] - 15).max() < 5 and np.abs(means[5:] - 123).max() < 5


def test_a_turned_region_comes_out_upright():
    upright = photograph(40, 80, blur=4)
    turn = np.vstack([cv2.getRotationMatrix2D((100, 100), 27, 1.0), [0, 0, 1]])
    photo = cv2.warpAffine(upright, (turn @ [[1, 0, 60], [0, 1, 80], [0, 0, 1]])[:2], (200, 200), flags=cv2.INTER_CUBIC)
    polygon = transform(rectangle(60, 80, 80, 40), turn[:2])
    back = np.array([[1, 0, -60], [0, 1, -80]]) @ np.linalg.inv(turn)
    canvas = warp_region(photo, polygon, back, 40, 80)
    assert np.abs(canvas[3:-3, 3:-3].astype(int) - upright[3:-3, 3:-3]).mean() < 6


# In perspective


def test_a_homography_with_nothing_in_it_is_the_affine_warp():
    image, polygon = photograph(60, 80, blur=2), rectangle(10, 10, 50, 30)
    matrix = cv2.getRotationMatrix2D((30, 30), 20, 0.8)
    one, other = (warp_region(image, polygon, chosen, 64, 64) for chosen in (matrix, np.vstack([matrix, [0, 0, 1]])))
    assert (one == other).all()


@pytest.mark.parametrize('scale', [0.05, 0.8])
def test_a_homography_times_any_number_is_the_same(scale):
    image, polygon = photograph(600, 800, blur=10), rectangle(10, 10, 50 / scale, 30 / scale)
    matrix = np.add(cv2.getRotationMatrix2D((10, 10), 20, scale), [[0, 0, 0], [0, 0, 10]])
    canvas = warp_region(image, polygon, matrix, 64, 64)
    same = warp_region(image, polygon, 3 * np.vstack([matrix, [0, 0, 1]]), 64, 64)
    assert np.abs(same.astype(int) - canvas).max() <= 2 and np.ptp(canvas) > 100


def test_a_region_seen_from_the_side_comes_out_flat():
    flat = photograph(40, 80, blur=4)
    corners = np.float32([[20, 30], [180, 60], [170, 120], [30, 140]])
    there = cv2.getPerspectiveTransform(whole_image(80, 40), corners)
    centres = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    photo = cv2.warpPerspective(flat, np.linalg.inv(centres) @ there @ centres, (200, 200), flags=cv2.INTER_CUBIC)
    canvas = warp_region(photo, corners, np.linalg.inv(there), 40, 80)
    assert np.abs(canvas[3:-3, 3:-3].astype(int) - flat[3:-3, 3:-3]).mean() < 4


@pytest.mark.parametrize('tilt', [(0.8, 0.8), (-0.8, 0.8), (0.8, -0.8), (-0.8, -0.8)])
def test_a_small_region_of_a_large_photograph_that_reaches_behind_the_horizon(tilt):
    x, y = 500, 400
    polygon = rectangle(x - 20, y - 20, 40, 40)
    perspective = np.array([[1, 0, 0], [0, 1, 0], [*np.divide(tilt, 40), 1]]) @ [[1, 0, -x], [0, 1, -y], [0, 0, 1]]
    box = polygon_box(transform(polygon, perspective))
    matrix = np.vstack([placement(box, (64, 64), (0, 0)), [0, 0, 1]]) @ perspective
    canvas = warp_region(np.full((1000, 1000, 3), 255, np.uint8), polygon, matrix, 64, 64)
    distance = distances(transform(polygon, matrix), 64)
    assert (canvas[distance > 1] == 255).all() and not canvas[distance < -1].any()


def test_in_perspective_too_it_is_black_beyond_the_photograph():
    polygon = rectangle(-20, -10, 80, 50)
    matrix = np.array([[1, 0, 20], [0, 1, 10], [0.002, 0, 1]])
    canvas = warp_region(np.full((30, 40, 3), 200, np.uint8), polygon, matrix, 50, 80)
    distance = distances(transform(whole_image(40, 30), matrix), 80)[:50]
    assert (canvas[distance > 1] == 200).all() and not canvas[distance < -1].any()


@pytest.mark.parametrize('middle', [32, 600])  # of the text on the canvas
@pytest.mark.parametrize('tilt', [(0.3, 0), (0, -0.3), (0.2, 0.2)])
def test_a_fine_checkerboard_in_perspective_shrinks_to_grey(tilt, middle):
    rows, columns = np.indices((1500, 1500)) // 5
    image = np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    to_middle = [[1, 0, -750], [0, 1, -750], [0, 0, 1]]
    matrix = np.array([[0.04, 0, middle], [0, 0.04, middle], [0, 0, 1]])
    matrix = matrix @ [[1, 0, 0], [0, 1, 0], [*np.divide(tilt, 1500), 1]] @ to_middle
    canvas = warp_region(image, whole_image(1500, 1500), matrix, middle + 32, middle + 32)
    assert np.abs(canvas[middle - 20 : middle + 20, middle - 20 : middle + 20].astype(int) - 127.5).max() < 30


@settings(max_examples=200)
@given(
    corners=st.lists(st.tuples(st.floats(-40, 90), st.floats(-40, 90)), min_size=3, max_size=6),
    shape=st.tuples(st.integers(1, 50), st.integers(1, 50)),
)
def test_any_polygon_gives_a_canvas_that_is_black_outside_polygon_and_photograph(corners, shape):
    polygon = np.array(corners, np.float32)
    if min(np.ptp(polygon, axis=0)) < 1:
        polygon = np.vstack([polygon, polygon[0] + [1, 2], polygon[0] + [3, 1]])
    matrix, *_ = centred_placement(polygon, Canvas(48))
    canvas = warp_region(np.full((*shape, 3), 255, np.uint8), polygon, matrix, 48, 48)
    for outline in (polygon, whole_image(shape[1], shape[0])):
        assert not canvas[distances(transform(outline, matrix), 48) < -1.5].any()
