"""Pictures out of requests: read as from a file, and refused before they do harm."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from ocr.preprocessing.decode import read_image
from ocr.serving.picture import decode_picture
from ocr.serving.problem import Problem

LIMIT = 1_000_000
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def colourful(mode='RGB'):
    """A picture whose corners differ, 30 x 20."""
    ramp = np.linspace(0, 255, 600).astype(np.uint8).reshape(20, 30)
    return Image.fromarray(np.stack([ramp, ramp.T.reshape(20, 30), 255 - ramp], axis=2)).convert(mode)


def sideways():
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(colourful(), 'JPEG', exif=exif)


PICTURES = {
    'jpeg': saved(colourful(), 'JPEG'),
    'sideways': sideways(),
    'cmyk': saved(colourful('CMYK'), 'JPEG'),
    'palette': saved(colourful('P'), 'PNG'),
    'transparent': saved(Image.new('RGBA', (30, 20), (9, 8, 7, 100)), 'PNG'),
    '16 bit': saved(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30) * 100), 'PNG'),
    'tiff': saved(colourful(), 'TIFF'),
    'gif': saved(colourful('P'), 'GIF', save_all=True, append_images=[Image.new('P', (30, 20))]),
    'webp': saved(colourful(), 'WEBP'),
    'bmp': saved(colourful(), 'BMP'),
    'ppm': saved(colourful(), 'PPM'),
    'one pixel': saved(Image.new('L', (1, 1), 77), 'PNG'),
    'one row': saved(Image.new('L', (40_000, 1), 77), 'PNG'),
}


@pytest.mark.parametrize('name', PICTURES)
def test_bytes_are_read_as_the_file_is(tmp_path, name):
    (tmp_path / 'picture').write_bytes(PICTURES[name])
    picture = decode_picture(PICTURES[name], LIMIT)
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, read_image(tmp_path / 'picture'))


def png_of_size(width, height):
    """A PNG whose header claims a size and which has hardly a pixel."""

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    header = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
    return b'\x89PNG\r\n\x1a\n' + header + chunk(b'IDAT', zlib.compress(bytes(1000))) + chunk(b'IEND', b'')


def zipped():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w') as archive:
        archive.writestr('a.png', PICTURES['palette'])
    return stream.getvalue()


@pytest.mark.parametrize(
    ('data', 'status', 'code'),
    [
        (b'', 422, 'empty_image'),
        (PICTURES['jpeg'][: len(PICTURES['jpeg']) // 2], 422, 'damaged_image'),
        (PICTURES['palette'][:-30], 422, 'damaged_image'),
        (PICTURES['tiff'][:500], 422, 'damaged_image'),
        (png_of_size(40_000, 40_000), 413, 'too_many_pixels'),
        (png_of_size(2001, 500), 413, 'too_many_pixels'),
        (png_of_size(1000, 1000), 422, 'damaged_image'),
        (SVG, 415, 'unknown_image_format'),
        (zipped(), 415, 'unknown_image_format'),
        (b'this is a text by the name of picture.jpg', 415, 'unknown_image_format'),
        (b'%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n', 415, 'unknown_image_format'),
        (b'\x89PNG\r\n\x1a\n', 415, 'unknown_image_format'),
        (bytes(1000), 415, 'unknown_image_format'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_refused(data, status, code):
    with pytest.raises(Problem) as caught:
        decode_picture(data, LIMIT)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert '\n' not in caught.value.message and '0x' not in caught.value.message


def test_no_pixel_of_a_bomb_is_decoded(monkeypatch):
    bomb = saved(Image.new('L', (4000, 4000)), 'PNG')
    monkeypatch.setattr(Image.Image, 'load', lambda *_: pytest.fail('decoded'))
    with pytest.raises(Problem) as caught:
        decode_picture(bomb, LIMIT)
    assert '4000 x 4000' in caught.value.message
