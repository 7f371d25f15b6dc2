"""The decoder against a twin in plain NumPy, float64, that works on one image at a time."""

import dataclasses

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from tiny_decoder import SHAPES, C, D, E, H, N, T, V, W, draw_features, draw_weights, variables_of

from ocr.network import attention
from ocr.network.attention import EOS
from ocr.network.losses import WEIGHT_LOSSES, sequence_loss
from ocr.network.teacher_forcing import Dropout, decode_teacher_forced

LABEL = np.int32([[2, 3, 1, 1, 1, 1], [4, 5, 6, 1, 1, 1], [0, 1, 1, 1, 1, 1]])  # the longest takes 4 steps
MASK = np.float32([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]])
CELLS = np.array([[1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1]], bool)


# The twin


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum()


def attend_twin(weights, keys, hidden, cells):
    """keys (L, C), hidden (D,), cells (L,) -> context (C,), alpha (L,)."""
    scores = [
        np.tanh(key + hidden @ weights['query']) @ weights['score'][:, 0] + weights['score_bias'][0] for key in keys
    ]
    alpha = np.zeros(len(keys))
    alpha[cells] = softmax(np.array(scores)[cells])
    return sum(weight * key for weight, key in zip(alpha, keys, strict=True)), alpha


def lstm_twin(weights, embedded, hidden, cell, context):
    gates = embedded @ weights['lstm_embedding'] + hidden @ weights['lstm_hidden'] + context @ weights['lstm_context']
    gates = gates + weights['lstm_bias']
    i, f, o, g = gates[:D], gates[D : 2 * D], gates[2 * D : 3 * D], gates[3 * D :]
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(cell), cell


def logits_twin(weights, context, hidden, embedded):
    mixed = context @ weights['context_out'] + hidden @ weights['hidden_out'] + embedded
    return mixed @ weights['softmax'] + weights['softmax_bias']


def decode_twin(weights, features, label=None, cells=None, drops=None, num_steps=T):
    """One image: features (H, W, C), label (T,) or None for greedy decoding -> logits (T, V), alpha (T, L).

    `drops` holds the factors of hidden and cell state for each step.
    """
    weights = {name: array.astype(np.float64) for name, array in weights.items()}
    features = features.reshape(-1, C).astype(np.float64)
    cells = np.ones(len(features), bool) if cells is None else cells
    keys, mean = features @ weights['key'], features.mean(axis=0)
    hidden, cell = np.tanh(mean @ weights['init_h']), np.tanh(mean @ weights['init_c'])
    embedded, logits, alphas = np.zeros(E), [], []
    for step in range(num_steps):
        context, alpha = attend_twin(weights, keys, hidden, cells)
        hidden, cell = lstm_twin(weights, embedded, hidden, cell, context)
        if drops is not None:
            hidden, cell = hidden * drops[step][0], cell * drops[step][1]
        logits.append(logits_twin(weights, context, hidden, embedded))
        alphas.append(alpha)
        embedded = weights['embedding'][logits[-1].argmax() if label is None else label[step]]
    return np.array(logits), np.array(alphas)


def decode_rows(weights, features, labels=None, cells=None, **options):
    """The twin on each row: logits (N, T, V), alpha (N, T, L)."""
    rows = [
        decode_twin(
            weights,
            features[n],
            None if labels is None else labels[n],
            None if cells is None else cells[n],
            **{name: value if name == 'num_steps' else value[n] for name, value in options.items()},
        )
        for n in range(len(features))
    ]
    return tuple(np.stack(column) for column in zip(*rows, strict=True))


def end(logits):
    """Number of characters before the first EOS; T if there is none."""
    return next((step for step, one in enumerate(logits) if one.argmax() == EOS), len(logits))


def draw_ending(*wanted):
    """Weights and features with which greedy decoding ends its rows after so many characters (T: never)."""
    for seed in range(100):
        weights, images = draw_weights(seed), {}
        for one in draw_features(seed, 40):
            (logits,), _ = decode_rows(weights, one[np.newaxis])
            top = np.sort(logits, axis=1)
            if (top[:, -1] - top[:, -2]).min() > 0.01:  # no tie that rounding decides
                images.setdefault(end(logits), []).append(one)
        if all(len(images.get(length, ())) >= wanted.count(length) for length in wanted):
            return weights, np.stack([images[length].pop() for length in wanted])
    raise AssertionError(f'no weights end their rows after {wanted} characters')


# Graphs


