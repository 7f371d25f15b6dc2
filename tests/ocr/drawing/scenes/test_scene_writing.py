"""Words, lines and fonts for scenes; Chinese if a font has it, and only in that font."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from chinese_font import CHARACTERS, write_font

from ocr.charset import Charset
from ocr.drawing import named_recipe, scan_fonts
from ocr.drawing.material import prepare_recipe
from ocr.drawing.scenes.draft import draft_lines
from ocr.drawing.scenes.kinds import KINDS
from ocr.drawing.scenes.scene import draw_scene
from ocr.drawing.scenes.texts import BLOCK, Writer, chinese_fonts, chinese_texts, font_pool
from ocr.drawing.scenes.typeset import block_box, set_lines

ROOT = Path(__file__).resolve().parents[4]
LATIN = scan_fonts(ROOT / 'fonts')
STREET = named_recipe('street')


@pytest.fixture(scope='module')
def chinese(tmp_path_factory):
    folder = tmp_path_factory.mktemp('fonts')
    write_font(folder / 'Boxes.ttf')
    return scan_fonts(folder)


@pytest.fixture
def charset(tmp_path):
    path = tmp_path / 'charset.txt'
    path.write_text('\n'.join(CHARACTERS) + '\nx\ny\n0\n1\n', encoding='utf-8')
    return Charset.load(path)


def test_chinese_fonts_are_found(chinese):
    assert chinese_fonts(LATIN) == ()
    assert chinese_fonts(LATIN + chinese) == chinese


def test_a_damaged_font_is_none_for_chinese(tmp_path, chinese):
    (tmp_path / 'damaged.ttf').write_bytes(Path(chinese[0].path).read_bytes()[:200])
    assert chinese_fonts((dataclasses.replace(chinese[0], path=str(tmp_path / 'damaged.ttf')),)) == ()


def test_without_a_font_for_it_there_is_no_chinese():
    recipe = prepare_recipe('street', LATIN)
    assert recipe.chinese_texts is None and recipe.chinese_fonts == ()


def test_chinese_lines_come_where_a_font_has_them(chinese, charset):
    recipe = prepare_recipe('street', LATIN + chinese, charset=charset)
    recipe = dataclasses.replace(recipe, chinese=1.0, sizes=((480, 360),))
    regions = [region for index in range(6) for region in draw_scene(recipe, LATIN + chinese, 0, index).regions]
    written = [region for region in regions if any(ord(character) > 0x4E00 for character in region.text)]
    assert written and len(written) < len(regions)
    for region in written:
        assert region.font == 'Boxes' and set(region.text) <= set(CHARACTERS + '0123456789xy')
        assert len(region.text) >= 2


def test_the_charset_decides_whether_there_is_chinese(chinese):
    assert prepare_recipe('street', LATIN + chinese, charset=Charset.preset('ascii')).chinese_texts is None
    assert prepare_recipe('street', LATIN + chinese).chinese_texts is not None


def test_chinese_texts_are_words_from_signs_and_common_characters():
    rng, source = np.random.default_rng(0), chinese_texts()
    texts = [source.draw(rng, 2) for _ in range(300)]
    assert all(1 <= len(text) <= 2 for text in texts) and len(set(texts)) > 100
    assert all(0x4E00 <= ord(character) <= 0x9FFF for text in texts for character in text)


def test_pictures_of_a_block_share_their_fonts():
    fonts = tuple(range(500))
    pools = [font_pool(fonts, 24, 1, index) for index in (0, BLOCK - 1, BLOCK)]
    assert pools[0] == pools[1] != pools[2] and len(set(pools[0])) == 24
    assert font_pool(fonts[:40], 24, 1, 0) == fonts[:40]
    assert font_pool(fonts, 24, 2, 0) != pools[0]


@pytest.mark.parametrize('num_words', [1, 2, 5])
def test_a_line_has_so_many_words(num_words):
    rng = np.random.default_rng(0)
    for _ in range(20):
        text, font = Writer(STREET, LATIN[0], LATIN).line(num_words, rng)
        assert len(text.split()) == num_words and font.covers(text)


@pytest.mark.parametrize('name', KINDS)
def test_a_draft_is_about_as_large_as_its_lines(name):
    """Width and height told before typesetting are those of the lines typeset, give or take."""
    rng, ratios = np.random.default_rng(3), []
    while len(ratios) < 12:
        writers = (Writer(STREET, LATIN[int(rng.integers(len(LATIN)))], LATIN),)
        draft = draft_lines(KINDS[name], writers, 8, rng)
        if draft is not None:
            x0, y0, x1, y1 = block_box(set_lines(draft, 30, 0))
            ratios.append(np.array(draft.size(30)) / (x1 - x0, y1 - y0))
    assert (abs(np.log(np.median(ratios, axis=0))) < np.log(1.3)).all()
    assert np.max(ratios) < 3 and np.min(ratios) > 1 / 3
