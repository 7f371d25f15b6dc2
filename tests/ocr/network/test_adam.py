"""Adam with computed powers of beta, beside TensorFlow's, which counts."""

import numpy as np
import tensorflow.compat.v1 as tf

from ocr.network.adam import Adam

NUM_STEPS = 60


def trained(make_optimizer, num_replicas=1):
    """Values after each step, and the names of all variables; gradients are slices for one of two variables."""
    with tf.Graph().as_default(), tf.Session() as session:
        step, noise = tf.placeholder(tf.int32, ()), tf.placeholder(tf.float32, (3,))
        dense = tf.get_variable('dense', initializer=tf.constant([1.0, -2.0, 3.0]))
        table = tf.get_variable('table', initializer=tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
        loss = tf.reduce_sum(tf.square(dense) * noise) + tf.reduce_sum(tf.gather(table, [step % 2]) * noise)
        optimizer = make_optimizer(step)
        gradients = optimizer.compute_gradients(loss)
        update = [optimizer.apply_gradients(gradients)]
        for number in range(1, num_replicas):
            copies = [tf.get_variable(f'copy{number}/{v.op.name}', initializer=v.initial_value) for _, v in gradients]
            update.append(optimizer.apply_gradients([(g, v) for (g, _), v in zip(gradients, copies, strict=True)]))
        session.run(tf.global_variables_initializer())
        rng, values = np.random.default_rng(0), []
        for number in range(NUM_STEPS):
            session.run(update, {step: number, noise: rng.normal(size=3)})
            values.append(np.concatenate([value.ravel() for value in session.run([dense, table])]))
        return np.array(values), {variable.op.name for variable in tf.global_variables()}


def test_updates_equal_those_of_tensorflow_and_the_moments_have_the_same_names():
    ours, names = trained(lambda step: Adam(tf.constant(0.01), step))
    theirs, their_names = trained(lambda step: tf.train.AdamOptimizer(0.01))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    assert names == {'dense', 'table', 'dense/Adam', 'dense/Adam_1', 'table/Adam', 'table/Adam_1'}
    assert their_names - names == {'beta1_power', 'beta2_power'}


def test_replicas_that_share_the_optimizer_change_nothing():
    alone, _ = trained(lambda step: Adam(tf.constant(0.01), step))
    among_three, _ = trained(lambda step: Adam(tf.constant(0.01), step), num_replicas=3)
    np.testing.assert_array_equal(alone, among_three)
