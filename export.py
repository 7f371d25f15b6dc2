"""Freeze a checkpoint into one file that reads text: weights, charset and settings inside.

    python export.py --checkpoint_path ./checkpoint --pb_path ./checkpoint/text_recognition.pb

Of a folder, the checkpoint with the best validation is taken. The file is written only if it reads the same text as the
checkpoint does. --weights float16 halves it; --format saved_model writes a folder for TensorFlow Serving.

    python export.py --format onnx --checkpoint_path pretrain/latin.pb --pb_path latin.onnx

writes what ONNX Runtime reads without TensorFlow, of a checkpoint or of a frozen graph, if it reads the same.

    python export.py --format openvino --checkpoint_path pretrain/latin.pb --pb_path latin_openvino

writes a folder whose encoder runs in int8 in OpenVINO, of a checkpoint or of a frozen graph, if it reads as well.
"""

import logging
import os

import numpy as np

from config import Config, parse_config, restorable, run_script
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow

NUM_CHECKED = 16  # pictures that checkpoint and file must read alike
SHOWN = ('canvas', 'canvas_area', 'turned', 'views')  # settings of a model that say how a region is shown to it
NUM_CALIBRATED = 300  # regions that the ranges of int8 are found with
ONNX_FILE = 'text_recognition.onnx'  # what --format onnx writes beside the checkpoint
OPENVINO_FOLDER = 'openvino'  # what --format openvino writes beside the checkpoint

logger = logging.getLogger(__name__)


def load_model(cfg, argv, description):
    """Checkpoint, settings and charset that `--checkpoint_path` means.

    The settings stored beside the checkpoint stand under the command line; a checkpoint of the reference has none, and
    --charset_path then names its label file.

    Returns:
        checkpoint: its prefix.
        cfg: Config.
        charset: Charset.
    """
    from ocr.charset import Charset
    from ocr.model_files.checkpoint import CONFIG_FILE, charset_beside, file_beside, require_checkpoint

    checkpoint = require_checkpoint(cfg.checkpoint_path, 'checkpoint_path', prefer_best=True)
    if config_file := file_beside(checkpoint, CONFIG_FILE):
        with open(config_file, encoding='utf-8') as file:
            cfg = parse_config(argv, description, restorable(file.read(), ('model',), config_file))
    return checkpoint, cfg, Charset.agreed(Charset.resolve(cfg.charset_path), charset_beside(checkpoint), checkpoint)


def load_frozen(path, cfg, argv, description, exact=False):
    """What reads with a model file; TensorFlow is started unless the file is .onnx.

    Of the settings inside it, the command line can change how a region is shown. `exact` is as of
    precision.choose_precision.
    """
    from ocr.reading.onnx_predictor import is_onnx

    if is_onnx(path):
        return load_onnx(path, cfg, argv, description)
    start_tensorflow(cfg.gpus)
    from ocr.charset import Charset
    from ocr.model_files.frozen_graph import load_graph, read_settings
    from ocr.network.precision import choose_precision
    from ocr.reading.openvino import DECODER_FILE, is_openvino, load_openvino
    from ocr.reading.predictor import Predictor
    from ocr.reading.search.build import with_search
    from ocr.reading.views import in_views

    in_openvino = is_openvino(path)
    graph_def = load_graph(os.path.join(path, DECODER_FILE) if in_openvino else path)
    shown = parse_config(argv, description, shown_inside(read_settings(graph_def)))
    charset = Charset.resolve(cfg.charset_path)
    settings = {
        'canvas_side': cfg.image_size,
        'canvas': shown.canvas,
        'canvas_area': shown.canvas_area,
        'precision': choose_precision(cfg.precision, exact),
    }
    predictor = (
        load_openvino(path, charset, **settings)
        if in_openvino
        else Predictor(graph_def, charset, where=path, **settings)
    )
    return in_views(with_search(predictor, **cfg.decoding), shown.views, shown.turned)


def load_onnx(path, cfg, argv, description):
    """What reads with an .onnx file, likewise."""
    from ocr.charset import Charset
    from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor, check_precision
    from ocr.reading.search.build import with_search
    from ocr.reading.views import in_views

    check_precision(cfg.precision)
    if cfg.gpus:
        raise InputError(f'--gpus: {path} is read by ONNX Runtime on the CPU; leave it out, or read with the .pb')
    model = OnnxModel.load(path)
    shown = parse_config(argv, description, shown_inside(model.settings))
    canvas = {'canvas': shown.canvas, 'canvas_area': shown.canvas_area}
    predictor = OnnxPredictor(model, Charset.resolve(cfg.charset_path), **canvas)
    return in_views(with_search(predictor, **cfg.decoding), shown.views, shown.turned)


