"""Text <-> class ids, and the two charset file formats."""

import logging
import pickle
import string
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.charset import PRESETS, SPECIALS, Charset, normalize
from ocr.errors import InputError

any_text = st.text()
any_characters = st.text(st.characters(exclude_categories=['Cs']), min_size=1)


@pytest.mark.parametrize(
    ('text', 'label', 'mask'),
    [
        ('', [1, 1, 1, 1], [1, 0, 0, 0]),
        ('b', [3, 1, 1, 1], [1, 1, 0, 0]),
        ('a b', [2, 4, 3, 1], [1, 1, 1, 1]),  # as long as it may be
        ('?a', [0, 2, 1, 1], [1, 1, 1, 0]),  # unknown
        ('e\u0301', [5, 1, 1, 1], [1, 1, 0, 0]),  # decomposed
    ],
)
def test_encode(text, label, mask):
    label_found, mask_found = Charset('ab é').encode(text, seq_len=3)
    assert label_found.dtype == np.int32
    assert mask_found.dtype == np.float32
    assert label_found.tolist() == label
    assert mask_found.tolist() == mask


def test_encode_refuses_a_text_that_is_too_long():
    with pytest.raises(ValueError, match='4 characters, seq_len is 3'):
        Charset('ab').encode('abab', seq_len=3)


@pytest.mark.parametrize(
    ('ids', 'text'),
    [([], ''), ([1, 2], ''), ([2, 3, 1, 2], 'ab'), ([0, 2], '\ufffda'), (np.array([3, 3], np.int64), 'bb')],
)
def test_decode(ids, text):
    assert Charset('ab').decode(ids) == text


@pytest.mark.parametrize('ids', [[4], [-1]])
def test_decode_refuses_ids_that_are_no_classes(ids):
    with pytest.raises(ValueError, match='outside'):
        Charset('ab').decode(ids)


def test_unknown_lists_each_character_once_in_order():
    assert Charset('ab').unknown('xaybx') == ['x', 'y']
    assert Charset('ab').unknown('') == []


@given(any_text)
def test_decoding_gives_the_encoded_text(text):
    text = normalize(text)
    charset = Charset(sorted(set(text)))
    assert charset.decode(charset.encode(text, len(text) + 2)[0]) == text


@given(any_text, any_characters)
def test_exactly_the_unknown_characters_become_unk(text, known):
    charset = Charset(dict.fromkeys(normalize(known)))
    text = normalize(text)
    label, mask = charset.encode(text, len(text))
    ids = label[: int(mask.sum()) - 1]
    unknown = [character for character, class_id in zip(text, ids, strict=True) if class_id == charset.UNK]
    assert list(dict.fromkeys(unknown)) == charset.unknown(text)


@given(any_characters)
def test_file_content_and_back(characters):
    charset = Charset(dict.fromkeys(characters))
    assert Charset.from_text(charset.to_text()) == charset


def test_save_and_load_keep_every_blank_character(tmp_path):
    charset = Charset(' \t\u3000\n\r\ufeff\u2028\x0b\x85a\\')
    charset.save(tmp_path / 'charset.txt')
    assert Charset.load(tmp_path / 'charset.txt') == charset
    assert [file.name for file in tmp_path.iterdir()] == ['charset.txt']


@pytest.mark.parametrize('content', ['a\n \nb\n', 'a\n \nb', '\ufeffa\n \nb\n', 'a\r\n \r\nb\r\n', '\ufeffa\r\n \r\nb'])
def test_byte_order_mark_line_ends_and_last_line_do_not_matter(content):
    assert Charset.from_text(content).characters == (*SPECIALS, 'a', ' ', 'b')


