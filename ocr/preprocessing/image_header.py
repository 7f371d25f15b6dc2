"""Size of an image as seen, read from its header alone: no pixel is decoded."""

from PIL import Image

from ocr.preprocessing.image_file import open_image
from ocr.region import DropReason

ORIENTATION = 0x0112  # EXIF tag
SIDEWAYS = (5, 6, 7, 8)  # its values that swap width and height


def upright_size(path):
    """Width and height of an image as seen, EXIF orientation applied, from its header alone.

    Returns:
        (width, height), or the DropReason of an image that is missing or whose header cannot be read.
    """
    try:
        with open_image(path) as stream, Image.open(stream) as image:
            width, height = image.size
            sideways = exif_orientation(image) in SIDEWAYS
    except (FileNotFoundError, NotADirectoryError):
        return DropReason.MISSING
    except Exception:  # decoders raise whatever they like for a damaged file, RuntimeError and struct.error among it
        return DropReason.UNREADABLE
    return (height, width) if sideways else (width, height)


def exif_orientation(image):
    """EXIF orientation of an opened Pillow image that has yet to be applied; 1 where there is none or it is damaged."""
    if 'exif' not in image.info or image.format == 'TIFF':  # a PNG would be decoded, a TIFF is upright by itself
        return 1
    try:
        return image.getexif().get(ORIENTATION, 1)
    except Exception:
        return 1
