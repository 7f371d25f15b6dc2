"""Drawn text that no training sees, to validate on."""

from ocr.drawing import draw_sample
from ocr.region import TextRegion

HELD_OUT = 1 << 40  # number of the first sample that is kept for validation


def draw_held_out(recipe, fonts, seed, number):
    """Samples that no training sees, as regions and their pictures.

    Returns:
        list of TextRegion, and {image_path: uint8 (H, W, 3)}; the paths are names only.
    """
    regions, images = [], {}
    for i in range(number):
        sample = draw_sample(recipe, fonts, seed, HELD_OUT + i)
        path = f'drawn {recipe.name} {i}'
        images[path] = sample.image
        regions.append(TextRegion(path, sample.polygon, sample.text, recipe.name))
    return regions, images
