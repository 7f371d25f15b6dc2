"""Where characters were read: planted attention, the way to the photograph and back, a model that looks."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from ocr.geometry import polygon_box, transform
from ocr.network import inception_v4
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import InferencePreparer, Prepared, place_region, stacked
from ocr.reading.char_positions import char_positions, map_to_canvas, map_to_photograph
from ocr.reading.graph_predictor import GraphPredictor
from ocr.region import TextRegion

STILL = np.array([[1.0, 0, 0], [0, 1, 0]])


def on_its_own(height, width, bbox=(0, 0, 1, 1)):
    """A canvas that is its own photograph."""
    return Prepared(np.zeros((height, width, 3), np.uint8), np.float32(bbox), STILL)


def planted(shape, cells):
    """One map with values at some (row, column)."""
    alpha = np.zeros((1, *shape), np.float32)
    for (row, column), value in cells.items():
        alpha[0, row, column] = value
    return alpha


def stretched(alpha, **options):
    """Peak and box (x0, y0, x1, y1), in cells: the canvas has one pixel a cell, and so no encoder's shape."""
    (position,) = char_positions(alpha, on_its_own(*alpha.shape[1:], **options))
    corners = position['box']
    assert corners == [corners[0], [corners[2][0], corners[0][1]], corners[2], [corners[0][0], corners[2][1]]]
    return position['peak'], [*corners[0], *corners[2]]


@pytest.mark.parametrize(
    ('shape', 'cells', 'peak', 'box'),
    [
        ((8, 16), {(2, 5): 1}, [5.5, 2.5], [5, 2, 6, 3]),
        ((8, 16), {(2, 5): 0.5, (2, 6): 0.5}, [6, 2.5], [5, 2, 7, 3]),
        ((8, 16), {(2, 5): 0.25, (2, 6): 0.25, (3, 5): 0.25, (3, 6): 0.25}, [6, 3], [5, 2, 7, 4]),
        ((8, 16), {(2, 5): 0.6, (2, 6): 0.2}, [5.8, 2.5], [4.8, 2, 6.7, 3]),  # wider than a cell, less than two
        ((8, 16), {(2, 5): 0.5, (2, 12): 0.4}, [5.5, 2.5], [5, 2, 6, 3]),  # the second mode does not count
        ((8, 16), {(2, 5): 0.5, (3, 6): 0.5}, [6, 3], [5, 2, 7, 4]),  # corner to corner
        ((8, 16), {(0, 0): 1}, [0.5, 0.5], [0, 0, 1, 1]),
        ((8, 16), {(7, 15): 1}, [15.5, 7.5], [15, 7, 16, 8]),
        ((1, 16), {(0, column): 1 for column in range(4, 9)}, [6.5, 0.5], [4, 0, 9, 1]),
        ((1, 1), {(0, 0): 1}, [0.5, 0.5], [0, 0, 1, 1]),
        ((9, 15), {}, [7.5, 4.5], [0, 0, 15, 9]),  # nothing says where
    ],
)
def test_planted_attention(shape, cells, peak, box):
    found_peak, found_box = stretched(planted(shape, cells))
    assert found_peak == pytest.approx(peak, abs=0.06)
    assert found_box == pytest.approx(box, abs=0.06)


@pytest.mark.parametrize('value', [0.0, 1 / 64, np.nan, np.inf])
@pytest.mark.parametrize('shape', [(1, 1), (8, 8), (9, 5), (1, 16)])
def test_flat_attention_is_the_whole_text_and_its_middle(shape, value):
    (x, y), box = stretched(np.full((1, *shape), value, np.float32))
    assert box == [0, 0, shape[1], shape[0]]
    assert abs(x - shape[1] / 2) <= 0.5 and abs(y - shape[0] / 2) <= 0.5


def test_the_black_around_the_text_is_no_place():
    flat = np.ones((1, 8, 8))
    assert stretched(flat, bbox=(0.25, 0, 0.5, 1))[1] == [0, 2, 8, 6]
    assert stretched(planted((8, 8), {(0, 5): 1}), bbox=(0.25, 0, 0.5, 1)) == ([5.5, 2], [5, 2, 6, 2])


@given(
    hnp.arrays(
        np.float32, st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)), elements=st.floats(width=32)
    )
)
def test_whatever_the_attention_the_peak_lies_in_the_box_and_the_box_on_the_text(alpha):
    height, width = alpha.shape[1:]
    for position in char_positions(alpha, on_its_own(height, width)):
        (x, y), (x0, y0, x1, y1) = position['peak'], polygon_box(position['box'])
        assert 0 <= x0 <= x <= x1 <= width and 0 <= y0 <= y <= y1 <= height
        assert x0 < x1 and y0 < y1


def test_a_position_does_not_depend_on_the_other_maps():
    alpha = np.random.default_rng(0).random((5, 8, 16)) ** 8
    together = char_positions(alpha, on_its_own(64, 128))
    assert together == [char_positions(alpha[n : n + 1], on_its_own(64, 128))[0] for n in range(5)]
    assert char_positions(alpha[:0], on_its_own(64, 128)) == []


@pytest.mark.parametrize(
    ('map_shape', 'canvas_shape', 'middle', 'expected'),
    [
        ((16, 16), (128, 128, 3), [3.5, 0.5], [31.5, 7.5]),
        ((4, 16), (32, 128, 3), [3.5, 0.5], [31.5, 7.5]),
        ((13, 2), (100, 9, 3), [1.5, 0.5], [8.5, 3.5]),
        ((5, 5), (50, 100, 3), [1.5, 1.5], [30, 15]),  # no encoder's
    ],
)
def test_cells_on_the_canvas(map_shape, canvas_shape, middle, expected):
    np.testing.assert_allclose(transform([middle], map_to_canvas(map_shape, canvas_shape)), [expected])


