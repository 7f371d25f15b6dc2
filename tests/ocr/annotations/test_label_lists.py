"""Formats that list images and texts in one file: their quirks, and what is malformed in them."""

import json
import os

import numpy as np
import pytest
from layouts import BOM, QUAD, cocotext, doctr_detection, image, text_file

from ocr.annotations import read_dataset
from ocr.annotations.own import read_polygons
from ocr.errors import InputError
from ocr.region import DropReason, TextRegion


def shown(regions):
    """Text of each region, or the reason why it was dropped."""
    return [region.text if isinstance(region, TextRegion) else f'({region.reason})' for region in regions]


def read(source):
    return list(read_dataset('mine', source))


# Paths with the separators of Windows


def of_images(line):
    """A label file's lines for img/0.jpg with either separator, and for one whose name holds a backslash."""
    return '\n'.join(line(name) for name in ['img/0.jpg', 'img\\1.jpg', './img/sub\\2.jpg', 'img/3\\.jpg'])


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        ('gt.txt', of_images(lambda name: f'{name}\tword')),
        ('gt.txt', of_images(lambda name: f'{json.dumps([name])}\tword')),
        ('Label.txt', of_images(lambda name: f'{name}\t{json.dumps([{"transcription": "word", "points": QUAD}])}')),
        ('labels.tsv', of_images(lambda name: f'{name}\tword')),
        ('labels.jsonl', of_images(lambda name: json.dumps({'image': name, 'text': 'word'}))),
        ('labels.csv', 'filename,words\n' + of_images(lambda name: f'{name},word')),
        ('labels.json', '{' + of_images(lambda name: f'{json.dumps(name)}: "word",').removesuffix(',') + '}'),
        ('words.txt', of_images(lambda name: f'{name}, "word"')),
    ],
)
def test_paths_with_either_separator(tmp_path, name, content):
    paths = [tmp_path / 'img' / path for path in ('0.jpg', '1.jpg', 'sub/2.jpg', '3\\.jpg')]
    for path in paths:
        image(path)
    text_file(tmp_path / name, content)
    assert [os.path.normpath(region.image_path) for region in read(tmp_path)] == [str(path) for path in paths]


def test_paths_of_windows_that_begin_above_the_dataset(tmp_path):
    labels = tmp_path / 'train_data' / 'rec'
    image(labels / 'train' / 'a.png')
    lines = [f'train_data\\rec\\train\\{name}.png\tword\n' for name in 'ab']
    regions = read(text_file(labels / 'rec_gt_train.txt', ''.join(lines)))
    assert [os.path.exists(region.image_path) for region in regions] == [True, False]


def test_paths_of_windows_among_polygons(tmp_path):
    image(tmp_path / 'img' / '0.jpg')
    polygons = text_file(tmp_path / 'polygons.tsv', 'img\\0.jpg\t0,0,9,0,9,9\n')
    (region,) = read_polygons(str(polygons), str(tmp_path))
    assert region.image_path == str(tmp_path / 'img' / '0.jpg')


# gt.txt


def test_gt_with_byte_order_mark_windows_lines_and_empty_texts(tmp_path):
    image(tmp_path / 'a.png')
    text_file(tmp_path / 'gt.txt', BOM + 'a.png\tone\r\n\r\na.png\t\r\na.png\t###\r\na.png\t two\t')
    assert shown(read(tmp_path)) == ['one', '(empty text)', '(illegible or ignored)', ' two']


def test_several_images_of_one_text(tmp_path):
    for name in 'abc':
        image(tmp_path / f'{name}.jpg')
    text_file(tmp_path / 'rec_gt_train.txt', '["a.jpg", "b.jpg"]\tsame\nc.jpg\tother\n')
    assert [(region.image_path[-5:], region.text) for region in read(tmp_path)] == [
        ('a.jpg', 'same'),
        ('b.jpg', 'same'),
        ('c.jpg', 'other'),
    ]


def test_paddle_detection_with_an_empty_photograph_and_ignored_regions(tmp_path):
    image(tmp_path / 'photo.jpg')
    texts = ['one', '###', '*', '', '**', ' *', '5*']
    regions = [{'transcription': text, 'points': QUAD, 'difficult': False} for text in texts]
    text_file(tmp_path / 'Label.txt', f'photo.jpg\t{json.dumps(regions)}\nphoto.jpg\t[]\n')
    ignored = '(illegible or ignored)'
    assert shown(read(tmp_path)) == ['one', ignored, ignored, '(empty text)', '**', ' *', '5*']


