"""What a frozen graph may hold: a graph is a program, and TensorFlow has operations that read and write files.

The list has the operations of this project's graphs and of those of the published implementation, and the arithmetic
near to them that other freezing tools leave. None of them reaches beyond the tensors of the graph.
"""

import math
from itertools import chain

import tensorflow.compat.v1 as tf

from ocr.errors import InputError

_ARITHMETIC = """
    Abs Add AddN AddV2 BiasAdd Cast Ceil ClipByValue Cos Div DivNoNan Elu Equal Erf Exp Expm1 Floor FloorDiv FloorMod
    Greater GreaterEqual IsFinite IsInf IsNan LeakyRelu Less LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr Maximum
    Minimum Mod Mul MulNoNan Neg NotEqual OnesLike Pow RealDiv Reciprocal Relu Relu6 Rint Round Rsqrt Select SelectV2
    Selu Sigmoid Sign Sin Softplus Softsign Sqrt Square SquaredDifference Sub Tanh TruncateDiv ZerosLike
"""
_PRODUCTS_AND_SUMS = """
    All Any ArgMax ArgMin AvgPool BatchMatMul BatchMatMulV2 BatchMatMulV3 Conv2D Cumprod Cumsum DepthwiseConv2dNative
    Einsum FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 L2Loss LRN LogSoftmax MatMul Max MaxPool MaxPoolV2 Mean Min
    Prod Softmax Sum TopK TopKV2
"""
_ARRAYS = """
    BroadcastArgs BroadcastTo Concat ConcatOffset ConcatV2 Const DepthToSpace ExpandDims Fill Gather GatherNd GatherV2
    InvertPermutation LinSpace MirrorPad OneHot Pack Pad PadV2 Range Rank Reshape ResizeBilinear ResizeNearestNeighbor
    Reverse ReverseSequence ReverseV2 ScatterNd Shape ShapeN Size Slice SpaceToDepth Split SplitV Squeeze StridedSlice
    Tile Transpose Unpack Where
"""
_FLOW = """
    Assert CheckNumerics Enter Exit Identity IdentityN If LoopCond Merge NextIteration NoOp PartitionedCall Placeholder
    PlaceholderWithDefault PreventGradient Snapshot StatefulPartitionedCall StatelessIf StatelessWhile StopGradient
    Switch While
"""
_LISTS = """
    EmptyTensorList TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3 TensorArrayScatterV3
    TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3 TensorArrayWriteV3 TensorListElementShape TensorListFromTensor
    TensorListGather TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack TensorListReserve
    TensorListResize TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListStack
"""
_DROPOUT = 'RandomStandardNormal RandomUniform RandomUniformInt TruncatedNormal'
ALLOWED = frozenset(' '.join([_ARITHMETIC, _PRODUCTS_AND_SUMS, _ARRAYS, _FLOW, _LISTS, _DROPOUT]).split())
MAX_ELEMENTS = 1 << 28  # of a tensor whose size is written in the graph: 1 GB of float32
_MAX_REPEATED = 1 << 24  # elements of a constant whose file holds fewer values than it has
_MAX_NUMBER = 1 << 16  # of an attribute: axes, strides, paddings
_SEEDS = ('seed', 'seed2')
# Which inputs of an operation say how large its output is.
_SIZES = {
    **dict.fromkeys(('Fill', 'TensorArrayV3', *_DROPOUT.split()), (0,)),
    **dict.fromkeys(('BroadcastTo', 'Tile', 'OneHot', 'TensorListReserve', 'Pad', 'PadV2', 'MirrorPad'), (1,)),
    **dict.fromkeys(('Range', 'ResizeBilinear', 'ResizeNearestNeighbor', 'EmptyTensorList'), (1,)),
    **dict.fromkeys(('LinSpace', 'ScatterNd'), (2,)),
}
_REMEDY = '--trust_model runs it all the same'


def check_graph(graph_def, where):
    """Refuse a graph with operations that a model of text has no use for, or with numbers that make huge tensors.

    Args:
        graph_def: GraphDef; nothing of it has been run or imported.
        where: what messages call it.

    Raises:
        InputError: names the operation, its node and the remedy.
    """
    functions = graph_def.library.function
    own = {function.signature.name for function in functions}
    bodies = chain([graph_def.node], (function.node_def for function in functions))
    for nodes in bodies:
        constants = {node.name: node for node in nodes if node.op == 'Const'}
        for node in nodes:
            if node.op not in ALLOWED and node.op not in own:
                raise InputError(
                    f'{where}: holds the operation {node.op[:60]} (node {node.name[:60]}), which no model that reads '
                    f'text needs; {_REMEDY}'
                )
            if fault := _attribute_fault(node) or _size_fault(node, constants):
                raise InputError(f'{where}: the operation {node.op} (node {node.name[:60]}) {fault}; {_REMEDY}')


def check_sizes(graph, where):
    """Refuse an imported graph in which TensorFlow found a tensor of a fixed size that is huge; InputError likewise."""
    for operation in graph.get_operations():
        for tensor in operation.outputs:
            sides = tensor.shape.dims or ()
            if _elements(side.value for side in sides if side.value is not None) > MAX_ELEMENTS:
                raise InputError(
                    f'{where}: the operation {operation.type} (node {operation.name[:60]}) makes a tensor of '
                    f'{tensor.shape} elements; {_REMEDY}'
                )


def _attribute_fault(node):
    """What is wrong with the numbers that a node carries, in words, or None."""
    for name, value in node.attr.items():
        if name in _SEEDS:
            continue
        if any(abs(number) > _MAX_NUMBER for number in (value.i, *value.list.i)):
            return f'has {name} beyond {_MAX_NUMBER}'
        for shape in (value.shape, *value.list.shape):
            if _elements(side.size for side in shape.dim) > MAX_ELEMENTS:
                return f'has a shape of more than {MAX_ELEMENTS} elements'
        for tensor in (value.tensor, *value.list.tensor):
            if _repeats(tensor):
                return f'holds a constant of more than {_MAX_REPEATED} elements that are not in the file'
    return None


def _repeats(tensor):
    """Whether a tensor is far larger than what its TensorProto holds."""
    elements = _elements(side.size for side in tensor.tensor_shape.dim)
    return elements > _MAX_REPEATED and elements > tensor.ByteSize()


def _size_fault(node, constants):
    """Whether a constant, if it is the direct input, makes a node's output huge, in words, or None."""
    for place in _SIZES.get(node.op, ()):
        source = constants.get(node.input[place].split(':')[0]) if place < len(node.input) else None
        tensor = source.attr['value'].tensor if source else None
        if tensor is None or tensor.ByteSize() > 1024:
            continue
        try:
            numbers = tf.make_ndarray(tensor).ravel()
        except Exception:  # a damaged one raises anything: the import says what is wrong
            continue
        if numbers.dtype.kind in 'iu' and _elements(map(int, numbers)) > MAX_ELEMENTS:
            return f'makes more than {MAX_ELEMENTS} elements'
    return None


def _elements(sides):
    """Product of the sides that are known and not empty."""
    return math.prod(max(abs(side), 1) for side in sides)