@pytest.mark.parametrize('side', [128, 123, 108, 121])
def test_a_cell_lies_in_the_middle_of_the_pixels_that_it_sees(side):
    """The encoder with positive weights: the gradient of a cell is the rectangle of all that it depends on."""
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.ones([1, side, side, 3])
        options = {'is_training': False, 'final_endpoint': 'Mixed_5a', 'depth_multiplier': 0.05}
        features = inception_v4.encode(image, **options)
        row, column = 6, 8
        (seen,) = tf.gradients(tf.reduce_sum(features[0, row, column]), image)
        for variable in tf.global_variables():
            one = 0.0 if 'beta' in variable.name or 'mean' in variable.name else 0.01
            session.run(variable.initializer, {}) if 'variance' in variable.name else variable.load(
                np.full(variable.shape, one), session
            )
        seen, shape = session.run([seen, tf.shape(features)])
    y, x = np.nonzero(seen[0].any(axis=2))
    assert min(y.min(), x.min()) > 0 and max(y.max(), x.max()) < side - 1
    middle = [(x.min() + x.max() + 1) / 2, (y.min() + y.max() + 1) / 2]
    to_canvas = map_to_canvas(shape[1:3], (side, side))
    np.testing.assert_allclose(transform([[column + 0.5, row + 0.5]], to_canvas), [middle])


HORIZONTAL = np.float32([[30, 10], [150, 10], [150, 40], [30, 40]])
VERTICAL = np.float32([[30, 10], [55, 10], [55, 115], [30, 115]])
SLANTED = np.float32([[20, 30], [170, 60], [160, 100], [10, 70]])
BENT = np.float32([[20, 60], [60, 30], [120, 30], [170, 70], [150, 90], [110, 60], [70, 60], [35, 80]])


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
@pytest.mark.parametrize('orientation', [1, 3, 6, 8])
@pytest.mark.parametrize('polygon', [None, HORIZONTAL, VERTICAL, SLANTED, BENT])
def test_from_a_spot_in_the_photograph_to_attention_and_back(tmp_path, polygon, orientation, kind):
    upright = np.full((120, 180, 3), 60, np.uint8)
    x0, y0, x1, y1 = (0, 0, 180, 120) if polygon is None else polygon_box(polygon)
    spot = (0.7 * x0 + 0.3 * x1, 0.4 * y0 + 0.6 * y1)
    upright[int(spot[1]) - 2 : int(spot[1]) + 3, int(spot[0]) - 2 : int(spot[0]) + 3] = 255
    path = tmp_path / 'photo.png'
    turned = {1: upright, 3: upright[::-1, ::-1], 6: np.rot90(upright), 8: np.rot90(upright, -1)}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(turned)).save(path, exif=exif)
    box = None if polygon is None else np.float32([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    (prepared,) = InferencePreparer(Canvas(128, kind))([TextRegion(str(path), box, '', '')])
    bright = np.argwhere(prepared.canvas[:, :, 0] > 150).mean(0)[::-1] + 0.5
    seen = transform([bright], prepared.to_photograph)[0]
    np.testing.assert_allclose(seen, np.floor(spot) + 0.5, atol=0.6)

    (prepared,) = InferencePreparer(Canvas(128, kind))([TextRegion(str(path), polygon, '', '')])
    map_shape = [-(-side // 8) for side in prepared.canvas.shape[:2]]
    to_photograph = map_to_photograph(map_shape, prepared)
    column, row = np.clip(np.floor(_inverse(to_photograph, spot)), 0, np.array(map_shape)[::-1] - 1).astype(int)
    (position,) = char_positions(planted(map_shape, {(row, column): 1}), prepared)
    cell = np.array([[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]])
    corners = np.clip(transform(cell, to_photograph), [x0, y0], [x1, y1])
    np.testing.assert_allclose(position['box'], corners, atol=0.06)
    middle = transform([[column + 0.5, row + 0.5]], to_photograph)[0]
    np.testing.assert_allclose(position['peak'], np.clip(middle, [x0, y0], [x1, y1]), atol=0.06)


def _inverse(matrix, point):
    return np.linalg.solve(matrix[:, :2], point - matrix[:, 2])


def test_the_peaks_of_a_straight_word_go_from_left_to_right():
    """With the model that comes along: one that knows a few small pictures by heart need not look where it reads."""
    predictor = GraphPredictor.from_pb(str(tiny.ROOT / 'pretrain' / 'latin.pb'))
    for text in ('Stationery', 'TAXI', 'EXCHANGE'):
        picture = np.asarray(tiny.draw_word(text))
        prepared = place_region(picture, None, predictor.canvas)
        (read,) = predictor.read(*stacked([prepared]), with_alpha=True)
        assert len(read.text) == len(text)
        positions = char_positions(read.alpha[: len(text)], prepared)
        peaks = np.array([position['peak'] for position in positions])
        width = (picture.shape[1] - 16) / len(text)  # of a character, about
        middles = 8 + (np.arange(len(text)) + 0.5) * width
        assert (np.diff(peaks[:, 0]) > 0).all() and np.abs(peaks[:, 0] - middles).max() < width
        assert np.abs(np.mean(peaks[:, 0] - middles)) < 0.3 * width
        assert (peaks[:, 1] > 6).all() and (peaks[:, 1] < 36).all()
        boxes = [polygon_box(position['box']) for position in positions]
        assert all(x1 - x0 < 3 * width for x0, _, x1, _ in boxes)
