"""Loss scaling: what keeps small gradients in float16, whose smallest numbers are 6e-8."""

import tensorflow.compat.v1 as tf
from tensorpack.tfutils.optimizer import ProxyOptimizer

FIRST_SCALE = 2.0**15
LARGEST_SCALE = 2.0**24
GROWTH_INTERVAL = 2000  # sound updates after which the scale is doubled


class LossScalingOptimizer(ProxyOptimizer):
    """An optimizer that computes the gradients of a scaled loss and scales them back.

    Micikevicius et al. 2018, arXiv:1710.03740, section 3.2, with the dynamic choice of the scale: it is halved if a
    gradient is not finite, and doubled after GROWTH_INTERVAL updates without one. Powers of two scale exactly, so
    nothing else changes. Differs from the paper: an update with such a gradient is made with gradients of zero, where
    the paper leaves it out, so Adam still moves along its moments. The scale is no part of a checkpoint.

    Attributes:
        scale: float32 () variable.
    """

    def __init__(self, optimizer):
        super().__init__(optimizer, 'LossScaling')
        self.scale = _local_variable(FIRST_SCALE, 'loss_scale')
        self._sound = _local_variable(0, 'sound_updates')  # since the scale was changed
        self._next_scale = None

    def compute_gradients(self, loss, *arguments, **options):
        pairs = self._opt.compute_gradients(loss * self.scale, *arguments, **options)
        return [(_divided(gradient, self.scale), variable) for gradient, variable in pairs]

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        gradients = [tf.convert_to_tensor(gradient) for gradient, _ in grads_and_vars]  # those of embeddings are slices
        is_sound = tf.reduce_all([tf.reduce_all(tf.is_finite(gradient)) for gradient in gradients])
        kept = [tf.where(is_sound, gradient, tf.zeros_like(gradient)) for gradient in gradients]
        variables = [variable for _, variable in grads_and_vars]
        applied = self._opt.apply_gradients(list(zip(kept, variables, strict=True)), global_step)
        if self._next_scale is None:  # once, if replicas of the model apply the same gradients
            with tf.control_dependencies([applied]):
                self._next_scale = self._choose_scale(is_sound)
        return tf.group(applied, self._next_scale, name=name)

    def _choose_scale(self, is_sound):
        """Operation that sets the scale of the next update."""
        scale, sound = self.scale.read_value(), self._sound.read_value() + 1
        grows = sound >= GROWTH_INTERVAL
        larger = tf.where(grows, tf.minimum(2 * scale, LARGEST_SCALE), scale)
        smaller = tf.maximum(scale / 2, 1.0)
        with tf.control_dependencies([larger, smaller, grows]):
            return tf.group(
                self.scale.assign(tf.where(is_sound, larger, smaller)),
                self._sound.assign(tf.where(is_sound & ~grows, sound, 0)),
            )


def _local_variable(value, name):
    return tf.Variable(value, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES], name=name)


def _divided(gradient, scale):
    """A gradient, a tensor, slices or None, divided by the scale."""
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(gradient.values / scale, gradient.indices, gradient.dense_shape)
    return None if gradient is None else gradient / scale
