"""Drawn text with ground truth: labelled pictures of words in any shape, for training and for tests.

A `Recipe` says what is drawn, `draw_sample` draws sample number `index` of it: the same picture for the same
(recipe, fonts, seed, index) in any process. What is drawn is chosen first (a text, a font, a `Pose`, a `Look`),
then laid out and painted; the modules in that order:

    recipe.py   what to draw, and how it grows      texts.py        sources of text, with words.py, patterns.py,
    recipes.py  those that come with the project    scene_texts.py, corpus.py
    fonts.py    font files, coverage, glyphs        shaping.py      scripts that are set as a whole
    material.py a recipe with texts and fonts       paths.py        baselines: straight, arc, wave, column
    layout.py   glyphs on a path, ink, polygon      clutter.py      other words and marks around the text
    effects.py  names and strengths of effects      perspective.py  all of it seen from the side
    look.py     what is random about the look       paint.py        the picture, with colours.py, backgrounds.py,
                                                                    letters.py, camera.py
    draw.py     one sample                          sheet.py        many of them in one picture
    scenes/     whole pictures with many texts      undrawable.py   what fails is named and drawn otherwise
    chinese/    Chinese texts, columns              held_out.py     samples that no training sees
    wordlists/  words to draw                       font_table.py   a folder's table of its fonts
"""

from ocr.drawing.draw import DrawnSample, draw_sample
from ocr.drawing.fonts import Font, scan_fonts
from ocr.drawing.recipe import Recipe, stage
from ocr.drawing.recipes import RECIPES, named_recipe

__all__ = ['RECIPES', 'DrawnSample', 'Font', 'Recipe', 'draw_sample', 'named_recipe', 'scan_fonts', 'stage']
