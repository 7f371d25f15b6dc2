"""The recipes that come with the project, by name."""

import dataclasses
import string

from ocr.drawing.chinese.texts import sign_texts
from ocr.drawing.recipe import Effect, Recipe
from ocr.drawing.scene_texts import line_texts, photographed_texts, scene_texts, street_texts
from ocr.drawing.scenes.recipe import SceneRecipe
from ocr.drawing.texts import Mixture, RandomText
from ocr.errors import InputError


def named_recipe(name):
    """The `Recipe` of that name; InputError lists the names there are."""
    if name not in RECIPES:
        raise InputError(f'{name}: no such recipe; there are {", ".join(RECIPES)}')
    return RECIPES[name]


RECIPES = {
    'digits': Recipe(
        name='digits',
        texts=RandomText(string.digits),
        lengths=(1, 1.5, 2, 2, 1.5, 1),
        shapes={'straight': 0.45, 'rotated': 0.1, 'arc_up': 0.15, 'arc_down': 0.1, 'column': 0.2},
        font_size=(32, 56),
        spacing=(0.0, 0.12),
        tilt=4.0,
        rotation=(5.0, 20.0),
        bend=(30.0, 100.0),
        padding=(0.0, 0.08),
        contrast=(0.4, 1.0),
        effects={
            'gradient': Effect(0.3, 0.1, 0.5),
            'texture': Effect(0.2, 0.1, 0.4),
            'outline': Effect(0.05, 0.03, 0.06),
            'shadow': Effect(0.1, 0.04, 0.1),
            'blur': Effect(0.3, 0.01, 0.03),
            'noise': Effect(0.3, 2.0, 10.0),
            'jpeg': Effect(0.3, 10.0, 40.0),
        },
        avoid_fonts=('CabinSketch*', 'EBGaramond*'),  # hatched; old style figures, whose 0 and 1 are o and I
    ),
    'words': Recipe(
        name='words',
        texts=Mixture(
            (
                RandomText(string.ascii_lowercase),
                RandomText(string.digits),
                RandomText(string.ascii_letters + string.digits),
            ),
            (7, 2, 1),
        ),
        lengths=(1, 2, 4, 6, 7, 7, 6, 5, 4, 3, 2, 2, 1, 1, 0.5, 0.5),
        cases={'as is': 0.4, 'upper': 0.35, 'title': 0.25},
        shapes={'straight': 0.35, 'rotated': 0.1, 'arc_up': 0.18, 'arc_down': 0.12, 'wave': 0.1, 'column': 0.15},
        font_size=(24, 64),
        spacing=(-0.02, 0.2),
        tilt=6.0,
        contrast=(0.2, 1.0),
        margin=(0.03, 0.4),
        effects={
            'gradient': Effect(0.5, 0.1, 0.8),
            'texture': Effect(0.45, 0.1, 0.7),
            'outline': Effect(0.15, 0.03, 0.08),
            'shadow': Effect(0.25, 0.04, 0.14),
            'blur': Effect(0.4, 0.01, 0.05),
            'noise': Effect(0.5, 2.0, 18.0),
            'jpeg': Effect(0.5, 10.0, 65.0),
        },
    ),
    'scene': Recipe(
        name='scene',
        texts=scene_texts(),
        lengths=(3, 6, 8, 9, 8, 7, 6, 5, 4, 3, 2.2, 1.6, 1.1, 0.8, 0.6, 0.5, 0.4, 0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1),
        cases={'as is': 0.35, 'upper': 0.42, 'title': 0.23},
        shapes={
            'straight': 0.5,
            'rotated': 0.07,
            'arc_up': 0.11,
            'arc_down': 0.08,
            'wave': 0.05,
            'column': 0.16,
            'turned': 0.03,
        },
        font_size=(24, 64),
        spacing=(-0.02, 0.2),
        tilt=5.0,
        bend=(20.0, 180.0),
        padding=(0.0, 0.12),
        margin=(0.03, 0.5),
        contrast=(0.28, 1.0),
        plain=0.25,
        effects={
            'gradient': Effect(0.5, 0.1, 0.8),
            'texture': Effect(0.35, 0.1, 0.6),
            'outline': Effect(0.12, 0.02, 0.08),
            'shadow': Effect(0.2, 0.03, 0.14),
            'blur': Effect(0.4, 0.01, 0.05),
            'noise': Effect(0.35, 2.0, 12.0),
            'jpeg': Effect(0.5, 10.0, 65.0),
            'pattern': Effect(0.3, 0.15, 0.9),
            'photo': Effect(0.35, 0.0, 0.15),
            'plate': Effect(0.15, 0.05, 0.4),
            'border': Effect(0.1, 0.02, 0.1),
            'text_texture': Effect(0.15, 0.1, 0.6),
            'hollow': Effect(0.04, 0.02, 0.05),
            'extrusion': Effect(0.1, 0.04, 0.2),
            'emboss': Effect(0.12, 0.2, 0.7),
            'light': Effect(0.35, 0.1, 0.6),
            'cast_shadow': Effect(0.1, 0.2, 0.6),
            'motion': Effect(0.12, 0.03, 0.15),
            'low_resolution': Effect(0.35, 1.2, 4.0),
            'clutter': Effect(0.35, 0.2, 0.8),
            'marks': Effect(0.2, 0.1, 0.5),
            'stretch': Effect(0.4, 0.02, 0.4),
            'slant': Effect(0.2, 0.02, 0.3),
            'weight': Effect(0.3, 0.003, 0.015),
            'perspective': Effect(0.3, 0.1, 0.8),
            'muted': Effect(0.5, 0.2, 0.95),
        },
    ),
}

