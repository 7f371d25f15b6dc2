"""Edit distance, similarity, normalisations and bootstrap intervals."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ocr.metrics import (
    alphanumeric,
    bootstrap_interval,
    edit_distance,
    normalized_edit_similarity,
    rctw_normalize,
    same_text,
    same_text_any_case,
    wrong_characters,
)

TEXTS = st.text(st.sampled_from('abAB01 é̂中國国！'), max_size=12)


def distance_by_table(a, b):
    """Levenshtein distance by the plain table of Wagner and Fischer."""
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(len(a)):
        for j in range(len(b)):
            replaced = table[i, j] + (a[i] != b[j])
            table[i + 1, j + 1] = min(replaced, table[i, j + 1] + 1, table[i + 1, j] + 1)
    return int(table[-1, -1])


@pytest.mark.parametrize(
    ('pred', 'truth', 'similarity'),
    [
        ('', '', 1.0),
        ('', 'a', 0.0),
        ('a', '', 0.0),
        ('abc', 'abc', 1.0),
        ('abd', 'abc', 2 / 3),
        ('abcd', 'abc', 3 / 4),
        ('kitten', 'sitting', 4 / 7),
        ('Abc', 'abc', 2 / 3),
        ('Ａ', 'A', 0.0),
        ('國', '国', 0.0),
        ('e\u0301', '\u00e9', 0.0),  # one letter in two code points: raw strings differ
        ('\U00020000中', '中', 1 / 2),
    ],
)
def test_similarity_of_raw_strings(pred, truth, similarity):
    assert normalized_edit_similarity(pred, truth) == pytest.approx(similarity)


@given(TEXTS, TEXTS)
def test_distance_agrees_with_a_plain_table(a, b):
    assert edit_distance(a, b) == distance_by_table(a, b) == Levenshtein.distance(a, b)


@given(st.text(max_size=20), st.text(max_size=20))
def test_similarity_lies_in_0_to_1_is_symmetric_and_1_only_for_equal_texts(a, b):
    similarity = normalized_edit_similarity(a, b)
    assert 0 <= similarity <= 1
    assert similarity == normalized_edit_similarity(b, a)
    assert (similarity == 1) == (a == b)
    assert normalized_edit_similarity(a, a) == 1


@given(TEXTS, TEXTS)
def test_wrong_characters_leave_the_same_text_on_both_sides(pred, truth):
    in_pred, in_truth = wrong_characters(pred, truth)
    right_in_pred = [character for i, character in enumerate(pred) if i not in in_pred]
    right_in_truth = [character for i, character in enumerate(truth) if i not in in_truth]
    assert right_in_pred == right_in_truth
    assert max(len(in_pred), len(in_truth)) <= edit_distance(pred, truth) <= len(in_pred) + len(in_truth)


@pytest.mark.parametrize(
    ('pred', 'truth', 'raw', 'any_case'),
    [
        ('', '', True, True),
        ('Shop', 'Shop', True, True),
        ('shop', 'SHOP', False, True),
        ('shop', 'shops', False, False),
        ('ｓhop', 'shop', False, False),
        ('É', 'é', False, True),
    ],
)
def test_word_accuracy(pred, truth, raw, any_case):
    assert same_text(pred, truth) is raw
    assert same_text_any_case(pred, truth) is any_case


@pytest.mark.parametrize(
    ('text', 'kept'),
    [('', ''), ("Don't", 'dont'), ('A-1 B', 'a1b'), ('北京2008', '2008'), ('中国', ''), ('café', 'caf'), ('_', '')],
)
def test_alphanumeric_keeps_ascii_letters_and_digits(text, kept):
    assert alphanumeric(text) == kept


@pytest.mark.parametrize(
    ('text', 'normalised'),
    [
        ('', ''),
        (' \t！，。-_#"', ''),
        ('Coffee & Tea!', 'coffeetea'),
        ('ＡＢｃ１２３！', 'abc123'),
        ('繁體中文', '繁体中文'),
        ('頭髮，發展', '头发发展'),
        ('简体中文', '简体中文'),
        ('中　国', '中国'),
        ('e\u0301', 'é'),
        ('É', 'é'),
        ('a\u20dd', 'a'),  # a mark without a composed form
        ('二〇〇八年', '二〇〇八年'),
        ('カタカナ', 'カタカナ'),
        ('½②™', ''),
        ('\ufffd', ''),
        ('\U00020000', '\U00020000'),  # ideograph outside the basic plane
    ],
)
def test_rctw_normalisation(text, normalised):
    assert rctw_normalize(text) == normalised
    assert rctw_normalize(normalised) == normalised


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=20))
def test_rctw_normalisation_keeps_letters_and_digits_only(text):
    normalised = rctw_normalize(text)
    assert normalised == '' or normalised.isalnum()
    assert normalised == normalised.lower()
    assert rctw_normalize(normalised) == normalised


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.integers(0, 5))
def test_interval_contains_the_mean_and_depends_on_the_seed_alone(values, seed):
    low, high = bootstrap_interval(values, seed, num_resamples=200)
    assert min(values) - 1e-12 <= low <= np.mean(values) <= high <= max(values) + 1e-12
    assert bootstrap_interval(values, seed, num_resamples=200) == (low, high)
    assert bootstrap_interval(values[::-1], seed, num_resamples=200) == pytest.approx((low, high))


@pytest.mark.parametrize('values', [[0.3], [1.0] * 7, [0.1, 0.1, 0.1]])
def test_equal_values_give_an_interval_without_width(values):
    assert bootstrap_interval(values) == pytest.approx((values[0], values[0]))


def test_no_values_give_no_interval():
    assert np.isnan(bootstrap_interval([])).all()


@pytest.mark.parametrize(
    ('share', 'level', 'width_in_errors'), [(0.5, 0.95, 1.96), (0.9, 0.95, 1.96), (0.5, 0.68, 0.994)]
)
def test_interval_of_many_values_is_that_of_the_normal_approximation(share, level, width_in_errors):
    values = np.arange(100_000) < share * 100_000
    low, high = bootstrap_interval(values, num_resamples=4000, level=level)
    error = np.sqrt(share * (1 - share) / len(values))
    assert (share - low) / error == pytest.approx(width_in_errors, rel=0.08)
    assert (high - share) / error == pytest.approx(width_in_errors, rel=0.08)


def test_interval_agrees_with_resampling_the_values_themselves():
    values = np.random.default_rng(1).random(40)
    rng = np.random.default_rng(2)
    means = values[rng.integers(0, len(values), (20_000, len(values)))].mean(1)
    assert bootstrap_interval(values, num_resamples=20_000) == pytest.approx(
        np.quantile(means, [0.025, 0.975]), abs=3e-3
    )


def test_interval_takes_bounded_memory():
    values = np.random.default_rng(0).random(40_000)
    tracemalloc.start()
    bootstrap_interval(values, num_resamples=200)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24e6  # a table of all resamples would take 64 MB


def test_interval_of_more_distinct_values_than_fit_one_table():
    values = np.random.default_rng(0).random(400_000)
    low, high = bootstrap_interval(values, num_resamples=12)
    assert low < values.mean() < high
    assert high - low < 0.01
