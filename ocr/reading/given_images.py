"""Pictures as a program has them: paths, bytes of files, Pillow images, arrays."""

import io
import os

import numpy as np
from PIL import Image, ImageOps

from ocr.errors import InputError
from ocr.preprocessing.colours import to_rgb
from ocr.preprocessing.decode import read_image, upright_rgb
from ocr.preprocessing.image_formats import open_format
from ocr.preprocessing.unreadable import UnreadableImage, opening

_MODES = {2: 'L', 3: {1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA'}}


def is_picture(value):
    """Whether a value is a single picture in one of the forms."""
    if isinstance(value, np.ndarray):
        return value.ndim < 4  # one of four dimensions is several pictures
    return isinstance(value, str | os.PathLike | bytes | bytearray | memoryview | Image.Image)


class GivenImages:
    """Pictures under names, which stand for them where the library takes paths; may be used in several threads.

    A picture is given, read and forgotten, so that a stream of them takes the memory of those on their way.
    """

    def __init__(self):
        self._contents = {}  # name -> bytes, uint8 (H, W, 3) or an UnreadableImage
        self._sizes = {}  # name -> (width, height)

    def name(self, image, number):
        """The name of a picture: its path, or 'image 3' if it has none.

        Args:
            image: path; bytes of an image file; Pillow image; or array uint8 (H, W, 3), RGB, (H, W), grey, or
                (H, W, 4), RGBA. An array or Pillow image may change once this returns.
            number: its position, from 0.

        Raises:
            InputError: it is none of these.
        """
        name = f'image {number}'
        if isinstance(image, str | os.PathLike):
            if not (path := os.fspath(image)):
                raise InputError(f'{name}: an empty path')
            return path
        if isinstance(image, bytes | bytearray | memoryview):
            self._contents[name] = bytes(image)
        elif isinstance(image, Image.Image):
            if 0 in image.size:
                raise InputError(f'{name}: a Pillow image without pixels, {image.size[0]} x {image.size[1]}')
            self._contents[name] = _decoded(image, name)
        elif isinstance(image, np.ndarray):
            self._contents[name] = _from_array(image, name)
        else:
            raise InputError(
                f'{name}: {type(image).__name__} is not a picture; '
                'give a path, bytes of a file, a Pillow image or an array uint8 (H, W, 3), RGB'
            )
        return name

    def read(self, name, scale=None):
        """What decode.read_image gives of a path, of any name; raises UnreadableImage."""
        content = self._contents.get(name)
        image = read_image(name, scale) if content is None else _read_content(content, name)
        self._sizes[name] = image.shape[1::-1]
        return image

    def size(self, name):
        """(width, height) of an upright picture that was read."""
        return self._sizes[name]

    def forget(self, name):
        """Let go of a picture."""
        self._contents.pop(name, None)
        self._sizes.pop(name, None)

    def is_in_memory(self, name):
        """Whether a name stands for no file."""
        return name in self._contents


def _read_content(content, name):
    """uint8 (H, W, 3), RGB; raises UnreadableImage."""
    if isinstance(content, UnreadableImage):
        raise content
    if not isinstance(content, bytes):
        return content
    with opening(name), open_format(io.BytesIO(content)) as image:
        return upright_rgb(image)


def _decoded(image, name):
    """uint8 (H, W, 3) of a Pillow image, turned upright as its EXIF data say; or the UnreadableImage."""
    try:
        with opening(name):
            return np.array(to_rgb(ImageOps.exif_transpose(image)))
    except UnreadableImage as error:
        return error


def _from_array(array, name):
    """uint8 (H, W, 3), a copy."""
    mode = _MODES.get(array.ndim)
    if isinstance(mode, dict):
        mode = mode.get(array.shape[2])
    if mode is None or array.dtype != np.uint8 or not array.size:
        shape = ', '.join(map(str, array.shape))
        raise InputError(f'{name}: an array uint8 (H, W, 3), RGB, is wanted, not {array.dtype} ({shape})')
    array = np.ascontiguousarray(array[..., 0] if mode == 'L' and array.ndim == 3 else array)
    return np.array(to_rgb(Image.fromarray(array, mode)))
