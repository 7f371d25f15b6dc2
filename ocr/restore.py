"""What a training starts from, as tensorpack takes it."""

import re

import tensorflow.compat.v1 as tf
from tensorpack.tfutils.sessinit import SessionInit

from ocr import attention, inception_v4
from ocr.checkpoint import restore, restore_map
from ocr.errors import InputError


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


def stored_step(checkpoint):
    """Number of updates that a checkpoint has behind it; 0 where it does not say."""
    reader = tf.train.load_checkpoint(checkpoint)
    return int(reader.get_tensor('global_step')) if reader.has_tensor('global_step') else 0


def _saved_variables():
    """The graph's variables without the copies of further towers, which follow the first."""
    return [variable for variable in tf.global_variables() if not re.match(r'tower\d', variable.op.name)]
