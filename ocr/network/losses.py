"""Training loss: label-smoothed cross entropy of the characters and L2 on the weights."""

import tensorflow.compat.v1 as tf

WEIGHT_LOSSES = 'weight_losses'  # graph collection of the L2 terms


def sequence_loss(logits, label, mask, label_smoothing=0.05):
    """Mean cross entropy per character that counts, with smoothed labels.

    The target of step t is q_t = (1 - label_smoothing) onehot(label_t) + label_smoothing / V
    (Szegedy et al. 2015, arXiv:1512.00567, section 7). Written without the (N, T, V) array of targets:
    -sum_v q_v log p_v = logsumexp(logits) - (1 - label_smoothing) logits[label] - label_smoothing mean(logits).

    Args:
        logits: float32 (N, T', V); T' <= T steps, at least as many as the longest label of the batch.
        label: int32 (N, T), class ids.
        mask: float32 (N, T), 1 for the characters that count, up to and including EOS.

    Returns:
        float32 (), averaged over all counted characters of the batch.
    """
    num_steps = tf.shape(logits)[1]
    label, mask = label[:, :num_steps], mask[:, :num_steps]
    normalizer = tf.reduce_logsumexp(logits, axis=2)  # (N, T')
    chosen = tf.gather(logits, label, axis=2, batch_dims=2)  # (N, T')
    target = (1 - label_smoothing) * chosen + label_smoothing * tf.reduce_mean(logits, axis=2)
    return tf.reduce_sum(mask * (normalizer - target)) / tf.reduce_sum(mask)


def add_weight_loss(weights, decay):
    """Put decay * sum(w^2) / 2 of one variable into the collection WEIGHT_LOSSES; nothing if decay is 0."""
    if decay:
        tf.add_to_collection(WEIGHT_LOSSES, decay * tf.nn.l2_loss(weights))


def sum_weight_losses(collect=tf.get_collection):
    """Sum of a collection WEIGHT_LOSSES, float32 (); `collect` returns the part of it that counts."""
    terms = collect(WEIGHT_LOSSES)
    return tf.add_n(terms) if terms else tf.constant(0.0)
