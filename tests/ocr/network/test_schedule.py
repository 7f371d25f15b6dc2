"""Learning rate at every step, against a twin in plain Python."""

import math

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.network.schedule import learning_rate, renorm_limits


def rate_twin(step, base_rate, warmup_steps, total_steps, final_fraction):
    if step < warmup_steps:
        return base_rate * (0.01 + 0.99 * step / warmup_steps)
    if step >= total_steps:
        return base_rate * final_fraction
    cosine = math.cos(math.pi * (step - warmup_steps) / (total_steps - warmup_steps))
    return base_rate * (final_fraction + (1 - final_fraction) * (1 + cosine) / 2)


def rates(steps, dtype=tf.int64, **options):
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(dtype, ())
        rate = learning_rate(step, **options)
        assert rate.dtype == tf.float32
        return np.array([session.run(rate, {step: value}) for value in steps])


SCHEDULES = [
    pytest.param(1e-4, 1000, 500_000, 0.0, id='reference'),
    pytest.param(2e-3, 100, 2000, 0.0, id='compact'),
    pytest.param(1e-3, 10, 100, 0.1, id='ends above 0'),
    pytest.param(1e-3, 0, 100, 0.0, id='no warm-up'),
    pytest.param(1e-3, 1, 2, 0.0, id='shortest'),
]


@pytest.mark.parametrize(('base_rate', 'warmup_steps', 'total_steps', 'final_fraction'), SCHEDULES)
def test_rate_around_every_boundary(base_rate, warmup_steps, total_steps, final_fraction):
    middle = (warmup_steps + total_steps) // 2
    around = [boundary + offset for boundary in (warmup_steps, middle, total_steps) for offset in (-1, 0, 1)]
    steps = sorted({0, 1, warmup_steps // 2, 10 * total_steps} | {step for step in around if step >= 0})
    options = {
        'base_rate': base_rate,
        'warmup_steps': warmup_steps,
        'total_steps': total_steps,
        'final_fraction': final_fraction,
    }
    expected = [rate_twin(step, **options) for step in steps]
    np.testing.assert_allclose(rates(steps, **options), expected, rtol=2e-5, atol=2e-7 * base_rate)


def test_every_step_of_a_short_training():
    options = {'base_rate': 0.5, 'warmup_steps': 7, 'total_steps': 40, 'final_fraction': 0.02}
    ours = rates(range(50), **options)
    np.testing.assert_allclose(ours, [rate_twin(step, **options) for step in range(50)], rtol=1e-5)
    assert ours[0] == pytest.approx(0.005) and ours[7] == 0.5 == ours.max() and ours[40] == pytest.approx(0.01)
    assert (np.diff(ours[:8]) > 0).all() and (np.diff(ours[7:41]) < 0).all() and (np.diff(ours[40:]) == 0).all()


def test_the_rate_is_never_negative():
    assert (rates(range(90, 110), base_rate=1e-3, warmup_steps=10, total_steps=100) >= 0).all()


@pytest.mark.parametrize('total_steps', [1, 5, 10])
def test_a_training_that_ends_within_the_warm_up_only_rises(total_steps):
    ours = rates(range(11), base_rate=1.0, warmup_steps=10, total_steps=total_steps)
    np.testing.assert_allclose(ours, [0.01 + 0.099 * step for step in range(11)], rtol=1e-5)


def test_steps_of_either_integer_type():
    options = {'base_rate': 1.0, 'warmup_steps': 10, 'total_steps': 100}
    assert (rates(range(0, 110, 10), tf.int32, **options) == rates(range(0, 110, 10), tf.int64, **options)).all()


def test_renormalisation_waits_for_the_warm_up_and_then_grows():
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int32, ())
        limits = renorm_limits(step, 100)
        found = [session.run(limits, {step: value}) for value in (0, 99, 100, 300, 500, 10_000)]
        at_once = session.run(renorm_limits(tf.constant(1), 0))
    assert found == [(1, 0), (1, 0), (1, 0), (2, 2.5), (3, 5), (3, 5)]
    assert at_once == (3, 5)
