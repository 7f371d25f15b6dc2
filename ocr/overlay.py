"""Attention pictures: the word, what was read, and for each character a heat map of where the model looked.

Everything is drawn into an array; no window is ever opened.
"""

import unicodedata

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocr.glyphs import Writer
from ocr.metrics import wrong_characters

TILES_PER_ROW = 8
TILE_SIDE = 176  # pixels of a tile's longer side...
THIN_SIDE = 64  # ...which grows until the shorter side has these...
LONGEST_SIDE = 528  # ...or the longer side those
PICTURE_SCALE = 1.5  # the word's own picture against a tile
MIN_CELL = 88  # pixels of a tile's column: room for its label
GAP = 14
PAGE_WIDTH = TILES_PER_ROW * (TILE_SIDE + 2 + GAP) - GAP  # pixels between the margins; a frame is 1 pixel wide
TEXT_SIZE, LABEL_SIZE, SMALL_SIZE = 32, 24, 15
HEAT_OPACITY = 0.65  # where attention is highest
HOTTEST = 225  # of 255: bright red; the dark red beyond would hide the letter

PAPER, INK, FAINT, WRONG, FRAME = (255, 255, 255), (30, 30, 30), (120, 120, 120), (208, 20, 20), (205, 205, 205)
NAMES = {' ': 'space', '\u3000': 'wide space', '\ufffd': 'unknown'}
NOTHING = '(nothing)'
DOTTED_CIRCLE = '\u25cc'  # carries a combining mark that stands alone


def attention_picture(canvas, text, alpha, char_confidences=None, truth=None, font_path=None):
    """Draw how a word was read: its picture beside the text, then one tile per character.

    A tile is the picture under a heat map of that step's attention, each map stretched to its own maximum, with the
    character and its confidence below. One map more than there are characters is that of the end of the text.

    Args:
        canvas: uint8 (H, W, 3), RGB, the network's input.
        text: the text read, one character per decoder step.
        alpha: float (T', h, w), >= 0, attention over the canvas, T' >= len(text). The map after the last character
            shows where the model saw the end of the text; later ones are not drawn.
        char_confidences: floats in 0..1, for as many of the maps as are known, or None.
        truth: the true text or None. With it, characters that are wrong or missing are red.
        font_path: font to try first, or None; see `ocr.glyphs.Writer`. A character without a font is written U+XXXX.

    Returns:
        uint8 (height, width, 3), RGB.

    Raises:
        InputError: font_path is no font.
        ValueError: shapes that do not fit together.
    """
    alpha = np.asarray(alpha, np.float32)
    _check_shapes(canvas, text, alpha)
    writer = Writer(font_path)
    wrong_read, wrong_true = (set(), set()) if truth is None else wrong_characters(text, truth)
    lines = [('read', text, wrong_read)] + ([] if truth is None else [('truth', truth, wrong_true)])
    header = _header(canvas, lines, writer)
    confidences = [] if char_confidences is None else char_confidences
    tiles = []
    for t, one_alpha in enumerate(alpha[: len(text) + 1]):
        character = text[t] if t < len(text) else None
        confidence = confidences[t] if t < len(confidences) else None
        tiles.append(_tile(heat_map(canvas, one_alpha), character, confidence, t in wrong_read, writer))
    return _page([header, *_rows(tiles)])


def heat_map(canvas, alpha):
    """One tile: the canvas at the tile's size under a translucent heat map.

    Args:
        canvas: uint8 (H, W, 3), RGB.
        alpha: float32 (h, w), >= 0; its maximum becomes the hottest colour. All zeros leave the picture as it is.

    Returns:
        uint8 (`tile_size(H, W)`, 3), RGB.
    """
    height, width = tile_size(*canvas.shape[:2])
    picture = _resized(canvas, height, width).astype(np.float32)
    alpha = np.nan_to_num(alpha.astype(np.float32), posinf=0.0, neginf=0.0)
    heat = np.maximum(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC), 0)
    heat /= max(float(heat.max()), np.finfo(np.float32).tiny)
    colours = cv2.applyColorMap(np.uint8(np.round(HOTTEST * heat)), cv2.COLORMAP_TURBO)[..., ::-1]
    opacity = HEAT_OPACITY * np.sqrt(heat)[..., None]
    return np.uint8(np.round(picture * (1 - opacity) + colours * opacity))


def tile_size(height, width):
    """(height, width) in pixels of the tile for a canvas: same shape, and large enough to be looked at."""
    scale = TILE_SIDE / max(height, width)
    if min(height, width) * scale < THIN_SIDE:
        scale = min(THIN_SIDE / min(height, width), LONGEST_SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _check_shapes(canvas, text, alpha):
    if canvas.dtype != np.uint8 or canvas.ndim != 3 or canvas.shape[2] != 3 or not canvas.size:
        raise ValueError(f'canvas must be uint8 (H, W, 3), not {canvas.dtype} {canvas.shape}')
    if alpha.ndim != 3 or len(alpha) < len(text) or (not alpha.size and len(alpha)):
        raise ValueError(f'alpha must be (T, h, w) with T >= {len(text)}, not {alpha.shape}')


def _resized(image, height, width):
    smaller = height < image.shape[0]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def _framed(image):
    """The image with a line of one pixel around it, so that its edge shows on paper."""
    return cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=FRAME)


