"""Annotation readers, on files with the quirks of the real ones."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocr.annotations import DATASETS, read_dataset, rects
from ocr.annotations.files import ImageFinder
from ocr.annotations.regions import judge_text, to_polygon
from ocr.errors import InputError
from ocr.geometry import whole_image
from ocr.region import Dropped, DropReason, TextRegion, judge_polygon

REALDATA = Path(__file__).resolve().parents[4] / 'shared' / 'realdata'
BOM = b'\xef\xbb\xbf'
QUAD = [[1, 2], [30, 2], [30, 12], [1, 12]]

texts = st.text(st.characters(exclude_categories=['Cs']), min_size=1).filter(
    lambda text: text.strip() and '###' not in text
)
line_texts = texts.filter(lambda text: not set(text) & set('\n\r\t'))
in_one_folder = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(path, content):
    """A file of bytes, text or JSON, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, (bytes, str)):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def record(text, points=QUAD, illegible=False):
    """One region as LSVT and ArT write it."""
    return {'transcription': text, 'points': points, 'language': 'Latin', 'illegibility': illegible}


def read(name, path):
    return list(read_dataset(name, str(path)))


def shown(regions):
    """Text of each region, or the reason why it was dropped."""
    return [region.text if isinstance(region, TextRegion) else f'({region.reason})' for region in regions]


# LSVT


def test_lsvt(tmp_path):
    labels = {
        'gt_0': [record('中国', [[-3, -2], [30, 2], [30, 12], [1, 12]]), record('###', illegible=True)],
        'gt_17': [record('139###'), record('###'), record('a "b", c', [[0.5, 1], [9, 1], [9, 8], [5, 9], [0, 8]])],
        'gt_2': [record('legible?', illegible=True), record('  ')],
    }
    write(tmp_path / 'train_full_labels.json', BOM + json.dumps(labels, ensure_ascii=False).encode())
    write(tmp_path / 'train' / 'gt_2.PNG', b'')
    regions = read('lsvt', tmp_path)
    assert shown(regions) == [
        '中国',
        '(illegible or ignored)',
        '(partly ###)',
        '(illegible or ignored)',
        'a "b", c',
        '(illegible or ignored)',
        '(empty text)',
    ]
    assert regions[0].polygon.dtype == np.float32
    np.testing.assert_array_equal(regions[0].polygon, [[-3, -2], [30, 2], [30, 12], [1, 12]])
    np.testing.assert_array_equal(regions[4].polygon, [[0.5, 1], [9, 1], [9, 8], [5, 9], [0, 8]])
    assert [region.image_path for region in regions[::5]] == [
        str(tmp_path / 'train' / 'gt_0.jpg'),
        str(tmp_path / 'train' / 'gt_2.PNG'),
    ]
    assert regions[0].dataset == 'lsvt'
    assert regions[5].where.endswith('train_full_labels.json: gt_2[0]')


def test_lsvt_as_the_challenge_packs_it(tmp_path):
    write(tmp_path / 'train_full_labels.json', {'gt_0': [record('a')], 'gt_1': [record('b')]})
    for part in (0, 1):
        write(tmp_path / f'train_full_images_{part}' / f'gt_{part}.jpg', b'')
    assert [Path(region.image_path).parent.name for region in read('lsvt', tmp_path)] == [
        'train_full_images_0',
        'train_full_images_1',
    ]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"gt_0": [\n{"transcription": "a",\n oops}]}', 'labels.json:3: malformed JSON'),
        ('{"gt_0": [\n{"transcription": "a"', 'labels.json:2: malformed JSON'),
        (b'{"gt_0":\n\n[{"transcription": "\xff"}]}', 'labels.json:3: not UTF-8'),
        ('[]', 'labels.json:1: a JSON object'),
        ('', 'labels.json:1: a JSON object'),
        ('{"gt_0": {"transcription": "a"}}', 'gt_0: a list of regions'),
        ('{"gt_0": ["a"]}', r'gt_0\[0\]: `transcription` and `points`'),
        ('{"gt_0": [{"transcription": "a"}]}', r'gt_0\[0\]: `transcription` and `points`'),
        ('{"gt_0": [{"transcription": 5, "points": []}]}', r'gt_0\[0\]: the text should be a string'),
        ('{"gt_0": [{"transcription": "a", "points": [1, 2, 3]}]}', r'gt_0\[0\]: points should be'),
        ('{"gt_0": [{"transcription": "a", "points": [[1, "x"], [2, 3]]}]}', r'gt_0\[0\]: points should be'),
        ('{"gt_0": [{"transcription": "a", "points": [NaN, 1]}]}', 'malformed JSON'),
    ],
)
def test_malformed_label_dictionary(tmp_path, content, message):
    write(tmp_path / 'train_full_labels.json', content)
    with pytest.raises(InputError, match=message) as error:
        read('lsvt', tmp_path)
    assert '\n' not in str(error.value)


