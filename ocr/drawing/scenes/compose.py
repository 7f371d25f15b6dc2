"""Surfaces for a scene, one after another: a kind, texts, a look, a view and a place where it has room."""

import dataclasses
import math
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.drawing.colours import LUMINANCE, apart
from ocr.drawing.draw import choose
from ocr.drawing.effects import draw_sign, draw_strengths
from ocr.drawing.look import draw_look
from ocr.drawing.perspective import draw_view
from ocr.drawing.scenes.draft import draft_lines
from ocr.drawing.scenes.ground import photo_part, read_photo
from ocr.drawing.scenes.kinds import KINDS
from ocr.drawing.scenes.paint import Surface, plate_outline
from ocr.drawing.scenes.place import find_place, seen
from ocr.drawing.scenes.texts import Writer
from ocr.drawing.scenes.things import draw_icon
from ocr.drawing.scenes.typeset import LEAST_EM, block_box, set_lines

FLAT = (0.0, 0.0, 2.0)  # the view from straight ahead
LARGEST = 0.96  # share of the picture's sides that a surface may take
AT_EDGE = 1e-3  # share of a plate's half size that a frame at its edge lies inside it
NUM_SETTINGS = 4  # times that lines are set, smaller each time, until they fit the picture


@dataclass(frozen=True, slots=True)
class Stage:
    """What the surfaces of one scene have in common.

    Attributes:
        recipe: `SceneRecipe`.
        size: (width, height), pixels.
        fonts, chinese_fonts: tuples of `Font`; the latter empty for a scene without Chinese.
        photos: tuple of paths.
        view: (yaw, pitch, distance); `roll`: radians, how the camera is held.
        nearness: what is added to the place of a font size in its range, from 0 to 1: above 0 in close-ups.
        occupied: `place.Occupied`.
        roughness: see `place.find_place`.
    """

    recipe: object
    size: tuple
    fonts: tuple
    chinese_fonts: tuple
    photos: tuple
    view: tuple
    roll: float
    nearness: float
    occupied: object
    roughness: np.ndarray


def draw_surface(stage, num_words, rng):
    """A `Surface` with at most `num_words` words (but one per line), its place taken; None if there is no room."""
    recipe, name = stage.recipe, choose(stage.recipe.surfaces, rng)
    kind, em = KINDS[name], _draw_em(stage, KINDS[name], rng)
    effects = {} if rng.random() < recipe.plain else recipe.surface_effects
    look = _muted(draw_look(effects, recipe.contrast, em, rng), max(rng.uniform(-0.3, 0.9), 0.0))
    view, roll, turned = _draw_view(stage, kind, rng)
    form = kind.outlines[int(rng.integers(len(kind.outlines)))]
    margin, cut = rng.uniform(*kind.margin, 2), 0.35 if rng.random() < recipe.cut else 0.0
    draft = draft_lines(kind, _draw_writers(stage, rng), num_words, rng)
    if draft is None:
        return None
    size = draft.size(em)
    share = min(_room(stage, size, em, roll), 1.0)
    if em * share < LEAST_EM:
        return None
    box = _plate_box(kind, form, share * np.array([0.0, 0.0, *size]), em * share, margin)
    spot = _find_spot(plate_outline(form, box, rng), view, roll, stage.occupied, cut, rng)
    set_up = None if spot is None else _fitting_lines(stage, draft, em, share, look, roll)
    if set_up is None:
        return None
    lines, share = set_up
    em, look = em * share, scaled(look, share)
    box = _plate_box(kind, form, block_box(lines), em, margin)
    extras = _draw_extras(stage, name, form, box, em, look, rng)
    box = extras.pop('box', box)
    outline = plate_outline(form, box, rng)
    matrix = find_place(outline, view, roll, stage.occupied, cut, None if form else stage.roughness, rng, spot)
    if matrix is None:
        return None
    stage.occupied.take(seen(matrix, outline))
    lines = tuple(
        dataclasses.replace(line, shape=turned) if turned and line.shape == 'straight' else line for line in lines
    )
    looks, bands = _draw_looks(lines, em, look, form, kind, rng)
    return Surface(
        name,
        matrix,
        outline,
        form,
        lines,
        looks,
        bands,
        look,
        **_draw_edge(kind, form, outline, lines, em, rng),
        **extras,
    )


