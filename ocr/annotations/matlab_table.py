"""A table in a MATLAB file: a struct array, of which the fields that are texts are read, and others passed over.

The format is level 5 of "MAT-File Format", MathWorks. It is read here, because scipy's reader (1.17) ends Python with a
segmentation fault where lengths in a damaged file are wrong.
"""

import math
import struct
import zlib
from itertools import islice

MAX_SIZE = 1 << 30  # bytes of an unpacked variable; IIIT5K's table with its lexicons has 200 million
_HEAD = 128
_COMPRESSED, _MATRIX = 15, 14  # types of elements
_STRUCT, _CHAR = 2, 4  # classes of arrays
_ENCODINGS = {1: 'latin-1', 2: 'latin-1', 3: 'utf-16-le', 4: 'utf-16-le', 16: 'utf-8', 17: 'utf-16-le', 18: 'utf-32-le'}


def read_table(content, name, fields):
    """[tuple of the fields' texts, None where one is no text] of the rows of a struct array.

    Args:
        content: bytes of the file.
        name: of the variable.
        fields: names of those that are wanted.

    Raises:
        ValueError: there is no such table, or the file is damaged.
    """
    if content[:10] == b'MATLAB 7.3':
        raise ValueError('MATLAB 7.3, save it with -v7')
    if content[126:128] != b'IM':
        raise ValueError('no MATLAB file')
    for kind, data in _elements(content[_HEAD:]):
        if kind == _COMPRESSED:
            kind, data = next(_elements(_unpacked(data)), (0, b''))
        if kind != _MATRIX:
            continue
        array, shape, called, rest = _array(data)
        if called == name and array == _STRUCT:
            return _rows(shape, rest, fields)
    raise ValueError(f'no struct {name}')


def _elements(data):
    """Yields (type, memoryview) of the elements that follow one another in bytes."""
    data = memoryview(data)
    place = 0
    while place < len(data):
        if len(data) - place < 8:
            raise ValueError('cut off')
        kind, size = struct.unpack_from('<II', data, place)
        begin, room = place + 8, size if kind == _COMPRESSED else -(-size // 8) * 8
        if kind >> 16:  # a small element: type and size in one word, the data in the next
            begin, room = place + 4, 4
            kind, size = kind & 0xFFFF, min(kind >> 16, room)
        if begin + size > len(data):
            raise ValueError('cut off')
        yield kind, data[begin : begin + size]
        place = begin + room


def _unpacked(data):
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(data, MAX_SIZE)
    except zlib.error as error:
        raise ValueError(f'damaged: {error}') from error
    if not unpacking.eof:
        raise ValueError('cut off, or too large')
    return found


def _array(data):
    """(class, shape, name, iterator of the elements of its content) of a matrix element."""
    elements = _elements(data)
    head = [data for _, data in islice(elements, 3)]
    if len(head) < 3 or not head[0] or len(head[1]) % 4:
        raise ValueError('an array without class, shape or name')
    flags, shape, name = head
    return flags[0], struct.unpack(f'<{len(shape) // 4}I', shape), bytes(name).decode('latin-1'), elements


def _rows(shape, elements, fields):
    """The rows of a struct array, from the elements of its content."""
    (_, length), (_, names) = next(elements, (0, b'')), next(elements, (0, b''))
    length = int.from_bytes(length, 'little')
    if not 0 < length <= len(names):
        raise ValueError('a struct without fields')
    names = bytes(names).decode('latin-1')
    names = [names[begin : begin + length].split('\0')[0] for begin in range(0, len(names), length)]
    places = [names.index(field) for field in fields]
    rows = []
    for _ in range(math.prod(shape)):
        row = list(islice(elements, len(names)))
        if len(row) < len(names):
            raise ValueError('cut off')
        rows.append(tuple(_text(*row[place]) for place in places))
    return rows


def _text(kind, data):
    """The text of a matrix element, or None if it is no row of characters."""
    if kind != _MATRIX or not data:
        return None
    array, shape, _, content = _array(data)
    if array != _CHAR or len(shape) != 2 or shape[0] > 1:
        return None
    kind, characters = next(content, (16, b''))
    if kind not in _ENCODINGS:
        raise ValueError(f'characters of type {kind}')
    return bytes(characters).decode(_ENCODINGS[kind])