def test_an_asterisk_is_text_where_there_is_no_detection(tmp_path):
    image(tmp_path / 'a.png')
    text_file(tmp_path / 'gt.txt', 'a.png\t*\n')
    assert shown(read(tmp_path)) == ['*']


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('a.png one', r'image<TAB>text is expected, found'),
        ('\tone', r'the image path is empty'),
        ('["a.png\tone', r'an image or a JSON list of images'),
        ('a.png\tone\t[[0, 0], [1', r'a polygon .* is expected in column 3'),
        ('a.png\tone\t0,0,9,0,9,9\tmore', r'found 4 columns'),
    ],
)
def test_malformed_gt(tmp_path, line, message):
    image(tmp_path / 'a.png')
    text_file(tmp_path / 'gt.txt', f'a.png\tone\na.png\ttwo\n{line}\n')
    with pytest.raises(InputError, match=rf'gt\.txt:3: .*{message}') as error:
        read(tmp_path)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    ('regions', 'message'),
    [
        ('[{"transcription": "one"}]', r'`transcription` and `points`'),
        ('[{"transcription": "one", "poi', r'`transcription` and `points`'),
        ('[{"transcription": "one", "points": [1]}]', r'points should be'),
        ('one', r'`transcription` and `points`'),
        ('5', r'`transcription` and `points`'),
    ],
)
def test_malformed_paddle_detection(tmp_path, regions, message):
    image(tmp_path / 'a.png')
    text_file(tmp_path / 'Label.txt', f'a.png\t[{{"transcription": "a", "points": [1, 2, 3, 4]}}]\na.png\t{regions}\n')
    with pytest.raises(InputError, match=rf'Label\.txt:2: .*{message}'):
        read(tmp_path)


def test_brackets_are_text_where_texts_are(tmp_path):
    image(tmp_path / 'a.png')
    text_file(tmp_path / 'gt.txt', 'a.png\t[]\na.png\t[{\na.png\t["x"]\n')
    assert shown(read(tmp_path)) == ['[]', '[{', '["x"]']


# EasyOCR


@pytest.mark.parametrize(
    ('line', 'text'),
    [
        ('a.jpg,plain', 'plain'),
        ('a.jpg,Hello, world', 'Hello, world'),
        ('a.jpg,"Hello, world"', 'Hello, world'),
        ('a.jpg,"say ""hi"""', 'say "hi"'),
        ('a.jpg,say "hi"', 'say "hi"'),
        ('a.jpg,"open', '"open'),
        ('a.jpg,"a", b', '"a", b'),
        ('a.jpg,5" pipe, 3"', '5" pipe, 3"'),
        ('a.jpg, ###', '(illegible or ignored)'),
        ('a.jpg,', '(empty text)'),
        ('a.jpg,NA', 'NA'),
    ],
)
def test_easyocr_lines(tmp_path, line, text):
    image(tmp_path / 'a.jpg')
    text_file(tmp_path / 'labels.csv', f'{BOM}filename,words\r\n{line}\r\n')
    assert shown(read(tmp_path)) == [text]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('filename,words\na.jpg,b\na.jpg\n', r'labels\.csv:3: filename,words is expected'),
        ('filename,words\n,b\n', r'labels\.csv:2: filename,words is expected'),
        ('a.jpg,b\n', r'labels\.csv:1: the header filename,words'),
    ],
)
def test_malformed_easyocr(tmp_path, content, message):
    image(tmp_path / 'a.jpg')
    text_file(tmp_path / 'labels.csv', content)
    with pytest.raises(InputError, match=message):
        read(f'easyocr:{tmp_path}/labels.csv')


# ICDAR word recognition


def test_icdar_words_with_quotes_backslashes_and_commas(tmp_path):
    for number in range(1, 5):
        image(tmp_path / 'images' / f'word_{number}.png')
    lines = ['word_1.png, "say \\"hi\\""', 'word_2.png, "a\\\\b"', 'word_3.png,"5" pipe, "', 'word_4.png, "###"']
    text_file(tmp_path / 'Challenge2_Test_Task3_GT.txt', BOM + '\r\n'.join(lines))
    assert shown(read(tmp_path)) == ['say "hi"', 'a\\b', '5" pipe, ', '(illegible or ignored)']


def test_malformed_icdar_words(tmp_path):
    image(tmp_path / 'a.png')
    text_file(tmp_path / 'gt.txt', 'a.png, "b"\na.png, "b"\na.png, b\n')
    with pytest.raises(InputError, match=r'gt\.txt:3: image, "text" is expected, found'):
        read(tmp_path)


# docTR


def test_doctr_without_texts(tmp_path):
    image(tmp_path / 'images' / 'a.png')
    labels = {'a.png': {'img_dimensions': [40, 30], 'polygons': {'words': [QUAD, QUAD], 'signs': [QUAD]}}}
    text_file(tmp_path / 'labels.json', json.dumps(labels))
    assert shown(read(tmp_path)) == ['(empty text)'] * 3


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        (5, 'a text, or `polygons`'),
        ({'boxes': []}, 'a text, or `polygons`'),
        ({'polygons': [QUAD], 'labels': []}, 'as many `labels`'),
        ({'polygons': [QUAD], 'labels': [5]}, 'the text should be a string'),
        ({'polygons': [[1]], 'labels': ['a']}, 'points should be'),
    ],
)
def test_malformed_doctr(tmp_path, value, message):
    doctr_detection(tmp_path)
    labels = {'a.png': {'polygons': []}, 'b.png': value}
    text_file(tmp_path / 'labels.json', json.dumps(labels))
    with pytest.raises(InputError, match=rf'labels\.json: b\.png: .*{message}'):
        read(tmp_path)