def scaled(look, share):
    """A `Look` for letters that are `share` times as large."""
    if share == 1:
        return look

    def beside(shift):
        return None if shift is None else (shift[0] * share, shift[1] * share)

    return dataclasses.replace(
        look,
        outline=max(round(look.outline * share), 1) if look.outline else 0,
        shadow=beside(look.shadow),
        shadow_blur=look.shadow_blur * share,
        extrusion=beside(look.extrusion),
        emboss_reach=max(look.emboss_reach * share, 0.4),
        texture_cell=max(round(look.texture_cell * share), 2),
    )


def _muted(look, share):
    """A `Look` whose colours lose a share of their saturation; their luminance, and so the contrast, stays."""
    names = ('text', 'background', 'outline_colour', 'border_colour', 'extrusion_colour')
    colours = {name: np.array(getattr(look, name)) for name in names}
    return dataclasses.replace(
        look, **{name: tuple((c + share * (LUMINANCE @ c - c)).tolist()) for name, c in colours.items()}
    )


def _draw_em(stage, kind, rng):
    """Font size, pixels, of a surface's largest line."""
    smallest, share = stage.recipe.text_size
    low, high = math.log(smallest), math.log(max(share * min(stage.size), smallest))
    place = min(max(rng.uniform(*kind.sizes) + stage.nearness, 0.0), 1.0)
    return math.exp(low + (high - low) * place)


def _draw_view(stage, kind, rng):
    """(view, roll in radians, 'rotated', 'turned' or '')."""
    recipe = stage.recipe
    shares = {shape: recipe.shapes.get(shape, 0.0) for shape in ('rotated', 'turned')}
    total, draw = sum(recipe.shapes.values()), rng.random()
    roll, turned = stage.roll + math.radians(rng.normal(0, recipe.tilt / 3)), ''
    if kind.shape not in ('column', 'ring') and draw * total < shares['turned']:
        roll, turned = roll + draw_sign(rng) * math.pi / 2, 'turned'
    elif (draw - 1) * total > -shares['rotated']:
        roll, turned = math.radians(rng.uniform(*recipe.rotation) * draw_sign(rng)), 'rotated'
    if kind.flat:
        return FLAT, (roll - stage.roll if turned else 0.0), turned
    if rng.random() < 0.65:
        return (*stage.view[:2], float(rng.uniform(1, 3))), roll, turned
    strength = draw_strengths(recipe.effects, ('perspective',), rng)['perspective']
    return draw_view(strength, rng), roll, turned


def _room(stage, size, em, roll):
    """Times that a block of lines (width, height) at a font size `em`, rolled, fits the picture."""
    wide, high = size[0] + em, size[1] + em
    cos, sin = abs(math.cos(roll)), abs(math.sin(roll))
    return min(LARGEST * stage.size[0] / (wide * cos + high * sin), LARGEST * stage.size[1] / (wide * sin + high * cos))


def _find_spot(outline, view, roll, occupied, cut, rng):
    """(x, y) of the picture around which an outline about as large as this has room; None if it has none."""
    matrix = find_place(outline, view, roll, occupied, cut, None, rng)
    if matrix is None:
        return None
    return seen(matrix, (outline.min(axis=0) + outline.max(axis=0))[np.newaxis] / 2)[0]


def _fitting_lines(stage, draft, em, share, look, roll):
    """(list of `SetLine`, share of the font size that was left) such that they fit the picture; None if none do."""
    for _ in range(NUM_SETTINGS):
        lines = set_lines(draft, em * share, scaled(look, share).outline)
        x0, y0, x1, y1 = block_box(lines)
        room = _room(stage, (x1 - x0, y1 - y0), em * share, roll)
        if room >= 1:
            return lines, share
        share *= 0.95 * room
        if em * share < LEAST_EM:
            return None
    return None


def _draw_writers(stage, rng):
    """The `Writer` of the first line, the second, ...; they begin again if there are more lines."""
    recipe = stage.recipe
    case = choose(recipe.cases, rng)
    fonts = stage.fonts
    latin = Writer(recipe, fonts[int(rng.integers(len(fonts)))], fonts, case)
    if rng.random() < 0.2:
        other = Writer(recipe, fonts[int(rng.integers(len(fonts)))], fonts, choose(recipe.cases, rng))
        latin = (latin, other)
    else:
        latin = (latin,)
    if not stage.chinese_fonts or rng.random() < 0.3:
        return latin
    fonts = stage.chinese_fonts
    chinese = Writer(recipe, fonts[int(rng.integers(len(fonts)))], fonts, chinese=True)
    return (chinese, *latin) if rng.random() < 0.35 else (chinese,)


