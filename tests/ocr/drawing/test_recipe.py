import dataclasses
import itertools

import pytest

from ocr.drawing.fonts import Font
from ocr.drawing.recipe import Effect, stage
from ocr.drawing.recipes import RECIPES, named_recipe
from ocr.errors import InputError

WORDS = named_recipe('words')
FONTS = tuple(Font(f'folder/{name}.ttf') for name in 'ABCDEFGHIJ')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'lengths': ()}, 'lengths: at least one'),
        ({'lengths': (0, 0)}, 'lengths: at least one'),
        ({'lengths': (1, -1)}, 'lengths: the weight of 2'),
        ({'shapes': {'spiral': 1}}, "shapes: no 'spiral'; there are straight"),
        ({'shapes': {}}, 'shapes: at least one'),
        ({'cases': {'sponge': 1}}, "cases: no 'sponge'"),
        ({'font_size': (64, 32)}, 'font_size must be'),
        ({'font_size': (4, 32)}, 'font_size must be'),
        ({'bend': (30, 200)}, 'bend must be'),
        ({'contrast': (0.2, 1.1)}, 'contrast must be'),
        ({'margin': (-0.1, 0.2)}, 'margin must be'),
        ({'tilt': -1}, 'tilt must be'),
        ({'num_fonts': -1}, 'num_fonts must be'),
        ({'plain': 1.1}, 'plain must be'),
        ({'effects': {'perspective': Effect(0.5, 0, 1.2)}}, 'perspective must be'),
        ({'effects': {'sparkle': Effect(0.1, 0, 1)}}, "no effect 'sparkle'; there are gradient"),
        ({'effects': {'blur': Effect(1.5, 0, 0.1)}}, 'blur: probability'),
        ({'effects': {'blur': Effect(0.5, 0.1, 0.05)}}, 'blur must be'),
        ({'effects': {'jpeg': Effect(0.5, 0, 100)}}, 'jpeg must be'),
    ],
)
def test_nonsense_is_refused_by_name(changes, message):
    with pytest.raises(InputError, match=f'recipe words: {message}') as caught:
        dataclasses.replace(WORDS, **changes)
    assert '\n' not in str(caught.value)


def test_unknown_recipe_lists_the_known():
    with pytest.raises(InputError, match=r'poems: no such recipe; there are digits, words'):
        named_recipe('poems')


def test_digits_is_what_it_says():
    digits = named_recipe('digits')
    assert digits.max_length == 6 and set(digits.texts.alphabet) == set('0123456789')
    assert {'straight', 'arc_up', 'column'} <= set(digits.shapes)


@pytest.mark.parametrize('name', RECIPES)
def test_stage_grows_from_easy_to_the_recipe(name):
    recipe = named_recipe(name)
    stages = [stage(recipe, progress / 4) for progress in range(5)]
    assert stages[4] is recipe
    easy = stages[0]
    assert easy.max_length <= recipe.max_length // 2 or easy.max_length == 3
    level = {shape: weight for shape, weight in recipe.shapes.items() if shape in ('straight', 'column', 'turned')}
    assert {shape: weight for shape, weight in easy.shapes.items() if weight} == pytest.approx(
        {shape: weight / sum(level.values()) for shape, weight in level.items()}
    )
    assert easy.tilt == 0 and easy.num_fonts == 3
    assert all(effect.probability == 0 for effect in easy.effects.values())
    for lower, higher in itertools.pairwise(stages):
        assert lower.tilt < higher.tilt or recipe.tilt == 0
        assert lower.contrast[0] >= higher.contrast[0]
        for effect, harder in zip(lower.effects.values(), higher.effects.values(), strict=True):
            assert effect.probability < harder.probability and effect.high <= harder.high
        assert (higher.num_fonts or 999) >= lower.num_fonts


def test_stage_keeps_recipes_without_short_or_level_texts():
    recipe = dataclasses.replace(WORDS, lengths=(0, 0, 0, 0, 0, 0, 1), shapes={'wave': 1})
    assert stage(recipe, 0).max_length == 7
    assert stage(recipe, 0.5).shapes == {'wave': 0.5, 'straight': 0.5}
    assert stage(dataclasses.replace(recipe, shapes={'column': 1}), 0.5).shapes == {'column': 1}


@pytest.mark.parametrize('progress', [-0.1, 1.1])
def test_stage_refuses_progress_outside(progress):
    with pytest.raises(InputError, match='progress'):
        stage(WORDS, progress)


def test_fonts_are_avoided_by_pattern_and_smaller_choices_nest():
    assert WORDS.choose_fonts(FONTS) == FONTS
    avoiding = dataclasses.replace(WORDS, avoid_fonts=('A', '[B-D]*'))
    assert [font.name for font in avoiding.choose_fonts(FONTS)] == list('EFGHIJ')
    three, six = (set(dataclasses.replace(WORDS, num_fonts=n).choose_fonts(FONTS)) for n in (3, 6))
    assert len(three) == 3 and len(six) == 6 and three < six
    with pytest.raises(InputError, match='none of the 10 fonts'):
        dataclasses.replace(WORDS, avoid_fonts=('*',)).choose_fonts(FONTS)


@pytest.mark.parametrize(
    ('characters', 'text', 'allowed'), [(None, 'aß', True), ('ab', 'ab', True), ('ab', 'aB', False)]
)
def test_characters_limit_what_is_allowed(characters, text, allowed):
    recipe = dataclasses.replace(WORDS, characters=frozenset(characters) if characters else None)
    assert recipe.allows(text) is allowed