def test_a_decomposed_character_in_a_file_is_composed():
    assert Charset.from_text('e\u0301\n').encode('é', 1)[0].tolist() == [2, 1]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('', 'no character'),
        ('a\n\nb\n', 'f.txt:2: .*an empty line'),
        ('a\nbc\n', "f.txt:2: .*'bc'"),
        ('a\nb\na\n', r"f.txt:3: 'a' \(U\+0061\) appears twice, first in line 1"),
        ('2 a\n4 b\n', 'f.txt:2: .*id 3 is missing'),
        ('3 a\n4 b\n', 'f.txt:1: .*id 2 is missing'),
        ('2 a\n2 b\n', 'f.txt:2: id 2 is given twice, first in line 1'),
        ('2 a\n3 a\n', 'f.txt:2: .* appears twice'),
        ('0 UNK\n1 EOS\n2 ab\n', "f.txt:3: .*'ab'"),
        ('0 UNK\n1 EOS\n2 \n', 'f.txt:3: one character is expected'),
        ('0 UNK\n1 EOS\nx\n', 'f.txt:3: `<id> <character>`'),
        ('0 UNK\n1 EOS\n', 'only the ids 0 and 1'),
        ('0 a\n1 b\n2 c\n', "f.txt:1: id 0 is <UNK> here, not 'a'"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, content, message):
    path = tmp_path / 'f.txt'
    path.write_bytes(content.encode())
    with pytest.raises(InputError, match=message) as error:
        Charset.load(path)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    'content',
    [
        '0 UNK\n1 EOS\n2 a\n3  \n4 中\n',
        '0 <blank>\n1 </s>\n2 a\n3  \n4 中',
        '2 a\n3  \n4 中\n',
        '1 EOS\n2 a\n3  \n4 中\n',
        '4 中\n3  \n2 a\n1 EOS\n0 UNK\n',
        '\ufeff0 UNK\r\n1 EOS\r\n2 a\r\n3  \r\n4 中\r\n',
    ],
)
def test_label_file_of_the_reference(content):
    assert Charset.from_text(content).characters == (*SPECIALS, 'a', ' ', '中')


def test_reference_classes_that_are_one_character_keep_their_ids(caplog):
    with caplog.at_level(logging.WARNING):
        charset = Charset.from_text('2 \u212b\n3 \u00c5\n4 \u2126\n')
    assert charset.num_classes == 5
    assert charset.encode('\u212b\u00c5\u2126', 3)[0].tolist() == [3, 3, 4, 1]
    assert charset.decode([2, 3, 4]) == '\u00c5\u00c5\u03a9'
    assert 'classes 2 and 3' in caplog.text


def test_missing_and_binary_files(tmp_path):
    with pytest.raises(InputError, match=r'nowhere\.txt: cannot read .*digits, ascii, chinese, gb2312'):
        Charset.load(tmp_path / 'nowhere.txt')
    (tmp_path / 'image.png').write_bytes(b'\x89PNG\r\n\x1a\n')
    with pytest.raises(InputError, match='not UTF-8'):
        Charset.load(tmp_path / 'image.png')


def test_save_where_nothing_can_be_written(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match=r'charset\.txt: cannot be written .*--charset_path'):
        Charset('ab').save(tmp_path / 'file' / 'charset.txt')


@pytest.mark.parametrize('characters', [['ab'], [''], ['a', 'a'], ['\ud800']])
def test_constructor_refuses_what_is_no_set_of_characters(characters):
    with pytest.raises(ValueError, match='charset'):
        Charset(characters)


def test_presets():
    assert ''.join(Charset.preset('digits').characters[2:]) == string.digits
    assert ''.join(Charset.preset('ascii').characters[2:]) == ''.join(map(chr, range(32, 127)))
    with pytest.raises(InputError, match='no such charset preset'):
        Charset.preset('klingon')


def test_gb2312_holds_both_levels_ascii_and_full_width_forms():
    cells = [bytes([0xA0 + row, 0xA0 + cell]) for row in range(16, 88) for cell in range(1, 95)]
    hanzi = ''.join(cell.decode('gb2312', 'ignore') for cell in cells)
    charset = Charset.preset('gb2312')
    assert len(hanzi) == 6763
    assert charset.unknown(hanzi) == []
    assert charset.unknown(''.join(map(chr, range(32, 127)))) == []
    assert charset.unknown('，。！？（）：；“”、《》【】—…·￥～　ＡＢＣａｂｃ０１２') == []
    assert charset.num_classes == 2 + 95 + 94 + 94 + 6763


def test_chinese_holds_the_common_hanzi_ascii_and_punctuation():
    codes = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    hanzi = ''.join(code.decode('gb2312', 'ignore') for code in codes)
    level_1, level_2 = hanzi[:3755], hanzi[3755:]
    charset = Charset.preset('chinese')
    text = ''.join(charset.characters[2:])
    assert text[:95] == ''.join(map(chr, range(32, 127))) and text[138:-150] == level_1 and charset.num_classes == 4045
    assert set(text[-150:]) <= set(level_2) and set('圳莞鑫馨驿闫覃') <= set(text[-150:])
    marks = text[95:138]
    assert set('\u3001\u3002\uff0c\uff1a\uff08\uff09\uff01\uff1f\uffe5\u300a\u300b\u00b7\u2026') <= set(marks)
    assert set(text) <= set(Charset.preset('gb2312').characters)


