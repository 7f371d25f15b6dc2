"""A frozen detector in TensorFlow; needs no tensorpack."""

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.errors import InputError
from ocr.model_files.fingerprint import fingerprint
from ocr.model_files.frozen_graph import FINDS, load_graph, read_settings
from ocr.network import tensor_names as names
from ocr.network.precision import session_config
from ocr.reading.detector import Detector


class GraphDetector(Detector):
    """A Detector whose network is a frozen graph in a session."""

    def __init__(self, graph_def, *, precision='float32', where='the graph', **options):
        """
        Args:
            graph_def: GraphDef.
            precision: see precision.set_precision.
            where, options: as of Detector.
        """
        stamp = fingerprint([graph_def.SerializeToString(deterministic=True)])
        super().__init__(settings=read_settings(graph_def), fingerprint=stamp, where=where, **options)
        self._graph = tf.Graph()
        with self._graph.as_default():
            try:
                tf.import_graph_def(graph_def, name='')
            except (ValueError, tf.errors.OpError) as error:
                reason = ' '.join(str(error).split())
                raise InputError(f'{where}: TensorFlow cannot load this graph ({reason}); export it anew') from None
        self._session = tf.Session(graph=self._graph, config=session_config(precision))

    @classmethod
    def from_pb(cls, path, flag='detector_path', *, trusted=False, **settings):
        """GraphDetector of a file; InputError where it is none, or not `trusted` and should be."""
        return cls(load_graph(path, flag, wanted=FINDS, trusted=trusted), where=path, **settings)

    def run(self, pictures):
        """As of Detector."""
        feed = {f'{names.IMAGE}:0': pictures.astype(np.float32) / 255}
        return self._session.run(f'{names.PROBABILITY}:0', feed)
