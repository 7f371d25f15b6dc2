"""Text from .onnx files by ONNX Runtime, without TensorFlow; the same texts as of GraphPredictor."""

import json
import math
from contextlib import nullcontext

import numpy as np

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.files.regular_file import open_regular
from ocr.model_files.allowed_onnx import check_onnx
from ocr.model_files.fingerprint import fingerprint
from ocr.model_files.onnx_content import check_whole, parse_onnx
from ocr.model_files.run_limits import RunLimits
from ocr.network import tensor_names as names
from ocr.optional_package import import_package
from ocr.parallel import num_cores
from ocr.preprocessing.canvas import Canvas
from ocr.reading.read_text import ReadText

ONNX_ENDING = '.onnx'
ONNX_PRECISIONS = ('auto', 'float32')  # settings that it serves; it computes in float32
REQUIREMENTS = 'requirements-onnx.txt'
# Idle threads wait by looking again and again: that takes the cores from those that prepare images. Of 200 words on two
# busy cores without it: half the processor time, and a quarter (batch 1) to half (batch 32) of the time by the clock.
_SPINNING = 'session.intra_op.allow_spinning'
_FORMAT = 'session.load_model_format', 'ONNX'  # not the runtime's own one, which nothing here checks
READS = (names.IMAGE, names.PREDS, names.PROBS, names.CHARSET, names.CONFIG)  # what a model that reads has
FINDS = (names.IMAGE, names.PROBABILITY, names.CONFIG)  # what a detector has
_ERRORS_ONLY = 3  # severities that ONNX Runtime writes to stderr by itself


class OnnxModel:
    """An .onnx file of this project in a session of ONNX Runtime, on all cores of this process.

    Attributes:
        session: onnxruntime.InferenceSession.
        inputs, outputs: sets of names.
        is_detector: whether it finds text and reads none.
        charset: Charset inside the file; None of a detector.
        settings: dict, the Config that the model was frozen with.
        fingerprint: text that changes with the file.
        where: what messages call it.
    """

    def __init__(self, content, where='the model', wanted=READS):
        """
        Args:
            content: bytes of the file.
            where: what messages call it.
            wanted: READS or FINDS, what is to be in it; () for either.

        Raises:
            InputError: the package onnxruntime is missing, or it is no such model.
        """
        self.where = where
        self.fingerprint = fingerprint([content])
        self.session = _open_session(content, where)
        inside = self.session.get_modelmeta().custom_metadata_map
        required, optional = self.session.get_inputs(), self.session.get_overridable_initializers()
        self.inputs = {one.name for one in (*required, *optional)}
        self.outputs = {one.name for one in self.session.get_outputs()}
        present = self.inputs | self.outputs | set(inside)
        self.is_detector = present.issuperset(FINDS) and not present.issuperset(READS)
        if wanted == READS and self.is_detector:
            raise InputError(f'{where}: a detector, which finds text but does not read it; give a recogniser')
        if wanted == FINDS and present.issuperset(READS):
            raise InputError(f'{where}: a recogniser, which reads text but does not find it; give a detector')
        needed = FINDS if self.is_detector else READS
        if missing := [name for name in needed if name not in present]:
            raise InputError(
                f'{where}: not a model of this project: it has no {", ".join(missing)}; make one with export.py'
            )
        self.charset = Charset.from_text(inside[names.CHARSET], where) if needed == READS else None
        self.settings = _settings(inside[names.CONFIG], where)

    @classmethod
    def load(cls, path, trusted=False, *, flag='pb_path', wanted=READS):
        """OnnxModel of a file that a flag names; unless it is trusted, checked first, and loaded within RunLimits.

        Raises:
            InputError: it cannot be read, is damaged or none, or, unless it is trusted, it holds what allowed_onnx
                refuses.
        """
        try:
            with open_regular(path) as file:
                content = file.read()
        except OSError as error:
            remedy = 'make one with export.py --format onnx or give another path'
            raise InputError(f'--{flag} {path}: {error.strerror}; {remedy}') from None
        if not trusted:
            inside = parse_onnx(content, path)
            check_whole(inside, content, path)
            check_onnx(inside, path)
            del inside  # the weights are in it once more
        with nullcontext() if trusted else RunLimits(path).watch():
            return cls(content, path, wanted)


