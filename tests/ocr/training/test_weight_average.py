"""Running averages of weights: what they are, that they are read and validated with, and that training runs go on."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.model_files.checkpoint import read_values, reading_map, restore
from ocr.training.weight_average import WeightAverage


class Trainer:
    """What the callback needs of a trainer."""

    updates = True

    def __init__(self, session):
        self.sess = session


def updates(value, decay, number, start=0.0):
    """The average after `number` updates with the same value."""
    average = start
    for n in range(number):
        share = min(decay, (1 + n) / (10 + n))
        average = share * average + (1 - share) * value
    return average


@pytest.fixture
def trained(tmp_path):
    """(session, weight, callback, path of a checkpoint) after 30 updates with a weight of 3."""
    with tf.Graph().as_default():
        weight = tf.get_variable('part/weights', [2], initializer=tf.constant_initializer(3.0))
        tf.get_variable('part/weights/Adam', [2], initializer=tf.zeros_initializer())
        tf.train.get_or_create_global_step()
        callback = WeightAverage(0.9)
        callback._setup_graph()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            callback.trainer = Trainer(session)
            for _ in range(30):
                session.run(callback._before_run(None).fetches)
            path = tf.train.Saver().save(session, str(tmp_path / 'model'))
            yield session, weight, callback, path


def test_the_average_follows_quickly_at_first(trained):
    path = trained[3]
    stored = read_values(path, ['part/weights/average', 'num_averaged', 'part/weights/Adam/average'])
    assert stored.keys() == {'part/weights/average', 'num_averaged'} and stored['num_averaged'] == 30
    np.testing.assert_allclose(stored['part/weights/average'], updates(3, 0.9, 30), rtol=1e-5)


def test_the_averages_stand_in_for_the_weights_for_a_while(trained):
    session, weight, callback, _ = trained
    session.run(weight.initializer, {weight.initializer.inputs[1]: np.float32([7, 8])})
    with callback.in_place_of_weights():
        np.testing.assert_allclose(session.run(weight), updates(3, 0.9, 30), rtol=1e-5)
    assert session.run(weight).tolist() == [7, 8]
    with pytest.raises(ValueError), callback.in_place_of_weights():
        raise ValueError
    assert session.run(weight).tolist() == [7, 8]


def test_a_checkpoint_is_read_with_its_averages(trained, tmp_path):
    session, weight, *_ = trained
    session.run(weight.initializer, {weight.initializer.inputs[1]: np.float32([7, 8])})
    path = tf.train.Saver().save(session, str(tmp_path / 'later'))
    with tf.Graph().as_default(), tf.Session() as reading:
        variable = tf.get_variable('part/weights', [2])
        restore(reading, reading_map([variable], path), path)
        np.testing.assert_allclose(reading.run(variable), updates(3, 0.9, 30), rtol=1e-5)
