"""The detector's graph: shapes for any picture, names, and what padding may not change."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from ocr.network import detector
from ocr.network.inception_v4 import encode_blocks

PLAIN = {'is_training': False, 'batch_norm_decay': 0.9, 'weight_decay': 0}
THIN = {**PLAIN, 'depth_multiplier': 0.05}


def probability(image):
    levels = detector.encode_levels(detector.pad_to_stride(image), final_endpoint='Mixed_6a', **THIN)
    return detector.read_map(detector.fuse(levels, **THIN), 'probability', **THIN)


def test_the_levels_lie_at_strides_4_8_and_16():
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, (None, 64, 96, 3))
        levels = detector.encode_levels(image, final_endpoint='Mixed_6b', **THIN)
        assert [level.shape.as_list()[1:3] for level in levels] == [[16, 24], [8, 12], [4, 6]]


def test_the_map_has_the_pictures_size_whatever_it_is():
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, (None, None, None, 3))
        logits = probability(image)
        session.run(tf.global_variables_initializer())
        for height, width in ((32, 48), (33, 20), (1, 1), (70, 16)):
            padded = session.run(logits, {image: np.ones((2, height, width, 3))})
            assert padded.shape == (2, -(-height // 16) * 16, -(-width // 16) * 16)


def test_padding_is_black_to_the_right_and_below():
    with tf.Graph().as_default(), tf.Session() as session:
        padded = session.run(detector.pad_to_stride(tf.ones([1, 17, 30, 3])))
    assert padded.shape == (1, 32, 32, 3)
    assert padded[0, :17, :30].all()
    assert padded.sum() == 17 * 30 * 3


def test_the_encoders_variables_are_the_recognisers():
    def names(build):
        with tf.Graph().as_default():
            build(tf.placeholder(tf.float32, (None, 32, 32, 3)))
            return {v.op.name: v.shape.as_list() for v in tf.global_variables() if v.op.name.startswith('InceptionV4/')}

    of_detector = names(lambda image: detector.encode_levels(image, final_endpoint='Mixed_6d', **THIN))
    of_recogniser = names(lambda image: encode_blocks(image, final_endpoint='Mixed_6d', **THIN))
    assert of_detector == of_recogniser
    assert len(of_detector) > 200


def test_what_is_new_stands_in_a_scope_of_its_own():
    with tf.Graph().as_default():
        probability(tf.placeholder(tf.float32, (None, None, None, 3)))
        new = [v.op.name for v in tf.global_variables() if not v.op.name.startswith('InceptionV4/')]
    assert all(name.startswith('detector/') for name in new)
    assert 'detector/Lateral_2_1x1/weights' in new
    assert 'detector/probability/Conv2d_2_1x1/weights' in new


@pytest.mark.parametrize('endpoint', ['Mixed_5c', 'Mixed_4a', ''])
def test_an_endpoint_without_stride_16_is_refused(endpoint):
    with tf.Graph().as_default(), pytest.raises(ValueError, match='Mixed_6a to Mixed_6h'):
        detector.encode_levels(tf.placeholder(tf.float32, (1, 32, 32, 3)), final_endpoint=endpoint, **THIN)


def test_cells_repeat():
    with tf.Graph().as_default(), tf.Session() as session:
        x = np.arange(6, dtype=np.float32).reshape(1, 2, 3, 1)
        assert (session.run(detector.enlarge(tf.constant(x), 2)) == x.repeat(2, axis=1).repeat(2, axis=2)).all()
