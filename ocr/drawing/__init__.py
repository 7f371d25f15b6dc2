"""Drawn text with ground truth: labelled pictures of words in any shape, for training and for tests.

A `Recipe` says what is drawn, `draw_sample` draws sample number `index` of it: the same picture for the same
(recipe, fonts, seed, index) in whatever process. What is drawn is chosen first (a text, a font, a `Pose`, a `Look`),
then laid out and painted; the modules in that order:

    recipe.py  what to draw and how often        texts.py   sources of text
    fonts.py   font files, coverage, glyphs      paths.py   baselines: straight, arc, wave, column
    layout.py  glyphs on a path, ink, polygon    look.py    colours and effects
    draw.py    one sample
"""

from ocr.drawing.draw import DrawnSample, draw_sample
from ocr.drawing.fonts import Font, scan_fonts
from ocr.drawing.recipe import RECIPES, Recipe, named_recipe, stage

__all__ = ['RECIPES', 'DrawnSample', 'Font', 'Recipe', 'draw_sample', 'named_recipe', 'scan_fonts', 'stage']
