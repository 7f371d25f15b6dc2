"""Tables in MATLAB files: as MATLAB writes them, and damaged ones."""

import struct
import zlib

import pytest
from layouts import WORDS, iiit5k

from ocr.annotations import read_dataset
from ocr.annotations.matlab_table import read_table
from ocr.errors import InputError

FIELDS = ('ImgName', 'GroundTruth')
HEAD = b'MATLAB 5.0 MAT-file'.ljust(124) + b'\0\1IM'


def element(kind, data):
    """An element; small ones as MATLAB packs them."""
    if len(data) <= 4 and kind != 14:
        return struct.pack('<HH', kind, len(data)) + data.ljust(4, b'\0')
    return struct.pack('<II', kind, len(data)) + data + bytes(-len(data) % 8)


def matrix(array, shape, content, name=b''):
    head = element(6, struct.pack('<II', array, 0)) + element(5, struct.pack(f'<{len(shape)}i', *shape))
    return element(14, head + element(1, name) + content)


def table(*cells, names=FIELDS, shape=None):
    """A file with a struct array; cells are whole elements, row by row."""
    fields = b''.join(name.encode().ljust(32, b'\0') for name in names)
    content = element(5, struct.pack('<i', 32)) + element(1, fields) + b''.join(cells)
    return HEAD + matrix(2, shape or (1, len(cells) // len(names)), content, b'testdata')


def text(value, kind, encoding):
    return matrix(4, (1, len(value)), element(kind, value.encode(encoding)))


@pytest.mark.parametrize(
    ('kind', 'encoding', 'value'),
    [
        (4, 'utf-16-le', 'café 中文'),
        (16, 'utf-8', '中文'),
        (1, 'latin-1', 'ab'),
        (2, 'latin-1', 'é'),
        (4, 'utf-16-le', ''),
    ],
)
def test_texts_in_each_encoding(kind, encoding, value):
    content = table(text('a.png', 2, 'latin-1'), text(value, kind, encoding))
    assert read_table(content, 'testdata', FIELDS) == [('a.png', value)]


def test_other_variables_and_fields_are_passed_over():
    number = matrix(6, (1, 1), element(9, struct.pack('<d', 1.5)))
    rows = [text('a', 4, 'utf-16-le'), number, text('b', 4, 'utf-16-le')] * 2
    content = table(*rows, names=('ImgName', 'size', 'GroundTruth'))
    other = matrix(6, (1, 1), element(9, bytes(8)), b'other')
    packed = zlib.compress(content[128:])
    content = HEAD + other + struct.pack('<II', 15, len(packed)) + packed
    assert read_table(content, 'testdata', FIELDS) == [('a', 'b')] * 2


def test_a_field_that_is_no_text():
    number = matrix(6, (1, 1), element(9, struct.pack('<d', 1.5)))
    assert read_table(table(number, number), 'testdata', FIELDS) == [(None, None)]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'no MATLAB file'),
        (b'MATLAB 7.3 MAT-file'.ljust(600), 'MATLAB 7.3, save it with -v7'),
        (HEAD, 'no struct testdata'),
        (HEAD + struct.pack('<II', 15, 4) + b'zzzz', 'damaged'),
        (HEAD + struct.pack('<II', 15, 8) + zlib.compress(bytes(999))[:8], 'cut off'),
        (table(names=('ImgName',), shape=(1, 0)), 'GroundTruth'),
        (table(text('a', 2, 'latin-1'), shape=(1, 1)), 'cut off'),
        (table(text('a', 2, 'latin-1'), shape=(-1, -1)), 'cut off'),
        (table(text('a', 99, 'latin-1'), text('a', 2, 'latin-1')), 'characters of type 99'),
        (table(text('a', 4, 'latin-1'), text('a', 2, 'latin-1')), 'utf-16'),
    ],
)
def test_what_is_wrong_is_named(content, message):
    with pytest.raises(ValueError, match=message):
        read_table(content, 'testdata', FIELDS)


def test_no_changed_byte_does_harm(tmp_path):
    """Some ended Python with a segmentation fault, where scipy read them."""
    iiit5k(tmp_path, compressed=False)
    path = tmp_path / 'testdata.mat'
    content = path.read_bytes()
    num_read = 0
    for place in range(len(content)):
        for value in (0, 255, content[place] ^ 1):
            path.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
            try:
                num_read += len(list(read_dataset('mine', f'iiit5k:{path}'))) == len(WORDS)
            except InputError as error:
                assert '\n' not in str(error)
    assert num_read > len(content)
