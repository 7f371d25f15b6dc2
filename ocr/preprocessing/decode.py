"""File -> upright colour image: formats, colour spaces, EXIF orientation, JPEGs decoded smaller."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, UnidentifiedImageError

from ocr.preprocessing.image_file import open_image
from ocr.preprocessing.image_header import SIDEWAYS, exif_orientation
from ocr.region import DropReason

_UPRIGHT = {  # EXIF orientation -> what turns the stored picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SPARE = 4  # decoded pixels for each of the canvas, on each axis, that a JPEG keeps at least: to a fraction of a level


class UnreadableImage(Exception):
    """A file that is missing or that no decoder understands; the message says which and why.

    Attributes:
        reason: a DropReason.
    """

    def __init__(self, path, reason, detail=''):
        super().__init__(f'{path}: {reason}{detail and f" ({detail})"}')
        self.reason = reason


@dataclass(frozen=True)
class Excerpt:
    """A part of a photograph, perhaps shrunk, that stands for it where no more than this part is looked at.

    Attributes:
        pixels: uint8 (h, w, 3), RGB.
        matrix: float64 (2, 3), photograph -> pixels; scales and shifts.
        shape: (H, W, 3) of the photograph.
    """

    pixels: np.ndarray
    matrix: np.ndarray
    shape: tuple[int, int, int]

    @classmethod
    def of_all(cls, pixels, shape):
        """Excerpt that shows a whole photograph of some shape."""
        x, y = pixels.shape[1] / shape[1], pixels.shape[0] / shape[0]
        return cls(pixels, np.array([[x, 0, 0], [0, y, 0]]), shape)


def read_image(path, scale=None):
    """Upright colour image, uint8 (H, W, 3), RGB; or an Excerpt that shows all of it with fewer pixels.

    Grey, palette, CMYK and 16-bit images become 8-bit RGB, transparency is laid over white, and the EXIF orientation is
    applied, as viewers do.

    Args:
        path: of a file, or of a value inside an LMDB, see image_file.
        scale: function of width and height -> the longest that a pixel will get on a canvas, or None. A JPEG that has
            pixels to spare is then decoded at a half, a quarter or an eighth of its size, several times faster.

    Raises:
        UnreadableImage: the file is missing, truncated or no image.
    """
    try:
        # Given a path, Pillow maps raw files into memory, and so scrambles a sideways TIFF.
        with open_image(path) as stream, Image.open(stream) as image:
            shape = _decode_smaller(image, scale) if scale and image.format == 'JPEG' else None
            pixels = upright_rgb(image)
            return Excerpt.of_all(pixels, shape) if shape else pixels
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableImage(path, DropReason.MISSING) from None
    except UnidentifiedImageError:
        raise UnreadableImage(path, DropReason.UNREADABLE, 'no picture of a format that is known here') from None
    except Exception as error:  # decoders raise whatever they like for a damaged file
        raise UnreadableImage(path, DropReason.UNREADABLE, ' '.join(str(error).split()) or repr(error)) from error


def upright_rgb(image):
    """Opened Pillow image -> what read_image gives, uint8 (H, W, 3); raises whatever its decoder does."""
    image.load()
    turn = _UPRIGHT.get(exif_orientation(image))
    return np.ascontiguousarray(_to_rgb(image if turn is None else image.transpose(turn)))


def _decode_smaller(image, scale):
    """Set an opened JPEG to be decoded smaller; its upright shape (H, W, 3), or None where it stays as it is."""
    width, height = image.size
    upright = (height, width) if exif_orientation(image) in SIDEWAYS else (width, height)
    factor = next(factor for factor in (8, 4, 2, 1) if factor == 1 or factor * _SPARE * scale(*upright) <= 1)
    if factor == 1:
        return None
    image.draft(image.mode, (max(width // factor, 1), max(height // factor, 1)))
    return (*upright[::-1], 3)


def _to_rgb(image):
    """Any Pillow image -> uint8 (H, W, 3)."""
    if image.mode.startswith('I') or image.mode == 'F':
        return _grey_to_rgb(np.asarray(image, np.float32))
    if image.mode in ('RGBA', 'LA', 'PA', 'RGBa', 'La') or 'transparency' in image.info:
        image = image.convert('RGBA')
        image = Image.alpha_composite(Image.new('RGBA', image.size, 'white'), image)
    return np.asarray(image.convert('RGB'))


def _grey_to_rgb(grey):
    """Grey values of more than 8 bits, float32 (H, W) -> uint8 (H, W, 3).

    The range is taken as 0..1, 0..255 or 0..65535, the smallest that holds the brightest value.
    """
    grey = np.nan_to_num(grey)
    highest = grey.max(initial=0)
    scale = 255.0 if highest <= 1 else 1.0 if highest <= 255 else 255.0 / max(highest, 65535.0)
    grey = np.rint(np.clip(grey * scale, 0, 255)).astype(np.uint8)
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
