"""What a training run sees: its datasets in their shares, drawn text among them, and what is held out."""

import dataclasses
import logging
import pickle
import shutil
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tiny
from crops import write_photographs

from ocr.charset import Charset
from ocr.config import parse_config
from ocr.datasets.crop_cache import cache_path
from ocr.datasets.crop_making import build_cache
from ocr.drawing import Recipe
from ocr.drawing.recipes import RECIPES
from ocr.errors import InputError
from ocr.training.data import build_dataflow, held_out_batches, load_data, make_crops, without_held_out
from ocr.training.data_position import BEGINNING

TEXTS = [str(number) for number in range(20)]


@pytest.fixture
def settings(tmp_path):
    """Function of flags -> Config; `mine` and `other` are datasets of 20 pictures and of one."""
    mine = tiny.write_words(tmp_path / 'mine', TEXTS)
    other = tiny.write_words(tmp_path / 'other', ['777'])

    def make(**changes):
        names = {'mine': f'mine={mine}', 'other': f'other={other}'}
        for flag in ('train_datasets', 'val_datasets'):
            if flag in changes:
                changes[flag] = [names.get(name, name) for name in changes[flag]]
        return parse_config(tiny.training_flags(mine, tmp_path / 'checkpoint', **{'val_epochs': 1, **changes}))

    return make


def load(cfg):
    return load_data(cfg, lambda index: Charset.preset('digits'))


def texts(cfg, data, number):
    """The texts of the first batches that a training run gets."""
    dataflow, _ = build_dataflow(cfg, data, cfg.batch_size, BEGINNING)
    dataflow.reset_state()
    stream = iter(dataflow)
    try:
        return [data.charset.decode(label) for batch in islice(stream, number) for label in batch[1]]
    finally:
        stream.close()


def test_a_share_of_the_photographs_is_held_out_of_the_training(settings):
    cfg = settings(train_datasets=['mine', 'other'])
    data = load(cfg)
    held_out = {region.text for region in data.held_out}
    seen = set(texts(cfg, data, 12))
    assert 1 <= len(held_out) <= 3 and not held_out & seen
    assert held_out | seen == {*TEXTS, '777'}


def test_no_more_is_held_out_than_is_validated_on():
    index = SimpleNamespace(record=lambda position: {'image': f'{position}.jpg'})
    regions = [np.arange(0, 600), RECIPES['digits'], np.arange(600, 1000)]
    (first, recipe, second), held_out = without_held_out(index, regions, most=1000, seed=0)
    assert 30 <= len(held_out) <= 70 and recipe is regions[1]
    assert sorted([*first, *second, *held_out]) == list(range(1000))
    (first, _, second), few = without_held_out(index, regions, most=8, seed=0)
    assert 2 <= len(few) <= 16 and set(few) < set(held_out)
    assert sorted([*first, *second, *few]) == list(range(1000))


def test_datasets_of_their_own_are_validated_on_and_nothing_else_is_held_out(settings):
    cfg = settings(train_datasets=['mine'], val_datasets=['other'])
    data = load(cfg)
    assert [region.text for region in data.held_out] == ['777']
    assert set(texts(cfg, data, 5)) == set(TEXTS)


def test_shares_weigh_datasets_whatever_their_size(settings):
    cfg = settings(train_datasets=['mine', 'other'], train_shares=[1, 3], val_epochs=0)
    seen = texts(cfg, load(cfg), 50)
    assert 120 <= seen.count('777') <= 180


def test_drawn_text_stands_beside_regions(settings):
    cfg = settings(train_datasets=['mine', 'synthetic:digits'], train_shares=[0.5, 0.5], drawn_echo=2)
    data = load(cfg)
    assert isinstance(data.datasets[1], Recipe)
    assert data.held_out and all(region.text in TEXTS for region in data.held_out)
    seen = texts(cfg, data, 25)
    assert 25 <= sum(text in TEXTS for text in seen) <= 75  # drawn numbers have up to six digits


def test_drawn_text_alone_is_validated_on_drawn_text(settings):
    cfg = settings(train_datasets=['synthetic:digits'], val_regions=6)
    data = load(cfg)
    assert data.index is None and len(data.held_out) == 6
    read = [
        (region.text, canvas)
        for regions, canvases, _ in held_out_batches(cfg, data)
        for region, canvas in zip(regions, canvases, strict=True)
    ]
    assert sorted(text for text, _ in read) == sorted(region.text for region in data.held_out)
    assert all(canvas.dtype == np.uint8 and canvas.std() > 0 for _, canvas in read)


