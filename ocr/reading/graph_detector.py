"""A frozen detector in TensorFlow; needs no tensorpack."""

import math
from contextlib import nullcontext

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.errors import InputError
from ocr.model_files.allowed_graph import check_sizes
from ocr.model_files.fingerprint import fingerprint
from ocr.model_files.frozen_graph import read_settings
from ocr.model_files.run_limits import RunLimits
from ocr.network import tensor_names as names
from ocr.network.precision import session_config
from ocr.reading.detector import Detector


class GraphDetector(Detector):
    """A Detector whose network is a frozen graph in a session."""

    def __init__(self, graph_def, *, precision='float32', where='the graph', trusted=True, **options):
        """
        Args:
            graph_def: GraphDef.
            precision: see precision.set_precision.
            where, options: as of Detector.
            trusted: run it without a look at what it holds, and without limits; a graph of our own making.
        """
        stamp = fingerprint([graph_def.SerializeToString(deterministic=True)])
        super().__init__(settings=read_settings(graph_def), fingerprint=stamp, where=where, **options)
        self._graph = tf.Graph()
        self._limits = None if trusted else RunLimits(where)
        with self._graph.as_default(), self._watch():
            try:
                tf.import_graph_def(graph_def, name='')
            except (ValueError, tf.errors.OpError) as error:
                reason = ' '.join(str(error).split())
                raise InputError(f'{where}: TensorFlow cannot load this graph ({reason}); export it again') from None
        if not trusted:
            check_sizes(self._graph, where)
        self._session = tf.Session(graph=self._graph, config=session_config(precision))

    def run(self, pictures):
        """As of Detector."""
        feed = {f'{names.IMAGE}:0': pictures.astype(np.float32) / 255}
        with self._watch(pictures.shape):
            return self._session.run(f'{names.PROBABILITY}:0', feed)

    def _watch(self, shape=(1, 0, 0)):
        """A block within the limits of a run on pictures of a shape (N, H, W, ...)."""
        return self._limits.watch(shape[0], math.prod(shape[:3])) if self._limits else nullcontext()
