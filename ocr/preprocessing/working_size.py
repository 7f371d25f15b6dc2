"""The size at which a detector looks at a photograph. Needs no TensorFlow, so that worker processes can shrink."""

import cv2

LONGER, SHORTER = 1280, 720  # pixels to which the larger photographs are shrunk, by whichever side shrinks them less


def working_size(width, height, longer=LONGER):
    """(width, height) at which a photograph is looked at: its own, or less if it is large.

    A long page keeps its shorter side at SHORTER pixels: its letters are as large as those of a photograph.
    """
    scale = min(1.0, max(longer / max(width, height), longer * SHORTER / LONGER / min(width, height)))
    return tuple(max(round(side * scale), 1) for side in (width, height))


def shrink(image, longer=LONGER):
    """The photograph uint8 (H, W, 3) at its `working_size`."""
    size = working_size(image.shape[1], image.shape[0], longer)
    if size == (image.shape[1], image.shape[0]):
        return image
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
