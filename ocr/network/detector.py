"""Detector: where there is text in a photograph, by differentiable binarisation on the recogniser's encoder.

Liao et al. 2020, arXiv:1911.08947, and 2022, arXiv:2202.10304: blocks of the encoder at strides 4, 8 and 16 are fused
from the top down, two heads tell for each pixel how probable text is and at which probability it begins, and training
sees both through a steep sigmoid in place of a step.
Differs from the papers: the encoder is Inception-v4, which ends at stride 16; transposed convolutions of stride 2 are
written as 1x1 convolutions whose channels become 2x2 pixels, which is the same map; every convolution of the fusion
has batch norm and ReLU.
"""

import tensorflow.compat.v1 as tf

from ocr.network.architecture import DETECTOR_STRIDE
from ocr.network.inception_v4 import convolve, encode_blocks, scaled_depth

SCOPE = 'detector'
LEVELS = ('Mixed_4a', 'Mixed_5e')  # blocks at strides 4 and 8; the one at 16 is the final endpoint
STEEPNESS = 50  # k of the soft binarisation
FUSED_DEPTH, HEAD_DEPTH = 256, 128  # channels at depth multiplier 1


def encode_levels(image, *, final_endpoint, depth_multiplier, frozen_block='', **normalization):
    """Feature maps at strides 4, 8 and 16: [float32 (N, H, W, C)], the finest first.

    Args:
        image: float32 (N, H, W, 3), RGB in 0..1; sides are multiples of DETECTOR_STRIDE.
        final_endpoint: last block, `Mixed_6a` to `Mixed_6h`.
        depth_multiplier: factor on the channels of encoder and detector.
        frozen_block, normalization: see inception_v4.encode_blocks.
    """
    if not final_endpoint.startswith('Mixed_6'):
        raise ValueError(f'final_endpoint {final_endpoint!r}: a detector ends at Mixed_6a to Mixed_6h')
    blocks = encode_blocks(
        image,
        final_endpoint=final_endpoint,
        depth_multiplier=depth_multiplier,
        reduction_stride=2,
        frozen_block=frozen_block,
        **normalization,
    )
    return [blocks[name] for name in (*LEVELS, final_endpoint)]


def fuse(levels, *, depth_multiplier, **normalization):
    """Levels fused from the top down (Lin et al. 2017, arXiv:1612.03144), then laid side by side at stride 4.

    Args:
        levels: as of encode_levels.

    Returns:
        float32 (N, H / 4, W / 4, C).
    """
    depth = scaled_depth(FUSED_DEPTH, depth_multiplier)
    with tf.variable_scope(SCOPE):
        sums = []
        for number, level in reversed(list(enumerate(levels))):
            lateral = convolve(level, f'Lateral_{number}_1x1', depth, [1, 1], 1, **normalization)
            sums.append(lateral + enlarge(sums[-1], 2) if sums else lateral)
        outputs = []
        for number, level in enumerate(reversed(sums)):
            part = convolve(level, f'Smooth_{number}_3x3', depth // 4, [3, 3], 1, **normalization)
            outputs.append(enlarge(part, 2**number))
        return tf.concat(outputs, axis=3)


def read_map(features, name, *, depth_multiplier, **normalization):
    """One head: logits float32 (N, H, W) of a map in the picture's own resolution, from fused features."""
    depth = scaled_depth(HEAD_DEPTH, depth_multiplier)
    with tf.variable_scope(SCOPE), tf.variable_scope(name):
        x = convolve(features, 'Conv2d_0_3x3', depth, [3, 3], 1, **normalization)
        x = convolve(x, 'Conv2d_1_1x1', 4 * (depth // 2), [1, 1], 1, **normalization)
        x = tf.nn.depth_to_space(x, 2)  # (N, H / 2, W / 2, depth / 2)
        weights = tf.get_variable(
            'Conv2d_2_1x1/weights', [1, 1, depth // 2, 4], initializer=tf.variance_scaling_initializer(1.0)
        )
        bias = tf.get_variable('Conv2d_2_1x1/biases', [4], initializer=tf.zeros_initializer())
        x = tf.nn.depth_to_space(tf.nn.bias_add(tf.nn.conv2d(x, weights, 1, 'SAME'), bias), 2)  # (N, H, W, 1)
        return x[:, :, :, 0]


def enlarge(x, factor):
    """(N, H, W, C) -> (N, factor H, factor W, C), every cell repeated."""
    if factor == 1:
        return x
    shape = tf.shape(x)
    return tf.image.resize_nearest_neighbor(x, [shape[1] * factor, shape[2] * factor])


def pad_to_stride(image):
    """Pictures (N, H, W, 3), black to the right and below up to sides that are multiples of DETECTOR_STRIDE."""
    below, right = (_missing(tf.shape(image)[axis]) for axis in (1, 2))
    return tf.pad(image, [[0, 0], [0, below], [0, right], [0, 0]])


def _missing(side):
    """Pixels that a side lacks of a multiple; no number is below 0, whose remainder differs in ONNX."""
    return (DETECTOR_STRIDE - side % DETECTOR_STRIDE) % DETECTOR_STRIDE


def soft_binary(probability, threshold):
    """Soft binarisation, eq. 2 of arXiv:1911.08947: sigmoid(k (probability - threshold)), values and maps in 0..1."""
    return tf.sigmoid(STEEPNESS * (probability - threshold))
