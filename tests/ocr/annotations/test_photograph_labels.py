"""Formats with a label file for each photograph: their quirks, and what is malformed in them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from layouts import BOM, FOURTEEN, QUAD, flat, image, text_file

from ocr.annotations import read_dataset
from ocr.errors import InputError
from ocr.preprocessing.decode import read_image
from ocr.region import Dropped, DropReason, TextRegion

REALDATA = Path(__file__).resolve().parents[4] / 'shared' / 'realdata'
QUADS = ['3,2,30,2,30,14,3,14,word'] * 3


def shown(regions):
    """Text of each region, or the reason why it was dropped."""
    return [region.text if isinstance(region, TextRegion) else f'({region.reason})' for region in regions]


def read(source):
    return list(read_dataset('mine', source))


def labelled(folder, *lines, name='gt_img_1.txt', photograph='img_1.jpg'):
    """A photograph and its label file."""
    image(folder / photograph)
    return text_file(folder / name, BOM + '\r\n'.join(lines))


# ICDAR


@pytest.mark.parametrize(
    ('line', 'text', 'points'),
    [
        ('3,2,30,2,30,14,3,14,plain', 'plain', [[3, 2], [30, 2], [30, 14], [3, 14]]),
        ('-3,2,30,2,30,14,3,14,a, b,', 'a, b,', [[-3, 2], [30, 2], [30, 14], [3, 14]]),
        ('3, 2, 30.5, 2, 30, 14, 3, 14,2021', '2021', [[3, 2], [30.5, 2], [30, 14], [3, 14]]),
        ('3,2,30,2,30,14,3,14,"quoted"', '"quoted"', [[3, 2], [30, 2], [30, 14], [3, 14]]),
        ('3,2,30,2,30,14,3,14,Latin', 'Latin', [[3, 2], [30, 2], [30, 14], [3, 14]]),
        ('3,2,30,2,30,14,3,14,Latin,Latin, too', 'Latin, too', [[3, 2], [30, 2], [30, 14], [3, 14]]),
        ('3,2,30,2,30,14,3,14,###', '(illegible or ignored)', None),
        ('3,2,30,2,30,14,3,14,Arabic,###', '(illegible or ignored)', None),
        ('3,2,30,2,30,14,3,14,', '(empty text)', None),
        ('38, 43, 920, 215, "Tiredness"', 'Tiredness', [[38, 43], [920, 43], [920, 215], [38, 215]]),
        ('38 43 920 215 "a "b", c"', 'a "b", c', [[38, 43], [920, 43], [920, 215], [38, 215]]),
        ('38,43,920,215,"1,2,3,4,5"', '1,2,3,4,5', [[38, 43], [920, 43], [920, 215], [38, 215]]),
    ],
)
def test_icdar_lines(tmp_path, line, text, points):
    labelled(tmp_path, line)
    (region,) = read(f'icdar:{tmp_path}')
    assert shown([region]) == [text]
    if points:
        np.testing.assert_array_equal(region.polygon, points)
    else:
        assert region.where.endswith('gt_img_1.txt:1')


@pytest.mark.parametrize(
    'line', ['1,2,3', '3,2,30,2,30,14,3,14', '38 43 920 215 bare', '3,2,30,2,30,14,3,x,word', 'word']
)
def test_malformed_icdar(tmp_path, line):
    labelled(tmp_path, *QUADS, line)
    with pytest.raises(InputError, match=r'gt_img_1\.txt:4: x1,y1,.* is expected, found'):
        read(f'icdar:{tmp_path}')


def test_icdar_files_that_are_named_like_their_photographs(tmp_path):
    labelled(tmp_path, *QUADS, name='img_1.txt')
    labelled(tmp_path, *QUADS, name='img_2.txt', photograph='img_2.png')
    labelled(tmp_path, name='img_3.txt', photograph='img_3.JPG')  # a photograph without text
    regions = read(tmp_path)
    assert Counter(Path(region.image_path).name for region in regions) == {'img_1.jpg': 3, 'img_2.png': 3}


@pytest.mark.parametrize('suffix', ['.Jpg', '.jpeg', '.PNG', '.bmp', '.gif', '.tif', '.Tiff', '.webp', '.JPE', '.jp2'])
@pytest.mark.parametrize(
    ('form', 'name', 'line'),
    [
        ('icdar', 'gt_1001.txt', QUADS[0]),
        ('icdar', '1001{suffix}.txt', QUADS[0]),
        ('totaltext', 'poly_gt_1001.txt', f'{flat(FOURTEEN)},word'),
        ('ctw1500', '0001001.txt', f'{flat(FOURTEEN)},####word'),
        ('icdar2017rctw', '1001.txt', f'{flat(QUAD)},0,"word"'),
    ],
)
def test_photographs_of_any_kind(tmp_path, suffix, form, name, line):
    labelled(tmp_path, line, name=name.format(suffix=suffix), photograph=f'1001{suffix}')
    (region,) = read(f'{form}:{tmp_path}')
    assert read_image(region.image_path).shape == (30, 40, 3)


def test_photographs_apart_of_several_kinds(tmp_path):
    for number, suffix in enumerate(['.bmp', '.Jpg', '.png']):
        image(tmp_path / 'photos' / f'img_{number}{suffix}')
        text_file(tmp_path / 'labels' / f'gt_img_{number}.txt', QUADS[0])
    regions = read(tmp_path / 'labels')
    assert [Path(region.image_path).name for region in regions] == ['img_0.bmp', 'img_1.Jpg', 'img_2.png']


def test_labels_in_the_working_folder(tmp_path, monkeypatch):
    labelled(tmp_path, QUADS[0])
    monkeypatch.chdir(tmp_path)
    assert [region.image_path for region in read('gt_img_1.txt')] == ['img_1.jpg']


def test_a_label_file_whose_photograph_is_missing(tmp_path):
    labelled(tmp_path, *QUADS)
    text_file(tmp_path / 'gt_img_2.txt', QUADS[0])
    assert Path(read(tmp_path)[3].image_path).name == 'img_2.jpg'


def test_a_photograph_is_missing_among_those_beside_the_labels(tmp_path, caplog):
    caplog.set_level('INFO')
    image(tmp_path / 'images' / 'img_1.jpg')
    for number in (1, 2):
        text_file(tmp_path / 'gt' / f'gt_img_{number}.txt', QUADS[0])
    paths = [str(tmp_path / 'images' / f'img_{number}.jpg') for number in (1, 2)]
    assert [region.image_path for region in read(tmp_path)] == paths
    assert not caplog.records  # all of it is in the folder that was given


@pytest.mark.parametrize(
    ('lines', 'forms'),
    [
        (QUADS, 'icdar'),
        ([*QUADS, '3,2,30,2,30,14,3,14,0,"a"'] * 3, 'icdar2017rctw'),
        ([f'{line},1,"a, "b""' for line in ['3,2,30,2,30,14,3,14'] * 3], 'icdar2017rctw'),
        ([f'{flat(FOURTEEN)},####word'] * 3, 'ctw1500'),
        ([f'{flat(FOURTEEN)},word', *QUADS], 'totaltext'),
        ([f'{flat(FOURTEEN)},2021', f'{flat(QUAD[:3])},word'], 'totaltext'),
        (["x: [[1 2 3]], y: [[1 2 1]], ornt: [u'c'], transcriptions: [u'a']"], 'totaltext'),
    ],
)
def test_formats_that_look_alike(tmp_path, lines, forms):
    labelled(tmp_path, *lines)
    if forms == 'icdar2017rctw':
        lines = [line for line in lines if line.endswith('"')]
        labelled(tmp_path, *lines)
    from ocr.annotations import resolve_source

    assert resolve_source('mine', tmp_path) == f'{forms}:{tmp_path}'


# Total-Text


def record(text, x='[[1 20 20]]', orientation="[u'c']"):
    return f'x: {x}, y: [[1 1 20]], ornt: {orientation}, transcriptions: {text}'


@pytest.mark.parametrize(
    ('line', 'text'),
    [
        (record("[u'PAUL']"), 'PAUL'),
        (record('[u"Joe\'s, \\"inn\\""]'), 'Joe\'s, "inn"'),
        (record("['caf\\xe9']"), 'café'),
        (record("[u'#']", orientation="[u'#']"), '(illegible or ignored)'),
        (record("[u'blurred']", orientation="[u'#']"), '(illegible or ignored)'),
        (record("[u'#']"), '(illegible or ignored)'),
        (record("[u'###']"), '(illegible or ignored)'),
        (record('[]', orientation='[]'), '(empty text)'),
        (record("[u'wrapped']", x='[[ 1\r\n  20\r\n 20]]'), 'wrapped'),
        (record("[u',']"), ','),
        ('1,1,20,1,20,20,3,30,4,40,a, b', 'a, b'),
        ('1,1,20,1,20,20,3,30,4,40,7', '7'),
        ('1,1,20,1,20,20,3,30,4,40,#', '(illegible or ignored)'),
        ('1,1,20,1,20,20,3,30,4,40,###', '(illegible or ignored)'),
        ('1,1,20,1,20,20,3,30,4,40,', '(empty text)'),
    ],
)
def test_totaltext(tmp_path, line, text):
    labelled(tmp_path, line, name='poly_gt_img_1.txt')
    assert shown(read(tmp_path)) == [text]


@pytest.mark.parametrize(
    'line',
    [
        "x: [[1 20 20]], y: [[1 1]], ornt: [u'c'], transcriptions: [u'a']",
        "x: [[1 20 2..0]], y: [[1 1 20]], ornt: [u'c'], transcriptions: [u'a']",
        "x: [[1 20 20]], y: [[1 1 20]], ornt: [u'c'], transcriptions: [u'a]",
        "x: [[1 20 20]], y: [[1 1 20]], transcriptions: [u'a']",
        "x: [[1 20 20]], y: [[1 1 20]], ornt: [u'c'], transcriptions: [5]",
        'x: [[1 20 20]], y: [[1 1',
    ],
)
def test_malformed_totaltext(tmp_path, line):
    labelled(tmp_path, record("[u'a']"), record("[u'b']"), line, name='poly_gt_img_1.txt')
    with pytest.raises(
        InputError, match=r"poly_gt_img_1\.txt:3: .*ornt: \[u'c'\], .* is expected, found .x: "
    ) as error:
        read(tmp_path)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('line', ['1,1,20,1,20,20,3,30,4,40', '1,1,a', 'a'])
def test_malformed_polygons(tmp_path, line):
    labelled(tmp_path, *['1,1,20,1,20,20,3,30,4,40,word'] * 30, line)
    with pytest.raises(InputError, match=r'gt_img_1\.txt:31: x1,y1,x2,y2,...,text is expected, found'):
        read(tmp_path)


# CTW1500


@pytest.mark.parametrize(
    ('text', 'shown_as'), [('a, b', 'a, b'), ('###', '(illegible or ignored)'), ('', '(empty text)'), ('#1', '#1')]
)
def test_ctw1500_texts(tmp_path, text, shown_as):
    labelled(tmp_path / 'test', f'{flat(FOURTEEN)},####{text}', name='0001001.txt', photograph='1001.jpg')
    assert shown(read(tmp_path / 'test')) == [shown_as]
    box = f'<box><label>{text}</label><segs>{flat(FOURTEEN)}</segs></box>'
    labels = f'<Annotations>\n<image file="0200.jpg">{box}</image></Annotations>'
    image(tmp_path / 'train' / '0200.jpg')
    text_file(tmp_path / 'train' / '0200.xml', labels)
    assert shown(read(tmp_path / 'train')) == [shown_as]
    (tmp_path / 'train' / '0200.xml').write_bytes(labels.encode('utf-16'))
    assert shown(read(f'ctw1500:{tmp_path}/train')) == [shown_as]
    with pytest.raises(InputError, match=r'0200\.xml: not UTF-8 but UTF-16; save it as UTF-8'):
        read(tmp_path / 'train')


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        (
            '0001001.txt',
            f'{flat(FOURTEEN)},####a\n' * 2 + f'{flat(FOURTEEN)},a',
            r'0001001\.txt:3: x1,y1,...,x14,y14,#',
        ),
        ('1001.xml', '<Annotations>\n<image>\n<box></image></Annotations>', r'1001\.xml:3: malformed XML'),
        ('1001.xml', '<Annotations><box><label>a</label></box></Annotations>', r'1001\.xml: box\[0\]: <segs>'),
        ('1001.xml', '<Annotations><box><segs>1,x</segs></box></Annotations>', r'1001\.xml: box\[0\]: <segs>'),
    ],
)
def test_malformed_ctw1500(tmp_path, name, content, message):
    image(tmp_path / '1001.jpg')
    text_file(tmp_path / name, content)
    with pytest.raises(InputError, match=message) as error:
        read(tmp_path)
    assert '\n' not in str(error.value)


# The real files, if they are at hand


@pytest.mark.skipif(not REALDATA.exists(), reason='no real data here')
@pytest.mark.parametrize('source', ['icdar:{data}', '{data}/gts', '{data}/gts/gt_train_img_1.txt'])
def test_real_icdar_2015(source):
    regions = read(source.format(data=REALDATA / 'icdar2015_clean'))
    labels = [line for path in (REALDATA / 'icdar2015_clean' / 'gts').glob('*.txt') for line in path.open('rb')]
    if not source.endswith('.txt'):
        assert len(regions) == len(labels)
        assert Counter(map(type, regions)) == {TextRegion: 41, Dropped: 65}
    assert shown(regions)[-1 if source.endswith('.txt') else 0]
    assert {region.reason for region in regions if isinstance(region, Dropped)} == {DropReason.ILLEGIBLE}
    assert all(Path(region.image_path).is_file() for region in regions)
