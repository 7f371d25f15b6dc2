"""The encoder's shapes, names and batch norm; its numbers are held to the reference's in test_golden."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from golden import batch_norm

from ocr.network import inception_v4
from ocr.network.architecture import ENDPOINTS, STRIDE
from ocr.network.inception_v4 import encode, scaled_depth
from ocr.network.losses import WEIGHT_LOSSES

THIN = 0.05  # of the channels: 8 a layer, the least


def features_of(shape, **options):
    """The feature map's tensor for canvases of a shape; in a graph of the caller's."""
    return encode(tf.placeholder(tf.float32, shape), **{'is_training': False, 'depth_multiplier': THIN, **options})


@pytest.mark.parametrize(
    ('height', 'width', 'expected'),
    [(64, 64, (8, 8)), (32, 96, (4, 12)), (33, 63, (5, 8)), (17, 100, (3, 13)), (8, 8, (1, 1)), (1, 9, (1, 2))],
)
def test_features_lie_at_stride_8_rounded_up(height, width, expected):
    with tf.Graph().as_default():
        features = features_of((None, height, width, 3), final_endpoint='Mixed_5a')
        assert features.shape.as_list()[1:3] == list(expected)


def test_no_block_behind_takes_steps_or_edges():
    with tf.Graph().as_default():
        assert features_of((None, 33, 64, 3)).shape.as_list()[1:3] == [5, 8]


def test_any_size_goes_through_one_graph():
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, (None, None, None, 3))
        features = encode(image, is_training=False, depth_multiplier=THIN, final_endpoint='Mixed_5b')
        session.run(tf.global_variables_initializer())
        for height, width in ((40, 33), (16, 70)):
            out = session.run(features, {image: np.ones((2, height, width, 3))})
            assert out.shape == (2, -(-height // 8), -(-width // 8), 32)


def test_the_final_endpoint_ends_the_network():
    def network(final_endpoint):
        with tf.Graph().as_default():
            features = features_of((1, 16, 16, 3), final_endpoint=final_endpoint, depth_multiplier=1.0)
            return features.shape[3], [variable.op.name for variable in tf.global_variables()]

    _, whole = network('Mixed_6h')
    assert len(whole) == 113 * 4
    for final_endpoint, channels in (('Mixed_5a', 384), ('Mixed_5e', 384), ('Mixed_6a', 1024), ('Mixed_6c', 1024)):
        num_channels, names = network(final_endpoint)
        assert num_channels == channels
        assert names == whole[: len(names)]
        assert names[-1].startswith(f'InceptionV4/{final_endpoint}/')
        assert not whole[len(names)].startswith(f'InceptionV4/{final_endpoint}/')


def test_the_endpoints_are_those_at_the_stride():
    assert tuple(name for name in inception_v4.BLOCKS if name >= 'Mixed_5a') == ENDPOINTS
    for name in ENDPOINTS:
        with tf.Graph().as_default():
            features = features_of((1, 4 * STRIDE, STRIDE, 3), final_endpoint=name, depth_multiplier=0.05)
        assert features.shape[1:3] == (4, 1)


@pytest.mark.parametrize('final_endpoint', ['Mixed_7a', 'Mixed_4a', 'mixed_5b', ''])
def test_an_unknown_endpoint_is_refused_by_name(final_endpoint):
    with (
        tf.Graph().as_default(),
        pytest.raises(ValueError, match=rf"'{final_endpoint}' is not one of Mixed_5a, .*Mixed_6h"),
    ):
        features_of((1, 16, 16, 3), final_endpoint=final_endpoint)


@pytest.mark.parametrize(
    ('depth', 'multiplier', 'expected'), [(96, 1.0, 96), (96, 0.375, 36), (96, 2, 192), (32, 0.25, 8), (32, 0.01, 8)]
)
def test_the_depth_multiplier_keeps_at_least_8_channels(depth, multiplier, expected):
    assert scaled_depth(depth, multiplier) == expected


def test_the_depth_multiplier_scales_every_convolution():
    with tf.Graph().as_default():
        features = features_of((1, 16, 16, 3), depth_multiplier=0.5, final_endpoint='Mixed_5b')
        shapes = {v.op.name: v.shape.as_list() for v in tf.global_variables() if v.op.name.endswith('weights')}
    assert features.shape[3] == 192
    assert shapes['InceptionV4/Conv2d_1a_3x3/weights'] == [3, 3, 3, 16]
    assert shapes['InceptionV4/Mixed_4a/Branch_1/Conv2d_0b_1x7/weights'] == [1, 7, 32, 32]
    assert shapes['InceptionV4/Mixed_5b/Branch_3/Conv2d_0b_1x1/weights'] == [1, 1, 192, 48]


def test_every_convolution_carries_an_l2_term():
    with tf.Graph().as_default(), tf.Session() as session:
        features_of((1, 16, 16, 3), final_endpoint='Mixed_5a', weight_decay=0.5)
        session.run(tf.global_variables_initializer())
        weights = [v for v in tf.trainable_variables() if v.op.name.endswith('weights')]
        terms, values = session.run([tf.get_collection(WEIGHT_LOSSES), weights])
    np.testing.assert_allclose(terms, [0.25 * (value.astype(np.float64) ** 2).sum() for value in values], rtol=1e-4)
    assert len(terms) == 3 + 1 + 6 + 1


def test_up_to_the_frozen_block_nothing_is_trained_or_pulled_to_0():
    with tf.Graph().as_default():
        features_of((2, 32, 64, 3), final_endpoint='Mixed_5a', frozen_block='Mixed_4a')
        trained = {v.op.name for v in tf.trainable_variables()}
        assert trained == {f'InceptionV4/Mixed_5a/Branch_0/Conv2d_1a_3x3/{x}' for x in ('weights', 'BatchNorm/beta')}
        assert len(tf.get_collection(WEIGHT_LOSSES)) == 1


# Batch norm, on the first layer alone


DECAY = 0.9
FIRST = 'InceptionV4/Conv2d_1a_3x3'


@pytest.fixture
def first_layer():
    """Function (is_training) -> session, the image's placeholder, first layer's output and variables by name.

    Batch norm's variables can be given other values by name.
    """
    opened = []

    def build(is_training, **stored):
        graph = tf.Graph()
        with graph.as_default():
            image = tf.placeholder(tf.float32, (None, 16, 16, 3))
            encode(
                image,
                is_training=is_training,
                depth_multiplier=THIN,
                final_endpoint='Mixed_5a',
                batch_norm_decay=DECAY,
            )
            session = tf.Session()
            opened.append(session)
            session.run(tf.global_variables_initializer())
            variables = {v.op.name.removeprefix(f'{FIRST}/'): v for v in tf.global_variables(FIRST)}
            relu = graph.get_tensor_by_name(f'{FIRST}/Relu:0')
            for name, value in stored.items():
                variables[f'BatchNorm/{name}'].load(np.float32(value), session)
        return session, image, relu, variables

    yield build
    for session in opened:
        session.close()


def pictures():
    return np.random.default_rng(0).uniform(0, 1, (4, 16, 16, 3)).astype(np.float32)


def convolved(session, weights):
    """float64 (4, 8, 8, 8), what the first convolution makes of the pictures."""
    with session.graph.as_default():
        return session.run(tf.nn.conv2d(pictures(), weights, 2, 'SAME')).astype(np.float64)


def test_in_training_the_batch_is_normalised_and_the_learnt_centre_added(first_layer):
    beta = np.linspace(-1, 1, 8)
    session, image, relu, variables = first_layer(True, beta=beta)
    x = convolved(session, variables['weights'])
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    assert np.abs(mean).max() > 0.1  # else this shows nothing
    expected = np.maximum((x - mean) / np.sqrt(variance + 0.001) + beta, 0)
    np.testing.assert_allclose(session.run(relu, {image: pictures()}), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize('shape', [(2, 32, 32, 32), (3, 5, 7, 96), (1, 1, 3, 8)])
def test_one_batch_norm_agrees_with_the_one_behind_the_golden_arrays(shape):
    draw = np.random.default_rng(0)
    spread = np.geomspace(0.01, 10, shape[3])  # variances from below the epsilon to far above
    x = (spread * draw.normal(0.5, 1, shape)).astype(np.float32)
    beta = draw.normal(size=shape[3]).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        moving = [tf.Variable(tf.zeros([shape[3]])) for _ in range(2)]
        ours = session.run(inception_v4._normalize(tf.constant(x), tf.constant(beta), *moving, DECAY))
    np.testing.assert_allclose(ours, batch_norm.normalize(x, beta), rtol=0, atol=1e-5)


STORED = np.float32([0.2, -0.1, 0.4, 0.0]), np.float32([0.5, 2.0, 0.01, 40.0])


def renormalised(x, beta, limits):
    """(outcome, its gradient for x under weights that differ by row, stored statistics after the updates)."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        moving = [tf.Variable(value, trainable=False) for value in STORED]
        source = tf.constant(x)
        outcome = inception_v4._normalize(source, tf.constant(beta), *moving, DECAY, inception_v4.Limits(*limits))
        weights = np.random.default_rng(1).normal(size=x.shape).astype(np.float32)
        gradient = tf.gradients(tf.reduce_sum(outcome * weights), source)[0]
        session.run(tf.global_variables_initializer())
        found = session.run([outcome, gradient])
        session.run(graph.get_collection(tf.GraphKeys.UPDATE_OPS))
        return *found, session.run(moving)


