"""The picture that the browser's tests upload: a shop front drawn here, with two lines on boards and one on an arc."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from tiny import FONT_DIR

SIZE = (960, 640)
BOARD = [(90, 96), (862, 74), (866, 222), (94, 246)]  # outlines of the texts, (x, y) in pixels
PLATE = [(168, 398), (452, 398), (452, 486), (168, 486)]
BOARD_TEXT, PLATE_TEXT = 'CHOCOLATE', 'coffee'


def draw_shop_front():
    """uint8 (640, 960, 3), RGB."""
    picture = Image.new('RGB', SIZE, (196, 176, 148))
    drawing = ImageDraw.Draw(picture)
    for row in range(0, SIZE[1], 32):  # bricks
        for left in range(-(row // 32 % 2) * 40, SIZE[0], 80):
            shade = 6 * ((row * 7 + left * 3) // 8 % 5)
            drawing.rectangle((left + 1, row + 1, left + 78, row + 30), fill=(170 + shade, 122 + shade, 96 + shade))
    drawing.rectangle((110, 300, 520, 640), fill=(58, 76, 82))  # window and door
    drawing.rectangle((126, 316, 504, 640), fill=(126, 156, 160))
    drawing.polygon([(126, 560), (380, 316), (440, 316), (126, 620)], fill=(142, 172, 176))
    drawing.rectangle((620, 290, 830, 640), fill=(66, 44, 34))
    drawing.rectangle((640, 310, 810, 500), fill=(108, 132, 134))
    drawing.ellipse((788, 540, 806, 558), fill=(214, 178, 92))
    drawing.rectangle((160, 390, 460, 494), fill=(244, 238, 222))
    _write(drawing, PLATE_TEXT, 'DejaVuSans-Bold.ttf', 70, (310, 436), (88, 40, 24))
    pixels = _hang(np.asarray(picture), _board())
    noise = np.random.default_rng(5).normal(0, 2, pixels.shape)
    return np.clip(cv2.GaussianBlur(pixels, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)


def _board():
    board = Image.new('RGB', (760, 150), (28, 62, 54))
    drawing = ImageDraw.Draw(board)
    drawing.rectangle((5, 5, 754, 144), outline=(212, 186, 120), width=3)
    _write(drawing, BOARD_TEXT, 'DejaVuSans-Bold.ttf', 96, (380, 74), (240, 226, 188))
    return np.asarray(board)


def _write(drawing, text, font, size, middle, colour):
    drawing.text(middle, text, fill=colour, font=ImageFont.truetype(FONT_DIR / font, size), anchor='mm')


def _hang(wall, board):
    """The board on the wall, seen a little from the side."""
    height, width = board.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, np.array(BOARD, np.float32))
    size = (wall.shape[1], wall.shape[0])
    hung = cv2.warpPerspective(board, matrix, size)
    inside = cv2.warpPerspective(np.full(board.shape[:2], 255, np.uint8), matrix, size)[:, :, np.newaxis] / 255
    return (inside * hung + (1 - inside) * wall).astype(np.uint8)
