"""A detector in ONNX Runtime, without TensorFlow; the same maps as of GraphDetector."""

import math
from contextlib import nullcontext

import numpy as np

from ocr.model_files.run_limits import RunLimits
from ocr.network import tensor_names as names
from ocr.reading.detector import Detector


class OnnxDetector(Detector):
    """A Detector whose network is an OnnxModel."""

    def __init__(self, model, *, trusted=True, **options):
        """
        Args:
            model: OnnxModel of a detector.
            trusted: run it without limits of time and memory; a model of our own making.
            options: as of Detector.
        """
        super().__init__(settings=model.settings, fingerprint=model.fingerprint, where=model.where, **options)
        self._model = model
        self._limits = None if trusted else RunLimits(model.where)

    def run(self, pictures):
        """As of Detector."""
        num_pixels = math.prod(np.shape(pictures)[:3])
        with self._limits.watch(len(pictures), num_pixels) if self._limits else nullcontext():
            feed = {names.IMAGE: np.divide(pictures, np.float32(255), dtype=np.float32)}
            return self._model.session.run([names.PROBABILITY], feed)[0]
