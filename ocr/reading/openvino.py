"""A model whose encoder runs in OpenVINO, in int8, and whose decoder stays in TensorFlow.

It is a folder: `encoder.xml` and `encoder.bin`, OpenVINO's own format, and `decoder.pb`, the frozen graph without its
encoder, with charset and settings inside. Reading it needs the package openvino, making it nncf too.
"""

import logging
import os
import sys
from contextlib import nullcontext
from threading import Lock

import numpy as np

from ocr import optional_package
from ocr.errors import InputError
from ocr.files.atomic import new_folder
from ocr.model_files.allowed_encoder import check_encoder
from ocr.model_files.fingerprint import fingerprint
from ocr.model_files.frozen_graph import features_of, load_graph, serialize, split_encoder
from ocr.model_files.run_limits import RunLimits
from ocr.model_files.stored_files import digest_of_file, read_stored, recording_sums
from ocr.network import tensor_names as names
from ocr.parallel import num_cores
from ocr.reading.graph_predictor import GraphPredictor

ENCODER_FILE = 'encoder.xml'
DECODER_FILE = 'decoder.pb'
REQUIREMENTS = 'requirements-openvino.txt'

logger = logging.getLogger(__name__)


class OpenVinoPredictor(GraphPredictor):
    """A GraphPredictor whose features come from a compiled OpenVINO model."""

    def __init__(self, decoder, charset, *, encoder, where='the model', **settings):
        """
        Args:
            decoder: GraphDef, as split_encoder returns it.
            charset: Charset, or None for the one inside the graph.
            encoder: float32 (N, S, S, 3) -> [float32 (N, H, W, C)], see compile_encoder.
            where, settings: as of GraphPredictor.

        Raises:
            InputError: as GraphPredictor; fitted canvases for an encoder that was made for squares.
        """
        super().__init__(decoder, charset, where=where, **settings)
        kind = self.canvas.kind
        if self.canvas.varies and self.settings.get('canvas', 'square') == 'square':
            raise InputError(f'--canvas {kind}: {where} was made for square canvases; export it with --canvas {kind}')
        self._encoder, self._encoding = encoder, Lock()  # a compiled model runs once at a time
        self._features = f'{features_of(decoder)}:0'

    def _feed(self, canvases, normalized_bboxes, full_length):
        feed = super()._feed(canvases, normalized_bboxes, full_length)
        image = feed.pop(f'{names.IMAGE}:0')
        with self._encoding:
            feed[self._features] = self._encoder(image)[0]
        return feed


def is_openvino(path):
    """Whether a path is a folder with such a model."""
    return os.path.isfile(os.path.join(path, ENCODER_FILE))


def load_openvino(path, charset, *, precision, trusted=False, **settings):
    """OpenVinoPredictor of a folder.

    Raises:
        InputError: the package is missing, or the folder is no such model, damaged, or not `trusted` and should be.
    """
    openvino = import_package('openvino', f'--pb_path {path}')
    decoder = load_graph(os.path.join(path, DECODER_FILE), trusted=trusted)
    file = os.path.join(path, ENCODER_FILE)
    weights = os.path.splitext(file)[0] + '.bin'
    if not trusted:
        check_encoder(
            read_stored(file), os.path.getsize(weights) if os.path.exists(weights) else 0, f'--pb_path {file}'
        )
    try:
        with nullcontext() if trusted else RunLimits(path).watch():
            encoder = compile_encoder(openvino.Core().read_model(file), precision)
        identity = fingerprint([read_stored(weights)])
    except (OSError, RuntimeError) as error:
        reason = ' '.join(str(error).split())
        raise InputError(f'--pb_path {path}: OpenVINO cannot load this encoder ({reason}); export it again') from None
    predictor = OpenVinoPredictor(
        decoder, charset, encoder=encoder, precision=precision, where=path, trusted=trusted, **settings
    )
    predictor.identity['encoder'] = identity
    return predictor


def compile_encoder(model, precision):
    """An OpenVINO model as a function on this machine; what is not int8 is computed in `precision`."""
    openvino = import_package('openvino', 'an OpenVINO model')
    hint = openvino.Type.bf16 if precision == 'bfloat16' else openvino.Type.f32
    settings = {'INFERENCE_PRECISION_HINT': hint, 'INFERENCE_NUM_THREADS': num_cores(), 'PERFORMANCE_HINT': 'LATENCY'}
    return openvino.compile_model(model, 'CPU', settings)


def quantised_encoder(graph_def, batches):
    """The encoder of a frozen graph in int8 (post-training quantisation: nothing is learnt).

    Args:
        graph_def: GraphDef.
        batches: list of uint8 (N, h, w, 3), RGB, canvases from which the ranges of the activations are taken.

    Returns:
        encoder: OpenVINO model.
        decoder: GraphDef.
    """
    openvino = import_package('openvino', '--format openvino')
    nncf = import_package('nncf', '--format openvino')
    encoder, decoder = split_encoder(graph_def)
    logging.getLogger('nncf').setLevel(logging.ERROR)  # its set_log_level changes handlers that are not its own
    model = openvino.convert_model(encoder)
    feeds = [np.divide(batch, np.float32(255), dtype=np.float32) for batch in batches]
    return nncf.quantize(model, nncf.Dataset(feeds), subset_size=len(feeds)), decoder


def save_openvino(path, encoder, decoder):
    """Write the folder, whole or not at all; InputError where it cannot be, or where something is already."""
    openvino = import_package('openvino', '--format openvino')
    with new_folder(path) as folder:
        openvino.save_model(encoder, folder / ENCODER_FILE)
        (folder / DECODER_FILE).write_bytes(serialize(decoder))
        with recording_sums(folder, {file.name: digest_of_file(file) for file in sorted(folder.iterdir())}):
            pass


def require_packages():
    """InputError if what makes such a model is not installed."""
    for name in ('openvino', 'nncf'):
        import_package(name, '--format openvino')


def import_package(name, wanted_for):
    """A package that is only needed here; InputError if it is not installed.

    Its statistics of use, which would go to its makers without a question, are switched off: both packages do without
    the one that sends them. Loggers made later stay Python's own, although nncf sets a class for all of them.
    """
    sys.modules.setdefault('openvino_telemetry', None)
    logger_class = logging.getLoggerClass()
    try:
        return optional_package.import_package(name, wanted_for, REQUIREMENTS)
    finally:
        logging.setLoggerClass(logger_class)
