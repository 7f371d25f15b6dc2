"""File -> upright colour image: formats, colour spaces, EXIF orientation, JPEGs decoded smaller."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from ocr.preprocessing.colours import to_rgb
from ocr.preprocessing.image_formats import check_effort, open_picture
from ocr.preprocessing.image_header import header
from ocr.preprocessing.truncated import loaded
from ocr.preprocessing.unreadable import opening

_UPRIGHT = {  # EXIF orientation -> what turns the stored picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SPARE = 4  # decoded pixels for each of the canvas, on each axis, that a JPEG keeps at least: to a fraction of a level


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

    Grey, palette, CMYK and 16-bit images become 8-bit RGB and transparency is laid over a ground, see colours; the EXIF
    orientation is applied, as viewers do.

    Args:
        path: of a file, of a page in one, or of a value inside an LMDB, see image_file.
        scale: function of width and height -> the longest that a pixel will get on a canvas, or None. A JPEG that has
            pixels to spare is then decoded at a half, a quarter or an eighth of its size, several times faster.

    Raises:
        UnreadableImage: the file is missing, truncated or no image.
    """
    with opening(path), open_picture(path) as image:
        shape = _decode_smaller(image, scale) if scale and image.format == 'JPEG' else None
        pixels = upright_rgb(image)
        return Excerpt.of_all(pixels, shape) if shape else pixels


def upright_rgb(image):
    """Opened Pillow image -> what read_image gives, uint8 (H, W, 3).

    Raises:
        ValueError: the image is not what its header says, or built to keep its readers busy.
        Exception: what its decoder raises.
    """
    check_effort(image)
    expected = header(image)
    image = loaded(image)
    turn = _UPRIGHT.get(expected.orientation)
    pixels = np.ascontiguousarray(to_rgb(image if turn is None else image.transpose(turn)))
    if pixels.shape[:2] != (expected.height, expected.width):
        height, width = pixels.shape[:2]
        raise ValueError(f'{width} x {height} pixels, but its header says {expected.width} x {expected.height}')
    return pixels


def _decode_smaller(image, scale):
    """Set an opened JPEG to be decoded smaller; its upright shape (H, W, 3), or None if it stays as it is."""
    width, height = image.size
    upright = header(image)
    size = upright.width, upright.height
    factor = next(factor for factor in (8, 4, 2, 1) if factor == 1 or factor * SPARE * scale(*size) <= 1)
    if factor == 1:
        return None
    image.draft(image.mode, (max(width // factor, 1), max(height // factor, 1)))
    return (*size[::-1], 3)
