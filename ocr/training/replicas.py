"""Replicas of the model on the GPUs of one machine: each has variables of its own, and they stay equal."""

import tensorflow.compat.v1 as tf
from tensorpack.callbacks import Callback
from tensorpack.train import SyncMultiGPUTrainerReplicated

from ocr.model_files.checkpoint import OPTIMIZER_VARIABLE


class Replicas(SyncMultiGPUTrainerReplicated):
    """Averages the gradients by additions between the GPUs.

    Not by NCCL: tensorpack's sums by it are wrong in TensorFlow 1.15 and later
    (https://github.com/tensorflow/tensorflow/issues/41539), its own advice is this. If GPUs are to use NCCL, run one
    process for each, see training.cluster.
    """

    def _setup_graph(self, input, get_cost_fn, get_opt_fn):
        callbacks = super()._setup_graph(input, get_cost_fn, get_opt_fn)
        return [*callbacks, FollowFirst()]


class FollowFirst(Callback):
    """After each update the others take over from the first replica what is not trained: batch norm's statistics.

    The first one's batch moves them. Batch renormalisation reads them at every step.
    """

    _chief_only = False

    def _setup_graph(self):
        first = {variable.op.name: variable for variable in tf.global_variables()}
        trained = {variable.op.name for variable in tf.trainable_variables()}
        copies = []
        for variable in tf.local_variables():
            tower, _, name = variable.op.name.partition('/')
            followed = name in first and name not in trained and not OPTIMIZER_VARIABLE.search(name)
            if tower.startswith('tower') and followed:
                copies.append(variable.assign(first[name].read_value()))
        self._copy = tf.group(*copies)

    def _trigger_step(self):
        self.trainer.sess.run(self._copy)
