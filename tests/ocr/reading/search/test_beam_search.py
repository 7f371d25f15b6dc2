"""Beam search: against the list of all texts, against greedy decoding, and under automata."""

import itertools
import re
from functools import lru_cache

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_decoder import SHAPES, C, H, V, W, draw_features, draw_weights, variables_of

from ocr.charset import UNK, Charset
from ocr.network.attention import EOS, DecoderVariables, decode_greedily
from ocr.reading.search.automaton import classes_by_character, from_words
from ocr.reading.search.beam_search import Beams, score_texts, search, trace_back
from ocr.reading.search.pattern import compile_pattern

CHARSET = Charset('abcde')  # V classes
T = 5


@lru_cache
def search_graph(num_steps, automaton, **options):
    """A session, what to feed in it, and Beams of tensors; one graph for all weights."""
    with tf.Graph().as_default() as graph:
        feeds = {name: tf.placeholder(tf.float32, shape) for name, shape in SHAPES.items()}
        features = tf.placeholder(tf.float32, (None, None, None, C))
        variables = DecoderVariables(**feeds)
        beams = search(features, variables, num_steps=num_steps, automaton=automaton, **options)
    return tf.Session(graph=graph), {**feeds, 'features': features}, beams


def run(seed, features, num_steps=T, automaton=None, **options):
    """Beams of arrays."""
    session, feeds, beams = search_graph(num_steps, automaton, **options)
    values = {**draw_weights(seed), 'features': features}
    return Beams(**session.run(vars(beams), {feeds[name]: value for name, value in values.items()}))


def texts_of(beams, row):
    """[(text or ids, probability)] of a row."""
    return [(tuple(ids), np.exp(log_probs.sum())) for ids, log_probs, _ in trace_back(beams, row)]


def all_texts(num_steps):
    """Class ids of all texts of at most `num_steps` steps: those that end, and those that fill all steps."""
    others = [class_id for class_id in range(V) if class_id != EOS]
    for length in range(num_steps):
        yield from ((*text, EOS) for text in itertools.product(others, repeat=length))
    yield from itertools.product(others, repeat=num_steps)


def true_scores(seed, features, texts):
    """{text: probability} under teacher forcing, for one image float32 (1, H, W, C)."""
    longest = max(map(len, texts))
    label = np.full((len(texts), longest), EOS, np.int32)
    for row, text in zip(label, texts, strict=True):
        row[: len(text)] = text
    with tf.Graph().as_default(), tf.Session() as session:
        repeated = tf.repeat(tf.constant(features), len(texts), axis=0)
        log_probs, alpha = session.run(score_texts(repeated, tf.constant(label), variables_of(draw_weights(seed))))
    assert alpha.shape == (len(texts), longest, H * W)
    return {text: np.exp(row[: len(text)].sum()) for text, row in zip(texts, log_probs, strict=True)}


@pytest.mark.parametrize('seed', [0, 1, 2])
def test_a_beam_as_wide_as_all_texts_finds_what_an_exhaustive_search_finds(seed):
    features = draw_features(seed, 1)
    texts = list(all_texts(3))
    scores = true_scores(seed, features, texts)
    assert sum(scores.values()) == pytest.approx(1, abs=1e-5)
    expected = sorted(scores.items(), key=lambda pair: -pair[1])[:20]
    found = texts_of(run(seed, features, num_steps=3, num_beams=len(texts), num_best=20), 0)[:20]
    assert [probability for _, probability in found] == pytest.approx([p for _, p in expected], rel=1e-4)
    assert found[0][0] == expected[0][0]


@pytest.mark.parametrize('seed', range(6))
def test_one_beam_is_greedy_and_more_are_never_less_probable(seed):
    features = draw_features(seed, 16)
    with tf.Graph().as_default(), tf.Session() as session:
        decoded = decode_greedily(tf.constant(features), variables_of(draw_weights(seed)), num_steps=T)
        preds, probs = session.run((decoded.preds, decoded.probs))
    one, some = run(seed, features, num_beams=1), run(seed, features, num_beams=4)
    for row in range(16):
        ((greedy, probability),) = texts_of(one, row)
        assert CHARSET.decode(greedy) == CHARSET.decode(preds[row])
        assert probability == pytest.approx(np.prod(probs[row], dtype=np.float64), rel=1e-4)
        assert texts_of(some, row)[0][1] >= probability * (1 - 1e-9)


