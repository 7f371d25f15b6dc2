"""One drawn scene: a ground, surfaces with lines of text on it, and the ground truth, chosen by (seed, index)."""

import math
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from ocr.drawing.backgrounds import list_photos, photo_pool
from ocr.drawing.camera import cast_shadow, light_field, mute
from ocr.drawing.effects import draw_strengths
from ocr.drawing.look import draw_look
from ocr.drawing.paint import photograph
from ocr.drawing.perspective import draw_view, map_outline
from ocr.drawing.scenes.compose import Stage, draw_surface
from ocr.drawing.scenes.ground import draw_ground
from ocr.drawing.scenes.paint import paint_behind, paint_line, paint_mask, paint_plate
from ocr.drawing.scenes.place import Occupied, plane_matrix, roughness_of
from ocr.drawing.scenes.recipe import CAMERA_EM
from ocr.drawing.scenes.texts import CHINESE_POOL, POOL, font_pool
from ocr.drawing.scenes.things import THINGS, draw_thing
from ocr.drawing.undrawable import draw_otherwise
from ocr.geometry import polygon_box, strip_height
from ocr.region import DropReason

MAX_REFUSALS = 12  # surfaces running without room, after which a scene is full
COVERED = 0.25  # share of a word; more of it covered and it is not to be found


@dataclass(frozen=True, slots=True)
class SceneRegion:
    """A word of a scene; a run of characters without spaces counts as one.

    Attributes:
        polygon: float32 (K, 2), rows (x, y), pixels; K even. Clockwise from the upper left in reading direction: the
            first half along the upper edge, the second back along the lower. It may reach over the picture's edge.
        text: what is written, without white space.
        reason: None if it is to be found; DropReason.ILLEGIBLE for one too small, blurred, faint, cut or covered.
        line: index of its line in the scene's lines.
        shape: one of `ocr.drawing.layout.SHAPES`.
        font: name of the font.
    """

    polygon: np.ndarray
    text: str
    reason: str | None
    line: int
    shape: str
    font: str


@dataclass(frozen=True, slots=True)
class SceneLine:
    """A line of words: `polygon` and `reason` as of a `SceneRegion`, `text` with spaces between the words.

    Its reason is None if one of its words has none.
    """

    polygon: np.ndarray
    text: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class DrawnScene:
    """A picture with its ground truth.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        regions: tuple of `SceneRegion`, in reading order line by line.
        lines: tuple of `SceneLine`.
        num_failures: scenes that could not be drawn, in the place of which this one was.
    """

    image: np.ndarray
    regions: tuple
    lines: tuple
    num_failures: int = 0


def draw_scene(recipe, fonts, seed, index):
    """Draws a scene; the same for the same arguments, in any process and order.

    Args:
        recipe: `SceneRecipe`.
        fonts: tuple of `Font`, from `scan_fonts`.
        seed: int >= 0, of the whole set.
        index: int >= 0, which scene of the set.

    A scene in which a font or a photograph fails is drawn otherwise; what failed is named in the log, once a process.

    Raises:
        InputError: no font has the characters of the texts, or nearly nothing can be drawn.
    """
    return draw_scene_with_ink(recipe, fonts, seed, index)[0]


def draw_scene_with_ink(recipe, fonts, seed, index):
    """(`DrawnScene`, list of (corner (x, y), uint8 (h, w) mask of letters and their outlines), one per line)."""
    draw = partial(_draw, recipe, fonts, seed, index)
    (image, regions, lines, ink), failures = draw_otherwise(draw, recipe, seed, index)
    return DrawnScene(image, regions, lines, failures), ink


