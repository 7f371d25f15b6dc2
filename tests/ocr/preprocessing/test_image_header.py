"""The header and the decoder say the same of every file: the size as seen, or that it cannot be read."""

import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from ocr.preprocessing import image_header
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def encoded(kind, size=(60, 20), **options):
    stream = io.BytesIO()
    Image.new('RGB', size, 'teal').save(stream, kind, **options)
    return stream.getvalue()


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def late_png(orientation):
    """A PNG whose eXIf chunk stands behind its pixels."""
    data, end = encoded('PNG'), chunk(b'IEND', b'')
    return data.removesuffix(end) + chunk(b'eXIf', exif(orientation).tobytes().removeprefix(b'Exif\0\0')) + end


def animation(kind):
    """A first frame that is smaller than the others cannot be; one that covers a part of the canvas can."""
    frames = [Image.new('RGB', (60, 20), colour) for colour in ('red', 'blue')]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:])
    return stream.getvalue()


FILES = {
    **{f'png late {number}': late_png(number) for number in (1, 3, 6, 8)},
    'png early': encoded('PNG', exif=exif(6)),
    'png xmp': encoded('PNG', pnginfo=None),
    **{f'tiff {number}': encoded('TIFF', tiffinfo={274: number}) for number in (1, 3, 5, 6, 9)},
    'tiff lzw': encoded('TIFF', tiffinfo={274: 8}, compression='tiff_lzw'),
    'tiff xmp': encoded('TIFF', tiffinfo={700: XMP}),
    'tiff tag and xmp': encoded('TIFF', tiffinfo={274: 1, 700: XMP}),
    'jpeg': encoded('JPEG', exif=exif(6)),
    'jpeg xmp': encoded('JPEG', xmp=XMP),
    'jpeg exif and xmp': encoded('JPEG', xmp=XMP, exif=b'Exif\0\0' + Image.Exif().tobytes()),
    'mpo': encoded('MPO', exif=exif(8), save_all=True, append_images=[Image.new('RGB', (30, 30))]),
    'webp': encoded('WEBP', exif=exif(6)),
    'webp xmp': encoded('WEBP', xmp=XMP),
    'avif': encoded('AVIF', exif=exif(6)),
    'avif mirrored': encoded('AVIF', exif=exif(5)),
    'avif xmp': encoded('AVIF', xmp=XMP),
    **{f'animated {kind}': animation(kind) for kind in ('GIF', 'PNG', 'WEBP', 'AVIF')},
}
SIDEWAYS = {
    *('png late 6', 'png late 8', 'png early', 'tiff 5', 'tiff 6', 'tiff lzw', 'tiff xmp', 'jpeg'),
    *('jpeg exif and xmp', 'mpo', 'webp', 'avif', 'avif mirrored'),
}


@pytest.mark.parametrize('name', FILES)
def test_both_say_the_same(tmp_path, name):
    (tmp_path / 'picture').write_bytes(FILES[name])
    size = upright_size(tmp_path / 'picture')
    assert size == ((20, 60) if name in SIDEWAYS else (60, 20))
    assert read_image(tmp_path / 'picture').shape == (size[1], size[0], 3)
    assert read_image(tmp_path / 'picture', lambda *_: 0.1).shape[:2] == (size[1], size[0])


@pytest.mark.parametrize('orientation', [1, 6])
def test_heic(tmp_path, orientation):
    pytest.importorskip('pillow_heif')
    with suppress(UnreadableImage):
        upright_size(tmp_path)  # loads the plug-in
    (tmp_path / 'picture.heic').write_bytes(encoded('HEIF', exif=exif(orientation)))
    width, height = upright_size(tmp_path / 'picture.heic')
    assert read_image(tmp_path / 'picture.heic').shape == (height, width, 3)


def test_heic_without_a_plug_in_names_one(tmp_path, monkeypatch):
    from ocr.preprocessing import image_formats

    monkeypatch.delitem(Image.OPEN, 'HEIF', raising=False)
    monkeypatch.setattr(image_formats, '_PLUG_INS', ('no_such_package_here',))
    (tmp_path / 'picture.jpg').write_bytes(b'\0\0\0\x18ftypheic\0\0\0\0mif1heic' + bytes(40))
    with pytest.raises(UnreadableImage, match='pip install pi-heif'):
        read_image(tmp_path / 'picture.jpg')


def test_a_header_that_lies_is_noticed(tmp_path, monkeypatch):
    (tmp_path / 'picture').write_bytes(encoded('PNG'))
    lie = image_header.Header(20, 60, 1)
    monkeypatch.setattr('ocr.preprocessing.decode.header', lambda _: lie)
    with pytest.raises(UnreadableImage, match='60 x 20 pixels, but its header says 20 x 60'):
        read_image(tmp_path / 'picture')


def test_a_png_of_chunks_without_end(tmp_path):
    data, end = encoded('PNG'), chunk(b'IEND', b'')
    (tmp_path / 'picture').write_bytes(data.removesuffix(end) + chunk(b'tIME', b'') * 100_001 + end)
    with pytest.raises(UnreadableImage, match='chunks'):
        upright_size(tmp_path / 'picture')
    with pytest.raises(UnreadableImage, match='chunks'):
        read_image(tmp_path / 'picture')


def test_a_late_orientation_turns_the_pixels(tmp_path):
    (tmp_path / 'late.png').write_bytes(late_png(6))
    picture = np.asarray(Image.open(io.BytesIO(encoded('PNG'))))
    np.testing.assert_array_equal(read_image(tmp_path / 'late.png'), np.rot90(picture, -1))
