"""Ink masks of letters and what is made from them: outline, shadow, depth, relief."""

import cv2
import numpy as np


def widen(ink, reach):
    """Ink uint8 (H, W) widened by `reach` whole pixels on every side."""
    if not reach:
        return ink
    side = 2 * reach + 1
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def change_weight(ink, pixels):
    """Ink uint8 (H, W) with strokes wider by `pixels` on each side, or narrower below 0; a fraction blends."""
    step = cv2.dilate if pixels > 0 else cv2.erode
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    remaining = abs(pixels)
    while remaining > 0:
        share = min(remaining, 1.0)
        ink = cv2.addWeighted(ink, 1 - share, step(ink, cross), share, 0)
        remaining -= share
    return ink


def shadow(ink, shift, blur, opacity):
    """uint8 (H, W): the ink moved aside by (x, y) pixels, softened and thinned."""
    moved = _moved(ink, *shift)
    if blur > 0.2:
        moved = cv2.GaussianBlur(moved, (0, 0), blur)
    return cv2.convertScaleAbs(moved, alpha=opacity)


def depth(ink, shift):
    """uint8 (H, W): all places that the ink passes on its way to (x, y) pixels beside itself."""
    steps = max(int(np.ceil(np.hypot(*shift))), 1)
    whole, done = ink, 1
    while done < steps:  # doubles its way: the copies made so far, moved on by as many steps
        moved = min(done, steps - done)
        whole = cv2.max(whole, _moved(whole, shift[0] * moved / steps, shift[1] * moved / steps))
        done += moved
    return whole


def relief(ink, reach, angle):
    """float32 (H, W), about -1..1: how slopes `reach` pixels wide at the ink's edges face a light from `angle`."""
    soft = cv2.GaussianBlur(ink, (0, 0), reach)
    x, y = reach * np.cos(angle), reach * np.sin(angle)
    return (_moved(soft, x, y).astype(np.float32) - _moved(soft, -x, -y)) * np.float32(1 / 255)


def _moved(ink, x, y):
    height, width = ink.shape
    return cv2.warpAffine(ink, np.array([[1, 0, x], [0, 1, y]], np.float64), (width, height), flags=cv2.INTER_LINEAR)
