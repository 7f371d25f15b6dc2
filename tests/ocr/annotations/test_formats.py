"""Which format a file or folder holds, and that every format gives back what was written."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import (
    LAYOUTS,
    WORDS,
    database,
    gt,
    icdar2015,
    image,
    json_lines,
    own,
    paddle_recognition,
    text_file,
    totaltext,
)

from ocr.annotations import FORMATS, Source, read_dataset, resolve_source, split_source
from ocr.errors import InputError
from ocr.preprocessing.decode import read_image
from ocr.region import TextRegion

layouts = pytest.mark.parametrize(('lay', 'form', 'polygon'), [(lay, *of) for lay, of in LAYOUTS.items()])


@layouts
def test_the_format_is_found_out_and_gives_back_what_was_written(tmp_path, lay, form, polygon):
    path = lay(tmp_path / 'data') or tmp_path / 'data'
    assert resolve_source('mine', path) == f'{form}:{path}'
    regions = list(read_dataset('mine', path))
    texts = sorted(WORDS) if lay.__name__.startswith('trdg') else WORDS
    assert (sorted if texts != WORDS else list)(region.text for region in regions) == texts
    for region in regions:
        assert isinstance(region, TextRegion)
        assert region.dataset == 'mine'
        assert read_image(region.image_path).shape == (30, 40, 3)
        if polygon is None:
            assert region.polygon is None
        else:
            np.testing.assert_array_equal(region.polygon, polygon)


@layouts
def test_the_format_can_be_said(tmp_path, lay, form, polygon):
    path = lay(tmp_path / 'data') or tmp_path / 'data'
    assert len(list(read_dataset('mine', f'{form}:{path}'))) == len(WORDS)
    files = Source.of('mine', f'{form}:{path}').files()
    assert files == Source.of('mine', path).files()
    assert all(os.path.exists(file) for file in files)


@layouts
def test_a_label_file_stands_for_its_folder(tmp_path, lay, form, polygon):
    path = lay(tmp_path / 'data') or tmp_path / 'data'
    (file, *others) = Source.of('mine', path).files()
    if os.path.isdir(file):
        return
    assert resolve_source('mine', file) == f'{form}:{file}'
    if not others:
        assert len(list(read_dataset('mine', file))) == len(WORDS)


# Any text that a format can hold

lines = st.text(st.characters(exclude_categories=['Cs', 'Cc', 'Zl', 'Zp']), min_size=1).filter(
    lambda text: text.strip() and '#' not in text
)
HOLDS_NO_LEADING_QUOTE = ('easyocr_unquoted', 'paddle_detection')


@pytest.mark.parametrize(
    'lay', [lay for lay in LAYOUTS if lay.__name__ not in ('trdg_text_first', 'trdg_number_first', 'easyocr_unquoted')]
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(lines, min_size=4, max_size=6))
def test_any_text_of_one_line_comes_back(tmp_path_factory, lay, words):
    folder = tmp_path_factory.mktemp('any')
    words = [f'{word}é' for word in words]  # Total-Text's second kind cannot end with `,1`, nor JSON be ASCII
    path = lay(folder / 'data', words) or folder / 'data'
    assert [region.text for region in read_dataset('mine', f'{LAYOUTS[lay][0]}:{path}')] == words


# What fits nothing, or several


def test_two_formats_in_one_folder(tmp_path):
    gt(tmp_path)
    own(tmp_path)
    with pytest.raises(InputError, match=r'can be read as own and as gt; say which, mine=own:') as error:
        read_dataset('mine', tmp_path)
    assert '\n' not in str(error.value)
    assert len(list(read_dataset('mine', f'gt:{tmp_path}'))) == len(WORDS)


def test_no_format(tmp_path):
    text_file(tmp_path / 'notes.md', 'bought bread')
    image(tmp_path / 'img_1.jpg')
    image(tmp_path / 'img_2.jpg')
    with pytest.raises(
        InputError, match=r'no format known here \(found 1 \.md\); if it is one of own, gt, lmdb, '
    ) as error:
        read_dataset('mine', tmp_path)
    assert '\n' not in str(error.value)
    assert all(form in str(error.value) for form in FORMATS)


def test_images_that_are_only_numbered_are_not_texts(tmp_path):
    for number in range(3):
        image(tmp_path / f'img_{number}.jpg')
    with pytest.raises(InputError, match=r'found no file besides images'):
        read_dataset('mine', tmp_path)


def test_nothing_there(tmp_path):
    with pytest.raises(InputError, match=r'mine: .*/gone does not exist'):
        read_dataset('mine', tmp_path / 'gone')


@pytest.mark.parametrize('form', FORMATS)
def test_a_format_that_is_not_there(tmp_path, form):
    (tmp_path / 'data').mkdir()
    with pytest.raises(InputError) as error:
        list(read_dataset('mine', f'{form}:{tmp_path}/data'))
    assert 'mine' in str(error.value)
    assert '\n' not in str(error.value)


def test_several_lists_in_one_folder(tmp_path):
    for name in ('rec_gt_train.txt', 'rec_gt_test.txt'):
        text_file(tmp_path / name, 'a.png\tword\n')
    image(tmp_path / 'a.png')
    with pytest.raises(InputError, match=r'several label files, rec_gt_test.txt, rec_gt_train.txt; name one, mine=/'):
        read_dataset('mine', tmp_path)
    assert [region.text for region in read_dataset('mine', tmp_path / 'rec_gt_train.txt')] == ['word']


def test_several_label_files_of_ones_own_in_one_folder(tmp_path):
    own(tmp_path, ['of the table'])
    json_lines(tmp_path, ['of the lines'])
    message = r'several label files, labels\.tsv, labels\.jsonl; name one, mine=/.*/labels\.tsv$'
    for source in (tmp_path, f'own:{tmp_path}'):
        with pytest.raises(InputError, match=message):
            read_dataset('mine', source)
    for name, text in (('labels.tsv', 'of the table'), ('labels.jsonl', 'of the lines')):
        assert [region.text for region in read_dataset('mine', tmp_path / name)] == [text]


def test_labels_of_photographs_in_several_folders(tmp_path):
    icdar2015(tmp_path / 'train')
    icdar2015(tmp_path / 'test')
    message = r'in several folders, .*/test, .*/train; give each as a dataset, mine=.*/test'
    with pytest.raises(InputError, match=message):
        read_dataset('mine', tmp_path)
    assert len(list(read_dataset('mine', tmp_path / 'test'))) == len(WORDS)


# Where the images are


def test_labels_without_their_images(tmp_path):
    text_file(tmp_path / 'my' / 'data' / 'gt.txt', 'test/a.png\tword\n')
    with pytest.raises(InputError, match=r'images of the labels in .* are not there, such as test/a.png; they should'):
        list(read_dataset('mine', tmp_path / 'my' / 'data'))


def test_a_missing_image_among_others_is_left_to_the_index(tmp_path):
    gt(tmp_path)
    (tmp_path / 'test' / 'word_0.png').unlink()
    regions = list(read_dataset('mine', tmp_path))
    assert [os.path.exists(region.image_path) for region in regions] == [False] + [True] * (len(WORDS) - 1)


def test_a_missing_image_where_paths_begin_above_the_dataset(tmp_path):
    labels = paddle_recognition(tmp_path)
    (labels / 'train' / 'word_0.png').unlink()
    regions = list(read_dataset('mine', labels))
    assert [os.path.exists(region.image_path) for region in regions] == [False] + [True] * (len(WORDS) - 1)


@pytest.mark.parametrize('folder', ['.', 'rec', 'rec/labels'])
@pytest.mark.parametrize('start', ['', './'])
def test_paths_that_begin_up_to_three_folders_above(tmp_path, folder, start):
    image(tmp_path / 'train_data' / 'rec' / 'train' / 'a.png')
    labels = text_file(tmp_path / 'train_data' / folder / 'rec_gt.txt', f'{start}train_data/rec/train/a.png\tword\n')
    (region,) = read_dataset('mine', labels)
    assert os.path.samefile(region.image_path, tmp_path / 'train_data' / 'rec' / 'train' / 'a.png')


@pytest.mark.parametrize('folder', ['lists/rec', 'lists/rec/all'])
def test_images_of_a_path_in_another_branch_are_taken_only_if_they_are_all_there(tmp_path, folder, caplog):
    caplog.set_level('INFO')
    image(tmp_path / 'train_data' / 'a.png')
    labels = text_file(tmp_path / folder / 'rec_gt.txt', 'train_data/a.png\tword\ntrain_data/b.png\tword\n')
    with pytest.raises(InputError, match='are not there'):
        list(read_dataset('mine', labels))
    image(tmp_path / 'train_data' / 'b.png')
    assert all(os.path.exists(region.image_path) for region in read_dataset('mine', labels))
    assert (
        f'mine: the images of the labels in {tmp_path}/{folder} are those in {tmp_path}, as their names suggest'
        in caplog.text
    )


def test_images_with_the_same_names_in_two_folders(tmp_path, caplog):
    labels = tmp_path / 'ground_truth'
    for folder in ('training_images', 'test_images'):
        image(tmp_path / folder / 'img_1.jpg')
        image(tmp_path / folder / 'img_2.jpg')
    caplog.set_level('INFO')
    text_file(labels / 'gt_img_1.txt', '3,2,30,2,30,14,3,14,word\n')
    with pytest.raises(InputError, match=r'may be those in .*/test_images or .*/training_images; copy or link'):
        list(read_dataset('mine', labels))
    text_file(labels / 'gt_img_2.txt', '3,2,30,2,30,14,3,14,word\n')
    text_file(labels / 'gt_img_3.txt', '3,2,30,2,30,14,3,14,word\n')
    image(tmp_path / 'training_images' / 'img_3.jpg')  # now all images are in this folder and in no other
    assert {os.path.dirname(region.image_path) for region in read_dataset('mine', labels)} == {
        str(tmp_path / 'training_images')
    }
    assert f'mine: the images of the labels in {labels} are those in {tmp_path}/training_images' in caplog.text


def test_images_apart_from_their_labels_are_taken_only_if_they_are_all_there(tmp_path):
    image(tmp_path / 'other' / 'images' / 'img_1.jpg')  # of another dataset that has this name too
    for number in (1, 2):
        text_file(tmp_path / 'mine' / 'labels' / f'gt_img_{number}.txt', '3,2,30,2,30,14,3,14,word\n')
    with pytest.raises(InputError, match='are not there'):
        list(read_dataset('mine', tmp_path / 'mine' / 'labels'))


def test_linked_images(tmp_path):
    labels = totaltext(tmp_path)
    (tmp_path / 'alone').mkdir()
    (tmp_path / 'alone' / 'labels').symlink_to(labels)
    (tmp_path / 'alone' / 'images').symlink_to(tmp_path / 'Images' / 'Train')
    assert len(list(read_dataset('mine', tmp_path / 'alone'))) == len(WORDS)


@pytest.mark.parametrize('layout', [own, gt, totaltext])
def test_a_link_that_leads_in_a_circle_is_no_matter(tmp_path, layout):
    labels = layout(tmp_path) or tmp_path
    for folder in {tmp_path, labels}:
        (folder / 'circle').symlink_to(folder / 'circle')
    assert len(list(read_dataset('mine', labels))) == len(WORDS)


@pytest.mark.parametrize(
    ('source', 'form', 'path'),
    [
        ('/data/words', None, '/data/words'),
        ('gt:/data/words', 'gt', '/data/words'),
        ('icdar2017rctw:data', 'icdar2017rctw', 'data'),
        ('C:/data', None, 'C:/data'),
        ('lmdb:a:b', 'lmdb', 'a:b'),
    ],
)
def test_split_source(source, form, path):
    assert split_source(source) == (form, path)


def test_a_challenge_keeps_its_format_unless_another_is_said(tmp_path):
    database(tmp_path / 'data')
    assert resolve_source('rects', tmp_path / 'data') == f'rects:{tmp_path}/data'
    assert resolve_source('rects', f'lmdb:{tmp_path}/data') == f'lmdb:{tmp_path}/data'
