"""Encoder: Inception-v4 cut after its 17x17 blocks, at stride 8.

Szegedy et al. 2016, arXiv:1602.07261, figures 3-8. Variable names are those of the public slim checkpoint
`inception_v4.ckpt`, so that ImageNet weights load by name. Differs from the slim network: every convolution and pool is
padded SAME, and Reduction-A (`Mixed_6a`) keeps its resolution, so features lie at stride 8 instead of 16, unless
`reduction_stride` is the slim network's 2.
"""

from typing import Any, NamedTuple

import tensorflow.compat.v1 as tf

from ocr.network.architecture import ENDPOINTS
from ocr.network.losses import add_weight_loss

SCOPE = 'InceptionV4'
MIN_DEPTH = 8  # channels that a convolution keeps at least, with any multiplier
BATCH_NORM_EPSILON = 0.001
REDUCTION = 'reduction'  # in the table below: the stride is `reduction_stride`

# A block is a list of branches, a branch a chain of layers, and the branches' outputs are concatenated. A layer is
# (name, output channels, stride); its kernel is read off its name, as in Conv2d_0b_1x7. Pools keep the channels.
STEM = [
    ('Conv2d_1a_3x3', 32, 2),
    ('Conv2d_2a_3x3', 32, 1),
    ('Conv2d_2b_3x3', 64, 1),
]
_MIXED_3A = [[('MaxPool_0a_3x3', None, 2)], [('Conv2d_0a_3x3', 96, 2)]]
_MIXED_4A = [
    [('Conv2d_0a_1x1', 64, 1), ('Conv2d_1a_3x3', 96, 1)],
    [('Conv2d_0a_1x1', 64, 1), ('Conv2d_0b_1x7', 64, 1), ('Conv2d_0c_7x1', 64, 1), ('Conv2d_1a_3x3', 96, 1)],
]
_MIXED_5A = [[('Conv2d_1a_3x3', 192, 2)], [('MaxPool_1a_3x3', None, 2)]]
_INCEPTION_A = [
    [('Conv2d_0a_1x1', 96, 1)],
    [('Conv2d_0a_1x1', 64, 1), ('Conv2d_0b_3x3', 96, 1)],
    [('Conv2d_0a_1x1', 64, 1), ('Conv2d_0b_3x3', 96, 1), ('Conv2d_0c_3x3', 96, 1)],
    [('AvgPool_0a_3x3', None, 1), ('Conv2d_0b_1x1', 96, 1)],
]
_REDUCTION_A = [
    [('Conv2d_1a_3x3', 384, REDUCTION)],
    [('Conv2d_0a_1x1', 192, 1), ('Conv2d_0b_3x3', 224, 1), ('Conv2d_1a_3x3', 256, REDUCTION)],
    [('MaxPool_1a_3x3', None, REDUCTION)],
]
_INCEPTION_B = [
    [('Conv2d_0a_1x1', 384, 1)],
    [('Conv2d_0a_1x1', 192, 1), ('Conv2d_0b_1x7', 224, 1), ('Conv2d_0c_7x1', 256, 1)],
    [
        ('Conv2d_0a_1x1', 192, 1),
        ('Conv2d_0b_7x1', 192, 1),
        ('Conv2d_0c_1x7', 224, 1),
        ('Conv2d_0d_7x1', 224, 1),
        ('Conv2d_0e_1x7', 256, 1),
    ],
    [('AvgPool_0a_3x3', None, 1), ('Conv2d_0b_1x1', 128, 1)],
]
BLOCKS = {
    'Mixed_3a': _MIXED_3A,
    'Mixed_4a': _MIXED_4A,
    'Mixed_5a': _MIXED_5A,
    **{f'Mixed_5{letter}': _INCEPTION_A for letter in 'bcde'},
    'Mixed_6a': _REDUCTION_A,
    **{f'Mixed_6{letter}': _INCEPTION_B for letter in 'bcdefgh'},
}


class Limits(NamedTuple):
    """How far batch renormalisation may correct: float32 () tensors. 1 and 0 are plain batch norm."""

    scale: Any  # r_max, of the ratio of the standard deviations, and its reciprocal
    shift: Any  # d_max, of the difference of the means in stored standard deviations


def encode(
    image,
    *,
    is_training,
    final_endpoint=ENDPOINTS[-1],
    depth_multiplier=1.0,
    batch_norm_decay=0.9997,
    weight_decay=4e-5,
    renorm=None,
    frozen_block='',
):
    """Feature map of a batch of canvases.

    Args:
        image: float32 (N, S, S, 3), RGB in 0..1; any height and width.
        is_training: bool; batch norm uses the batch's statistics and collects the updates of its moving averages.
        final_endpoint: name of the last block, one of ENDPOINTS.
        depth_multiplier: factor on every layer's channels.
        batch_norm_decay: decay of the moving averages.
        weight_decay: L2 weight of every convolution, see losses.add_weight_loss.
        renorm: Limits of batch renormalisation in training, for batches that are not alike; None is plain batch norm.
        frozen_block: name of the block up to which weights are not trained, or '' for none.

    Returns:
        features: float32 (N, H, W, C) with H = W = S / 8, rounded up; C is 1024 at `Mixed_6h` and depth 1.
    """
    if final_endpoint not in ENDPOINTS:
        raise ValueError(f'final_endpoint {final_endpoint!r} is not one of {", ".join(ENDPOINTS)}')
    return encode_blocks(
        image,
        is_training=is_training,
        final_endpoint=final_endpoint,
        depth_multiplier=depth_multiplier,
        batch_norm_decay=batch_norm_decay,
        weight_decay=weight_decay,
        renorm=renorm,
        frozen_block=frozen_block,
    )[final_endpoint]