@pytest.mark.parametrize('name', PRESETS)
def test_preset_characters_are_their_own_normal_form(name):
    assert all(unicodedata.is_normalized('NFC', character) for character in Charset.preset(name).characters)


def test_resolve_takes_presets_and_paths(tmp_path):
    Charset('xy').save(tmp_path / 'charset.txt')
    assert Charset.resolve('') is None
    assert Charset.resolve('digits') == Charset.preset('digits')
    assert Charset.resolve(tmp_path / 'charset.txt') == Charset('xy')


def test_from_texts_sorts_and_keeps_spaces():
    charset = Charset.from_texts(iter(['ab a', 'c b', 'e\u0301a']))
    assert ''.join(charset.characters[2:]) == ' abcé'


def test_from_texts_without_any_character():
    with pytest.raises(InputError, match='no character in the text; add data'):
        Charset.from_texts(['', ''])


@given(st.lists(any_text))
def test_a_charset_of_texts_knows_them_all(texts):
    if any(texts):
        charset = Charset.from_texts(texts)
        assert all(charset.unknown(text) == [] for text in texts)


@given(any_text)
def test_normalize_is_stable_and_can_be_written(text):
    once = normalize(text)
    assert normalize(once) == once
    assert once.encode('utf-8').decode('utf-8') == once


def test_lone_surrogates_become_the_replacement_character():
    assert normalize('a\ud800b') == 'a\ufffdb'
    assert normalize('\ud83d\ude00') == '\U0001f600'


def test_check_num_classes():
    charset = Charset('ab', name='labels.txt')
    charset.check_num_classes(4, 'the checkpoint')
    with pytest.raises(InputError, match=r'charset labels\.txt has 4 classes, the checkpoint x/model-5 has 7: '):
        charset.check_num_classes(7, 'the checkpoint x/model-5')


AB, BA = Charset('ab', name='ab.txt'), Charset('ba', name='ba.txt')


@pytest.mark.parametrize(('given', 'stored'), [(AB, None), (None, AB), (AB, Charset('ab'))])
def test_flag_and_model_agree(given, stored):
    assert Charset.agreed(given, stored, 'm.pb') == AB


@pytest.mark.parametrize(
    ('given', 'stored', 'message'),
    [
        (None, None, 'm.pb brings no charset; give the one that it was trained with: --charset_path'),
        (BA, AB, '--charset_path ba.txt is not the charset of m.pb; omit the flag'),
        (Charset('abc', name='c'), AB, '--charset_path c is not the charset of m.pb; omit the flag'),
    ],
)
def test_flag_and_model_disagree(given, stored, message):
    with pytest.raises(InputError) as caught:
        Charset.agreed(given, stored, 'm.pb')
    assert str(caught.value) == message


@given(any_characters, any_characters)
def test_a_class_is_found_in_another_charset_by_its_character(characters, others):
    charset, other = (Charset(dict.fromkeys(text)) for text in (characters, others))
    ids = charset.ids_in(other)
    assert ids[:2].tolist() == [charset.UNK, charset.EOS]
    for character, class_id in zip(charset.characters, ids, strict=True):
        assert (class_id >= 0) == (character in other.characters)
        assert class_id < 0 or other.characters[class_id] == character


@pytest.mark.parametrize(
    ('lacking', 'shown'),
    [
        ('c', "'c' (U+0063)"),
        ('京 ', "'京' (U+4EAC), ' ' (U+0020)"),
        ('cdefghijklmn', "'k' (U+006B), 'l' (U+006C) and 2 more"),
    ],
)
def test_a_charset_that_must_hold_another(lacking, shown):
    charset, other = Charset('zab', name='new.txt'), Charset(f'b{lacking}a')
    charset.check_holds(Charset('ba'), 'm.pb')
    with pytest.raises(InputError) as caught:
        charset.check_holds(other, 'm.pb')
    assert str(caught.value).startswith('--charset_path new.txt lacks characters that m.pb can write: ')
    assert str(caught.value).endswith(f'{shown}; add them')


def test_pickles_and_compares():
    charset = Charset('ab')
    assert pickle.loads(pickle.dumps(charset)) == charset != Charset('ba')
    assert hash(charset) == hash(Charset('ab'))
    assert len(charset) == charset.num_classes == 4


def test_preset_files_are_plain_utf8():
    for name in PRESETS:
        content = (Path(__file__).parents[2] / 'ocr' / 'charsets' / f'{name}.txt').read_bytes()
        assert content.decode('utf-8') == Charset.preset(name).to_text()
