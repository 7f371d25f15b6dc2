"""The decoder's steps in training, forward and backward.

Backpropagation as TensorFlow derives it from a loop keeps what every step computed, tanh(keys + query) above all, and
sums the gradients of keys and weights step by step. Here it is written out: large arrays are computed again instead of
kept, and matrices get their gradients in one product over all steps behind the loop. A step computes the rows whose
text goes on.
"""

from dataclasses import dataclass
from typing import Any

import tensorflow.compat.v1 as tf

from ocr.network.attention import attend, lstm_gates, next_state


@dataclass(frozen=True)
class Rows:
    """The rows of a batch, the longest text first.

    Attributes:
        order: int32 (N,), where each of them stands in the batch.
        places: int32 (N,), where each row of the batch stands among them.
        active: int32 (T',), how many of them each step computes.
        drop: Dropout or None.
    """

    order: Any
    places: Any
    active: Any
    drop: Any

    @classmethod
    def of(cls, lengths, drop):
        """Rows for texts of these lengths, int32 (N,)."""
        steps = tf.range(tf.reduce_max(lengths))
        active = tf.reduce_sum(tf.cast(lengths > steps[:, tf.newaxis], tf.int32), axis=1)
        order = tf.argsort(lengths, direction='DESCENDING', stable=True)
        return cls(order, tf.argsort(order), active, drop)

    def sorted(self, x, axis=0):
        """What is in the batch's order, sorted."""
        return tf.gather(x, self.order, axis=axis)

    def as_batch(self, x, axis=0):
        """What was sorted, in the batch's order."""
        return tf.gather(x, self.places, axis=axis)

    def grown(self, x, step=None):
        """x with rows of zeros below, as many as `step` computes, or all N of them."""
        rows = tf.size(self.order) if step is None else self.active[step]
        return tf.pad(x, [[0, rows - tf.shape(x)[0]], *[[0, 0]] * (len(x.shape) - 1)])

    def dropped(self, hidden, cell, step):
        """Hidden and cell state times their factors of dropout; their gradients have the same factors."""
        if self.drop is None:
            return hidden, cell
        order, shape = self.order[: tf.shape(hidden)[0]], [tf.size(self.order), hidden.shape[1]]
        hidden_factor, cell_factor = (tf.gather(factor, order) for factor in self.drop.factors(step, shape))
        return hidden * hidden_factor, cell * cell_factor


@dataclass(frozen=True)
class Steps:
    """What T' steps made; rows that had ended are 0."""

    contexts: Any  # float32 (T', N, C)
    alphas: Any  # float32 (T', N, L)
    gates: Any  # float32 (T', N, 4D), before their sigmoids and tanh
    hiddens: Any  # float32 (T', N, D)
    states: Any  # float32 (T', N, D), the cell states


def run_steps(keys, hidden, cell, inputs, variables, cells, rows):
    """The steps one after another, all arrays in the order of `rows`.

    Args:
        keys: float32 (N, L, C).
        hidden, cell: float32 (N, D), before the first step.
        inputs: float32 (T', N, 4D), what the previous characters and the bias add to the gates.
        variables, cells: as of decode_teacher_forced.
        rows: Rows.

    Returns:
        Steps.
    """
    num_steps = tf.size(rows.active)

    def body(step, hidden, cell, *arrays):
        first = slice(rows.active[step])
        hidden, cell = hidden[first], cell[first]
        context, alpha = attend(keys[first], hidden, variables, None if cells is None else cells[first])
        gates = lstm_gates(inputs[step, first], hidden, context, variables)
        hidden, cell = rows.dropped(*next_state(gates, cell), step)
        made = map(rows.grown, (context, alpha, gates, hidden, cell))
        return (step + 1, hidden, cell, *_write(arrays, step, made))

    *_, contexts, alphas, gates, hiddens, states = _loop(
        lambda step, *_: step < num_steps, body, (tf.constant(0), hidden, cell), _arrays(5, num_steps)
    )
    channels, units = variables.query.shape[1], variables.query.shape[0]
    return Steps(
        contexts=_stack(contexts, channels),
        alphas=_stack(alphas, None),
        gates=_stack(gates, 4 * units),
        hiddens=_stack(hiddens, units),
        states=_stack(states, units),
    )


