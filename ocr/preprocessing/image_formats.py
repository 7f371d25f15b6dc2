"""Opening images of the formats that are read here, and of no other.

Pillow knows many more, and leaves some to other programs: an EPS is run by Ghostscript, under any file name.
"""

import contextlib
import importlib

from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from ocr.preprocessing.image_file import TIFF_SUFFIXES, open_image, split_page

FORMATS = ('JPEG', 'MPO', 'PNG', 'WEBP', 'BMP', 'GIF', 'TIFF', 'PPM', 'JPEG2000', 'AVIF', 'HEIF')
MAX_PAGES = 100_000  # of a TIFF
MAX_SCANS = 500  # of a JPEG: encoders write a dozen, and each is a pass over the whole picture
MAX_SCANNED = 2_000_000_000  # pixels that all of them pass over, which takes a few seconds
_FEW_SCANS = 30  # however large it is
_PLUG_INS = ('pillow_heif', 'pi_heif')  # packages that read HEIC; Pillow alone does not
PLUG_IN_REMEDY = 'pip install pi-heif'
UNKNOWN = 'no picture of a format that is known here'
_HEIC_BRANDS = (b'heic', b'heix', b'heim', b'heis', b'hevc', b'hevx', b'mif1', b'msf1')
_SUBFILE = 254  # TIFF tag
_NO_PAGE = 0b101  # its bits: a smaller copy of another page, a mask of one


@contextlib.contextmanager
def open_picture(path):
    """Pillow image of a path, see image_file, open for the block; no pixel is decoded.

    Raises:
        FileNotFoundError, NotADirectoryError: there is no such file.
        PIL.UnidentifiedImageError: its format is none of FORMATS.
        Exception: what decoders raise for a damaged file.
    """
    # Given a path, Pillow maps raw files into memory, and so scrambles a sideways TIFF.
    with open_image(path) as stream, open_format(stream, split_page(path)[1]) as image:
        yield image


def open_format(stream, page=1):
    """Pillow image in a binary stream that can seek.

    Args:
        stream: of an image file.
        page: of a TIFF, from 1.

    Raises:
        PIL.UnidentifiedImageError: the format is none of FORMATS; says so in words.
        ValueError: there is no such page.
        Exception: what decoders raise for a damaged file.
    """
    try:
        image = Image.open(stream, formats=known_formats())
    except UnidentifiedImageError:
        raise UnidentifiedImageError(_what_it_is(stream)) from None
    if page > 1:
        places = page_places(image, page)
        if len(places) < page:
            raise ValueError(f'no page {page}, it has {len(places)}')
        image.seek(places[page - 1])
    return image


def known_formats():
    """Those of FORMATS that this installation reads."""
    if 'HEIF' not in Image.OPEN:
        _load_plug_ins()
    return [name for name in FORMATS if name in Image.OPEN]


def page_places(image, limit):
    """Where in an opened Pillow image its pages are, as numbers of its frames.

    An animation is one page. What a TIFF holds besides pages, smaller copies and masks, is passed over; a page that
    cannot be reached counts, so that it is missed when it is read.

    Args:
        image: at its first frame; it is left there.
        limit: pages that are looked for at most.
    """
    places = [0]
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or limit < 2:
        return places
    for place in range(1, 8 * limit):
        try:
            image.seek(place)
        except EOFError:
            break
        except Exception:  # a damaged directory, for which Pillow raises anything
            places.append(place)
            break
        kind = image.tag_v2.get(_SUBFILE, 0)
        if not (isinstance(kind, int) and kind & _NO_PAGE):
            places.append(place)
        if len(places) == limit:
            break
    image.seek(0)
    return places


def page_paths(path):
    """Paths of the pages of an image file, see image_file: its own if it has one page or cannot be read."""
    if not path.lower().endswith(TIFF_SUFFIXES):
        return [path]
    try:
        with open_picture(path) as image:
            num_pages = len(page_places(image, MAX_PAGES))
    except Exception:  # whoever reads it says why
        return [path]
    return [path] if num_pages == 1 else [f'{path}/{number}' for number in range(1, num_pages + 1)]


def check_effort(image):
    """ValueError if an opened Pillow image is built to cost far more than its size says."""
    if image.format not in ('JPEG', 'MPO'):
        return
    place = image.fp.tell()
    image.fp.seek(0)
    num_scans = image.fp.read().count(b'\xff\xda')
    image.fp.seek(place)
    shrunk = (image.decoderconfig or (1,))[0]
    limit = min(MAX_SCANS, max(MAX_SCANNED // (image.width * image.height * shrunk**2), _FEW_SCANS))
    if num_scans > limit:
        raise ValueError(f'{num_scans} scans, of at most {limit}; save it again')


def _what_it_is(stream):
    """Words for what no decoder here understands."""
    stream.seek(0)
    head = stream.read(12)
    if head[4:8] == b'ftyp' and head[8:] in _HEIC_BRANDS:
        return f'HEIC, for which a plug-in is missing; {PLUG_IN_REMEDY}'
    return UNKNOWN


def _load_plug_ins():
    Image.init()
    for name in _PLUG_INS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name).register_heif_opener()
            return
