"""Where a text stands in its photograph: surroundings, the region's outline, the characters' peaks along the word."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocr.geometry import clip_box, polygon_box, strip_height, transform, whole_image
from ocr.preprocessing.warp import placement
from ocr.visualization.glyphs import Writer

VIEW_WIDTH, VIEW_HEIGHT = 520, 300  # pixels at most
SURROUNDINGS = 0.35  # of the region's longer side, on each of its sides
LARGEST_SCALE = 4.0
BADGE = 9  # pixels of a number's radius, at most...
SMALLEST_BADGE = 6  # ...and at least
TRIES = 12  # places on each side of the line where a number may stand
OVERSAMPLING = 3  # lines and discs are drawn so much larger, and shrunk
OUTLINE, BADGE_INK, BADGE_PAPER = (255, 200, 0), (255, 255, 255), (20, 20, 20)  # told apart by brightness alone


def region_view(image, polygon, positions):
    """A small picture of the photograph around a region, with its outline and its characters' numbers.

    A dot is where a character was read; its number, from 1, stands beside the line of text, so that both can be seen.

    Args:
        image: uint8 (H, W, 3), RGB, the upright photograph.
        polygon: float (K, 2) in it, or None for all of it, which gets no outline.
        positions: what `char_positions.char_positions` gives.

    Returns:
        uint8 (h, w, 3), RGB, h <= VIEW_HEIGHT, w <= VIEW_WIDTH.
    """
    outline = whole_image(image.shape[1], image.shape[0]) if polygon is None else polygon
    box, to_view = _window(image.shape, outline)
    view = _cut(image, box, to_view)
    factor = OVERSAMPLING
    large = Image.fromarray(np.repeat(np.repeat(view, factor, axis=0), factor, axis=1))
    drawing = ImageDraw.Draw(large)
    if polygon is not None:
        corners = [tuple(point) for point in factor * transform(polygon, to_view)]
        for colour, width in ((BADGE_PAPER, 4), (OUTLINE, 2)):
            drawing.line([*corners, *corners[:2]], colour, width * factor, joint='curve')
    if positions:
        peaks = transform([position['peak'] for position in positions], to_view)
        height = strip_height(transform(outline, to_view))
        _draw_numbers(drawing, peaks, height, view.shape, factor)
    return cv2.resize(np.asarray(large), view.shape[1::-1], interpolation=cv2.INTER_AREA)


def badge_places(peaks, text_height, view_shape):
    """Where the numbers stand: float (T, 2), (x, y), and their radius in pixels.

    Beside the peak, across the direction of the text there: above a line, right of a column. If another number
    stands already, it moves further out, or to the other side.

    Args:
        peaks: float (T, 2) in the view, T >= 1.
        text_height: height of the text in the view, pixels.
        view_shape: (height, width, ...) of the view.
    """
    steps = np.linalg.norm(np.diff(peaks, axis=0), axis=1)
    radius = float(np.clip(0.5 * np.median(steps), SMALLEST_BADGE, BADGE)) if len(steps) else BADGE
    direction = _directions(peaks)
    across = np.stack([direction[:, 1], -direction[:, 0]], axis=1)
    across *= np.where(across @ (0.2, -1.0) < 0, -1, 1)[:, np.newaxis]  # upwards; of a column, to the right
    first = 0.5 * text_height + radius
    distances = [side * (first + n * radius) for n in range(TRIES) for side in (1, -1)]
    limit = np.maximum(np.array(view_shape[1::-1]) - radius - 1, radius + 1)
    places = []
    for peak, aside in zip(peaks, across, strict=True):
        tried = [np.clip(peak + distance * aside, radius + 1, limit) for distance in distances]
        nearest = [min((np.linalg.norm(one - other) for other in places), default=np.inf) for one in tried]
        free = [distance > 2 * radius + 2 for distance in nearest]
        places.append(tried[free.index(True) if any(free) else int(np.argmax(nearest))])
    return np.array(places), radius


def _directions(peaks):
    """Unit vectors float (T, 2) along the text at each peak, from the peaks some characters around it."""
    reach = max(2, len(peaks) // 4)
    last = len(peaks) - 1
    found = np.array([peaks[min(i + reach, last)] - peaks[max(i - reach, 0)] for i in range(len(peaks))], np.float64)
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return np.where(length > 1e-6, found / np.maximum(length, 1e-6), (1.0, 0.0))


def _window(image_shape, outline):
    """The part of the photograph that is shown, (x0, y0, x1, y1) in whole pixels, and the matrix to the view."""
    x0, y0, x1, y1 = polygon_box(outline)
    margin = SURROUNDINGS * max(x1 - x0, y1 - y0)
    x0, y0, x1, y1 = clip_box((x0 - margin, y0 - margin, x1 + margin, y1 + margin), image_shape[1], image_shape[0])
    x0, y0 = min(int(x0), image_shape[1] - 1), min(int(y0), image_shape[0] - 1)
    x1, y1 = max(int(np.ceil(x1)), x0 + 1), max(int(np.ceil(y1)), y0 + 1)
    scale = min(VIEW_WIDTH / (x1 - x0), VIEW_HEIGHT / (y1 - y0), LARGEST_SCALE)
    size = tuple(max(1, int(scale * side)) for side in (x1 - x0, y1 - y0))
    return (x0, y0, x1, y1), placement((x0, y0, x1, y1), size, (0, 0))


def _cut(image, box, to_view):
    """The window of the photograph in the view's size: uint8 (h, w, 3)."""
    x0, y0, x1, y1 = box
    size = [round(scale * side) for scale, side in zip(np.diag(to_view), (x1 - x0, y1 - y0), strict=True)]
    smaller = size[0] < x1 - x0
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(image[y0:y1, x0:x1]), size, interpolation=interpolation)


def _draw_numbers(drawing, peaks, text_height, view_shape, factor):
    """A dot at each peak, a disc with its number beside, and a line between."""
    places, radius = badge_places(peaks, text_height, view_shape)
    writer, size = Writer(), round(1.25 * radius * factor)
    for peak, place in zip(factor * peaks, factor * places, strict=True):
        drawing.line([*peak, *place], BADGE_PAPER, 3 * factor)
        drawing.line([*peak, *place], BADGE_INK, factor)
    for number, (peak, place) in enumerate(zip(factor * peaks, factor * places, strict=True), 1):
        _disc(drawing, peak, 3.5 * factor, BADGE_PAPER)
        _disc(drawing, peak, 2.5 * factor, BADGE_INK)
        _disc(drawing, place, (radius + 1) * factor, BADGE_INK)
        _disc(drawing, place, radius * factor, BADGE_PAPER)
        x = place[0] - writer.width(str(number), size) / 2
        writer.draw(drawing, x, place[1] + 0.37 * size, str(number), size, [BADGE_INK] * len(str(number)))


def _disc(drawing, centre, radius, colour):
    drawing.ellipse([*(centre - radius), *(centre + radius)], colour)