def test_the_likeliest_text_may_begin_with_an_unlikely_character():
    better = 0
    for seed in range(6):
        features = draw_features(seed, 16)
        one, some = run(seed, features, num_beams=1), run(seed, features, num_beams=4)
        better += sum(texts_of(some, row)[0][1] > 1.01 * texts_of(one, row)[0][1] for row in range(16))
    assert better > 5


def test_a_row_does_not_depend_on_the_others():
    features = draw_features(3, 12)
    together = run(3, features, num_beams=4, num_best=3)
    for row in range(12):
        alone = run(3, features[row : row + 1], num_beams=4, num_best=3)
        for (text, probability), (other, same) in zip(texts_of(together, row)[:3], texts_of(alone, 0)[:3], strict=True):
            assert text == other and probability == pytest.approx(same, rel=1e-4)


def test_attention_is_that_of_the_text():
    features = draw_features(0, 1)
    beams = run(0, features, num_beams=5)
    ids, log_probs, places = trace_back(beams, 0)[0]
    label = np.int32([ids])
    with tf.Graph().as_default(), tf.Session() as session:
        expected, alpha = session.run(
            score_texts(tf.constant(features), tf.constant(label), variables_of(draw_weights(0)))
        )
    np.testing.assert_allclose(log_probs, expected[0], rtol=1e-4)
    found = [beams.alphas[step, 0, place] for step, place in enumerate(places)]
    np.testing.assert_allclose(found, alpha[0], rtol=1e-4)


PATTERNS = {'[ab]*': 1, 'a{4}|bc?d': 3, '(aa)*b(aa)*': 3, '.{3,}': 6, 'e?': 4}  # and how many beams
AUTOMATA = {pattern: compile_pattern(pattern, CHARSET) for pattern in PATTERNS}


@settings(max_examples=40)
@given(st.sampled_from(list(PATTERNS)), st.integers(0, 1000))
def test_every_text_matches_the_pattern_and_ends(pattern, seed):
    num_beams = PATTERNS[pattern]
    features = draw_features(seed, 4)
    beams = run(seed, features, automaton=AUTOMATA[pattern], num_beams=num_beams, num_best=num_beams)
    for row in range(4):
        found = texts_of(beams, row)
        assert found
        for ids, _ in found:
            assert ids[-1] == EOS and UNK not in ids and len(ids) <= T
            assert re.fullmatch(pattern, CHARSET.decode(ids))


def test_under_a_constraint_probabilities_stay_those_of_the_model():
    features, words = draw_features(4, 1), ['abc', 'b', 'bad', 'ecde']
    automaton = from_words(words, classes_by_character(CHARSET))
    found = texts_of(run(4, features, num_beams=6, num_best=6, automaton=automaton), 0)
    texts = [tuple(CHARSET.encode(word, T)[0][: len(word) + 1]) for word in words]
    assert dict(found) == pytest.approx(true_scores(4, features, texts), rel=1e-4)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)


def test_a_text_that_fits_the_steps_exactly_is_found():
    automaton = compile_pattern('a*b{1}c{3}|a{9}', CHARSET)
    ((ids, _),) = texts_of(run(0, draw_features(0, 1), num_beams=1, automaton=automaton), 0)
    assert CHARSET.decode(ids) == 'bccc'


def test_shapes_are_those_the_module_says():
    beams = run(1, draw_features(1, 3), num_beams=2)
    num_run = len(beams.written)
    assert beams.written.shape == beams.parents.shape == beams.log_probs.shape == (num_run, 3, 2)
    assert beams.scores.shape == (3, 2) and beams.alphas.shape == (num_run, 3, 2, H * W)