def shown_inside(settings):
    """The part of a graph's settings that the command line can change."""
    # A graph that says nothing of its canvas was trained on squares, whatever a preset or a file of settings has.
    return {'canvas': Config().canvas, **{name: settings[name] for name in SHOWN if name in settings}}


def check_pictures(side, seed=0):
    """Pictures to compare two models on: coarse and fine noise, uint8 (NUM_CHECKED, S, S, 3)."""
    import cv2

    rng = np.random.default_rng(seed)
    grains = [2 ** (2 + n % 5) for n in range(NUM_CHECKED)]
    noise = (rng.integers(0, 256, (grain, grain, 3), np.uint8) for grain in grains)
    return np.stack([cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC) for picture in noise])


def check_bboxes():
    """The text's box on each of those pictures, the middle half of the rows: float32 (NUM_CHECKED, 4)."""
    return np.tile(np.array([[0.25, 0.0, 0.5, 1.0]], np.float32), (NUM_CHECKED, 1))


def check_equal(expected, texts, weights, what):
    """InputError where texts, read by `what` with such weights, are not the expected ones."""
    different = [(old, new) for old, new in zip(expected, texts, strict=True) if old != new]
    if different:
        raise InputError(
            f'{what} reads {len(different)} of {len(texts)} pictures differently, as {different[0][1]!r} '
            f'for {different[0][0]!r}; nothing was written' + ('; try --weights float32' * (weights == 'float16'))
        )


def live_texts(checkpoint, cfg, charset, canvases, bboxes):
    """What the checkpoint itself reads, without any freezing."""
    import tensorflow.compat.v1 as tf

    from model import inference_graph
    from ocr.model_files.checkpoint import reading_map, restore
    from ocr.network import tensor_names as names
    from ocr.network.precision import session_config

    graph, _ = inference_graph(cfg, charset)
    with graph.as_default(), tf.Session(config=session_config()) as session:
        restore(session, reading_map(tf.global_variables(), checkpoint), checkpoint)
        feed = {f'{names.IMAGE}:0': canvases.astype(np.float32) / 255}
        if cfg.with_bbox:
            feed[f'{names.NORMALIZED_BBOX}:0'] = bboxes
        return [charset.decode(row) for row in session.run(f'{names.PREDS}:0', feed)]


def check_same_text(graph_def, checkpoint, cfg, charset):
    """InputError where the frozen graph and its checkpoint read differently."""
    from ocr.reading.predictor import Predictor

    canvases, bboxes = check_pictures(cfg.image_size), check_bboxes()
    expected = live_texts(checkpoint, cfg, charset, canvases, bboxes)
    texts = [row.text for row in Predictor(graph_def, None).read(canvases, bboxes)]
    check_equal(expected, texts, cfg.weights, 'the frozen graph')


def write_openvino(path, graph_def, cfg):
    """Quantise the encoder of a frozen graph and write it, unless it reads worse than --max_loss allows."""
    from ocr.evaluation import int8_loss
    from ocr.reading import openvino
    from ocr.reading.openvino import OpenVinoPredictor, compile_encoder, quantised_encoder, save_openvino
    from ocr.reading.predictor import Predictor

    openvino.require_packages()
    if os.path.exists(path):
        raise InputError(f'--pb_path {path}: is there already; remove it or give another path')
    before = Predictor(graph_def, None, where=cfg.checkpoint_path)
    calibration = int8_loss.labelled_batches(cfg, cfg.calibration_datasets, before, NUM_CALIBRATED, cfg.seed)
    encoder, decoder = quantised_encoder(graph_def, [canvases for _, canvases, _ in calibration])
    after = OpenVinoPredictor(decoder, None, encoder=compile_encoder(encoder, 'float32'))
    found = int8_loss.judge(cfg, before, after)
    save_openvino(path, encoder, decoder)
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
    """Convert a frozen graph to ONNX and write it, unless it reads otherwise; in int8, worse than --max_loss allows."""
    from ocr.atomic import replacing
    from ocr.charset import Charset
    from ocr.evaluation import int8_loss
    from ocr.model_files import onnx
    from ocr.reading.onnx_predictor import OnnxModel, OnnxPredictor
    from ocr.reading.predictor import Predictor

    before = Predictor(graph_def, Charset.resolve(cfg.charset_path), where=cfg.checkpoint_path)
    model = onnx.convert(graph_def, cfg.checkpoint_path)
    if cfg.weights == 'float16':
        model = onnx.halve_weights(model)
    elif cfg.weights == 'int8':
        calibration = int8_loss.labelled_batches(cfg, cfg.calibration_datasets, before, NUM_CALIBRATED, cfg.seed)
        model = onnx.quantise(model, [batch for _, *batch in calibration])
    content = model.SerializeToString()
    after = OnnxPredictor(OnnxModel(content))
    found = (int8_loss.judge if cfg.weights == 'int8' else read_alike)(cfg, before, after)
    with replacing(path, binary=True) as file:
        file.write(content)
    print(f'{path}: {len(content) / 1e6:.1f} MB, {cfg.weights} weights, {before.charset.num_classes} classes; {found}')
    return 0


