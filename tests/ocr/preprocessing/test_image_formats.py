"""What is opened and what is not; pages; files that keep their readers busy."""

import io
import shutil

import numpy as np
import pytest
from PIL import Image

from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_file import open_image, split_page
from ocr.preprocessing.image_formats import MAX_SCANS, open_picture, page_places
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage

EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 20 20
%%EndComments
{ } loop
%%EOF
"""


def jpeg_of_scans(number):
    """A progressive JPEG whose last scan is there so many times."""
    stream = io.BytesIO()
    Image.new('RGB', (16, 16), 'teal').save(stream, 'JPEG', progressive=True)
    data = stream.getvalue()
    last = data.rindex(b'\xff\xda')
    return data[:last] + data[last:-2] * number + b'\xff\xd9'


def pages_of(*colours, **options):
    """Bytes of a TIFF, a page a colour."""
    pages = [Image.new('RGB', (20 + 10 * number, 20), colour) for number, colour in enumerate(colours)]
    stream = io.BytesIO()
    pages[0].save(stream, 'TIFF', save_all=True, append_images=pages[1:], **options)
    return stream.getvalue()


@pytest.mark.parametrize('name', ['a.png', 'a.eps', 'a.tif', 'a'])
def test_no_program_is_started_for_a_picture(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(EPS)
    monkeypatch.setattr('subprocess.Popen', lambda *_, **__: pytest.fail('a program was started'))
    monkeypatch.setattr('PIL.EpsImagePlugin.Ghostscript', lambda *_, **__: pytest.fail('rendered'))
    with pytest.raises(UnreadableImage, match='unreadable image'):
        upright_size(tmp_path / name)
    with pytest.raises(UnreadableImage, match='no picture of a format that is known here'):
        read_image(tmp_path / name)


@pytest.mark.parametrize('kind', ['TGA', 'ICO', 'PCX', 'SGI', 'IM', 'PDF', 'DDS', 'ICNS'])
def test_other_formats_of_pillow_are_not_opened(tmp_path, kind):
    Image.new('RGB', (32, 32)).save(tmp_path / 'a', kind)
    with pytest.raises(UnreadableImage, match='no picture of a format that is known here'):
        read_image(tmp_path / 'a')


def test_scans_are_counted_before_they_are_decoded(tmp_path):
    (tmp_path / 'many.jpg').write_bytes(jpeg_of_scans(MAX_SCANS + 1))
    (tmp_path / 'some.jpg').write_bytes(jpeg_of_scans(50))
    assert read_image(tmp_path / 'some.jpg').shape == (16, 16, 3)
    with pytest.raises(UnreadableImage, match='scans, of at most 500'):
        read_image(tmp_path / 'many.jpg')


def test_a_large_jpeg_may_have_fewer_scans(tmp_path, monkeypatch):
    monkeypatch.setattr('ocr.preprocessing.image_formats.MAX_SCANNED', 16 * 16 * 40)
    (tmp_path / 'many.jpg').write_bytes(jpeg_of_scans(50))
    for scale in (None, lambda *_: 0.01):
        with pytest.raises(UnreadableImage, match='scans, of at most 40'):
            read_image(tmp_path / 'many.jpg', scale)


def test_pages_have_paths_of_their_own(tmp_path):
    path = tmp_path / 'letter.TIF'
    path.write_bytes(pages_of('red', 'lime', 'blue'))
    assert [upright_size(f'{path}/{page}') for page in (1, 2, 3)] == [(20, 20), (30, 20), (40, 20)]
    colours = [tuple(read_image(f'{path}/{page}')[0, 0]) for page in (1, 2, 3)]
    assert colours == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    np.testing.assert_array_equal(read_image(path), read_image(f'{path}/1'))
    with open_image(f'{path}/2') as stream:
        assert stream.read() == path.read_bytes()
    with pytest.raises(UnreadableImage, match='no page 4, it has 3'):
        read_image(f'{path}/4')


@pytest.mark.parametrize('name', ['letter.tif/0', 'letter.tif/x', 'letter.tif/1/2', 'letter.tif/'])
def test_what_is_no_page(tmp_path, name):
    (tmp_path / 'letter.tif').write_bytes(pages_of('red', 'lime'))
    assert split_page(f'{tmp_path}/{name}') == (f'{tmp_path}/{name}', 1)
    with pytest.raises(UnreadableImage, match='missing image'):
        read_image(f'{tmp_path}/{name}')


def test_a_folder_that_is_called_like_a_tiff(tmp_path):
    (tmp_path / 'scans.tif').mkdir()
    Image.new('RGB', (9, 9)).save(tmp_path / 'scans.tif' / '2', 'PNG')
    assert upright_size(tmp_path / 'scans.tif' / '2') == (9, 9)


def test_smaller_copies_and_masks_are_no_pages(tmp_path):
    frames = [Image.new('RGB', (side, side)) for side in (40, 20, 40, 9)]
    for frame, kind in zip(frames, (0, 1, 4, 2), strict=True):
        frame.encoderinfo = {'tiffinfo': {254: kind}}
    stream = io.BytesIO()
    frames[0].save(stream, 'TIFF', save_all=True, append_images=frames[1:], tiffinfo={254: 0})
    (tmp_path / 'a.tif').write_bytes(stream.getvalue())
    with open_picture(tmp_path / 'a.tif') as image:
        assert page_places(image, 100) == [0, 3]
        assert page_places(image, 1) == [0]
        assert image.size == (40, 40)
    assert upright_size(tmp_path / 'a.tif/2') == (9, 9)


def test_a_damaged_page_counts_and_is_unreadable(tmp_path):
    data = pages_of('red', 'lime')
    (tmp_path / 'a.tif').write_bytes(data[: len(data) - 200])
    with open_picture(tmp_path / 'a.tif') as image:
        assert len(page_places(image, 100)) == 2
    assert read_image(tmp_path / 'a.tif').shape == (20, 20, 3)
    with pytest.raises(UnreadableImage):
        read_image(tmp_path / 'a.tif/2')


def test_pages_that_go_in_a_circle_end(tmp_path):
    data = bytearray(pages_of('red', 'lime'))
    with Image.open(io.BytesIO(bytes(data))) as image:
        first = image._TiffImageFile__first
        image.seek(1)
        start = image.tag_v2._offset
    count = int.from_bytes(data[start : start + 2], 'little')
    data[start + 2 + 12 * count : start + 6 + 12 * count] = first.to_bytes(4, 'little')
    (tmp_path / 'a.tif').write_bytes(bytes(data))
    with open_picture(tmp_path / 'a.tif') as image:
        assert len(page_places(image, 1000)) == 2


def test_an_animation_is_one_page(tmp_path):
    frames = [Image.new('RGB', (9, 9), colour) for colour in ('red', 'blue')]
    frames[0].save(tmp_path / 'a.gif', save_all=True, append_images=frames[1:])
    with open_picture(tmp_path / 'a.gif') as image:
        assert page_places(image, 100) == [0]
    shutil.copy(tmp_path / 'a.gif', tmp_path / 'a.tif')
    with pytest.raises(UnreadableImage, match='no page 2'):
        read_image(tmp_path / 'a.tif/2')
