import numpy as np
import pytest
from chinese_font import CHARACTERS, write_font

from ocr.drawing import draw_sample, scan_fonts
from ocr.drawing.chinese.columns import FORMS, column_glyph, is_chinese, is_full_width
from ocr.drawing.layout import Pose, lay_out
from ocr.drawing.material import prepare_recipe

OPENING, CLOSING, COMMA = '\uff08', '\uff09', '\uff0c'
COLUMN = Pose('column', margins=(0.1,) * 4)


@pytest.fixture
def make_font(tmp_path):
    """Function (characters) -> the `Font` of a file that has boxes for them."""

    def make(characters):
        write_font(tmp_path / 'boxes.ttf', characters)
        return scan_fonts(tmp_path)[0]

    return make


def _rows(layout):
    """[(first, last)] of the runs of rows with ink."""
    inked = np.flatnonzero(np.diff(np.concatenate([[0], layout.ink.any(axis=1), [0]])))
    return list(zip(inked[::2].tolist(), inked[1::2].tolist(), strict=True))


def test_what_is_chinese_and_what_fills_a_square():
    assert is_chinese('5 \u5143') and not is_chinese('5 \u20ac') and not is_chinese('Caf\u00e9')
    assert [is_full_width(unit) for unit in ('\u5143', COMMA, '\u201c', 'a', '5', '\u00e9')] == [True] * 3 + [False] * 3


def test_characters_stand_in_squares_of_an_em(make_font):
    font = make_font(CHARACTERS)
    layout = lay_out(CHARACTERS[:4], font, 40, COLUMN)
    tops = [first for first, _ in _rows(layout)]
    assert np.diff(tops).tolist() == [40, 40, 40]
    spaced = lay_out(CHARACTERS[:4], font, 40, Pose('column', spacing=0.5))
    assert np.diff([first for first, _ in _rows(spaced)]).tolist() == [60, 60, 60]


def test_a_font_with_a_vertical_form_draws_that(make_font):
    font = make_font(CHARACTERS + OPENING + FORMS[OPENING])
    assert column_glyph(font, OPENING, 40) is font.glyph(FORMS[OPENING], 40)


@pytest.mark.parametrize('unit', [OPENING, CLOSING, '(', '-'])
def test_brackets_and_dashes_are_turned_without_one(make_font, unit):
    font = make_font(CHARACTERS + unit)
    upright, turned = font.glyph(unit, 40), column_glyph(font, unit, 40)
    np.testing.assert_array_equal(turned.ink, np.rot90(upright.ink, -1))
    middle = np.array((20, -0.38 * 40))  # of the square of an em
    corner = np.array((upright.left, upright.top + len(upright.ink))) - middle
    expected = middle + np.array((-corner[1], corner[0]))
    np.testing.assert_allclose((turned.left, turned.top), expected, atol=0.51)
    assert (turned.silhouette.min(axis=0) >= (turned.left, turned.top)).all()


def test_other_marks_stay_as_they_are(make_font):
    font = make_font(CHARACTERS + COMMA + 'a')
    for unit in (COMMA, 'a', CHARACTERS[0]):
        assert column_glyph(font, unit, 40) is font.glyph(unit, 40)


def test_all_ink_of_a_column_is_inside_its_polygon(make_font):
    font = make_font(CHARACTERS + OPENING + CLOSING + COMMA + 'ab5')
    text = CHARACTERS[:3] + OPENING + '5a' + CLOSING + COMMA + CHARACTERS[4:6]
    layout = lay_out(text, font, 32, Pose('column', spacing=0.1, slant=0.2, stretch=1.2, weight=0.01))
    y, x = np.nonzero(layout.ink)
    assert (np.stack([x, y], axis=1) >= layout.polygon.min(axis=0) - 0.01).all()
    assert (np.stack([x + 1, y + 1], axis=1) <= layout.polygon.max(axis=0) + 0.01).all()


def test_the_recipe_draws_only_what_a_font_has_and_the_same_again(make_font):
    fonts = scan_fonts(make_font(CHARACTERS + '0123456789 ').path.rpartition('/')[0])
    recipe = prepare_recipe('chinese', fonts, seq_len=24)
    samples = [draw_sample(recipe, fonts, 3, index) for index in range(60)]
    assert set(''.join(sample.text for sample in samples)) <= set(CHARACTERS + '0123456789 ')
    assert {'straight', 'column', 'rotated'} <= {sample.shape for sample in samples}
    again = draw_sample(recipe, fonts, 3, 17)
    np.testing.assert_array_equal(again.image, samples[17].image)
    assert again.text == samples[17].text
