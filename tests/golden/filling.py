"""Values for every variable and a batch of inputs, from legacy RandomState streams that no NumPy changes."""

import zlib

import numpy as np


def value(name, shape, seed=0):
    """float32 array for the variable called `name`, without ':0'; its stream is seeded by the name."""
    rng = np.random.RandomState((zlib.crc32(name.encode()) + 7919 * seed) % 2**32)
    normal = rng.standard_normal(tuple(shape))
    leaf = name.rsplit('/', 1)[-1]
    if leaf == 'moving_variance':
        filled = 1.0 + 0.2 * np.abs(normal)
    elif leaf in ('W_wemb', 'softmax_w'):
        filled = 0.5 * normal
    elif leaf == 'W_attention_wemb':
        filled = 4.0 * normal * np.sqrt(1.0 / shape[0])
    elif len(shape) == 1:
        filled = 0.1 * normal
    else:
        gain = 2.0 if leaf == 'weights' else 1.0
        filled = normal * np.sqrt(gain / np.prod(shape[:-1]))
        filled = filled * 40.0 if leaf == 'W_att' else filled
    return filled.astype(np.float32)


def inputs(batch, side, num_steps, num_classes, seed=0):
    """Bright textured stripes on black canvases, lying and standing in turn, with random labels.

    Returns:
        image float32 (N, S, S, 3), label int32 (N, T), mask float32 (N, T), normalized_bbox float32 (N, 4).
    """
    rng = np.random.RandomState(1000 + seed)
    image = np.zeros((batch, side, side, 3), np.float32)
    label = np.ones((batch, num_steps), np.int32)
    mask = np.zeros((batch, num_steps), np.float32)
    bbox = np.zeros((batch, 4), np.float32)
    for n in range(batch):
        height, width = (side // 4, side - 32)[:: 1 if n % 2 == 0 else -1]
        top, left = rng.randint(0, side - height), rng.randint(0, side - width)
        image[n, top : top + height, left : left + width] = rng.uniform(size=(height, width, 3))
        bbox[n] = np.array([top, left, height, width], np.float32) / side
        length = rng.randint(3, num_steps - 1)
        label[n, :length] = rng.randint(2, num_classes, size=length)
        mask[n, : length + 1] = 1.0
    return image, label, mask, bbox