# ArT


def test_art_crops(tmp_path):
    curve = [[9, 43], [0, 30], [5, 23], [33, 4], [66, 0], [127, 31], [89, 24], [38, 22]]  # begins at the bottom
    write(
        tmp_path / 'train_task2_labels.json',
        {'gt_2836_0': [record('Carp Team', curve)], 'gt_1_1': [record('###', QUAD, True)]},
    )
    write(tmp_path / 'train_labels.json', {'gt_7': [record('not read')]})
    regions = read('art', tmp_path)
    assert shown(regions) == ['Carp Team', '(illegible or ignored)']
    np.testing.assert_array_equal(regions[0].polygon, curve)
    assert regions[0].image_path == str(tmp_path / 'train_task2_images' / 'gt_2836_0.jpg')


def test_art_photographs_where_there_are_no_crops(tmp_path):
    write(tmp_path / 'train_labels.json', {'gt_7': [record('one'), record('two'), record('###', QUAD, True)]})
    regions = read('art', tmp_path)
    assert shown(regions) == ['one', 'two', '(illegible or ignored)']
    assert {region.image_path for region in regions} == {str(tmp_path / 'train_images' / 'gt_7.jpg')}


# ReCTS


def test_rects(tmp_path):
    lines = [
        {'ignore': 0, 'transcription': '泡面', 'points': [484, 158, 1448, 114, 1455, 304, 491, 337]},
        {'ignore': 1, 'transcription': '###', 'points': [1, 1, 9, 1, 9, 9, 1, 9]},
        {'ignore': 0, 'transcription': '139134###', 'points': [1, 1, 9, 1, 9, 9, 1, 9]},
        {'ignore': 0, 'transcription': 'flat', 'points': [5, 5, 5, 5, -5, 5, 5, 5]},
    ]
    write(tmp_path / 'gt_unicode' / 'train_ReCTS_000099.json', {'chars': [], 'lines': lines})
    other = json.dumps({'chars': [], 'lines': [{'ignore': 0, 'transcription': 'first', 'points': [0] * 8}]})
    write(tmp_path / 'gt_unicode' / 'train_ReCTS_000010.json', BOM + other.encode())
    regions = read('rects', tmp_path)
    assert shown(regions) == ['first', '泡面', '(illegible or ignored)', '(partly ###)', 'flat']
    np.testing.assert_array_equal(regions[1].polygon, [[484, 158], [1448, 114], [1455, 304], [491, 337]])
    assert regions[1].image_path == str(tmp_path / 'img' / 'train_ReCTS_000099.jpg')


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"lines": [\n{]}', 'a.json:2: malformed JSON'),
        ('[]', 'a.json: an object with `lines`'),
        ('{"chars": []}', 'a.json: an object with `lines`'),
        ('{"lines": 3}', 'a.json: `lines` should be a list'),
        ('{"lines": [3]}', r'a.json: lines\[0\]'),
        ('{"lines": [{"transcription": "a", "points": [1]}]}', r'a.json: lines\[0\]: points'),
        (b'{"lines": "\xff"}', 'a.json: not UTF-8'),
    ],
)
def test_malformed_rects(tmp_path, content, message):
    write(tmp_path / 'gt_unicode' / 'a.json', content)
    with pytest.raises(InputError, match=message):
        read('rects', tmp_path)


