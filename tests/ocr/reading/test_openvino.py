"""A model in two: its encoder elsewhere, its decoder in TensorFlow; in OpenVINO itself if that is installed."""

import importlib
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny

from export import Source
from ocr.config import parse_config, renamed
from ocr.errors import InputError
from ocr.evaluation.int8_loss import similarity
from ocr.model_files.frozen_graph import (
    features_of,
    load_graph,
    read_settings,
    serialize,
    split_encoder,
    with_text,
)
from ocr.model_files.stored_files import SUMS_FILE
from ocr.network import tensor_names as names
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.openvino import DECODER_FILE, ENCODER_FILE, OpenVinoPredictor, import_package

MODEL = tiny.ROOT / 'pretrain' / 'latin.pb'


@pytest.fixture(scope='module')
def whole():
    return GraphPredictor.from_pb(str(MODEL))


@pytest.fixture(scope='module')
def canvases():
    """uint8 (4, 64, 128, 3), four drawn numbers."""
    pictures = [np.asarray(tiny.draw_word(text).resize((128, 64))) for text in tiny.EIGHT_WORDS[:4]]
    return np.stack(pictures)


def encoder_in_tensorflow(graph_def):
    """What stands for a compiled encoder: float32 (N, h, w, 3) -> [float32 (N, H, W, C)]."""
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(graph_def, name='')
    session = tf.Session(graph=graph)
    return lambda images: [session.run(f'{features_of(graph_def)}:0', {f'{names.IMAGE}:0': images})]


def test_both_parts_together_read_as_the_whole(whole, canvases):
    encoder, decoder = split_encoder(load_graph(str(MODEL)))
    assert features_of(encoder) == features_of(decoder) == 'InceptionV4/Mixed_6a/concat'
    parted = OpenVinoPredictor(decoder, None, encoder=encoder_in_tensorflow(encoder))
    ones, others = (predictor.read(canvases, with_alpha=True) for predictor in (whole, parted))
    for one, other in zip(ones, others, strict=True):
        assert one.text == other.text and np.allclose(one.alpha, other.alpha, atol=1e-5)
        assert np.isclose(one.confidence, other.confidence, atol=1e-5)
    assert parted.charset == whole.charset and parted.settings == whole.settings
    assert (parted.canvas, parted.num_steps) == (whole.canvas, whole.num_steps)


def test_the_encoder_runs_once_at_a_time(canvases):
    encoder, decoder = split_encoder(load_graph(str(MODEL)))
    in_tensorflow, running = encoder_in_tensorflow(encoder), Lock()

    def busy(images):  # as a compiled model: it refuses a second run
        assert running.acquire(blocking=False)
        try:
            time.sleep(0.02)  # long enough for the other threads to come
            return in_tensorflow(images)
        finally:
            running.release()

    parted = OpenVinoPredictor(decoder, None, encoder=busy)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: parted.read(canvases)[0].text, range(8)))) == 1


def test_each_part_has_its_own_weights_alone():
    graph_def = load_graph(str(MODEL))
    encoder, decoder = split_encoder(graph_def)
    assert encoder.ByteSize() + decoder.ByteSize() < 1.1 * graph_def.ByteSize()
    assert not [node.name for node in encoder.node if 'attention_lstm' in node.name]
    assert not [node.name for node in decoder.node if 'Conv2d' in node.name]


def test_a_graph_under_other_names_is_refused():
    with pytest.raises(InputError, match='no encoder under the names of this project'):
        split_encoder(tf.GraphDef())


def test_square_encoders_take_squares_alone(learnt):
    encoder, decoder = split_encoder(load_graph(str(learnt.pb_path)))
    with pytest.raises(InputError, match='was made for square canvases'):
        OpenVinoPredictor(decoder, None, encoder=encoder_in_tensorflow(encoder), canvas='fit')


def graph_in_two(path, *flags):
    """Config inside what --format openvino would make two parts of."""
    argv = ['--checkpoint_path', str(path), *flags]
    graph_def = Source.open(parse_config(argv, 'export')).graph_def
    return read_settings(graph_def)


def test_how_regions_are_shown_can_be_changed_with_a_frozen_graph():
    before = renamed(graph_in_two(MODEL))
    after = renamed(graph_in_two(MODEL, '--tta', '3', '--rotate', 'false'))
    assert before['rotate'] and before['tta'] == 5
    assert after == {**before, 'tta': 3, 'rotate': False}
    with pytest.raises(InputError, match=r'--canvas square: .*latin\.pb was frozen without it'):
        graph_in_two(MODEL, '--canvas', 'square')