def batch_of_four_channels():
    draw = np.random.default_rng(0)
    x = draw.normal([0.1, 0.5, 0.4, -3.0], [0.5, 1.0, 0.3, 1.0], (6, 5, 7, 4)).astype(np.float32)
    return x, np.float32([0.0, 0.5, -1.0, 2.0])


def test_renormalisation_gives_what_the_stored_statistics_would():
    x, beta = batch_of_four_channels()
    mean, variance = STORED
    outcome, _, _ = renormalised(x, beta, (1e6, 1e6))
    expected = (x - mean) / np.sqrt(variance + 0.001) + beta
    np.testing.assert_allclose(outcome, expected, rtol=4e-3, atol=1e-2)  # variance of 210 rows in 209 parts


def test_renormalisation_corrects_as_far_as_its_limits():
    x, beta = batch_of_four_channels()
    mean, variance = STORED
    own_mean, own_deviation = x.mean(axis=(0, 1, 2)), np.sqrt(x.var(axis=(0, 1, 2)) + 0.001)
    ratio = np.clip(own_deviation / np.sqrt(variance + 0.001), 1 / 2, 2)
    shift = np.clip((own_mean - mean) / np.sqrt(variance + 0.001), -0.3, 0.3)
    assert (ratio == 2).any() and (np.abs(shift) == np.float32(0.3)).any() and (np.abs(shift) < 0.3).any()
    outcome, _, _ = renormalised(x, beta, (2.0, 0.3))
    np.testing.assert_allclose(outcome, (x - own_mean) / own_deviation * ratio + shift + beta, rtol=2e-3, atol=5e-3)


