"""Training loss of the detector: balanced cross entropy, dice, and L1 on the threshold.

Liao et al. 2020, arXiv:1911.08947, section 3.5: L = L_s + alpha L_b + beta L_t. The weights are those of the code that
the authors published with it (5, 1 and 10, relative to L_b): the paper's text has 1, 1 and 10, and cross entropy for
L_b, where the code and the second paper (arXiv:2202.10304) take dice.
"""

import tensorflow.compat.v1 as tf

from ocr.network.detector import soft_binary

CORE_WEIGHT, BINARY_WEIGHT, THRESHOLD_WEIGHT = 5.0, 1.0, 10.0
NEGATIVES = 3  # hard pixels of background for one of text
_FEWEST = 0.005  # share of the pixels that are background to learn from at least: some pictures have no text
_TINY = 1e-6


def detection_loss(logits, threshold_logits, text, counted, threshold, band):
    """Loss of a batch, and its three terms by name.

    Args:
        logits, threshold_logits: float32 (N, H, W), of probability map and threshold map.
        text, counted, band: float32 (N, H, W), 0 or 1, see training.detection_targets.
        threshold: float32 (N, H, W), 0.3 to 0.7.

    Returns:
        float32 (), {name: float32 ()}.
    """
    given = tf.sigmoid(threshold_logits)
    terms = {
        'core_loss': CORE_WEIGHT * balanced_cross_entropy(logits, text, counted),
        'binary_loss': BINARY_WEIGHT * dice_loss(soft_binary(tf.sigmoid(logits), given), text, counted),
        'threshold_loss': THRESHOLD_WEIGHT * masked_l1(given, threshold, band),
    }
    return tf.add_n(list(terms.values())), terms


def balanced_cross_entropy(logits, text, counted):
    """Cross entropy over all pixels of text and the NEGATIVES times as many hardest pixels of background.

    Shrivastava et al. 2016, arXiv:1604.03540; over the whole batch, so that pictures without text have their say.
    """
    loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=text, logits=logits)
    positive, negative = text * counted, (1 - text) * counted
    num_positive = tf.reduce_sum(positive)
    fewest = _FEWEST * tf.cast(tf.size(loss), tf.float32)
    num_negative = tf.minimum(tf.reduce_sum(negative), tf.maximum(NEGATIVES * num_positive, fewest))
    hardest = tf.nn.top_k(tf.reshape(loss * negative, [-1]), tf.cast(num_negative, tf.int32), sorted=False).values
    total = tf.reduce_sum(loss * positive) + tf.reduce_sum(hardest)
    return total / tf.maximum(num_positive + num_negative, 1.0)


def dice_loss(binary, text, counted):
    """1 - 2 |binary and text| / (|binary| + |text|) over the pixels that count (Milletari 2016, arXiv:1606.04797)."""
    common = tf.reduce_sum(binary * text * counted)
    both = tf.reduce_sum(binary * counted) + tf.reduce_sum(text * counted)
    return 1 - (2 * common + _TINY) / (both + _TINY)


def masked_l1(value, target, mask):
    """Mean absolute difference where the mask is 1; 0 for an empty mask."""
    return tf.reduce_sum(tf.abs(value - target) * mask) / (tf.reduce_sum(mask) + _TINY)
