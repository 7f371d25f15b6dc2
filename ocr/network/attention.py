"""Decoder: an LSTM that looks at one place of the feature map after another and writes a character at each.

Additive attention as Bahdanau et al. 2015, arXiv:1409.0473, around an LSTM as Xu et al. 2015, arXiv:1502.03044. The
same parts serve inference (greedy decoding), training (teacher_forcing.py) and both variants of the model:

    keys -> initial state -> T x (attend -> LSTM step) -> logits
"""

from dataclasses import dataclass
from typing import Any

import tensorflow.compat.v1 as tf

from ocr.charset import EOS
from ocr.network.losses import add_weight_loss

SCOPE = 'InceptionV4/attention_lstm'
CLASS_BIAS = f'{SCOPE}/softmax/softmax_b'
CLASS_AXES = {  # the variables that hold something of each class, and the axis that runs over the classes
    f'{SCOPE}/word_embedding/W_wemb': 0,
    f'{SCOPE}/softmax/softmax_w': 1,
    CLASS_BIAS: 0,
}
_HIDDEN_SCORE = -1e9  # score of a cell that attention may not see; finite, so that no row becomes NaN


@dataclass(frozen=True)
class DecoderVariables:
    """The values of the fifteen variables of the decoder; C channels, D LSTM units, E embedding, V classes."""

    init_h: Any  # (C, D)
    init_c: Any  # (C, D)
    key: Any  # (C, C)
    query: Any  # (D, C)
    score: Any  # (C, 1)
    score_bias: Any  # (1,)
    lstm_embedding: Any  # (E, 4D)
    lstm_hidden: Any  # (D, 4D)
    lstm_context: Any  # (C, 4D)
    lstm_bias: Any  # (4D,)
    context_out: Any  # (C, E)
    hidden_out: Any  # (D, E)
    embedding: Any  # (V, E)
    softmax: Any  # (E, V)
    softmax_bias: Any  # (V,)


@dataclass(frozen=True)
class Decoded:
    """What the decoder wrote; T' <= T steps were run."""

    logits: Any  # float32 (N, T', V), None in greedy decoding that stopped early
    preds: Any  # int64 (N, T)
    probs: Any  # float32 (N, T), probability of each character of preds
    alpha: Any  # float32 (N, T, L), attention weights, 0 behind step T'


def create_variables(channels, *, num_classes, embedding_size, lstm_size, weight_decay=1e-5):
    """Variables under their names in the checkpoint format; matrices carry L2 terms, embedding and biases none."""

    def matrix(name, rows, columns, regularized=True):
        variable = tf.get_variable(name, [rows, columns], initializer=tf.glorot_uniform_initializer())
        add_weight_loss(variable, weight_decay if regularized else 0)
        return tf.convert_to_tensor(variable)  # read here: a graph that reads inside its loop cannot be frozen

    def bias(name, size):
        return tf.convert_to_tensor(tf.get_variable(name, [size], initializer=tf.zeros_initializer()))

    with tf.variable_scope(SCOPE):
        look = 'feature_map_attention'
        return DecoderVariables(
            init_h=matrix(f'{look}/init_mean/W_init_h', channels, lstm_size),
            init_c=matrix(f'{look}/init_mean/W_init_c', channels, lstm_size),
            key=matrix(f'{look}/attention_x/W', channels, channels),
            query=matrix(f'{look}/attention_h/W_h', lstm_size, channels),
            score=matrix(f'{look}/att/W_att', channels, 1),
            score_bias=bias(f'{look}/att/b_att', 1),
            lstm_embedding=matrix('lstm_cell/lstm_W', embedding_size, 4 * lstm_size),
            lstm_hidden=matrix('lstm_cell/lstm_U', lstm_size, 4 * lstm_size),
            lstm_context=matrix('lstm_cell/lstm_Z', channels, 4 * lstm_size),
            lstm_bias=bias('lstm_cell/lstm_b', 4 * lstm_size),
            context_out=matrix('attention_to_embedding/W_attention_wemb', channels, embedding_size),
            hidden_out=matrix('attention_to_embedding/W_hidden_wemd', lstm_size, embedding_size),
            embedding=matrix('word_embedding/W_wemb', num_classes, embedding_size, regularized=False),
            softmax=matrix('softmax/softmax_w', embedding_size, num_classes),
            softmax_bias=bias('softmax/softmax_b', num_classes),
        )


