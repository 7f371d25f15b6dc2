"""One drawn sample: a text, a font, a pose and a look, all chosen by (seed, index)."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ocr.drawing.backgrounds import list_photos, photo_pool
from ocr.drawing.clutter import MAX_WORD, clear, draw_clutter
from ocr.drawing.effects import LETTERING, draw_sign, draw_strengths
from ocr.drawing.layout import SHAPES, Pose, bleed, lay_out
from ocr.drawing.look import draw_look
from ocr.drawing.paint import outlined, paint
from ocr.drawing.perspective import draw_view, project
from ocr.drawing.recipe import SIZE_STEP
from ocr.drawing.shaping import split_units
from ocr.drawing.texts import change_case
from ocr.drawing.undrawable import draw_otherwise, naming
from ocr.errors import InputError

MAX_DRAWS = 100  # texts drawn until one is found that a font covers
PHOTO_BLOCK = 512  # samples running that share their photographs


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A picture with its ground truth.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        text: str.
        polygon: float32 (K, 2), rows (x, y), pixels; along the text's upper edge in reading order (of a script
            written to the left: from the left too), then back along its lower edge.
        font: name of the font.
        shape: one of `ocr.drawing.layout.SHAPES`.
        font_size: pixels an em.
        num_failures: samples that could not be drawn, in the place of which this one was.
    """

    image: np.ndarray
    text: str
    polygon: np.ndarray
    font: str
    shape: str
    font_size: int
    num_failures: int = 0


def draw_sample(recipe, fonts, seed, index):
    """Draws a sample; the same for the same arguments, in any process and order.

    Args:
        recipe: `Recipe`.
        fonts: tuple of `Font`, from `scan_fonts`.
        seed: int >= 0, of the whole set.
        index: int >= 0, which sample of the set.

    A sample that cannot be drawn, because a font cannot be rasterised, a picture cannot be read or anything else is
    raised, is drawn otherwise; what failed is named in the log, once a process.

    Raises:
        InputError: no font has the characters of the texts, or nearly nothing can be drawn.
    """
    return draw_with_ink(recipe, fonts, seed, index)[0]


def draw_with_ink(recipe, fonts, seed, index):
    """(`DrawnSample`, uint8 (H, W) mask of letters and their outlines), arguments as `draw_sample`."""
    sample, ink, _ = draw_layers(recipe, fonts, seed, index)
    return sample, ink


def draw_layers(recipe, fonts, seed, index):
    """`draw_with_ink`'s two, and the uint8 (H, W) mask of the clutter or None."""
    photos = photo_pool(list_photos(recipe.photo_dir), seed, index, PHOTO_BLOCK)
    draw = partial(_draw_layers, recipe, recipe.choose_fonts(fonts), photos)
    (sample, *masks), failures = draw_otherwise(draw, recipe, seed, index)
    return replace(sample, num_failures=failures), *masks


def _draw_layers(recipe, fonts, photos, rng):
    """As `draw_layers`; raises `Undrawable` if a font or a picture fails."""
    text, font = _draw_text(recipe, fonts, rng)
    with naming(font.path, text):
        return _draw_in(text, font, recipe, fonts, photos, rng)


def _draw_in(text, font, recipe, fonts, photos, rng):
    """As `draw_layers`, of a text in a font."""
    em = draw_size(recipe.font_size, rng)
    pose = draw_pose(recipe, len(split_units(text)), rng)
    effects = {} if recipe.plain and rng.random() < recipe.plain else recipe.effects
    look = draw_look(effects, recipe.contrast, em, rng, photos)
    strength = draw_strengths(recipe.effects, ('clutter', 'marks', 'perspective'), rng)
    layout, clutter = lay_out(text, font, em, pose, growth=look.outline), None
    if strength['clutter'] or strength['marks']:
        sides = strength['clutter'], strength['marks']
        write = partial(draw_neighbour, recipe, fonts, font)
        clutter = draw_clutter(layout, em, pose, sides, write, rng)
    if strength['perspective']:
        view, room = draw_view(strength['perspective'], rng), bleed(pose, em) + look.outline
        layout, clutter = project(layout, clutter, view, np.array(pose.margins) * em, room)
        if clutter is not None:
            clear(clutter, layout.polygon)
    image = paint(layout.ink, look, layout.polygon, clutter)
    sample = DrawnSample(image, text, layout.polygon, font.name, layout.shape, em)
    return sample, outlined(layout.ink, look), clutter