def encode_blocks(image, *, final_endpoint, depth_multiplier, reduction_stride=1, frozen_block='', **normalization):
    """Feature maps of all blocks up to one.

    Args:
        image, final_endpoint, depth_multiplier, frozen_block: as of `encode`.
        reduction_stride: of `Mixed_6a`; 2, as in the slim network, puts what follows at stride 16.
        normalization: is_training, batch_norm_decay, weight_decay and renorm, as of `encode`.

    Returns:
        {block's name: float32 (N, H, W, C)} in their order; at stride 4 up to `Mixed_4a`, at 8 from `Mixed_5a`.
    """

    num_frozen = 1 + list(BLOCKS).index(frozen_block) if frozen_block else 0

    def run_layer(x, name, depth, stride, frozen):
        kernel = [int(side) for side in name.rsplit('_', 1)[1].split('x')]
        stride = reduction_stride if stride == REDUCTION else stride
        if name.startswith('MaxPool'):
            return tf.nn.max_pool2d(x, kernel, stride, 'SAME', name=name)
        if name.startswith('AvgPool'):
            return tf.nn.avg_pool2d(x, kernel, stride, 'SAME', name=name)
        depth = scaled_depth(depth, depth_multiplier)
        return convolve(x, name, depth, kernel, stride, frozen=frozen, **normalization)

    def run_branch(x, layers, frozen):
        for name, depth, stride in layers:
            x = run_layer(x, name, depth, stride, frozen)
        return x

    with tf.variable_scope(SCOPE):
        features, blocks = run_branch(image, STEM, num_frozen > 0), {}
        for number, (block, branches) in enumerate(BLOCKS.items()):
            with tf.variable_scope(block):
                outputs = []
                for index, layers in enumerate(branches):
                    with tf.variable_scope(f'Branch_{index}'):
                        outputs.append(run_branch(features, layers, number < num_frozen))
                features = blocks[block] = tf.concat(outputs, axis=3)
            if block == final_endpoint:
                break
        return blocks


def scaled_depth(depth, depth_multiplier):
    """Channels of a layer that has `depth` of them in the full network."""
    return max(int(depth * depth_multiplier), MIN_DEPTH)


def convolve(x, name, depth, kernel, stride, *, is_training, batch_norm_decay, weight_decay, renorm=None, frozen=False):
    """Convolution without bias, batch norm, ReLU: (N, H, W, C) -> (N, H / stride, W / stride, depth).

    Frozen, it has no variables that are trained, and no L2 that would pull them to 0.

    With stored statistics batch norm is a scale and a shift for each channel, so it is folded into the convolution:
    conv(x, w) / sigma - mean / sigma + beta = conv(x, w / sigma) + (beta - mean / sigma).
    """
    with tf.variable_scope(name):
        shape, initializer = [*kernel, x.shape[3], depth], tf.variance_scaling_initializer(2.0)
        weights = tf.get_variable('weights', shape, initializer=initializer, trainable=not frozen)
        add_weight_loss(weights, 0 if frozen else weight_decay)
        beta, mean, variance = _batch_norm_variables(depth, frozen)
        if is_training:
            x = tf.nn.conv2d(x, weights, stride, 'SAME')
            return tf.nn.relu(_normalize(x, beta, mean, variance, batch_norm_decay, renorm))
        scale = tf.math.rsqrt(variance + BATCH_NORM_EPSILON)
        return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weights * scale, stride, 'SAME'), beta - mean * scale))


def _batch_norm_variables(depth, frozen=False):
    """Learnt centre, moving mean and moving variance, (depth,) each; there is no learnt scale."""
    with tf.variable_scope('BatchNorm'):
        return (
            tf.get_variable('beta', [depth], initializer=tf.zeros_initializer(), trainable=not frozen),
            tf.get_variable('moving_mean', [depth], initializer=tf.zeros_initializer(), trainable=False),
            tf.get_variable('moving_variance', [depth], initializer=tf.ones_initializer(), trainable=False),
        )


def _normalize(x, beta, mean, variance, decay, renorm=None):
    """Batch norm with the batch's own statistics over N, H and W (Ioffe & Szegedy 2015, arXiv:1502.03167).

    With Limits it is batch renormalisation (Ioffe 2017, arXiv:1702.03275, algorithm 1): the outcome is moved to what
    the stored statistics would give, as far as the limits allow, and the gradient still goes through the batch's.

    Collects the updates that move the stored mean and variance towards the batch's.
    """
    scale = tf.ones([int(x.shape[3])])
    offset = beta if renorm is None else tf.zeros_like(beta)
    x, batch_mean, batch_variance = tf.nn.fused_batch_norm(x, scale, offset, epsilon=BATCH_NORM_EPSILON)
    correction = []
    if renorm is not None:
        correction = _renorm_correction(batch_mean, batch_variance, mean, variance, renorm)
        x = x * correction[0] + (correction[1] + beta)
    with tf.control_dependencies(correction):  # the stored statistics are read before they move
        for moving, batch in ((mean, batch_mean), (variance, batch_variance)):
            update = tf.assign_sub(moving, (1 - decay) * (moving - batch))
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
    return x


def _renorm_correction(batch_mean, batch_variance, mean, variance, limits):
    """(r, d) of Ioffe 2017, float32 (C,) each; no gradient goes through them."""
    stored = tf.math.rsqrt(variance + BATCH_NORM_EPSILON)
    ratio = tf.sqrt(batch_variance + BATCH_NORM_EPSILON) * stored
    shift = (batch_mean - mean) * stored
    return [
        tf.stop_gradient(tf.clip_by_value(ratio, 1 / limits.scale, limits.scale)),
        tf.stop_gradient(tf.clip_by_value(shift, -limits.shift, limits.shift)),
    ]
