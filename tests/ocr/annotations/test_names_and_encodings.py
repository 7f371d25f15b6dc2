"""Label files as other systems write them: names in another normalisation, other line ends, other encodings."""

import contextlib
import json
import os
import time
import unicodedata

import layouts
import pytest
from layouts import image, text_file

from ocr.annotations import read_dataset
from ocr.annotations.own import read_polygons
from ocr.errors import InputError

QUAD = '3,2,30,2,30,14,3,14'
NAMED = {  # format, label file, and its content for a photograph that is called {}
    'own': ('labels.tsv', '{}.png\tword\n'),
    'json lines': ('labels.jsonl', '{{"image": "{}.png", "text": "word"}}\n'),
    'gt': ('gt.txt', '{}.png\tword\n'),
    'doctr': ('labels.json', '{{"{}.png": "word"}}'),
    'easyocr': ('labels.csv', 'filename,words\n{}.png,word\n'),
    'trdg': ('labels.txt', '0.png word\n{}.png word\n'),
    'icdar_words': ('gt.txt', '{}.png, "word"\n'),
    'icdar': ('gt_{}.txt', f'{QUAD},word\n'),
    'rects': ('gt_unicode/{}.json', json.dumps({'lines': [{'transcription': 'word', 'points': [0, 0, 9, 0, 9, 9]}]})),
    'lsvt': ('train_full_labels.json', '{{"{}": [{{"transcription": "word", "points": [[0, 0], [9, 0], [9, 9]]}}]}}'),
}
IMAGE_FOLDERS = {'rects': 'img', 'lsvt': 'train'}


def write_named(folder, form, name):
    file, content = NAMED[form]
    text_file(folder / file.format(name), content if form == 'rects' else content.format(name))


def write_keyed(folder, form, key):
    """A label file of an image by its key, which is a string of JSON."""
    if form == 'cocotext':
        annotation = '{"1": {"image_id": 1, "utf8_string": "word", "bbox": [0, 0, 9, 9]}}'
        content = f'{{"imgs": {{"1": {{"file_name": "{key}.png"}}}}, "anns": {annotation}}}'
        text_file(folder / 'cocotext.json', content)
    else:
        text_file(folder / NAMED[form][0], NAMED[form][1].format(key))


@pytest.mark.parametrize('forms', [('NFC', 'NFD'), ('NFD', 'NFC')])
@pytest.mark.parametrize('form', [form for form in NAMED if form != 'trdg'])
@pytest.mark.parametrize('name', ['caf\u00e9', '\ud55c\uae00', '\u304c'])
def test_names_in_another_normalisation(tmp_path, form, name, forms):
    in_labels, on_disk = (unicodedata.normalize(normalisation, name) for normalisation in forms)
    assert in_labels != on_disk
    write_named(tmp_path, form, in_labels)
    picture = image(tmp_path / IMAGE_FOLDERS.get(form, '.') / f'{on_disk}.png')
    (region,) = read_dataset('mine', tmp_path)
    assert region.image_path == str(picture)


def test_folders_in_another_normalisation(tmp_path):
    picture = image(tmp_path / 'cafe\u0301' / 'cafe\u0301.png')
    text_file(tmp_path / 'labels.tsv', 'caf\u00e9/caf\u00e9.png\ta\ncaf\u00e9\\caf\u00e9.png\tb\n')
    assert [region.image_path for region in read_dataset('mine', tmp_path)] == [str(picture)] * 2
    assert [region.image_path for region in read_polygons(str(tmp_path / 'labels.tsv'), str(tmp_path))] == [
        str(picture)
    ] * 2


def test_absolute_names_in_another_normalisation(tmp_path):
    picture = image(tmp_path / 'images' / 'cafe\u0301' / 'a\u0308.png')
    text_file(tmp_path / 'labels' / 'labels.tsv', f'{tmp_path}/images/caf\u00e9/\u00e4.png\tword\n')
    (region,) = read_dataset('mine', tmp_path / 'labels')
    assert region.image_path == str(picture)


