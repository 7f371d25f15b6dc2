"""A photograph with what was found and read in it: outlines, and each text on a plate beside its own."""

import os

import numpy as np
from PIL import Image, ImageDraw

from ocr.errors import InputError
from ocr.files.file_names import safe_stem
from ocr.geometry import polygon_box
from ocr.preprocessing.decode import read_image
from ocr.visualization.glyphs import Writer

SIDE = 1280  # pixels, longer side of the picture at most
_SIZE = 0.034  # of the letters: of the picture's width, so that 13 pixels are left of them on a telephone
_OUTLINE, _PLATE, _TEXT = (0, 190, 90), (255, 255, 255), (20, 20, 20)


def save_photograph(folder, number, photograph):
    """Save a reading.photographs.ReadPhotograph with what was found and read, under its number and file name.

    Raises:
        InputError: it cannot be written.
    """
    stem = safe_stem(photograph.image_path)
    path = os.path.join(folder, f'{number:06d}_{stem}.jpg')
    polygons = [region.polygon for region in photograph.found.regions]
    texts = [getattr(reading, 'text', '') for reading in photograph.readings]
    try:
        os.makedirs(folder, exist_ok=True)
        picture = photograph_picture(read_image(photograph.image_path), polygons, texts)
        Image.fromarray(picture).save(path, quality=90)
    except OSError as error:
        raise InputError(f'{path}: cannot be written ({error.strerror}); free space and go on with --resume') from None


def photograph_picture(image, polygons, texts):
    """The photograph with outlines and texts.

    A text's plate lies above its outline, below, inside or beside, where it covers no other plate; if there is no
    such place, the outline alone is drawn.

    Args:
        image: uint8 (H, W, 3), RGB.
        polygons: list of float (K, 2) in the photograph.
        texts: str for each.

    Returns:
        uint8 (h, w, 3), RGB.
    """
    scale = min(1.0, SIDE / max(image.shape[:2]))
    size = tuple(max(round(side * scale), 1) for side in image.shape[1::-1])
    picture = Image.fromarray(image).resize(size, Image.Resampling.LANCZOS)
    drawing = ImageDraw.Draw(picture)
    polygons = [np.asarray(polygon, np.float64) * scale for polygon in polygons]
    width = max(round(size[0] / 400), 2)
    for polygon in polygons:
        corners = [tuple(point) for point in polygon.tolist()]
        drawing.line([*corners, corners[0]], _OUTLINE, width, joint='curve')
    writer, height, plates = Writer(), max(round(_SIZE * size[0]), 10), []
    for polygon, text in zip(polygons, texts, strict=True):
        if not text:
            continue
        plate = (writer.width(text, height) + height / 2, 1.25 * height)
        corner = _free_place(polygon_box(polygon), plate, plates, size)
        if corner is None:
            continue
        x, y = corner
        plates.append((x, y, x + plate[0], y + plate[1]))
        drawing.rectangle(plates[-1], _PLATE, _OUTLINE, 1)
        writer.draw(drawing, x + height / 4, y + 0.98 * height, text, height, [_TEXT] * len(text))
    return np.asarray(picture)


def _free_place(box, plate, plates, size):
    """(x, y) of a plate (width, height) near a box, inside the picture and off the other plates; None: nowhere."""
    x0, y0, x1, y1 = box
    width, height = plate
    for x, y in ((x0, y0 - height), (x0, y1), (x0, y0), (x1, y0), (x0 - width, y0)):
        x = min(max(x, 0), size[0] - width)
        y = min(max(y, 0), size[1] - height)
        if x >= 0 and y >= 0 and not any(_meet((x, y, x + width, y + height), other) for other in plates):
            return x, y
    return None


def _meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