class OnnxPredictor:
    """Reads with an OnnxModel: a Predictor."""

    gives_weights = False

    def __init__(self, model, charset=None, *, canvas=None, canvas_area=None, trusted=True):
        """
        Args:
            model: OnnxModel.
            charset: Charset, or None for the one inside the model.
            canvas: kind of canvases, see Canvas; None is what the model was trained with.
            canvas_area: pixels of canvases of the kind 'area', likewise.
            trusted: run it without limits of time and memory; a model of our own making.

        Raises:
            InputError: the charset is not the model's.
        """
        self.where = model.where
        self.charset = Charset.agreed(charset, model.charset, model.where)
        self.settings = model.settings
        self.num_steps = self.settings['seq_len'] + 1
        self.canvas = Canvas(
            self.settings['image_size'],
            canvas or self.settings.get('canvas', 'square'),
            canvas_area or self.settings.get('canvas_area', Canvas.area),
        )
        self.with_bbox = names.NORMALIZED_BBOX in model.inputs
        self.has_attention = names.ALPHA in model.outputs
        self.identity = {
            'model': model.fingerprint,
            'charset': fingerprint([self.charset.to_text().encode()]),
            **self.canvas.identity,
            'precision': 'float32',
        }
        self._model = model
        self._limits = None if trusted else RunLimits(model.where)

    def read(self, canvases, normalized_bboxes=None, *, with_alpha=False, full_length=False):
        """Read a batch; arguments and result as of Predictor.read."""
        feed = {
            names.IMAGE: np.divide(canvases, np.float32(255), dtype=np.float32),
            names.NORMALIZED_BBOX: normalized_bboxes,
            names.FULL_LENGTH: np.array(full_length),
        }
        feed = {name: value for name, value in feed.items() if name in self._model.inputs}
        fetches = [names.PREDS, names.PROBS] + [names.ALPHA] * (with_alpha and self.has_attention)
        limits = self._limits.watch(len(canvases), math.prod(np.shape(canvases)[:3])) if self._limits else nullcontext()
        with limits:
            preds, probs, *alpha = self._model.session.run(fetches, feed)
        return [
            ReadText.of_steps(self.charset, preds[n], probs[n], alpha[0][n] if alpha else None)
            for n in range(len(preds))
        ]


def is_onnx(path):
    """Whether a path names such a model, by its ending."""
    return path.endswith(ONNX_ENDING)


def check_precision(wanted):
    """InputError for a --precision that ONNX Runtime does not compute in."""
    if wanted not in ONNX_PRECISIONS:
        raise InputError(f'--precision {wanted}: ONNX Runtime computes in float32; leave it out, or read with the .pb')


def _settings(text, where):
    """The settings inside a model; InputError if they are damaged."""
    try:
        settings = json.loads(text)
        if not all(type(settings[name]) is int for name in ('image_size', 'seq_len')):
            raise ValueError('image_size or seq_len is not a whole number')
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f'{where}: damaged, the settings in it cannot be read ({error}); export it again') from None
    return settings


def _open_session(content, where):
    """The InferenceSession of a file's bytes."""
    onnxruntime = import_package('onnxruntime', where, REQUIREMENTS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_cores()
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry(_SPINNING, '0')
    options.add_session_config_entry(*_FORMAT)
    try:
        return onnxruntime.InferenceSession(content, options, providers=['CPUExecutionProvider'])
    except Exception as error:  # its exceptions have no base of their own
        reason = ' '.join(str(error).split())
        raise InputError(f'{where}: ONNX Runtime cannot load this model ({reason}); export it again') from None
