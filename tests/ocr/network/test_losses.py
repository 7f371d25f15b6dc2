"""Training loss against a twin in NumPy that follows the definition."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.network.losses import WEIGHT_LOSSES, add_weight_loss, sequence_loss, sum_weight_losses

N, T, V = 3, 5, 7


def loss_twin(logits, label, mask, label_smoothing):
    """-sum_v q_v log p_v with the array of smoothed targets, character by character."""
    total = 0.0
    for n, t in np.ndindex(*logits.shape[:2]):
        one = logits[n, t].astype(np.float64)
        target = np.full(V, label_smoothing / V)
        target[label[n, t]] += 1 - label_smoothing
        total += mask[n, t] * -(target * (one - one.max() - np.log(np.exp(one - one.max()).sum()))).sum()
    return total / mask.sum()


def draw(seed=0, lengths=(2, 5, 1)):
    rng = np.random.default_rng(seed)
    mask = np.float32([[t < length for t in range(T)] for length in lengths])
    return rng.normal(0, 3, (N, T, V)).astype(np.float32), rng.integers(0, V, (N, T), np.int32), mask


def run(*arguments):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(sequence_loss(*map(tf.constant, arguments[:3]), *arguments[3:]))


@pytest.mark.parametrize('label_smoothing', [0.0, 0.05, 0.5])
def test_loss(label_smoothing):
    logits, label, mask = draw()
    assert run(logits, label, mask, label_smoothing) == pytest.approx(
        loss_twin(logits, label, mask, label_smoothing), rel=1e-5
    )


def test_the_smoothing_of_the_reference_is_the_default():
    logits, label, mask = draw()
    assert run(logits, label, mask) == run(logits, label, mask, 0.05)


def test_what_the_mask_leaves_out_counts_nothing():
    logits, label, mask = draw()
    changed = np.where(mask[:, :, np.newaxis] > 0, logits, 100).astype(np.float32)
    assert run(changed, np.where(mask > 0, label, 0).astype(np.int32), mask) == run(logits, label, mask)


def test_steps_behind_the_longest_label_need_no_logits():
    logits, label, mask = draw(lengths=(2, 3, 1))
    assert run(logits[:, :3], label, mask) == pytest.approx(run(logits, label, mask), rel=1e-6)


def test_every_character_counts_alike_however_long_its_text_is():
    logits, label, mask = draw()
    rows = [(run(logits[n : n + 1], label[n : n + 1], mask[n : n + 1]), mask[n].sum()) for n in range(N)]
    mean = sum(loss * count for loss, count in rows) / sum(count for _, count in rows)
    assert run(logits, label, mask) == pytest.approx(mean, rel=1e-5)


@pytest.mark.parametrize('scale', [1e3, 1e4])
def test_large_logits_stay_finite(scale):
    logits, label, mask = draw()
    loss = run(logits * np.float32(scale), label, mask)
    assert loss == pytest.approx(loss_twin(logits * np.float32(scale), label, mask, 0.05), rel=1e-4)


def test_the_least_loss_is_the_entropy_of_the_smoothed_label():
    """With its own smoothed target as the network's answer."""
    target = np.full(V, 0.05 / V)
    target[3] += 0.95
    logits = np.tile(np.log(target).astype(np.float32), (1, 2, 1))
    loss = run(logits, np.int32([[3, 3]]), np.float32([[1, 1]]))
    assert loss == pytest.approx(-(target * np.log(target)).sum(), rel=1e-5)


def test_weight_losses():
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(sum_weight_losses()) == 0
        add_weight_loss(tf.constant([3.0, 4.0]), 0.1)
        add_weight_loss(tf.constant([[2.0]]), 0.5)
        add_weight_loss(tf.constant([100.0]), 0)
        assert len(tf.get_collection(WEIGHT_LOSSES)) == 2
        assert session.run(sum_weight_losses()) == pytest.approx(0.1 * 25 / 2 + 0.5 * 4 / 2)
        assert session.run(sum_weight_losses(lambda name: tf.get_collection(name)[1:])) == pytest.approx(1)
