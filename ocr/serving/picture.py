"""Bytes of a request -> the upright picture, as a file of the same bytes would be read.

The header is looked at first: a picture of too many pixels is refused before one of them is decoded.
"""

import io

from PIL import Image, UnidentifiedImageError

from ocr.preprocessing.decode import upright_rgb
from ocr.serving.problem import Problem

# Pillow reads many more, some by calling other programs.
FORMATS = ('JPEG', 'PNG', 'WEBP', 'BMP', 'GIF', 'TIFF', 'PPM', 'JPEG2000', 'AVIF')


def decode_picture(data, max_pixels):
    """Upright colour picture, uint8 (H, W, 3), RGB; of an animation the first frame.

    Args:
        data: bytes of a file in one of FORMATS.
        max_pixels: most pixels that the header may name.

    Raises:
        Problem: empty, no picture, damaged, or too many pixels.
    """
    if not data:
        raise Problem(422, 'empty_image', 'The picture has no bytes; choose a file that is not empty.')
    try:
        with Image.open(io.BytesIO(data), formats=_known_formats()) as image:
            _check_size(image.size, max_pixels)
            return upright_rgb(image)
    except Problem:
        raise
    except UnidentifiedImageError:
        raise Problem(
            415, 'unknown_image_format', f'The picture is in no format known here; send one of {", ".join(FORMATS)}.'
        ) from None
    except Image.DecompressionBombError:
        raise Problem(413, 'too_many_pixels', _too_many(max_pixels)) from None
    except Exception as error:  # decoders raise whatever they like for a damaged file
        reason = ' '.join(str(error).split()) or type(error).__name__
        raise Problem(
            422, 'damaged_image', f'The picture is damaged ({reason[:200]}); save it anew and send that.'
        ) from None


def _known_formats():
    """Those of FORMATS that this build of Pillow has."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _check_size(size, max_pixels):
    if size[0] * size[1] > max_pixels:
        raise Problem(413, 'too_many_pixels', f'The picture has {size[0]} x {size[1]} pixels. {_too_many(max_pixels)}')


def _too_many(max_pixels):
    return f'At most {max_pixels} pixels are read; shrink the picture or cut the text out of it.'
