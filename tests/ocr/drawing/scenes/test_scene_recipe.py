"""A recipe of scenes says what makes no sense in it, and divides its effects between surfaces and camera."""

import dataclasses

import pytest

from ocr.drawing import named_recipe, stage
from ocr.drawing.scenes.recipe import CAMERA, SceneRecipe
from ocr.errors import InputError

STREET = named_recipe('street')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'sizes': ()}, 'sizes must be'),
        ({'sizes': ((640, 80),)}, 'sizes must be .* of 160 pixels or more'),
        ({'num_words': (5, 2)}, 'num_words must be'),
        ({'num_words': (0, 2)}, 'num_words must be'),
        ({'things': (-1, 2)}, 'things must be'),
        ({'nearness': (0, 2)}, 'nearness must be'),
        ({'text_size': (2, 0.5)}, 'text_size must begin at 6'),
        ({'text_size': (8, 1.5)}, 'text_size must end at a share'),
        ({'legible': 0}, 'legible must be 1 pixel'),
        ({'cut': 2}, 'cut must be 0 to 1'),
        ({'chinese': -1}, 'chinese must be 0 to 1'),
        ({'surfaces': {'moon': 1.0}}, "surfaces: no 'moon'; there are sign"),
        ({'surfaces': {'sign': 0.0}}, 'surfaces: at least one weight'),
    ],
)
def test_settings_that_make_no_sense(changes, message):
    with pytest.raises(InputError, match=f'recipe street: {message}'):
        dataclasses.replace(STREET, **changes)


def test_effects_are_of_the_surfaces_or_of_the_camera():
    assert not STREET.surface_effects.keys() & STREET.camera_effects.keys()
    assert STREET.surface_effects.keys() | STREET.camera_effects.keys() == STREET.effects.keys()
    assert set(STREET.camera_effects) <= set(CAMERA)


def test_it_grows_like_other_recipes():
    young = stage(STREET, 0.2)
    assert isinstance(young, SceneRecipe) and young.sizes == STREET.sizes
    assert young.effects['noise'].probability < STREET.effects['noise'].probability
