"""A frozen graph as the reference wrote it, which the tests of reading share."""

import pytest
import tensorflow.compat.v1 as tf
import tiny

from ocr.charset import Charset
from ocr.config import parse_config
from ocr.model import AttentionOCR
from ocr.model_files.frozen_graph import freeze
from ocr.network import tensor_names as names


@pytest.fixture(scope='module')
def reference_style():
    """A frozen graph like the reference's: all inputs must be fed, and neither charset nor attention is inside."""
    config = parse_config(tiny.flags(**tiny.TINY))
    model = AttentionOCR(config, Charset.preset('digits').num_classes)
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.set_random_seed(0)
        image = tf.placeholder(tf.float32, (None, 32, 32, 3), names.IMAGE)
        others = [
            tf.placeholder(tf.int32, (None, config.num_steps), names.LABEL),
            tf.placeholder(tf.bool, [], names.IS_TRAINING),
            tf.placeholder(tf.float32, [], names.DROPOUT_KEEP_PROB),
        ]
        with tf.control_dependencies(others):
            image = tf.identity(image)
        model.build_inference(image)
        session.run(tf.global_variables_initializer())
        return freeze(session, [names.PREDS, names.PROBS])
