"""The video that the browser's tests upload: the shop front, over which the camera moves, for four seconds."""

import numpy as np
from shop_front import draw_shop_front
from videos import write_video

SECONDS, RATE = 4, 10
FIRST = 2.0  # seconds after which the plate comes into sight


def write_film(path):
    """Write the video; returns its path. The plate is covered for the first two seconds."""
    shop = draw_shop_front()
    covered = shop.copy()
    covered[380:500, 150:470] = 120
    frames = [covered] * int(FIRST * RATE) + [shop] * int((SECONDS - FIRST) * RATE)
    return write_video(path, frames, RATE)


def plate_in_sight(image):
    """Whether a picture, uint8 (h, w, 3), shows the plate and not its cover."""
    height, width = image.shape[:2]
    part = image[int(0.62 * height) : int(0.75 * height), int(0.2 * width) : int(0.45 * width)]
    return bool(np.ptp(part) > 80)
