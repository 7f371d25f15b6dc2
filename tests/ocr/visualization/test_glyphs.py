"""Looking for a font that has a character."""

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageDraw

from ocr.errors import InputError
from ocr.visualization import glyphs
from ocr.visualization.glyphs import Writer, plain_font

MISSING = '\U0010fff5'  # for private use: no font has it unless a test makes one


def make_font(path, characters):
    """A font in which each of the characters is a filled square of one em."""
    pen = TTGlyphPen(None)
    for i, point in enumerate([(0, 0), (0, 1000), (1000, 1000), (1000, 0)]):
        (pen.lineTo if i else pen.moveTo)(point)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(['.notdef', 'square'])
    builder.setupCharacterMap({ord(character): 'square' for character in characters})
    builder.setupGlyf({'.notdef': TTGlyphPen(None).glyph(), 'square': pen.glyph()})
    builder.setupHorizontalMetrics({'.notdef': (1000, 0), 'square': (1000, 0)})
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({'familyName': 'Squares', 'styleName': 'Regular'})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture
def fresh_search():
    """No answer of an earlier search is left, before and after."""
    glyphs._find.cache_clear()
    yield
    glyphs._find.cache_clear()


def test_latin_is_written_in_the_plain_font():
    assert Writer().font('a', 20).path == plain_font()


def test_the_given_font_comes_first(tmp_path):
    path = make_font(tmp_path / 'squares.ttf', 'a中')
    writer = Writer(path)
    assert writer.font('a', 20).path == writer.font('中', 20).path == str(path)
    assert writer.font('b', 20).path == plain_font()


def test_the_projects_fonts_folder_is_searched(tmp_path, monkeypatch, fresh_search):
    path = make_font(tmp_path / 'squares.ttf', MISSING)
    (tmp_path / 'broken.ttf').write_bytes(b'no font')
    monkeypatch.setattr(glyphs, 'FONT_FOLDER', tmp_path)
    assert Writer().font(MISSING, 20).path == str(path)


def test_the_systems_fonts_are_searched(tmp_path, monkeypatch, fresh_search):
    path = str(make_font(tmp_path / 'squares.ttf', MISSING))
    monkeypatch.setattr(glyphs, '_system_fonts', lambda: (str(tmp_path / 'none.ttf'), path))
    assert Writer().font(MISSING, 20).path == path


def test_system_fonts_for_chinese_come_first_and_placeholders_never(monkeypatch):
    found = [
        '/f/Zapf.ttf',
        '/f/NotoSansCJK-Bold.ttc',
        '/f/LastResort.otf',
        '/f/NotoSansCJK-Regular.ttc',
        '/f/wqy-zenhei.ttc',
    ]
    monkeypatch.setattr('matplotlib.font_manager.findSystemFonts', lambda: found)
    expected = ('/f/NotoSansCJK-Regular.ttc', '/f/NotoSansCJK-Bold.ttc', '/f/wqy-zenhei.ttc', '/f/Zapf.ttf')
    assert glyphs._system_fonts.__wrapped__() == expected


@pytest.mark.parametrize(('character', 'code'), [(MISSING, 'U+10FFF5'), ('\n', 'U+000A'), ('\ud800', 'U+D800')])
def test_a_character_without_a_font_is_written_as_its_code(character, code, fresh_search):
    ((piece, font),) = Writer().pieces(character, 20)
    assert piece.strip() == code
    assert font.path == plain_font()


def test_a_line_end_is_never_drawn_even_where_a_font_has_it(tmp_path):
    assert Writer(make_font(tmp_path / 'squares.ttf', '\n')).font('\n', 20) is None


@pytest.mark.parametrize('content', [None, b'', b'no font'])
def test_a_font_that_cannot_be_read_is_an_input_error(tmp_path, content):
    path = tmp_path / 'font.ttf'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r'font\.ttf: not a readable font'):
        Writer(path)


def test_lines_wrap_at_the_width(tmp_path):
    writer = Writer(make_font(tmp_path / 'squares.ttf', '中'))
    assert writer.width('中' * 5, 20) == 100
    assert writer.wrap('中' * 5, 20, 40) == [0, 2, 4]
    assert writer.wrap('中' * 3, 20, 5) == [0, 1, 2]
    assert writer.wrap('', 20, 40) == [0]


def test_each_character_has_its_colour(tmp_path):
    image = Image.new('RGB', (60, 30))
    writer = Writer(make_font(tmp_path / 'squares.ttf', '中国'))
    writer.draw(ImageDraw.Draw(image), 10, 25, '中国', 20, [(255, 0, 0), (0, 0, 255)])
    pixels = np.asarray(image)
    assert tuple(pixels[15, 20]) == (255, 0, 0)
    assert tuple(pixels[15, 40]) == (0, 0, 255)
    assert not pixels[27:].any()