def _draw(recipe, fonts, seed, index, rng):
    """(image, regions, lines, ink) as `DrawnScene` and `draw_scene_with_ink` have them.

    Raises:
        Undrawable: a font or a photograph failed.
    """
    image, stage = _draw_stage(recipe, fonts, seed, index, rng)
    surfaces = _draw_surfaces(stage, rng)
    for surface in surfaces:
        paint_behind(image, surface, rng)
    parts = []
    for surface in surfaces:
        paint_plate(image, surface, rng)
        for line, look in zip(surface.lines, surface.looks, strict=True):
            written = paint_line(image, line, look, surface.matrix, rng)
            if written is not None:
                parts.append((surface.matrix, line, written))
    cover = _cover(image, recipe, rng)
    camera = draw_look(recipe.camera_effects, recipe.contrast, CAMERA_EM, rng)
    image = _photographed(image, camera, recipe, rng)
    regions, lines = _ground_truth(parts, Judge(recipe, stage.size, camera, cover))
    return image, regions, lines, [written[:2] for _, _, written in parts]


class Judge:
    """Says which words of a scene are not to be found."""

    def __init__(self, recipe, size, camera, cover):
        """
        Args:
            recipe: `SceneRecipe`.
            size: (width, height).
            camera: `Look` of the whole picture.
            cover: uint8 (H, W) mask of what stands before the texts, or None.
        """
        self.size, self.cover = size, cover
        moved = 0 if camera.motion is None else math.hypot(*camera.motion)
        self.least = max(recipe.legible * camera.shrink, 6 * camera.blur, 2.5 * moved)

    def __call__(self, polygon, text, em, is_faint):
        """DropReason of a word, whose font size is `em` pixels as the picture shows it, or None."""
        x0, y0, x1, y1 = polygon_box(polygon)
        is_cut = x0 < 0 or y0 < 0 or x1 > self.size[0] or y1 > self.size[1]
        is_small = em < self.least
        has_letter = any(character.isalnum() for character in text)
        if is_cut or is_small or is_faint or not has_letter or self._is_covered(polygon):
            return DropReason.ILLEGIBLE
        return None

    def _is_covered(self, polygon):
        if self.cover is None:
            return False
        mask = np.zeros_like(self.cover)
        cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
        return cv2.mean(self.cover, mask)[0] > 255 * COVERED


def _draw_stage(recipe, fonts, seed, index, rng):
    """(float32 (H, W, 3) with the ground and what looks like text on it, `Stage`)."""
    size = recipe.sizes[int(rng.integers(len(recipe.sizes)))]
    photos = photo_pool(list_photos(recipe.photo_dir), seed, index)
    view = draw_view(draw_strengths(recipe.effects, ('perspective',), rng)['perspective'], rng)
    image = draw_ground(size, photos, view, rng)
    for _ in range(int(rng.integers(recipe.things[0], recipe.things[1] + 1))):
        _lay_thing(image, view, rng)
    chinese = font_pool(recipe.chinese_fonts, CHINESE_POOL, seed, index) if rng.random() < recipe.chinese else ()
    return image, Stage(
        recipe=recipe,
        size=size,
        fonts=font_pool(recipe.choose_fonts(fonts), POOL, seed, index),
        chinese_fonts=chinese,
        photos=photos,
        view=view,
        roll=math.radians(rng.normal(0, recipe.tilt / 2)),
        nearness=float(rng.uniform(*recipe.nearness)),
        occupied=Occupied(*size),
        roughness=roughness_of(cv2.convertScaleAbs(image)),
    )


def _lay_thing(image, view, rng):
    """Paints one thing that looks like text into a float32 (H, W, 3), in place."""
    names = list(THINGS)
    height, width = image.shape[:2]
    high = round(math.exp(rng.uniform(math.log(10), math.log(0.4 * height))))
    mask = draw_thing(names[int(rng.integers(len(names)))], high, rng)
    middle = rng.uniform(0, 1, 2) * (width, height)
    corners = np.array([(0, 0), mask.shape[::-1]], np.float64)
    matrix = plane_matrix(corners, view, rng.normal(0, 0.08), middle)
    mask = cv2.convertScaleAbs(mask, alpha=rng.uniform(0.5, 1.0))
    paint_mask(image, mask, matrix, tuple(rng.uniform(0, 255) + rng.normal(0, 25, 3)))