# RCTW-17


@pytest.mark.parametrize('folder', ['train', 'train/part1', '.'])
@pytest.mark.parametrize('start', [b'', BOM])
@pytest.mark.parametrize('end', [b'\n', b'\r\n'])
@pytest.mark.parametrize('closed', [True, False])
def test_rctw(tmp_path, folder, start, end, closed):
    lines = [
        '1,2,30,2,30,12,1,12,0,"灭火器"',
        '1,2,30,2,30,12,1,12,0,"a, "b" and c,"',
        '-1,2,30,2,30,12,1,12,1,"hard to read"',
        '1,2,30,2,30,12,1,12,1,"###"',
        '1,2,30,2,30,12,1,12,0,""',
        '1.5,2,30,2,30,12,1,12,0,bare',
    ]
    content = start + end.join(line.encode() for line in lines) + (end if closed else b'')
    write(tmp_path / folder / 'image_1.txt', content)
    write(tmp_path / folder / 'image_1.jpeg', b'')
    regions = read('icdar2017rctw', tmp_path)
    assert shown(regions) == [
        '灭火器',
        'a, "b" and c,',
        'hard to read',
        '(illegible or ignored)',
        '(empty text)',
        'bare',
    ]
    np.testing.assert_array_equal(regions[2].polygon, [[-1, 2], [30, 2], [30, 12], [1, 12]])
    assert Path(regions[0].image_path) == tmp_path / folder / 'image_1.jpeg'
    assert regions[3].where == f'{tmp_path / folder / "image_1.txt"}:4'


@pytest.mark.parametrize(
    'line', ['1,2,3', '1,2,30,2,30,12,1,twelve,0,"a"', '1,2,30,2,30,12,1,12,"a"', '1,2,30,2,30,12,1,12,0']
)
def test_malformed_rctw_line(tmp_path, line):
    write(tmp_path / 'image_1.txt', f'1,2,30,2,30,12,1,12,0,"a"\n\n{line}\n')
    with pytest.raises(InputError, match=r'image_1.txt:3: x1,y1,.*"text" is expected, found'):
        read('icdar2017rctw', tmp_path)


# Own data


@pytest.mark.parametrize('file_name', ['labels.tsv', 'words.txt'])
@pytest.mark.parametrize('end', ['\n', '\r\n'])
def test_own_tsv(tmp_path, file_name, end):
    lines = [
        'a.png\t two  words ',
        'sub/b.jpg\t"quoted", yes\t[[0, 0], [9.5, 0], [9, 9], [0, 9]]',
        '/far/c.png\t中\t0,0,9,0,9,9',
        'a.png\t###',
        'a.png\twhole\t',
    ]
    path = write(tmp_path / file_name, '\ufeff' + end.join(lines))
    write(tmp_path / 'a.png', b'')
    regions = read('mine', path)
    assert shown(regions) == [' two  words ', '"quoted", yes', '中', '(illegible or ignored)', 'whole']
    assert [region.image_path for region in regions[:3]] == [
        str(tmp_path / 'a.png'),
        str(tmp_path / 'sub/b.jpg'),
        '/far/c.png',
    ]
    assert regions[0].polygon is None is regions[4].polygon
    np.testing.assert_array_equal(regions[1].polygon, [[0, 0], [9.5, 0], [9, 9], [0, 9]])
    np.testing.assert_array_equal(regions[2].polygon, [[0, 0], [9, 0], [9, 9]])
    assert {region.dataset for region in regions if isinstance(region, TextRegion)} == {'mine'}