def test_a_name_that_is_there_in_both_normalisations_is_taken_as_it_is_written(tmp_path):
    names = [unicodedata.normalize(form, 'caf\u00e9') for form in ('NFC', 'NFD')]
    for name in names:
        image(tmp_path / f'{name}.png')
        text_file(tmp_path / f'gt_{name}.txt', f'{QUAD},word\n')
    text_file(tmp_path / 'labels.tsv', ''.join(f'{name}.png\tword\n' for name in names))
    for form in ('own', 'icdar'):
        paths = [region.image_path for region in read_dataset('mine', f'{form}:{tmp_path}')]
        assert sorted(paths) == sorted(str(tmp_path / f'{name}.png') for name in names)


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r\r\n', '\r\r\r\n'])
@pytest.mark.parametrize(
    ('lay', 'form'),
    [
        (layouts.own, 'own'),
        (layouts.gt, 'gt'),
        (layouts.easyocr_unquoted, 'easyocr'),
        (layouts.trdg_listed, 'trdg'),
        (layouts.icdar_words, 'icdar_words'),
        (layouts.icdar2013, 'icdar'),
        (layouts.icdar2015, 'icdar'),
        (layouts.json_lines, 'own'),
    ],
)
def test_line_ends_are_no_part_of_a_text(tmp_path, lay, form, end):
    lay(tmp_path)
    written = [region.text for region in read_dataset('mine', tmp_path)]
    for path in [*tmp_path.rglob('*.txt'), *tmp_path.rglob('labels.*')]:
        path.write_bytes(path.read_bytes().replace(b'\r', b'').replace(b'\n', end.encode()))
    assert [region.text for region in read_dataset('mine', tmp_path)] == written
    assert [region.text for region in read_dataset('mine', f'{form}:{tmp_path}')] == written


@pytest.mark.parametrize('content', ['a.png\tone\ra.png\ttwo\r', 'a.png\tone\rtwo\n'])
def test_a_carriage_return_in_a_line_is_refused(tmp_path, content):
    text_file(tmp_path / 'labels.tsv', content)
    with pytest.raises(InputError, match=r'labels.tsv:1: a carriage return in the line; save it with CRLF or LF'):
        list(read_dataset('mine', tmp_path))


@pytest.mark.parametrize('encoding', ['utf-16', 'utf-16-be', 'utf-16-le', 'utf-32'])
@pytest.mark.parametrize('said', [False, True])
@pytest.mark.parametrize('form', list(NAMED))
def test_utf_16_is_called_by_its_name(tmp_path, form, said, encoding):
    write_named(tmp_path, form, 'a')
    image(tmp_path / IMAGE_FOLDERS.get(form, '.') / 'a.png')
    (labels,) = tmp_path.glob(NAMED[form][0].format('a'))
    labels.write_bytes(labels.read_text('utf-8').encode(encoding))
    source = f'{"own" if form == "json lines" else form}:{tmp_path}' if said else tmp_path
    with pytest.raises(InputError, match=f'{labels.name}: not UTF-8 but (perhaps )?UTF-(16|32); save it as UTF-8'):
        list(read_dataset('mine', source))


def test_other_files_in_utf_16_are_no_matter(tmp_path):
    layouts.gt(tmp_path)
    (tmp_path / 'README.txt').write_bytes('made by hand'.encode('utf-16'))
    assert len(list(read_dataset('mine', tmp_path))) == len(layouts.WORDS)


# Images of another part of a dataset


@pytest.mark.parametrize(
    ('labels', 'pictures'),
    [
        ('train/gt.txt', 'val'),
        ('train/gt.txt', 'test_images'),
        ('training_gt/gt.txt', 'testing/images'),
        ('rec_gt_train.txt', 'test'),
        ('labels/train.txt', 'images/val'),
        ('fold1/gt.txt', 'fold2'),
        ('ICDAR2013/gt.txt', 'ICDAR2015/images'),
    ],
)
def test_images_of_another_split_are_never_taken(tmp_path, labels, pictures):
    for number in (1, 2):
        image(tmp_path / pictures / f'{number}.png')
    text_file(tmp_path / labels, '1.png\tone\n2.png\ttwo\n')
    with pytest.raises(InputError, match=r'the images of the labels in .* are not there'):
        list(read_dataset('mine', tmp_path / labels))


def test_images_of_a_dataset_with_labels_of_its_own_are_never_taken(tmp_path):
    for number in (1, 2):
        image(tmp_path / 'theirs' / f'{number}.png')
    for name in ('mine', 'theirs'):
        text_file(tmp_path / name / 'gt.txt', '1.png\tone\n2.png\ttwo\n')
    with pytest.raises(InputError, match=r'theirs has images of these names, but belongs to another split or dataset'):
        list(read_dataset('mine', tmp_path / 'mine'))


