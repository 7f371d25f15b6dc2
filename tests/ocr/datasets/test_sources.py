"""Which datasets a name means, and the index over them."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tiny import make_rects, make_words

from ocr.charset import Charset
from ocr.datasets import sources
from ocr.datasets.counts import KEPT
from ocr.datasets.sources import dataset_path, dataset_paths, open_index, select_regions
from ocr.errors import InputError
from ocr.region import DropReason

SPLITS = {'train': ['one', 'two'], 'valid': ['three']}


@pytest.mark.parametrize(
    ('spec', 'name', 'path'),
    [
        ('lsvt', 'lsvt', '{base}/lsvt'),
        ('icdar2017rctw', 'icdar2017rctw', '{base}/icdar2017rctw'),
        ('rects=/other/place', 'rects', '/other/place'),
        ('my.words-2=/a/b=c.tsv', 'my.words-2', '/a/b=c.tsv'),
        ('mine=icdar:/a/b', 'mine', 'icdar:/a/b'),
        ('mine=/a\nb/c, d', 'mine', '/a\nb/c, d'),
        ('mine=other:/a/b', 'mine', 'other:/a/b'),
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
    assert dataset_path('mine=own:~/words', 'nowhere') == ('mine', f'own:{tmp_path}/words')


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
    with pytest.raises(InputError, match='no dataset on the disk is given'):
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
    build_index = sources.build_index

    def counted(source, *args):
        built.append(source.name)
        return build_index(source, *args)

    monkeypatch.setattr(sources, 'build_index', counted)
    for _ in range(2):
        index, _ = open_quietly(tmp_path, (f'mine={words}',))
    assert (len(index), built) == (1, ['mine'])
    make_words(words, 'one', 'two')
    index, _ = open_quietly(tmp_path, (f'mine={words}',))
    assert (len(index), built) == (2, ['mine', 'mine'])
    open_quietly(tmp_path, (f'mine={words}',), min_size=9)
    assert len(built) == 3


def test_who_comes_while_an_index_is_built_waits_and_takes_it(tmp_path, monkeypatch):
    words = make_words(tmp_path / 'words', 'one')
    building, build_index, built = threading.Event(), sources.build_index, []

    def slow(source, *args):
        built.append(source.name)
        building.set()
        time.sleep(0.3)
        return build_index(source, *args)

    monkeypatch.setattr(sources, 'build_index', slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(open_quietly, tmp_path, (f'mine={words}',))
        assert building.wait(60)
        assert len(open_quietly(tmp_path, (f'mine={words}',))[0]) == len(first.result()[0]) == 1
    assert built == ['mine']


def test_images_that_were_missing_are_looked_for_again(tmp_path):
    words = make_words(tmp_path / 'words', 'one', 'two')
    os.rename(words / '1.png', words / 'away.png')
    assert len(open_quietly(tmp_path, (f'mine={words}',))[0]) == 1
    os.rename(words / 'away.png', words / '1.png')
    assert len(open_quietly(tmp_path, (f'mine={words}',))[0]) == 2


def test_two_datasets_of_one_name_keep_their_own_indexes(tmp_path):
    train, valid = (make_words(tmp_path / split / 'words', *texts) for split, texts in SPLITS.items())
    for _ in range(2):
        opened = [open_quietly(tmp_path, (str(path),))[0] for path in (train, valid)]
        assert [list(index.texts()) for index in opened] == list(SPLITS.values())
        assert [index[0].image_path for index in opened] == [f'{train}/0.png', f'{valid}/0.png']


def test_paths_that_share_a_name_are_named_after_their_folders_too(tmp_path):
    for split, texts in SPLITS.items():
        make_words(tmp_path / split / 'words', *texts)
    specs = (f'{tmp_path}/train/words', f'{tmp_path}/valid/words/labels.tsv', f'words={tmp_path}/train/words')
    assert list(dataset_paths(specs[:2], '')) == ['train-words', 'valid-words']
    assert list(dataset_paths(specs[1:], '')) == ['valid-words', 'words']
    index, counts = open_quietly(tmp_path, specs[:2])
    assert [index[0].dataset, index[2].dataset, *counts] == ['train-words', 'valid-words'] * 2
    with pytest.raises(InputError, match='words is given twice'):
        dataset_paths((specs[0], f'{tmp_path}/train/../train/words'), '')


def test_an_index_that_is_built_anew_while_it_is_read_is_noticed(tmp_path):
    words = make_words(tmp_path / 'words', 'one')
    index, _ = open_quietly(tmp_path, (f'mine={words}',))
    make_words(words, 'one', 'two')
    open_quietly(tmp_path, (f'mine={words}',))
    with pytest.raises(InputError, match='was rebuilt while it was in use; start again'):
        index[0]


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


def test_an_index_is_built_again_when_another_format_is_said(tmp_path):
    words = make_words(tmp_path / 'words', 'one', 'two')
    (words / 'labels.tsv').rename(words / 'labels.txt')
    specs = [f'mine=own:{words}/labels.txt', f'mine=gt:{words}/labels.txt']
    paths = set()
    for spec in specs:
        index = open_quietly(tmp_path, (spec,))[0]
        assert list(index.texts()) == ['one', 'two']
        paths.update(index.paths)
    assert len(paths) == 2


def test_relative_paths_are_looked_into(tmp_path, monkeypatch):
    words = make_words(tmp_path / 'words', 'one')
    (words / 'labels.tsv').rename(words / 'gt.txt')
    monkeypatch.chdir(tmp_path)
    for path in ('words', './words', 'words/', 'words/../words', './words/gt.txt'):
        assert list(open_quietly(tmp_path, (f'mine={path}',))[0].texts()) == ['one']
    monkeypatch.chdir(words)
    assert list(open_quietly(tmp_path, ('mine=.',))[0].texts()) == ['one']