@pytest.mark.parametrize('file_name', ['labels.jsonl', 'gt.jsonl', 'index.jsonl'])
def test_own_json_lines(tmp_path, file_name):
    records = [
        {'image': 'a.png', 'text': 'tab\tand\nbreak'},
        {'image': 'b.png', 'text': 'é', 'polygon': QUAD, 'dataset': 'other'},
        {'image': 'b.png', 'text': 'flat', 'polygon': [0, 0, 9, 0, 9, 9]},
        {'image': 'b.png', 'text': '', 'polygon': None},
    ]
    write(tmp_path / file_name, '\n'.join(json.dumps(each, ensure_ascii=False) for each in records))
    regions = read('mine', tmp_path)
    assert shown(regions) == ['tab\tand\nbreak', 'é', 'flat', '(empty text)']
    np.testing.assert_array_equal(regions[1].polygon, QUAD)
    assert regions[0].polygon is None
    assert regions[1].dataset == 'mine'


@pytest.mark.parametrize(
    ('file_name', 'line', 'message'),
    [
        ('labels.tsv', 'a.png', 'found 1 columns'),
        ('labels.tsv', 'a.png\tb\t0,0,1,1,2,2\tmore', 'found 4 columns'),
        ('labels.tsv', 'a.png\tb\t[[0, 0], [1', 'a polygon .* is expected in column 3'),
        ('labels.tsv', 'a.png\tb\tleft', 'a polygon .* is expected in column 3'),
        ('labels.tsv', 'a.png\tb\t0,0,1', 'points should be'),
        ('labels.tsv', '\tb', 'the image path is empty'),
        ('labels.tsv', b'a.png\t\xff', 'not UTF-8'),
        ('labels.jsonl', '{"image": "a.png", ', 'malformed JSON'),
        ('labels.jsonl', '{"image": "a.png"}', 'an object with `image` and `text`'),
        ('labels.jsonl', '["a.png", "b"]', 'an object with `image` and `text`'),
        ('labels.jsonl', '{"image": "a.png", "text": null}', 'the text should be a string'),
        ('labels.jsonl', '{"image": "a.png", "text": "b", "polygon": {"x": 1}}', 'points should be'),
    ],
)
def test_malformed_own_line(tmp_path, file_name, line, message):
    good = '{"image": "a.png", "text": "b"}\n' if file_name.endswith('l') else 'a.png\tb\n'
    write(tmp_path / file_name, good.encode() + (line if isinstance(line, bytes) else line.encode()))
    with pytest.raises(InputError, match=rf'{file_name}:2: .*{message}') as error:
        read('mine', tmp_path)
    assert '\n' not in str(error.value)


# Photographs that are looked for by a name without suffix


@pytest.mark.parametrize(
    'suffix', ['.jpg', '.Jpg', '.jpeg', '.PNG', '.bmp', '.gif', '.TIF', '.tiff', '.webp', '.jfif', '.PPM']
)
@pytest.mark.parametrize(
    ('name', 'labels', 'content', 'folder'),
    [
        ('lsvt', 'train_full_labels.json', {'gt_0': [record('a')]}, 'train_full_images_1'),
        ('art', 'train_task2_labels.json', {'gt_0': [record('a')]}, 'train_task2_images'),
        ('rects', 'gt_unicode/gt_0.json', {'lines': [{'transcription': 'a', 'points': QUAD}]}, 'img'),
        ('icdar2017rctw', 'train/gt_0.txt', '1,2,30,2,30,12,1,12,0,"a"', 'train'),
    ],
)
def test_photographs_of_any_kind(tmp_path, name, labels, content, folder, suffix):
    write(tmp_path / labels, content)
    photograph = write(tmp_path / folder / f'gt_0{suffix}', b'')
    assert [region.image_path for region in read(name, tmp_path)] == [str(photograph)]


