"""How far the model is from the reference's arrays: python tests/golden/compare.py ocr

Prints one JSON object: for each array the largest difference, relative to the array's largest value; for preds whether
they are equal. Runs alone in its process and rounds as the reference does: see README.md beside it.
"""

import json
import os
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NUM_CLASSES = 5435
ARITHMETIC = {'TF_ENABLE_ONEDNN_OPTS': '0', 'TF_NUM_INTRAOP_THREADS': '2', 'CUDA_VISIBLE_DEVICES': '-1'}


def main():
    sys.path.insert(0, str(FOLDER.parents[1]))
    os.environ.update(ARITHMETIC, TF_CPP_MIN_LOG_LEVEL='2')
    print(json.dumps(compare(sys.argv[1])))


def compare(variant):
    """Array name -> relative difference, or bool for preds."""
    import filling
    import numpy as np

    golden = np.load(FOLDER / f'golden_{variant}.npz')
    ours = compute(variant)
    differences = {'preds': bool((ours.pop('preds') == golden['preds']).all())}
    for name, value in ours.items():
        expected = golden[name]
        if name == 'train_logits_sample':
            counts = filling.inputs(2, 256, 33, NUM_CLASSES)[2].astype(bool)  # others are not computed
            value, expected = value[counts[:, : value.shape[1]]], expected[counts]
        differences[name] = float(np.abs(value - expected).max() / np.abs(expected).max())
    return differences


def compute(variant):
    """Our arrays under the names of the golden file."""
    import filling
    import tensorflow.compat.v1 as tf

    from ocr.config import Config
    from ocr.model import AttentionOCR
    from ocr.network import inception_v4, losses

    inception_v4._normalize = normalize_as_recorded
    model = AttentionOCR(Config(model_name=variant, dropout_keep_prob=1.0), NUM_CLASSES)
    with tf.Graph().as_default(), tf.variable_scope('', reuse=tf.AUTO_REUSE, custom_getter=filled(filling.value)):
        specs = model.inputs()
        inputs = [tf.placeholder(spec.dtype, spec.shape, spec.name) for spec in specs]
        image, label, mask, *bbox = inputs
        decoded = model.build_inference(image, *bbox, full_length=tf.constant(True))
        loss = model.build_training(*inputs)
        weight_loss = tf.get_default_graph().get_tensor_by_name('weight_loss:0')
        fetches = {
            'preds': decoded.preds,
            'probs': decoded.probs,
            'logits_sample': decoded.logits[:, :, :64],
            'attention': tf.get_default_graph().get_tensor_by_name('sequence_attention:0'),
            'loss_inference': losses.sequence_loss(decoded.logits, label, mask) + weight_loss,
            'train_logits_sample': tf.get_default_graph().get_tensor_by_name('train_logits:0')[:, :, :64],
            'loss_training': loss,
            'reg_loss': weight_loss,
        }
        feed = dict(zip(inputs, filling.inputs(2, 256, 33, NUM_CLASSES), strict=False))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return session.run(fetches, feed)


def normalize_as_recorded(x, beta, *_):
    """In place of inception_v4._normalize: batch_norm.normalize in the graph; the moving averages stay."""
    import batch_norm
    import tensorflow.compat.v1 as tf

    y = tf.numpy_function(batch_norm.normalize, [x, beta], tf.float32)
    y.set_shape(x.shape)
    return y


def filled(value):
    """A custom getter that initialises every variable with value(name, shape)."""

    def getter(getter, name, shape=None, initializer=None, **kwargs):
        def initialize(shape, dtype=None, partition_info=None):
            return value(name, [int(side) for side in shape])

        return getter(name, shape=shape, initializer=initialize, **kwargs)

    return getter


if __name__ == '__main__':
    main()
