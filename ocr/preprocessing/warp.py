"""Photograph -> canvas: the only deterministic preprocessing, shared by training, evaluation and the frozen graph.

Coordinates are continuous: pixel i covers [i, i + 1), so a whole photograph is the box (0, 0, W, H). A canvas is made
by one warp from the photograph, whose matrix combines perspective, rotation, shear, scale and placement.
"""

import cv2
import numpy as np

from ocr.geometry import box_polygon, clip_box, homogeneous, polygon_box, transform, whole_image
from ocr.preprocessing.decode import Excerpt

_MASK_SHIFT = 4  # fractional bits of a polygon's corners when it is filled


def placement(box, size, corner):
    """Affine matrix float64 (2, 3) that takes `box` to the rectangle of (width, height) `size` at (x, y) `corner`."""
    scale_x = size[0] / (box[2] - box[0])
    scale_y = size[1] / (box[3] - box[1])
    return np.array([[scale_x, 0, corner[0] - scale_x * box[0]], [0, scale_y, corner[1] - scale_y * box[1]]])


def centred_placement(polygon, canvas):
    """The reference's inference placement: the polygon's box as large as its canvas holds it, centred.

    A canvas that `levels` gets the box of the text turned level.

    Args:
        polygon: float (K, 2) in the photograph.
        canvas: Canvas.

    Returns:
        matrix: float64 (2, 3), photograph -> canvas.
        box: int (x0, y0, x1, y1) of the text on the canvas.
        shape: (height, width) of the canvas.
    """
    levelling = canvas.levelling(polygon)
    level = transform(polygon, levelling)
    size, (height, width) = canvas.place(level)
    corner = ((width - size[0]) // 2, (height - size[1]) // 2)
    matrix = placement(polygon_box(level), size, corner) @ levelling
    return matrix, (*corner, corner[0] + size[0], corner[1] + size[1]), (height, width)


def resize_into(image, box, height, width):
    """A whole picture in a box of a black canvas: what warp_region gives, to a grey level, in a fifth of the time.

    Args:
        image: uint8 (H, W, 3), RGB, or an Excerpt that shows all of its photograph.
        box: int (x0, y0, x1, y1) on the canvas.
        height, width: pixels of the canvas.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    pixels = image.pixels if isinstance(image, Excerpt) else image
    x0, y0, x1, y1 = box
    pixels = _shrink(pixels, ((x1 - x0) / pixels.shape[1], (y1 - y0) / pixels.shape[0]))
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[y0:y1, x0:x1] = cv2.resize(pixels, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR_EXACT)
    return canvas


def warp_region(image, polygon, matrix, height, width):
    """The region's pixels on a black canvas; everything outside the polygon or the photograph is black.

    Args and types: as of warp_photograph.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    return black_outside(*warp_photograph(image, polygon, matrix, height, width))


def warp_photograph(image, polygon, matrix, height, width):
    """What lies under and around a region, and where the region is.

    Args:
        image: uint8 (H, W, 3), RGB, or an Excerpt.
        polygon: float (K, 2) in the photograph; may reach over its edges.
        matrix: float (2, 3) or (3, 3), photograph -> canvas; a homography has its horizon away from the polygon.
        height, width: pixels of the canvas.

    Returns:
        canvas: uint8 (height, width, 3), RGB.
        inside: uint8 (height, width), 255 inside both the polygon and the photograph.
    """
    matrix = homogeneous(matrix)
    crop, to_crop = cut(image, polygon, _scales(matrix, polygon))
    from_crop = between_centres(matrix @ np.linalg.inv(homogeneous(to_crop)))
    options = {'flags': cv2.INTER_LINEAR, 'borderMode': cv2.BORDER_REPLICATE}
    photograph = whole_image(image.shape[1], image.shape[0])
    if (matrix[2] == (0, 0, 1)).all():
        canvas = cv2.warpAffine(crop, from_crop[:2], (width, height), **options)
    else:
        canvas = cv2.warpPerspective(crop, from_crop, (width, height), **options)
        photograph = box_polygon(clip_box(_surroundings(polygon), *photograph[2]))
    inside = _fill(transform(polygon, matrix), height, width) & _fill(transform(photograph, matrix), height, width)
    return canvas, inside


def black_outside(canvas, inside):
    """The canvas uint8 (h, w, 3), black where the mask uint8 (h, w) is 0."""
    return cv2.bitwise_and(canvas, canvas, mask=inside)


def _scales(matrix, polygon):
    """Longest that a pixel of the photograph gets on the canvas, along its x and along its y: float64 (2,)."""
    corners = box_polygon(polygon_box(polygon)).astype(np.float64)
    mapped = corners @ matrix[:, :2].T + matrix[:, 2]  # (4, 3)
    depth = mapped[:, 2, np.newaxis, np.newaxis]
    across = mapped[:, :2, np.newaxis] / depth * matrix[2, :2]
    return np.linalg.norm((matrix[:2, :2] - across) / depth, axis=1).max(axis=0)


def _surroundings(polygon):
    """The polygon's box and a little more on each side, on which a homography is still far from its horizon."""
    x0, y0, x1, y1 = polygon_box(polygon)
    margin = 0.05 * max(x1 - x0, y1 - y0)
    return x0 - margin, y0 - margin, x1 + margin, y1 + margin


def cut(image, polygon, scales):
    """The part of the photograph that the polygon needs, shrunk by area where the warp would skip pixels.

    Args:
        image: uint8 (H, W, 3), RGB, or an Excerpt.
        polygon: float (K, 2) in the photograph.
        scales: length on the canvas of one pixel of the photograph, along x and along y.

    Returns:
        crop: uint8 (h, w, 3).
        to_crop: float64 (2, 3), photograph -> crop.
    """
    if isinstance(image, Excerpt):
        crop, to_crop = cut(image.pixels, transform(polygon, image.matrix), scales / np.diag(image.matrix))
        return crop, to_crop @ homogeneous(image.matrix)
    height, width = image.shape[:2]
    margin = 2  # bilinear interpolation looks one pixel beyond
    x0, y0, x1, y1 = polygon_box(polygon)
    x0, y0, x1, y1 = clip_box((x0 - margin, y0 - margin, x1 + margin, y1 + margin), width, height)
    x0, y0 = min(int(x0), width - 1), min(int(y0), height - 1)
    x1, y1 = max(int(np.ceil(x1)), x0 + 1), max(int(np.ceil(y1)), y0 + 1)
    crop = image[y0:y1, x0:x1]
    to_crop = np.array([[1.0, 0, -x0], [0, 1.0, -y0]])
    crop = _shrink(crop, scales)
    to_crop *= np.array([[crop.shape[1] / (x1 - x0)], [crop.shape[0] / (y1 - y0)]])
    return crop, to_crop


def _shrink(pixels, scales):
    """uint8 (H, W, 3), shrunk by area to two pixels for one of the canvas where a warp would skip pixels."""
    if min(scales) >= 0.5:
        return pixels
    sides = pixels.shape[1], pixels.shape[0]
    size = [max(1, round(min(1, 2 * scale) * side)) for scale, side in zip(scales, sides, strict=True)]
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def between_centres(matrix):
    """The same map, (2, 3) or (3, 3), for OpenCV, whose coordinates are whole numbers at pixel centres."""
    if len(matrix) == 2:
        return between_centres(homogeneous(matrix))[:2]
    linear, shift = matrix[:, :2], matrix[:, 2:]
    from_centres = np.hstack([linear, shift + 0.5 * linear.sum(axis=1, keepdims=True)])
    return from_centres - 0.5 * from_centres[2] * [[1], [1], [0]]


def _fill(polygon, height, width):
    """uint8 (height, width), 255 inside the polygon."""
    mask = np.zeros((height, width), np.uint8)
    # OpenCV fills the pixels that the outline touches; half a pixel less keeps [x0, x1) to its own pixels.
    corners = np.clip((polygon - 0.5) * 2**_MASK_SHIFT, -(2**24), 2**24)
    inner = np.where(corners < corners.mean(axis=0), np.ceil(corners), np.floor(corners - 1)).astype(np.int32)
    cv2.fillPoly(mask, [inner], 255, shift=_MASK_SHIFT)
    return mask
