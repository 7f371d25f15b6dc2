"""Frozen graphs written to disk: as one file, and as a SavedModel folder."""

import os
import shutil

import tensorflow.compat.v1 as tf

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.model_files.frozen_graph import serialize
from ocr.network import tensor_names as names

SAVED_MODEL_FILE = 'saved_model.pb'  # what a folder holds that is a SavedModel


def write_pb(path, graph_def):
    """Write a GraphDef and its checksum beside, then rename."""
    with replacing(path, binary=True) as file:
        file.write(serialize(graph_def))


def write_saved_model(path, graph_def, charset):
    """Write a SavedModel folder with the signature `serving_default`: image (and normalized_bbox) -> preds, probs."""
    path = os.path.normpath(path)
    if os.path.exists(path) and not os.path.exists(os.path.join(path, SAVED_MODEL_FILE)):
        raise InputError(f'--pb_path {path}: exists and is not a SavedModel; give another path')
    beside = f'{path}.saving'
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.import_graph_def(graph_def, name='')
            present = {operation.name for operation in graph.get_operations()}
            inputs = [name for name in (names.IMAGE, names.NORMALIZED_BBOX) if name in present]
            tensors = {name: graph.get_tensor_by_name(f'{name}:0') for name in (*inputs, names.PREDS, names.PROBS)}
            tf.saved_model.simple_save(
                session,
                beside,
                {name: tensors[name] for name in inputs},
                {name: tensors[name] for name in (names.PREDS, names.PROBS)},
            )
        charset.save(os.path.join(beside, 'assets.extra', 'charset.txt'))
        shutil.rmtree(path, ignore_errors=True)
        os.replace(beside, path)
    except (OSError, tf.errors.OpError) as error:
        reason = ' '.join(str(error).split())
        raise InputError(f'--pb_path {path}: cannot be written ({reason}); nothing was written') from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
