"""The decoder in training: every step is given the true previous character."""

from dataclasses import dataclass
from typing import Any

import tensorflow.compat.v1 as tf

from ocr.network.attention import Decoded, character_logits, initial_state, most_likely, project_keys
from ocr.network.recurrence import Rows, backpropagate, flat, products, run_steps

RECURRENT = 'query', 'score', 'score_bias', 'lstm_hidden', 'lstm_context'  # variables that every step works with


@dataclass(frozen=True)
class Dropout:
    """Dropout on the state that the LSTM carries on (Srivastava et al. 2014), reproducible from its seed alone.

    Attributes:
        keep_prob: float, probability of a unit to be kept; kept units are scaled by 1 / keep_prob.
        seed: int32 () tensor, another one for every update and tower, so that a resumed training run draws what the
            uninterrupted one would have drawn.
    """

    keep_prob: float
    seed: Any

    def factors(self, step, shape):
        """What hidden and cell state of a step are multiplied by, and their gradients: two float32 of `shape`."""
        draws = [tf.random.stateless_uniform(shape, seed=tf.stack([self.seed, 2 * step + i])) for i in range(2)]
        return [tf.cast(uniform < self.keep_prob, tf.float32) / self.keep_prob for uniform in draws]


def decode_teacher_forced(features, label, variables, *, lengths, cells=None, dropout=None, trains=True):
    """Characters of a batch, each behind the true ones before it.

    Args:
        features: float32 (N, H, W, C).
        label: int32 (N, T).
        variables: DecoderVariables.
        lengths: int32 (N,), steps of each row that count; the others are not computed.
        cells: bool (N, L) or None, see attend.
        dropout: Dropout or None.
        trains: bool, a gradient is wanted.

    Returns:
        Decoded with logits (N, T', V), preds and probs (N, T'), alpha (N, T', L), T' the longest length. Behind the
        length of a row alpha is 0 and the others mean nothing.
    """
    num_steps = tf.reduce_max(lengths)
    keys = project_keys(features, variables)
    hidden, cell = initial_state(features, variables)
    embedded = tf.gather(variables.embedding, label[:, : num_steps - 1])  # (N, T' - 1, E)
    embedded = tf.pad(embedded, [[0, 0], [1, 0], [0, 0]])  # (N, T', E), e_0 = 0
    embedded = tf.transpose(embedded, [1, 0, 2])  # (T', N, E)
    inputs = products(embedded, variables.lstm_embedding) + variables.lstm_bias  # (T', N, 4D)
    rows = Rows.of(lengths, dropout)
    contexts, hiddens, alphas = _run(keys, hidden, cell, inputs, variables, cells, rows, trains)
    logits = character_logits(flat(contexts), flat(hiddens), flat(embedded), variables)  # (T' * N, V)
    logits = tf.reshape(logits, [num_steps, -1, logits.shape[1]])  # (T', N, V)
    logits = tf.transpose(logits, [1, 0, 2])  # (N, T', V)
    preds, probs = most_likely(logits)
    return Decoded(logits, preds, probs, tf.transpose(alphas, [1, 0, 2]))


def _run(keys, hidden, cell, inputs, variables, cells, rows, trains):
    """Contexts, hiddens and alphas of all steps, as of Steps; if it trains, their gradient is `backpropagate`'s."""
    start = [rows.sorted(x) for x in (keys, hidden, cell)]
    cells = None if cells is None else rows.sorted(cells)
    steps = run_steps(*start, rows.sorted(inputs, axis=1), variables, cells, rows)
    made = [rows.as_batch(x, axis=1) for x in (steps.contexts, steps.hiddens, steps.alphas)]
    if not trains:
        return made  # TensorFlow keeps every custom gradient, and with it the graph, as long as the process lives

    @tf.custom_gradient
    def attach(*made_and_used):
        def gradient(*upstream):
            sorted_upstream = [rows.sorted(x, axis=1) for x in upstream]
            *of_start, of_inputs, of_variables = backpropagate(sorted_upstream, steps, *start, variables, rows)
            of_rows = *map(rows.as_batch, of_start), rows.as_batch(of_inputs, axis=1)
            return (*upstream, *of_rows, *(of_variables[name] for name in RECURRENT))

        return made_and_used[:3], gradient

    used = keys, hidden, cell, inputs, *(getattr(variables, name) for name in RECURRENT)
    return attach(*map(tf.stop_gradient, made), *used)
