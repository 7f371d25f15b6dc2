"""The scaled loss gives the gradients of the unscaled one, and its scale follows what overflows."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.training import loss_scaling
from ocr.training.loss_scaling import FIRST_SCALE, LossScalingOptimizer


@pytest.fixture
def descend():
    """Function (factors) -> [(weight, scale)] of an update for each factor that the loss has; rate 1."""

    def run(factors):
        with tf.Graph().as_default(), tf.Session() as session:
            factor = tf.placeholder(tf.float32, ())
            weight = tf.get_variable('w', initializer=[0.0, 0.0])
            row = tf.gather(tf.reshape(weight, [2, 1]), [1])  # whose gradient are slices
            optimizer = LossScalingOptimizer(tf.train.GradientDescentOptimizer(1.0))
            loss = factor * (tf.reduce_sum(weight) + tf.reduce_sum(row))
            update = optimizer.apply_gradients(optimizer.compute_gradients(loss), name='train_op')
            assert update.name == 'train_op' and [v.op.name for v in tf.global_variables()] == ['w']
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            found = []
            for one in factors:
                session.run(update, {factor: one})
                found.append(session.run([weight, optimizer.scale]))
            return found

    return run


def test_gradients_are_those_of_the_unscaled_loss(descend):
    weights = [weight for weight, _ in descend([0.1, 1e-7, 3.0])]
    expected, steps = np.zeros(2, np.float32), []
    for factor in np.float32([0.1, 1e-7, 3.0]):
        expected = expected - factor * np.float32([1, 2])
        steps.append(expected)
    np.testing.assert_array_equal(weights, steps)


def test_an_overflow_changes_no_weight_and_halves_the_scale(descend):
    (_, first), (before, _), (after, halved), (_, again) = descend([1.0, 1.0, np.inf, 1e38])
    assert first == FIRST_SCALE and halved == FIRST_SCALE / 2 and again == FIRST_SCALE / 4
    np.testing.assert_array_equal(before, after)


def test_the_scale_is_doubled_after_many_sound_updates(descend, monkeypatch):
    monkeypatch.setattr(loss_scaling, 'GROWTH_INTERVAL', 3)
    monkeypatch.setattr(loss_scaling, 'LARGEST_SCALE', 2 * FIRST_SCALE)
    factors = [1.0, 1.0, np.inf, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    scales = [scale / FIRST_SCALE for _, scale in descend(factors)]
    assert scales == [1, 1, 0.5, 0.5, 0.5, 1, 1, 1, 2, 2, 2, 2]
