"""The written gradient of the decoder's steps against the one that TensorFlow derives."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from tiny_decoder import SHAPES, D, H, N, T, V, W, draw_features, draw_weights, variables_of

from ocr.network import attention
from ocr.network.teacher_forcing import Dropout, decode_teacher_forced

LABEL = np.int32([[2, 3, 4, 5, 1, 1], [4, 5, 6, 1, 1, 1], [2, 6, 3, 4, 5, 1]])
CELLS = np.array([[1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1]], bool)


def counts(lengths):
    """float32 (N, T, 1), 1 for the steps that count."""
    return np.float32(np.arange(T) < np.array(lengths)[:, np.newaxis])[:, :, np.newaxis]


def decode_plainly(features, variables, cells, dropout):
    """Logits and alpha of T steps one after another, whose gradient TensorFlow derives."""
    keys, (hidden, cell) = attention.project_keys(features, variables), attention.initial_state(features, variables)
    embedded, logits, alphas = tf.zeros([N, variables.embedding.shape[1]]), [], []
    for step in range(T):
        context, alpha = attention.attend(keys, hidden, variables, cells)
        hidden, cell = attention.lstm_step(embedded, hidden, cell, context, variables)
        if dropout:
            hidden_factor, cell_factor = dropout.factors(step, [N, D])
            hidden, cell = hidden * hidden_factor, cell * cell_factor
        logits.append(attention.character_logits(context, hidden, embedded, variables))
        alphas.append(alpha)
        embedded = tf.gather(variables.embedding, LABEL[:, step])
    return tf.stack(logits, axis=1), tf.stack(alphas, axis=1)


@pytest.mark.parametrize('cells', [None, CELLS])
@pytest.mark.parametrize('keep_prob', [None, 0.7])
@pytest.mark.parametrize('lengths', [(5, 3, T), (T, 0, T)])
def test_the_gradient_is_the_derived_one(cells, keep_prob, lengths):
    """Of any function of the logits and of alpha that counts, with respect to the features and all variables."""
    rng = np.random.default_rng(3)
    of_logits, of_alpha = (counts(lengths) * rng.normal(size=(N, T, size)).astype(np.float32) for size in (V, H * W))
    with tf.Graph().as_default(), tf.Session() as session:
        features, variables = tf.constant(draw_features()), variables_of(draw_weights())
        dropout = keep_prob and Dropout(keep_prob, tf.constant(5))
        label, lengths = tf.constant(LABEL), tf.constant(lengths)
        ours = decode_teacher_forced(features, label, variables, lengths=lengths, cells=cells, dropout=dropout)
        wanted = [features, *(getattr(variables, name) for name in SHAPES)]
        gradients = []
        for logits, alpha in ((ours.logits, ours.alpha), decode_plainly(features, variables, cells, dropout)):
            function = tf.reduce_sum(of_logits * logits) + tf.reduce_sum(of_alpha * alpha)
            gradients.append([tf.convert_to_tensor(x) for x in tf.gradients(function, wanted)])
        written, derived = session.run(gradients)
    for name, ours, expected in zip(['features', *SHAPES], written, derived, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4, err_msg=name)
        assert name == 'score_bias' or np.abs(expected).max() > 0.01


def test_saturated_scores_have_no_gradient():
    """tanh(keys + query) is 1 or -1 in float32: what is left must be 0 and no rounding error of large gradients."""
    with tf.Graph().as_default(), tf.Session() as session:
        features, variables = tf.constant(1e8 * draw_features()), variables_of(draw_weights())
        label, lengths = tf.constant(LABEL), tf.constant([5, 3, T])
        logits = decode_teacher_forced(features, label, variables, lengths=lengths).logits
        gradient = session.run(
            tf.gradients(tf.reduce_sum(counts([5, 3, T]) * tf.nn.log_softmax(logits)), variables.query)
        )
    assert (gradient[0] == 0).all()
