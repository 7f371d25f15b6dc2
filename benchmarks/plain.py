"""The decoder as the published implementation formulates it, to measure against: every step by itself, nothing hoisted.

It projects the features again in each of the T steps, always runs all of them, and leaves batch norm beside its
convolutions. Same variables, same numbers (`benchmarks/reading.py` checks them) as `model.AttentionOCR`.
"""

import tensorflow.compat.v1 as tf

from ocr.network import attention, inception_v4


def read_plainly(image, config, num_classes):
    """Greedy decoding without any of the savings.

    Args:
        image: float32 (N, S, S, 3), RGB in 0..1.
        config: Config.
        num_classes: V.

    Returns:
        preds: int64 (N, T).
        log_probs: float32 (N, T), log-probability of each of them.
    """
    features = _encode_unfolded(image, config.depth_multiplier)
    variables = attention.create_variables(
        int(features.shape[3]),
        num_classes=num_classes,
        embedding_size=config.embedding_size,
        lstm_size=config.lstm_size,
    )
    hidden, cell = attention.initial_state(features, variables)
    embedded = tf.zeros([tf.shape(image)[0], config.embedding_size])
    preds, log_probs = [], []
    for step in range(config.num_steps):
        # The added zero depends on the step, so that no optimizer finds the projections equal and shares them.
        keys = attention.project_keys(features + 0.0 * tf.reduce_sum(embedded) * step, variables)
        context, _ = attention.attend(keys, hidden, variables)
        hidden, cell = attention.lstm_step(embedded, hidden, cell, context, variables)
        logits = attention.character_logits(context, hidden, embedded, variables)
        written = tf.argmax(logits, axis=1)
        embedded = tf.gather(variables.embedding, written)
        preds.append(written)
        log_probs.append(tf.reduce_max(logits, axis=1) - tf.reduce_logsumexp(logits, axis=1))
    return tf.stack(preds, 1), tf.stack(log_probs, 1)


def _encode_unfolded(image, depth_multiplier):
    """The encoder with batch norm as a layer of its own, as it stands in the published graph."""
    folded = inception_v4.convolve

    def unfolded(x, name, depth, kernel, stride, is_training, batch_norm_decay, weight_decay, renorm, frozen):
        with tf.variable_scope(name):
            weights = tf.get_variable('weights', [*kernel, x.shape[3], depth])
            beta, mean, variance = inception_v4._batch_norm_variables(depth)
            x = tf.nn.conv2d(x, weights, stride, 'SAME')
            epsilon = inception_v4.BATCH_NORM_EPSILON
            x = tf.nn.fused_batch_norm(x, tf.ones([depth]), beta, mean, variance, epsilon, is_training=False)[0]
            return tf.nn.relu(x)

    inception_v4.convolve = unfolded
    try:
        return inception_v4.encode(image, is_training=False, depth_multiplier=depth_multiplier)
    finally:
        inception_v4.convolve = folded
