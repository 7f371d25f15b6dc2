"""The trained model that a training run starts from: which of it is taken over, and for which characters."""

import json
import logging
import math
import os
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf
from tensorpack.tfutils.sessinit import SessionInit

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files.checkpoint import (
    AVERAGE_ENDING,
    DATA_POSITIONS,
    OPTIMIZER_VARIABLE,
    charset_beside,
    match_variables,
    read_values,
    restore,
    restore_map,
    settings_beside,
)
from ocr.model_files.frozen_graph import (
    PB_ENDING,
    is_detector,
    load_graph,
    read_charset,
    read_text,
    read_weights,
    require_nodes,
)
from ocr.network import attention, detector, inception_v4
from ocr.network import tensor_names as names
from ocr.network.architecture import FREEZABLE
from ocr.training.widening import widen

DETECTOR = 'detector'  # its model_name
PRETRAINED_SOURCE = 'http://download.tensorflow.org/models/inception_v4_2016_09_09.tar.gz'
logger = logging.getLogger(__name__)
_SHOWN = 40  # new characters that are listed
# A frozen detector lacks the head of the threshold, which training alone looks at.
_ANY = re.compile('')  # any variable may be missing
_TRAINED_ONLY = re.compile(rf'{OPTIMIZER_VARIABLE.pattern}|^{detector.SCOPE}/threshold/')


class Settings(NamedTuple):
    """JSON text of the Config that a model was trained with, and the file that it was read from."""

    text: str
    path: str


@dataclass(frozen=True)
class Start:
    """A trained model that a training run starts from.

    A checkpoint is resumed: step, optimizer, schedule. A frozen graph gives its weights to a new training run. So does
    a checkpoint that is given another charset: neither its optimizer nor its schedule has met the new characters.

    Attributes:
        path: a checkpoint's prefix or a frozen graph's file.
        charset: Charset to train with, which holds all of trained_charset in any order; None for a detector.
        trained_charset: Charset that the model was trained with; None for a detector.
        settings: Settings, or None if the model brings none.
        trusted: a frozen graph is taken as it is, see load_graph.
    """

    path: str
    charset: Charset
    trained_charset: Charset
    settings: Settings | None
    trusted: bool = False

    @classmethod
    def from_checkpoint(cls, checkpoint, given):
        """Start from a checkpoint.

        Args:
            checkpoint: prefix.
            given: Charset of --charset_path, or None.

        Raises:
            InputError: `given` lacks characters of the model, or there is no charset at all.
        """
        stored = settings_beside(checkpoint)
        settings = Settings(*stored) if stored else None
        return cls._with_charset(checkpoint, given, charset_beside(checkpoint), settings)

    @classmethod
    def from_pb(cls, path, given, trusted=False):
        """Start from a frozen graph, likewise; InputError also if it is none, or not `trusted` and should be."""
        graph_def = load_graph(path, 'restore_path', wanted=(), trusted=trusted)
        if not is_detector(graph_def):
            require_nodes(graph_def, f'--restore_path {path}')
        text = read_text(graph_def, names.CONFIG, path)
        settings = Settings(text, path) if text else None
        return cls._with_charset(path, given, read_charset(graph_def, path), settings, trusted)

    @classmethod
    def _with_charset(cls, path, given, stored, settings, trusted=False):
        if settings and json.loads(settings.text).get('model_name') == DETECTOR:
            return cls(path, None, None, settings, trusted)
        if given and stored:
            given.check_holds(stored, path)
            return cls(path, given, stored, settings, trusted)
        charset = Charset.agreed(given, stored, path)
        return cls(path, charset, charset, settings, trusted)

    @property
    def is_pb(self):
        """Whether it is a frozen graph."""
        return self.path.endswith(PB_ENDING)

    @property
    def resumes(self):
        """Whether step and optimizer are taken over too."""
        return not self.is_pb and self.charset == self.trained_charset

    def describe_charset(self):
        """What the model knows of the charset, in words."""
        if self.charset is None:
            return 'a detector, which knows no characters'
        new = np.flatnonzero(self.charset.ids_in(self.trained_charset) < 0)
        shown = ''.join(self.charset.characters[class_id] for class_id in new[:_SHOWN]) + '...' * (len(new) > _SHOWN)
        kept = f'charset {self.charset.name}: {self.trained_charset.num_classes} classes keep their weights'
        return f'{kept}, {len(new)} are new: {shown}' if len(new) else f'{kept}, none is new'

    def read_weights(self, wanted):
        """{name: array} of those of the named variables that the model has."""
        if self.is_pb:
            return read_weights(load_graph(self.path, 'restore_path', wanted=(), trusted=self.trusted), wanted)
        averages = read_values(self.path, [name + AVERAGE_ENDING for name in wanted])
        averages = {name.removesuffix(AVERAGE_ENDING): value for name, value in averages.items()}
        return {**read_values(self.path, wanted), **averages}


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
        return _some(restore_map(_encoder_variables(), self.checkpoint, optional=_ANY), self.checkpoint)


class RestoreEncoder(SessionInit):
    """The encoder's variables by name, from a frozen graph: a detector begins with a recogniser's."""

    def __init__(self, path):
        self.path = path

    def _run_init(self, sess):
        encoder = _encoder_variables()
        graph_def = load_graph(self.path, 'pretrain_path', wanted=())
        weights = read_weights(graph_def, [variable.op.name for variable in encoder])
        shapes = {name: list(value.shape) for name, value in weights.items()}
        _assign(sess, _some(match_variables(encoder, shapes, self.path, optional=_ANY), self.path), weights)


