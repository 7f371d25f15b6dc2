"""A font made for tests: boxes of various shapes for a few Chinese characters and ASCII letters."""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from ocr.drawing.scenes.texts import PROBE

CHARACTERS = PROBE + '\u8def\u5317\u4eac\u516c\u56ed'


def write_font(path, characters=CHARACTERS):
    """Writes a .ttf whose glyphs are boxes of two widths."""
    names = ['.notdef', 'space', *(f'box{i}' for i in range(len(characters)))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({32: 'space', **{ord(c): f'box{i}' for i, c in enumerate(characters)}})
    glyphs = {}
    for i, name in enumerate(names):
        pen = TTGlyphPen(None)
        if name != 'space':
            right = 700 + 200 * (i % 2)
            for j, point in enumerate([(80, 0), (80, 800), (right, 800), (right, 0)]):
                (pen.lineTo if j else pen.moveTo)(point)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({'familyName': 'Boxes', 'styleName': 'Regular'})
    builder.setupOS2(ulUnicodeRange2=1 << 27)
    builder.setupPost()
    builder.save(path)
