"""Models converted for other runtimes: written only if they read what the frozen graph reads."""

import os

from ocr.errors import InputError
from ocr.evaluation import int8_loss
from ocr.evaluation.same_text import check_bboxes, check_pictures, read_alike
from ocr.files.atomic import replacing
from ocr.model_files import onnx
from ocr.model_files.onnx_content import with_checksum
from ocr.reading import openvino
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.onnx_detector import OnnxDetector
from ocr.reading.onnx_predictor import FINDS, OnnxModel, OnnxPredictor, is_onnx

ONNX_FILE, ONNX_DETECTOR_FILE = 'text_recognition.onnx', 'text_detection.onnx'  # written beside the checkpoint
OPENVINO_FOLDER = 'openvino'  # likewise


def onnx_file(is_detector):
    """Name of the .onnx file of a model beside its checkpoint."""
    return ONNX_DETECTOR_FILE if is_detector else ONNX_FILE


def write_openvino(path, graph_def, data, where, trusted):
    """Quantise the encoder of a frozen graph and write it, unless it loses too much.

    Args:
        path: folder to write.
        graph_def: GraphDef of a recogniser.
        data: int8_loss.LabelledData.
        where: what messages call the model that the graph is of.
        trusted: run it without limits.
    """
    openvino.require_packages()
    if os.path.exists(path):
        raise InputError(f'--pb_path {path}: already exists; remove it or give another path')
    before = _reading(graph_def, None, where, trusted)
    calibration = data.calibration(before)
    encoder, decoder = openvino.quantised_encoder(graph_def, [canvases for _, canvases, _ in calibration])
    compiled = openvino.compile_encoder(encoder, 'float32')
    found = int8_loss.judge(data, before, openvino.OpenVinoPredictor(decoder, None, encoder=compiled))
    openvino.save_openvino(path, encoder, decoder)
    print(f'{path}: {found}')
    return 0


def check_onnx(pb_path):
    """InputError if --format onnx cannot be written: packages are missing, or nothing would read it by its name."""
    onnx.require_packages()
    if pb_path and not is_onnx(pb_path):
        raise InputError(f'--pb_path {pb_path}: an ONNX file is known by its ending; call it {ONNX_FILE}')


def write_onnx(path, graph_def, charset, weights, data, where, trusted):
    """Convert a frozen graph to ONNX and write it, unless it reads otherwise; in int8, unless it loses too much.

    Args:
        path: file to write.
        graph_def: GraphDef of a recogniser.
        charset: Charset of the graph.
        weights: 'float32', 'float16' or 'int8'.
        data: int8_loss.LabelledData.
        where: what messages call the model that the graph is of.
        trusted: run it without limits.
    """
    before = _reading(graph_def, charset, where, trusted)
    model = onnx.convert(graph_def, where)
    if weights == 'float16':
        model = onnx.halve_weights(model)
    elif weights == 'int8':
        model = onnx.quantise(model, [batch for _, *batch in data.calibration(before)])
    content = with_checksum(model.SerializeToString())
    after = OnnxPredictor(OnnxModel(content))
    if weights == 'int8':
        found = int8_loss.judge(data, before, after)
    else:
        number = read_alike(before, after, weights, 'the ONNX model')
        found = f'reads {number} of {number} pictures as {where} does'
    _write(path, content)
    print(f'{path}: {len(content) / 1e6:.1f} MB, {weights} weights, {before.charset.num_classes} classes; {found}')
    return 0


def write_onnx_detector(path, graph_def, weights, check_same, where):
    """Convert a detector to ONNX and write it.

    Args:
        path, weights, where: as of write_onnx.
        graph_def: GraphDef of a detector.
        check_same: function of what answers (canvases, bboxes) with maps -> words; raises InputError if they differ.

    Raises:
        InputError: it finds otherwise, or weights that a detector is not written with.
    """
    if weights == 'int8':
        raise InputError('--weights int8: not for a detector; give float32 or float16')
    model = onnx.convert(graph_def, where)
    model = onnx.halve_weights(model) if weights == 'float16' else model
    content = with_checksum(model.SerializeToString())
    detector = OnnxDetector(OnnxModel(content, wanted=FINDS))
    found = check_same(lambda pictures, bboxes: detector.run(pictures))
    _write(path, content)
    print(f'{path}: {len(content) / 1e6:.1f} MB, {weights} weights; {found}')
    return 0


def _reading(graph_def, charset, where, trusted):
    """GraphPredictor of a graph that has read a picture: one without end is stopped here, before other tools run it."""
    predictor = GraphPredictor(graph_def, charset, where=where, trusted=trusted)
    predictor.read(check_pictures(predictor.canvas.side)[:1], check_bboxes()[:1])
    return predictor


def _write(path, content):
    with replacing(path, binary=True) as file:
        file.write(content)
