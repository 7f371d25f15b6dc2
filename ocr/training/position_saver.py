"""Keeps in every checkpoint where the training stands in its samples."""

import numpy as np
import tensorflow.compat.v1 as tf
from tensorpack.callbacks import Callback

from ocr.model_files.checkpoint import DATA_POSITIONS
from ocr.training.callbacks import stopped_well
from ocr.training.data_position import pack_rows

CHUNK = 1024  # numbers that workers tell each other at a time


class PositionSaver(Callback):
    """On every worker, ahead of what saves: sets the variable of the samples that wait, one row a worker."""

    _chief_only = False

    def __init__(self, log, *, start_step, steps_per_epoch, batches_per_step, cluster=None):
        """
        Args:
            log: PositionLog of the dataflow.
            start_step: updates that lie behind when it starts.
            steps_per_epoch: steps between two saves.
            batches_per_step: that this process takes out of the dataflow.
            cluster: Cluster, or None.
        """
        self.log = log
        self.start_step = start_step
        self.steps_per_epoch = steps_per_epoch
        self.batches_per_step = batches_per_step
        self.cluster = cluster

    def _setup_graph(self):
        with tf.device('/cpu:0'), tf.name_scope(None), tf.variable_scope(tf.VariableScope(reuse=False), reuse=False):
            empty = np.zeros((0, 0), np.int64)
            variable = tf.get_variable(DATA_POSITIONS, initializer=empty, trainable=False, validate_shape=False)
            self._packed = tf.placeholder(tf.int64, (None, None))
            self._set = tf.assign(variable, self._packed, validate_shape=False)
            if self.cluster:
                self._own = tf.placeholder(tf.int64, (self.cluster.size, CHUNK))
                self._all = self.cluster.reduce(self._own, group_key=2)

    def _before_train(self):
        self._store()

    def _trigger_step(self):
        self._position()  # forgets what lies behind
        if self.global_step % self.steps_per_epoch == 0 or (self.cluster and self.trainer.stops):
            self._store()

    def _after_train(self):
        # As EpochEnd, which saves next; workers that stop together have told each other in their last step.
        if not self.cluster and stopped_well(self.trainer):
            self._store()

    def _position(self):
        return self.log.behind((self.global_step - self.start_step) * self.batches_per_step)

    def _store(self):
        row = self._position().to_row()
        rows = self._gather(row) if self.cluster else [row]
        self.trainer.sess.run(self._set, {self._packed: pack_rows(rows)})

    def _gather(self, row):
        """The rows of all workers, each of a length of its own."""
        message, chunks, longest = np.array([len(row), *row]), [], 1
        while len(chunks) * CHUNK < longest:
            own = np.zeros((self.cluster.size, CHUNK), np.int64)
            piece = message[len(chunks) * CHUNK :][:CHUNK]
            own[self.cluster.index, : len(piece)] = piece
            chunks.append(self.trainer.sess.run(self._all, {self._own: own}))
            longest = 1 + chunks[0][:, 0].max()
        return [line[1 : line[0] + 1] for line in np.concatenate(chunks, axis=1)]
