"""Checkpoints: find, check, restore and save them, together with the charset and the settings that lie beside them."""

import glob
import logging
import os
import re
import shutil
from functools import lru_cache

import tensorflow.compat.v1 as tf

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.files.atomic import sync_file, sync_folder
from ocr.model_files.stored_files import digest_of_file, is_as_written, read_stored_text, recording_sums

CONFIG_FILE = 'config.json'
CHARSET_FILE = 'charset.txt'
BEST_FOLDER = 'best'
_PREFIX = 'model-'
_SHOWN = 6  # names listed of a checkpoint that does not fit
AVERAGE_ENDING = '/average'  # of the name of a variable's running average, see training.weight_average
NUM_AVERAGED = 'num_averaged'  # variable: updates that are in the averages
DATA_POSITIONS = 'data_positions'  # variable: where the workers stand in their samples, see training.data_position
OPTIMIZER_VARIABLE = re.compile(  # and the averages': what a training run needs to go on, and reading does not
    rf'(/Adam(_1)?|beta[12]_power|global_step|/Momentum|{AVERAGE_ENDING}|{NUM_AVERAGED}|^{DATA_POSITIONS})$'
)

logger = logging.getLogger(__name__)


def find_checkpoint(path, prefer_best=False):
    """The checkpoint that a path means.

    Args:
        path: a folder of checkpoints, or one checkpoint with or without its .index or .data ending.
        prefer_best: of a folder take the best checkpoint of its validations, if there is one; else the last.

    Returns:
        The checkpoint's prefix, as TensorFlow takes it, or None if a folder holds none.

    Raises:
        InputError: the path is neither a folder nor a checkpoint.
    """
    if os.path.isdir(path):
        best = os.path.join(path, BEST_FOLDER)
        if prefer_best and os.path.isdir(best) and (found := find_checkpoint(best)):
            return found
        saved = saved_steps(path)
        return os.path.join(path, f'{_PREFIX}{saved[-1]}') if saved else tf.train.latest_checkpoint(path)
    prefix = re.sub(r'\.(index|meta|data-\d+-of-\d+)$', '', path)
    if tf.train.checkpoint_exists(prefix):
        return prefix
    if os.path.exists(path):
        raise InputError(f'{path}: not a TensorFlow checkpoint')
    raise InputError(f'{path}: no such checkpoint; give a folder of checkpoints or one checkpoint without its ending')


def require_checkpoint(path, flag, prefer_best=False):
    """`find_checkpoint`, or InputError if there is none."""
    found = find_checkpoint(path, prefer_best) if path else None
    if found is None:
        raise InputError(f'--{flag} {path}: no checkpoint there; train one with train.py or give another path')
    return found


def saved_steps(folder):
    """Steps of the checkpoints that lie complete in a folder, ascending."""
    names = (os.path.basename(name) for name in glob.glob(os.path.join(glob.escape(folder), f'{_PREFIX}*.index')))
    matches = (re.fullmatch(rf'{_PREFIX}(\d+)\.index', name) for name in names)
    return sorted(int(match[1]) for match in matches if match)


def begun_checkpoints(folder):
    """[(step, prefix)] of the checkpoints in a folder and of the best in it, damaged ones too, ascending."""
    found = set()
    for place in (os.path.join(folder, BEST_FOLDER), folder):
        for path in glob.glob(os.path.join(glob.escape(place), f'{_PREFIX}*')):
            match = re.fullmatch(rf'({_PREFIX}(\d+))\.(index|data-\d+-of-\d+)', os.path.basename(path))
            if match:
                found.add((int(match[2]), place == folder, os.path.join(place, match[1])))
    return [(step, prefix) for step, _, prefix in sorted(found)]


def checkpoint_fault(checkpoint):
    """Why a checkpoint cannot be read, in words, or None if it can; reads all of it."""
    try:
        _check_sums(checkpoint)
        reader = tf.train.load_checkpoint(checkpoint)
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name)
    except (tf.errors.OpError, ValueError, IndexError) as error:
        return _reason(error)
    return None


def last_readable(folder):
    """The last checkpoint of a folder, or of the best in it, that can be read.

    Returns:
        Its prefix, or None.
        {prefix: what is wrong} of the later ones, the last one first.
    """
    damaged = {}
    for _, prefix in reversed(begun_checkpoints(folder)):
        fault = checkpoint_fault(prefix)
        if fault is None:
            return prefix, damaged
        damaged[prefix] = fault
    return None, damaged


