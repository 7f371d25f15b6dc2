import cv2
import numpy as np
import pytest

from ocr.drawing.backgrounds import (
    BLOCK,
    PATTERNS,
    POOL,
    Pattern,
    lay_pattern,
    list_photos,
    photo_ground,
    photo_pool,
    plate,
)
from ocr.drawing.colours import LUMINANCE
from ocr.errors import InputError


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / 'photo.png'
    rng = np.random.default_rng(0)
    cv2.imwrite(str(path), np.kron(rng.integers(0, 256, (20, 30, 3), np.uint8), np.ones((8, 8, 1), np.uint8)))
    return str(path)


@pytest.mark.parametrize('kind', PATTERNS)
@pytest.mark.parametrize('shape', [(1, 1), (3, 400), (70, 110)])
@pytest.mark.parametrize('cell', [3, 60])
def test_patterns_lie_between_their_colours(kind, shape, cell):
    images = []
    for seed in (0, 0, 1):
        image = np.full((*shape, 3), 50, np.float32)
        lay_pattern(image, Pattern(kind, (250, 150, 50), 0.8, cell, 0.7), np.random.default_rng(seed))
        images.append(image)
    assert images[0].shape == (*shape, 3) and (images[0] == images[1]).all()
    assert images[0].min() >= 49.9 and (images[0] <= (211, 131, 51)).all()
    if shape[0] > 3:
        assert images[0].std(axis=(0, 1))[0] > 2 and (images[0] != images[2]).any()


@pytest.mark.parametrize('shape', [(1, 1), (60, 200), (300, 20)])
@pytest.mark.parametrize('blur', [0.0, 3.0])
def test_a_photograph_leaves_contrast_for_text(photo, shape, blur):
    crop = photo_ground(shape, photo, blur, 40.0, np.random.default_rng(2))
    assert crop.shape == (*shape, 3) and crop.dtype == np.float32
    assert (crop @ LUMINANCE).std() <= 0.36 * 40


def test_photographs_are_listed_sorted_from_sub_folders_too(photo, tmp_path):
    (tmp_path / 'a').mkdir()
    (tmp_path / 'a' / 'B.JPG').write_bytes(b'')
    (tmp_path / 'notes.txt').write_text('')
    assert list_photos(str(tmp_path)) == (str(tmp_path / 'a' / 'B.JPG'), photo)
    assert list_photos('') == ()


def test_a_folder_without_photographs_and_a_broken_one(tmp_path):
    with pytest.raises(InputError, match='no photographs in it'):
        list_photos(str(tmp_path))
    (tmp_path / 'bad.jpg').write_bytes(b'no picture')
    with pytest.raises(InputError, match=r'bad\.jpg: unreadable image'):
        photo_ground((4, 4), str(tmp_path / 'bad.jpg'), 0.0, 40.0, np.random.default_rng(0))


@pytest.mark.parametrize('reach', [0, 4])
def test_a_plate_reaches_as_far_as_asked(reach):
    mask = plate((60, 80), np.array([(20, 20), (60, 20), (60, 40), (20, 40)], np.float32), reach) > 127
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    expected = [20 - reach, 39 + reach, 20 - reach, 59 + reach]
    np.testing.assert_allclose([rows[0], rows[-1], columns[0], columns[-1]], expected, atol=1)


def test_pictures_of_a_block_share_their_photographs():
    photos = tuple(map(str, range(500)))
    pools = [photo_pool(photos, 1, index) for index in (0, BLOCK - 1, BLOCK)]
    assert pools[0] == pools[1] != pools[2] and len(set(pools[0])) == POOL
    assert photo_pool(photos[:20], 1, 0) == photos[:20]
    assert photo_pool(photos, 2, 0) != pools[0]