def _draw_surfaces(stage, rng):
    """List of `Surface` with about as many words as the recipe says."""
    low, high = stage.recipe.num_words
    wanted = round(math.exp(rng.uniform(math.log(low), math.log(high))))
    surfaces, refusals = [], 0
    while wanted > 0 and refusals < (MAX_REFUSALS if surfaces else 5 * MAX_REFUSALS):
        surface = draw_surface(stage, wanted, rng)
        if surface is None:
            refusals += 1
            continue
        surfaces.append(surface)
        wanted -= sum(len(line.words) for line in surface.lines)
        refusals = 0
    return surfaces


def _cover(image, recipe, rng):
    """uint8 (H, W): what stands before the texts, painted into the picture in place; None for nothing."""
    if rng.random() >= recipe.covered:
        return None
    height, width = image.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    if rng.random() < 0.5:  # a pole
        x, wide = rng.uniform(0, width), width * rng.uniform(0.01, 0.05)
        lean = rng.normal(0, 0.1 * width)
        points = np.array([(x, 0), (x + wide, 0), (x + wide + lean, height), (x + lean, height)])
        cv2.fillPoly(cover, [points.astype(np.int32)], 255, cv2.LINE_AA)
    else:
        thing = draw_thing(str(rng.choice(['leaves', 'railing', 'cracks'])), round(height * rng.uniform(0.2, 0.7)), rng)
        top, left = (int(rng.uniform(-0.3, 0.8) * side) for side in (height, width))
        part = thing[max(-top, 0) : max(height - top, 0), max(-left, 0) : max(width - left, 0)]
        top, left = max(top, 0), max(left, 0)
        cover[top : top + part.shape[0], left : left + part.shape[1]] = part
    grey = rng.uniform(0, 160)
    paint_mask(image, cover, np.eye(3), tuple(np.clip(grey + rng.normal(0, 20, 3), 0, 255)))
    return cover


def _photographed(image, camera, recipe, rng):
    """uint8 (H, W, 3): a float32 picture in its light, as a camera and a file give it."""
    shape = image.shape[:2]
    if camera.light:
        image *= light_field(shape, camera.light, rng)
    if camera.cast_shadow:
        image *= cast_shadow(shape, camera.cast_shadow, camera.cast_softness, rng)
    if rng.random() < recipe.glare:
        image += _glare(shape, rng)[:, :, None]
    if camera.muted:
        image = mute(image, camera.muted)
    return photograph(image, camera, rng)


def _glare(shape, rng):
    """float32 (H, W): grey levels that a lamp's reflection adds."""
    height, width = shape
    x, y, wide = rng.uniform(0, width), rng.uniform(0, height), width * rng.uniform(0.04, 0.25)
    across = np.exp(-0.5 * ((np.arange(width, dtype=np.float32) - np.float32(x)) / np.float32(wide)) ** 2)
    down = np.exp(-0.5 * ((np.arange(height, dtype=np.float32) - np.float32(y)) / np.float32(0.8 * wide)) ** 2)
    return np.float32(rng.uniform(50, 170)) * down[:, None] * across


def _ground_truth(parts, judge):
    """(tuple of `SceneRegion`, tuple of `SceneLine`) of what was written.

    Args:
        parts: list of (matrix, `SetLine`, what `paint_line` returned).
        judge: `Judge`.
    """
    regions, lines = [], []
    for matrix, line, (_, _, is_faint) in parts:
        words = []
        for text, flat in line.words:
            polygon = _outline(matrix, flat, line.room)
            em = line.em * strip_height(polygon) / strip_height(flat)
            reason = judge(polygon, text, em, is_faint)
            words.append(SceneRegion(polygon, text, reason, len(lines), line.shape, line.font))
        regions += words
        reason = None if any(word.reason is None for word in words) else DropReason.ILLEGIBLE
        lines.append(
            SceneLine(_outline(matrix, line.polygon, line.room), ' '.join(text for text, _ in line.words), reason)
        )
    return tuple(regions), tuple(lines)


def _outline(matrix, polygon, room):
    """float32 (K, 2): a polygon of a plane as the picture shows it."""
    return map_outline(matrix, polygon, room).astype(np.float32)
