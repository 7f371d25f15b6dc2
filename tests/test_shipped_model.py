"""The model that comes with the project: it reads at once, and is trained further from there."""

import json

import pytest
import tiny

from ocr.charset import Charset
from ocr.model_files.frozen_graph import load_graph, read_charset

MODEL = tiny.ROOT / 'pretrain' / 'latin.pb'
RECIPE = tiny.ROOT / 'pretrain' / 'latin.json'
FINE_TUNING = tiny.ROOT / 'pretrain' / 'fine_tuning.json'
WORDS = tiny.ROOT / 'imgs' / 'words'
ONE_STEP = {'batch_size': 2, 'steps_per_epoch': 1, 'max_epoch': 1, 'val_epochs': 0, 'num_workers': 1}


def true_texts():
    """{file name: text} of the pictures that come with the project."""
    return dict(line.split('\t') for line in (WORDS / 'labels.tsv').read_text(encoding='utf-8').splitlines())


def test_it_reads_the_pictures_beside_it_without_a_flag_more(tmp_path):
    tiny.run_main('test', *tiny.flags(img_folder=WORDS, output_path=tmp_path))
    lines = (tmp_path / 'results.jsonl').read_text(encoding='utf-8').splitlines()
    read = {record['image']: record['text'] for record in map(json.loads, lines)}
    truth = true_texts()
    assert read.keys() == truth.keys() and len(truth) == 24
    assert sum(read[name] == text for name, text in truth.items()) >= 22, read


def test_it_holds_printable_ascii_in_a_small_file():
    assert read_charset(load_graph(str(MODEL)), str(MODEL)) == Charset.preset('ascii')
    assert MODEL.stat().st_size <= 60e6


def test_its_recipe_trains(tmp_path):
    arguments = tiny.flags(config_path=RECIPE, font_dir=tiny.FONT_DIR, checkpoint_path=tmp_path, **ONE_STEP)
    assert tiny.run_main('train', *arguments) == 0
    (row,) = [json.loads(line) for line in (tmp_path / 'history.jsonl').read_text().splitlines()]
    assert row['step'] == 1 and row['cross_entropy'] > 3  # it knows nothing yet: the logarithm of 97 is 4.6


@pytest.mark.parametrize('charset', ['', 'grown'])
def test_it_is_a_start_for_other_words(tmp_path, charset):
    words = tiny.write_words(tmp_path / 'words', ['Caf\u00e9', 'Bistro'] if charset else ['Tea', 'Bistro'])
    if charset:
        grown = Charset((*Charset.preset('ascii').characters[2:], '\u00e9'))
        grown.save(tmp_path / 'grown.txt')
    arguments = tiny.flags(
        config_path=FINE_TUNING,
        restore_path=MODEL,
        train_datasets=[f'words={words}', 'synthetic:scene'],
        font_dir=tiny.FONT_DIR,
        index_dir=tmp_path / 'index',
        checkpoint_path=tmp_path / 'checkpoint',
        charset_path=tmp_path / 'grown.txt' if charset else '',
        **ONE_STEP,
    )
    assert tiny.run_main('train', *arguments) == 0
    (row,) = [json.loads(line) for line in (tmp_path / 'checkpoint' / 'history.jsonl').read_text().splitlines()]
    assert row['cross_entropy'] < 3  # it reads already