def test_texts_of_a_recipe_are_cut_to_what_the_model_can_hold(settings):
    cfg = settings(train_datasets=['synthetic:words'], seq_len=3)
    recipe = load(cfg).datasets[0]
    assert recipe.max_length == 3 and recipe.characters == set('0123456789')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'train_datasets': ['mine', 'synthetic:digits']}, 'drawn text has no end: give .* --train_shares'),
        ({'train_datasets': ['mine', 'other'], 'train_shares': [1]}, 'give each of the 2 datasets a share'),
        ({'train_datasets': ['mine', 'other'], 'train_shares': [0, 0]}, 'give each of the 2 datasets a share'),
        ({'train_datasets': ['synthetic:nothing']}, 'nothing: no such recipe; there are digits, words'),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(settings, changes, message):
    with pytest.raises(InputError, match=message) as error:
        load(settings(**changes))
    assert '\n' not in str(error.value)


def test_a_dataset_without_a_region_to_learn_from_has_no_share(settings, tmp_path):
    letters = tiny.write_words(tmp_path / 'letters', ['abc'])
    cfg = settings(train_datasets=['mine', f'letters={letters}'], train_shares=[1, 1])
    with pytest.raises(InputError, match=r'letters=.* has no region left to train on; leave it out'):
        load(cfg)


def test_whole_pictures_are_not_for_a_recogniser(settings):
    with pytest.raises(InputError, match='synthetic:street: draws whole pictures'):
        load(settings(train_datasets=('synthetic:street',), train_shares=(), charset_path='digits'))


def test_drawn_text_alone_needs_a_charset(tmp_path):
    with pytest.raises(InputError, match='give --charset_path, such as ascii'):
        tiny.run_main(
            'train', *tiny.flags(train_datasets='synthetic:digits', preset='compact', checkpoint_path=tmp_path / 'c')
        )


def test_the_crop_cache_is_read_where_there_is_one_and_refused_where_it_is_stale(settings, tmp_path, caplog):
    cfg = settings(train_datasets=['mine', 'other'], val_epochs=0)
    data = load(cfg)
    read, (mine, other) = texts(cfg, data, 6), data.index.paths
    build_cache(mine, canvas=cfg.canvases, margin=0)
    with caplog.at_level(logging.INFO):
        assert texts(cfg, load(cfg), 6) == read
    assert f'reading {cache_path(mine)}, photographs of {other}' in caplog.messages
    larger = dataclasses.replace(cfg, image_size=2 * cfg.image_size)
    with pytest.raises(InputError, match=r'run dataset\.py --convert crops with the settings'):
        texts(larger, load(larger), 1)


def test_datasets_of_one_name_are_told_apart(settings, tmp_path):
    train, valid = (tiny.write_words(tmp_path / split / 'words', ['1', '2']) for split in ('train', 'valid'))
    data = load(settings(train_datasets=[str(train)], val_datasets=[str(valid)]))
    index = pickle.loads(pickle.dumps(data.index))  # as a worker process has it
    assert {Path(index[position].image_path).parent for position in data.datasets[0]} == {train}
    assert {Path(region.image_path).parent for region in data.held_out} == {valid}


def test_a_training_cuts_its_words_once_and_gives_the_same_batches_for_any_workers(settings, tmp_path):
    photographs = write_photographs(tmp_path / 'photographs')
    options = {'train_datasets': [f'photographs={photographs}', 'mine'], 'train_shares': [0.5, 0.5], 'val_epochs': 0}
    cfg = settings(**options)
    data = load(cfg)
    crops, of_words = (Path(cache_path(path)) for path in data.index.paths)
    make_crops(cfg, data, 4)
    assert not crops.exists()  # not worth it: each photograph is looked at once
    make_crops(cfg, data, 1000)
    assert crops.exists() and not of_words.exists()
    assert texts(cfg, data, 6) == texts(settings(**options, num_workers=2), data, 6)
    shutil.rmtree(photographs)
    with pytest.raises(InputError, match=r'\.crops is older than'):
        build_dataflow(cfg, data, cfg.batch_size, BEGINNING)
