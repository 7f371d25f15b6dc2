"""Files for ONNX Runtime that are not run: operations that no reader needs, data elsewhere, huge tensors."""

import numpy as np
import onnx
import pytest
import tiny
from onnx import TensorProto, helper, numpy_helper

from ocr.errors import InputError
from ocr.model_files.allowed_onnx import ALLOWED, check_onnx
from ocr.model_files.onnx_content import parse_onnx

HUGE = 10**11


def numbers(*values, name='size'):
    return numpy_helper.from_array(np.int64(values), name)


def model(*nodes, weights=(), functions=()):
    """Bytes of a model of nodes, checked by nobody."""
    graph = helper.make_graph(list(nodes), 'g', [], [], list(weights))
    return helper.make_model(graph, functions=list(functions)).SerializeToString()


def node(operation, *inputs, **settings):
    return helper.make_node(operation, list(inputs), ['y'], name='a/b', **settings)


def check(content):
    check_onnx(parse_onnx(content, 'm.onnx'), 'm.onnx')


def in_a_loop(one):
    """Bytes of a model with a node in a loop in a branch."""
    body = helper.make_graph([one], 'body', [], [])
    loop = helper.make_node('Loop', ['n', 'go'], ['x'], body=body)
    return model(node('If', 'x', then_branch=helper.make_graph([loop], 'then', [], [])))


def in_a_function(one):
    """Bytes of a model with a node in a function that nothing calls by its name alone."""
    imports = [helper.make_opsetid('', 17)]
    function = helper.make_function('ours', 'Inner', ['x'], ['y'], [one], imports)
    return model(node('Inner', 'x', domain='ours'), functions=[function])


@pytest.mark.parametrize('place', [model, in_a_loop, in_a_function])
@pytest.mark.parametrize(
    ('operation', 'domain', 'named'),
    [
        ('ImageDecoder', '', 'ImageDecoder'),
        ('StringNormalizer', '', 'StringNormalizer'),
        ('SequenceInsert', '', 'SequenceInsert'),
        ('RandomNormal', '', 'RandomNormal'),
        ('EPContext', 'com.microsoft', r'com\.microsoft\.EPContext'),
        ('Add', 'com.microsoft', r'com\.microsoft\.Add'),
        ('Théâtre', 'x', r'x\.Théâtre'),
    ],
)
def test_an_operation_that_no_reader_needs(place, operation, domain, named):
    expected = (
        rf'^m\.onnx: holds the operation {named} \(node a/b\), which no model .*; --trust_model runs it all the same'
    )
    with pytest.raises(InputError, match=expected) as caught:
        check(place(node(operation, 'x', domain=domain)))
    assert '\n' not in str(caught.value)


def test_functions_of_the_file_may_be_called():
    check(in_a_function(node('Add', 'x', 'x')))
    check(in_a_loop(node('Add', 'x', 'x')))


@pytest.mark.parametrize(
    ('operation', 'inputs', 'sizes'),
    [
        ('ConstantOfShape', ['size'], (10**6, 10**6)),
        ('Expand', ['x', 'size'], (HUGE,)),
        ('Tile', ['x', 'size'], (10**5, 10**5)),
        ('OneHot', ['x', 'size', 'x'], (2**30,)),
        ('Range', ['x', 'size', 'x'], (2**30,)),
        ('Pad', ['x', 'size'], (0, 2**30)),
        ('Resize', ['x', '', '', 'size'], (1, 1, 10**5, 10**5)),
    ],
)
def test_a_huge_tensor(operation, inputs, sizes):
    """Its size is a weight, a node's tensor or a node's numbers; beside it, or around the loop it is in."""
    one = node(operation, *inputs)
    inner = helper.make_graph([one], 'body', [], [])
    tensor = helper.make_node('Constant', [], ['size'], value=numbers(*sizes))
    ints = helper.make_node('Constant', [], ['size'], value_ints=sizes)
    short = numpy_helper.from_array(np.minimum(sizes, 2**31 - 1).astype(np.int32), 'size')
    for content in (
        model(one, weights=[numbers(*sizes)]),
        model(one, weights=[short]),
        model(one, weights=[helper.make_tensor('size', TensorProto.INT64, [len(sizes)], sizes)]),
        model(tensor, one),
        model(ints, one),
        model(node('Loop', 'n', 'go', body=inner), weights=[numbers(*sizes)]),
    ):
        with pytest.raises(
            InputError, match=rf'the operation {operation} \(node a/b\) makes more than \d+ elements; --t'
        ):
            check(content)
    check(model(one, weights=[numbers(*[1] * len(sizes))]))


def elsewhere(key, value):
    """A tensor whose data are in another file."""
    tensor = numbers(1, name='w')
    tensor.ClearField('raw_data')
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key=key, value=value)
    return tensor


def sparse():
    """A sparse tensor of many elements."""
    return helper.make_sparse_tensor(numbers(1, name='w'), numbers(5), [HUGE])


def larger():
    tensor = numbers(1, name='w')
    tensor.dims[:] = [HUGE]
    return tensor


@pytest.mark.parametrize(
    ('tensor', 'fault'),
    [
        (elsewhere('location', '/etc/hostname'), 'has its data in another file'),
        (elsewhere('location', '../weights.bin'), 'has its data in another file'),
        (larger(), 'has more elements than are in the file'),
    ],
)
def test_constants_that_are_not_in_the_file(tensor, fault):
    for content in (model(weights=[tensor]), model(node('Constant', value=tensor))):
        with pytest.raises(
            InputError, match=rf'(the tensor w|the operation Constant \(node a/b\)) {fault}; --trust_model'
        ):
            check(content)


def test_sparse_constants():
    graph = helper.make_graph([], 'g', [], [], sparse_initializer=[sparse()])
    with pytest.raises(InputError, match='holds sparse weights'):
        check(helper.make_model(graph).SerializeToString())
    with pytest.raises(InputError, match=r'the operation Constant \(node a/b\) holds a sparse tensor'):
        check(model(node('Constant', sparse_value=sparse())))


@pytest.mark.parametrize('settings', [{'pads': [0, 0, HUGE, 0]}, {'group': HUGE}])
def test_strides_and_paddings_beyond_reason(settings):
    check(model(node('Conv', 'x', 'w', pads=[9] * 4, group=32)))
    (name,) = settings
    with pytest.raises(InputError, match=rf'the operation Conv \(node a/b\) has {name} beyond 65536; --trust_model'):
        check(model(node('Conv', 'x', 'w', **settings)))


def test_the_shipped_model_passes():
    check((tiny.ROOT / 'pretrain' / 'latin.onnx').read_bytes())


def test_what_is_allowed_exists_and_gives_numbers():
    numbers = ('tensor(float', 'tensor(bool', 'tensor(int', 'tensor(uint')
    for name in ALLOWED:
        kinds = onnx.defs.get_schema(name).outputs[0].types
        assert any(kind.startswith(numbers) for kind in kinds), name
