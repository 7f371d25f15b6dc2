"""The models that come with the project: they find and read at once, and are trained further from there."""

import json
import logging

import numpy as np
import pytest
import tiny
from chinese_font import write_font

from ocr import Reader
from ocr.charset import Charset
from ocr.config import parse_config
from ocr.datasets.sources import open_photographs
from ocr.errors import InputError
from ocr.evaluation.matching import match
from ocr.model_files.frozen_graph import load_graph, read_charset, read_settings
from ocr.preprocessing.decode import read_image
from ocr.reading import open_model
from ocr.reading.onnx_predictor import OnnxModel
from ocr.reading.open_detector import open_detector

MODEL = tiny.ROOT / 'pretrain' / 'latin.pb'
FOR_ONNX = MODEL.with_suffix('.onnx')
CHINESE = tiny.ROOT / 'pretrain' / 'chinese.pb'
CHINESE_ONNX = CHINESE.with_suffix('.onnx')
CHINESE_RECIPE = CHINESE.with_suffix('.json')
RECIPE = tiny.ROOT / 'pretrain' / 'latin.json'
FINE_TUNING = tiny.ROOT / 'pretrain' / 'fine_tuning.json'
DETECTOR = tiny.ROOT / 'pretrain' / 'detector.pb'
DETECTOR_ONNX = DETECTOR.with_suffix('.onnx')
DETECTOR_RECIPE = DETECTOR.with_suffix('.json')
WORDS = tiny.ROOT / 'imgs' / 'words'
SIGNS = tiny.ROOT / 'imgs' / 'chinese'
STREETS = tiny.ROOT / 'imgs' / 'streets'
ONE_STEP = {'batch_size': 2, 'steps_per_epoch': 1, 'max_epoch': 1, 'val_epochs': 0, 'num_workers': 1}


def true_texts(folder):
    """{file name: text} of a folder of pictures that comes with the project."""
    return dict(line.split('\t') for line in (folder / 'labels.tsv').read_text(encoding='utf-8').splitlines())


@pytest.mark.parametrize(('named', 'folder', 'least'), [((), WORDS, 20), (('--pb_path', CHINESE_ONNX), SIGNS, 14)])
def test_it_reads_the_pictures_beside_it_without_a_flag_more(named, folder, least, tmp_path):
    tiny.run_main('test', *map(str, named), *tiny.flags(img_folder=folder, output_path=tmp_path))
    lines = (tmp_path / 'results.jsonl').read_text(encoding='utf-8').splitlines()
    read = {record['image']: record['text'] for record in map(json.loads, lines)}
    truth = true_texts(folder)
    assert read.keys() == truth.keys() and len(truth) == 24
    assert sum(read[name] == text for name, text in truth.items()) >= least, read


@pytest.mark.parametrize(
    ('model', 'for_onnx', 'charset', 'folder'),
    [(MODEL, FOR_ONNX, 'ascii', WORDS), (CHINESE, CHINESE_ONNX, 'chinese', SIGNS)],
)
def test_both_files_are_the_same_model(model, for_onnx, charset, folder):
    again = f'; run: python export.py --format onnx --weights float16 --checkpoint_path {model} --pb_path {for_onnx}'
    onnx = OnnxModel.load(str(for_onnx))
    assert onnx.charset == Charset.preset(charset)
    assert onnx.settings == read_settings(load_graph(str(model))), f'the settings differ{again}'
    pictures = sorted(folder.glob('*.jpg'))
    frozen, quick = (Reader(path, tta=1, precision='float32').read(pictures) for path in (model, for_onnx))
    assert [one.text for one in quick] == [one.text for one in frozen], f'they read otherwise{again}'
    confidences = [[one.regions[0].confidence for one in results] for results in (quick, frozen)]
    # Weights of the .onnx are rounded to float16 after batch norm was folded into them: one of 24 differs by 5e-3.
    assert confidences[0] == pytest.approx(confidences[1], rel=1e-2), f'they are not equally sure{again}'


@pytest.mark.parametrize(
    ('flags', 'script', 'chosen', 'because'),
    [
        ('', 'test', FOR_ONNX, ''),
        ('', 'app', FOR_ONNX, ''),
        ('', 'eval', FOR_ONNX, ''),
        ('--tta 1 --precision float32 --long_text', 'test', FOR_ONNX, ''),
        ('--beam_width 1', 'test', FOR_ONNX, ''),
        (f'--pb_path {MODEL}', 'test', MODEL, ''),
        ('--pb_path other.pb', 'test', 'other.pb', ''),
        ('--beam_width 3', 'test', MODEL, '--beam_width: TensorFlow reads, with '),
        ('--n_best 2', 'test', MODEL, '--n_best: TensorFlow reads'),
        ('--allow [0-9]*', 'app', MODEL, '--allow: TensorFlow reads'),
        ('--lexicon words.txt', 'eval', MODEL, '--lexicon: TensorFlow reads'),
        ('--precision bfloat16', 'test', MODEL, '--precision: TensorFlow reads'),
        ('--gpus 0', 'test', MODEL, '--gpus: TensorFlow reads'),
    ],
)
def test_onnx_runtime_reads_unless_something_needs_tensorflow(flags, script, chosen, because, caplog):
    caplog.set_level(logging.INFO)
    assert open_model.choose_model(**parse_config(flags.split(), script).model_choice) == str(chosen)
    assert because in caplog.text if because else not caplog.records


