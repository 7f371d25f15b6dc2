"""Colours of a picture: pairs in contrast, companions of a background, fills, and laying one over another."""

import cv2
import numpy as np

LUMINANCE = np.array([0.299, 0.587, 0.114])  # Rec. 601


def draw_colours(contrast, rng):
    """(text, background), float64 (3,) RGB 0..255 each, whose luminance differs by `contrast` (low, high), 0..1."""
    candidates = rng.beta(0.7, 0.7, (32, 2, 3))
    greys = candidates.mean(axis=2, keepdims=True)
    greys = 0.5 + (greys - 0.5) * rng.uniform(1, 1.6, (32, 2, 1))  # black and white are common on signs
    saturation = np.maximum(rng.uniform(-0.4, 1, (32, 2, 1)), 0)
    candidates = np.clip(greys + saturation * (candidates - candidates.mean(axis=2, keepdims=True)), 0, 1)
    difference = np.abs((candidates[:, 0] - candidates[:, 1]) @ LUMINANCE)
    low, high = contrast
    miss = np.maximum(low - difference, difference - high)
    best = int(np.argmax(miss <= 0)) if (miss <= 0).any() else int(np.argmin(miss))
    text, background = candidates[best]
    if difference[best] < low:  # none is far enough apart: one towards white, the other towards black
        lighter = float(LUMINANCE @ text >= LUMINANCE @ background)
        share = (low - difference[best]) / (1 - difference[best])
        text, background = text + share * (lighter - text), background + share * (1 - lighter - background)
    return text * 255, background * 255


def far_colour(text, rng):
    """Colour far from the text's own: the better of two, or white or black if both come close."""
    candidates = np.concatenate([rng.uniform(0, 255, (2, 3)), [[0.0] * 3, [255.0] * 3]])
    difference = np.abs((candidates - text) @ LUMINANCE)
    return candidates[int(np.argmax(difference[:2]))] if difference[:2].max() > 90 else candidates[difference.argmax()]


def companion(text, background, rng):
    """Colour that goes beside a background: on its side of the text, at least 0.6 times as far from it."""
    candidates = np.concatenate([rng.uniform(0, 255, (12, 3)), background[None]])
    side = np.sign(LUMINANCE @ (background - text)) or 1.0
    distance = side * ((candidates - text) @ LUMINANCE)
    return candidates[int(np.argmax(distance >= 0.6 * distance[-1]))]


def apart(colour, ground, difference):
    """The colour, moved towards white or black until its luminance differs from the ground's by `difference`.

    All float64 (3,) RGB 0..255; `difference` in grey levels. It stays on its side of the ground if that side has
    room; the result is white or black if neither has.
    """
    light, base = float(LUMINANCE @ colour), float(LUMINANCE @ ground)
    if abs(light - base) >= difference:
        return colour
    above, below = 255 - base, base
    lighter = light >= base
    if difference > (above if lighter else below):
        lighter = above >= below
    end = 255.0 if lighter else 0.0
    wanted = base + difference if lighter else base - difference
    return colour + (end - colour) * min((wanted - light) / ((end - light) or 1.0), 1.0)


def fill(shape, colour, change, angle):
    """float32 (H, W, 3): a colour that changes by `change` across the picture in the direction `angle`."""
    height, width = shape
    image = np.empty((height, 3 * width), np.float32)  # rows of 3 W numbers: NumPy is slow where the last axis is short
    image[:] = np.tile(np.array(colour, np.float32), width)
    if any(change):
        across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(np.cos(angle))
        down = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.float32(np.sin(angle))
        image += (down[:, None] + np.repeat(across, 3)) * np.tile(np.array(change, np.float32), width)
    return image.reshape(height, width, 3)


def lay_over(image, mask, colour):
    """Blends a colour, (3,) or float32 (H, W, 3), into a float32 image where the mask uint8 (H, W) says, in place."""
    if np.ndim(colour) == 1:
        colour = fill(mask.shape, colour, (), 0.0)
    image += (colour - image) * in_colour(mask * np.float32(1 / 255))


def in_colour(field):
    """A field (H, W) three times over: (H, W, 3)."""
    return cv2.merge((field, field, field))