def backpropagate(upstream, steps, keys, hidden, cell, variables, rows):
    """Gradients of what `run_steps` was given, all arrays in the order of `rows`.

    With s_t = tanh(keys + query_t), g_t the gradient of the scores of step t and v = `variables.score`:

        query_t    sum over the cells of v g_t (1 - s_t^2)
        keys       sum over the steps of v g_t (1 - s_t^2) + alpha_t (gradient of context_t)
        v          sum over cells and steps of g_t s_t

    Args:
        upstream: gradients of contexts (T', N, C), hiddens (T', N, D) and alphas (T', N, L).
        steps: Steps.
        keys, hidden, cell, variables, rows: as of `run_steps`.

    Returns:
        Gradients of keys, hidden, cell and inputs, and a dictionary of those of the variables, by their names.
    """
    up_contexts, up_hiddens, up_alphas = upstream
    hiddens = tf.concat([hidden[tf.newaxis], steps.hiddens[:-1]], 0)  # before each step, as the states
    states = tf.concat([cell[tf.newaxis], steps.states[:-1]], 0)
    queries = products(hiddens, variables.query)  # (T', N, C)
    slopes, tanh_slopes, forget = _lstm_slopes(steps.gates, states)
    score = variables.score[:, 0]

    def body(step, d_hidden, d_cell, d_score, d_keys, *arrays):
        d_hidden, d_cell, d_keys = (rows.grown(x, step) for x in (d_hidden, d_cell, d_keys))
        now = step, slice(rows.active[step])
        d_hidden, d_cell = rows.dropped(d_hidden + up_hiddens[now], d_cell, step)
        d_cell += d_hidden * tanh_slopes[now]
        d_gates = slopes[now] * tf.concat([d_cell, d_cell, d_hidden, d_cell], axis=1)
        d_context = up_contexts[now] + tf.matmul(d_gates, variables.lstm_context, transpose_b=True)
        alpha, active_keys = steps.alphas[now], keys[now[1]]
        d_alpha = up_alphas[now] + tf.matmul(active_keys, d_context[:, :, tf.newaxis])[:, :, 0]
        d_scores = alpha * (d_alpha - tf.reduce_sum(alpha * d_alpha, axis=1, keepdims=True))  # (n, L)
        seen = tf.tanh(active_keys + queries[now][:, tf.newaxis])  # (n, L, C)
        d_score += tf.reduce_sum(tf.matmul(d_scores[:, tf.newaxis], seen)[:, 0], axis=0)
        d_sums = tf.raw_ops.TanhGrad(y=seen, dy=d_scores[:, :, tf.newaxis] * score)  # of keys + query
        d_query = tf.reduce_sum(d_sums, axis=1)
        d_hidden = tf.matmul(d_gates, variables.lstm_hidden, transpose_b=True)
        d_hidden += tf.matmul(d_query, variables.query, transpose_b=True)
        made = map(rows.grown, (d_gates, d_context, d_query))
        return (step - 1, d_hidden, d_cell * forget[now], d_score, d_keys + d_sums, *_write(arrays, step, made))

    num_steps = tf.size(rows.active)
    no_row_yet = hidden[:0], cell[:0], tf.zeros_like(score), keys[:0]
    _, d_hidden, d_cell, d_score, d_keys, *arrays = _loop(
        lambda step, *_: step >= 0, body, (num_steps - 1, *no_row_yet), _arrays(3, num_steps)
    )
    d_hidden, d_cell, d_keys = map(rows.grown, (d_hidden, d_cell, d_keys))
    d_inputs, d_contexts, d_queries = map(_stack, arrays, (steps.gates.shape[2], keys.shape[2], keys.shape[2]))
    d_keys += tf.matmul(tf.transpose(steps.alphas, [1, 2, 0]), tf.transpose(d_contexts, [1, 0, 2]))
    of_variables = {
        'query': _over_steps(hiddens, d_queries),
        'score': d_score[:, tf.newaxis],
        'score_bias': tf.zeros_like(variables.score_bias),  # added to all scores alike, which a softmax does not feel
        'lstm_hidden': _over_steps(hiddens, d_inputs),
        'lstm_context': _over_steps(steps.contexts, d_inputs),
    }
    return d_keys, d_hidden, d_cell, d_inputs, of_variables


def _lstm_slopes(gates, states):
    """How the gates of all steps move the cell state and the hidden one.

    Args:
        gates: float32 (T', N, 4D), before their sigmoids and tanh.
        states: float32 (T', N, D), cell states before the steps.

    Returns:
        slopes: (T', N, 4D), of the cell state by write, forget and candidate, and of the hidden state by output.
        tanh_slopes: (T', N, D), of the hidden state by the cell state after the step.
        forget: (T', N, D), of the cell state by the one before.
    """
    *sigmoids, candidate = tf.split(gates, 4, axis=2)
    write, forget, output = map(tf.sigmoid, sigmoids)
    candidate = tf.tanh(candidate)
    bounded = tf.tanh(forget * states + write * candidate)
    slopes = (
        candidate * write * (1 - write),
        states * forget * (1 - forget),
        bounded * output * (1 - output),
        write * (1 - tf.square(candidate)),
    )
    return tf.concat(slopes, axis=2), output * (1 - tf.square(bounded)), forget


def flat(x):
    """(..., K) -> (M, K)."""
    return tf.reshape(x, [-1, x.shape[-1]])


def products(x, matrix):
    """(T', N, J) and (J, K) -> (T', N, K)."""
    return tf.reshape(tf.matmul(flat(x), matrix), [tf.shape(x)[0], -1, matrix.shape[1]])


def _over_steps(x, gradient):
    """Gradient of the matrix between (T', N, J) and what has the gradient (T', N, K), over all steps: (J, K)."""
    return tf.matmul(flat(x), flat(gradient), transpose_a=True)


def _loop(condition, body, carried, arrays):
    """tf.while_loop whose carried tensors may change their number of rows."""
    shapes = [tf.TensorShape([None, *x.shape[1:]]) if x.shape.rank else x.shape for x in carried]
    return tf.while_loop(condition, body, (*carried, *arrays), (*shapes, *[tf.TensorShape(None)] * len(arrays)))


def _arrays(number, size):
    return tuple(tf.TensorArray(tf.float32, size=size) for _ in range(number))


def _write(arrays, step, values):
    return (array.write(step, value) for array, value in zip(arrays, values, strict=True))


def _stack(array, depth):
    """A TensorArray as one tensor (T', N, depth); None if the depth is not known."""
    stacked = array.stack()
    stacked.set_shape([None, None, depth])
    return stacked
