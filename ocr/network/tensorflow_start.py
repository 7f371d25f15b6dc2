"""Start TensorFlow as the scripts want it: in silence, with graphs that every version can load from a file."""

import logging
import os
import sys
from contextlib import contextmanager

from ocr.optional_package import import_package


def start_tensorflow(gpus=()):
    """Import TensorFlow and switch it to v1 graphs; call it before the first module that builds or runs one.

    Control flow becomes plain nodes, not functions: frozen graphs with loops then load everywhere.

    Args:
        gpus: numbers of the GPUs that TensorFlow may see; empty is all.

    Raises:
        InputError: it is not installed.
    """
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
    if gpus:
        os.environ['CUDA_VISIBLE_DEVICES'] = ','.join(map(str, gpus))
    with _silent_stderr():
        import_package('tensorflow', 'all but reading .onnx files', 'requirements.txt')
        import tensorflow.compat.v1 as tf
    logging.getLogger('tensorflow').setLevel(logging.ERROR)  # importing resets it
    tf.disable_eager_execution()
    tf.disable_control_flow_v2()


@contextmanager
def _silent_stderr():
    """Hold back what the importing writes to file descriptor 2: its library greets before any setting can stop it."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
