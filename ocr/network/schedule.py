"""What changes with the steps of a training run: the learning rate, and the limits of batch renormalisation.

The rate: linear warm-up, then cosine decay (Loshchilov & Hutter 2016, arXiv:1608.03983, eq. 5).
"""

import math

import tensorflow.compat.v1 as tf

WARMUP_START = 0.01  # fraction of the base rate at step 0
RENORM_SCALE, RENORM_SHIFT = 3.0, 5.0  # r_max and d_max at their end (Ioffe 2017, arXiv:1702.03275, section 4)
RENORM_GROWTH = 4  # times the warm-up over which they grow


def learning_rate(step, *, base_rate, warmup_steps, total_steps, final_fraction=0.0):
    """Rate of the update that follows `step` finished updates.

    Rises linearly from WARMUP_START * base_rate at step 0 to base_rate at `warmup_steps`, then falls along half a
    cosine to final_fraction * base_rate at `total_steps` and stays there. It does not depend on the number of GPUs:
    gradients are averaged over them, so a tower more is a larger batch and nothing else.

    Args:
        step: integer tensor ().
        base_rate: the highest rate.
        warmup_steps: updates of the warm-up; 0 starts at the base rate.
        total_steps: updates after which the cosine ends.
        final_fraction: the last rate as a fraction of the base rate.

    Returns:
        float32 () tensor.
    """
    step = tf.cast(step, tf.float32)
    rise = WARMUP_START + (1 - WARMUP_START) * step / max(warmup_steps, 1)
    progress = tf.clip_by_value((step - warmup_steps) / max(total_steps - warmup_steps, 1), 0.0, 1.0)
    fall = final_fraction + (1 - final_fraction) * 0.5 * (1 + tf.cos(math.pi * progress))
    return base_rate * tf.where(step < warmup_steps, rise, fall)


def renorm_limits(step, warmup_steps):
    """How far batch renormalisation may correct at a step.

    Not at all during the warm-up, when the stored statistics are far from anything; then the limits grow evenly over
    RENORM_GROWTH times as many steps.

    Args:
        step: integer tensor (), finished updates.
        warmup_steps: of the learning rate.

    Returns:
        (r_max, d_max), float32 () tensors.
    """
    progress = (tf.cast(step, tf.float32) - warmup_steps) / max(RENORM_GROWTH * warmup_steps, 1)
    progress = tf.clip_by_value(progress, 0.0, 1.0)
    return 1 + (RENORM_SCALE - 1) * progress, RENORM_SHIFT * progress
