"""Models converted for other runtimes: written only if they read what the frozen graph reads."""

import os

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.evaluation import int8_loss
from ocr.evaluation.same_text import read_alike
from ocr.files.atomic import replacing
from ocr.model_files import onnx
from ocr.reading import openvino
from ocr.reading.graph_predictor import GraphPredictor
from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor, is_onnx

ONNX_FILE = 'text_recognition.onnx'  # what --format onnx writes beside the checkpoint


def write_openvino(path, graph_def, cfg):
    """Quantise the encoder of a frozen graph and write it, unless it loses too much."""
    openvino.require_packages()
    if os.path.exists(path):
        raise InputError(f'--pb_path {path}: is there already; remove it or give another path')
    before = GraphPredictor(graph_def, None, where=cfg.checkpoint_path)
    calibration = int8_loss.calibration_batches(cfg, before)
    encoder, decoder = openvino.quantised_encoder(graph_def, [canvases for _, canvases, _ in calibration])
    compiled = openvino.compile_encoder(encoder, 'float32')
    found = int8_loss.judge(cfg, before, openvino.OpenVinoPredictor(decoder, None, encoder=compiled))
    openvino.save_openvino(path, encoder, decoder)
    print(f'{path}: {found}')
    return 0


def check_onnx(cfg):
    """InputError where --format onnx cannot be written: packages are missing, or nothing would read it by its name."""
    onnx.require_packages()
    if cfg.pb_path and not is_onnx(cfg.pb_path):
        raise InputError(f'--pb_path {cfg.pb_path}: an ONNX file is known by its ending; call it {ONNX_FILE}')


def write_onnx(path, graph_def, cfg):
    """Convert a frozen graph to ONNX and write it, unless it reads otherwise; in int8, unless it loses too much."""
    before = GraphPredictor(graph_def, Charset.resolve(cfg.charset_path), where=cfg.checkpoint_path)
    model = onnx.convert(graph_def, cfg.checkpoint_path)
    if cfg.weights == 'float16':
        model = onnx.halve_weights(model)
    elif cfg.weights == 'int8':
        model = onnx.quantise(model, [batch for _, *batch in int8_loss.calibration_batches(cfg, before)])
    content = model.SerializeToString()
    after = OnnxPredictor(OnnxModel(content))
    if cfg.weights == 'int8':
        found = int8_loss.judge(cfg, before, after)
    else:
        number = read_alike(before, after, cfg.weights, 'the ONNX model')
        found = f'reads {number} of {number} pictures as {cfg.checkpoint_path} does'
    with replacing(path, binary=True) as file:
        file.write(content)
    print(f'{path}: {len(content) / 1e6:.1f} MB, {cfg.weights} weights, {before.charset.num_classes} classes; {found}')
    return 0