def run(build, *arguments):
    """Arrays of the tensors that `build` makes of arguments, in a graph of its own; a Decoded as a dictionary."""
    with tf.Graph().as_default(), tf.Session() as session:
        fetches = build(*arguments)
        if dataclasses.is_dataclass(fetches):
            fetches = {field.name: getattr(fetches, field.name) for field in dataclasses.fields(fetches)}
        return session.run(fetches)


def teacher_forced(weights, features, label=LABEL, lengths=(T,) * N, cells=None, dropout=None):
    return decode_teacher_forced(
        tf.constant(features),
        tf.constant(label),
        variables_of(weights),
        lengths=tf.constant(lengths),
        cells=None if cells is None else tf.constant(cells),
        dropout=None if dropout is None else Dropout(dropout[0], tf.constant(dropout[1])),
    )


def greedy(weights, features, cells=None, full_length=None):
    return attention.decode_greedily(
        tf.constant(features),
        variables_of(weights),
        num_steps=T,
        cells=None if cells is None else tf.constant(cells),
        full_length=None if full_length is None else tf.constant(full_length),
    )


def assert_close(ours, expected):
    np.testing.assert_allclose(ours, expected, rtol=2e-5, atol=2e-5)


# Steps


@pytest.mark.parametrize('cells', [None, CELLS])
def test_attend(cells):
    weights, rng = draw_weights(), np.random.default_rng(1)
    keys, hidden = rng.normal(size=(N, H * W, C)).astype(np.float32), rng.normal(size=(N, D)).astype(np.float32)
    context, alpha = run(lambda: attention.attend(keys, hidden, variables_of(weights), cells))
    for n in range(N):
        seen = np.ones(H * W, bool) if cells is None else cells[n]
        expected = attend_twin(weights, keys[n], hidden[n], seen)
        assert_close(context[n], expected[0])
        assert_close(alpha[n], expected[1])
        assert (alpha[n, seen] > 0).all() and (alpha[n, ~seen] == 0).all()
    assert_close(alpha.sum(axis=1), np.ones(N))


def test_a_cell_that_is_not_seen_changes_nothing_however_large_it_is():
    weights, rng = draw_weights(), np.random.default_rng(1)
    keys, hidden = rng.normal(size=(N, H * W, C)).astype(np.float32), rng.normal(size=(N, D)).astype(np.float32)
    loud = np.where(CELLS[:, :, np.newaxis], keys, 1e6).astype(np.float32)
    for ours, expected in zip(
        run(lambda: attention.attend(loud, hidden, variables_of(weights), CELLS)),
        run(lambda: attention.attend(keys, hidden, variables_of(weights), CELLS)),
        strict=True,
    ):
        assert_close(ours, expected)


def test_lstm_step():
    weights, rng = draw_weights(), np.random.default_rng(2)
    inputs = [rng.normal(size=(N, size)).astype(np.float32) for size in (E, D, D, C)]
    hidden, cell = run(lambda: attention.lstm_step(*inputs, variables_of(weights)))
    for n in range(N):
        expected = lstm_twin(weights, *(array[n] for array in inputs))
        assert_close(hidden[n], expected[0])
        assert_close(cell[n], expected[1])


def test_character_logits():
    weights, rng = draw_weights(), np.random.default_rng(3)
    inputs = [rng.normal(size=(N, size)).astype(np.float32) for size in (C, D, E)]
    logits = run(lambda: attention.character_logits(*inputs, variables_of(weights)))
    for n in range(N):
        assert_close(logits[n], logits_twin(weights, *(array[n] for array in inputs)))


def test_most_likely():
    logits = np.random.default_rng(4).normal(0, 3, (N, T, V)).astype(np.float32)
    preds, probs = run(lambda: attention.most_likely(tf.constant(logits)))
    expected = np.array([[softmax(one) for one in row] for row in logits])
    assert preds.dtype == np.int64 and (preds == expected.argmax(axis=2)).all()
    assert_close(probs, expected.max(axis=2))


# The box


def cells_by_loop(box, height, width):
    """bool (height, width), cell by cell."""
    top, left, box_height, box_width = (np.float32(value) for value in box)
    first_row, first_column = int(top * np.float32(height)), int(left * np.float32(width))
    rows = range(first_row, first_row + int(box_height * np.float32(height)))
    columns = range(first_column, first_column + int(box_width * np.float32(width)))
    return np.array([[row in rows and column in columns for column in range(width)] for row in range(height)])


def cells_of(boxes, height, width):
    return run(lambda: attention.box_cells(tf.constant(np.float32(boxes)), tf.constant(height), tf.constant(width)))


