"""Freeze a checkpoint into one file that reads text: weights, charset and settings inside.

    python export.py --checkpoint_path ./checkpoint --pb_path ./checkpoint/text_recognition.pb

Of a folder, the checkpoint with the best validation is taken. The file is written only if it reads the same text as the
checkpoint does. --weights float16 halves it; --format saved_model writes a folder for TensorFlow Serving.

    python export.py --format onnx --checkpoint_path pretrain/latin.pb --pb_path latin.onnx

writes what ONNX Runtime reads without TensorFlow, of a checkpoint or of a frozen graph, if it reads the same.

    python export.py --format openvino --checkpoint_path pretrain/latin.pb --pb_path latin_openvino

writes a folder whose encoder runs in int8 in OpenVINO, of a checkpoint or of a frozen graph, if it reads as well.
"""

import json
import logging
import os

import numpy as np

from config import SHOWN, Config, parse_config, renamed, run_script, shown
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow

RECOGNISER_FILE, DETECTOR_FILE = 'text_recognition.pb', 'text_detection.pb'  # what is written beside a checkpoint
ONNX_FILE = 'text_recognition.onnx'  # what --format onnx writes beside the checkpoint
OPENVINO_FOLDER = 'openvino'  # what --format openvino writes beside the checkpoint

logger = logging.getLogger(__name__)


def check_same_text(graph_def, checkpoint, cfg, charset):
    """What the frozen graph does as its checkpoint, in words; InputError where they read, or find, differently."""
    from model import live_output
    from ocr.evaluation.same_text import NUM_CHECKED, check_bboxes, check_equal, check_pictures, check_same_map
    from ocr.network import tensor_names as names

    canvases, bboxes = check_pictures(cfg.image_size, with_text=cfg.detects), check_bboxes()
    feed = {names.IMAGE: canvases.astype(np.float32) / 255}
    if cfg.detects:
        from ocr.reading.detector import Detector

        expected = live_output(checkpoint, cfg, None, names.PROBABILITY, feed)
        check_same_map(expected, Detector(graph_def).run(canvases), cfg.weights)
        return f'finds in {NUM_CHECKED} of {NUM_CHECKED} pictures what the checkpoint does'
    from ocr.reading.predictor import Predictor

    if cfg.with_bbox:
        feed[names.NORMALIZED_BBOX] = bboxes
    expected = [charset.decode(row) for row in live_output(checkpoint, cfg, charset, names.PREDS, feed)]
    texts = [row.text for row in Predictor(graph_def, None).read(canvases, bboxes)]
    check_equal(expected, texts, cfg.weights, 'the frozen graph')
    return f'{charset.num_classes} classes; reads {NUM_CHECKED} of {NUM_CHECKED} pictures as the checkpoint does'


def write_openvino(path, graph_def, cfg):
    """Quantise the encoder of a frozen graph and write it, unless it loses too much."""
    from ocr.evaluation import int8_loss
    from ocr.reading import openvino
    from ocr.reading.predictor import Predictor

    openvino.require_packages()
    if os.path.exists(path):
        raise InputError(f'--pb_path {path}: is there already; remove it or give another path')
    before = Predictor(graph_def, None, where=cfg.checkpoint_path)
    calibration = int8_loss.calibration_batches(cfg, before)
    encoder, decoder = openvino.quantised_encoder(graph_def, [canvases for _, canvases, _ in calibration])
    compiled = openvino.compile_encoder(encoder, 'float32')
    found = int8_loss.judge(cfg, before, openvino.OpenVinoPredictor(decoder, None, encoder=compiled))
    openvino.save_openvino(path, encoder, decoder)
    print(f'{path}: {found}')
    return 0


def check_onnx(cfg):
    """InputError where --format onnx cannot be written: packages are missing, or nothing would read it by its name."""
    from ocr.model_files.onnx import require_packages
    from ocr.reading.onnx_predictor import is_onnx

    require_packages()
    if cfg.pb_path and not is_onnx(cfg.pb_path):
        raise InputError(f'--pb_path {cfg.pb_path}: an ONNX file is known by its ending; call it {ONNX_FILE}')


