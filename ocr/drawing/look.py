"""What turns an ink mask into a picture: colours, and the effects of print, light and camera.

Everything random is drawn beforehand into a `Look`; the fields of noise come from its own seed. Strengths of gradient
and texture are shares of the contrast between text and background, so that they never drown the text.
"""

from dataclasses import dataclass

import cv2
import numpy as np

LUMINANCE = np.array([0.299, 0.587, 0.114])  # Rec. 601
EFFECTS = {  # effect: unit of its strength, the largest that makes sense
    'gradient': ('share of the contrast', 1.0),
    'texture': ('share of the contrast', 1.0),
    'outline': ('em', 0.2),
    'shadow': ('em', 0.5),
    'blur': ('em', 0.2),
    'noise': ('grey levels', 80.0),
    'jpeg': ('100 - quality', 99.0),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Everything random about a picture's look; colours are RGB tuples, 0..255. A strength of 0 switches it off.

    Attributes:
        text, background: colours.
        text_gradient, background_gradient: RGB change from one side to the other; `gradient_angle` in radians.
        texture: grey levels, amplitude of a blotchy background; `texture_cell`: pixels, size of the blotches.
        outline: pixels around the letters; `outline_colour`.
        shadow: (x, y) pixels that it lies beside the letters, None for none; `shadow_blur` pixels; `shadow_opacity`.
        blur: pixels, standard deviation.
        noise: grey levels, standard deviation.
        jpeg_quality: 1..100, or None.
        seed: of the texture and the noise.
    """

    text: tuple = (0, 0, 0)
    background: tuple = (255, 255, 255)
    text_gradient: tuple = (0, 0, 0)
    background_gradient: tuple = (0, 0, 0)
    gradient_angle: float = 0.0
    texture: float = 0.0
    texture_cell: int = 16
    outline: int = 0
    outline_colour: tuple = (255, 255, 255)
    shadow: tuple | None = None
    shadow_blur: float = 0.0
    shadow_opacity: float = 0.6
    blur: float = 0.0
    noise: float = 0.0
    jpeg_quality: int | None = None
    seed: int = 0


def draw_look(effects, contrast, em, rng):
    """Draws a `Look`.

    Args:
        effects: {effect: object with `probability`, `low`, `high`}; names and units as in EFFECTS.
        contrast: (low, high), 0..1, difference in luminance between text and background.
        em: font size, pixels.
        rng: numpy Generator.
    """
    strength = {name: _draw_strength(effects.get(name), rng) for name in EFFECTS}
    text, background = draw_colours(contrast, rng)
    scale = abs(LUMINANCE @ (text - background))  # grey levels between the two
    tints = rng.uniform(-1, 1, (2, 3)) * scale * strength['gradient']
    angle = rng.uniform(0, 2 * np.pi)
    text_too = rng.random() < 0.5
    shadow_angle, shadow_blur, shadow_opacity = rng.uniform((0, 0.01, 0.35), (2 * np.pi, 0.08, 0.8))
    reach = strength['shadow'] * em
    return Look(
        text=tuple(text.tolist()),
        background=tuple(background.tolist()),
        text_gradient=tuple((0.5 * text_too * tints[0]).tolist()),
        background_gradient=tuple(tints[1].tolist()),
        gradient_angle=float(angle),
        texture=float(0.5 * scale * strength['texture']),
        texture_cell=int(rng.integers(3, 2 + max(em, 4))),
        outline=round(max(strength['outline'] * em, 1.0)) if strength['outline'] else 0,
        outline_colour=tuple(_outline_colour(text, rng).tolist()),
        shadow=(float(reach * np.cos(shadow_angle)), float(reach * np.sin(shadow_angle))) if reach else None,
        shadow_blur=float(shadow_blur * em),
        shadow_opacity=float(shadow_opacity),
        blur=float(strength['blur'] * em),
        noise=float(min(strength['noise'], 0.5 * scale)),
        jpeg_quality=max(round(100 - strength['jpeg']), 1) if strength['jpeg'] else None,
        seed=int(rng.integers(1 << 62)),
    )


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


def paint(ink, look):
    """Paints a text.

    Args:
        ink: uint8 (H, W), 0..255, from `lay_out`.
        look: `Look`.

    Returns:
        uint8 (H, W, 3), RGB.
    """
    rng = np.random.default_rng(look.seed)
    image = _fill(ink.shape, look.background, look.background_gradient, look.gradient_angle)
    if look.texture:
        image += look.texture * _blotches(ink.shape, look.texture_cell, rng)
    whole = outlined(ink, look)
    if look.shadow:
        _lay_over(image, _shadow(whole, look), np.zeros(3, np.float32))
    if look.outline:
        _lay_over(image, whole, np.array(look.outline_colour, np.float32))
    _lay_over(image, ink, _fill(ink.shape, look.text, look.text_gradient, look.gradient_angle))
    if look.blur > 0.2:
        image = cv2.GaussianBlur(image, (0, 0), look.blur, borderType=cv2.BORDER_REPLICATE)
    if look.noise:
        image += look.noise * _grain(ink.shape, rng)
    image = np.clip(image + 0.5, 0, 255).astype(np.uint8)
    return _through_jpeg(image, look.jpeg_quality) if look.jpeg_quality else image


def outlined(ink, look):
    """Ink uint8 (H, W) with the outline that the look adds around it."""
    if not look.outline:
        return ink
    side = 2 * look.outline + 1
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def _draw_strength(effect, rng):
    """Strength of an effect, or 0. Always takes two numbers, so that one effect does not change what others draw."""
    chance, level = rng.random(2)
    if effect is None or chance >= effect.probability:
        return 0.0
    return effect.low + (effect.high - effect.low) * float(level)


def _outline_colour(text, rng):
    """Colour far from the text's own: the better of two, or white or black where both come close."""
    candidates = np.concatenate([rng.uniform(0, 255, (2, 3)), [[0.0] * 3, [255.0] * 3]])
    difference = np.abs((candidates - text) @ LUMINANCE)
    return candidates[int(np.argmax(difference[:2]))] if difference[:2].max() > 90 else candidates[difference.argmax()]


def _fill(shape, colour, change, angle):
    """float32 (H, W, 3): a colour that changes by `change` across the picture in the direction `angle`."""
    height, width = shape
    image = np.empty((height, width, 3), np.float32)
    image[:] = colour
    if any(change):
        across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(np.cos(angle))
        down = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.float32(np.sin(angle))
        image += (down[:, None] + across)[:, :, None] * np.array(change, np.float32)
    return image


def _blotches(shape, cell, rng):
    """float32 (H, W, 1), about -1..1: noise whose grain is `cell` pixels wide."""
    height, width = shape
    coarse = rng.uniform(-1, 1, (height // cell + 2, width // cell + 2)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]


def _shadow(ink, look):
    """uint8 (H, W): the ink moved aside, softened and thinned."""
    height, width = ink.shape
    shift = np.array([[1, 0, look.shadow[0]], [0, 1, look.shadow[1]]], np.float64)
    moved = cv2.warpAffine(ink, shift, (width, height), flags=cv2.INTER_LINEAR)
    if look.shadow_blur > 0.2:
        moved = cv2.GaussianBlur(moved, (0, 0), look.shadow_blur)
    return cv2.convertScaleAbs(moved, alpha=look.shadow_opacity)


def _lay_over(image, mask, colour):
    """Blends a colour, float32 (3,) or (H, W, 3), into a float32 image where the mask uint8 (H, W) says, in place."""
    alpha = (mask * np.float32(1 / 255))[:, :, None]
    image += (colour - image) * alpha


def _grain(shape, rng):
    """float32 (H, W, 3), mean 0, standard deviation 1: two thirds of it common to the three channels."""
    height, width = shape
    common = rng.standard_normal((height, width, 1), np.float32)
    own = rng.integers(-128, 128, (height, width, 3), np.int8)
    return np.float32(0.8) * common + np.float32(0.6 / 74) * own


def _through_jpeg(image, quality):
    """The image after JPEG compression at a quality of 1..100."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
