"""Contact sheet: many drawn samples in one picture, each with its text under it."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

COLUMNS = 8
CELL = (176, 132)  # pixels, width and height
LABEL = 22  # pixels at the bottom of a cell
PAPER, INK = (245, 245, 245), (20, 20, 20)


def draw_sheet(samples, fonts):
    """Pictures in rows of COLUMNS, shrunk to their cells (never enlarged), texts below.

    Args:
        samples: list of `DrawnSample`, not empty.
        fonts: tuple of `Font` to write the texts with.

    Returns:
        uint8 (H, W, 3), RGB.
    """
    rows = -(-len(samples) // COLUMNS)
    sheet = Image.new('RGB', (COLUMNS * CELL[0], rows * CELL[1]), PAPER)
    plain_first = sorted(fonts, key=lambda font: ('Sans' not in font.name, font))
    for i, sample in enumerate(samples):
        corner = i % COLUMNS * CELL[0], i // COLUMNS * CELL[1]
        _put_picture(sheet, sample.image, corner)
        _put_text(sheet, sample.text, plain_first, corner)
    return np.asarray(sheet)


def _put_picture(sheet, image, corner):
    """Centres a picture in the upper part of its cell."""
    room = CELL[0] - 8, CELL[1] - LABEL - 6
    picture = Image.fromarray(image)
    picture.thumbnail(room, Image.Resampling.LANCZOS)
    x = corner[0] + (CELL[0] - picture.width) // 2
    y = corner[1] + 4 + (room[1] - picture.height) // 2
    sheet.paste(picture, (x, y))


def _put_text(sheet, text, fonts, corner):
    """Writes a text centred at the foot of its cell, shortened if it is too wide."""
    font = next((font for font in fonts if font.covers(text)), fonts[0])
    sized = ImageFont.truetype(font.path, 14, index=font.number)
    shown = text
    while sized.getlength(shown) > CELL[0] - 8 and len(shown) > 2:
        shown = shown[:-2] + '\u2026' if font.has('\u2026') else shown[:-1]
    middle = corner[0] + CELL[0] // 2, corner[1] + CELL[1] - 6
    ImageDraw.Draw(sheet).text(middle, shown, fill=INK, font=sized, anchor='ms')
