"""The detector's loss against NumPy twins."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.network.detector import STEEPNESS, soft_binary
from ocr.network.detector_losses import balanced_cross_entropy, detection_loss, dice_loss, masked_l1

RNG = np.random.default_rng(0)
SHAPE = (2, 24, 32)


def run(function, *arrays):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(function(*(tf.constant(np.asarray(array, np.float32)) for array in arrays)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def twin_of_balanced(logits, text, counted, fewest=0.005):
    loss = np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0) - logits * text
    positive, negative = (text * counted) > 0, ((1 - text) * counted) > 0
    wanted = max(3 * positive.sum(), fewest * loss.size)
    number = int(min(negative.sum(), wanted))
    hardest = np.sort(loss[negative])[::-1][:number]
    return (loss[positive].sum() + hardest.sum()) / max(positive.sum() + min(negative.sum(), wanted), 1)


def maps(share=0.05):
    text = (RNG.random(SHAPE) < share).astype(np.float32)
    counted = (RNG.random(SHAPE) < 0.9).astype(np.float32)
    return RNG.normal(size=SHAPE) * 3, text, counted


@pytest.mark.parametrize('share', [0.05, 0.4, 0.0, 1.0])
def test_cross_entropy_is_over_text_and_three_times_as_much_hard_background(share):
    logits, text, counted = maps(share)
    assert run(balanced_cross_entropy, logits, text, counted) == pytest.approx(
        twin_of_balanced(logits, text, counted), rel=1e-3
    )


def test_a_picture_where_nothing_counts_costs_nothing_and_breaks_nothing():
    logits, text, _ = maps()
    none = np.zeros(SHAPE)
    assert run(balanced_cross_entropy, logits, text, none) == 0
    assert run(dice_loss, sigmoid(logits), text, none) == pytest.approx(0)
    assert run(masked_l1, logits, text, none) == 0


def test_pixels_that_do_not_count_do_not_count():
    logits, text, counted = maps()
    others = np.where(counted > 0, logits, 50.0)
    for function in (balanced_cross_entropy, lambda x, *rest: dice_loss(tf.sigmoid(x), *rest)):
        assert run(function, logits, text, counted) == pytest.approx(run(function, others, text, counted), rel=1e-5)


def test_dice_and_l1_against_their_twins():
    logits, text, counted = maps()
    p = sigmoid(logits)
    dice = 1 - 2 * (p * text * counted).sum() / ((p * counted).sum() + (text * counted).sum())
    assert run(dice_loss, p, text, counted) == pytest.approx(dice, rel=1e-4)
    assert run(dice_loss, text, text, counted) == pytest.approx(0, abs=1e-4)
    assert run(masked_l1, p, text, counted) == pytest.approx(np.abs(p - text)[counted > 0].mean(), rel=1e-4)


def test_the_soft_step_is_half_on_the_threshold_and_steep_around_it():
    values = np.array([0.2, 0.5, 0.6])
    assert run(soft_binary, values, np.full(3, 0.5)) == pytest.approx(sigmoid(STEEPNESS * (values - 0.5)), rel=1e-4)
    assert STEEPNESS == 50


def test_the_loss_is_the_weighted_sum_of_its_terms():
    logits, text, counted = maps()
    threshold_logits, band = RNG.normal(size=SHAPE), (RNG.random(SHAPE) < 0.3).astype(np.float32)
    threshold = 0.3 + 0.4 * RNG.random(SHAPE)
    total, terms = run(detection_loss, logits, threshold_logits, text, counted, threshold, band)
    assert total == pytest.approx(sum(terms.values()), rel=1e-5)
    given = sigmoid(threshold_logits)
    assert terms['core_loss'] == pytest.approx(5 * twin_of_balanced(logits, text, counted), rel=1e-3)
    assert terms['threshold_loss'] == pytest.approx(10 * np.abs(given - threshold)[band > 0].mean(), rel=1e-3)
    binary = sigmoid(50 * (sigmoid(logits) - given))
    dice = 1 - 2 * (binary * text * counted).sum() / ((binary * counted).sum() + (text * counted).sum())
    assert terms['binary_loss'] == pytest.approx(dice, rel=1e-3)
