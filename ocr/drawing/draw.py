"""One drawn sample: a text, a font, a pose and a look, all chosen by (seed, index)."""

import math
from dataclasses import dataclass

import numpy as np

from ocr.drawing.layout import SHAPES, Pose, lay_out
from ocr.drawing.look import draw_look, outlined, paint
from ocr.drawing.recipe import SIZE_STEP
from ocr.drawing.texts import change_case
from ocr.errors import InputError

MAX_DRAWS = 100  # texts drawn until one is found that a font covers


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A picture with its ground truth.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        text: str.
        polygon: float32 (K, 2), rows (x, y), pixels; along the text's upper edge in reading order, then back
            along its lower edge.
        font: name of the font.
        shape: one of `ocr.drawing.layout.SHAPES`.
    """

    image: np.ndarray
    text: str
    polygon: np.ndarray
    font: str
    shape: str


def draw_sample(recipe, fonts, seed, index):
    """Draws a sample; the same for the same arguments, in whatever process and order.

    Args:
        recipe: `Recipe`.
        fonts: tuple of `Font`, from `scan_fonts`.
        seed: int >= 0, of the whole set.
        index: int >= 0, which sample of the set.

    Raises:
        InputError: no font has the characters of the texts.
    """
    return draw_with_ink(recipe, fonts, seed, index)[0]


def draw_with_ink(recipe, fonts, seed, index):
    """(`DrawnSample`, uint8 (H, W) mask of letters and their outlines), arguments as `draw_sample`."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, index]))
    text, font = _draw_text(recipe, recipe.choose_fonts(fonts), rng)
    em = draw_size(recipe.font_size, rng)
    pose = draw_pose(recipe, len(text), rng)
    look = draw_look(recipe.effects, recipe.contrast, em, rng)
    layout = lay_out(text, font, em, pose, growth=look.outline)
    sample = DrawnSample(paint(layout.ink, look), text, layout.polygon, font.name, layout.shape)
    return sample, outlined(layout.ink, look)


def draw_pose(recipe, num_characters, rng):
    """Draws the `Pose` of a text of so many characters."""
    shape = choose(recipe.shapes, rng)
    if num_characters < SHAPES[shape]:
        shape = 'straight'
    tilt = rng.uniform(-recipe.tilt, recipe.tilt)
    rotation = rng.uniform(*recipe.rotation) * (1 if rng.random() < 0.5 else -1)
    return Pose(
        shape=shape,
        spacing=float(rng.uniform(*recipe.spacing)),
        tilt=math.radians(rotation if shape == 'rotated' else tilt),
        bend=math.radians(rng.uniform(*recipe.bend)),
        amplitude=float(rng.uniform(*recipe.amplitude)),
        wavelength=float(rng.uniform(*recipe.wavelength)),
        phase=float(rng.uniform(0, 2 * math.pi)),
        padding=float(rng.uniform(*recipe.padding)),
        margins=tuple(rng.uniform(*recipe.margin, 4).tolist()),
    )


def draw_size(font_size, rng):
    """Font size, int, from a (low, high) range: a whole number of SIZE_STEP where the range holds one."""
    low, high = -(-font_size[0] // SIZE_STEP), font_size[1] // SIZE_STEP
    return int(rng.integers(low, high + 1)) * SIZE_STEP if low <= high else int(font_size[0])


def choose(weights, rng):
    """A key of {key: weight}, in proportion to its weight."""
    shares = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(shares, rng.random() * shares[-1], side='right'))]


def _draw_text(recipe, fonts, rng):
    """(text, font) such that the font has every character of the text."""
    weights = np.array(recipe.lengths, np.float64)
    shares = np.cumsum(weights) / weights.sum()
    for _ in range(MAX_DRAWS):
        length = int(np.searchsorted(shares, rng.random(), side='right')) + 1
        text = recipe.texts.draw(rng, length)
        changed = change_case(text, choose(recipe.cases, rng))
        order = rng.permutation(len(fonts))
        for candidate in (changed, text) if recipe.allows(changed) else (text,):
            for i in order:
                if fonts[i].covers(candidate):
                    return candidate, fonts[i]
    raise InputError(
        f'recipe {recipe.name}: none of the {len(fonts)} fonts has all characters of {text!r}; '
        'give a folder of fonts for this script with --font_dir (Debian: fonts-noto-cjk, fonts-wqy-microhei)'
    )
