"""From a detector's probability map to the regions of text in a photograph.

Liao et al. 2020, arXiv:1911.08947, section 3.6: outlines of what is likelier than a threshold, their mean probability,
and each grown back by what training had shrunk. Differs: outlines are found between the pixels, since a core is a few
pixels high; the distance to grow by is solved for (outline.grow_distance); a region comes back as a strip
(reading.strip), not as the points of its outline.
"""

from collections import Counter
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.geometry import polygon_area, strip_height
from ocr.preprocessing.canvas import with_margin
from ocr.preprocessing.outline import clip, grow_distance, offset, perimeter
from ocr.reading.strip import to_strip

THRESHOLD = 0.3  # probability from which on a pixel is text
MIN_CONFIDENCE = 0.65
GROWTH = 0.55  # of the distance that cores grow by: at THRESHOLD they are already larger than what training drew
MIN_HEIGHT = 4.0  # of found text, in pixels of the map
MAX_CANDIDATES = 1000  # of one picture: the largest
_SIMPLE = 0.7  # pixels by which an outline may be simplified
_FINER = ((24, 4), (64, 2))  # cores up to so many pixels high are looked at so many times finer


class LeftOut:
    """Why a candidate, or a part of one, is no region: the words that counts are printed with."""

    MANY = f'beyond the {MAX_CANDIDATES} largest'
    DOUBTED = 'confidence too low'
    SMALL = 'too small'
    SECOND_PIECE = 'further piece of a region'


@dataclass(frozen=True)
class FoundRegion:
    """Text that a detector found.

    Attributes:
        polygon: float32 (2 R, 2), a strip as of strip.to_strip, pixels of the photograph.
        confidence: mean probability inside its core, 0..1.
        text: what was read there; None: nothing was.
    """

    polygon: np.ndarray
    confidence: float
    text: str | None = None


def find_outlines(probability, *, min_confidence=MIN_CONFIDENCE, growth=GROWTH, max_candidates=MAX_CANDIDATES):
    """Outlines of the text in a probability map.

    Args:
        probability: float32 (H, W), 0..1.
        min_confidence: mean probability of a core that is text.
        growth: factor on the distance that cores grow by.
        max_candidates: the largest so many are looked at.

    Returns:
        [(outline float32 (K, 2) in pixels of the map, confidence)], the largest core first; Counter of LeftOut.
    """
    height, width = probability.shape
    left_out = Counter()
    _, marks, boxes, _ = cv2.connectedComponentsWithStats((probability >= THRESHOLD).astype(np.uint8), connectivity=8)
    order = 1 + np.argsort(-boxes[1:, cv2.CC_STAT_AREA], kind='stable')
    left_out[LeftOut.MANY] += max(len(order) - max_candidates, 0)
    found = []
    for number in order[:max_candidates]:
        core, confidence = _core(probability, marks, number, boxes[number])
        if confidence < min_confidence:
            left_out[LeftOut.DOUBTED] += 1
            continue
        outline, num_pieces = grow_core(core, growth)
        left_out[LeftOut.SECOND_PIECE] += num_pieces - 1
        pieces = clip(outline, width, height)
        if not pieces or strip_height(pieces[0]) < MIN_HEIGHT:
            left_out[LeftOut.SMALL] += 1
            continue
        found.append((pieces[0], confidence))
    return found, +left_out


def find_regions(probability, photograph_size, **options):
    """Regions of text in a photograph whose picture, perhaps resized, has this probability map.

    Args:
        probability: float32 (H, W), 0..1.
        photograph_size: (width, height) of the photograph.
        options: as of find_outlines.

    Returns:
        list of FoundRegion in photograph coordinates, the largest first; Counter of LeftOut.
    """
    outlines, left_out = find_outlines(probability, **options)
    scale = np.array(photograph_size, np.float32) / probability.shape[::-1]
    return [FoundRegion(to_strip(outline * scale), confidence) for outline, confidence in outlines], left_out


def outline_to_give(polygon, canvas):
    """Outline float32 (K, 2) of a found text to give to a recogniser: with a margin, if its Canvas does not add it."""
    return polygon if canvas.has_margin else with_margin(polygon).astype(np.float32)


def grow_core(core, growth=1.0):
    """The text around a core (K, 2) and the number of its pieces, of which it is the largest.

    A core with a neck of no width falls into two when it grows.
    """
    distance = growth * grow_distance(polygon_area(core), perimeter(core))
    pieces = offset(core, max(distance, 1e-3)) or [np.asarray(core, np.float32)]
    return pieces[0], len(pieces)


def _core(probability, marks, number, box):
    """Outline float32 (K, 2) of a marked component, to a fraction of a pixel, and its mean probability."""
    left, top, width, height = (int(value) for value in box[:4])
    x0, y0 = max(left - 2, 0), max(top - 2, 0)
    x1, y1 = min(left + width + 2, marks.shape[1]), min(top + height + 2, marks.shape[0])
    own = marks[y0:y1, x0:x1] == number
    confidence = float(probability[y0:y1, x0:x1][own].mean())
    finer = next((factor for side, factor in _FINER if min(width, height) <= side), 1)
    # What belongs to neighbours is not seen; what is below the threshold is, so that the edge lies between pixels.
    others = (marks[y0:y1, x0:x1] > 0) & ~own
    seen = np.where(others, 0, probability[y0:y1, x0:x1])
    seen = np.pad(seen, 1, mode='edge')
    fine = cv2.resize(seen, None, fx=finer, fy=finer, interpolation=cv2.INTER_LINEAR)
    contours, _ = cv2.findContours((fine >= THRESHOLD).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:  # a peak of one pixel, flattened between its neighbours
        finer, fine = 1, np.pad(own, 1)
        contours, _ = cv2.findContours(fine.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)[:, 0].astype(np.float32)  # centres of the outermost pixels
    outline = cv2.approxPolyDP(outline, _SIMPLE * finer / 2, True)[:, 0]
    return _half_a_pixel_out(outline) / finer - 1 + (x0, y0), confidence


def _half_a_pixel_out(outline):
    """Outline through pixel centres -> around the pixels, in continuous coordinates."""
    grown = offset(outline + 0.5, 0.5) if len(outline) > 2 else []
    if grown:
        return grown[0]
    x0, y0 = outline.min(axis=0)
    x1, y1 = outline.max(axis=0) + 1
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
