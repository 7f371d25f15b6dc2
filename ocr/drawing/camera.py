"""What light and camera do to a picture: uneven light, blur, low resolution, noise, JPEG."""

import cv2
import numpy as np

from ocr.drawing.colours import LUMINANCE, in_colour

SHRINKING = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST)
ENLARGING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4, cv2.INTER_NEAREST)


def light_field(shape, strength, rng):
    """float32 (H, W, 3) to multiply by: light falls off smoothly, down to 1 - `strength` at the darkest place."""
    corners = rng.uniform(0, 1, (2, 3) if rng.random() < 0.5 else (3, 3)).astype(np.float32)
    if corners.shape[0] == 3 and rng.random() < 0.5:
        corners[1, 1] = -0.3  # bright in the middle, dark at the edges
    low, high = float(corners.min()), float(corners.max())
    field = 1 - strength * (corners - low) / max(high - low, 1e-3)
    return in_colour(cv2.resize(field, shape[::-1], interpolation=cv2.INTER_LINEAR))


def cast_shadow(shape, strength, softness, rng):
    """float32 (H, W, 3) to multiply by: one side of a line across the picture is darker by `strength`."""
    height, width = shape
    angle = rng.uniform(0, 2 * np.pi)
    through = rng.uniform(0.15, 0.85, 2) * (width, height)
    x = (np.arange(width, dtype=np.float32) - np.float32(through[0])) * np.float32(np.cos(angle))
    y = (np.arange(height, dtype=np.float32) - np.float32(through[1])) * np.float32(np.sin(angle))
    edge = np.clip((x + y[:, None]) * np.float32(1 / softness) + np.float32(0.5), 0, 1)
    return in_colour(1 - np.float32(strength) * edge)


def move_blur(image, shift):
    """Image float32 (H, W, 3) blurred along the line to (x, y) pixels."""
    reach = max(int(np.ceil(max(abs(shift[0]), abs(shift[1])) / 2)), 1)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    ends = np.round((reach + np.array([-0.5, 0.5])[:, None] * shift) * 256).astype(int)
    cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 255, 1, cv2.LINE_AA, 8)
    weights = kernel.astype(np.float32)
    return cv2.filter2D(image, -1, weights / weights.sum(), borderType=cv2.BORDER_REPLICATE)


def mute(image, share):
    """Image float32 (H, W, 3) with a share of its colour taken away; its luminance stays."""
    grey = np.tile(LUMINANCE, (3, 1))
    return cv2.transform(image, (1 - share) * np.eye(3) + share * grey)


def shrink(image, factor, way):
    """Image (H, W, 3) made `factor` times smaller, no side below 4 pixels; `way` counts SHRINKING."""
    height, width = image.shape[:2]
    size = max(round(width / factor), min(4, width)), max(round(height / factor), min(4, height))
    return cv2.resize(image, size, interpolation=SHRINKING[way])


def enlarge(image, shape, way):
    """Image uint8 (h, w, 3) enlarged to (H, W); `way` counts ENLARGING."""
    return cv2.resize(image, shape[::-1], interpolation=ENLARGING[way])


def grain(shape, rng):
    """float32 (H, W, 3), mean 0, standard deviation 1: two thirds of it common to the three channels."""
    height, width = shape
    common = in_colour(rng.standard_normal((height, width), np.float32))
    own = rng.integers(-128, 128, (height, width, 3), np.int8)
    return np.float32(0.8) * common + np.float32(0.6 / 74) * own
