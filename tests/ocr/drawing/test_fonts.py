import pickle
import string
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from ocr.drawing.fonts import Font, scan_fonts
from ocr.errors import InputError

FONT_DIR = Path(__file__).resolve().parents[3] / 'fonts'
FONTS = scan_fonts(FONT_DIR)


def _box(width):
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    pen.lineTo((50, 700))
    pen.lineTo((width - 50, 700))
    pen.lineTo((width - 50, 0))
    pen.closePath()
    return pen.glyph()


@pytest.fixture
def odd_font(tmp_path):
    """A is a box, a the same glyph, B has an empty glyph, C none, D the glyph for missing ones, space is empty."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(['.notdef', 'A', 'B', 'space'])
    builder.setupCharacterMap({ord('A'): 'A', ord('a'): 'A', ord('B'): 'B', ord('D'): '.notdef', ord(' '): 'space'})
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({'.notdef': _box(400), 'A': _box(600), 'B': empty, 'space': empty})
    builder.setupHorizontalMetrics({'.notdef': (400, 50), 'A': (600, 50), 'B': (600, 0), 'space': (300, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({'familyName': 'Odd', 'styleName': 'Regular'})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path / 'odd' / 'Odd.ttf'
    path.parent.mkdir()
    builder.save(path)
    return scan_fonts(path.parent)[0]


@pytest.mark.parametrize(
    ('text', 'covered'),
    [('A', True), ('AA A', True), ('', True), ('a', False), ('B', False), ('AB', False), ('C', False), ('D', False)],
)
def test_coverage_needs_an_outline_of_its_own(odd_font, text, covered):
    assert odd_font.covers(text) is covered


def test_shipped_fonts_draw_letters_and_digits():
    assert 18 <= len(FONTS) <= 30
    for font in FONTS:
        assert font.covers(string.ascii_letters + string.digits + ' .,-&!?'), font.name
        assert not font.covers('永'), font.name


def test_shipped_fonts_have_their_licences_beside_them():
    table = (FONT_DIR / 'README.md').read_text(encoding='utf-8')
    for font in FONTS:
        row = next(line for line in table.splitlines() if f'`{Path(font.path).name}`' in line)
        package = row.split('`')[3]
        assert (FONT_DIR / 'LICENSES' / f'{package}.txt').stat().st_size > 400, row
    assert sum(path.stat().st_size for path in FONT_DIR.rglob('*') if path.is_file()) < 8 << 20


def test_glyph_is_trimmed_and_its_silhouette_spans_it():
    for font in FONTS[:6]:
        for character in 'Aj.':
            glyph = font.glyph(character, 40)
            assert glyph.ink.dtype == np.uint8
            assert glyph.ink[0].any() and glyph.ink[-1].any() and glyph.ink[:, 0].any() and glyph.ink[:, -1].any()
            height, width = glyph.ink.shape
            np.testing.assert_array_equal(glyph.silhouette.min(axis=0), (glyph.left, glyph.top))
            np.testing.assert_array_equal(glyph.silhouette.max(axis=0), (glyph.left + width, glyph.top + height))
            assert glyph.advance > 0


def test_letters_stand_on_the_baseline_and_grow_with_the_size():
    font = next(font for font in FONTS if font.name == 'DejaVuSans-Bold')
    small, large = font.glyph('H', 20), font.glyph('H', 40)
    assert small.top + small.ink.shape[0] == large.top + large.ink.shape[0] == 0
    assert large.ink.shape[0] == pytest.approx(2 * small.ink.shape[0], abs=2)
    descender = font.glyph('g', 40)
    assert descender.top + descender.ink.shape[0] > 3


def test_space_has_an_advance_and_no_ink():
    glyph = FONTS[0].glyph(' ', 40)
    assert glyph.ink.size == 0 and len(glyph.silhouette) == 0 and glyph.advance > 2


def test_kerning_comes_from_the_font():
    font = next(font for font in FONTS if font.name == 'LiberationSans-Regular')
    assert font.kerning('A', 'V', 64) < 0
    assert font.kerning('H', 'H', 64) == 0


def test_scan_is_recursive_sorted_and_reads_collections(tmp_path):
    (tmp_path / 'sub').mkdir()
    collection = TTCollection()
    collection.fonts = [TTFont(FONT_DIR / 'LeckerliOne-Regular.ttf'), TTFont(FONT_DIR / 'Quicksand-Bold.ttf')]
    collection.save(tmp_path / 'sub' / 'Two.ttc')
    (tmp_path / 'Lone.TTF').write_bytes((FONT_DIR / 'LeckerliOne-Regular.ttf').read_bytes())
    fonts = scan_fonts(tmp_path)
    assert [font.name for font in fonts] == ['Lone', 'Two', 'Two#1']
    assert fonts[1].glyph('g', 30).ink.tolist() == fonts[0].glyph('g', 30).ink.tolist()
    assert fonts[2].glyph('g', 30).ink.tolist() != fonts[0].glyph('g', 30).ink.tolist()


def test_a_broken_font_is_left_out_and_logged(tmp_path, caplog):
    (tmp_path / 'Broken.ttf').write_bytes(b'no font at all')
    (tmp_path / 'Cut.ttf').write_bytes((FONT_DIR / 'LeckerliOne-Regular.ttf').read_bytes()[:2000])
    (tmp_path / 'Good.ttf').write_bytes((FONT_DIR / 'LeckerliOne-Regular.ttf').read_bytes())
    assert [font.name for font in scan_fonts(tmp_path)] == ['Good']
    assert 'Broken.ttf' in caplog.text and 'Cut.ttf' in caplog.text


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(InputError, match='no such font folder'):
        scan_fonts(tmp_path / 'nowhere')
    (tmp_path / 'notes.txt').write_text('no font')
    with pytest.raises(InputError, match=r'no usable font.*fonts-noto-cjk'):
        scan_fonts(tmp_path)


def test_a_font_travels_between_processes():
    assert pickle.loads(pickle.dumps(FONTS)) == FONTS
    assert Font('a/B.ttf').name == 'B' and Font('a/B.ttc', 3).name == 'B#3'