def test_doctr_with_malformed_json(tmp_path):
    text_file(tmp_path / 'labels.json', '{"a.png": "text",\n "b.png": oops}')
    with pytest.raises(InputError, match=r'labels\.json:2: malformed JSON'):
        read(tmp_path)


# TextRecognitionDataGenerator


@pytest.mark.parametrize(
    ('names', 'texts'),
    [
        (['a_b_0.jpg', '_c_1.jpg'], ['_c', 'a_b']),
        (['0_a_b.jpg', '1_c_.jpg'], ['a_b', 'c_']),
        (['12_0.jpg', '12_1.jpg', '5_2.jpg'], ['12', '12', '5']),  # as number_text, 12 would be given twice
        (['word_0.png'], ['word']),
    ],
)
def test_texts_in_names(tmp_path, names, texts):
    for name in names:
        image(tmp_path / name)
    assert sorted(shown(read(tmp_path))) == texts


def test_names_that_read_both_ways(tmp_path):
    for name in ('1_20.jpg', '2_10.jpg'):
        image(tmp_path / name)
    with pytest.raises(InputError, match=r'read as text_number and as number_text; write a labels.txt'):
        read(tmp_path)


def test_malformed_trdg_list(tmp_path):
    image(tmp_path / '0.jpg')
    text_file(tmp_path / 'labels.txt', '0.jpg a b\n0.jpg c\nd\n')
    with pytest.raises(InputError, match=r'labels\.txt:3: a line such as `0.jpg text` is expected'):
        read(tmp_path)


# COCO-Text


def coco(folder, *annotations):
    """COCO-Text labels of one photograph."""
    image(folder / 'train2014' / 'a.jpg')
    anns = {str(number): {'image_id': 1, **annotation} for number, annotation in enumerate(annotations)}
    labels = {'anns': anns, 'imgs': {'1': {'file_name': 'a.jpg'}}}
    return text_file(folder / 'annotations' / 'cocotext.v2.json', json.dumps(labels))


def test_cocotext_illegible_boxes_and_textocr(tmp_path):
    path = coco(
        tmp_path,
        {'mask': [1, 2, 9, 2, 9, 8], 'utf8_string': 'polygon', 'legibility': 'legible'},
        {'bbox': [1.5, 2, 20, 10], 'utf8_string': 'box', 'legibility': 'legible'},
        {'mask': [], 'bbox': [1, 2, 20, 10], 'legibility': 'illegible', 'language': 'na'},
        {'bbox': [1, 2, 20, 10], 'legibility': 'legible'},
        {'points': [1, 2, 9, 2, 9, 8], 'utf8_string': '.'},
        {'points': [1, 2, 9, 2, 9, 8], 'utf8_string': 'TextOCR'},
    )
    regions = read(path)
    assert shown(regions) == [
        'polygon',
        'box',
        f'({DropReason.ILLEGIBLE})',
        f'({DropReason.EMPTY})',
        f'({DropReason.ILLEGIBLE})',
        'TextOCR',
    ]
    np.testing.assert_array_equal(regions[0].polygon, [[1, 2], [9, 2], [9, 8]])
    np.testing.assert_array_equal(regions[1].polygon, [[1.5, 2], [21.5, 2], [21.5, 12], [1.5, 12]])
    assert {region.image_path for region in regions} == {str(tmp_path / 'train2014' / 'a.jpg')}


@pytest.mark.parametrize(
    ('annotation', 'message'),
    [
        ({'image_id': 2, 'bbox': [1, 2, 3, 4]}, '`image_id` of one of `imgs`'),
        ({'utf8_string': 'a'}, '`mask` or `bbox`'),
        ({'bbox': [1, 2, 3], 'utf8_string': 'a'}, '`mask` or `bbox`'),
        ({'bbox': [1, 2, 3, 4], 'utf8_string': 5}, 'the text should be a string'),
    ],
)
def test_malformed_cocotext(tmp_path, annotation, message):
    path = coco(tmp_path, {'bbox': [1, 2, 3, 4], 'utf8_string': 'a'}, annotation)
    with pytest.raises(InputError, match=rf'cocotext\.v2\.json: anns\.1: .*{message}'):
        read(path)


def test_cocotext_of_windows(tmp_path):
    cocotext(tmp_path)
    labels = (tmp_path / 'cocotext.v2.json').read_text()
    text_file(tmp_path / 'cocotext.v2.json', labels.replace('"COCO_', r'"train2014\\COCO_'))
    assert all(os.path.isfile(region.image_path) for region in read(tmp_path))


def test_cocotext_image_without_a_name(tmp_path):
    cocotext(tmp_path)
    text_file(tmp_path / 'cocotext.v2.json', '{"imgs": {"7": {"id": 7}}, "anns": {"1": {"image_id": 7}}}')
    with pytest.raises(InputError, match=r'imgs\.7: `file_name` is expected'):
        read(tmp_path)
