"""Size and orientation of an image as its header has them: no pixel is decoded, and decoding goes by the same."""

import struct
from dataclasses import dataclass

from PIL import Image

from ocr.preprocessing.image_formats import open_picture
from ocr.preprocessing.unreadable import opening

ORIENTATION = 0x0112  # EXIF tag
MAX_CHUNKS = 100_000  # of a PNG
_SIDEWAYS = (5, 6, 7, 8)  # orientations that swap width and height
_WIDTH, _HEIGHT = 256, 257  # TIFF tags


@dataclass(frozen=True)
class Header:
    """What an image's header says.

    Attributes:
        width, height: pixels of the image as seen, upright.
        orientation: EXIF orientation, 1 to 8, that is to be applied to what Pillow decodes.
    """

    width: int
    height: int
    orientation: int


def upright_size(path):
    """Width and height of an image as seen, EXIF orientation applied, from its header alone.

    Raises:
        UnreadableImage: the image is missing, or its header cannot be read.
    """
    with opening(path), open_picture(path) as image:
        found = header(image)
    return found.width, found.height


def header(image):
    """Header of an opened Pillow image of which no pixel is decoded yet.

    Raises:
        ValueError: a PNG of more than MAX_CHUNKS chunks.
    """
    if image.format == 'TIFF':  # Pillow itself turns it, by what it finds in its tags or its XMP
        size = image.tag_v2.get(_WIDTH, image.width), image.tag_v2.get(_HEIGHT, image.height)
        return Header(*_turned(size, _orientation(image.getexif)), 1)
    orientation = 1
    if image.format == 'PNG':
        exif = image.info.get('exif') or _late_exif(image.fp)
        if exif:
            orientation = _orientation(lambda: _parsed(exif))
    elif 'exif' in image.info:
        orientation = _orientation(image.getexif)
    return Header(*_turned(image.size, orientation), orientation)


def _turned(size, orientation):
    return size[::-1] if orientation in _SIDEWAYS else size


def _orientation(read_exif):
    """1 to 8; 1 if there is none or the EXIF data are damaged."""
    try:
        orientation = read_exif().get(ORIENTATION, 1)
        return orientation if orientation in range(1, 9) else 1
    except Exception:
        return 1


def _parsed(exif):
    data = Image.Exif()
    data.load(exif)
    return data


def _late_exif(stream):
    """Bytes of a PNG's eXIf chunk behind its pixels, or None; Pillow finds that only while it decodes."""
    place = stream.tell()
    try:
        stream.seek(8)
        for _ in range(MAX_CHUNKS):
            head = stream.read(8)
            if len(head) < 8 or head[4:] == b'IEND':
                return None
            (length,) = struct.unpack('>I', head[:4])
            if head[4:] == b'eXIf':
                return b'Exif\0\0' + stream.read(length)
            stream.seek(length + 4, 1)
    finally:
        stream.seek(place)
    raise ValueError(f'more than {MAX_CHUNKS} chunks; save it again')
