"""Frozen graph -> one .onnx file: the graph, its weights, the charset of what reads, and the settings.

ONNX Runtime reads it without TensorFlow. Writing it needs TensorFlow, tf2onnx and onnx. Inputs and outputs have the
names, shapes and types of the frozen graph; canvases may have any height and width, and `full_length` need not be fed.
"""

import logging
import os
import tempfile
from contextlib import contextmanager

import numpy as np

from ocr.errors import InputError
from ocr.model_files.frozen_graph import free_sides, is_detector, read_text
from ocr.network import tensor_names as names
from ocr.optional_package import import_package

OPSET = 17  # the oldest that holds all of the graph, so that old runtimes read it too
REQUIREMENTS = 'requirements-onnx-export.txt'
_INPUTS = (names.IMAGE, names.NORMALIZED_BBOX, names.FULL_LENGTH)
_OUTPUTS = (names.PREDS, names.PROBS, names.ALPHA, names.PROBABILITY)
_ERRORS_ONLY = 3  # severities that ONNX Runtime writes to stderr by itself
_MIN_HALVED = 64  # weights with fewer elements stay float32: they cost nothing


def require_packages():
    """InputError if what writes such a file is not installed."""
    for name in ('tf2onnx', 'onnx'):
        import_package(name, '--format onnx', REQUIREMENTS)


def convert(graph_def, where='the graph'):
    """A frozen graph as an ONNX model with float32 weights; charset and settings are its metadata.

    Args:
        graph_def: GraphDef that was frozen by this project.
        where: what messages call it.

    Returns:
        onnx.ModelProto.

    Raises:
        InputError: a package is missing; the graph has no charset or settings inside, or what ONNX cannot express.
    """
    tf2onnx = import_package('tf2onnx', '--format onnx', REQUIREMENTS)
    logging.getLogger('tf2onnx').setLevel(logging.ERROR)  # it warns of the placeholder that has a default
    inside = (names.CONFIG,) if is_detector(graph_def) else (names.CHARSET, names.CONFIG)
    texts = {name: read_text(graph_def, name) for name in inside}
    if None in texts.values():
        raise InputError(f'{where}: {" or ".join(texts)} is not inside; give the checkpoint that it was made of')
    present = {node.name for node in graph_def.node}
    inputs, outputs = ([name for name in interface if name in present] for interface in (_INPUTS, _OUTPUTS))
    model, _ = tf2onnx.convert.from_graph_def(
        free_sides(graph_def),
        input_names=[f'{name}:0' for name in inputs],
        output_names=[f'{name}:0' for name in outputs],
        opset=OPSET,
    )
    _check(model, where)
    _rename(model.graph, {f'{name}:0': name for name in (*inputs, *outputs)})
    for name, text in texts.items():
        model.metadata_props.add(key=name, value=text)
    return model


def halve_weights(model):
    """The same model with its float32 weights stored as float16 and widened when it is loaded.

    Weights of the graph itself alone: those of the decoder's loop are there too, and the loop sees them.
    """
    onnx = import_package('onnx', '--format onnx', REQUIREMENTS)
    halved = onnx.ModelProto()
    halved.CopyFrom(model)
    graph = halved.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < _MIN_HALVED:
            continue
        limit = np.finfo(np.float16).max
        value = np.clip(onnx.numpy_helper.to_array(tensor), -limit, limit).astype(np.float16)
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(value, f'{name}/float16'))
        casts.append(onnx.helper.make_node('Cast', [tensor.name], [name], name, to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return halved


def quantise(model, batches):
    """The same model with its convolutions in int8: post-training quantisation, nothing is learnt.

    The decoder stays in float32. Weights have a scale for each channel; the ranges of the activations are the least and
    the largest value that the batches give.

    Args:
        model: onnx.ModelProto with float32 weights.
        batches: list of (uint8 (N, h, w, 3), float32 (N, 4)), canvases and boxes.
    """
    onnx = import_package('onnx', '--format onnx', REQUIREMENTS)
    quantization = import_package('onnxruntime.quantization', '--weights int8', REQUIREMENTS)
    import_package('onnxruntime', '--weights int8', REQUIREMENTS).set_default_logger_severity(_ERRORS_ONLY)
    with tempfile.TemporaryDirectory() as folder, _silent_warnings():
        path = os.path.join(folder, 'int8.onnx')
        quantization.quantize_static(
            model,
            path,
            _Calibration(model, batches),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            op_types_to_quantize=['Conv'],
        )
        return onnx.load(path)


class _Calibration:
    """Batches as onnxruntime.quantization asks for them: one feed after another, then None."""

    def __init__(self, model, batches):
        taken = {value.name for value in model.graph.input}
        self._feeds = (_feed(taken, *batch) for batch in batches)

    def get_next(self):
        return next(self._feeds, None)


def _feed(taken, canvases, normalized_bboxes):
    feed = {
        names.IMAGE: np.divide(canvases, np.float32(255), dtype=np.float32),
        names.NORMALIZED_BBOX: normalized_bboxes,
    }
    return {name: value for name, value in feed.items() if name in taken}


@contextmanager
def _silent_warnings():
    """Hold back the advice that onnxruntime.quantization gives for every model."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _check(model, where):
    """InputError for a model with operations that ONNX does not have: tf2onnx leaves what it does not know."""
    onnx = import_package('onnx', '--format onnx', REQUIREMENTS)
    known = {schema.name for schema in onnx.defs.get_all_schemas()}
    if unknown := sorted({node.op_type for node in model.graph.node} - known):
        raise InputError(f'{where}: ONNX has no {", ".join(unknown)}; give the checkpoint that it was made of')


def _rename(graph, new):
    """Give tensors other names, in a GraphProto and in the loops inside it: {old: new}."""
    for value in (*graph.input, *graph.output, *graph.initializer):
        value.name = new.get(value.name, value.name)
    for node in graph.node:
        node.input[:] = [new.get(name, name) for name in node.input]
        node.output[:] = [new.get(name, name) for name in node.output]
        for attribute in node.attribute:
            if attribute.HasField('g'):
                _rename(attribute.g, new)
