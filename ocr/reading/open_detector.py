"""What finds text with a model file: a frozen graph, or an .onnx file, for which TensorFlow is not started."""

import os

from ocr.errors import InputError
from ocr.files.shipped import shipped
from ocr.reading.onnx_predictor import check_precision, is_onnx

SHIPPED = 'pretrain', 'detector.pb'  # there once a detector comes with the project


def choose_detector(named=None):
    """Path of the detector to find text with: the one that is named, even if it is '', else the shipped one; '' for
    none.
    """
    if named is not None:
        return named
    path = shipped(*SHIPPED)
    return str(path) if path.is_file() else ''


def open_detector(path, *, flag='detector_path', gpus=(), precision='auto', trusted=False, exact=False):
    """Detector of a file; starts TensorFlow with such GPUs unless it is an .onnx file.

    Args:
        path: of the file.
        flag: the setting that names it, for messages.
        gpus: numbers of GPUs; () for all.
        precision, exact: as of precision.set_precision.
        trusted: run it whatever it would do, see frozen_graph.load_graph.

    Raises:
        InputError: it is no detector, or the settings do not go with it.
    """
    if is_onnx(path):
        from ocr.reading.onnx_detector import OnnxDetector

        if gpus:
            raise InputError(f'--gpus: {path} runs in ONNX Runtime on the CPU; leave it out, or give the .pb')
        check_precision(precision)
        return OnnxDetector.load(path, flag, trusted=trusted)
    if os.path.isdir(path):
        raise InputError(f'--{flag} {path}: a folder; give a frozen detector, a .pb or .onnx file')
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow(gpus)
    from ocr.network.precision import set_precision
    from ocr.reading.graph_detector import GraphDetector

    return GraphDetector.from_pb(path, flag, precision=set_precision(precision, exact), trusted=trusted)
