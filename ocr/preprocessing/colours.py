"""Pixels of any image file -> 8-bit RGB: grey of more bits, transparency, palettes, CMYK."""

import numpy as np
from PIL import Image

_TRANSPARENT = ('RGBA', 'LA', 'PA', 'RGBa', 'La')
_BRIGHT = 215  # grey level; what is drawn from here on vanishes on white
_VANISHED = 0.98  # share of what is drawn that vanishes on white, from which on the ground is black
_GREY_RANGES = (1, 255, 1023, 4095, 16383, 65535)  # what the brightest grey of an image may be: 1, 8, 10, 12 ... bits

_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0  # TIFF tag, and a value of it


def to_rgb(image):
    """Any Pillow image, decoded -> uint8 (H, W, 3).

    Transparency is laid over white, or over black if what is drawn would vanish on white. Grey values of more than
    8 bits are taken in the smallest range that holds the brightest of them: 1 bit, 8, 10, 12, 14 or 16, or 0 to 1.
    """
    if image.mode.startswith('I') or image.mode == 'F':
        grey = _grey_to_rgb(np.asarray(image, np.float32))
        is_negative = image.format == 'TIFF' and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
        return 255 - grey if is_negative else grey  # of 8 bits Pillow turns it itself
    if image.mode in _TRANSPARENT or 'transparency' in image.info:
        image = image.convert('RGBA')
        image = Image.alpha_composite(Image.new('RGBA', image.size, _ground(image)), image)
    return np.asarray(image.convert('RGB'))


def _ground(image):
    """Colour to lay an RGBA image over: white letters on a transparent ground are read on black."""
    alpha = image.getchannel('A')
    solid = alpha.point([255 * (value >= 128) for value in range(256)])
    counts = image.convert('RGB').convert('L').histogram(solid)
    return 'black' if sum(counts[_BRIGHT:]) > _VANISHED * max(sum(counts), 1) else 'white'


def _grey_to_rgb(grey):
    """Grey values, float32 (H, W) -> uint8 (H, W, 3)."""
    grey = np.nan_to_num(grey)
    highest = grey.max(initial=0)
    scale = 255 / next((range_ for range_ in _GREY_RANGES if highest <= range_), highest)
    grey = np.rint(np.clip(grey * np.float32(scale), 0, 255)).astype(np.uint8)
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