def draw_neighbour(recipe, fonts, font, rng):
    """(text, font) of a word beside a text in a given font, often in the same; None if no font has the word."""
    text = recipe.texts.draw(rng, int(rng.integers(2, MAX_WORD + 1)))[:MAX_WORD].strip()
    text = change_case(text, choose(recipe.cases, rng))
    other = fonts[int(rng.integers(len(fonts)))]
    candidates = (font, other) if rng.random() < 0.7 else (other, font)
    return next(((text, candidate) for candidate in candidates if candidate.covers(text)), None)


def draw_pose(recipe, num_units, rng):
    """Draws the `Pose` of a text of so many units, see `shaping.split_units`."""
    shape = choose(recipe.shapes, rng)
    if num_units < SHAPES[shape]:
        shape = 'straight'
    tilt = rng.uniform(-recipe.tilt, recipe.tilt)
    rotation = rng.uniform(*recipe.rotation) * draw_sign(rng)
    angle = {'rotated': rotation, 'turned': math.copysign(90, rotation) + tilt}.get(shape, tilt)
    (form_rng,) = rng.spawn(1)
    form = draw_form(recipe.effects, form_rng)
    tracking, lettering = _draw_lettering(recipe.effects, num_units, form_rng)
    return Pose(
        shape=shape,
        spacing=float(rng.uniform(*recipe.spacing)) + tracking,
        tilt=math.radians(angle),
        bend=math.radians(rng.uniform(*recipe.bend)),
        amplitude=float(rng.uniform(*recipe.amplitude)),
        wavelength=float(rng.uniform(*recipe.wavelength)),
        phase=float(rng.uniform(0, 2 * math.pi)),
        padding=float(rng.uniform(*recipe.padding)),
        margins=tuple(rng.uniform(*recipe.margin, 4).tolist()),
        **form,
        **lettering,
    )


def _draw_lettering(effects, num_units, rng):
    """(em added between letters, fields of `Pose` that make letters of a word differ from each other)."""
    strength = draw_strengths(effects, LETTERING, rng)
    fields = {'small_capitals': 1 - strength['small_capitals']}
    if strength['dance']:
        turns, rises, sizes = rng.uniform(-1, 1, (3, num_units)) * strength['dance']
        rows = np.column_stack([np.radians(15 * turns), 0.12 * rises, 1.25**sizes])
        fields['dance'] = tuple(map(tuple, rows.tolist()))
    return strength['tracking'], fields


def draw_form(effects, rng):
    """Fields of `Pose` that change the letters themselves."""
    strength = draw_strengths(effects, ('stretch', 'slant', 'weight'), rng)
    return {
        'stretch': (1 + strength['stretch']) ** draw_sign(rng),
        'slant': strength['slant'] * draw_sign(rng),
        'weight': strength['weight'] * draw_sign(rng),
    }


def draw_size(font_size, rng):
    """Font size, int, from a (low, high) range: a whole number of SIZE_STEP if the range holds one."""
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
        order = fonts.shuffled(rng)
        for candidate in (changed, text) if recipe.allows(changed) else (text,):
            for i in order:
                with naming(fonts[i].path, candidate):
                    written = fonts[i].as_written(candidate)
                    if fonts[i].covers(written) and recipe.allows(written):
                        return written, fonts[i]
    raise InputError(
        f'recipe {recipe.name}: none of the {len(fonts)} fonts has all characters of {text!r}; '
        'give a folder of fonts for this script with --font_dir (Debian: fonts-noto-cjk, fonts-wqy-microhei)'
    )
