"""Frozen graph -> text: our graphs, and graphs as the reference froze them."""

import json

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny

from ocr.charset import Charset
from ocr.config import Config
from ocr.errors import InputError
from ocr.model_files.frozen_graph import load_graph
from ocr.network import tensor_names as names
from ocr.network.precision import cpu_flags
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import place_region, stacked
from ocr.reading.graph_predictor import GraphPredictor

DIGITS = Charset.preset('digits')


@pytest.fixture(scope='module')
def canvases():
    """The eight words on canvases, uint8 (8, 64, 64, 3), and their boxes."""
    return stacked([place_region(np.asarray(tiny.draw_word(text)), None, Canvas(64)) for text in tiny.EIGHT_WORDS])


@pytest.fixture(scope='module')
def predictor(learnt):
    return GraphPredictor.from_pb(str(learnt.pb_path))


def test_the_graph_says_all_that_is_needed(predictor):
    assert predictor.charset == DIGITS
    assert (predictor.canvas, predictor.num_steps) == (Canvas(64), 7)
    assert (predictor.with_bbox, predictor.has_attention) == (False, True)
    assert Config(**{**predictor.settings, **_tuples(predictor.settings)}).lstm_size == tiny.BY_HEART['lstm_size']


def _tuples(settings):
    return {name: tuple(value) for name, value in settings.items() if isinstance(value, list)}


def test_text_does_not_depend_on_the_batch(predictor, canvases):
    together = predictor.read(canvases[0])
    assert [row.text for row in together] == list(tiny.EIGHT_WORDS)
    alone = [predictor.read(canvases[0][n : n + 1])[0] for n in range(8)]
    reversed_order = predictor.read(canvases[0][::-1])[::-1]
    for others in (alone, reversed_order):
        assert [row.text for row in others] == [row.text for row in together]
        for row, other in zip(together, others, strict=True):
            assert row.confidence == pytest.approx(other.confidence, rel=1e-4)
            assert row.char_confidences == pytest.approx(other.char_confidences, rel=1e-4)


def test_confidence_is_the_product_over_the_characters_and_eos(predictor, canvases):
    with tf.Session(graph=predictor._graph) as session:
        probs = session.run(f'{names.PROBS}:0', {f'{names.IMAGE}:0': canvases[0].astype(np.float32) / 255})
    for row, of_row in zip(predictor.read(canvases[0]), probs, strict=True):
        length = len(row.text)
        assert row.confidence == pytest.approx(np.prod(of_row[: length + 1], dtype=np.float64), rel=1e-5)
        assert row.char_confidences == pytest.approx(of_row[:length], rel=1e-5)
        assert 0 < row.confidence < 1


def test_attention_has_a_map_for_each_character_and_eos(predictor, canvases):
    for row in predictor.read(canvases[0], with_alpha=True):
        assert row.alpha.shape == (len(row.text) + 1, 8, 8)
        np.testing.assert_allclose(row.alpha.sum(axis=(1, 2)), 1, rtol=1e-4)
    assert predictor.read(canvases[0])[0].alpha is None


def test_the_full_length_reads_the_same(predictor, canvases):
    short, full = (predictor.read(canvases[0], full_length=flag) for flag in (False, True))
    assert [row.text for row in full] == [row.text for row in short]
    assert [row.confidence for row in full] == pytest.approx([row.confidence for row in short], rel=1e-4)


@pytest.mark.parametrize('feeds', [(), ('label', 'is_training', 'dropout_keep_prob')])
def test_our_graph_takes_the_feeds_of_the_reference_and_needs_only_the_image(learnt, canvases, feeds):
    values = {
        'image': canvases[0].astype(np.float32) / 255,
        'label': np.zeros((8, 7), np.int32),
        'is_training': False,
        'dropout_keep_prob': 1.0,
    }
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.import_graph_def(load_graph(learnt.pb_path), name='')
        preds, probs = session.run(
            ['sequence_preds:0', 'sequence_probs:0'], {f'{name}:0': values[name] for name in ('image', *feeds)}
        )
    assert preds.dtype == np.int64 and probs.dtype == np.float32
    assert preds.shape == probs.shape == (8, 7)
    assert [DIGITS.decode(row) for row in preds] == list(tiny.EIGHT_WORDS)