def _plate_box(kind, form, block, em, margin):
    """float64 (4,): (x0, y0, x1, y1) of a surface on its plane: the box of its lines, with a margin (x, y) in em."""
    x0, y0, x1, y1 = block
    if not form:
        across = down = 0.15 * em
    else:
        across, down = em * margin * (1, 0.7)
    if kind.shape == 'ring':  # the disc goes around the box's middle, not its corners
        half = max(x1 - x0, y1 - y0) / 2 / math.sqrt(2) + 0.3 * em
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        return np.concatenate([middle - half, middle + half])
    return np.array([x0 - across, y0 - down, x1 + across, y1 + down])


def _draw_extras(stage, name, form, box, em, look, rng):
    """Fields of `Surface` for what is on a plate beside text, and the `box` that has room for it too."""
    if form not in ('plain', 'round', 'arrow') or name in ('tag', 'page') or rng.random() < 0.55:
        return {}
    x0, y0, x1, y1 = box
    if name in ('poster', 'label') and stage.photos and rng.random() < 0.5:
        width, height = round(x1 - x0), round((y1 - y0) * rng.uniform(0.3, 0.9))
        photo = photo_part((max(height, 2), width), read_photo(stage.photos[int(rng.integers(len(stage.photos)))]), rng)
        above = rng.random() < 0.6
        corner = (x0, y0 - height) if above else (x0, y1)
        box = (x0, y0 - height, x1, y1) if above else (x0, y0, x1, y1 + height)
        return {'picture': (photo, corner), 'box': box}
    side = round(min(y1 - y0, 3 * em) * rng.uniform(0.6, 0.95))
    if side < 6:
        return {}
    gap = 0.2 * em
    places = {
        'left': ((x0 - side - gap, (y0 + y1 - side) / 2), (x0 - side - 2 * gap, y0, x1, y1)),
        'right': ((x1 + gap, (y0 + y1 - side) / 2), (x0, y0, x1 + side + 2 * gap, y1)),
        'above': (((x0 + x1 - side) / 2, y0 - side), (x0, y0 - side - gap, x1, y1)),
    }
    corner, box = places[str(rng.choice(list(places)))]
    colour = look.text if rng.random() < 0.7 else tuple(rng.uniform(0, 255, 3).tolist())
    return {'icon': (draw_icon(side, rng), corner, colour), 'box': box}


def _draw_edge(kind, form, outline, lines, em, rng):
    """Fields of `Surface` for a plate's frame, pole and shadow. A frame that would touch letters lies at the edge."""
    framed, pole, shadow = rng.random(3)
    angle, reach = rng.uniform(0, 2 * math.pi), em * rng.uniform(0.05, 0.4)
    grey = rng.uniform(20, 170)
    frame = float(rng.uniform(0.02, 0.12)) if form and framed < kind.framed else 0.0
    width = float(max(em * rng.uniform(0.03, 0.12), 1.0))
    return {
        'frame': frame if _leaves_room(outline, frame, width, lines) else min(frame, AT_EDGE),
        'frame_width': width,
        'pole': (grey, grey, grey) if form and kind.shape != 'column' and pole < 0.12 else None,
        'shadow': (reach * math.cos(angle), reach * abs(math.sin(angle))) if form and shadow < 0.3 else None,
    }


def _leaves_room(outline, frame, width, lines):
    """Whether a frame of a plate lies outside all lines."""
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    inner = ((outline - middle) * (1 - frame) + middle).astype(np.float32)
    points = np.concatenate([line.polygon for line in lines])
    return all(cv2.pointPolygonTest(inner, point, True) > width for point in points.tolist())


def _draw_looks(lines, em, look, form, kind, rng):
    """(a `Look` for each line, bands as in `Surface`)."""
    varied, banded = rng.random(2) < (0.35, 0.12)
    looks, bands = [], []
    for number, line in enumerate(lines):
        own = scaled(look, line.em / em)
        if not form:
            looks.append(dataclasses.replace(own, photo='ground', plate=0.0))
            continue
        own, ground = dataclasses.replace(own, photo=''), np.array(look.background)
        if banded and kind.shape == 'line' and rng.random() < 0.6:
            ground = rng.uniform(0, 255, 3)
            bands.append((number, tuple(ground.tolist())))
        if varied or number in dict(bands):
            colour = rng.uniform(0, 255, 3) if varied else np.array(look.text)
            own = dataclasses.replace(own, text=tuple(apart(colour, ground, max(look.contrast, 60)).tolist()))
        looks.append(own)
    return tuple(looks), tuple(bands)
