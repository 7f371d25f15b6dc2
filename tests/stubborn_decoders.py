"""Decoders that attack or count: what worker processes of tests run in place of those of serving.picture."""

import dataclasses
import os
from unittest import mock

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


def counted_show(order, limits, page, longer):
    """SeenPage whose `seconds` are how often the picture was decoded for it."""
    return _counted(picture.show_page, order, limits, page, longer)


def counted_prepare(order, limits, canvas):
    """PreparedPicture, likewise."""
    return _counted(picture.prepare_picture, order, limits, canvas)


def _counted(function, *args):
    with mock.patch.object(picture, 'decode_picture', wraps=picture.decode_picture) as decode:
        result = function(*args)
    return dataclasses.replace(result, seconds=decode.call_count)