def test_photographs_of_another_split_are_never_taken(tmp_path):
    """The layout of ICDAR 2015, whose photographs of training and test have the same numbers."""
    for number in (1, 2):
        image(tmp_path / 'test_images' / f'img_{number}.jpg')
        text_file(tmp_path / 'training_gt' / f'gt_img_{number}.txt', f'{QUAD},word\n')
    with pytest.raises(InputError, match='belongs to another split or dataset'):
        list(read_dataset('mine', tmp_path))
    for number in (1, 2):
        image(tmp_path / 'training_images' / f'img_{number}.jpg')
    folders = {os.path.dirname(region.image_path) for region in read_dataset('mine', tmp_path)}
    assert folders == {str(tmp_path / 'training_images')}


@pytest.mark.parametrize(('labels', 'pictures'), [('train/gt.txt', 'images'), ('labels/gt.txt', 'train')])
def test_a_guess_is_said(tmp_path, caplog, labels, pictures):
    for number in (1, 2):
        image(tmp_path / pictures / f'{number}.png')
    text_file(tmp_path / labels, '1.png\tone\n2.png\ttwo\n')
    assert len(list(read_dataset('mine', tmp_path / labels))) == 2
    assert [record.levelname for record in caplog.records] == ['WARNING']
    assert f'are those in {tmp_path}/{pictures}, as their names suggest' in caplog.text


# Paths that lead out of a dataset


@pytest.mark.parametrize('name', ['../outside', '/etc/outside', 'a/../../outside', '..\\\\outside'])
@pytest.mark.parametrize('form', ['lsvt', 'doctr', 'cocotext'])
def test_keys_of_a_downloaded_dataset_do_not_lead_out_of_it(tmp_path, form, name):
    write_keyed(tmp_path / 'mine', form, name)
    with pytest.raises(InputError, match='leads out of the dataset'):
        list(read_dataset('mine', f'{form}:{tmp_path}/mine'))


@pytest.mark.parametrize('form', ['own', 'gt', 'easyocr', 'icdar_words'])
def test_paths_that_a_person_writes_may_lead_anywhere(tmp_path, form):
    picture = image(tmp_path / 'elsewhere' / 'a.png')
    for number, name in enumerate((picture.with_suffix(''), '../elsewhere/a')):
        write_named(tmp_path / str(number), form, name)
        (region,) = read_dataset('mine', f'{form}:{tmp_path}/{number}')
        assert os.path.samefile(region.image_path, picture)


# Pipes and devices


@pytest.mark.parametrize('form', ['own', 'gt', 'doctr', 'easyocr', 'icdar', 'ctw1500', 'rects', 'lsvt', 'lmdb'])
def test_a_pipe_or_a_device_is_refused(tmp_path, form):
    os.mkfifo(tmp_path / 'pipe.txt')
    for path in (tmp_path / 'pipe.txt', '/dev/zero'):
        with pytest.raises(InputError):
            list(read_dataset('mine', f'{form}:{path}'))
    (tmp_path / 'labels.tsv').symlink_to('/dev/zero')
    with pytest.raises(InputError):
        list(read_dataset('mine', tmp_path))


def test_polygons_from_a_pipe_or_a_device_are_refused(tmp_path):
    os.mkfifo(tmp_path / 'pipe')
    for path in (str(tmp_path / 'pipe'), '/dev/zero'):
        with pytest.raises(InputError, match=r'cannot be read \(not a regular file\)'):
            list(read_polygons(path, str(tmp_path)))


# Time


@pytest.mark.parametrize(
    'line', [' ', '1 ', '1.png' + ' ', '1', '"', '1,2,3,4,5,6,7,8' + ' ', 'a ', 'x: [[1', '1\t'], ids=ascii
)
def test_a_long_line_is_looked_at_in_no_time(tmp_path, line):
    """The format is found out by looking, so everybody pays for the slowest pattern."""
    text_file(tmp_path / 'gt_1.txt', '1.png ' + line[-1] * 60_000 + 'x\n' + line + line[-1] * 60_000 + 'x\n')
    begin = time.process_time()
    with pytest.raises(InputError):
        list(read_dataset('mine', tmp_path))
    for form in ('icdar', 'icdar_words', 'icdar2017rctw', 'totaltext', 'ctw1500', 'gt', 'trdg'):
        with contextlib.suppress(InputError):
            list(read_dataset('mine', f'{form}:{tmp_path}'))
    assert time.process_time() - begin < 10
