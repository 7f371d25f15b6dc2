"""Adam whose bias correction follows from the number of finished updates."""

import tensorflow.compat.v1 as tf


class Adam(tf.train.AdamOptimizer):
    """Adam (Kingma & Ba 2015, arXiv:1412.6980, the formulation before section 2.1).

    Differs from tf.train.AdamOptimizer: the powers of beta are computed from t = finished_steps + 1. That one keeps a
    variable for each and multiplies it in every call of `apply_gradients`, so once a replica of the model. The moments
    have the same names, so that checkpoints of both resume; powers of beta in older ones are not read.
    """

    def __init__(self, learning_rate, finished_steps):
        """
        Args:
            learning_rate: float32 () tensor.
            finished_steps: int32 () tensor, updates before this one.
        """
        super().__init__(learning_rate)
        self._finished_steps = finished_steps

    def _create_slots(self, var_list):
        for variable in var_list:
            self._zeros_slot(variable, 'm', self._name)
            self._zeros_slot(variable, 'v', self._name)

    def _get_beta_accumulators(self):
        number = tf.cast(self._finished_steps + 1, tf.float32)
        return self._beta1_t**number, self._beta2_t**number

    def _finish(self, update_ops, name_scope):
        return tf.group(*update_ops, name=name_scope)