@pytest.mark.parametrize(('height', 'width'), [(8, 8), (4, 12), (13, 13), (1, 1)])
def test_the_cells_of_a_box(height, width):
    rng = np.random.default_rng(5)
    side = 8 * max(height, width)
    sides = rng.integers(side // min(height, width), side + 1, (60, 2))  # at least one cell thin
    corners = np.stack([rng.integers(0, side - sides[:, axis] + 1) for axis in (0, 1)], axis=1)
    boxes = np.float32(np.hstack([corners, sides]) / side)
    cells = cells_of(boxes, height, width)
    assert cells.shape == (60, height * width)
    for box, ours in zip(boxes, cells, strict=True):
        expected = cells_by_loop(box, height, width)
        assert expected.any()
        assert (ours.reshape(height, width) == expected).all()


@pytest.mark.parametrize(
    ('box', 'rows', 'columns'),
    [
        pytest.param((0, 0, 1, 1), range(4), range(6), id='everything'),
        pytest.param((0.25, 0, 0.1, 1), [1], range(6), id='thinner than a cell'),
        pytest.param((0.3, 0.4, 0, 0), [1], [2], id='nothing'),
        pytest.param((0.99, 0, 0.01, 1), [3], range(6), id='thin at the lower edge'),
        pytest.param((1, 1, 0.5, 0.5), [3], [5], id='behind the edge'),
        pytest.param((0.5, 0.5, 1, 1), [2, 3], [3, 4, 5], id='reaching over the edge'),
    ],
)
def test_a_box_keeps_at_least_one_cell_and_none_outside_the_map(box, rows, columns):
    expected = np.zeros((4, 6), bool)
    expected[np.ix_(list(rows), list(columns))] = True
    assert (cells_of([box], 4, 6).reshape(4, 6) == expected).all()


# Teacher forcing


@pytest.mark.parametrize('cells', [None, CELLS])
@pytest.mark.parametrize('lengths', [(1, 1, 1), (4, 4, 4), (T, T, T), (3, T, 2), (0, 2, 1)])
def test_teacher_forced_decoding(cells, lengths):
    weights, features, num_steps = draw_weights(), draw_features(), max(lengths)
    ours = run(teacher_forced, weights, features, LABEL, lengths, cells)
    logits, alpha = decode_rows(weights, features, LABEL, cells, num_steps=num_steps)
    assert ours['logits'].shape == (N, num_steps, V)
    for n, length in enumerate(lengths):
        assert_close(ours['logits'][n, :length], logits[n, :length])
        assert_close(ours['alpha'][n, :length], alpha[n, :length])
        assert (ours['alpha'][n, length:] == 0).all()
        assert (ours['preds'][n, :length] == logits[n, :length].argmax(axis=1)).all()
        assert_close(ours['probs'][n, :length], [softmax(one).max() for one in logits[n, :length]])


def test_loss_and_gradients_need_only_the_steps_of_each_label():
    weights, features = draw_weights(), draw_features()

    def loss_and_gradients(lengths):
        variables = variables_of(weights)
        decoded = decode_teacher_forced(
            tf.constant(features), tf.constant(LABEL), variables, lengths=tf.constant(lengths)
        )
        loss = sequence_loss(decoded.logits, tf.constant(LABEL), tf.constant(MASK))
        inputs = [getattr(variables, name) for name in SHAPES]
        return [loss, *(tf.convert_to_tensor(gradient) for gradient in tf.gradients(loss, inputs))]

    needed, all_steps, too_few = (run(loss_and_gradients, lengths) for lengths in ((3, 4, 2), (T, T, T), (3, 4, 1)))
    for name, ours, expected in zip(['loss', *SHAPES], needed, all_steps, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6, err_msg=name)
        if name != 'score_bias':  # moves all scores alike, so that the softmax does not feel it
            assert np.abs(expected).max() > 1e-3
    assert abs(needed[0] - too_few[0]) > 1e-3


# Dropout


def factors(keep_prob, seed, step, shape=(N, D)):
    """What hidden and cell state are multiplied by."""
    return run(lambda: Dropout(keep_prob, tf.constant(seed)).factors(step, shape))


def test_dropout_keeps_the_share_and_the_mean():
    for kept in factors(0.8, 0, 0, (100, 100)):
        assert set(np.unique(kept)) == {0, np.float32(1.25)}
        assert (kept > 0).mean() == pytest.approx(0.8, abs=0.02)


def test_dropout_follows_from_seed_step_and_state_alone():
    drawn = {(seed, step): factors(0.5, seed, step, (8, 8)) for seed in (0, 1) for step in (0, 1)}
    for (seed, step), pair in drawn.items():
        for kept, again in zip(pair, factors(0.5, seed, step, (8, 8)), strict=True):
            assert (kept == again).all()
    assert len({kept.tobytes() for pair in drawn.values() for kept in pair}) == 8


def test_decoding_drops_hidden_and_cell_state_behind_every_step():
    weights, features = draw_weights(), draw_features()
    ours, again, other = (
        run(teacher_forced, weights, features, LABEL, (T, 4, T), None, (0.6, seed))['logits'] for seed in (7, 7, 8)
    )
    by_step = [factors(0.6, 7, step) for step in range(T)]
    drops = [[(hidden[n], cell[n]) for hidden, cell in by_step] for n in range(N)]
    for n, length in enumerate((T, 4, T)):
        assert_close(ours[n, :length], decode_rows(weights, features, LABEL, drops=drops)[0][n, :length])
    assert (ours == again).all()
    assert np.abs(ours - other).max() > 0.1


def test_keeping_all_is_no_dropout():
    weights, features = draw_weights(), draw_features()
    plain, kept = (
        run(teacher_forced, weights, features, LABEL, (T, T, T), None, dropout)['logits']
        for dropout in (None, (1.0, 7))
    )
    assert (plain == kept).all()


# Greedy decoding


@pytest.mark.parametrize('cells', [None, CELLS])
def test_greedy_decoding_of_all_steps(cells):
    weights, features = draw_ending(T, T, T)
    logits, alpha = decode_rows(weights, features, cells=cells)
    ours = run(greedy, weights, features, cells, True)
    assert ours['logits'].shape == (N, T, V)
    assert_close(ours['logits'], logits)
    assert_close(ours['alpha'], alpha)
    assert (ours['preds'] == logits.argmax(axis=2)).all()
    assert_close(ours['probs'], [[softmax(one).max() for one in row] for row in logits])


@pytest.mark.parametrize('wanted', [(1, 3, 0), (0, 0), (2,), (T, 1), (T - 1, 0)])
def test_an_early_stop_gives_what_the_full_length_gives_up_to_eos(wanted):
    weights, features = draw_ending(*wanted)
    full, early = (run(greedy, weights, features, None, full_length) for full_length in (True, False))
    num_run = min(max(wanted) + 1, T)
    assert early['logits'].shape == (len(wanted), num_run, V)
    assert full['logits'].shape == (len(wanted), T, V)
    assert early['preds'].shape == early['probs'].shape == (len(wanted), T)
    assert early['alpha'].shape == (len(wanted), T, H * W)
    assert_close(early['alpha'][:, :num_run], full['alpha'][:, :num_run])
    assert not early['alpha'][:, num_run:].any()
    for row, length in enumerate(wanted):
        assert (early['preds'][row, : length + 1] == full['preds'][row, : length + 1]).all()
        assert EOS not in early['preds'][row, :length]
        assert_close(early['probs'][row, : length + 1], full['probs'][row, : length + 1])
        assert (early['preds'][row, length:] == EOS).all()
        assert (early['probs'][row, length + 1 :] == 1).all()


def test_the_full_length_is_what_the_network_writes_behind_eos_too():
    weights, features = draw_ending(0, 2)
    logits, _ = decode_rows(weights, features)
    ours = run(greedy, weights, features, None, True)
    assert (ours['preds'] == logits.argmax(axis=2)).all()
    assert (ours['preds'][:, 3:] != EOS).any()


def test_a_row_does_not_depend_on_the_others():
    weights, features = draw_ending(1, T, 3)
    together = run(greedy, weights, features)
    for row in range(3):
        alone = run(greedy, weights, features[row : row + 1])
        assert (alone['preds'][0] == together['preds'][row]).all()
        assert_close(alone['probs'][0], together['probs'][row])


# Variables


def test_the_matrices_carry_l2_terms_and_nothing_else_does():
    with tf.Graph().as_default(), tf.Session() as session:
        variables = attention.create_variables(C, num_classes=V, embedding_size=E, lstm_size=D, weight_decay=0.5)
        session.run(tf.global_variables_initializer())
        values = session.run({name: getattr(variables, name) for name in SHAPES})
        terms = session.run(tf.get_collection(WEIGHT_LOSSES))
    assert {name: array.shape for name, array in values.items()} == SHAPES
    free = {'embedding', 'score_bias', 'lstm_bias', 'softmax_bias'}
    expected = [0.25 * (array**2).sum() for name, array in values.items() if name not in free]
    np.testing.assert_allclose(sorted(terms), sorted(expected), rtol=1e-5)
