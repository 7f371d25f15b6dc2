"""Everything random about a picture's look, drawn beforehand: colours, and the effects of print, light and camera.

Fields of noise and the parts of patterns come from the look's own seed. Strengths of gradient and texture are shares of
the contrast between text and background, so that they never drown the text.
"""

from dataclasses import dataclass

import numpy as np

from ocr.drawing.backgrounds import PATTERNS, Pattern
from ocr.drawing.camera import ENLARGING, SHRINKING
from ocr.drawing.colours import LUMINANCE, companion, draw_colours, far_colour
from ocr.drawing.effects import EFFECTS, FIRST, LETTERING, draw_strengths

LEGIBLE_EM = 10  # pixels; low resolution leaves an em at least so many


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
        patterns: tuple of `Pattern` over the background.
        photo: path of the photograph that is the background, '' for none; `photo_blur` pixels.
        contrast: grey levels between text and background, kept over a photograph.
        plate: pixels that a plate of the background's colour reaches beyond the text; `surround`: colour beyond it.
        border: pixels, width of a line where the plate ends or would end; `border_colour`.
        text_texture: grey levels, amplitude of blotches on the letters.
        hollow: True for letters that are outlines in the text's colour around the background.
        extrusion: (x, y) pixels of the letters' depth, None for none; `extrusion_colour`.
        emboss: grey levels of light and shade at the letters' edges; `emboss_angle` radians, `emboss_reach` pixels.
        light, cast_shadow: share of the light missing at the darkest place; `cast_softness`: pixels.
        muted: share of the colour taken away.
        motion: (x, y) pixels that the camera moves, None for none.
        shrink: times that the picture was smaller; `resampling`: ways of shrinking and enlarging.
        clutter: colour of what stands around the text.
        seed: of noise and patterns.
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
    patterns: tuple = ()
    photo: str = ''
    photo_blur: float = 0.0
    contrast: float = 128.0
    plate: float = 0.0
    surround: tuple = (128, 128, 128)
    border: float = 0.0
    border_colour: tuple = (0, 0, 0)
    text_texture: float = 0.0
    hollow: bool = False
    extrusion: tuple | None = None
    extrusion_colour: tuple = (128, 128, 128)
    emboss: float = 0.0
    emboss_angle: float = 0.0
    emboss_reach: float = 1.0
    light: float = 0.0
    cast_shadow: float = 0.0
    cast_softness: float = 1.0
    muted: float = 0.0
    motion: tuple | None = None
    shrink: float = 1.0
    resampling: tuple = (0, 0)
    clutter: tuple = (0, 0, 0)
    seed: int = 0


def draw_look(effects, contrast, em, rng, photos=()):
    """Draws a `Look`.

    Args:
        effects: {effect: object with `probability`, `low`, `high`}; names and units as in EFFECTS.
        contrast: (low, high), 0..1, difference in luminance between text and background.
        em: font size, pixels.
        rng: numpy Generator.
        photos: tuple of paths of photographs for the effect 'photo'; without them it does not occur.
    """
    strength = draw_strengths(effects, FIRST, rng)
    text, background = draw_colours(contrast, rng)
    scale = abs(LUMINANCE @ (text - background))  # grey levels between the two
    tints = rng.uniform(-1, 1, (2, 3)) * scale * strength['gradient']
    angle = rng.uniform(0, 2 * np.pi)
    text_too = rng.random() < 0.5
    shadow_angle, shadow_blur, shadow_opacity = rng.uniform((0, 0.01, 0.35), (2 * np.pi, 0.08, 0.8))
    first = {
        'text': tuple(text.tolist()),
        'background': tuple(background.tolist()),
        'text_gradient': tuple((0.5 * text_too * tints[0]).tolist()),
        'background_gradient': tuple(tints[1].tolist()),
        'gradient_angle': float(angle),
        'texture': float(0.5 * scale * strength['texture']),
        'texture_cell': int(rng.integers(3, 2 + max(em, 4))),
        'outline': round(max(strength['outline'] * em, 1.0)) if strength['outline'] else 0,
        'outline_colour': tuple(far_colour(text, rng).tolist()),
        'shadow': _beside(strength['shadow'] * em, shadow_angle),
        'shadow_blur': float(shadow_blur * em),
        'shadow_opacity': float(shadow_opacity),
        'blur': float(strength['blur'] * em),
        'noise': float(min(strength['noise'], 0.5 * scale)),
        'jpeg_quality': max(round(100 - strength['jpeg']), 1) if strength['jpeg'] else None,
        'seed': int(rng.integers(1 << 62)),
    }
    rng = rng.spawn(1)[0]
    strength = draw_strengths(effects, [name for name in EFFECTS if name not in FIRST + LETTERING], rng)
    ground = _draw_ground(strength, text, background, em, rng, photos)
    letters = _draw_letters(strength, text, scale, em, rng)
    return Look(**{**first, **ground, **letters, **_draw_camera(strength, em, rng)})


