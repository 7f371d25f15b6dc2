"""The perceptual hash: the same picture in another guise is found, another picture is not."""

import io

import numpy as np
import pytest
import tiny
from PIL import Image

from ocr.datasets.check.duplicates import MAX_BITS, Signatures, _signs, find_twins, signature

WORDS = ('Bakery', 'EXIT 24', 'Museum', 'open', 'Hotel', 'Post office', 'Zoo', 'Platform 3', 'taxi', 'Bread')


def picture(text):
    return np.asarray(tiny.draw_word(text))


def recompressed(image, quality):
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, 'JPEG', quality=quality)
    return np.asarray(Image.open(stream))


def resized(image, factor):
    size = [round(side * factor) for side in image.shape[1::-1]]
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))


def twins_of(image, others):
    return find_twins(np.stack([signature(image)]), np.stack([signature(other) for other in others]))


GUISES = {
    'copy': lambda image: image,
    'quality 50': lambda image: recompressed(image, 50),
    'half the size': lambda image: resized(image, 0.5),
    'thrice the size': lambda image: resized(image, 3),
    'darker': lambda image: (image * 0.6).astype(np.uint8),
    'grey': lambda image: np.repeat(image.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2),
}


@pytest.mark.parametrize('guise', GUISES)
def test_a_picture_is_found_in_another_guise_and_no_other(guise):
    pictures = [picture(text) for text in WORDS]
    for number, image in enumerate(pictures):
        assert twins_of(GUISES[guise](image), pictures) == {0: number}


@pytest.mark.parametrize(
    'other',
    [
        lambda image: 255 - image,
        lambda image: image[:, ::-1],
        lambda image: np.rot90(image, 2),
        lambda image: np.asarray(Image.fromarray(image).resize((image.shape[1] * 3 // 2, image.shape[0]))),
    ],
    ids=['negative', 'mirrored', 'upside down', 'stretched'],
)
def test_what_is_no_twin(other):
    image = picture('Bakery')
    assert twins_of(np.ascontiguousarray(other(image)), [image]) == {}


def test_the_most_similar_of_several_is_named():
    image = picture('Bakery')
    assert twins_of(image, [recompressed(image, 20), image, resized(image, 0.5)]) == {0: 1}


def test_a_picture_of_one_colour_has_no_signature():
    assert signature(np.full((40, 60, 3), 200, np.uint8)) is None
    assert signature(np.zeros((1, 1, 3), np.uint8)) is None


def test_bands_find_every_pair_that_comparing_all_finds():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 64)).astype(np.float16)
    values[:, 0] = 0
    values[:, 1:] /= np.linalg.norm(values[:, 1:].astype(np.float32), axis=1, keepdims=True)
    others = values.copy()
    for row, one in enumerate(others):  # flips the signs of row % 8 small frequencies
        smallest = 1 + np.argsort(np.abs(one[1:]))[: row % 8]
        one[smallest] = -one[smallest]
    distances = np.bitwise_count(_signs(values)[:, None] ^ _signs(others)[None])
    close = np.flatnonzero(distances.diagonal() <= MAX_BITS)
    assert 100 < len(close) < 200
    assert find_twins(values, others) == {row: row for row in close.tolist()}


def test_no_image_on_either_side():
    none = Signatures().values
    one = np.stack([signature(picture('Zoo'))])
    assert none.shape == (0, 64)
    assert find_twins(none, one) == find_twins(one, none) == find_twins(none, none) == {}


def test_signatures_keep_what_was_appended():
    kept = Signatures()
    values = [signature(picture(text)) for text in WORDS]
    for number, one in zip((5, 9, 2**40), values, strict=False):
        kept.append(number, one)
    assert kept.numbers.tolist() == [5, 9, 2**40]
    np.testing.assert_array_equal(kept.values, np.stack(values[:3]))