def test_a_folder_is_listed_once_for_all_its_images(tmp_path):
    write(tmp_path / 'a.JPG', b'')
    write(tmp_path / 'b.png', b'')
    write(tmp_path / 'b.jpg', b'')
    write(tmp_path / 'b.txt', b'')
    finder = ImageFinder()
    folders = [str(tmp_path / 'gone'), str(tmp_path)]
    assert finder.find(folders, 'a') == str(tmp_path / 'a.JPG')
    assert finder.find(folders, 'gt_b', 'b') == str(tmp_path / 'b.jpg')
    write(tmp_path / 'c.jpg', b'')
    assert finder.get(str(tmp_path), 'c') is None
    assert finder.find(folders, 'gt_c', 'c') == str(tmp_path / 'gone' / 'c.jpg')


# Missing files


@pytest.mark.parametrize(
    ('name', 'make', 'message'),
    [
        ('lsvt', None, r'lsvt: .*/data does not exist; .*--base_dir, or give lsvt=PATH'),
        ('lsvt', 'train/gt_0.jpg', r'/data/train_full_labels\.json does not exist'),
        ('art', 'other.txt', r'/data/train_task2_labels\.json does not exist; .*train_labels\.json'),
        ('art', 'train_task2_images/gt_0_0.jpg', r'/data/train_task2_labels\.json does not exist'),
        ('rects', 'img/a.jpg', r'/data/gt_unicode does not exist'),
        ('rects', 'gt_unicode/readme.md', r'no \.json file in .*/data/gt_unicode'),
        ('icdar2017rctw', 'train/image_1.jpg', r'no \.txt file in .*/data/train'),
        ('mine', None, r'mine: .*/data does not exist; a label file'),
        ('mine', 'words.txt', r'/data holds labels of no format known here \(found 1 \.txt\).*mine=FORMAT:'),
    ],
)
def test_missing_annotations_are_named_at_once(tmp_path, name, make, message):
    if make:
        write(tmp_path / 'data' / make, b'')
    with pytest.raises(InputError, match=message) as error:
        read_dataset(name, str(tmp_path / 'data'))
    assert '\n' not in str(error.value)


def test_a_file_where_a_challenge_folder_should_be(tmp_path):
    with pytest.raises(InputError, match='is not a folder'):
        read_dataset('rects', str(write(tmp_path / 'labels.tsv', 'a\tb')))


# Any text comes back as it was written


@in_one_folder
@given(st.lists(texts, min_size=1, max_size=5))
def test_lsvt_gives_back_any_text(tmp_path, written):
    write(tmp_path / 'train_full_labels.json', {'gt_0': [record(text) for text in written]})
    assert shown(read('lsvt', tmp_path)) == written


@in_one_folder
@given(st.lists(texts, min_size=1, max_size=5))
def test_json_lines_give_back_any_text(tmp_path, written):
    lines = [json.dumps({'image': 'a.png', 'text': text}, ensure_ascii=False) for text in written]
    write(tmp_path / 'gt.jsonl', '\n'.join(lines))
    assert shown(read('mine', tmp_path)) == written


@in_one_folder
@given(st.lists(line_texts, min_size=1, max_size=5), st.sampled_from(['\n', '\r\n']))
def test_tsv_gives_back_any_text_of_one_line(tmp_path, written, end):
    write(tmp_path / 'labels.tsv', end.join(f'a.png\t{text}' for text in written))
    assert shown(read('mine', tmp_path)) == written


@in_one_folder
@given(st.lists(line_texts, min_size=1, max_size=5), st.sampled_from(['\n', '\r\n']))
def test_rctw_gives_back_any_text_of_one_line(tmp_path, written, end):
    write(tmp_path / 'image_1.txt', end.join(f'1,2,30,2,30,12,1,12,0,"{text}"' for text in written))
    assert shown(read('icdar2017rctw', tmp_path)) == written


# Judging regions


