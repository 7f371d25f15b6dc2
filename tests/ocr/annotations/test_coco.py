"""Plain COCO annotations: polygons, masks, boxes, what is ignored, and what is wrong with a file."""

import json

import numpy as np
import pytest
from layouts import image, text_file
from pycocotools import mask as rle

from ocr.annotations import read_dataset, resolve_source
from ocr.errors import InputError
from ocr.geometry import polygon_area, polygon_box
from ocr.region import Dropped, DropReason

QUAD = [3, 2, 30, 4, 29, 14, 2, 12]


def write(folder, *annotations, categories=('text',), **more):
    image(folder / 'photo.jpg')
    content = {
        'images': [{'id': 5, 'width': 40, 'height': 30, 'file_name': 'photo.jpg'}],
        'categories': [{'id': number, 'name': name} for number, name in enumerate(categories, 1)],
        'annotations': [
            {'id': number, 'image_id': 5, 'category_id': 1, 'bbox': [3, 2, 20, 10], **annotation}
            for number, annotation in enumerate(annotations)
        ],
        **more,
    }
    text_file(folder / 'labels.json', json.dumps(content))
    return folder


def read(folder, *annotations, **options):
    return list(read_dataset('mine', write(folder, *annotations, **options)))


def masked(counts, *size):
    return {'annotations': [{'id': 1, 'image_id': 5, 'segmentation': {'size': size, 'counts': counts}}]}


def test_it_is_told_from_other_json(tmp_path):
    assert resolve_source('mine', write(tmp_path, {})).startswith('coco:')
    for content in ({'annotations': {'0.jpg': 'EXIT'}}, {'image_id': 5, 'images': []}):
        text_file(tmp_path / 'labels.json', json.dumps(content))
        with pytest.raises(InputError, match='no format known here'):
            resolve_source('mine', tmp_path)


@pytest.mark.parametrize(
    'annotation', [{'text': 'EXIT'}, {'attributes': {'transcription': 'EXIT'}}, {'attributes': {'utf8_string': 'EXIT'}}]
)
def test_texts_stand_in_the_annotation_or_its_attributes(tmp_path, annotation):
    (region,) = read(tmp_path, {**annotation, 'segmentation': [QUAD]})
    assert region.text == 'EXIT'
    assert region.polygon.ravel().tolist() == QUAD


def test_without_a_text_a_region_is_left_out_for_reading_and_kept_for_finding(tmp_path):
    (region,) = read(tmp_path, {})
    assert isinstance(region, Dropped)
    assert region.reason == DropReason.EMPTY
    assert polygon_box(region.polygon) == (3, 2, 23, 12)


@pytest.mark.parametrize(
    'ignored',
    [
        {'iscrowd': 1},
        {'ignore': 1},
        {'attributes': {'illegible': True}},
        {'legible': False},
        {'attributes': {'legible': 'false'}},
    ],
)
def test_what_is_ignored_keeps_its_place(tmp_path, ignored):
    (region,) = read(tmp_path, {'text': 'EXIT', 'segmentation': [QUAD], **ignored})
    assert region.reason == DropReason.ILLEGIBLE
    assert region.polygon.ravel().tolist() == QUAD


@pytest.mark.parametrize('corner', [0, 5])
@pytest.mark.parametrize('compressed', [True, False])
def test_masks_are_outlines(tmp_path, compressed, corner):
    mask = np.zeros((30, 40), np.uint8)
    mask[5:15, 10:30] = 1
    mask[5 : 5 + corner, 20:30] = 0  # an L, whose hull is larger
    if compressed:
        encoded = rle.encode(np.asfortranarray(mask))
        segmentation = {'size': encoded['size'], 'counts': encoded['counts'].decode()}
    else:
        runs = np.diff(np.flatnonzero(np.diff(np.r_[2, mask.T.ravel(), 2])), prepend=0, append=0)[1:-1]
        segmentation = {'size': [30, 40], 'counts': [int(np.flatnonzero(mask.T.ravel())[0]), *map(int, runs[1:])]}
        segmentation['counts'].append(1200 - sum(segmentation['counts']))
    (region,) = read(tmp_path, {'text': 'EXIT', 'segmentation': segmentation})
    assert polygon_box(region.polygon) == (10, 5, 30, 15)
    assert polygon_area(region.polygon) == pytest.approx(200 - 10 * corner, abs=2 if corner else 1e-3)


def test_several_polygons_are_one_hull(tmp_path):
    (region,) = read(tmp_path, {'text': 'a', 'segmentation': [[0, 0, 5, 0, 5, 5], [20, 0, 30, 0, 30, 9]]})
    assert polygon_box(region.polygon) == (0, 0, 30, 9)


def test_words_are_preferred_and_other_things_are_counted(tmp_path):
    regions = read(tmp_path, {'text': 'a'}, {'category_id': 2}, {'category_id': 3}, categories=('word', 'line', 'car'))
    assert [isinstance(one, Dropped) and one.reason for one in regions] == [False, *[DropReason.NO_TEXT] * 2]
    regions = read(tmp_path / 'b', {'text': 'a'}, {'text': 'b', 'category_id': 2}, categories=('sign', 'plate'))
    assert [one.text for one in regions] == ['a', 'b']


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'images': [{'id': 5}]}, 'file_name'),
        ({'annotations': [{'id': 1, 'image_id': 9, 'bbox': [1, 2, 3, 4]}]}, 'annotation 1: .*found image_id 9'),
        ({'annotations': [{'id': 1, 'image_id': 5}]}, 'annotation 1: .*`segmentation` or `bbox`'),
        ({'annotations': [{'id': 1, 'image_id': 5, 'segmentation': {'size': [30, 40]}}]}, 'annotation 1'),
        ({'annotations': [{'id': 1, 'image_id': 5, 'text': 'a', 'segmentation': [[1, 2, 3]]}]}, 'points should be'),
        ({'annotations': 7}, '`annotations`'),
        ({'images': [{'id': 5, 'file_name': 7}]}, 'file_name'),
        (masked('k47T', 30, 40), 'annotation 1'),
        (masked([9000], 30, 40), 'annotation 1'),
        (masked('k47', 2**31 - 1, 2**32 - 1), 'annotation 1'),  # ended Python with a segmentation fault
        (masked([1], 300_000, 300_000), 'annotation 1'),
        (masked('k47', '30', None), 'annotation 1'),
        (masked(None, 30, 40), 'annotation 1'),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        list(read_dataset('mine', f'coco:{write(tmp_path, **change)}'))


@pytest.mark.parametrize(
    ('annotations', 'message'),
    [
        ('[}', r'labels.json:2: malformed JSON'),
        ('[' * 100_000, 'malformed JSON: brackets too deep'),
        (f'[{"1" * 5000}]', 'malformed JSON: a number too long'),
        ('[{"text": "a", "text": "b"}]', 'malformed JSON: `text` appears twice'),
    ],
)
def test_malformed_json_is_named(tmp_path, annotations, message):
    folder = write(tmp_path, {})
    text_file(folder / 'labels.json', f'{{"images": [{{"file_name": "a"}}],\n "annotations": {annotations}}}')
    with pytest.raises(InputError, match=message):
        list(read_dataset('mine', f'coco:{folder}'))
