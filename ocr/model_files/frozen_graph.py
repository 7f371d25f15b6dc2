"""Frozen graphs: one file that holds the graph, its weights, the charset and the settings."""

import json
import re

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.framework import attr_value_pb2, node_def_pb2, tensor_pb2
from tensorflow.python.framework import tensor_util

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.files.regular_file import open_regular
from ocr.model_files.allowed_graph import check_graph
from ocr.model_files.checksum import checksum, require_whole
from ocr.network import tensor_names as names

PB_ENDING = '.pb'
_BLOCK_END = re.compile(r'InceptionV4/Mixed_\d[a-z]/concat')  # what a block of the encoder hands on
_INTERFACE = [
    *(names.IMAGE, names.NORMALIZED_BBOX, names.LABEL, names.IS_TRAINING, names.DROPOUT_KEEP_PROB, names.FULL_LENGTH),
    *(names.PREDS, names.PROBS, names.ALPHA, names.CHARSET, names.CONFIG),
]
_KINDS = {  # of the settings that are read out of a graph
    **dict.fromkeys(('canvas', 'final_endpoint', 'model_name'), (str,)),
    **dict.fromkeys(('image_size', 'seq_len', 'embedding_size', 'lstm_size', 'views'), (int,)),
    'depth_multiplier': (int, float),
    'turned': (bool,),
}
_MIN_HALVED = 64  # weights with fewer elements stay float32: they cost nothing


def freeze(session, keep):
    """GraphDef of a session's graph with its variables as constants.

    Args:
        session: a session whose variables are restored.
        keep: names of the nodes that the graph keeps, whether anything depends on them or not.
    """
    return tf.graph_util.convert_variables_to_constants(session, session.graph.as_graph_def(), list(keep))


def halve_weights(graph_def):
    """The same graph with its float32 constants stored as float16 and widened when the graph is loaded."""
    halved = tf.GraphDef()
    halved.CopyFrom(graph_def)
    del halved.node[:]
    for node in graph_def.node:
        dtype = node.attr['dtype'].type if node.op == 'Const' else None
        if dtype != tf.float32.as_datatype_enum or node.attr['value'].tensor.ByteSize() < 4 * _MIN_HALVED:
            halved.node.add().CopyFrom(node)
            continue
        value = tensor_util.MakeNdarray(node.attr['value'].tensor)
        limit = np.finfo(np.float16).max
        stored = halved.node.add(op='Const', name=f'{node.name}/float16', device=node.device)
        stored.attr['dtype'].type = tf.float16.as_datatype_enum
        stored.attr['value'].tensor.CopyFrom(_tensor(np.clip(value, -limit, limit).astype(np.float16)))
        widened = halved.node.add(op='Cast', name=node.name, device=node.device, input=[stored.name])
        widened.attr['SrcT'].type = tf.float16.as_datatype_enum
        widened.attr['DstT'].type = tf.float32.as_datatype_enum
    return halved


def free_sides(graph_def):
    """The same graph for canvases of any height and width, which the input and the decoder's arrays had fixed."""
    freed = tf.GraphDef()
    freed.CopyFrom(graph_def)
    for node in freed.node:
        if node.name == names.IMAGE:
            for side in node.attr['shape'].shape.dim[1:3]:
                side.size = -1
        elif 'element_shape' in node.attr:
            node.attr['element_shape'].shape.CopyFrom(tf.TensorShape(None).as_proto())
    return freed


def features_of(graph_def):
    """Name of the node that holds the features: the end of the encoder's last block.

    Raises:
        InputError: there is none, as in a graph that was not frozen here.
    """
    ends = [node.name for node in graph_def.node if _BLOCK_END.fullmatch(node.name)]
    if not ends:
        raise InputError('the graph has no encoder under the names of this project; export its checkpoint again')
    return max(ends)


def split_encoder(graph_def):
    """A frozen graph in two: its encoder, and the rest, which takes the features in the place of the image.

    The rest keeps the whole interface, `image` too, on which nothing depends there.
    """
    features = features_of(graph_def)
    encoder = tf.graph_util.extract_sub_graph(graph_def, [features])
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(encoder, name='')
        shape = graph.get_tensor_by_name(f'{features}:0').shape.as_proto()
    rest = tf.GraphDef()
    rest.CopyFrom(graph_def)
    node = next(node for node in rest.node if node.name == features)
    node.Clear()
    node.name, node.op = features, 'Placeholder'
    node.attr['dtype'].type = tf.float32.as_datatype_enum
    node.attr['shape'].shape.CopyFrom(shape)
    present = {node.name for node in graph_def.node}
    kept = [name for name in (*_INTERFACE, features) if name in present]
    return encoder, tf.graph_util.extract_sub_graph(rest, kept)


def _tensor(array):
    """TensorProto that holds the bytes of an array and nothing else."""
    proto = tensor_pb2.TensorProto(dtype=tf.as_dtype(array.dtype).as_datatype_enum, tensor_content=array.tobytes())
    for side in array.shape:
        proto.tensor_shape.dim.add(size=side)
    return proto


READS = (names.IMAGE, names.PREDS, names.PROBS)
FINDS = (names.IMAGE, names.PROBABILITY)


