"""Frozen graphs: weights halved, texts inside, files that are none."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.frozen_graph import (
    freeze,
    halve_weights,
    load_graph,
    read_charset,
    read_settings,
    read_text,
    read_weights,
    serialize,
    with_text,
)
from ocr.network import tensor_names as names


@pytest.fixture(scope='module')
def weights():
    return np.random.default_rng(0).normal(size=(100, 60)).astype(np.float32)


@pytest.fixture
def graph_def(weights):
    """A frozen graph image -> sequence_preds, with a node that only its name keeps."""
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        image = tf.placeholder(tf.float32, (None, 100), names.IMAGE)
        product = tf.matmul(image, tf.get_variable('w', initializer=weights))
        tf.identity(product + tf.get_variable('b', initializer=np.float32([1e-3] * 60)), names.PREDS)
        tf.constant(np.linspace(0, 7e4, 80), tf.float32, name=names.PROBS)
        tf.placeholder_with_default(False, [], names.IS_TRAINING)
        session.run(tf.global_variables_initializer())
        return freeze(session, [names.PREDS, names.PROBS, names.IS_TRAINING])


def run(graph_def, image, fetch=names.PREDS):
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.import_graph_def(graph_def, name='')
        return session.run(f'{fetch}:0', {f'{names.IMAGE}:0': image})


def test_a_frozen_graph_has_no_variables_and_keeps_what_it_is_told_to(graph_def, weights):
    assert not [node.name for node in graph_def.node if 'Variable' in node.op]
    assert names.IS_TRAINING in {node.name for node in graph_def.node}
    image = np.eye(100, dtype=np.float32)[:3]
    np.testing.assert_allclose(run(graph_def, image), weights[:3] + 1e-3, rtol=1e-6)


def test_halved_weights_are_those_of_float16_and_half_the_file(graph_def, weights):
    halved = halve_weights(graph_def)
    image = np.eye(100, dtype=np.float32)
    rounded = weights.astype(np.float16).astype(np.float32)
    np.testing.assert_allclose(run(halved, image), rounded + np.float32(1e-3), rtol=1e-6)
    assert 0.45 < halved.ByteSize() / graph_def.ByteSize() < 0.6


def test_small_constants_stay_as_they_are(graph_def):
    constants = {
        node.name for node in halve_weights(graph_def).node if node.attr['dtype'].type == tf.float16.as_datatype_enum
    }
    assert constants and all(name.endswith('/float16') for name in constants)
    assert 'b/float16' not in constants


def test_weights_are_read_under_the_names_of_their_variables(graph_def, weights):
    whole = read_weights(graph_def, ['w', 'b', 'c', names.PREDS])
    assert whole.keys() == {'w', 'b'}
    np.testing.assert_array_equal(whole['w'], weights)
    halved = read_weights(halve_weights(graph_def), ['w', 'b', 'c', names.PREDS])
    np.testing.assert_array_equal(halved['w'], weights.astype(np.float16))
    np.testing.assert_array_equal(halved['b'], whole['b'])
    assert {value.dtype for value in halved.values()} == {np.dtype(np.float32)}


def test_a_charset_inside_a_graph(graph_def):
    assert read_charset(graph_def, 'm.pb') is None
    charset = read_charset(with_text(graph_def, {names.CHARSET: 'a\n \n'}), 'm.pb')
    assert charset == Charset('a ') and charset.name == 'm.pb'


def test_a_weight_beyond_float16_becomes_its_largest(graph_def):
    assert run(halve_weights(graph_def), np.zeros((1, 100)), names.PROBS).max() == np.finfo(np.float16).max


def test_the_original_is_left_alone(graph_def):
    before = graph_def.SerializeToString(deterministic=True)
    halve_weights(graph_def)
    assert graph_def.SerializeToString(deterministic=True) == before


@pytest.mark.parametrize('text', ['a\nb\n \n', '京\n，\n𠮷\n', '{"key": "\\u0000"}', 'x' * 100_000])
def test_a_text_inside_a_graph_comes_back(graph_def, text):
    loaded = tf.GraphDef.FromString(with_text(graph_def, {'folder/text': text, 'other': '1'}).SerializeToString())
    assert read_text(loaded, 'folder/text') == text
    assert read_text(loaded, 'other') == '1'
    assert read_text(loaded, 'none') is None
    assert run(loaded, np.zeros((1, 100))).shape == (1, 60)


def test_a_file_comes_back(graph_def, tmp_path):
    path = tmp_path / 'graph.pb'
    path.write_bytes(graph_def.SerializeToString())
    assert load_graph(path) == graph_def


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (None, 'No such file or directory; make one with export.py or give another path'),
        (b'\x89PNG\r\n\x1a\n' + bytes(range(256)), 'not a frozen TensorFlow graph; make one with export.py'),
        ('half', 'not a frozen TensorFlow graph'),
        (b'#!/bin/sh\necho hello\n', 'not a frozen TensorFlow graph'),
        (b'', 'not a graph of this model: it has no image, sequence_preds, sequence_probs'),
        ('other', 'not a graph of this model: it has no image, sequence_preds, sequence_probs'),
        ('saved_model', 'not a graph of this model: it has no image, sequence_preds, sequence_probs'),
    ],
)
def test_a_file_that_is_no_such_graph(graph_def, tmp_path, content, message):
    other = tf.GraphDef(node=[tf.NodeDef(name='x', op='NoOp')])
    contents = {
        'half': graph_def.SerializeToString()[:5000],
        'other': other.SerializeToString(),
        'saved_model': b'\x08\x01',  # a SavedModel's file begins with its version
    }
    path = tmp_path / 'graph.pb'
    if content is not None:
        path.write_bytes(contents.get(content, content) if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        load_graph(path)
    assert str(caught.value).startswith(f'--pb_path {path}: {message}')
    assert '\n' not in str(caught.value)
    with pytest.raises(InputError, match=f'^--restore_path {path}: '):
        load_graph(path, 'restore_path')


def test_folders_and_devices_are_no_graphs(tmp_path):
    with pytest.raises(InputError, match='Is a directory'):
        load_graph(tmp_path)
    with pytest.raises(InputError, match='not a regular file'):  # of which reading would never end
        load_graph('/dev/zero')


def test_a_file_with_a_checksum_comes_back_and_its_bit_flips_are_noticed(graph_def, tmp_path):
    path = tmp_path / 'm.pb'
    content = serialize(graph_def)
    path.write_bytes(content)
    assert load_graph(path) == graph_def
    assert graph_def == tf.GraphDef.FromString(content[: graph_def.ByteSize()])
    rng = np.random.default_rng(0)
    for place in rng.integers(0, 8 * len(content), 60):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(bytes(flipped))
        with pytest.raises(InputError) as caught:
            load_graph(path)
        assert '\n' not in str(caught.value)


@pytest.mark.parametrize('change', [lambda c: c[:-5], lambda c: c + c[-9:], lambda c: c + c, lambda c: c[:400]])
def test_a_file_that_was_cut_or_lengthened_is_noticed(graph_def, tmp_path, change):
    (tmp_path / 'm.pb').write_bytes(change(serialize(graph_def)))
    with pytest.raises(InputError):
        load_graph(tmp_path / 'm.pb')


def test_a_trusted_file_is_taken_whatever_its_checksum_says(graph_def, tmp_path):
    changed = with_text(tf.GraphDef.FromString(serialize(graph_def)), {'note': 'mine'})
    (tmp_path / 'm.pb').write_bytes(changed.SerializeToString())
    with pytest.raises(InputError, match=r'm\.pb: damaged, its content is not what its checksum says; .* --trust_m'):
        load_graph(tmp_path / 'm.pb')
    loaded = load_graph(tmp_path / 'm.pb', trusted=True)
    assert read_text(loaded, 'note') == 'mine' and read_text(loaded, names.CHECKSUM) is None


def test_an_operation_that_is_not_allowed_needs_trust(graph_def, tmp_path):
    graph_def.node.add(op='WriteFile', name='save')
    (tmp_path / 'm.pb').write_bytes(serialize(graph_def))
    with pytest.raises(InputError, match=r'--restore_path .*m\.pb: holds the operation WriteFile \(node save\)'):
        load_graph(tmp_path / 'm.pb', 'restore_path')
    assert load_graph(tmp_path / 'm.pb', trusted=True) == graph_def


@pytest.mark.parametrize(
    'settings', ['{', '[1]', '{"image_size": "64"}', '{"views": 2.5}', '{"turned": 1}', '[' * 9999]
)
def test_damaged_settings_are_one_line(graph_def, settings):
    with pytest.raises(InputError, match=r'm\.pb: damaged, the settings in it cannot be read \(.*\); export it again'):
        read_settings(with_text(graph_def, {names.CONFIG: settings}), 'm.pb')


def test_a_text_that_is_none_is_one_line(graph_def):
    with_text(graph_def, {names.CHARSET: 'a\n', names.CONFIG: '{}'})
    for node in graph_def.node[-2:]:
        node.attr['value'].tensor.string_val[:] = [b'\xff'] if node.name == names.CHARSET else []
    with pytest.raises(InputError, match=r'm\.pb: damaged, attention_ocr/charset in it is not text; export it again'):
        read_charset(graph_def, 'm.pb')
    with pytest.raises(InputError, match=r'm\.pb: damaged, attention_ocr/config in it is not text'):
        read_settings(graph_def, 'm.pb')
