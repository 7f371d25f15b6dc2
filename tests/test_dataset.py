"""The script that builds the indexes, and its functions."""

import os

import pytest
from PIL import Image

import dataset
from config import Config
from dataset import dataset_path, dataset_paths, open_index, select_regions
from ocr.annotations.region import DropReason
from ocr.charset import Charset
from ocr.errors import InputError
from ocr.index import KEPT


def make_words(folder, *texts, size=(40, 20)):
    """A folder of own data: one image a text."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, _ in enumerate(texts):
        Image.new('RGB', size).save(folder / f'{number}.png')
    (folder / 'labels.tsv').write_text(''.join(f'{number}.png\t{text}\n' for number, text in enumerate(texts)), 'utf-8')
    return folder


def make_rects(folder):
    """A ReCTS folder with one legible and one ignored line."""
    (folder / 'gt_unicode').mkdir(parents=True)
    (folder / 'img').mkdir()
    Image.new('RGB', (40, 20)).save(folder / 'img' / 'a.jpg')
    (folder / 'gt_unicode' / 'a.json').write_text(
        '{"chars": [], "lines": [{"ignore": 0, "transcription": "IMC", "points": [1, 1, 30, 1, 30, 15, 1, 15]},'
        ' {"ignore": 1, "transcription": "###", "points": [1, 1, 30, 1, 30, 15, 1, 15]}]}'
    )
    return folder


@pytest.mark.parametrize(
    ('spec', 'name', 'path'),
    [
        ('lsvt', 'lsvt', '{base}/lsvt'),
        ('icdar2017rctw', 'icdar2017rctw', '{base}/icdar2017rctw'),
        ('rects=/other/place', 'rects', '/other/place'),
        ('my.words-2=/a/b=c.tsv', 'my.words-2', '/a/b=c.tsv'),
        ('{base}/words', 'words', '{base}/words'),
        ('{base}/words/labels.tsv', 'words', '{base}/words/labels.tsv'),
        ('{base}/words/other.txt', 'other', '{base}/words/other.txt'),
    ],
)
def test_dataset_path(tmp_path, spec, name, path):
    make_words(tmp_path / 'words', 'a')
    (tmp_path / 'words' / 'other.txt').write_text('0.png\ta\n')
    assert dataset_path(spec.format(base=tmp_path), str(tmp_path)) == (name, path.format(base=tmp_path))


def test_own_path_may_be_relative_or_in_the_home_folder(tmp_path, monkeypatch):
    make_words(tmp_path / 'words', 'a')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('HOME', str(tmp_path))
    assert dataset_path('words', 'nowhere') == ('words', str(tmp_path / 'words'))
    assert dataset_path('mine=~/words', 'nowhere') == ('mine', str(tmp_path / 'words'))


def test_what_is_no_dataset(tmp_path):
    with pytest.raises(InputError, match='dataset coco: neither one of lsvt, art, rects, icdar2017rctw nor NAME=PATH'):
        dataset_path('coco', str(tmp_path))
    with pytest.raises(InputError, match='--base_dir /nowhere does not exist'):
        dataset_path('lsvt', '/nowhere')
    words = make_words(tmp_path / 'lsvt', 'a')
    with pytest.raises(InputError, match='give it another, NAME='):
        dataset_path(str(words / 'labels.tsv'), str(tmp_path))


@pytest.mark.parametrize('specs', [('a=/x', 'a=/y'), ('lsvt', 'lsvt=/y'), ('lsvt', 'lsvt')])
def test_one_name_for_two_datasets(tmp_path, specs):
    with pytest.raises(InputError, match='is given twice'):
        dataset_paths(specs, str(tmp_path))


def test_no_dataset_at_all(tmp_path):
    with pytest.raises(InputError, match='no dataset is given'):
        dataset_paths((), str(tmp_path))


def open_quietly(base_dir, specs, **options):
    return open_index(str(base_dir), str(base_dir / 'index'), specs, progress=False, **options)


def test_open_index_joins_datasets_in_the_order_given(tmp_path):
    make_rects(tmp_path / 'rects')
    words = make_words(tmp_path / 'words', 'one', 'two', '###')
    index, counts = open_quietly(tmp_path, (f'mine={words}', 'rects'))
    assert list(index.texts()) == ['one', 'two', 'IMC']
    assert index.spans == [(0, 2), (2, 3)]
    assert counts == {'mine': {KEPT: 2, DropReason.ILLEGIBLE: 1}, 'rects': {KEPT: 1, DropReason.ILLEGIBLE: 1}}


def test_an_index_is_built_once_and_again_after_a_change(tmp_path, monkeypatch):
    words = make_words(tmp_path / 'words', 'one')
    built = []
    build_index = dataset.build_index
    monkeypatch.setattr(dataset, 'build_index', lambda *args: built.append(args[0]) or build_index(*args))
    for _ in range(2):
        index, _ = open_quietly(tmp_path, (f'mine={words}',))
    assert (len(index), built) == (1, ['mine'])
    make_words(words, 'one', 'two')
    index, _ = open_quietly(tmp_path, (f'mine={words}',))
    assert (len(index), built) == (2, ['mine', 'mine'])
    open_quietly(tmp_path, (f'mine={words}',), min_size=9)
    assert len(built) == 3


def test_images_that_were_missing_are_looked_for_again_when_asked(tmp_path):
    words = make_words(tmp_path / 'words', 'one', 'two')
    os.rename(words / '1.png', words / 'away.png')
    assert len(open_quietly(tmp_path, (f'mine={words}',))[0]) == 1
    os.rename(words / 'away.png', words / '1.png')
    assert len(open_quietly(tmp_path, (f'mine={words}',))[0]) == 1
    assert len(open_quietly(tmp_path, (f'mine={words}',), retry_images=True)[0]) == 2


def test_no_legible_region(tmp_path):
    words = make_words(tmp_path / 'words', '###', 'a##### b')
    with pytest.raises(InputError, match=r'mine: no legible region left \(1 illegible or ignored, 1 partly ###\)'):
        open_quietly(tmp_path, (f'mine={words}',))


def test_select_regions_counts_each_dataset_for_itself(tmp_path):
    first = make_words(tmp_path / 'first', 'abc', 'ab', 'xx', '###')
    second = make_words(tmp_path / 'second', 'a', 'abcd')
    index, counts = open_quietly(tmp_path, (f'first={first}', f'second={second}'))
    positions, selected = select_regions(index, counts, Charset('abc'), seq_len=2)
    assert [index[position].text for position in positions] == ['ab', 'a']
    assert selected == {
        'first': {KEPT: 1, DropReason.ILLEGIBLE: 1, DropReason.TOO_LONG: 1, DropReason.UNKNOWN_CHARACTER: 1},
        'second': {KEPT: 1, DropReason.TOO_LONG: 1},
    }
    with pytest.raises(InputError, match='no legible region left for charset digits and --seq_len 2'):
        select_regions(index, counts, Charset.preset('digits'), seq_len=2)


def run(folder, *arguments):
    return dataset.main(['--base_dir', str(folder), '--index_dir', str(folder / 'index'), *arguments])


def test_script_prints_the_table_and_builds_a_charset_of_the_training_text(tmp_path, capsys):
    make_rects(tmp_path / 'rects')
    words = make_words(tmp_path / 'words', 'a b', 'ba', 'cc')
    run(tmp_path, '--train_datasets', f'mine={words}', '--eval_datasets', 'rects', '--min_count', '2')
    output = capsys.readouterr().out
    rows = [line.split() for line in output.splitlines()]
    assert ['mine', '2', '0', '1'] in rows  # the space occurs once only
    assert ['rects', '0', '1', '1'] in rows
    assert 'unknown character' in output
    assert Charset.load(tmp_path / 'index' / 'charset.txt') == Charset('abc')


def test_script_with_a_preset_charset_builds_none(tmp_path, capsys):
    words = make_words(tmp_path / 'words', '12', '123', 'x')
    run(tmp_path, f'--train_datasets=mine={words}', '--eval_datasets', '--charset_path=digits', '--seq_len=2')
    assert ['mine', '1', '1', '1'] in [line.split() for line in capsys.readouterr().out.splitlines()]
    assert not (tmp_path / 'index' / 'charset.txt').exists()


def test_script_refuses_a_missing_default_dataset(tmp_path):
    with pytest.raises(InputError, match=r'lsvt: .*/lsvt does not exist'):
        run(tmp_path)
    assert Config().train_datasets[0] == 'lsvt'
