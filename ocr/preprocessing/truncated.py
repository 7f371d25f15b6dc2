"""Images that lack their last bytes and no pixel, which other programs read: a JPEG without its end marker."""

import contextlib
import io

from PIL import Image, ImageChops

# What may have stood behind the end of a file, twice: alike but for what would be decoded if pixels were missing.
_ENDINGS = {
    'JPEG': (b'\xff\xd9', b'\x5a\xa5\xc3\x3c' * 16 + b'\xff\xd9'),
    'BMP': (bytes(4), b'\xff' * 4),  # rows are filled up to four bytes
}


def loaded(image):
    """An opened Pillow image with its pixels: itself, or one of the same file with the end that it lacks.

    Raises:
        OSError: pixels are missing.
        Exception: what the decoder raises.
    """
    try:
        image.load()
        return image
    except OSError as error:
        if image.format not in _ENDINGS or 'truncated' not in str(error):
            raise
        with contextlib.suppress(Exception):  # no such end makes an image of it
            one, other = (_with_ending(image, ending) for ending in _ENDINGS[image.format])
            if not ImageChops.difference(one, other).getbbox():
                return one
        raise


def _with_ending(image, ending):
    """A loaded image of the same file and more bytes behind it, decoded at the same scale."""
    image.fp.seek(0)
    data = image.fp.read()
    if image.format == 'JPEG':
        data = data.rstrip(b'\xff')  # half a marker
    again = Image.open(io.BytesIO(data + ending), formats=[image.format])
    if factor := (getattr(image, 'decoderconfig', None) or (1,))[0]:
        again.draft(image.mode, tuple(max(side // factor, 1) for side in again.size))
    again.load()
    return again
