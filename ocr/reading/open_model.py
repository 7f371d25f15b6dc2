"""What reads with a model file: the greedy predictor, a search around it, test-time augmentation.

A model is a frozen graph, a folder for OpenVINO, or an .onnx file, for which TensorFlow is not started.
"""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.files.shipped import SHIPPED_MODEL
from ocr.reading.augmented_predictor import augmented
from ocr.reading.onnx_predictor import (
    FINDS,
    ONNX_ENDING,
    ONNX_PRECISIONS,
    READS,
    OnnxModel,
    OnnxPredictor,
    check_precision,
    is_onnx,
)
from ocr.reading.search.build import with_search

_GPU = Path('/dev/nvidia0')  # there where the driver of an NVIDIA GPU is loaded

logger = logging.getLogger(__name__)


class StoredModel(NamedTuple):
    """A model's file or folder, its GraphDef or OnnxModel, the settings inside, and whether it is trusted."""

    path: str
    graph: Any
    settings: dict
    trusted: bool = False

    @property
    def is_detector(self):
        """Whether it finds text and reads none."""
        if is_onnx(self.path):
            return self.graph.is_detector
        from ocr.model_files.frozen_graph import is_detector

        return is_detector(self.graph)


def choose_model(named=None, *, gpus, precision, decoding):
    """Path of the model to read with: the one that is named, as it is, or the shipped one.

    That is read by ONNX Runtime, which is there a second after the command, unless it is not installed, a GPU is to be
    used, or a setting asks for what it does not do: then by TensorFlow, which is said.

    Args:
        named: path, or None for the shipped one.
        gpus: numbers of GPUs; () for all.
        precision: as of precision.set_precision.
        decoding: keyword arguments of search.build.with_search.
    """
    return shipped_file(SHIPPED_MODEL, beyond_onnx_reading(gpus, precision, decoding)) if named is None else named


def shipped_file(frozen, beyond_onnx=None):
    """Path of what runs a model that comes with the project: the .onnx file beside the frozen graph, or that itself.

    Args:
        frozen: path of the frozen graph.
        beyond_onnx: name of a setting that asks for what ONNX Runtime does not do, or None.
    """
    onnx = os.path.splitext(frozen)[0] + ONNX_ENDING
    if not (find_spec('onnxruntime') and os.path.isfile(onnx)):
        return frozen
    if not os.path.isfile(frozen):
        return onnx
    if _GPU.exists() and os.environ.get('CUDA_VISIBLE_DEVICES') not in ('', '-1') and find_spec('tensorflow'):
        return frozen
    if beyond_onnx:
        logger.info('--%s: TensorFlow reads, with %s', beyond_onnx, frozen)
        return frozen
    return onnx


def beyond_onnx_runtime(gpus, precision):
    """Name of a setting of any model that ONNX Runtime does not serve, or None; arguments as of choose_model."""
    return 'precision' if precision not in ONNX_PRECISIONS else 'gpus' if gpus else None


def beyond_onnx_reading(gpus, precision, decoding):
    """Name of a setting of what reads that ONNX Runtime does not serve, or None; arguments as of choose_model."""
    if decoding['beam_width'] > 1:
        return 'beam_width'
    searches = (name for name in ('n_best', 'allow', 'lexicon') if decoding[name])
    return beyond_onnx_runtime(gpus, precision) or next(searches, None)


def read_model(path, gpus=(), trusted=False, *, flag='pb_path', kinds=('reader',)):
    """StoredModel of a path; starts TensorFlow with such GPUs unless it is an .onnx file.

    Args:
        path: of a file or folder.
        gpus: numbers of GPUs; () for all.
        trusted: run it without checks, see frozen_graph.load_graph.
        flag: the setting that names it, for messages.
        kinds: what to take: 'reader', 'detector', or both.

    Raises:
        InputError: it is no such model, or GPUs are asked for that ONNX Runtime does not use here.
    """
    if is_onnx(path):
        if gpus:
            raise InputError(f'--gpus: {path} is read by ONNX Runtime on the CPU; leave it out, or read with the .pb')
        model = OnnxModel.load(path, trusted, flag=flag, wanted=_wanted(kinds, READS, FINDS))
        return StoredModel(path, model, model.settings, trusted)
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow(gpus)
    from ocr.model_files import frozen_graph
    from ocr.model_files.frozen_graph import read_settings
    from ocr.reading.openvino import DECODER_FILE, is_openvino

    file = os.path.join(path, DECODER_FILE) if is_openvino(path) else path
    wanted = _wanted(kinds, frozen_graph.READS, frozen_graph.FINDS)
    graph_def = frozen_graph.load_graph(file, flag, wanted=wanted, trusted=trusted)
    if not wanted and not frozen_graph.is_detector(graph_def):
        frozen_graph.require_nodes(graph_def, f'--{flag} {path}')
    return StoredModel(path, graph_def, read_settings(graph_def, path), trusted)


def _wanted(kinds, reads, finds):
    """Names that a model must have, `reads` or `finds`; () if it may be of either kind."""
    return () if len(kinds) > 1 else finds if 'detector' in kinds else reads


def open_model(model, *, charset_path, image_size, canvas, canvas_area, tta, rotate, precision, decoding, exact=False):
    """What reads with a StoredModel.

    Args:
        model: StoredModel.
        charset_path: charset file or preset, '' for the charset inside.
        image_size: side of the canvas, for graphs that do not say.
        canvas, canvas_area, tta, rotate: as in Config; the settings inside the model are not asked.
        precision, exact: as of precision.set_precision.
        decoding: keyword arguments of search.build.with_search.

    Raises:
        InputError: the model does not go with the settings.
    """
    charset = Charset.resolve(charset_path)
    if is_onnx(model.path):
        check_precision(precision)
        predictor = OnnxPredictor(model.graph, charset, canvas=canvas, canvas_area=canvas_area, trusted=model.trusted)
    else:
        settings = {'canvas_side': image_size, 'canvas': canvas, 'canvas_area': canvas_area, 'trusted': model.trusted}
        predictor = _in_tensorflow(model, charset, precision, exact, settings)
    return augmented(with_search(predictor, **decoding), tta, rotate)


def _in_tensorflow(model, charset, precision, exact, settings):
    """GraphPredictor of a frozen graph, or of a folder for OpenVINO."""
    from ocr.network.precision import set_precision
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.reading.openvino import is_openvino, load_openvino

    settings['precision'] = set_precision(precision, exact)
    if is_openvino(model.path):
        return load_openvino(model.path, charset, **settings)
    return GraphPredictor(model.graph, charset, where=model.path, **settings)
