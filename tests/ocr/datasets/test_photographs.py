"""Every region of a photograph, with the reason for which a recogniser would leave it out."""

import json

import pytest
from PIL import Image

from ocr.annotations import Source
from ocr.datasets.counts import KEPT
from ocr.datasets.photographs import WITHOUT_PLACE, PhotographIndex, build_photograph_index
from ocr.errors import InputError
from ocr.region import DropReason

QUAD = '10,10,60,10,60,30,10,30'


def build(folder, *lines, **images):
    folder.mkdir(exist_ok=True)
    for name in images or {'a': 0, 'b': 0}:
        Image.new('RGB', (100, 50)).save(folder / f'{name}.png')
    (folder / 'labels.tsv').write_text(''.join(f'{line}\n' for line in lines), encoding='utf-8')
    index_path = folder / 'index.jsonl'
    counts = build_photograph_index(Source.of('mine', folder / 'labels.tsv'), index_path)
    return PhotographIndex(index_path), counts


def test_all_regions_of_a_photograph_come_together_wherever_they_stand(tmp_path):
    index, counts = build(tmp_path / 'd', f'a.png\tone\t{QUAD}', f'b.png\ttwo\t{QUAD}', f'a.png\tthree\t{QUAD}')
    assert len(index) == 2
    assert [[region.text for region in index[i].regions] for i in range(2)] == [['one', 'three'], ['two']]
    assert index[0].image_path == str(tmp_path / 'd' / 'a.png')
    assert index[0].dataset == 'mine'
    assert index[0].regions[0].polygon.tolist() == [[10, 10], [60, 10], [60, 30], [10, 30]]
    assert counts == {KEPT: 3}


@pytest.mark.parametrize(
    ('line', 'reason', 'counts'),
    [
        (f'a.png\tone\t{QUAD}', None, True),
        (f'a.png\t###\t{QUAD}', DropReason.ILLEGIBLE, False),
        (f'a.png\t13###4\t{QUAD}', DropReason.PARTLY, True),
        (f'a.png\t\t{QUAD}', DropReason.EMPTY, True),
        ('a.png\tone\t10,10,60,10,60,15,10,15', DropReason.TOO_SMALL, False),
        ('a.png\t\t10,10,60,10,60,15,10,15', DropReason.TOO_SMALL, False),
        ('a.png\t###\t10,10,60,10,60,15,10,15', DropReason.ILLEGIBLE, False),
    ],
)
def test_regions_keep_the_reason_and_whether_they_count(tmp_path, line, reason, counts):
    index, table = build(tmp_path / 'd', line)
    (region,) = index[0].regions
    assert (region.reason, region.counts) == (reason, counts)
    assert table == {KEPT: 0, reason or KEPT: 1}


@pytest.mark.parametrize(
    ('line', 'reason'),
    [
        ('a.png\tone\t10,10,60,10', DropReason.DEGENERATE),
        ('a.png\t###\t10,10,10,10,10,10', DropReason.DEGENERATE),
        ('a.png\tone', WITHOUT_PLACE),
    ],
)
def test_what_has_no_place_is_counted_and_left_out(tmp_path, line, reason):
    index, counts = build(tmp_path / 'd', line, f'a.png\ttwo\t{QUAD}')
    assert [region.text for region in index[0].regions] == ['two']
    assert counts[reason] == 1


def test_photographs_that_cannot_be_opened_are_counted_by_region(tmp_path):
    index, counts = build(tmp_path / 'd', f'c.png\tone\t{QUAD}', f'c.png\ttwo\t{QUAD}', f'a.png\tthree\t{QUAD}')
    assert counts[DropReason.MISSING] == 2
    assert len(index) == 1


def test_word_crops_are_nothing_to_find_text_in(tmp_path):
    with pytest.raises(InputError, match='these labels cover whole images: nothing to find'):
        build(tmp_path / 'd', 'a.png\tone', 'b.png\ttwo', 'b.png\t###')


def test_rects_and_its_ignored_lines(tmp_path):
    from tiny import make_rects

    build_photograph_index(Source.of('rects', make_rects(tmp_path / 'rects')), tmp_path / 'rects.jsonl')
    (photograph,) = [PhotographIndex(tmp_path / 'rects.jsonl')[0]]
    assert [(region.text, region.counts) for region in photograph.regions] == [('IMC', True), ('###', False)]


def test_malformed_points_of_what_is_ignored_are_no_fault(tmp_path):
    labels = {
        'gt_1': [
            {'transcription': '###', 'points': 'none'},
            {'transcription': 'a', 'points': [[0, 0], [30, 0], [30, 20]]},
        ]
    }
    (tmp_path / 'train').mkdir()
    Image.new('RGB', (100, 50)).save(tmp_path / 'train' / 'gt_1.jpg')
    (tmp_path / 'train_full_labels.json').write_text(json.dumps(labels))
    counts = build_photograph_index(Source.of('lsvt', tmp_path), tmp_path / 'index.jsonl')
    assert counts == {KEPT: 1, WITHOUT_PLACE: 1}


@pytest.mark.parametrize(
    'line', ['{}', '{"image": "a.png", "dataset": "mine"}', '{"image": "a", "dataset": "b", "regions": [7]}']
)
def test_a_damaged_line_is_named(tmp_path, line):
    build(tmp_path / 'd', f'a.png\tone\t{QUAD}')
    (tmp_path / 'd' / 'index.jsonl').write_text(f'{line}\n')
    with pytest.raises(InputError, match=r'index.jsonl:1: not a region; delete the file'):
        PhotographIndex(tmp_path / 'd' / 'index.jsonl')[0]