def checkpoint_to_resume(folder):
    """The last checkpoint of a training run's folder that can be read, None if it holds none; says what it passes over.

    Raises:
        InputError: there are checkpoints, and none can be read.
    """
    readable, damaged = last_readable(folder)
    if readable is None and damaged:
        last, fault = next(iter(damaged.items()))
        raise InputError(
            f'{folder}: no checkpoint in it can be read, the last, {last}, for this reason: {fault}; restore one from '
            'a copy, or give another --checkpoint_path to train from scratch'
        )
    for prefix, fault in damaged.items():
        logger.warning('%s cannot be read (%s): going back to %s', prefix, fault, readable)
    return readable or find_checkpoint(folder)


def set_aside(checkpoint):
    """Rename the files of a checkpoint so that it is none any more, and say so."""
    for path in glob.glob(f'{glob.escape(checkpoint)}.*'):
        os.replace(path, f'{path}.damaged')
    logger.warning('%s is damaged: its files are named .damaged now', checkpoint)


def file_beside(checkpoint, name):
    """Path of a file in the checkpoint's folder, or None."""
    path = os.path.join(os.path.dirname(checkpoint), name)
    return path if os.path.exists(path) else None


def charset_beside(checkpoint):
    """Charset in the checkpoint's folder, or None."""
    path = file_beside(checkpoint, CHARSET_FILE)
    return Charset.from_text(read_stored_text(path), path) if path else None


def settings_beside(checkpoint):
    """(JSON text of the settings in the checkpoint's folder, its path), or None."""
    path = file_beside(checkpoint, CONFIG_FILE)
    return (read_stored_text(path), path) if path else None


def read_shapes(checkpoint):
    """{variable name: list of its sides} of a checkpoint; InputError if it cannot be read."""
    try:
        return tf.train.load_checkpoint(checkpoint).get_variable_to_shape_map()
    except (tf.errors.OpError, ValueError) as error:
        raise InputError(f'{checkpoint}: unreadable checkpoint ({_reason(error)})') from None


def read_values(checkpoint, names):
    """{name: array} of those of the named variables that a checkpoint has; InputError if it cannot be read."""
    try:
        reader = tf.train.load_checkpoint(checkpoint)
        return {name: reader.get_tensor(name) for name in names if reader.has_tensor(name)}
    except (tf.errors.OpError, ValueError, IndexError) as error:  # the last from data cut short
        raise _unreadable(checkpoint, error) from None


def restore_map(variables, checkpoint, optional=OPTIMIZER_VARIABLE):
    """Which of a graph's variables a checkpoint fills, see `match_variables`: {name in the checkpoint: variable}."""
    return match_variables(variables, read_shapes(checkpoint), checkpoint, optional)


def reading_map(variables, checkpoint):
    """As `restore_map`, for reading: from the running averages of the variables if the checkpoint has them."""
    found = restore_map(variables, checkpoint)
    stored = read_shapes(checkpoint)
    averaged = {name: name + AVERAGE_ENDING for name in found}
    return {averaged[name] if averaged[name] in stored else name: variable for name, variable in found.items()}


def match_variables(variables, stored, where, optional=OPTIMIZER_VARIABLE):
    """Which of a graph's variables a stored model fills.

    Names that only one side has and that do not matter (the optimizer's, or what is stored beyond the model) are listed
    once.

    Args:
        variables: the graph's variables.
        stored: {name: list of its sides}.
        where: what messages call the stored model.
        optional: pattern of the names that may be missing.

    Returns:
        {name: variable}.

    Raises:
        InputError: a variable of the model is missing or has another shape: what is stored is of another architecture.
    """
    wanted = {variable.op.name: variable for variable in variables}
    problems = []
    for name, variable in wanted.items():
        shape = variable.shape.as_list()
        if name not in stored:
            if not optional.search(name):
                problems.append(f'{name} {shape} is missing')
        elif list(stored[name]) != shape:
            problems.append(f'{name} is {list(stored[name])}, the model has {shape}')
    if problems:
        shown = '; '.join(problems[:_SHOWN]) + (f'; and {len(problems) - _SHOWN} more' * (len(problems) > _SHOWN))
        raise InputError(f'{where} is of another architecture (other settings of the model, or charset?): {shown}')
    _list_once('not in the checkpoint, so initialised', set(wanted) - set(stored))
    surplus = {name for name in set(stored) - set(wanted) if not OPTIMIZER_VARIABLE.search(name)}
    _list_once('in the checkpoint only, so left out', surplus)
    return {name: variable for name, variable in wanted.items() if name in stored}