def write_onnx(path, graph_def, cfg):
    """Convert a frozen graph to ONNX and write it, unless it reads otherwise; in int8, unless it loses too much."""
    from ocr.atomic import replacing
    from ocr.charset import Charset
    from ocr.evaluation import int8_loss
    from ocr.evaluation.same_text import read_alike
    from ocr.model_files import onnx
    from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor
    from ocr.reading.predictor import Predictor

    before = Predictor(graph_def, Charset.resolve(cfg.charset_path), where=cfg.checkpoint_path)
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


def shown_as_told(graph_def, path, cfg):
    """A frozen graph whose settings of how a region is shown are changed as the command line says.

    Raises:
        InputError: for another canvas, or where no settings are inside.
    """
    from ocr.model_files.frozen_graph import read_settings, with_text
    from ocr.network import tensor_names as names

    inside = renamed(read_settings(graph_def))
    told = cfg.over(shown(inside))
    before = {name: inside.get(name, getattr(Config(), name)) for name in SHOWN}
    changed = {name: getattr(told, name) for name in SHOWN if getattr(told, name) != before[name]}
    if changed and ('canvas' in changed or not inside):
        name = next(iter(changed))
        raise InputError(
            f'--{name} {changed[name]}: {path} was frozen without it; give --checkpoint_path its checkpoint'
        )
    return with_text(graph_def, {names.CONFIG: json.dumps({**inside, **changed})}) if changed else graph_def


def graph_to_convert(cfg):
    """GraphDef that --checkpoint_path means, a frozen graph or a checkpoint, and the folder that it lies in.

    Raises:
        InputError: there is none, or a checkpoint's graph reads otherwise than the checkpoint.
    """
    from model import freeze_checkpoint, open_checkpoint
    from ocr.model_files.frozen_graph import PB_ENDING, load_graph

    path = cfg.checkpoint_path
    if path.endswith(PB_ENDING):
        return shown_as_told(load_graph(path, 'checkpoint_path'), path, cfg), os.path.dirname(path)
    checkpoint, model_cfg, charset = open_checkpoint(cfg)
    if model_cfg.detects:
        raise InputError(f'--format {cfg.format}: a detector is written as pb alone')
    graph_def = freeze_checkpoint(checkpoint, model_cfg, charset)
    check_same_text(graph_def, checkpoint, model_cfg, charset)
    return graph_def, os.path.dirname(checkpoint)


def main(argv=None):
    cfg = parse_config(argv, 'export', __doc__)
    if cfg.weights == 'int8' and cfg.format != 'onnx':
        raise InputError(f'--weights int8 is of --format onnx; --format {cfg.format} does without it')
    start_tensorflow(cfg.gpus)
    from model import freeze_checkpoint, open_checkpoint
    from ocr.model_files.frozen_graph import halve_weights
    from ocr.model_files.saved_model import write_pb, write_saved_model

    if cfg.format == 'openvino':
        graph_def, folder = graph_to_convert(cfg)
        return write_openvino(cfg.pb_path or os.path.join(folder, OPENVINO_FOLDER), graph_def, cfg)
    if cfg.format == 'onnx':
        check_onnx(cfg)
        graph_def, folder = graph_to_convert(cfg)
        return write_onnx(cfg.pb_path or os.path.join(folder, ONNX_FILE), graph_def, cfg)
    checkpoint, cfg, charset = open_checkpoint(cfg)
    if cfg.detects and cfg.format != 'pb':
        raise InputError(f'--format {cfg.format}: a detector is written as pb alone')
    logger.info('freezing %s', checkpoint)
    graph_def = freeze_checkpoint(checkpoint, cfg, charset)
    if cfg.weights == 'float16':
        graph_def = halve_weights(graph_def)
    compared = check_same_text(graph_def, checkpoint, cfg, charset)
    folder = cfg.checkpoint_path if os.path.isdir(cfg.checkpoint_path) else os.path.dirname(checkpoint)
    if cfg.format == 'saved_model':
        path = cfg.pb_path or os.path.join(folder, 'saved_model')
        write_saved_model(path, graph_def, charset)
    else:
        path = cfg.pb_path or os.path.join(folder, DETECTOR_FILE if cfg.detects else RECOGNISER_FILE)
        write_pb(path, graph_def)
    megabytes = graph_def.ByteSize() / 1e6
    print(f'{path}: {megabytes:.1f} MB, {cfg.weights} weights, {compared}')
    return 0


if __name__ == '__main__':
    run_script(main)