def project_keys(features, variables):
    """keys_i = F_i W: float32 (N, H, W, C) -> (N, L, C). Once per image: it does not depend on the step."""
    shape = tf.shape(features)
    channels = features.shape[3]
    keys = tf.matmul(tf.reshape(features, [-1, channels]), variables.key)  # (N * L, C)
    return tf.reshape(keys, [shape[0], shape[1] * shape[2], channels])  # (N, L, C)


def initial_state(features, variables):
    """Hidden and cell state before the first step, float32 (N, D) each, from the mean of all cells."""
    mean = tf.reduce_mean(features, axis=[1, 2])  # (N, C)
    return tf.tanh(tf.matmul(mean, variables.init_h)), tf.tanh(tf.matmul(mean, variables.init_c))


def box_cells(normalized_bbox, height, width):
    """Which cells of the feature map lie in the text's box, bool (N, L), row by row.

    Rows int(top * H) up to int(top * H) + int(height * H), columns likewise; a box thinner than a cell keeps one.

    Args:
        normalized_bbox: float32 (N, 4), (top, left, height, width), each divided by the canvas side.
        height, width: int32 () tensors, H and W of the feature map.
    """

    def inside(start, extent, size):
        first = tf.cast(start * tf.cast(size, tf.float32), tf.int32)
        count = tf.maximum(tf.cast(extent * tf.cast(size, tf.float32), tf.int32), 1)
        first = tf.minimum(first, size - 1)
        cell = tf.range(size)[tf.newaxis]
        return tf.logical_and(cell >= first[:, tf.newaxis], cell < (first + count)[:, tf.newaxis])

    top, left, box_height, box_width = tf.unstack(normalized_bbox, axis=1)
    rows = inside(top, box_height, height)  # (N, H)
    columns = inside(left, box_width, width)  # (N, W)
    cells = tf.logical_and(rows[:, :, tf.newaxis], columns[:, tf.newaxis, :])  # (N, H, W)
    return tf.reshape(cells, [-1, height * width])


def attend(keys, hidden, variables, cells=None):
    """One step of additive attention: where to look before writing the next character.

    Bahdanau et al. 2015, arXiv:1409.0473, eq. 5-6 and appendix A.1.2.
    Differs from the paper: the weighted sum runs over the projected features.

    Args:
        keys: float32 (N, L, C), projected features; computed once per image, outside the loop.
        hidden: float32 (N, D), decoder state before this step.
        cells: bool (N, L), the cells that may be looked at; None is all of them.

    Returns:
        context: float32 (N, C), keys averaged with weights alpha.
        alpha: float32 (N, L), >= 0, each row sums to 1.
    """
    query = tf.matmul(hidden, variables.query)[:, tf.newaxis]  # (N, 1, C)
    scores = tf.tensordot(tf.tanh(keys + query), variables.score[:, 0], axes=1) + variables.score_bias  # (N, L)
    if cells is not None:
        scores = tf.where(cells, scores, tf.fill(tf.shape(scores), _HIDDEN_SCORE))
    alpha = tf.nn.softmax(scores)  # (N, L)
    context = tf.matmul(alpha[:, tf.newaxis], keys)[:, 0]  # (N, C)
    return context, alpha


def lstm_gates(inputs, hidden, context, variables):
    """What the gates input, forget, output and candidate add up to, in this order, before their sigmoids and tanh.

    Xu et al. 2015, arXiv:1502.03044, eq. 1, without a forget bias.

    Args:
        inputs: float32 (N, 4D), what the previous character and the bias add.
        hidden: float32 (N, D), before the step.
        context: float32 (N, C).

    Returns:
        float32 (N, 4D).
    """
    return inputs + tf.matmul(hidden, variables.lstm_hidden) + tf.matmul(context, variables.lstm_context)


def next_state(gates, cell):
    """Hidden and cell state behind a step, float32 (N, D) each, of gates (N, 4D) and the cell state; eq. 2-3 there."""
    write, forget, output, candidate = tf.split(gates, 4, axis=1)
    cell = tf.sigmoid(forget) * cell + tf.sigmoid(write) * tf.tanh(candidate)
    return tf.sigmoid(output) * tf.tanh(cell), cell