def _draw_ground(strength, text, background, em, rng, photos):
    """Fields of `Look` that say what lies behind and beside the letters."""
    kinds = rng.choice(list(PATTERNS), 2)
    patterns = tuple(
        Pattern(
            str(kind),
            tuple(companion(text, background, rng).tolist()),
            strength['pattern'],
            int(em * rng.uniform(0.12, 1.2)) + 3,
            float(rng.uniform(0, np.pi)),
        )
        for kind in kinds[: 1 + (rng.random() < 0.3)]
    )
    photo = int(rng.integers(max(len(photos), 1)))
    colours = rng.uniform(0, 255, (3, 3))
    plain_clutter, plain_border = rng.random(2) < 0.6
    return {
        'patterns': patterns if strength['pattern'] else (),
        'photo': photos[photo] if photos and strength['photo'] else '',
        'photo_blur': strength['photo'] * em,
        'contrast': float(abs(LUMINANCE @ (text - background))),
        'plate': strength['plate'] * em,
        'surround': tuple(colours[0].tolist()),
        'border': max(strength['border'] * em, 1.0) if strength['border'] else 0.0,
        'border_colour': tuple((text if plain_border else colours[1]).tolist()),
        'clutter': tuple((text if plain_clutter else colours[2]).tolist()),
    }


def _draw_letters(strength, text, scale, em, rng):
    """Fields of `Look` that say how the letters are made."""
    angles = rng.uniform(0, 2 * np.pi, 2)
    side = np.clip(text * rng.uniform(0.2, 0.8) + rng.uniform(0, 60), 0, 255)
    hollow = {'hollow': True, 'outline': round(max(strength['hollow'] * em, 1.0))} if strength['hollow'] else {}
    return {
        'text_texture': float(0.5 * scale * strength['text_texture']),
        'extrusion': _beside(strength['extrusion'] * em, angles[0]),
        'extrusion_colour': tuple((255 - side if rng.random() < 0.15 else side).tolist()),
        'emboss': float(max(scale, 60) * strength['emboss']),
        'emboss_angle': float(angles[1]),
        'emboss_reach': float(em * rng.uniform(0.015, 0.05)),
        **hollow,
    }


def _draw_camera(strength, em, rng):
    """Fields of `Look` that say what light and camera do."""
    return {
        'muted': strength['muted'],
        'light': strength['light'],
        'cast_shadow': strength['cast_shadow'],
        'cast_softness': float(max(em * rng.uniform(0.01, 0.4), 1.0)),
        'motion': _beside(strength['motion'] * em, rng.uniform(0, 2 * np.pi)),
        'shrink': max(min(strength['low_resolution'], em / LEGIBLE_EM), 1.0),
        'resampling': (int(rng.integers(len(SHRINKING))), int(rng.integers(len(ENLARGING)))),
    }


def _beside(reach, angle):
    """(x, y) pixels, `reach` long, in the direction `angle`; None if it is 0."""
    return (float(reach * np.cos(angle)), float(reach * np.sin(angle))) if reach else None
