"""What finds text with a model file: a frozen graph, or an .onnx file, for which TensorFlow is not started."""

import os

from ocr.errors import InputError
from ocr.files.shipped import shipped
from ocr.reading.onnx_predictor import check_precision, is_onnx
from ocr.reading.open_model import beyond_onnx_runtime, read_model, shipped_file

SHIPPED = 'pretrain', 'detector.pb'  # may have been left out of an installation


def choose_detector(named=None, *, gpus=(), precision='auto'):
    """Path of the detector to find text with, as of open_model.choose_model; '' if none is named and none shipped.

    Args:
        named: path, '' for none at all, or None for the one that comes with the project, if any.
        gpus, precision: as of open_detector.
    """
    if named is not None:
        return named
    path = shipped(*SHIPPED)
    return shipped_file(str(path), beyond_onnx_runtime(gpus, precision)) if path.is_file() else ''


def open_detector(path, *, flag='detector_path', gpus=(), precision='auto', trusted=False, exact=False):
    """Detector of a file; starts TensorFlow with such GPUs unless it is an .onnx file.

    Args:
        path: of the file.
        flag: the setting that names it, for messages.
        gpus: numbers of GPUs; () for all.
        precision, exact: as of precision.set_precision.
        trusted: run it without checks, see frozen_graph.load_graph.

    Raises:
        InputError: it is no detector, or the settings do not go with it.
    """
    if os.path.isdir(path):
        raise InputError(f'--{flag} {path}: a folder; give a frozen detector, a .pb or .onnx file')
    model = read_model(path, gpus, trusted, flag=flag, kinds=('detector',))
    return detector_of(model, precision=precision, exact=exact)


def detector_of(model, *, precision='auto', exact=False):
    """Detector of a StoredModel that is one.

    Args:
        model: StoredModel, as open_model.read_model gives it.
        precision, exact: as of precision.set_precision.

    Raises:
        InputError: ONNX Runtime does not compute in that precision.
    """
    if is_onnx(model.path):
        from ocr.reading.onnx_detector import OnnxDetector

        check_precision(precision)
        return OnnxDetector(model.graph, trusted=model.trusted)
    from ocr.network.precision import set_precision
    from ocr.reading.graph_detector import GraphDetector

    return GraphDetector(
        model.graph, precision=set_precision(precision, exact), where=model.path, trusted=model.trusted
    )
