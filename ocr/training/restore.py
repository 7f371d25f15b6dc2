"""What a training starts from, as tensorpack takes it."""

import math
import re

import numpy as np
import tensorflow.compat.v1 as tf
from tensorpack.tfutils.sessinit import SessionInit

from ocr.errors import InputError
from ocr.model_files.checkpoint import OPTIMIZER_VARIABLE, match_variables, read_values, restore, restore_map
from ocr.network import attention, inception_v4


class RestoreModel(SessionInit):
    """All variables of a checkpoint: the model, the step and the optimizer, as far as the checkpoint has them."""

    def __init__(self, checkpoint):
        self.checkpoint = checkpoint

    def _variables(self):
        return restore_map(_saved_variables(), self.checkpoint)

    def _run_init(self, sess):
        restore(sess, self._variables(), self.checkpoint)


class RestorePretrained(RestoreModel):
    """The encoder's variables by name, from the slim network trained on ImageNet."""

    def _variables(self):
        encoder = [
            variable
            for variable in _saved_variables()
            if variable.op.name.startswith(f'{inception_v4.SCOPE}/')
            and not variable.op.name.startswith(attention.SCOPE)
            and not re.search(r'/Adam(_1)?$', variable.op.name)
        ]
        found = restore_map(encoder, self.checkpoint, optional=re.compile(''))
        if not found:
            raise InputError(f'--pretrain_path {self.checkpoint}: it has no variable of Inception-v4')
        return found


class RestoreWeights(SessionInit):
    """The weights of a trained model without step and optimizer; those of new characters stay as initialised.

    But for their biases, which let all of them together weigh as much as one character that nothing speaks for:
    thousands of new characters must not take the probability of the old ones.
    """

    def __init__(self, start):
        """Takes a start.Start."""
        self.start = start

    def _run_init(self, sess):
        model = [variable for variable in _saved_variables() if not OPTIMIZER_VARIABLE.search(variable.op.name)]
        weights = self.start.read_weights([variable.op.name for variable in model])
        variables = match_variables(model, self._grown_shapes(weights), self.start.path)
        ids = self.start.charset.ids_in(self.start.trained_charset)
        fresh = sess.run({name: variables[name] for name in attention.CLASS_AXES})
        fresh[attention.CLASS_BIAS] -= math.log(max((ids < 0).sum(), 1))
        for name, axis in attention.CLASS_AXES.items():
            weights[name] = _carry_over(weights[name], fresh[name], ids, axis)
        initializers = {name: variable.initializer for name, variable in variables.items()}
        sess.run(initializers, {initializers[name].inputs[1]: value for name, value in weights.items()})

    def _grown_shapes(self, weights):
        """{name: list of its sides} of weights, as they will be for the charset to train with."""
        shapes = {name: list(value.shape) for name, value in weights.items()}
        for name, axis in attention.CLASS_AXES.items():
            if name in shapes and shapes[name][axis] == self.start.trained_charset.num_classes:
                shapes[name][axis] = self.start.charset.num_classes
        return shapes


def _carry_over(stored, fresh, ids, axis):
    """Slices `ids` of `stored` along an axis; where an id is -1, the slice of `fresh`."""
    value = np.moveaxis(fresh, axis, 0).copy()
    value[ids >= 0] = np.moveaxis(stored, axis, 0)[ids[ids >= 0]]
    return np.moveaxis(value, 0, axis)


def stored_step(checkpoint):
    """Number of updates that a checkpoint has behind it; 0 where it does not say."""
    return int(read_values(checkpoint, ['global_step']).get('global_step', 0))


def _saved_variables():
    """The graph's variables without the copies of further towers, which follow the first."""
    return [variable for variable in tf.global_variables() if not re.match(r'tower\d', variable.op.name)]
