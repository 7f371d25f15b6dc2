"""Images that training and evaluation share: a perceptual hash that outlives resizing, recompression and brightening.

The signature of an image holds the 63 lowest frequencies of its discrete cosine transform. Candidates are pairs of
which at most MAX_BITS of the 63 signs differ: cut into MAX_BITS + 1 bands, the signs of such a pair agree in one band
at least, so only images with a band in common are compared. Of the candidates stay those whose frequencies correlate.
"""

from array import array

import cv2
import numpy as np

SIDE = 64  # pixels of the square that is transformed
FREQUENCIES = 8  # lowest ones along x and y; the constant is left out
MAX_BITS = 4
MIN_CORRELATION = 0.98
MAX_STRETCH = 0.1  # of the natural logarithm of width / height
FLAT = 1.0  # grey levels; pictures of less variation look like each other

_BAND_WIDTHS = (13, 13, 13, 12, 12)  # bits, 63 in MAX_BITS + 1 bands


def signature(image):
    """What is compared of an image: float16 (64,), log(width / height) and 63 frequencies of unit length.

    Args:
        image: uint8 (H, W, 3), RGB.

    Returns:
        None for a picture of one colour, which would equal every other.
    """
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if min(height, width) < SIDE:  # by area, a small picture would be enlarged in blocks
        grey = cv2.resize(grey, (max(width, SIDE), max(height, SIDE)), interpolation=cv2.INTER_LINEAR)
    grey = cv2.resize(grey.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    values = cv2.dct(grey)[:FREQUENCIES, :FREQUENCIES].ravel()
    values[0] = 0
    length = np.linalg.norm(values)
    if length < FLAT * SIDE:
        return None
    values /= length
    values[0] = np.log(width / height)
    return values.astype(np.float16)


class Signatures:
    """Signatures of many images, 136 bytes each, with a number that each was given."""

    def __init__(self):
        self._values = bytearray()
        self._numbers = array('q')

    def append(self, number, values):
        """Adds the signature float16 (64,) of the image with a number."""
        self._values += values.tobytes()
        self._numbers.append(number)

    @property
    def numbers(self):
        """int64 (n,)."""
        return np.array(self._numbers, np.int64)

    @property
    def values(self):
        """float16 (n, 64)."""
        return np.frombuffer(bytes(self._values), np.float16).reshape(-1, FREQUENCIES**2)


def find_twins(values, among):
    """The most similar image among others, for each that has one that looks the same.

    Args:
        values: float16 (m, 64), signatures.
        among: float16 (n, 64), those of the images to look among.

    Returns:
        {row of values: row of among}.
    """
    codes, other_codes = _signs(values), _signs(among)
    bands = [(_band(codes, i), *_sorted_band(other_codes, i)) for i in range(len(_BAND_WIDTHS))]
    twins = {}
    for row, code in enumerate(codes):
        candidates = np.unique(np.concatenate([_equal(band[row], *others) for band, *others in bands]))
        close = candidates[np.bitwise_count(other_codes[candidates] ^ code) <= MAX_BITS]
        if len(close):
            best, similarity = _most_similar(values[row], among[close])
            if similarity >= MIN_CORRELATION:
                twins[row] = int(close[best])
    return twins


def _signs(values):
    """uint64 (n,): a bit for each positive frequency."""
    bits = values > 0
    bits[:, 0] = False
    return np.packbits(bits, axis=1).view('>u8').ravel().astype(np.uint64)


def _band(codes, number):
    """The bits of one band, int64 (n,)."""
    shift, width = sum(_BAND_WIDTHS[:number]), _BAND_WIDTHS[number]
    return ((codes >> np.uint64(shift)) & np.uint64(2**width - 1)).astype(np.int64)


def _sorted_band(codes, number):
    """The bits of one band in ascending order, and the row that each belongs to."""
    band = _band(codes, number)
    order = np.argsort(band, kind='stable')
    return band[order], order


def _equal(value, ascending, order):
    """The rows whose band has a value."""
    start, stop = np.searchsorted(ascending, [value, value + 1])
    return order[start:stop]


def _most_similar(one, others):
    """Row of the others that correlates best, and its correlation; -1 for those of another shape."""
    one, others = one.astype(np.float32), others.astype(np.float32)
    similarity = others[:, 1:] @ one[1:]
    similarity[np.abs(others[:, 0] - one[0]) > MAX_STRETCH] = -1
    best = int(np.argmax(similarity))
    return best, similarity[best]
