"""Bytes of a request -> the upright picture, as a file of the same bytes would be read, and its regions' canvases.

The header is looked at first: a picture of too many pixels is refused before one of them is decoded. What is here runs
in worker processes, see workers.
"""

import io
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image, UnidentifiedImageError

from ocr.geometry import whole_image
from ocr.preprocessing.decode import upright_rgb
from ocr.preprocessing.image_formats import FORMATS, PLUG_IN_REMEDY, open_format, page_places
from ocr.preprocessing.prepare import InferencePreparer, Prepared
from ocr.preprocessing.working_size import shrink
from ocr.region import TextRegion
from ocr.serving.polygons import check_inside
from ocr.serving.problem import Problem

MAX_PAGES = 10_000  # of a TIFF, that are counted
_shown = []  # of this process: the page that was shown last, until it is cut, as (bytes of its file, page, its pixels)


@dataclass(frozen=True, eq=False)
class Cut:
    """A region of a picture, ready to be read.

    Attributes:
        page: of a TIFF, from 1.
        polygon: float32 (K, 2) in the upright page.
        prepared: Prepared.
    """

    page: int
    polygon: np.ndarray
    prepared: Prepared


@dataclass(frozen=True, eq=False)
class PreparedPicture:
    """What a picture and its polygons became.

    Attributes:
        width, height: of the first page that is read, upright, pixels.
        num_pages: of a TIFF.
        cuts: list of Cut.
        seconds: that decoding and cutting took.
    """

    width: int
    height: int
    num_pages: int
    cuts: list
    seconds: float


@dataclass(frozen=True, eq=False)
class SeenPage:
    """A page of a picture as a detector looks at it.

    Attributes:
        pixels: uint8 (h, w, 3), RGB, see preprocessing.working_size.
        size: (width, height) of the upright page.
        num_pages: of a TIFF.
        seconds: that decoding and shrinking took.
    """

    pixels: np.ndarray
    size: tuple
    num_pages: int
    seconds: float


def show_page(order, limits, page, longer):
    """SeenPage of an Order; raises Problem as prepare_picture does. The page is kept for prepare_picture.

    Args:
        order: Order.
        limits: Limits.
        page: its number.
        longer: see preprocessing.working_size.
    """
    started = time.perf_counter()
    num_pages = count_pages(order.image)
    _pages(order, num_pages, limits)
    image = _take_page(order, limits, page)
    _shown.append((order.image, page, image))
    return SeenPage(shrink(image, longer), image.shape[1::-1], num_pages, time.perf_counter() - started)


def prepare_picture(order, limits, canvas):
    """PreparedPicture of an Order.

    Args:
        order: Order.
        limits: Limits.
        canvas: Canvas.

    Raises:
        Problem: the picture is empty, none, damaged or too large, has no such page, or a polygon does not touch it.
    """
    started = time.perf_counter()
    size, num_pages = None, count_pages(order.image)
    cuts = []
    for page in _pages(order, num_pages, limits):
        image = _take_page(order, limits, page)
        height, width = image.shape[:2]
        size = size or (width, height)
        check_inside(order.polygons, width, height)
        prepare = InferencePreparer(canvas, read=lambda *_, image=image: image)
        prepared = prepare([TextRegion('the picture', polygon, '', '') for polygon in order.polygons or [None]])
        polygons = order.polygons or [whole_image(width, height)]
        cuts += [Cut(page, polygon, one) for polygon, one in zip(polygons, prepared, strict=True)]
    return PreparedPicture(*size, num_pages, cuts, time.perf_counter() - started)


def _take_page(order, limits, page):
    """A page of an Order's picture as decode_picture gives it: the one kept, if it is that, else decoded now.

    Nothing is kept any more afterwards, and while another page is decoded: that may take all the memory there is.
    """
    if _shown and _shown[0][:2] == (order.image, page):
        return _shown.pop()[2]
    _shown.clear()
    return decode_picture(order.image, limits.max_pixels, page)


def count_pages(data):
    """Pages of a TIFF, MAX_PAGES at most; 1 of all else. Problem if it is no picture."""
    with _opened(data) as image:
        return len(page_places(image, MAX_PAGES))


def decode_picture(data, max_pixels, page=1):
    """Upright colour picture, uint8 (H, W, 3), RGB; of an animation the first frame.

    Args:
        data: bytes of a file in one of FORMATS.
        max_pixels: most pixels that the header may name.
        page: of a TIFF, from 1.

    Raises:
        Problem: empty, no picture, damaged, or too many pixels.
    """
    with _opened(data, page, max_pixels) as image:
        _check_size(image.size, max_pixels)
        return upright_rgb(image)


@contextmanager
def _opened(data, page=1, max_pixels=0):
    """Opened Pillow image; what goes wrong in the block becomes a Problem."""
    if not data:
        raise Problem(422, 'empty_image', 'The picture has no bytes; choose a file that is not empty.')
    try:
        with open_format(io.BytesIO(data), page) as image:
            yield image
    except Problem:
        raise
    except UnidentifiedImageError as error:
        plug_in = f' The server does not read HEIC; there, {PLUG_IN_REMEDY}.' * (PLUG_IN_REMEDY in str(error))
        raise Problem(
            415,
            'unknown_image_format',
            f'The picture is in no format known here; send one of {", ".join(FORMATS)}.{plug_in}',
        ) from None
    except Image.DecompressionBombError:
        raise Problem(413, 'too_many_pixels', _too_many(max_pixels)) from None
    except MemoryError:
        raise Problem(
            413, 'too_many_pixels', f'Decoding the picture takes more memory than it may. {_too_many(max_pixels)}'
        ) from None
    except Exception as error:  # decoders raise anything for a damaged file
        reason = ' '.join(str(error).split()) or type(error).__name__
        raise Problem(
            422, 'damaged_image', f'The picture is damaged ({reason[:200]}); save it again and send that.'
        ) from None


def _pages(order, num_pages, limits):
    """Numbers of the pages to read: the one that is asked for, the first if there are polygons, else all."""
    page = order.page or (1 if order.polygons else None)
    if page is None and num_pages > limits.max_regions:
        raise Problem(
            422,
            'too_many_regions',
            f'{num_pages} pages are more than the {limits.max_regions} regions of one request; send "page" with each.',
        )
    if page is not None and page > num_pages:
        raise Problem(422, 'no_such_page', f'"page" is {page}, and the picture has {num_pages}; send one it has.')
    return [page] if page else range(1, num_pages + 1)


def _check_size(size, max_pixels):
    if size[0] * size[1] > max_pixels:
        raise Problem(413, 'too_many_pixels', f'The picture has {size[0]} x {size[1]} pixels. {_too_many(max_pixels)}')


def _too_many(max_pixels):
    return f'At most {max_pixels} pixels are read; shrink the picture or cut the text out of it.'
