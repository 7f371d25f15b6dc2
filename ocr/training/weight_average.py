"""Running averages of a model's variables: what is validated, exported and read with in the place of the last weights.

At a high rate, weights wander around an optimum; their average is nearer to it (Polyak & Juditsky 1992; Izmailov
et al. 2018, arXiv:1803.05407). The moving statistics of batch norm are averaged with them.
"""

from contextlib import contextmanager

import tensorflow.compat.v1 as tf
from tensorpack.callbacks import Callback

from ocr.model_files.checkpoint import AVERAGE_ENDING, NUM_AVERAGED, OPTIMIZER_VARIABLE


class WeightAverage(Callback):
    """Keeps an average of every variable of the model, saved beside it in the checkpoints.

    The decay is min(decay, (1 + n) / (10 + n)) after n updates: at first the average is of few weights, so that early
    checkpoints read as well as late ones.
    """

    def __init__(self, decay):
        self.decay = decay

    def _setup_graph(self):
        self._variables = [
            variable
            for variable in tf.global_variables()
            if not variable.op.name.startswith('tower')
            and not OPTIMIZER_VARIABLE.search(variable.op.name)
            and variable.dtype.base_dtype == tf.float32
        ]
        with tf.name_scope(None), tf.variable_scope(tf.VariableScope(reuse=False), reuse=False):
            number = tf.get_variable(NUM_AVERAGED, [], initializer=tf.zeros_initializer(), trainable=False)
            self._averages = [
                tf.get_variable(
                    variable.op.name + AVERAGE_ENDING,
                    variable.shape,
                    initializer=tf.zeros_initializer(),
                    trainable=False,
                )
                for variable in self._variables
            ]
            decay = tf.minimum(self.decay, (1 + number) / (10 + number))
            updates = [
                average.assign_sub((1 - decay) * (average - variable))
                for variable, average in zip(self._variables, self._averages, strict=True)
            ]
            with tf.control_dependencies(updates):
                self._update = tf.group(number.assign_add(1))

    def _before_run(self, _):
        return tf.train.SessionRunArgs(self._update) if self.trainer.updates else None

    @contextmanager
    def in_place_of_weights(self):
        """Inside, the graph computes with the averages."""
        session = self.trainer.sess
        weights, averages = session.run([self._variables, self._averages])
        try:
            self._assign(session, averages)
            yield
        finally:
            self._assign(session, weights)

    def _assign(self, session, values):
        initializers = [variable.initializer for variable in self._variables]
        session.run(initializers, {one.inputs[1]: value for one, value in zip(initializers, values, strict=True)})