def lstm_step(embedded, hidden, cell, context, variables):
    """One LSTM step: hidden and cell state behind it, float32 (N, D) each.

    Args:
        embedded: float32 (N, E), embedding of the previous character; zeros at the first step.
        hidden, cell: float32 (N, D) each.
        context: float32 (N, C).
    """
    inputs = tf.matmul(embedded, variables.lstm_embedding) + variables.lstm_bias
    return next_state(lstm_gates(inputs, hidden, context, variables), cell)


def character_logits(context, hidden, embedded, variables):
    """Scores of the next character: float32 (M, C), (M, D), (M, E) -> (M, V)."""
    mixed = tf.matmul(context, variables.context_out) + tf.matmul(hidden, variables.hidden_out) + embedded
    return tf.matmul(mixed, variables.softmax) + variables.softmax_bias


def decode_greedily(features, variables, *, num_steps, cells=None, full_length=None):
    """Inference: every step is given the character that the step before wrote.

    Stops when every row of the batch has written EOS. What a row would write behind its first EOS is never looked at:
    preds there is EOS with probability 1, however long the other rows of its batch are.

    Args:
        features: float32 (N, H, W, C).
        num_steps: int, T.
        cells: bool (N, L) or None, see attend.
        full_length: bool () tensor or None; True runs and returns all T steps as they are.

    Returns:
        Decoded; logits (N, T', V) for the steps that were run.
    """
    keys = project_keys(features, variables)
    hidden, cell = initial_state(features, variables)
    num_rows = tf.shape(features)[0]
    full_length = tf.constant(False) if full_length is None else full_length
    embedded = tf.zeros([num_rows, variables.embedding.shape[1]])
    finished = tf.zeros([num_rows], tf.bool)
    arrays = tuple(tf.TensorArray(tf.float32, size=num_steps, clear_after_read=False) for _ in range(2))

    def unfinished(step, hidden, cell, embedded, finished, *_):
        return tf.logical_and(step < num_steps, tf.logical_or(full_length, tf.logical_not(tf.reduce_all(finished))))

    def body(step, hidden, cell, embedded, finished, all_logits, alphas):
        context, alpha = attend(keys, hidden, variables, cells)
        hidden, cell = lstm_step(embedded, hidden, cell, context, variables)
        logits = character_logits(context, hidden, embedded, variables)  # (N, V)
        written = tf.argmax(logits, axis=1)  # (N,)
        finished = tf.logical_or(finished, tf.equal(written, EOS))
        embedded = tf.gather(variables.embedding, written)  # (N, E)
        return step + 1, hidden, cell, embedded, finished, all_logits.write(step, logits), alphas.write(step, alpha)

    loop = (tf.constant(0), hidden, cell, embedded, finished, *arrays)
    num_run, *_, all_logits, alphas = tf.while_loop(unfinished, body, loop, maximum_iterations=num_steps)
    logits = tf.transpose(_gather_steps(all_logits, num_run), [1, 0, 2])  # (N, T', V)
    logits.set_shape([None, None, variables.softmax.shape[1]])
    alpha = tf.transpose(_gather_steps(alphas, num_run), [1, 0, 2])  # (N, T', L)
    preds, probs = most_likely(logits)
    preds, probs = _close_rows(preds, probs, full_length)
    behind = [[0, 0], [0, num_steps - num_run]]
    preds = tf.pad(preds, behind, constant_values=EOS)  # (N, T)
    probs = tf.pad(probs, behind, constant_values=1.0)  # (N, T)
    return Decoded(logits, preds, probs, tf.pad(alpha, [*behind, [0, 0]]))


def most_likely(logits):
    """Argmax ids and their softmax probabilities: float32 (N, T, V) -> int64 (N, T), float32 (N, T)."""
    return tf.argmax(logits, axis=2), tf.exp(tf.reduce_max(logits, axis=2) - tf.reduce_logsumexp(logits, axis=2))


def _close_rows(preds, probs, full_length):
    """Overwrite what stands behind a row's first EOS, unless the full length was asked for."""
    is_eos = tf.cast(tf.equal(preds, EOS), tf.int32)
    behind_eos = tf.cumsum(is_eos, axis=1, exclusive=True) > 0  # (N, T')
    behind_eos = tf.logical_and(behind_eos, tf.logical_not(full_length))
    return tf.where(behind_eos, tf.fill(tf.shape(preds), tf.constant(EOS, tf.int64)), preds), tf.where(
        behind_eos, tf.ones_like(probs), probs
    )


def _gather_steps(array, num_run):
    """The first `num_run` entries of a TensorArray, stacked."""
    return array.gather(tf.range(num_run))
