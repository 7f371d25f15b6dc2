"""Frozen graph -> .onnx: the same numbers, everything inside, nothing written that reads otherwise."""

import dataclasses
import sys

import numpy as np
import onnx
import pytest
import tensorflow.compat.v1 as tf
import tiny

from ocr.charset import Charset
from ocr.config import Config, to_json
from ocr.errors import InputError
from ocr.model import inference_graph
from ocr.model_files import onnx as onnx_files
from ocr.model_files.frozen_graph import freeze, load_graph, with_text
from ocr.network import tensor_names as names
from ocr.network.tensorflow_start import start_tensorflow
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor

LATIN = tiny.ROOT / 'pretrain' / 'latin.pb'
DIGITS = Charset.preset('digits')


def random_graph(**settings):
    """A frozen graph of a tiny model that has learnt nothing."""
    start_tensorflow()
    fields = {field.name for field in dataclasses.fields(Config)}
    cfg = Config(**{name: value for name, value in {**tiny.TINY, **settings}.items() if name in fields})
    graph, keep = inference_graph(cfg, DIGITS)
    with graph.as_default(), tf.Session() as session:
        rng = np.random.default_rng(1)
        for variable in tf.global_variables():
            variable.load(_values(rng, variable), session)
        frozen = freeze(session, keep)
    return with_text(frozen, {names.CHARSET: DIGITS.to_text(), names.CONFIG: to_json(cfg, ('model', 'training'))})


def _values(rng, variable):
    """Random values that keep activations in bounds; variances are positive."""
    values = rng.normal(0, 0.3, variable.shape.as_list()).astype(np.float32)
    return np.abs(values) + 0.5 if 'variance' in variable.name else values


def pictures(height, width, number=3):
    return np.random.default_rng(0).integers(0, 256, (number, height, width, 3), np.uint8)


def in_onnx(graph_def, canvas=None):
    """OnnxPredictor of a frozen graph."""
    return OnnxPredictor(OnnxModel(onnx_files.convert(graph_def).SerializeToString()), canvas=canvas)


@pytest.fixture(scope='module')
def latin():
    """latin.pb, which takes fitted canvases, in TensorFlow and in ONNX Runtime."""
    graph_def = load_graph(str(LATIN))
    return GraphPredictor(graph_def, None), in_onnx(graph_def)


@pytest.fixture(scope='module')
def squares():
    """A graph of squares, with its OnnxPredictor."""
    graph_def = random_graph()
    return graph_def, in_onnx(graph_def)


def assert_equal(ones, others):
    assert [row.text for row in ones] == [row.text for row in others]
    for one, other in zip(ones, others, strict=True):
        assert one.confidence == pytest.approx(other.confidence, rel=1e-3)
        assert one.char_confidences == pytest.approx(other.char_confidences, abs=1e-4)
        np.testing.assert_allclose(one.alpha, other.alpha, atol=1e-4)


def assert_read_alike(one, other, *batch, **options):
    assert_equal(*(predictor.read(*batch, with_alpha=True, **options) for predictor in (one, other)))


@pytest.mark.parametrize(('height', 'width', 'number'), [(64, 160, 4), (160, 48, 1), (160, 160, 2)])
def test_any_batch_and_canvas_gives_the_same_numbers(latin, height, width, number):
    assert_read_alike(*latin, pictures(height, width, number))


@pytest.mark.parametrize('full_length', [False, True])
def test_square_models_and_the_full_length(squares, full_length):
    graph_def, in_runtime = squares
    assert_read_alike(GraphPredictor(graph_def, None), in_runtime, pictures(32, 32), full_length=full_length)
    assert any(row.text for row in in_runtime.read(pictures(32, 32)))


def test_models_of_squares_read_narrow_canvases(squares):
    graph_def, in_runtime = squares
    assert_read_alike(GraphPredictor(graph_def, None, canvas='fit'), in_runtime, pictures(16, 32))


def test_the_variant_with_boxes():
    graph_def = random_graph(model_name='ocr_with_normalized_bbox', image_size=64)
    one, other = GraphPredictor(graph_def, None), in_onnx(graph_def)
    for box in ([0, 0, 1, 1], [0.5, 0, 0.5, 0.5]):
        batch = pictures(64, 64), np.tile(np.float32(box), (3, 1))
        assert_read_alike(one, other, *batch)
        hidden = [row.alpha[:, 0, -1].max() == 0 for row in other.read(*batch, with_alpha=True)]
        assert all(hidden) if box[0] else not any(hidden)


def test_charset_settings_and_shapes_are_inside(latin):
    one, other = latin
    for name in ('charset', 'settings', 'canvas', 'num_steps', 'with_bbox', 'has_attention'):
        assert getattr(one, name) == getattr(other, name), name


def test_names_are_those_of_the_frozen_graph():
    model = OnnxModel(onnx_files.convert(random_graph()).SerializeToString())
    assert model.inputs == {names.IMAGE, names.FULL_LENGTH}
    assert model.outputs == {names.PREDS, names.PROBS, names.ALPHA}


def test_half_the_weights_read_the_same_texts(learnt):
    model = onnx_files.convert(load_graph(str(learnt.pb_path)))
    halved = onnx_files.halve_weights(model)
    assert halved.ByteSize() < 0.6 * model.ByteSize()
    canvases = pictures(64, 64)
    texts = [
        [row.text for row in OnnxPredictor(OnnxModel(one.SerializeToString())).read(canvases)]
        for one in (model, halved)
    ]
    assert texts[0] == texts[1]


