"""What an .onnx file may hold: the operations of a text reader, with all of its weights in the file.

ONNX's own operations reach no further than their tensors. Refused are those of other domains, which depend on what the
runtime was built with, and what has no use here: texts, images in files, sequences, random numbers.
"""

import math
from collections import ChainMap

import numpy as np

from ocr.errors import InputError

_ARITHMETIC = """
    Abs Add Ceil Clip Cos Div Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu Log Max Min Mod Mul Neg PRelu Pow
    Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Sub Sum Tanh
"""
_COMPARISONS = 'And Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not Or Where Xor'
_PRODUCTS_AND_SUMS = """
    ArgMax ArgMin AveragePool BatchNormalization Conv ConvTranspose CumSum Einsum Gemm GlobalAveragePool GlobalMaxPool
    InstanceNormalization LayerNormalization LogSoftmax LRN MatMul MaxPool Mean ReduceL1 ReduceL2 ReduceLogSum
    ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Softmax TopK
"""
_INT8 = 'ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul QuantizeLinear'
_ARRAYS = """
    Cast CastLike Compress Concat Constant ConstantOfShape DepthToSpace Expand Flatten Gather GatherElements GatherND
    NonZero OneHot Pad Range Reshape Resize ReverseSequence ScatterElements ScatterND Shape Size Slice SpaceToDepth
    Split Squeeze Tile Transpose Unsqueeze
"""
_FLOW = 'Identity If Loop'
ALLOWED = frozenset(' '.join([_ARITHMETIC, _COMPARISONS, _PRODUCTS_AND_SUMS, _INT8, _ARRAYS, _FLOW]).split())
MAX_ELEMENTS = 1 << 28  # of a tensor whose size is written in the file: 1 GB of float32
_MAX_NUMBER = 1 << 16  # of an attribute: axes, strides, paddings
_MAX_BYTES = 1024  # of a constant that is read as a size
_DOMAINS = (b'', b'ai.onnx')
_WHOLE = {6: np.dtype('<i4'), 7: np.dtype('<i8')}  # by TensorProto.DataType
_SIZES = {  # which input of an operation says how large its output is
    'ConstantOfShape': 0,
    **dict.fromkeys(('Expand', 'Tile', 'OneHot', 'Range', 'Pad'), 1),
    'Resize': 3,
}
_REMEDY = '--trust_model runs it all the same'


def check_onnx(model, where):
    """Refuse a model with operations that none that reads has a use for, or with numbers that make huge tensors.

    Args:
        model: Model of onnx_content; nothing of it has been loaded by a runtime.
        where: what messages call it.

    Raises:
        InputError: names the operation, its node and the remedy.
    """
    own = {(function.domain, function.name) for function in model.functions}
    _check_graph(model.graph, ChainMap(), own, where)
    for function in model.functions:
        _check_nodes(function.node, ChainMap(), own, where)


def _check_graph(graph, outer, own, where):
    """Check a graph inside others.

    Args:
        outer: ChainMap {name: numbers} of the small constants around it.
        own: set of (domain, name), functions of the file.
    """
    if graph.sparse_initializer:
        raise InputError(f'{where}: holds sparse weights, which no model of this project has; {_REMEDY}')
    for tensor in graph.initializer:
        if fault := _tensor_fault(tensor):
            raise InputError(f'{where}: the tensor {_text(tensor.name)} {fault}; {_REMEDY}')
    constants = {tensor.name: _whole_numbers(tensor) for tensor in graph.initializer}
    _check_nodes(graph.node, outer.new_child(constants), own, where)


def _check_nodes(nodes, constants, own, where):
    """Check nodes and the graphs inside them; adds what nodes hold to the constants."""
    for node in nodes:
        operation = node.op_type.decode(errors='replace')
        known = operation in ALLOWED and node.domain in _DOMAINS
        if not known and (node.domain, node.op_type) not in own:
            full = '.'.join(filter(None, (_text(node.domain), _text(node.op_type))))
            raise InputError(
                f'{where}: holds the operation {full} (node {_text(node.name)}), which no model that reads text needs; '
                f'{_REMEDY}'
            )
        if operation == 'Constant' and node.output:
            constants[node.output[0]] = [
                number for one in node.attribute for number in (*one.ints, *_whole_numbers(one.t))
            ]
        if fault := _attribute_fault(node) or _size_fault(operation, node, constants):
            raise InputError(f'{where}: the operation {operation} (node {_text(node.name)}) {fault}; {_REMEDY}')
        for attribute in node.attribute:
            for graph in (*([attribute.g] if attribute.HasField('g') else ()), *attribute.graphs):
                _check_graph(graph, constants, own, where)


def _attribute_fault(node):
    """What is wrong with what a node's attributes hold, in words, or None."""
    for attribute in node.attribute:
        if attribute.HasField('sparse_tensor') or attribute.sparse_tensors:
            return 'holds a sparse tensor'
        numbers = () if node.op_type == b'Constant' else (attribute.i, *attribute.ints)
        if any(abs(number) > _MAX_NUMBER for number in numbers):
            return f'has {_text(attribute.name)} beyond {_MAX_NUMBER}'
        for tensor in (attribute.t, *attribute.tensors):
            if fault := _tensor_fault(tensor):
                return fault
    return None


def _tensor_fault(tensor):
    """What is wrong with a constant tensor, in words, or None."""
    if tensor.external_data or tensor.data_location:
        return 'has its data in another file'
    if _elements(tensor.dims) > max(2 * tensor.ByteSize(), _MAX_BYTES):  # two numbers of 4 bits in a byte
        return 'has more elements than are in the file'
    return None


def _size_fault(operation, node, constants):
    """Whether a constant makes a node's output huge, in words, or None."""
    place = _SIZES.get(operation, len(node.input))
    numbers = constants.get(node.input[place], ()) if place < len(node.input) else ()
    return f'makes more than {MAX_ELEMENTS} elements' if _elements(numbers) > MAX_ELEMENTS else None


def _whole_numbers(tensor):
    """The numbers in a small constant of int32 or int64; [] for others."""
    dtype = _WHOLE.get(tensor.data_type)
    if dtype is None or tensor.ByteSize() > _MAX_BYTES:
        return []
    whole = len(tensor.raw_data) // dtype.itemsize * dtype.itemsize
    return [*np.frombuffer(tensor.raw_data[:whole], dtype).tolist(), *tensor.int32_data, *tensor.int64_data]


def _elements(sides):
    """Product of the sides that are not empty."""
    return math.prod(max(abs(side), 1) for side in sides)


def _text(name):
    return name.decode(errors='replace')[:60]
