"""Decoders that attack: what worker processes of tests run in place of picture.prepare_picture."""

import os

from ocr.serving import picture

ENDLESS = (40, 41)  # size of the pictures that never come to an end


def endless(order, limits, canvas):
    """Never comes to an end with pictures of the size ENDLESS."""
    if picture.decode_picture(order.image, limits.max_pixels).shape[1::-1] == ENDLESS:
        while True:
            pass
    return picture.prepare_picture(order, limits, canvas)


def crashing(order, limits, canvas):
    """Ends its process."""
    os.abort()
