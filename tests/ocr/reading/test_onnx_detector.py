"""A detector in ONNX Runtime finds what the frozen graph finds; each kind of model in the other's place is said."""

import json

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny
from streets import write_streets

from ocr.config import Config, to_json
from ocr.errors import InputError
from ocr.evaluation.same_text import check_pictures, check_same_map
from ocr.model import inference_graph
from ocr.model_files import onnx as onnx_files
from ocr.model_files.frozen_graph import freeze, halve_weights, serialize, with_text
from ocr.network import tensor_names as names
from ocr.network.tensorflow_start import start_tensorflow
from ocr.reading.graph_detector import GraphDetector
from ocr.reading.onnx_detector import OnnxDetector
from ocr.reading.onnx_predictor import FINDS, OnnxModel
from ocr.reading.open_detector import choose_detector, open_detector

CONFIG = Config(model_name='detector', depth_multiplier=0.1, final_endpoint='Mixed_6a', image_size=64)


@pytest.fixture(scope='module')
def untrained():
    """A frozen detector that has learnt nothing: its map is flat."""
    start_tensorflow()
    graph, keep = inference_graph(CONFIG, None)
    with graph.as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        session.run(tf.global_variables_initializer())
        frozen = freeze(session, keep)
    return with_text(frozen, {names.CONFIG: to_json(CONFIG, ('model', 'training'))})


@pytest.fixture(scope='module')
def onnx_path(untrained, tmp_path_factory):
    path = tmp_path_factory.mktemp('onnx') / 'detector.onnx'
    path.write_bytes(onnx_files.convert(untrained).SerializeToString())
    return str(path)


@pytest.mark.parametrize('size', [(64, 64), (50, 90), (33, 32)])
def test_maps_are_equal_at_any_size(untrained, onnx_path, size):
    pictures = np.random.default_rng(0).integers(0, 256, (2, *size, 3), np.uint8)
    expected = GraphDetector(untrained).run(pictures)
    detector = open_detector(onnx_path)
    assert isinstance(detector, OnnxDetector)
    found = detector.run(pictures)
    assert found.dtype == np.float32 and found.shape == (2, *size)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert detector.settings['model_name'] == 'detector'


def test_large_photographs_are_searched_in_tiles(untrained, onnx_path):
    picture = np.random.default_rng(1).integers(0, 256, (210, 300, 3), np.uint8)
    one, other = GraphDetector(untrained, longer=200), OnnxDetector(OnnxModel.load(onnx_path, wanted=FINDS), longer=200)
    np.testing.assert_allclose(one.probability(picture), other.probability(picture), atol=1e-4)
    assert one.probability(picture).shape[1] == 200


def test_each_model_in_the_place_of_the_other_is_said(onnx_path):
    with pytest.raises(InputError, match='a detector, which finds text but does not read it'):
        OnnxModel.load(onnx_path)
    latin = str(tiny.ROOT / 'pretrain' / 'latin.onnx')
    with pytest.raises(InputError, match='a recogniser, which reads text but does not find it; give a detector'):
        open_detector(latin)
    with pytest.raises(InputError, match='--gpus'):
        open_detector(onnx_path, gpus=(0,))
    with pytest.raises(InputError, match=r'--detector_path .*: No such file'):
        open_detector(onnx_path + '.onnx')


@pytest.mark.parametrize('ending', ['.onnx', '.pb'])
def test_eval_notices_a_detector_in_any_format(untrained, onnx_path, tmp_path, ending):
    path = onnx_path if ending == '.onnx' else str(tmp_path / 'detector.pb')
    if ending == '.pb':
        (tmp_path / 'detector.pb').write_bytes(serialize(untrained))
    words = write_streets(tmp_path / 'streets', 2)
    paths = {'pb_path': path, 'index_dir': tmp_path / 'index', 'output_path': tmp_path / 'scores'}
    assert tiny.run_main('eval', *tiny.flags(eval_datasets=f'mine={words}', **paths)) == 0
    scores = json.loads((tmp_path / 'scores' / 'scores.json').read_text())
    assert 'h_mean' in scores['scores']['mine']
    with pytest.raises(InputError, match=f'{ending}: a detector, which finds text .*; give a recogniser'):
        tiny.run_main('eval', *tiny.flags(eval_datasets=f'mine={words}', detector_path=onnx_path, **paths))


def test_rounding_weights_to_float16_leaves_the_map_of_an_untrained_detector_alike(untrained):
    pictures = check_pictures(128, with_text=True)
    expected, found = (GraphDetector(graph).run(pictures) for graph in (untrained, halve_weights(untrained)))
    check_same_map(expected, found, 'float16')


def test_the_detector_that_comes_with_the_project_is_the_default(tmp_path, monkeypatch):
    from ocr.config import config_of

    there = tmp_path / 'detector.pb'
    monkeypatch.setattr('ocr.reading.open_detector.shipped', lambda *_: there)
    assert choose_detector(**config_of('test', {}).detector_choice) == ''
    there.write_bytes(b'')
    assert choose_detector(**config_of('test', {}).detector_choice) == str(there)
    (tmp_path / 'detector.onnx').write_bytes(b'')
    assert choose_detector(**config_of('app', {}).detector_choice) == str(tmp_path / 'detector.onnx')
    assert choose_detector(**config_of('test', {'gpus': (0,)}).detector_choice) == str(there)
    assert choose_detector(**config_of('app', {'detector_path': 'mine.pb'}).detector_choice) == 'mine.pb'
    assert choose_detector(**config_of('app', {'detector_path': ''}).detector_choice) == ''
