"""Graphs that are not imported: operations that reach beyond the graph, and numbers that make huge tensors."""

import pytest
import tensorflow.compat.v1 as tf
import tiny
from tensorflow.python.framework import op_def_registry

from ocr.config import Config
from ocr.errors import InputError
from ocr.model_files.allowed_graph import ALLOWED, check_graph, check_sizes
from ocr.model_files.frozen_graph import load_graph
from ocr.network.tensorflow_start import start_tensorflow

HUGE = 10**11


@pytest.fixture(scope='module', autouse=True)
def plain_loops():
    """Graphs are built as the scripts build them."""
    start_tensorflow()


def graph_of(build):
    """GraphDef of what a function builds."""
    with tf.Graph().as_default() as graph:
        build()
    return graph.as_graph_def()


def in_a_function(build):
    """GraphDef that calls a function in which the same is built."""

    @tf.function
    def body():
        build()
        return tf.constant(1)

    return graph_of(body)


BAD = {
    'WriteFile': lambda: tf.io.write_file('/tmp/x', 'text'),
    'ReadFile': lambda: tf.io.read_file('/etc/hostname'),
    'MatchingFiles': lambda: tf.io.matching_files('/etc/*'),
    'PrintV2': lambda: tf.raw_ops.PrintV2(input='text', output_stream='file:///tmp/x'),
    'PyFunc': lambda: tf.numpy_function(lambda: 1, [], tf.int64),
    'RestoreV2': lambda: tf.raw_ops.RestoreV2(
        prefix='/tmp/x', tensor_names=['a'], shape_and_slices=[''], dtypes=[tf.float32]
    ),
    'VarHandleOp': lambda: tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[1]),
    'TextLineDataset': lambda: tf.raw_ops.TextLineDataset(
        filenames=['/etc/hostname'], compression_type='', buffer_size=9
    ),
}
HUGE_TENSORS = {
    'Fill': lambda: tf.fill([1000, 1000, 100_000], 1.0),
    'Tile': lambda: tf.tile(tf.placeholder(tf.float32, [1, 1]), [10**6, 10**6]),
    'Range': lambda: tf.range(tf.constant(0), HUGE % 2**31),
    'TensorArrayV3': lambda: tf.TensorArray(tf.float32, size=2**30).handle,
    'Placeholder': lambda: tf.placeholder(tf.float32, [10**6, 10**6]),
    'OneHot': lambda: tf.one_hot([1], 2**30),
    'Pad': lambda: tf.pad(tf.placeholder(tf.float32, [1]), [[0, 2**30]]),
}


@pytest.mark.parametrize('operation', BAD)
@pytest.mark.parametrize('place', [graph_of, in_a_function])
def test_an_operation_that_reaches_beyond_the_graph(operation, place):
    with pytest.raises(
        InputError, match=rf'^m\.pb: holds the operation {operation} \(node .*\), .*; --trust_model runs'
    ):
        check_graph(place(BAD[operation]), 'm.pb')


@pytest.mark.parametrize('operation', HUGE_TENSORS)
def test_a_huge_tensor(operation):
    with pytest.raises(InputError, match=rf'^m\.pb: the operation {operation} \(node .*; --trust_model runs it all'):
        check_graph(graph_of(HUGE_TENSORS[operation]), 'm.pb')


def test_a_constant_that_is_larger_than_its_file():
    graph_def = graph_of(lambda: tf.constant(1.0, shape=[2, 2]))
    check_graph(graph_def, 'm.pb')
    graph_def.node[0].attr['value'].tensor.tensor_shape.dim[0].size = HUGE
    with pytest.raises(
        InputError, match=r'the operation Const \(node Const\) holds a constant of more than \d+ elements'
    ):
        check_graph(graph_def, 'm.pb')


def test_strides_and_paddings_beyond_reason():
    graph_def = graph_of(
        lambda: tf.nn.conv2d(
            tf.placeholder(tf.float32, [1, 4, 4, 1]), tf.ones([1, 1, 1, 1]), 1, [[0, 0], [9, 9], [0, 0], [0, 0]]
        )
    )
    check_graph(graph_def, 'm.pb')
    node = next(node for node in graph_def.node if node.op == 'Conv2D')
    node.attr['explicit_paddings'].list.i[2] = HUGE
    with pytest.raises(InputError, match=r'the operation Conv2D \(node Conv2D\) has explicit_paddings beyond 65536'):
        check_graph(graph_def, 'm.pb')


def test_a_size_that_only_tensorflow_finds():
    with tf.Graph().as_default() as graph:
        side = tf.constant(30_000) * tf.constant(30_000)
        tf.fill([side], 1.0)
    check_graph(graph.as_graph_def(), 'm.pb')
    with pytest.raises(InputError, match=r'm\.pb: the operation Fill .* makes a tensor of \(900000000,\) elements'):
        check_sizes(graph, 'm.pb')


def test_a_function_is_no_way_round_the_list():
    graph_def = in_a_function(lambda: tf.constant(1) + 1)
    check_graph(graph_def, 'm.pb')
    graph_def.library.function[0].node_def[0].op = 'WriteFile'
    graph_def.library.function[0].signature.name = 'Const'
    with pytest.raises(InputError, match='holds the operation WriteFile'):
        check_graph(graph_def, 'm.pb')


@pytest.mark.parametrize('preset', ['reference', 'compact'])
@pytest.mark.parametrize('variant', ['ocr', 'ocr_with_normalized_bbox'])
def test_graphs_of_this_project_pass(preset, variant):
    from ocr.charset import Charset
    from ocr.config import PRESETS
    from ocr.model import inference_graph

    config = Config(**{**PRESETS[preset], 'preset': preset, 'model_name': variant})
    graph, _ = inference_graph(config, Charset.preset('ascii'))
    variables = {'VarHandleOp', 'ReadVariableOp', 'AssignVariableOp', 'VarIsInitializedOp'}  # freezing replaces them
    graph_def = graph.as_graph_def()
    kept = [node for node in graph_def.node if node.op not in variables]
    del graph_def.node[:]
    graph_def.node.extend(kept)
    check_graph(graph_def, 'm.pb')
    check_sizes(graph, 'm.pb')
    assert load_graph(str(tiny.ROOT / 'pretrain' / 'latin.pb')).node


def test_the_published_graphs_pass(reference_style):
    check_graph(reference_style, 'm.pb')


def test_what_is_allowed_exists_and_keeps_nothing_between_runs():
    """Of the operations that TensorFlow calls stateful, these alone are there: they live within one run."""
    found = {name: op_def_registry.get(name) for name in ALLOWED}
    assert not [name for name, definition in found.items() if definition is None]
    stateful = {name for name, definition in found.items() if definition.is_stateful}
    lists = {name for name in stateful if name.startswith('TensorArray')}
    assert stateful - lists <= {
        *('RandomUniform', 'RandomStandardNormal', 'RandomUniformInt', 'TruncatedNormal'),
        *('Assert', 'If', 'While', 'StatefulPartitionedCall', 'CheckNumerics'),
    }
    texts = [name for name, definition in found.items() if 'filename' in str(definition).lower()]
    assert not texts