def test_a_graph_of_the_reference_reads_with_its_charset(reference_style):
    predictor = GraphPredictor(reference_style, DIGITS)
    assert not predictor.has_attention and predictor.settings == {}
    assert (predictor.canvas, predictor.num_steps) == (Canvas(32), 7)
    canvases = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    rows = predictor.read(canvases, with_alpha=True)
    assert len(rows) == 3
    for row in rows:
        assert row.alpha is None and set(row.text) <= {*'0123456789', '\ufffd'}
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.import_graph_def(reference_style, name='')
        with pytest.raises(tf.errors.InvalidArgumentError, match='must feed a value'):
            session.run('sequence_preds:0', {'image:0': canvases / 255})


@pytest.mark.parametrize('shape', [(32, 64), (64, 32), (96, 64)])
def test_a_square_graph_on_other_canvases_looks_only_at_their_cells(learnt, predictor, shape):
    predictor = GraphPredictor.from_pb(str(learnt.pb_path), canvas='fit')
    assert predictor.canvas == Canvas(64, 'fit')
    canvases = np.random.default_rng(0).integers(0, 256, (3, *shape, 3), np.uint8)
    together = predictor.read(canvases, with_alpha=True)
    for canvas, row in zip(canvases, together, strict=True):
        assert row.alpha.shape == (len(row.text) + 1, shape[0] // 8, shape[1] // 8)
        np.testing.assert_allclose(row.alpha.sum(axis=(1, 2)), 1, rtol=1e-4)
        (alone,) = predictor.read(canvas[np.newaxis])
        assert (alone.text, alone.confidence) == (row.text, pytest.approx(row.confidence, rel=1e-3))


def test_batch_norm_is_folded_when_the_graph_runs(predictor, canvases):
    metadata = tf.RunMetadata()
    options = tf.RunOptions(output_partition_graphs=True)
    feed = {f'{names.IMAGE}:0': canvases[0].astype(np.float32) / 255}
    predictor._session.run(f'{names.PREDS}:0', feed, options, metadata)
    operations = [node.op for graph in metadata.partition_graphs for node in graph.node]
    assert any('Conv2D' in operation for operation in operations)
    assert not any(operation == 'Rsqrt' or 'BatchNorm' in operation for operation in operations)


def test_a_square_graph_reads_its_own_canvases_alike_when_it_may_take_others(learnt, predictor, canvases):
    free = GraphPredictor.from_pb(str(learnt.pb_path), canvas='fit')
    assert free.read(canvases[0]) == predictor.read(canvases[0])
    assert free.identity == {**predictor.identity, 'canvas': 'fit'}
    with pytest.raises(InputError, match='Cannot feed'):
        predictor.read(canvases[0][:, :32])


def test_a_graph_of_the_reference_takes_square_canvases_alone(reference_style):
    with pytest.raises(InputError, match=r'^--canvas fit: old\.pb takes only square canvases'):
        GraphPredictor(reference_style, DIGITS, canvas='fit', where='old.pb')


def test_bfloat16_reads_the_same(learnt, predictor, canvases):
    if 'avx512bw' not in cpu_flags():
        pytest.skip('TensorFlow computes in bfloat16 with AVX512 at least')
    short = GraphPredictor.from_pb(str(learnt.pb_path), precision='bfloat16')
    rows, of_short = (one.read(canvases[0]) for one in (predictor, short))
    assert [row.text for row in of_short] == list(tiny.EIGHT_WORDS)
    assert [row.confidence for row in of_short] == pytest.approx([row.confidence for row in rows], abs=0.03)
    assert [row.confidence for row in of_short] != [row.confidence for row in rows]
    assert short.identity == {**predictor.identity, 'precision': 'bfloat16'}


def test_a_graph_without_charset_needs_one(reference_style):
    with pytest.raises(InputError, match=r'old\.pb brings no charset; .* --charset_path'):
        GraphPredictor(reference_style, None, where='old.pb')


def test_a_charset_of_another_size_is_refused(reference_style, learnt):
    with pytest.raises(InputError, match=r'charset ascii has 97 classes, old\.pb has 12: .*--charset_path'):
        GraphPredictor(reference_style, Charset.preset('ascii'), where='old.pb')
    with pytest.raises(InputError, match='ascii is not the charset of'):
        GraphPredictor.from_pb(str(learnt.pb_path), Charset.preset('ascii'))


def test_attention_pictures_need_a_graph_that_gives_its_attention(reference_style, learnt, tmp_path):
    (tmp_path / 'old.pb').write_bytes(reference_style.SerializeToString())
    arguments = tiny.flags(pb_path=tmp_path / 'old.pb', img_folder=learnt.words, charset_path='digits')
    with pytest.raises(InputError, match=r'--picture_dir: .*old\.pb has no attention output'):
        tiny.run_main('test', *arguments, *tiny.flags(picture_dir=tmp_path / 'a', output_path=tmp_path / 'r'))
    assert [path.name for path in tmp_path.iterdir()] == ['old.pb']
    tiny.run_main('test', *arguments, *tiny.flags(output_path=tmp_path / 'r'))
    records = [json.loads(line) for line in (tmp_path / 'r' / 'results.jsonl').read_text().splitlines()]
    assert len(records) == 8 and all('text' in record and 'char_positions' not in record for record in records)


def test_a_graph_that_tensorflow_cannot_load(reference_style):
    broken = tf.GraphDef.FromString(reference_style.SerializeToString())
    broken.node[-1].op = 'NoSuchOperation'
    with pytest.raises(InputError, match=r'^old\.pb: TensorFlow cannot load this graph \(.*NoSuchOperation') as caught:
        GraphPredictor(broken, DIGITS, where='old.pb')
    assert '\n' not in str(caught.value)


def damaged(graph_def, name, **changes):
    """A copy of a graph in which a node is changed: op, input, or the attributes dtype and shape."""
    copy = tf.GraphDef.FromString(graph_def.SerializeToString())
    node = next(node for node in copy.node if node.name == name)
    if 'op' in changes:
        node.op = changes['op']
    if 'dtype' in changes:
        node.attr['dtype'].type = changes['dtype'].as_datatype_enum
    if 'shape' in changes:
        node.attr['shape'].shape.CopyFrom(tf.TensorShape(changes['shape']).as_proto())
    if 'input' in changes:
        node.input[:] = changes['input']
    return copy


@pytest.mark.parametrize(
    ('name', 'changes', 'message'),
    [
        (names.IMAGE, {'dtype': tf.int32}, r'image in it is int32|cannot load this graph'),
        (names.IMAGE, {'shape': (None, 3)}, r'image in it is float32 \(None, 3\)|cannot load this graph'),
        (names.PREDS, {'op': 'NoOp', 'input': ['^image']}, r'sequence_preds in it is no tensor|cannot load'),
        (names.PREDS, {'input': ['image']}, r'sequence_preds in it is float32|cannot load this graph'),
        (names.PREDS, {'input': ['nowhere']}, 'cannot load this graph'),
        (names.PROBS, {'input': ['image']}, r'sequence_probs in it is float32 \(None, 32, 32, 3\)'),
    ],
)
def test_a_damaged_interface_is_one_line(reference_style, name, changes, message):
    with pytest.raises(InputError, match=message) as caught:
        GraphPredictor(damaged(reference_style, name, **changes), DIGITS, where='old.pb')
    assert str(caught.value).startswith('old.pb: ') and '\n' not in str(caught.value)


def test_what_tensorflow_cannot_run_is_one_line(reference_style):
    graph_def = damaged(reference_style, names.IMAGE, shape=(None, 33, 32, 3))
    with pytest.raises(InputError, match=r'^old\.pb: TensorFlow cannot (run|load) this graph \(.*\); export') as caught:
        GraphPredictor(graph_def, DIGITS, where='old.pb').read(np.zeros((2, 32, 32, 3), np.uint8))
    assert '\n' not in str(caught.value)


def test_batches_of_any_size_are_read_alike_in_few_sizes(learnt, monkeypatch):
    from ocr.reading.batch_sizes import BatchSizes

    predictor, sizes = GraphPredictor.from_pb(str(learnt.pb_path)), set()
    fill = BatchSizes.fill
    monkeypatch.setattr(BatchSizes, 'fill', lambda self, rows: sizes.add(len(full := fill(self, rows))) or full)
    canvases = np.stack([np.asarray(tiny.draw_word(text).resize((64, 64))) for text in tiny.EIGHT_WORDS] * 3)
    whole = predictor.read(canvases)
    for number in range(1, len(canvases)):
        rows = predictor.read(canvases[:number], with_alpha=True)
        assert [row.text for row in rows] == [row.text for row in whole[:number]]
        assert [row.confidence for row in rows] == pytest.approx([row.confidence for row in whole[:number]], rel=1e-3)
    assert sizes == {1, 2, 4, 8, 16, 24}
