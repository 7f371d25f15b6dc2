"""An ink mask painted as a `Look` says, from the ground up: background, clutter, letters, light, camera."""

import cv2
import numpy as np

from ocr.drawing.backgrounds import blotches, lay_pattern, photo_ground, plate
from ocr.drawing.camera import cast_shadow, enlarge, grain, light_field, move_blur, mute, shrink
from ocr.drawing.colours import apart, fill, in_colour, lay_over
from ocr.drawing.letters import depth, relief, shadow, widen
from ocr.preprocessing.photometric import through_jpeg


def paint(ink, look, polygon=None, clutter=None):
    """Paints a text.

    Args:
        ink: uint8 (H, W), 0..255, from `lay_out`.
        look: `Look`.
        polygon: float32 (K, 2) around the text; a plate and a border need it.
        clutter: uint8 (H, W), mask of what stands around the text, or None.

    Returns:
        uint8 (H, W, 3), RGB.
    """
    rng = np.random.default_rng(look.seed)
    image = _paint_ground(ink.shape, look, polygon, rng)
    if clutter is not None:
        lay_over(image, clutter, look.clutter)
    paint_letters(image, ink, look, rng)
    if look.light:
        image *= light_field(ink.shape, look.light, rng)
    if look.cast_shadow:
        image *= cast_shadow(ink.shape, look.cast_shadow, look.cast_softness, rng)
    if look.muted:
        image = mute(image, look.muted)
    return photograph(image, look, rng)


def outlined(ink, look):
    """Ink uint8 (H, W) with the outline that the look adds around it."""
    return widen(ink, look.outline)


def _paint_ground(shape, look, polygon, rng):
    """float32 (H, W, 3): everything behind the letters."""
    sign = fill(shape, look.background, look.background_gradient, look.gradient_angle)
    if look.texture:
        sign += look.texture * blotches(shape, look.texture_cell, rng)
    image = sign
    if look.photo:
        image = photo_ground(shape, look.photo, look.photo_blur, look.contrast, rng)
    elif look.plate:
        image = fill(shape, look.surround, look.background_gradient, -look.gradient_angle)
    for pattern in () if look.photo else look.patterns:
        lay_pattern(image, pattern, rng)
    if look.plate:
        lay_over(image, plate(shape, polygon, look.plate), sign)
    if look.border:
        reach = max(look.plate, 2 * look.border)
        line = cv2.subtract(plate(shape, polygon, reach), plate(shape, polygon, reach - look.border))
        lay_over(image, line, look.border_colour)
    return image


def paint_letters(image, ink, look, rng):
    """Paints letters and what belongs to them into a float32 (H, W, 3), in place."""
    text = np.array(look.text)
    if look.photo and not look.plate:
        text = apart(text, cv2.mean(image, (ink > 0).astype(np.uint8))[:3], look.contrast)
    whole = outlined(ink, look)
    if look.shadow:
        lay_over(image, shadow(whole, look.shadow, look.shadow_blur, look.shadow_opacity), (0, 0, 0))
    if look.extrusion:
        lay_over(image, depth(whole, look.extrusion), look.extrusion_colour)
    if look.outline and not look.hollow:
        lay_over(image, whole, look.outline_colour)
    colour = fill(ink.shape, text, look.text_gradient, look.gradient_angle)
    if look.text_texture:
        colour += look.text_texture * blotches(ink.shape, max(look.texture_cell // 2, 2), rng)
    lay_over(image, cv2.subtract(whole, ink) if look.hollow else ink, colour)
    if look.emboss:
        image += in_colour(look.emboss * relief(whole, look.emboss_reach, look.emboss_angle))


def photograph(image, look, rng):
    """uint8 (H, W, 3): a float32 picture as a camera and a file give it."""
    shape = image.shape[:2]
    if look.blur > 0.2:
        image = cv2.GaussianBlur(image, (0, 0), look.blur, borderType=cv2.BORDER_REPLICATE)
    if look.motion:
        image = move_blur(image, look.motion)
    if look.shrink > 1:
        image = shrink(image, look.shrink, look.resampling[0])
    if look.noise:
        image += look.noise * grain(image.shape[:2], rng)
    image = np.clip(image + 0.5, 0, 255).astype(np.uint8)
    if look.jpeg_quality:
        image = through_jpeg(image, look.jpeg_quality)
    return enlarge(image, shape, look.resampling[1]) if look.shrink > 1 else image
