"""Weights of a trained model in the variables of a new one."""

import math

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.frozen_graph import load_graph, read_weights
from ocr.network.attention import CLASS_AXES
from ocr.training.initial_weights import RestoreWeights, Start, session_start

FIRST_LAYER = 'InceptionV4/Conv2d_1a_3x3'
OLD = Charset('ab')
EMBEDDING_SIZE = 3


def shapes(num_classes):
    return dict(
        zip(CLASS_AXES, [(num_classes, EMBEDDING_SIZE), (EMBEDDING_SIZE, num_classes), (num_classes,)], strict=True)
    )


def run_restored(checkpoint, charset, trained_charset=OLD, value=-1.0):
    """{name: value} of a model for `charset`, all whose variables began as `value`, after it took over a checkpoint."""
    with tf.Graph().as_default(), tf.Session() as session:
        for name, shape in {**shapes(charset.num_classes), 'weights': (2,)}.items():
            tf.get_variable(name, shape, initializer=tf.constant_initializer(value))
        tf.train.AdamOptimizer().minimize(tf.add_n([tf.reduce_sum(v) for v in tf.trainable_variables()]))
        session.run(tf.global_variables_initializer())
        start = Start(str(checkpoint), charset, trained_charset, None)
        RestoreWeights(start).init(session)
        return session.run({variable.op.name: variable for variable in tf.global_variables()})


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """A checkpoint for OLD in which all values differ."""
    path = tmp_path_factory.mktemp('model') / 'model-5'
    with tf.Graph().as_default(), tf.Session() as session:
        for number, (name, shape) in enumerate({**shapes(OLD.num_classes), 'weights': (2,)}.items()):
            tf.get_variable(name, initializer=np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 100 * number)
            tf.get_variable(f'{name}/Adam', initializer=np.ones(shape, np.float32))
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(path), write_meta_graph=False)
    return path


@pytest.mark.parametrize(
    ('characters', 'ids'), [('ab', [0, 1, 2, 3]), ('ba', [0, 1, 3, 2]), ('cbda', [0, 1, -1, 3, -1, 2])]
)
def test_each_class_finds_its_row(checkpoint, characters, ids):
    values = run_restored(checkpoint, Charset(characters))
    embedding, softmax, bias = (values[name] for name in CLASS_AXES)
    for class_id, old_id in enumerate(ids):
        known = old_id >= 0
        np.testing.assert_array_equal(embedding[class_id], 3 * old_id + np.arange(3) if known else [-1] * 3)
        np.testing.assert_array_equal(softmax[:, class_id], 100 + old_id + 4 * np.arange(3) if known else [-1] * 3)
        assert bias[class_id] == pytest.approx(200 + old_id if known else -1 - math.log(ids.count(-1)))
    np.testing.assert_array_equal(values['weights'], [300, 301])
    assert (values['weights/Adam'] == 0).all()  # the optimizer starts over


def test_a_charset_that_is_not_the_models_is_refused(checkpoint):
    with pytest.raises(InputError, match=r'softmax_w is \[3, 4\], the model has \[3, 6\]'):
        run_restored(checkpoint, Charset('abcd'), trained_charset=Charset('abc'))


def test_an_encoder_starts_from_a_frozen_recogniser():
    path = str(tiny.ROOT / 'pretrain' / 'latin.pb')
    with tf.Graph().as_default(), tf.Session() as session:
        encoder = tf.get_variable(f'{FIRST_LAYER}/weights', (3, 3, 3, 16))
        other = tf.get_variable('detector/weights', (2,), initializer=tf.zeros_initializer())
        session.run(tf.global_variables_initializer())
        session_start(None, path)[0].init(session)
        stored = read_weights(load_graph(path, 'pretrain_path', wanted=()), [encoder.op.name])
        np.testing.assert_array_equal(session.run(encoder), stored[encoder.op.name])
        np.testing.assert_array_equal(session.run(other), [0, 0])


@pytest.mark.parametrize(
    ('name', 'channels', 'message'),
    [(f'{FIRST_LAYER}/weights', 8, 'another architecture'), ('detector/weights', 16, 'no variable of Inception-v4')],
)
def test_an_encoder_of_other_widths_is_refused(name, channels, message):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable(name, (3, 3, 3, channels))
        with pytest.raises(InputError, match=message):
            session_start(None, str(tiny.ROOT / 'pretrain' / 'latin.pb'))[0].init(session)