def is_detector(graph_def):
    """Whether a graph finds text and reads none."""
    present = {node.name for node in graph_def.node}
    return present.issuperset(FINDS) and not present.issuperset(READS)


def serialize(graph_def):
    """Bytes of a file that holds a graph and, behind it, their own checksum as a string constant."""
    content = graph_def.SerializeToString()
    return content + with_text(tf.GraphDef(), {names.CHECKSUM: checksum(content)}).SerializeToString()


def load_graph(path, flag='pb_path', *, wanted=READS, trusted=False):
    """GraphDef of a file, without the checksum.

    Args:
        path: the file.
        flag: the setting that names it, for messages.
        wanted: names of its nodes: READS of a recogniser, FINDS of a detector, () of either.
        trusted: take it with any operations and any checksum.

    Raises:
        InputError: the file is missing, damaged or no graph with the outputs that we read; or, unless it is trusted, it
            holds what allowed_graph refuses.
    """
    where = f'--{flag} {path}'
    graph_def = tf.GraphDef()
    try:
        with open_regular(path) as file:
            content = file.read()
        graph_def.ParseFromString(content)
    except OSError as error:
        raise InputError(f'{where}: {error.strerror}; make one with export.py or give another path') from None
    except Exception:  # protobuf's DecodeError has moved between its versions
        raise InputError(f'{where}: not a frozen TensorFlow graph; make one with export.py') from None
    _take_checksum(graph_def, content, where, trusted)
    if not trusted:
        check_graph(graph_def, where)
    require_nodes(graph_def, where, wanted)
    return graph_def


def require_nodes(graph_def, where, wanted=READS):
    """InputError if a graph lacks one of the nodes; arguments as of `load_graph`, `where` for messages."""
    present = {node.name for node in graph_def.node}
    missing = [name for name in wanted if name not in present]
    if missing and wanted == READS and present.issuperset(FINDS):
        raise InputError(f'{where}: a detector, which finds text but does not read it; give a recogniser')
    if missing and wanted == FINDS and present.issuperset(READS):
        raise InputError(f'{where}: a recogniser, which reads text but does not find it; give a detector')
    if missing:
        raise InputError(f'{where}: not a graph of this model: it has no {", ".join(missing)}')


def _take_checksum(graph_def, content, where, trusted):
    """Take the checksum out of a graph; InputError if the file's bytes before it are others."""
    found = read_text(graph_def, names.CHECKSUM, where)
    if found is None:
        return
    for position in reversed([n for n, node in enumerate(graph_def.node) if node.name == names.CHECKSUM]):
        del graph_def.node[position]
    if not trusted:
        require_whole(content, found, with_text(tf.GraphDef(), {names.CHECKSUM: found}).ByteSize(), where)


def read_weights(graph_def, wanted):
    """{name: float32 array} of those of the named variables that a graph holds, as `freeze` and `halve_weights` do."""
    constants = {node.name: node for node in graph_def.node if node.op == 'Const'}
    sources = {node.name: constants.get(node.input[0]) for node in graph_def.node if node.op == 'Cast'} | constants
    found = {name: sources[name] for name in wanted if sources.get(name)}
    return {name: tensor_util.MakeNdarray(node.attr['value'].tensor).astype(np.float32) for name, node in found.items()}


def read_charset(graph_def, where):
    """Charset inside a graph, or None; `where` names the graph."""
    text = read_text(graph_def, names.CHARSET, where)
    return None if text is None else Charset.from_text(text, where)


def read_text(graph_def, name, where='the graph'):
    """The text of a string constant of a graph, or None if there is none of that name.

    Raises:
        InputError: there is a node of that name that holds no text.
    """
    for node in graph_def.node:
        if node.name == name:
            values = node.attr['value'].tensor.string_val
            try:
                (value,) = values
                return value.decode('utf-8')
            except ValueError:  # UnicodeDecodeError is one too
                raise InputError(f'{where}: damaged, {name} in it is not text; export it again') from None
    return None


def read_settings(graph_def, where='the graph'):
    """The settings that a graph was frozen with, dict; empty if there are none inside.

    Raises:
        InputError: they are damaged: no JSON, or of other kinds than those that reading goes by.
    """
    try:
        settings = json.loads(read_text(graph_def, names.CONFIG, where) or '{}')
        if not isinstance(settings, dict):
            raise ValueError('no object')
        for name, kinds in _KINDS.items():
            if name in settings and type(settings[name]) not in kinds:
                raise ValueError(f'{name} is {str(settings[name])[:40]!r}')
    except (ValueError, RecursionError) as error:
        raise InputError(f'{where}: damaged, the settings in it cannot be read ({error}); export it again') from None
    return settings


def with_text(graph_def, texts):
    """Add string constants {name: text} to a graph, in place of nodes of the same names."""
    for position in reversed([n for n, node in enumerate(graph_def.node) if node.name in texts]):
        del graph_def.node[position]
    for name, text in texts.items():
        value = tensor_util.make_tensor_proto(text.encode())
        node = node_def_pb2.NodeDef(op='Const', name=name)
        node.attr['dtype'].type = tf.string.as_datatype_enum
        node.attr['value'].CopyFrom(attr_value_pb2.AttrValue(tensor=value))
        graph_def.node.add().CopyFrom(node)
    return graph_def
