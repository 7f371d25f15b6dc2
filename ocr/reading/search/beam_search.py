"""Beam search: several texts are followed at once, and an automaton may say which characters are allowed.

The first text that is followed always takes the likeliest next character, as greedy decoding does; so the best text
found is never less probable than the greedy one, and one beam without an automaton is greedy decoding. Probabilities
are always the model's own, over all classes: a text has the same one whether it was found freely or under a constraint.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.network.attention import (
    EOS,
    attend,
    character_logits,
    initial_state,
    lstm_step,
    project_keys,
)
from ocr.network.teacher_forcing import decode_teacher_forced

_NEVER = np.float64(-np.inf)


@dataclass(frozen=True)
class Beams:
    """What a search leaves: tensors in a graph, arrays after a run. T' <= T steps were run, B beams are kept.

    Attributes:
        written: int32 (T', N, B), class id that each beam wrote; EOS again behind a text's end.
        parents: int32 (T', N, B), number of the beam of the step before that it continues.
        log_probs: float64 (T', N, B), of what was written; 0 behind a text's end.
        scores: float64 (N, B), sums over the beams' texts; -inf if there are fewer texts.
        alphas: float32 (T', N, B, L), where each beam of the step before looked.
    """

    written: Any
    parents: Any
    log_probs: Any
    scores: Any
    alphas: Any


@dataclass(frozen=True)
class _State:
    """What the loop carries on, M = N * B."""

    hidden: Any  # float32 (M, D)
    cell: Any  # float32 (M, D)
    embedded: Any  # float32 (M, E)
    place: Any  # int32 (M,), state of the automaton
    ended: Any  # bool (M,)
    scores: Any  # float64 (N, B)


def search(features, variables, *, num_steps, num_beams, num_best=1, automaton=None, cells=None):
    """Build the search; stops when each row's `num_best` best texts have ended, which nothing can overtake then.

    Args:
        features: float32 (N, H, W, C).
        variables: DecoderVariables.
        num_steps: int, T. Under an automaton every text ends within it; without one, a text may run to its end.
        num_beams: int, B.
        num_best: int, <= B, texts that are wanted of each row.
        automaton: Automaton or None; its shortest text has fewer than T characters.
        cells: bool (N, L) or None, see attention.attend.

    Returns:
        Beams.
    """
    num_rows = tf.shape(features)[0]
    keys = tf.repeat(project_keys(features, variables), num_beams, axis=0)  # (M, L, C)
    cells = None if cells is None else tf.repeat(cells, num_beams, axis=0)  # (M, L)
    state = _start(features, variables, num_beams)
    moves = None if automaton is None else _Moves(automaton, num_steps, int(variables.softmax.shape[1]))
    kinds = (tf.int32, tf.int32, tf.float64, tf.float32)
    arrays = tuple(tf.TensorArray(kind, size=num_steps, clear_after_read=False) for kind in kinds)

    def unfinished(step, *carried):
        state = _State(*carried[:6])
        return tf.logical_and(step < num_steps, tf.logical_not(tf.reduce_all(_is_done(state, num_beams, num_best))))

    def body(step, *carried):
        state, arrays = _State(*carried[:6]), carried[6:]
        context, alpha = attend(keys, state.hidden, variables, cells)
        hidden, cell = lstm_step(state.embedded, state.hidden, state.cell, context, variables)
        logits = character_logits(context, hidden, state.embedded, variables)  # (M, V)
        log_probs = tf.nn.log_softmax(tf.cast(logits, tf.float64))  # (M, V)
        targets = None
        if moves is not None:
            targets = moves.targets(state.place, step)  # (M, V)
            log_probs = tf.where_v2(targets < 0, _NEVER, log_probs)
        log_probs = _close(log_probs, state.ended)
        parents, written, scores = _choose(log_probs, state.scores, num_beams)  # (N, B) each
        flat = tf.reshape(parents + num_beams * tf.range(num_rows)[:, tf.newaxis], [-1])  # (M,)
        chosen = tf.stack([flat, tf.reshape(written, [-1])], axis=1)  # (M, 2)
        next_state = _State(
            hidden=tf.gather(hidden, flat),
            cell=tf.gather(cell, flat),
            embedded=tf.gather(variables.embedding, chosen[:, 1]),
            place=state.place if moves is None else tf.maximum(tf.gather_nd(targets, chosen), 0),
            ended=tf.logical_or(tf.gather(state.ended, flat), tf.equal(chosen[:, 1], EOS)),
            scores=scores,
        )
        steps = written, parents, tf.reshape(tf.gather_nd(log_probs, chosen), [num_rows, num_beams]), alpha
        arrays = (array.write(step, value) for array, value in zip(arrays, steps, strict=True))
        return (step + 1, *_fields(next_state), *arrays)

    loop = (tf.constant(0), *_fields(state), *arrays)
    num_run, *carried = tf.while_loop(unfinished, body, loop, maximum_iterations=num_steps)
    written, parents, log_probs, alphas = (array.gather(tf.range(num_run)) for array in carried[6:])
    alphas = tf.reshape(alphas, [num_run, num_rows, num_beams, tf.shape(keys)[1]])  # (T', N, B, L)
    return Beams(written, parents, log_probs, _State(*carried[:6]).scores, alphas)


def score_texts(features, label, variables, *, cells=None):
    """Log-probabilities of given texts.

    Args:
        features: float32 (K, H, W, C), the row that each text is held against.
        label: int32 (K, T), EOS-padded.
        cells: bool (K, L) or None.

    Returns:
        log_probs: float64 (K, T), of each class of `label`; those behind the first EOS mean nothing.
        alpha: float32 (K, T, L).
    """
    lengths = tf.fill([tf.shape(label)[0]], tf.shape(label)[1])
    decoded = decode_teacher_forced(features, label, variables, lengths=lengths, cells=cells, trains=False)
    log_probs = tf.nn.log_softmax(tf.cast(decoded.logits, tf.float64))  # (K, T, V)
    return tf.gather(log_probs, label, axis=2, batch_dims=2), decoded.alpha


def trace_back(beams, row):
    """The texts of one row, the most probable first; of equal ones the earlier beam.

    Args:
        beams: Beams of arrays.
        row: number of the row.

    Returns:
        list of (ids int (t,), log_probs float64 (t,), places), t <= T' up to and including EOS if it was written;
        `places` int (t,) are the beams that wrote them, for Beams.alphas.
    """
    num_run = len(beams.written)
    found = []
    for beam in np.argsort(-beams.scores[row], kind='stable'):
        if beams.scores[row, beam] == -np.inf:
            break
        path = []
        for step in range(num_run - 1, -1, -1):
            parent = beams.parents[step, row, beam]
            path.append((beams.written[step, row, beam], beams.log_probs[step, row, beam], parent))
            beam = parent
        ids, log_probs, places = (np.array(column) for column in zip(*reversed(path), strict=True))
        (ends,) = np.nonzero(ids == EOS)
        length = ends[0] + 1 if len(ends) else num_run
        found.append((ids[:length], log_probs[:length], places[:length]))
    return found


class _Moves:
    """An automaton in the graph."""

    def __init__(self, automaton, num_steps, num_classes):
        self.first = tf.constant(automaton.first)
        self.classes = tf.constant(automaton.classes)
        self.next = tf.constant(automaton.targets)
        self.distance = tf.constant(automaton.distance)
        self.num_steps = num_steps
        self.num_classes = num_classes

    def targets(self, place, step):
        """State after each class, -1 if it is forbidden: int32 (M,), int32 () -> int32 (M, V).

        A character is forbidden also where the steps left after it are too few to end the text.
        """
        num_rows = tf.shape(place)[0]
        start = tf.gather(self.first, place)  # (M,)
        count = tf.gather(self.first, place + 1) - start  # (M,)
        row = tf.repeat(tf.range(num_rows), count)  # (edges,)
        edge = tf.range(tf.shape(row)[0]) + tf.gather(start - tf.cumsum(count, exclusive=True), row)  # (edges,)
        target = tf.gather(self.next, edge)
        reachable = tf.gather(self.distance, target) + 1 < self.num_steps - step  # its characters and EOS
        target = tf.where_v2(reachable, target, -1)
        ending = tf.where_v2(tf.equal(tf.gather(self.distance, place), 0), place, -1)
        rows = tf.concat([row, tf.range(num_rows)], axis=0)
        classes = tf.concat([tf.gather(self.classes, edge), tf.fill([num_rows], EOS)], axis=0)
        values = tf.concat([target, ending], axis=0) + 1
        return tf.scatter_nd(tf.stack([rows, classes], axis=1), values, [num_rows, self.num_classes]) - 1


def _start(features, variables, num_beams):
    """State before the first step: one beam that counts, the others stand by."""
    hidden, cell = initial_state(features, variables)
    num_rows = tf.shape(features)[0]
    scores = tf.constant([[0.0] + [-np.inf] * (num_beams - 1)], tf.float64)
    return _State(
        hidden=tf.repeat(hidden, num_beams, axis=0),
        cell=tf.repeat(cell, num_beams, axis=0),
        embedded=tf.zeros([num_rows * num_beams, variables.embedding.shape[1]]),
        place=tf.zeros([num_rows * num_beams], tf.int32),
        ended=tf.zeros([num_rows * num_beams], tf.bool),
        scores=tf.tile(scores, [num_rows, 1]),
    )


def _fields(state):
    return state.hidden, state.cell, state.embedded, state.place, state.ended, state.scores


def _close(log_probs, ended):
    """Log-probabilities (M, V) where a text that has ended writes EOS for nothing."""
    only_eos = np.where(np.arange(int(log_probs.shape[1])) == EOS, 0, _NEVER)
    return tf.where_v2(ended[:, tf.newaxis], tf.constant(only_eos, tf.float64), log_probs)


def _choose(log_probs, scores, num_beams):
    """The beams of the next step: (M, V), (N, B) -> parents int32, written int32, scores float64, (N, B) each.

    The first beam continues the first; the others are the best of all the rest.
    """
    num_classes = int(log_probs.shape[1])
    log_probs = tf.reshape(log_probs, [-1, num_beams, num_classes])
    totals = tf.reshape(scores[:, :, tf.newaxis] + log_probs, [-1, num_beams * num_classes])
    likeliest = tf.argmax(log_probs[:, 0], axis=1, output_type=tf.int32)  # (N,)
    is_first = tf.equal(tf.range(num_beams * num_classes), likeliest[:, tf.newaxis])  # (N, B * V)
    _, chosen = tf.nn.top_k(tf.where_v2(is_first, -_NEVER, totals), num_beams)  # (N, B)
    return chosen // num_classes, chosen % num_classes, tf.gather(totals, chosen, batch_dims=1)


def _is_done(state, num_beams, num_best):
    """bool (N,): the best texts of a row have ended."""
    best, order = tf.nn.top_k(state.scores, num_best)  # (N, num_best)
    ended = tf.gather(tf.reshape(state.ended, [-1, num_beams]), order, batch_dims=1)
    return tf.reduce_all(tf.logical_or(ended, tf.equal(best, _NEVER)), axis=1)