def test_renormalisation_without_room_is_batch_norm():
    x, beta = batch_of_four_channels()
    outcome, gradient, moved = renormalised(x, beta, (1.0, 0.0))
    np.testing.assert_allclose(outcome, batch_norm.normalize(x, beta), rtol=0, atol=1e-5)
    assert np.abs(gradient).max() > 0.1
    mean = DECAY * STORED[0] + (1 - DECAY) * x.mean(axis=(0, 1, 2))
    np.testing.assert_allclose(moved[0], mean, rtol=1e-5, atol=1e-6)


def test_the_gradient_of_renormalisation_goes_through_the_statistics_of_the_batch():
    x, beta = batch_of_four_channels()
    plain, corrected = (renormalised(x, beta, limits)[1] for limits in ((1.0, 0.0), (1e6, 1e6)))
    own_deviation = np.sqrt(x.var(axis=(0, 1, 2), ddof=1) + 0.001)
    np.testing.assert_allclose(corrected, plain * own_deviation / np.sqrt(STORED[1] + 0.001), rtol=1e-4, atol=1e-4)
    assert np.abs(corrected.sum(axis=(0, 1, 2))).max() < 1e-2  # what moves all rows alike changes nothing


def test_moving_averages_move_when_the_updates_run_and_only_then(first_layer):
    session, image, relu, variables = first_layer(True)
    moving = [variables['BatchNorm/moving_mean'], variables['BatchNorm/moving_variance']]
    x = convolved(session, variables['weights'])
    session.run(relu, {image: pictures()})
    assert [value.tolist() for value in session.run(moving)] == [[0] * 8, [1] * 8]
    mean, variance = np.zeros(8), np.ones(8)
    for _ in range(2):
        session.run(session.graph.get_collection(tf.GraphKeys.UPDATE_OPS), {image: pictures()})
        mean = DECAY * mean + (1 - DECAY) * x.mean(axis=(0, 1, 2))
        variance = DECAY * variance + (1 - DECAY) * x.var(axis=(0, 1, 2), ddof=1)  # that of the population, estimated
        for ours, expected in zip(session.run(moving), (mean, variance), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-6)