def test_settings_that_were_frozen_under_their_old_names_can_be_changed_too(tmp_path):
    graph_def = load_graph(str(MODEL))
    older = renamed(read_settings(graph_def))
    older |= {'turned': older.pop('rotate'), 'views': older.pop('tta')}
    path = tmp_path / 'older.pb'
    path.write_bytes(serialize(with_text(graph_def, {names.CONFIG: json.dumps(older)})))
    before = graph_in_two(path)
    after = renamed(graph_in_two(path, '--tta', '3', '--rotate', 'false'))
    assert before['turned'] and before['views'] == 5
    assert after == {**renamed(before), 'tta': 3, 'rotate': False}


def test_similarity_is_that_of_the_texts():
    class Reader:
        def read(self, canvases, bboxes):
            return [type('Read', (), {'text': 'abcd'})] * len(canvases)

    regions = [type('Region', (), {'text': text}) for text in ('abcd', 'abce', '')]
    assert np.isclose(similarity(Reader(), [(regions, [0] * 3, None)]), (1 + 0.75 + 0) / 3)


def test_without_the_package_one_line_says_what_to_install(tmp_path, monkeypatch):
    _, decoder = split_encoder(load_graph(str(MODEL)))
    (tmp_path / ENCODER_FILE).write_text('<net/>')
    (tmp_path / DECODER_FILE).write_bytes(decoder.SerializeToString())
    monkeypatch.setitem(sys.modules, 'openvino', None)
    for script, flags in (
        ('test', {'pb_path': tmp_path, 'output_path': tmp_path / 'results'}),
        ('export', {'format': 'openvino', 'checkpoint_path': MODEL, 'pb_path': tmp_path / 'new', 'val_regions': 2}),
    ):
        with pytest.raises(InputError, match=r'needs the package openvino: pip install -r requirements-openvino\.txt'):
            tiny.run_main(script, *tiny.flags(**flags))
    assert not (tmp_path / 'new').exists()


def test_its_packages_send_no_statistics_of_use(monkeypatch):
    monkeypatch.delitem(sys.modules, 'openvino_telemetry', raising=False)
    import_package('json', 'this')
    with pytest.raises(ImportError):
        importlib.import_module('openvino_telemetry')


LOGGING = """
import logging
from ocr.reading.openvino import import_package
before = logging.getLoggerClass(), logging.root.level, list(logging.root.handlers), logging.root.manager.disable
import_package('openvino', 'this'), import_package('nncf', 'this')
assert before == (logging.getLoggerClass(), logging.root.level, logging.root.handlers, logging.root.manager.disable)
"""


def test_its_packages_leave_the_log_of_others_alone():
    done = subprocess.run([sys.executable, '-c', LOGGING], cwd=tiny.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def quantise(learnt, path, monkeypatch, **settings):
    words = f'words={learnt.words}'
    monkeypatch.setattr('ocr.evaluation.int8_loss.CALIBRATION', (words,))
    data = {'val_datasets': words, 'index_dir': learnt.index_dir}
    model = {'format': 'openvino', 'checkpoint_path': learnt.pb_path, 'pb_path': path}
    return tiny.run_main('export', *tiny.flags(**model, **data, **settings))


def test_int8_reads_what_was_learnt(learnt, tmp_path, capsys, monkeypatch):
    assert quantise(learnt, tmp_path / 'int8', monkeypatch) == 0
    assert '1-N.E.D. 100.00 % in float32, 100.00 % in int8 (8 of words=' in capsys.readouterr().out
    flags = tiny.flags(pb_path=tmp_path / 'int8', img_folder=learnt.words, output_path=tmp_path)
    tiny.run_main('test', *flags)
    lines = (tmp_path / 'results.jsonl').read_text().splitlines()
    assert [record['text'] for record in map(json.loads, lines)] == list(tiny.EIGHT_WORDS)
    assert 'encoder' in json.loads((tmp_path / 'results.run.json').read_text())
    (tmp_path / 'int8' / ENCODER_FILE).write_text('no model')
    (tmp_path / 'int8' / SUMS_FILE).unlink()
    with pytest.raises(InputError, match='damaged, not an OpenVINO network'):
        tiny.run_main('test', *flags)


def test_int8_that_reads_worse_is_not_written(learnt, tmp_path, monkeypatch):
    scores = iter([0.9, 0.85])
    monkeypatch.setattr('ocr.evaluation.int8_loss.similarity', lambda predictor, batches: next(scores))
    with pytest.raises(InputError, match=r'90\.00 % in float32, 85\.00 % in int8 .*more than 1 % is lost'):
        quantise(learnt, tmp_path / 'int8', monkeypatch)
    assert not (tmp_path / 'int8').exists()