class RestoreWeights(SessionInit):
    """The weights of a trained model, widened for a wider one, without step and optimizer.

    Those of new characters stay as initialised but for their biases, which let all of them together weigh as much as
    one character that nothing speaks for: thousands of new characters must not take the probability of the old ones.
    """

    def __init__(self, start):
        """Takes a start.Start."""
        self.start = start

    def _run_init(self, sess):
        model = [variable for variable in _saved_variables() if not OPTIMIZER_VARIABLE.search(variable.op.name)]
        weights = self.start.read_weights([variable.op.name for variable in model])
        shapes = {variable.op.name: variable.shape.as_list() for variable in model}
        widened = widen(weights, shapes) if self.start.charset else None
        weights = widened or weights
        variables = match_variables(model, self._grown_shapes(weights), self.start.path, optional=_TRAINED_ONLY)
        if widened:
            path = self.start.path
            logger.info('%s is narrower: its channels and units are copied, so that the model reads as it does', path)
        if self.start.charset:
            self._grow(sess, variables, weights)
        _assign(sess, variables, weights)

    def _grow(self, sess, variables, weights):
        """Put the weights of new characters among the stored ones."""
        ids = self.start.charset.ids_in(self.start.trained_charset)
        fresh = sess.run({name: variables[name] for name in attention.CLASS_AXES})
        fresh[attention.CLASS_BIAS] -= math.log(max((ids < 0).sum(), 1))
        for name, axis in attention.CLASS_AXES.items():
            weights[name] = _carry_over(weights[name], fresh[name], ids, axis)

    def _grown_shapes(self, weights):
        """{name: list of its sides} of weights, as they will be for the charset to train with."""
        shapes = {name: list(value.shape) for name, value in weights.items()}
        for name, axis in attention.CLASS_AXES.items() if self.start.charset else ():
            if name in shapes and shapes[name][axis] == self.start.trained_charset.num_classes:
                shapes[name][axis] = self.start.charset.num_classes
        return shapes


def _carry_over(stored, fresh, ids, axis):
    """Slices `ids` of `stored` along an axis; if an id is -1, the slice of `fresh`."""
    value = np.moveaxis(fresh, axis, 0).copy()
    value[ids >= 0] = np.moveaxis(stored, axis, 0)[ids[ids >= 0]]
    return np.moveaxis(value, 0, axis)


def stored_step(checkpoint):
    """Number of updates that a checkpoint has behind it; 0 if it does not say."""
    return int(read_values(checkpoint, ['global_step']).get('global_step', 0))


def stored_positions(start):
    """int64 (workers, n) as of data_position.pack_rows of a Start that is gone on with; None if there is none."""
    return read_values(start.path, [DATA_POSITIONS]).get(DATA_POSITIONS) if start and start.resumes else None


def session_start(start, pretrain_path):
    """What the variables start from, and the step that is: a trained model, the ImageNet weights, or nothing.

    Args:
        start: Start, or None.
        pretrain_path: ImageNet checkpoint or frozen graph for the encoder, '' for none.

    Returns:
        SessionInit or None, and the number of updates that lie behind.
    """
    if start and start.resumes:
        step = stored_step(start.path)
        logger.info('resuming from %s, step %d', start.path, step)
        return RestoreModel(start.path), step
    if start:
        logger.info('a new training run with the weights of %s; %s', start.path, start.describe_charset())
        return RestoreWeights(start), 0
    if pretrain_path:
        logger.info('the encoder starts from %s', pretrain_path)
        is_pb = pretrain_path.endswith(PB_ENDING)
        return (RestoreEncoder if is_pb else RestorePretrained)(pretrain_path), 0
    return None, 0


def _saved_variables():
    """The graph's variables without the copies of further towers, which follow the first, and the data's positions."""
    return [
        variable for variable in tf.global_variables() if not re.match(rf'tower\d|{DATA_POSITIONS}$', variable.op.name)
    ]


def _encoder_variables():
    """The variables of Inception-v4 without those of the attention and of the optimizer."""
    return [
        variable
        for variable in _saved_variables()
        if variable.op.name.startswith(f'{inception_v4.SCOPE}/')
        and not variable.op.name.startswith(attention.SCOPE)
        and not re.search(r'/Adam(_1)?$', variable.op.name)
    ]


def _some(found, path):
    """`found`, the variables of an encoder; InputError if there are none."""
    if not found:
        raise InputError(f'--pretrain_path {path}: it has no variable of Inception-v4')
    return found


def _assign(sess, variables, weights):
    """Set {name: variable} to {name: array}."""
    initializers = {name: variable.initializer for name, variable in variables.items()}
    sess.run(initializers, {initializers[name].inputs[1]: weights[name] for name in variables})


def check_frozen(block, final_endpoint, has_weights):
    """InputError if the encoder cannot be left as it is up to a block: it ends before, or has no weights to keep."""
    if block and FREEZABLE.index(block) > FREEZABLE.index(final_endpoint):
        raise InputError(f'--frozen {block}: the encoder ends at {final_endpoint}; name that or an earlier block')
    if block and not has_weights:
        raise InputError(f'--frozen {block}: no weights to keep; give a model to start from, --restore_path')


def check_pretrained(path):
    """InputError if the weights that the encoder is to start from are missing; '' means none."""
    if path and (os.path.isdir(path) or not (os.path.isfile(path) or tf.train.checkpoint_exists(path))):
        raise InputError(
            f'--pretrain_path {path}: no such checkpoint; unpack {PRETRAINED_SOURCE} there, or start '
            "from scratch with --pretrain_path '' (`make demo` gives a first look)"
        )
