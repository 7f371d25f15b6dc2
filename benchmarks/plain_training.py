"""The training loss as the published implementation formulates it, to measure against: every step by itself.

It projects the features again in each of the T steps and runs all of them, however short the words of the batch are.
Same variables, same loss (`benchmarks/training.py` checks it) as `model.AttentionOCR`, dropout aside.
"""

import tensorflow.compat.v1 as tf

from ocr.network import attention, inception_v4, losses


def plain_loss(image, label, mask, config, num_classes):
    """Loss with teacher forcing without any of the savings.

    Args:
        image: float32 (N, S, S, 3), RGB in 0..1.
        label: int32 (N, T).
        mask: float32 (N, T).
        config: Config.
        num_classes: V.

    Returns:
        float32 (), cross entropy and L2.
    """
    features = inception_v4.encode(
        image,
        is_training=not config.frozen,
        depth_multiplier=config.depth_multiplier,
        batch_norm_decay=config.batch_norm_decay,
    )
    variables = attention.create_variables(
        int(features.shape[3]),
        num_classes=num_classes,
        embedding_size=config.embedding_size,
        lstm_size=config.lstm_size,
    )
    hidden, cell = attention.initial_state(features, variables)
    embedded = tf.zeros([tf.shape(image)[0], config.embedding_size])
    all_logits = []
    for step in range(config.num_steps):
        # The added zero depends on the step, so that no optimizer finds the projections equal and shares them.
        keys = attention.project_keys(features + 0.0 * tf.reduce_sum(embedded) * step, variables)
        context, _ = attention.attend(keys, hidden, variables)
        hidden, cell = attention.lstm_step(embedded, hidden, cell, context, variables)
        all_logits.append(attention.character_logits(context, hidden, embedded, variables))
        embedded = tf.gather(variables.embedding, label[:, step])
    logits = tf.stack(all_logits, axis=1)  # (N, T, V)
    return losses.sequence_loss(logits, label, mask) + losses.sum_weight_losses()