def test_every_layer_updates_both_averages_in_training_and_none_in_inference():
    for is_training, per_layer in ((True, 2), (False, 0)):
        with tf.Graph().as_default():
            features_of((1, 16, 16, 3), is_training=is_training, final_endpoint='Mixed_5b')
            num_layers = len(tf.trainable_variables()) // 2
            assert num_layers == 18 and len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == per_layer * num_layers


def test_inference_uses_the_stored_statistics(first_layer):
    stored = {'beta': np.linspace(-1, 1, 8), 'moving_mean': np.linspace(0, 0.5, 8), 'moving_variance': np.arange(1, 9)}
    session, image, relu, variables = first_layer(False, **stored)
    x = convolved(session, variables['weights'])
    normalised = (x - stored['moving_mean']) / np.sqrt(stored['moving_variance'] + 0.001) + stored['beta']
    together = session.run(relu, {image: pictures()})
    np.testing.assert_allclose(together, np.maximum(normalised, 0), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(session.run(relu, {image: pictures()[:1]}), together[:1], rtol=1e-5, atol=1e-6)


def test_only_convolutions_and_centres_are_trained():
    with tf.Graph().as_default():
        features_of((1, 16, 16, 3), final_endpoint='Mixed_5a')
        kinds = {variable.op.name.rsplit('/', 1)[1] for variable in tf.trainable_variables()}
        stored = {variable.op.name.rsplit('/', 1)[1] for variable in tf.global_variables()} - kinds
    assert kinds == {'weights', 'beta'} and stored == {'moving_mean', 'moving_variance'}


def test_the_names_are_those_of_the_public_checkpoint():
    with tf.Graph().as_default():
        features_of((1, 16, 16, 3), final_endpoint='Mixed_5a')
        names = {variable.op.name for variable in tf.global_variables('InceptionV4/Mixed_4a/Branch_1/Conv2d_0b_1x7')}
    assert inception_v4.SCOPE == 'InceptionV4'
    assert names == {
        f'InceptionV4/Mixed_4a/Branch_1/Conv2d_0b_1x7/{name}'
        for name in ('weights', 'BatchNorm/beta', 'BatchNorm/moving_mean', 'BatchNorm/moving_variance')
    }
