"""Files that lack their last bytes: read if no pixel is missing, refused if one is."""

import io

import numpy as np
import pytest
from PIL import Image

from ocr.preprocessing.decode import Excerpt, read_image
from ocr.preprocessing.unreadable import UnreadableImage

RNG = np.random.default_rng(0)
NOISE = Image.fromarray(RNG.integers(0, 256, (61, 43, 3), dtype=np.uint8))


def encoded(kind, **options):
    stream = io.BytesIO()
    NOISE.save(stream, kind, **options)
    return stream.getvalue()


KINDS = {
    'jpeg': encoded('JPEG'),
    'progressive': encoded('JPEG', progressive=True),
    'restarts': encoded('JPEG', restart_marker_rows=1),
    'grey': encoded('JPEG', quality=30),
    'bmp': encoded('BMP'),
}


@pytest.mark.parametrize('missing', [1, 2])
@pytest.mark.parametrize('name', KINDS)
def test_without_its_end_it_is_the_same_picture(tmp_path, name, missing):
    (tmp_path / 'whole').write_bytes(KINDS[name])
    (tmp_path / 'cut').write_bytes(KINDS[name][:-missing])
    np.testing.assert_array_equal(read_image(tmp_path / 'cut'), read_image(tmp_path / 'whole'))


@pytest.mark.parametrize('kept', [0.3, 0.5, 0.7, 0.9, 0.97])
@pytest.mark.parametrize('name', KINDS)
def test_where_pixels_are_missing_it_is_refused(tmp_path, name, kept):
    (tmp_path / 'cut').write_bytes(KINDS[name][: int(kept * len(KINDS[name]))])
    with pytest.raises(UnreadableImage, match=r'(?i)truncated'):
        read_image(tmp_path / 'cut')


def test_decoded_smaller_too(tmp_path):
    (tmp_path / 'whole').write_bytes(KINDS['jpeg'])
    (tmp_path / 'cut').write_bytes(KINDS['jpeg'][:-2])
    cut, whole = (read_image(tmp_path / name, lambda *_: 0.05) for name in ('cut', 'whole'))
    assert isinstance(cut, Excerpt) and cut.pixels.shape[0] < 61
    np.testing.assert_array_equal(cut.pixels, whole.pixels)