def read_alike(cfg, before, after):
    """That two predictors read the same, in words: on square canvases and, if they fit, on narrow ones.

    Raises:
        InputError: they do not.
    """
    side = before.canvas.side
    canvases, bboxes = check_pictures(side), check_bboxes()
    shapes = [canvases, canvases[:, : side // 2]] if before.canvas.varies else [canvases]
    texts = [[row.text for shape in shapes for row in one.read(shape, bboxes)] for one in (before, after)]
    check_equal(*texts, cfg.weights, 'the ONNX model')
    return f'reads {len(texts[0])} of {len(texts[0])} pictures as {cfg.checkpoint_path} does'


def shown_as_told(graph_def, path, argv):
    """A frozen graph whose settings SHOWN are changed as the command line says.

    Raises:
        InputError: for another canvas, or where no settings are inside.
    """
    import json

    from ocr.model_files.frozen_graph import read_settings, with_text
    from ocr.network import tensor_names as names

    inside = read_settings(graph_def)
    told = parse_config(argv, __doc__, shown_inside(inside))
    before = {name: inside.get(name, getattr(Config(), name)) for name in SHOWN}
    changed = {name: getattr(told, name) for name in SHOWN if getattr(told, name) != before[name]}
    if changed and ('canvas' in changed or not inside):
        name = next(iter(changed))
        raise InputError(
            f'--{name} {changed[name]}: {path} was frozen without it; give --checkpoint_path its checkpoint'
        )
    return with_text(graph_def, {names.CONFIG: json.dumps({**inside, **changed})}) if changed else graph_def


def graph_to_convert(cfg, argv):
    """GraphDef that --checkpoint_path means, a frozen graph or a checkpoint, and the folder that it lies in.

    Raises:
        InputError: there is none, or a checkpoint's graph reads otherwise than the checkpoint.
    """
    from model import freeze_checkpoint
    from ocr.model_files.frozen_graph import PB_ENDING, load_graph

    path = cfg.checkpoint_path
    if path.endswith(PB_ENDING):
        return shown_as_told(load_graph(path, 'checkpoint_path'), path, argv), os.path.dirname(path)
    checkpoint, model_cfg, charset = load_model(cfg, argv, __doc__)
    graph_def = freeze_checkpoint(checkpoint, model_cfg, charset)
    check_same_text(graph_def, checkpoint, model_cfg, charset)
    return graph_def, os.path.dirname(checkpoint)


def main(argv=None):
    cfg = parse_config(argv, __doc__)
    if cfg.weights == 'int8' and cfg.format != 'onnx':
        raise InputError(f'--weights int8 is of --format onnx; --format {cfg.format} does without it')
    start_tensorflow(cfg.gpus)
    from model import freeze_checkpoint
    from ocr.model_files.frozen_graph import halve_weights
    from ocr.model_files.saved_model import write_pb, write_saved_model

    if cfg.format == 'openvino':
        graph_def, folder = graph_to_convert(cfg, argv)
        return write_openvino(cfg.pb_path or os.path.join(folder, OPENVINO_FOLDER), graph_def, cfg)
    if cfg.format == 'onnx':
        check_onnx(cfg)
        graph_def, folder = graph_to_convert(cfg, argv)
        return write_onnx(cfg.pb_path or os.path.join(folder, ONNX_FILE), graph_def, cfg)
    checkpoint, cfg, charset = load_model(cfg, argv, __doc__)
    logger.info('freezing %s', checkpoint)
    graph_def = freeze_checkpoint(checkpoint, cfg, charset)
    if cfg.weights == 'float16':
        graph_def = halve_weights(graph_def)
    check_same_text(graph_def, checkpoint, cfg, charset)
    folder = cfg.checkpoint_path if os.path.isdir(cfg.checkpoint_path) else os.path.dirname(checkpoint)
    if cfg.format == 'saved_model':
        path = cfg.pb_path or os.path.join(folder, 'saved_model')
        write_saved_model(path, graph_def, charset)
    else:
        path = cfg.pb_path or os.path.join(folder, 'text_recognition.pb')
        write_pb(path, graph_def)
    megabytes = graph_def.ByteSize() / 1e6
    print(
        f'{path}: {megabytes:.1f} MB, {cfg.weights} weights, {charset.num_classes} classes; '
        f'reads {NUM_CHECKED} of {NUM_CHECKED} pictures as the checkpoint does'
    )
    return 0


if __name__ == '__main__':
    run_script(main)
