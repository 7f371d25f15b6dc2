"""Images by their paths, in files and in databases."""

import io
from concurrent.futures import ThreadPoolExecutor

import lmdb
import pytest
from PIL import Image

from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_file import open_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.region import DropReason


@pytest.fixture
def words(tmp_path):
    """The data file of an LMDB with one image and one value that is none."""
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    Image.new('RGB', (40, 20), 'red').save(stream, 'JPEG', exif=exif)
    with lmdb.open(str(tmp_path / 'words')) as environment, environment.begin(write=True) as transaction:
        transaction.put(b'image-000000001', stream.getvalue())
        transaction.put(b'image-000000002', b'no image')
    return tmp_path / 'words' / 'data.mdb'


def test_a_file(tmp_path):
    (tmp_path / 'a.jpg').write_bytes(b'content')
    with open_image(tmp_path / 'a.jpg') as stream:
        assert stream.read() == b'content'


def test_a_value_of_a_database_is_read_like_a_file(words):
    assert read_image(words / 'image-000000001').shape == (40, 20, 3)
    assert upright_size(str(words / 'image-000000001')) == (20, 40)
    with open_image(words / 'image-000000002') as stream:
        assert stream.read() == b'no image'


@pytest.mark.parametrize(
    ('path', 'reason'),
    [
        ('words/data.mdb/image-000000002', DropReason.UNREADABLE),
        ('words/data.mdb/image-000000003', DropReason.MISSING),
        ('words/data.mdb/' + 'x' * 1000, DropReason.MISSING),  # longer than a key can be
        ('labels.tsv/a.jpg', DropReason.MISSING),
        ('empty/a.jpg', DropReason.MISSING),
        ('words/a.jpg', DropReason.MISSING),
        ('gone/data.mdb/image-000000001', DropReason.MISSING),
    ],
)
def test_what_cannot_be_read(tmp_path, words, path, reason):
    (tmp_path / 'labels.tsv').write_text('a.jpg\ttext\n' * 1000)
    (tmp_path / 'empty').write_bytes(b'')
    with pytest.raises(UnreadableImage) as of_header:
        upright_size(tmp_path / path)
    assert of_header.value.reason == reason
    with pytest.raises(UnreadableImage) as error:
        read_image(tmp_path / path)
    assert error.value.reason == reason


def test_a_database_is_opened_once(words, monkeypatch):
    opened = []
    open_environment = lmdb.open

    def count(*args, **options):
        opened.append(args)
        return open_environment(*args, **options)

    monkeypatch.setattr(lmdb, 'open', count)
    with ThreadPoolExecutor(4) as pool:
        shapes = set(pool.map(lambda _: read_image(words / 'image-000000001').shape, range(50)))
    assert shapes == {(40, 20, 3)}
    assert len(opened) == 1