def restore(session, found, checkpoint):
    """Fill variables from a checkpoint, as `restore_map` found them; InputError if its data cannot be read."""
    try:
        _check_sums(checkpoint)
        tf.train.Saver(found).restore(session, checkpoint)
    except (tf.errors.OpError, ValueError) as error:
        raise _unreadable(checkpoint, error) from None


def _check_sums(checkpoint):
    """ValueError if a file of a checkpoint is not what was written; TensorFlow looks at the tensors alone."""
    for path in glob.glob(f'{glob.escape(checkpoint)}.*'):
        state = os.stat(path)
        if not _is_as_written(path, (state.st_ino, state.st_size, state.st_mtime_ns)):
            raise ValueError(f'{os.path.basename(path)} is not what was written')


@lru_cache
def _is_as_written(path, _state):
    """`is_as_written`, looked at once for each state of the file."""
    return is_as_written(path)


def _unreadable(checkpoint, error):
    folder = os.path.dirname(checkpoint)
    readable, _ = last_readable(os.path.dirname(folder) if os.path.basename(folder) == BEST_FOLDER else folder)
    remedy = f'{readable} can be read, give that' if readable not in (None, checkpoint) else 'was it copied whole?'
    return InputError(f'{checkpoint}: unreadable checkpoint ({_reason(error)}); {remedy}')


def _list_once(what, names):
    if names:
        shown = sorted(names)
        logger.info('%d variables %s: %s%s', len(names), what, ', '.join(shown[:3]), ', ...' * (len(names) > 3))


def save_checkpoint(saver, session, folder, step, keep):
    """Save beside, then rename, so that earlier checkpoints stay whole in any case; drop the oldest.

    Args:
        saver: tf.train.Saver.
        session: its session.
        folder: made if it is missing.
        step: number in the checkpoint's name.
        keep: how many checkpoints stay in the folder.

    Returns:
        The checkpoint's prefix.

    Raises:
        InputError: the disk is full, or the folder cannot be written.
    """
    beside = os.path.join(folder, '.saving')
    name = f'{_PREFIX}{step}'
    try:
        shutil.rmtree(beside, ignore_errors=True)  # of a run that was killed
        os.makedirs(beside)
        saver.save(session, os.path.join(beside, name), write_meta_graph=False, write_state=False)
        digests = {file: digest_of_file(os.path.join(beside, file)) for file in sorted(os.listdir(beside))}
        with recording_sums(folder, digests):
            for file in digests:  # .data before .index: an index without data is no checkpoint
                sync_file(os.path.join(beside, file))
                os.replace(os.path.join(beside, file), os.path.join(folder, file))
            sync_folder(folder)
            _drop_oldest(folder, keep, step)
        paths = [f'{_PREFIX}{kept}' for kept in saved_steps(folder)]
        tf.train.update_checkpoint_state(folder, name, paths)
    except (OSError, tf.errors.OpError, ValueError) as error:
        last = find_checkpoint(folder) if os.path.isdir(folder) else None
        raise InputError(
            f'{folder}: cannot save ({_reason(error)}); '
            + (f'{last} is whole, go on from it once there is room' if last else 'nothing was saved before')
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return os.path.join(folder, name)


def _drop_oldest(folder, keep, newest):
    older = [step for step in saved_steps(folder) if step != newest]
    for old in older[: max(len(older) - keep + 1, 0)]:
        for path in glob.glob(os.path.join(glob.escape(folder), f'{_PREFIX}{old}.*')):
            os.remove(path)


def _reason(error):
    """What went wrong in one line; of TensorFlow's errors without the trace of the graph before and the node behind."""
    text = str(getattr(error, 'message', error)).split('\n\t [[')[0].strip()
    text = text.splitlines()[-1] if text.startswith('Graph execution error') else text
    text = ' '.join(text.split())
    return text if len(text) <= 160 else f'{text[:60]} ... {text[-95:]}'  # the reason stands behind a path, or before