def test_a_graph_without_charset_is_refused():
    graph_def = random_graph()
    for position in reversed([n for n, node in enumerate(graph_def.node) if node.name == names.CHARSET]):
        del graph_def.node[position]
    with pytest.raises(InputError, match=r'x\.pb: attention_ocr/charset or attention_ocr/config is not inside'):
        onnx_files.convert(graph_def, 'x.pb')


def test_a_graph_that_onnx_cannot_express_is_refused():
    graph_def = random_graph()
    node = next(node for node in graph_def.node if node.op == 'Relu')
    node.op = 'Betainc'
    node.input.extend([node.input[0]] * 2)
    with pytest.raises(InputError, match=r'x\.pb: ONNX has no Betainc; give the checkpoint'):
        onnx_files.convert(graph_def, 'x.pb')


def export(learnt, path, source='pb_path', **settings):
    """export.py --format onnx of a model that knows eight numbers."""
    flags = tiny.flags(format='onnx', checkpoint_path=getattr(learnt, source), pb_path=path, **settings)
    return tiny.run_main('export', *flags)


@pytest.mark.parametrize('source', ['pb_path', 'checkpoint_path'])
def test_export_makes_a_file_that_reads_as_its_source(learnt, tmp_path, capsys, source):
    assert export(learnt, tmp_path / 'digits.onnx', source) == 0
    assert f'12 classes; reads 16 of 16 pictures as {getattr(learnt, source)} does' in capsys.readouterr().out
    settings = {'pb_path': tmp_path / 'digits.onnx', 'img_folder': learnt.words, 'output_path': tmp_path}
    tiny.run_main('test', *tiny.flags(**settings))
    printed = capsys.readouterr().out
    assert all(f' {text} ' in printed for text in tiny.EIGHT_WORDS)


def test_how_regions_are_shown_can_be_changed(learnt, tmp_path):
    export(learnt, tmp_path / 'digits.onnx', tta=3)
    assert OnnxModel.load(str(tmp_path / 'digits.onnx')).settings['tta'] == 3


@pytest.mark.parametrize('weights', ['float32', 'float16'])
def test_what_reads_otherwise_is_not_written(learnt, tmp_path, monkeypatch, weights):
    convert = onnx_files.convert

    def spoil(graph_def, where):
        model = convert(graph_def, where)
        bias = next(tensor for tensor in model.graph.initializer if list(tensor.dims) == [DIGITS.num_classes])
        bias.raw_data = np.random.default_rng(0).normal(0, 9, DIGITS.num_classes).astype(np.float32).tobytes()
        return model

    monkeypatch.setattr(onnx_files, 'convert', spoil)
    expected = r'the ONNX model reads \d+ of 16 pictures differently, .*; nothing was written'
    with pytest.raises(InputError, match=expected) as caught:
        export(learnt, tmp_path / 'digits.onnx', weights=weights)
    assert ('try --weights float32' in str(caught.value)) == (weights == 'float16')
    assert not list(tmp_path.iterdir())


def quantise(learnt, path, monkeypatch, **settings):
    words = f'words={learnt.words}'
    monkeypatch.setattr('ocr.evaluation.int8_loss.CALIBRATION', (words,))
    data = {'val_datasets': words, 'index_dir': learnt.index_dir}
    return export(learnt, path, weights='int8', **data, **settings)


def test_int8_reads_what_was_learnt_and_stores_its_convolutions_in_it(learnt, tmp_path, capsys, monkeypatch):
    assert quantise(learnt, tmp_path / 'digits.onnx', monkeypatch) == 0
    assert '1-N.E.D. 100.00 % in float32, 100.00 % in int8 (8 of words=' in capsys.readouterr().out
    model = onnx.load(tmp_path / 'digits.onnx')
    kinds = [tensor.data_type for tensor in model.graph.initializer if len(tensor.dims) == 4]
    assert set(kinds) == {onnx.TensorProto.INT8}
    assert OnnxModel.load(str(tmp_path / 'digits.onnx')).charset == DIGITS


def test_int8_that_reads_worse_is_not_written(learnt, tmp_path, monkeypatch):
    scores = iter([0.9, 0.85])
    monkeypatch.setattr('ocr.evaluation.int8_loss.similarity', lambda predictor, batches: next(scores))
    with pytest.raises(InputError, match=r'90\.00 % in float32, 85\.00 % in int8 .*more than 1 % is lost'):
        quantise(learnt, tmp_path / 'digits.onnx', monkeypatch)
    assert not list(tmp_path.iterdir())


def test_int8_of_a_frozen_graph_is_refused(learnt, tmp_path):
    flags = tiny.flags(weights='int8', checkpoint_path=learnt.checkpoint_path, pb_path=tmp_path / 'digits.pb')
    with pytest.raises(InputError, match='--weights int8 is of --format onnx'):
        tiny.run_main('export', *flags)


def test_a_name_that_nobody_would_read_it_by_is_refused(learnt, tmp_path):
    with pytest.raises(InputError, match='an ONNX file is known by its ending'):
        export(learnt, tmp_path / 'digits.pb')


@pytest.mark.parametrize('package', ['tf2onnx', 'onnx'])
def test_without_a_package_one_line_says_what_to_install(learnt, tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    needed = rf'--format onnx needs the package {package}: pip install -r requirements-onnx-export\.txt'
    with pytest.raises(InputError, match=needed):
        export(learnt, tmp_path / 'digits.onnx')
