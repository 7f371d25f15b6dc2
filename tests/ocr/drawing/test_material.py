from pathlib import Path

import numpy as np
import pytest
from PIL import features

from ocr.charset import Charset
from ocr.drawing import draw_sample, scan_fonts
from ocr.drawing.material import prepare_recipe
from ocr.errors import InputError

FONTS = scan_fonts(Path(__file__).resolve().parents[3] / 'fonts')


@pytest.fixture
def no_raqm(monkeypatch):
    monkeypatch.setattr(features, 'check', lambda name: name != 'raqm')


def _write(path, *lines):
    path.write_text('\n'.join(lines), encoding='utf-8')
    return str(path)


def _texts(recipe, count=400):
    rng = np.random.default_rng(0)
    return [recipe.texts.draw(rng, 1 + i % 12) for i in range(count)]


def test_random_strings_of_a_recipe_are_over_the_charset():
    recipe = prepare_recipe('scene', FONTS, charset=Charset('abcdefgh\u0416\u0434'))
    texts = _texts(recipe, 2000)
    assert set(''.join(texts)) == set('abcdefgh\u0416\u0434')
    assert 'added' in texts and any('\u0416' in text and 'a' in text for text in texts)


def test_what_is_left_out_is_logged(tmp_path, caplog):
    caplog.set_level('INFO')
    path = _write(tmp_path / 'words.txt', 'short', 'x' * 30, '永')
    recipe = prepare_recipe('words', FONTS, text_path=path)
    assert set(_texts(recipe)) == {'short'}
    assert '1 longer than 16 characters' in caplog.text and '1 in no font' in caplog.text


def test_nothing_to_draw_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r'words\.txt: nothing in it can be drawn'):
        prepare_recipe('words', FONTS, text_path=_write(tmp_path / 'words.txt', '永'))


def test_chinese_needs_a_chinese_font(tmp_path):
    with pytest.raises(
        InputError, match=r'recipe chinese: none of the \d+ fonts has Chinese .*--font_dir.*fonts-noto-cjk'
    ):
        prepare_recipe('chinese', FONTS, charset=Charset.preset('chinese'))
    path = _write(tmp_path / 'words.txt', 'Taxi', 'Hotel')
    assert {'Taxi', 'Hotel'} <= set(_texts(prepare_recipe('chinese', FONTS, text_path=path)))


def test_texts_that_cannot_be_shaped_are_refused(tmp_path, no_raqm):
    path = _write(tmp_path / 'lines.txt', 'plain words', '\u0633\u0644\u0627\u0645 24')
    with pytest.raises(InputError, match=r'lines\.txt: 4 in need of .*raqm .*libfribidi0'):
        prepare_recipe('words', FONTS, text_path=path)


def test_a_charset_without_raqm_loses_what_needs_it(no_raqm, caplog):
    caplog.set_level('INFO')
    recipe = prepare_recipe('words', FONTS, charset=Charset('abc\u05d0'))
    assert set(''.join(_texts(recipe))) == set('abc')
    assert 'raqm' in caplog.text


def test_rare_characters_occur_beside_ones_own_texts(tmp_path):
    path = _write(tmp_path / 'words.txt', 'cab', 'bad')
    recipe = prepare_recipe('words', FONTS, charset=Charset('abcd#~'), text_path=path)
    texts = _texts(recipe, 2000)
    assert set(''.join(texts)) == set('abcd#~')
    assert 0.88 < np.mean([text in ('cab', 'bad') for text in texts]) < 0.96


def test_a_corpus_in_whole_lines_fills_the_length_that_the_model_has(tmp_path):
    path = _write(tmp_path / 'corpus.txt', *['the quick brown fox jumps over the lazy dog again and again'] * 3)
    for text_path in ('', path):
        recipe = prepare_recipe('lines', FONTS, charset=Charset.preset('ascii'), text_path=text_path, seq_len=32)
        samples = [draw_sample(recipe, FONTS, 0, index).text for index in range(150)]
        lengths = [len(text) for text in samples]
        assert max(lengths) == 32 and np.mean(np.array(lengths) > 16) > 0.5
        assert np.mean([len(text.split()) >= 4 for text in samples]) > 0.3