def _blank(height, width):
    return np.full((height, width, 3), PAPER, np.uint8)


def _header(canvas, lines, writer):
    """The word's picture and beside it the texts: uint8 (height, width, 3).

    Args:
        lines: triples of a caption, a text and the positions in it to write in red.
    """
    height, width = (round(PICTURE_SCALE * side) for side in tile_size(*canvas.shape[:2]))
    picture = _framed(_resized(canvas, height, width))
    left = picture.shape[1] + 2 * GAP
    blocks = [_text_block(*line, PAGE_WIDTH - left, writer) for line in lines]
    page = _blank(max(len(picture), sum(map(len, blocks))), left + max(block.shape[1] for block in blocks))
    page[: len(picture), : picture.shape[1]] = picture
    top = 0
    for block in blocks:
        page[top : top + len(block), left : left + block.shape[1]] = block
        top += len(block)
    return page


def _text_block(caption, text, wrong, width, writer):
    """A small caption over a text, wrapped at `width` pixels: uint8 (height, width used, 3)."""
    shown = text or NOTHING
    colours = [WRONG if i in wrong else INK for i in range(len(text))] or [FAINT] * len(NOTHING)
    starts = writer.wrap(shown, TEXT_SIZE, width)
    spans = list(zip(starts, [*starts[1:], len(shown)], strict=True))
    used = max([writer.width(caption, SMALL_SIZE), *(writer.width(shown[a:b], TEXT_SIZE) for a, b in spans)])
    step = round(1.35 * TEXT_SIZE)
    image = Image.fromarray(_blank(SMALL_SIZE + len(spans) * step + GAP, int(used) + 2))
    drawing = ImageDraw.Draw(image)
    writer.draw(drawing, 0, SMALL_SIZE, caption, SMALL_SIZE, [FAINT] * len(caption))
    for row, (a, b) in enumerate(spans):
        writer.draw(drawing, 0, SMALL_SIZE + (row + 1) * step - 6, shown[a:b], TEXT_SIZE, colours[a:b])
    return np.asarray(image)


def _tile(picture, character, confidence, is_wrong, writer):
    """A heat map with its label in a column of at least MIN_CELL pixels; `character` None is the end of the text."""
    picture = _framed(picture)
    height, width = len(picture), max(picture.shape[1], MIN_CELL)
    cell = _blank(height + 2 * LABEL_SIZE + 2 * 6, width)
    left = (width - picture.shape[1]) // 2
    cell[:height, left : left + picture.shape[1]] = picture
    image = Image.fromarray(cell)
    drawing = ImageDraw.Draw(image)
    label, size = _label(character)
    colour = WRONG if is_wrong else FAINT if character is None else INK
    _centred(drawing, label, size, height + LABEL_SIZE + 2, width, colour, writer)
    if confidence is not None:
        _centred(drawing, f'{100 * confidence:.0f} %', SMALL_SIZE, height + 2 * LABEL_SIZE, width, FAINT, writer)
    return np.asarray(image)


def _label(character):
    """What stands under a tile and its size in pixels."""
    if character is None:
        return 'end', SMALL_SIZE
    if character in NAMES:
        return NAMES[character], SMALL_SIZE
    return (DOTTED_CIRCLE + character if unicodedata.combining(character) else character), LABEL_SIZE


def _centred(drawing, text, size, baseline, width, colour, writer):
    x = (width - writer.width(text, size)) / 2
    writer.draw(drawing, x, baseline, text, size, [colour] * len(text))


def _rows(tiles):
    """Tiles side by side, in rows that fit the page."""
    if not tiles:
        return
    height, width = tiles[0].shape[:2]
    columns = max(1, min(TILES_PER_ROW, (PAGE_WIDTH + GAP) // (width + GAP)))
    gap = _blank(height, GAP)
    for start in range(0, len(tiles), columns):
        row = [part for tile in tiles[start : start + columns] for part in (tile, gap)][:-1]
        yield np.concatenate(row, axis=1)


def _page(bands):
    """Bands under each other, left-aligned, with a margin all round."""
    width = max(band.shape[1] for band in bands)
    filled = []
    for band in bands:
        filled.append(cv2.copyMakeBorder(band, 0, GAP, 0, width - band.shape[1], cv2.BORDER_CONSTANT, value=PAPER))
    return cv2.copyMakeBorder(np.concatenate(filled), GAP, 0, GAP, GAP, cv2.BORDER_CONSTANT, value=PAPER)
