"""A training picture as the published implementation formulates it, to measure against.

For every word it decodes the whole photograph, turns all of it into floats, blackens what is outside the polygon, warps
all of it, and only then cuts the word out and resizes it. Same draw, same place on the canvas as `prepare`.
"""

import cv2
import numpy as np

from ocr.geometry import polygon_box, transform, whole_image
from ocr.preprocessing.canvas import Canvas


def prepare_plainly(image_path, polygon, canvas_side, augmentation, settings):
    """The picture of one region.

    Args:
        image_path: file.
        polygon: float (K, 2) in the photograph.
        canvas_side: S, pixels.
        augmentation, settings: a draw without margins, tilt and effects of light, and its AugmentSettings.

    Returns:
        uint8 (S, S, 3), RGB.
    """
    image = cv2.cvtColor(cv2.imread(image_path), cv2.COLOR_BGR2RGB).astype(np.float32)
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], 1)
    image *= mask[:, :, np.newaxis]
    matrix = np.hstack([augmentation.linear, np.zeros((2, 1))])
    x0, y0, x1, y1 = polygon_box(transform(whole_image(width, height), matrix))
    matrix[:, 2] = -x0, -y0
    image = cv2.warpAffine(image, matrix, (int(x1 - x0) + 1, int(y1 - y0) + 1))
    polygon = transform(polygon, matrix)
    x0, y0, x1, y1 = np.rint(polygon_box(polygon)).astype(int)
    size, _ = Canvas(canvas_side).place(polygon, augmentation.fill, settings.max_enlargement, settings.min_side)
    word = cv2.resize(image[max(y0, 0) : y1, max(x0, 0) : x1], size)
    left, top = (int(part * (canvas_side - side + 1)) for part, side in zip(augmentation.corner, size, strict=True))
    canvas = np.zeros((canvas_side, canvas_side, 3), np.float32)
    canvas[top : top + size[1], left : left + size[0]] = word
    return canvas.astype(np.uint8)