def test_tensorflow_reads_where_onnx_runtime_is_missing_or_a_gpu_is_there(monkeypatch, tmp_path):
    cfg = parse_config([], 'test')
    monkeypatch.setattr(open_model, 'find_spec', lambda name: name != 'onnxruntime')
    assert open_model.choose_model(**cfg.model_choice) == str(MODEL)
    monkeypatch.setattr(open_model, 'find_spec', lambda _: True)
    monkeypatch.setattr(open_model, '_GPU', tmp_path)
    assert open_model.choose_model(**cfg.model_choice) == str(FOR_ONNX)  # no GPU is visible in the tests
    monkeypatch.delenv('CUDA_VISIBLE_DEVICES')
    assert open_model.choose_model(**cfg.model_choice) == str(MODEL)


def test_a_file_of_settings_names_a_model_too(tmp_path):
    path = tmp_path / 'settings.json'
    path.write_text(json.dumps({'pb_path': 'other.pb'}))
    cfg = parse_config(['--config_path', str(path)], 'test')
    assert open_model.choose_model(**cfg.model_choice) == 'other.pb'


def test_from_python_too_a_search_is_read_by_tensorflow():
    reader = Reader(n_best=2, tta=1)
    (region,) = reader.read(WORDS / '12.jpg').regions
    assert len(region.n_best) == 2
    with pytest.raises(InputError, match='only reads greedily'):
        Reader(FOR_ONNX, n_best=2)


@pytest.mark.parametrize(('model', 'charset', 'bytes'), [(MODEL, 'ascii', 8e6), (CHINESE, 'chinese', 16e6)])
def test_its_charset_is_in_a_small_file(model, charset, bytes):
    assert read_charset(load_graph(str(model)), str(model)) == Charset.preset(charset)
    assert model.stat().st_size <= bytes


def test_its_recipe_trains(tmp_path):
    arguments = tiny.flags(config_path=RECIPE, font_dir=tiny.FONT_DIR, checkpoint_path=tmp_path, **ONE_STEP)
    assert tiny.run_main('train', *arguments) == 0
    (row,) = [json.loads(line) for line in (tmp_path / 'history.jsonl').read_text().splitlines()]
    assert row['step'] == 1 and row['cross_entropy'] > 3  # it knows nothing yet: the logarithm of 97 is 4.6


def test_the_chinese_recipe_trains_from_the_latin_model(tmp_path):
    write_font(tmp_path / 'boxes.ttf')
    for font in tiny.FONT_DIR.glob('[AB]*.ttf'):
        (tmp_path / font.name).symlink_to(font)
    arguments = tiny.flags(
        config_path=CHINESE_RECIPE, restore_path=MODEL, font_dir=tmp_path, checkpoint_path=tmp_path / 'run', **ONE_STEP
    )
    assert tiny.run_main('train', *arguments) == 0
    (row,) = [json.loads(line) for line in (tmp_path / 'run' / 'history.jsonl').read_text().splitlines()]
    assert row['step'] == 1 and row['cross_entropy'] > 3


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


def test_the_detector_finds_and_the_model_reads_the_streets_beside_them(tmp_path):
    tiny.run_main('test', *tiny.flags(detect=True, img_folder=STREETS, output_path=tmp_path))
    records = [json.loads(line) for line in (tmp_path / 'results.jsonl').read_text(encoding='utf-8').splitlines()]
    index, _ = open_photographs('', str(tmp_path / 'index'), [f'streets={STREETS / "labels.jsonl"}'])
    num_found = 0
    for record, photograph in zip(records, index, strict=True):
        truths = [region.polygon for region in photograph.regions]
        found = [np.array(region['polygon'], np.float32) for region in record['regions']]
        num_found += len(match(truths, [True] * len(truths), found).pairs)
    assert num_found >= 18 and sum(len(photograph.regions) for photograph in index) == 22
    texts = [region['text'] for record in records for region in record['regions']]
    assert {'Platform', 'Sunday', '27', 'Street', 'Harbour'} <= set(texts)


def test_from_python_too_a_photograph_is_searched():
    assert 'Harbour' in Reader(detector=True).read(STREETS / '621.jpg').text.splitlines()


def test_both_files_are_the_same_detector():
    picture = read_image(STREETS / '621.jpg')
    maps = [open_detector(str(path), precision='float32').probability(picture) for path in (DETECTOR, DETECTOR_ONNX)]
    np.testing.assert_allclose(*maps, atol=0.01)
    assert DETECTOR.stat().st_size <= 8e6


def test_the_detectors_recipe_trains(tmp_path):
    arguments = tiny.flags(config_path=DETECTOR_RECIPE, font_dir=tiny.FONT_DIR, checkpoint_path=tmp_path, **ONE_STEP)
    assert tiny.run_main('train', *arguments, '--image_size=64') == 0
    (row,) = [json.loads(line) for line in (tmp_path / 'history.jsonl').read_text().splitlines()]
    assert row['step'] == 1 and row['core_loss'] > 0
