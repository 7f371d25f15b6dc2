"""Attention pictures: what was read, and a sheet of panels: the input, then where the model looked for each character.

Everything is drawn into an array; no window is ever opened.
"""

import unicodedata

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocr.metrics import wrong_characters
from ocr.visualization.glyphs import Writer
from ocr.visualization.heat_map import TILE_SIDE, heat_map, resized, tile_size

PANELS_PER_ROW = 8
MIN_CELL = 88  # pixels of a panel's column: room for its label
GAP = 14
PAGE_WIDTH = PANELS_PER_ROW * (TILE_SIDE + 2 + GAP) - GAP  # pixels between the margins; a frame is 1 pixel wide
TEXT_SIZE, LABEL_SIZE, SMALL_SIZE, NUMBER_SIZE = 32, 24, 15, 12

PAPER, INK, FAINT, WRONG, FRAME = (255, 255, 255), (30, 30, 30), (120, 120, 120), (208, 20, 20), (205, 205, 205)
NAMES = {' ': 'space', '\u3000': 'wide space', '\ufffd': 'unknown'}
NOTHING = '(nothing)'
DOTTED_CIRCLE = '\u25cc'  # carries a combining mark that stands alone


def attention_picture(canvas, text, alpha, char_confidences=None, truth=None, font_path=None, photograph=None):
    """Draw how a word was read: the text, and below it panels of one size, in rows as long as the page is wide.

    The first panel is the input. Each other is the input under a heat map of one step's attention, each map stretched
    to its own maximum, with the character, its number and its confidence below. One map more than there are characters
    is that of the end of the text.

    Args:
        canvas: uint8 (H, W, 3), RGB, the network's input.
        text: the text read, one character per decoder step.
        alpha: float (T', h, w), >= 0, attention over the canvas, T' >= len(text). The map after the last character
            shows where the model saw the end of the text; later ones are not drawn.
        char_confidences: floats in 0..1, for as many of the maps as are known, or None.
        truth: the true text or None. With it, characters that are wrong or missing are red.
        font_path: font to try first, or None; see `glyphs.Writer`. A character without a font is written U+XXXX.
        photograph: uint8 (h, w, 3), RGB, to show beside the text, or None; see `ocr.visualization.region_view`.

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
    confidences = [] if char_confidences is None else char_confidences
    panels = [_panel(resized(canvas, *tile_size(*canvas.shape[:2])), [('input', SMALL_SIZE, FAINT)], writer)]
    for t, one_alpha in enumerate(alpha[: len(text) + 1]):
        character = text[t] if t < len(text) else None
        captions = [_label(character, t in wrong_read)]
        captions += [(f'{100 * confidences[t]:.0f} %', SMALL_SIZE, FAINT)] if t < len(confidences) else []
        number = '' if character is None else str(t + 1)
        panels.append(_panel(heat_map(canvas, one_alpha), captions, writer, number))
    return _page([_header(photograph, lines, writer), *_rows(panels)])


def _check_shapes(canvas, text, alpha):
    if canvas.dtype != np.uint8 or canvas.ndim != 3 or canvas.shape[2] != 3 or not canvas.size:
        raise ValueError(f'canvas must be uint8 (H, W, 3), not {canvas.dtype} {canvas.shape}')
    if alpha.ndim != 3 or len(alpha) < len(text) or (not alpha.size and len(alpha)):
        raise ValueError(f'alpha must be (T, h, w) with T >= {len(text)}, not {alpha.shape}')


def _framed(image):
    """The image with a line of one pixel around it, so that its edge shows on paper."""
    return cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=FRAME)


def _blank(height, width):
    return np.full((height, width, 3), PAPER, np.uint8)


def _header(photograph, lines, writer):
    """The texts, and beside them the photograph if there is one: uint8 (height, width, 3).

    Args:
        lines: triples of a caption, a text and the positions in it to write in red.
    """
    left = 0 if photograph is None else photograph.shape[1] + 2 + 2 * GAP  # a frame is 1 pixel wide
    blocks = [_text_block(*line, PAGE_WIDTH - left, writer) for line in lines]
    texts = np.concatenate([_widened(block, max(block.shape[1] for block in blocks)) for block in blocks])
    if photograph is None:
        return texts
    picture = _framed(photograph)
    page = _blank(max(len(picture), len(texts)), left + texts.shape[1])
    page[: len(picture), : picture.shape[1]] = picture
    page[: len(texts), left:] = texts
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


def _panel(picture, captions, writer, number=''):
    """A picture over its captions, in a column of at least MIN_CELL pixels.

    Args:
        picture: uint8 (h, w, 3).
        captions: at most two triples of a text, its size in pixels and its colour, under each other.
        number: small text at the left of the second caption.
    """
    picture = _framed(picture)
    height, width = len(picture), max(picture.shape[1], MIN_CELL)
    cell = _blank(height + 2 * LABEL_SIZE + 2 * 6, width)
    left = (width - picture.shape[1]) // 2
    cell[:height, left : left + picture.shape[1]] = picture
    image = Image.fromarray(cell)
    drawing = ImageDraw.Draw(image)
    for baseline, (text, size, colour) in zip((LABEL_SIZE + 2, 2 * LABEL_SIZE), captions, strict=False):
        _centred(drawing, text, size, height + baseline, width, colour, writer)
    writer.draw(drawing, 0, height + 2 * LABEL_SIZE, number, NUMBER_SIZE, [FAINT] * len(number))
    return np.asarray(image)


def _label(character, is_wrong):
    """The caption of a character: text, size in pixels and colour; None is the end of the text."""
    if character is None:
        return 'end', SMALL_SIZE, FAINT
    colour = WRONG if is_wrong else INK
    if character in NAMES:
        return NAMES[character], SMALL_SIZE, colour
    return (DOTTED_CIRCLE + character if unicodedata.combining(character) else character), LABEL_SIZE, colour


def _centred(drawing, text, size, baseline, width, colour, writer):
    x = (width - writer.width(text, size)) / 2
    writer.draw(drawing, x, baseline, text, size, [colour] * len(text))


def _rows(panels):
    """Panels side by side, in as few rows as fit the page, of about one length."""
    height, width = panels[0].shape[:2]
    most = max(1, min(PANELS_PER_ROW, (PAGE_WIDTH + GAP) // (width + GAP)))
    num_rows = -(-len(panels) // most)
    columns = -(-len(panels) // num_rows)
    gap = _blank(height, GAP)
    for start in range(0, len(panels), columns):
        row = [part for panel in panels[start : start + columns] for part in (panel, gap)][:-1]
        yield np.concatenate(row, axis=1)


def _page(bands):
    """Bands under each other, left-aligned, with a margin all round."""
    width = max(band.shape[1] for band in bands)
    filled = [_widened(band, width, GAP) for band in bands]
    return cv2.copyMakeBorder(np.concatenate(filled), GAP, 0, GAP, GAP, cv2.BORDER_CONSTANT, value=PAPER)


def _widened(band, width, below=0):
    """A band on paper of that width, with so many empty pixels below."""
    return cv2.copyMakeBorder(band, 0, below, 0, width - band.shape[1], cv2.BORDER_CONSTANT, value=PAPER)
