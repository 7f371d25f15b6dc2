"""Gradients averaged over several batches before each step: a large batch on a device that holds a small one."""

import tensorflow.compat.v1 as tf
from tensorpack.callbacks import ProxyCallback
from tensorpack.callbacks.steps import MaintainStepCounter
from tensorpack.tfutils.optimizer import ProxyOptimizer

ACCUMULATE = 'accumulate'  # graph collection of the operations that add the gradients of a batch to the sums


class AccumulatingOptimizer(ProxyOptimizer):
    """An optimizer that applies the mean of the gradients of several batches, processors such as clipping included.

    The operations in the collection ACCUMULATE, one for each replica of the model, are for all batches of a step but
    the last, the one that `apply_gradients` returns for the last. The sums are no part of a checkpoint.
    """

    def __init__(self, optimizer, num_batches):
        super().__init__(optimizer, 'Accumulating')
        self.num_batches = num_batches

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        gradients = [tf.convert_to_tensor(gradient) for gradient, _ in grads_and_vars]  # those of embeddings are slices
        variables = [variable for _, variable in grads_and_vars]
        sums = [
            tf.Variable(
                tf.zeros(variable.shape),
                trainable=False,
                collections=[tf.GraphKeys.LOCAL_VARIABLES],
                name=f'{variable.op.name}/sum',
            )
            for variable in variables
        ]
        added = [one.assign_add(gradient) for one, gradient in zip(sums, gradients, strict=True)]
        tf.add_to_collection(ACCUMULATE, tf.group(*added))
        means = [(one + gradient) / self.num_batches for one, gradient in zip(sums, gradients, strict=True)]
        applied = self._opt.apply_gradients(list(zip(means, variables, strict=True)), global_step)
        with tf.control_dependencies([applied]):
            return tf.group(*(one.assign(tf.zeros_like(one)) for one in sums), name=name)


class _OncePerStep(ProxyCallback):
    """A callback that hooks into the last run of each step alone: the count of steps."""

    def _before_run(self, ctx):
        return self.cb._before_run(ctx) if self.trainer.updates else None

    def _after_run(self, ctx, run_values):
        if self.trainer.updates:
            self.cb._after_run(ctx, run_values)


class AccumulatingStep:
    """A mixin of trainers: a step runs several batches.

    Attributes:
        num_batches: of a step.
        updates: whether the run under way, which callbacks hook into, is the last of its step.
    """

    num_batches = 1
    updates = True

    def register_callback(self, cb):
        return super().register_callback(_OncePerStep(cb) if isinstance(cb, MaintainStepCounter) else cb)

    def run_step(self):
        for _ in range(self.num_batches - 1):
            self.updates = False
            self.hooked_sess.run(tf.get_collection(ACCUMULATE))
        self.updates = True
        self.hooked_sess.run(self.train_op)