SCENE = RECIPES['scene']
RECIPES |= {  # what a model that has learnt 'scene' still misreads: longer words, bent, faint and noisy
    'long_words': dataclasses.replace(
        RECIPES['words'],
        name='long_words',
        texts=scene_texts(),
        lengths=(1, 1.5, 2, 4, 6, 8, 9, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1.5, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
        bend=(30.0, 180.0),
    ),
}
RECIPES |= {  # words as cameras see them in streets: slanted, small, blurred, pale, on real surfaces
    'photographed': dataclasses.replace(
        SCENE,
        name='photographed',
        texts=photographed_texts(),
        lengths=(2.5, 5, 7, 9, 8.5, 8, 7, 6.5, 5.5, 4.5, 3.5, 2.6, 1.6, 1.1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.3)
        + (0.15,) * 4,
        shapes={
            'straight': 0.5,
            'rotated': 0.22,
            'arc_up': 0.08,
            'arc_down': 0.06,
            'wave': 0.03,
            'column': 0.08,
            'turned': 0.03,
        },
        rotation=(5.0, 50.0),
        font_size=(20, 64),
        spacing=(-0.02, 0.25),
        contrast=(0.2, 1.0),
        plain=0.25,
        effects={
            **SCENE.effects,
            'photo': Effect(0.5, 0.0, 0.12),
            'plate': Effect(0.2, 0.05, 0.5),
            'blur': Effect(0.45, 0.01, 0.07),
            'motion': Effect(0.25, 0.03, 0.18),
            'low_resolution': Effect(0.4, 1.2, 4.5),
            'noise': Effect(0.25, 2.0, 10.0),
            'light': Effect(0.35, 0.1, 0.65),
            'clutter': Effect(0.45, 0.2, 0.8),
            'slant': Effect(0.25, 0.02, 0.35),
            'small_capitals': Effect(0.2, 0.1, 0.4),
            'tracking': Effect(0.1, 0.1, 0.9),
            'dance': Effect(0.08, 0.2, 1.0),
            'perspective': Effect(0.35, 0.1, 0.9),
        },
    ),
}
RECIPES |= {  # Chinese lines and columns as on signs, goods and in pictures of the web
    'chinese': Recipe(
        name='chinese',
        texts=sign_texts(),
        lengths=(10, 13, 12, 12, 9, 9, 8, 7, 6.5, 6, 5, 4.5, 4, 3.5, 3, 3, 2.5, 2.5) + (2,) * 6,
        cases={'as is': 0.6, 'upper': 0.28, 'title': 0.12},
        shapes={'straight': 0.62, 'rotated': 0.1, 'arc_up': 0.04, 'arc_down': 0.03, 'wave': 0.02, 'column': 0.19},
        font_size=(28, 64),
        spacing=(-0.02, 0.3),
        tilt=5.0,
        rotation=(5.0, 45.0),
        bend=(10.0, 90.0),
        amplitude=(0.05, 0.2),
        wavelength=(6.0, 16.0),
        padding=(0.0, 0.1),
        margin=(0.03, 0.5),
        contrast=(0.3, 1.0),
        plain=0.3,
        effects={
            **SCENE.effects,
            'texture': Effect(0.3, 0.1, 0.4),
            'outline': Effect(0.18, 0.02, 0.06),
            'shadow': Effect(0.2, 0.02, 0.08),
            'blur': Effect(0.45, 0.01, 0.045),
            'motion': Effect(0.1, 0.02, 0.07),
            'noise': Effect(0.25, 2.0, 9.0),
            'jpeg': Effect(0.6, 10.0, 65.0),
            'pattern': Effect(0.2, 0.1, 0.5),
            'photo': Effect(0.45, 0.0, 0.12),
            'text_texture': Effect(0.1, 0.1, 0.4),
            'hollow': Effect(0.02, 0.02, 0.035),
            'extrusion': Effect(0.08, 0.02, 0.08),
            'emboss': Effect(0.08, 0.1, 0.5),
            'light': Effect(0.3, 0.1, 0.6),
            'low_resolution': Effect(0.35, 1.2, 2.4),
            'clutter': Effect(0.4, 0.2, 0.8),
            'stretch': Effect(0.35, 0.02, 0.25),
            'slant': Effect(0.15, 0.02, 0.25),
            'weight': Effect(0.35, 0.002, 0.012),
            'perspective': Effect(0.3, 0.05, 0.7),
            'muted': Effect(0.35, 0.1, 0.8),
        },
    ),
}
RECIPES |= {  # scene without some of what makes it hard, to tell what that is worth on real words, and in whole lines
    'scene_shapes': dataclasses.replace(
        SCENE, name='scene_shapes', effects={'perspective': SCENE.effects['perspective']}
    ),
    'scene_straight': dataclasses.replace(SCENE, name='scene_straight', shapes={'straight': 1.0}, tilt=0.0, effects={}),
    'lines': dataclasses.replace(  # whole lines of several words, as long as the model writes
        SCENE,
        name='lines',
        texts=line_texts(),
        lengths=(0.2,) * 8 + (1.0,) * 56,
        cases={'as is': 0.7, 'upper': 0.2, 'title': 0.1},
        shapes={'straight': 0.8, 'rotated': 0.04, 'arc_up': 0.05, 'arc_down': 0.04, 'wave': 0.05, 'turned': 0.02},
        font_size=(20, 48),
        bend=(10.0, 120.0),
    ),
}

RECIPES |= {  # whole pictures, for a detector
    'street': SceneRecipe(
        name='street',
        text_size=(8, 0.7),
        nearness=(-0.15, 0.6),
        texts=street_texts(),
        lengths=SCENE.lengths[:16],
        cases={'as is': 0.35, 'upper': 0.4, 'title': 0.25},
        shapes={
            'straight': 0.8,
            'rotated': 0.1,
            'turned': 0.03,
            'arc_up': 0.03,
            'arc_down': 0.025,
            'wave': 0.015,
        },
        bend=(20.0, 180.0),
        amplitude=(0.12, 0.4),
        wavelength=(3.5, 9.0),
        surfaces={
            'sign': 1.6,
            'tag': 1.0,
            'band': 1.3,
            'poster': 1.3,
            'page': 0.8,
            'label': 1.2,
            'wall': 1.6,
            'overlay': 0.8,
            'bent': 1.8,
            'badge': 1.8,
            'ring': 1.6,
            'column': 0.8,
        },
        spacing=(-0.02, 0.15),
        tilt=8.0,
        padding=(0.0, 0.03),  # as tight as people label
        contrast=(0.28, 1.0),
        plain=0.35,
        effects={
            'gradient': Effect(0.4, 0.1, 0.6),
            'texture': Effect(0.3, 0.05, 0.4),
            'outline': Effect(0.2, 0.02, 0.08),
            'shadow': Effect(0.15, 0.03, 0.12),
            'pattern': Effect(0.15, 0.1, 0.6),
            'text_texture': Effect(0.1, 0.1, 0.5),
            'hollow': Effect(0.03, 0.02, 0.05),
            'extrusion': Effect(0.12, 0.04, 0.15),
            'emboss': Effect(0.1, 0.2, 0.7),
            'stretch': Effect(0.35, 0.02, 0.35),
            'slant': Effect(0.12, 0.02, 0.25),
            'weight': Effect(0.3, 0.003, 0.015),
            'perspective': Effect(0.75, 0.05, 0.7),
            'blur': Effect(0.5, 0.01, 0.09),
            'noise': Effect(0.5, 1.0, 14.0),
            'jpeg': Effect(0.7, 5.0, 65.0),
            'light': Effect(0.5, 0.1, 0.6),
            'cast_shadow': Effect(0.15, 0.15, 0.5),
            'motion': Effect(0.1, 0.04, 0.2),
            'low_resolution': Effect(0.25, 1.1, 2.0),
            'muted': Effect(0.5, 0.1, 0.7),
        },
    ),
}