@pytest.mark.parametrize(
    ('points', 'reason'),
    [
        ([[0, 0], [20, 0], [20, 8], [0, 8]], None),
        ([[0, 0], [20, 0], [20, 7.5], [0, 7.5]], DropReason.TOO_SMALL),
        ([[-40, -5], [20, -5], [20, 9], [-40, 9]], None),  # reaches over the edge
        ([[-40, -5], [20, -5], [20, 7], [-40, 7]], DropReason.TOO_SMALL),
        ([[200, 0], [240, 0], [240, 30], [200, 30]], DropReason.TOO_SMALL),  # outside
        ([[-500, -500], [500, -500], [500, 500], [-500, 500]], None),  # larger than the photograph
        ([[0, 0], [20, 20], [40, 40], [10, 10]], DropReason.DEGENERATE),
        ([[5, 5], [5, 5], [30, 30], [30, 30]], DropReason.DEGENERATE),
        ([[0, 0], [20, 20]], DropReason.DEGENERATE),
        ([], DropReason.DEGENERATE),
        ([[0, 0], [20, 0], [float('nan'), 20]], DropReason.DEGENERATE),
        ([[0, 0], [20, 0], [1e39, 20]], DropReason.DEGENERATE),  # beyond float32
    ],
)
def test_judge_polygon(points, reason):
    assert judge_polygon(to_polygon(points, 'here'), 100, 50) == reason


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('a', None),
        ('#', None),
        ('##1', None),
        ('', DropReason.EMPTY),
        (' \u3000', DropReason.EMPTY),
        ('###', DropReason.ILLEGIBLE),
        (' ### ', DropReason.ILLEGIBLE),
        ('#####', DropReason.ILLEGIBLE),
        ('139134###', DropReason.PARTLY),
        ('### ###', DropReason.PARTLY),
    ],
)
def test_judge_text(text, reason):
    assert judge_text(text) == reason


def test_judge_the_whole_of_a_small_image():
    assert judge_polygon(whole_image(100, 7), 100, 7) == DropReason.TOO_SMALL
    assert judge_polygon(whole_image(100, 7), 100, 7, min_size=7) is None


coordinates = st.floats(-1e4, 1e4, width=32)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=10))
def test_flat_and_paired_points_are_one_polygon(points):
    paired = to_polygon([list(point) for point in points], 'here')
    flat = to_polygon([value for point in points for value in point], 'here')
    np.testing.assert_array_equal(paired, flat)
    np.testing.assert_array_equal(paired, np.array(points, np.float32))


# The real files, if they are at hand


@pytest.mark.skipif(not REALDATA.exists(), reason='no real data here')
@pytest.mark.parametrize(
    ('name', 'kept', 'dropped'), [('lsvt', 18, 2), ('art', 39, 3), ('rects', 4, 2), ('icdar2017rctw', 8, 3)]
)
def test_every_legible_region_of_the_official_layout(name, kept, dropped):
    assert name in DATASETS
    regions = read(name, REALDATA / 'official_layout_mini' / name)
    assert Counter(map(type, regions)) == {TextRegion: kept, Dropped: dropped}
    assert {region.reason for region in regions if isinstance(region, Dropped)} == {DropReason.ILLEGIBLE}
    assert all(Path(region.image_path).is_file() for region in regions)


@pytest.mark.skipif(not REALDATA.exists(), reason='no real data here')
def test_no_original_rects_file_fails():
    files = sorted((REALDATA / 'rects_annotations').glob('*.json'))
    regions = [region for file in files for region in rects.read_file(str(file), f'{file.stem}.jpg')]
    counts = Counter(getattr(region, 'reason', 'kept') for region in regions)
    lines = [line for file in files for line in json.loads(file.read_text('utf-8'))['lines']]
    assert len(files) == 200
    assert sum(counts.values()) == len(lines)
    assert counts[DropReason.ILLEGIBLE] == sum(line['ignore'] for line in lines)
    assert counts[DropReason.PARTLY] == sum('###' in line['transcription'] and not line['ignore'] for line in lines)
