"""Batch norm with the batch's statistics, rounded at every step as the reference rounds on an x86 processor."""

import numpy as np

EPSILON = np.float32(0.001)


def normalize(x, beta):
    """(x - mean) / sqrt(variance + EPSILON) + beta, the statistics taken over N, H and W.

    A sum adds one row after the other and is multiplied by the rounded 1 / (N H W); no product is fused with the sum
    that follows it.

    Args:
        x: float32 (N, H, W, C), C > 1: NumPy adds a single column in pairs.
        beta: float32 (C,), the learnt centre.

    Returns:
        float32 (N, H, W, C).
    """
    rows = x.reshape(-1, x.shape[3])  # (N H W, C)
    share = np.float32(1) / np.float32(len(rows))
    centred = rows - np.add.reduce(rows, axis=0) * share
    variance = np.add.reduce(centred * centred, axis=0) * share
    return (centred * inverse_root(variance + EPSILON) + beta).reshape(x.shape)


def inverse_root(v):
    """1 / sqrt(v) of float32 normal numbers: Intel's `rsqrtps` and one step of Newton's method.

    The estimate is 1 / sqrt of the middle of all numbers that share exponent and first 10 bits of the mantissa, with
    its own mantissa rounded to 12 bits.
    """
    middle = ((v.view(np.uint32) & np.uint32(0xFFFFE000)) | np.uint32(0x1000)).view(np.float32)
    exact = (1 / np.sqrt(middle.astype(np.float64))).astype(np.float32)
    estimate = ((exact.view(np.uint32) + np.uint32(0x400)) & np.uint32(0xFFFFF800)).view(np.float32)
    return estimate * (np.float32(1.5) + (np.float32(-0.5) * v) * (estimate * estimate))
