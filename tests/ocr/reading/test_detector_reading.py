"""A detector on pictures of any size; the network itself is stood in for."""

import numpy as np
import pytest

from ocr.preprocessing.working_size import shrink, working_size
from ocr.reading.detector import LEAST, probability_map

RNG = np.random.default_rng(0)


def brightness(pictures):
    """A network that says how bright each pixel is, and is wrong at the edges of what it sees."""
    found = pictures[..., 0].astype(np.float32) / 255
    wrong = np.ones_like(found)
    wrong[:, 8:-8, 8:-8] = 0
    return np.where(wrong > 0, 0.123, found)


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((1280, 720), (1280, 720)),
        ((640, 480), (640, 480)),
        ((2560, 1440), (1280, 720)),
        ((4000, 3000), (1280, 960)),
        ((8000, 6000), (1280, 960)),
        ((1440, 20000), (720, 10000)),
        ((700, 20000), (700, 20000)),
        ((1, 1), (1, 1)),
        ((1, 5000), (1, 5000)),
    ],
)
def test_large_photographs_are_looked_at_smaller_long_pages_are_not(size, expected):
    assert working_size(*size) == expected


def test_a_longer_side_can_be_asked_for():
    assert working_size(4000, 3000, longer=2560) == (2560, 1920)
    assert shrink(np.zeros((300, 400, 3), np.uint8), 200).shape == (150, 200, 3)


@pytest.mark.parametrize('shape', [(64, 64), (65, 200), (200, 64), (150, 333), (64, 65), (127, 129)])
def test_tiles_make_the_same_map_as_the_whole(shape):
    image = RNG.integers(0, 256, (*shape, 3), np.uint8)
    found = probability_map(brightness, image, tile=64, margin=12)
    assert found.shape == shape
    inside = found[8:-8, 8:-8]
    np.testing.assert_allclose(inside, image[8:-8, 8:-8, 0] / 255, atol=1e-6)


def test_a_tile_is_never_larger_than_it_may_be():
    seen = []
    probability_map(lambda x: seen.append(x.shape) or brightness(x), np.zeros((200, 500, 3), np.uint8), 128, 20)
    assert max(max(shape[1:3]) for shape in seen) <= 128
    assert len(seen) == 2 * 6


@pytest.mark.parametrize('shape', [(1, 1), (5, 100), (100, 5)])
def test_tiny_pictures_are_padded(shape):
    seen = []
    found = probability_map(lambda x: seen.append(x.shape) or brightness(x), np.full((*shape, 3), 255, np.uint8))
    assert found.shape == shape
    assert min(seen[0][1:3]) >= LEAST
