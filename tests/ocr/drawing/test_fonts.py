import pickle
import string
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from ocr.drawing import fonts
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


# A folder with a table

HEADER = 'file\tindex\tfamily\tstyle\tpackage\tlicence\tclass\tlatin1\tmissing'


def listed(folder, *rows):
    """Fonts of a folder whose table has a row (file, class, missing, package) for each; the files are copies of one."""
    for name, *_ in rows:
        if name != 'gone.ttf':
            (folder / name).write_bytes((FONT_DIR / 'LeckerliOne-Regular.ttf').read_bytes())
    lines = [f'{name}\t0\tF\tRegular\t{package}\tOFL\t{kind}\t0\t{missing}' for name, kind, missing, package in rows]
    (folder / 'fonts.tsv').write_text('\n'.join([HEADER, *lines]) + '\n')
    return scan_fonts(folder)


def test_a_table_says_what_a_face_lacks_without_opening_it(tmp_path):
    one, other = listed(tmp_path, ('a.ttf', 'sans', 'none', 'p'), ('b.pfb', 'sans', '~^"', 'p'))
    assert one.covers('Any text, "printable"~') and not one.covers('永')
    assert other.covers('Any text') and not other.covers('^') and not other.covers('\u00e9')


def test_classes_are_drawn_with_in_their_shares_whatever_their_numbers(tmp_path):
    fonts = listed(tmp_path, ('a.ttf', 'sans', 'none', 'p'), *((f'{i}.ttf', 'serif', 'none', 'p') for i in range(10)))
    rng = np.random.default_rng(0)
    first = [fonts[int(fonts.shuffled(rng)[0])].name for _ in range(1000)]
    assert 0.6 < first.count('a') / len(first) < 0.71
    assert sorted(fonts.shuffled(rng).tolist()) == list(range(11))


def test_very_many_faces_of_one_source_are_a_class_of_their_own(tmp_path):
    rows = [(f'{i}.ttf', 'display', 'none', 'one author') for i in range(101)]
    fonts = listed(tmp_path, *rows, ('other.ttf', 'display', 'none', 'p'))
    weights = {font.name: font.weight for font in fonts}
    assert weights['other'] > 2 * sum(weights[str(i)] for i in range(101))


def test_files_of_a_table_that_are_gone_are_logged(tmp_path, caplog):
    fonts = listed(tmp_path, ('a.ttf', 'sans', 'none', 'p'), ('gone.ttf', 'sans', 'none', 'p'))
    assert [font.name for font in fonts] == ['a'] and '1 files that are not there, such as' in caplog.text
    (tmp_path / 'a.ttf').unlink()
    with pytest.raises(InputError, match=r'fonts\.tsv: none of its fonts is in the folder'):
        scan_fonts(tmp_path)


@pytest.mark.parametrize('content', ['', 'file\tindex\n a\n', f'{HEADER}\na.ttf\tx\t\t\t\t\tsans\t0\tnone\n', '\xff'])
def test_a_table_that_is_none(tmp_path, content):
    (tmp_path / 'fonts.tsv').write_text(content, encoding='latin-1')
    with pytest.raises(InputError, match=r'fonts\.tsv: no(ne of its fonts|t a table of fonts)'):
        scan_fonts(tmp_path)


# Faces that have capitals in the place of small letters


def capitals_only(folder, scale):
    """A shipped font whose small letters are its capitals, scaled."""
    face = TTFont(FONT_DIR / 'LiberationSans-Regular.ttf')
    glyphs, names = face.getGlyphSet(), face.getBestCmap()
    for letter in string.ascii_lowercase:
        pen = TTGlyphPen(None)
        glyphs[names[ord(letter.upper())]].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        face['glyf'][names[ord(letter)]] = pen.glyph()
    face.save(folder / 'Capitals.ttf')
    return scan_fonts(folder)[0]


@pytest.mark.parametrize('scale', [1, 0.8])
def test_small_letters_that_look_like_capitals_are_written_as_such(tmp_path, scale):
    font = capitals_only(tmp_path, scale)
    assert font.as_written('Open 24 h') == 'OPEN 24 H'


def test_shipped_fonts_have_small_letters():
    assert all(font.as_written('Open') == 'Open' for font in FONTS)


def test_what_no_face_has_is_looked_for_once_in_each(monkeypatch):
    opened = []
    monkeypatch.setattr('ocr.drawing.fonts.TTFont', lambda path, **_: opened.append(path) or TTFont(path))
    fonts._code_points.cache_clear()
    assert not any(font.has(character) for character in '\u6c38\u6c39\u6c40' for font in FONTS)
    assert len(opened) == len(set(opened))


def test_width_is_about_that_of_the_glyph():
    for font in FONTS[:3]:
        assert font.advance('H') == pytest.approx(font.glyph('H', 64).advance / 64, rel=0.1)
