"""The folder that a training run writes to: settings, charset and log beside the checkpoints."""

import logging
import os
from contextlib import contextmanager, suppress

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.locks import lock
from ocr.model_files.checkpoint import (
    BEST_FOLDER,
    CHARSET_FILE,
    CONFIG_FILE,
    begun_checkpoints,
    checkpoint_fault,
    set_aside,
)
from ocr.model_files.stored_files import digest, recording_sums
from ocr.training.callbacks import awaits_validation
from ocr.training.history import read_history

LOG_FOLDER = 'log'  # the log and TensorBoard's event files


def check_steps_left(folder, start_step, total_steps, start_path, *, steps_per_epoch, val_epochs):
    """InputError if a training run that goes on has nothing left to do, not even its last validation."""
    if start_step < total_steps or awaits_validation(read_history(folder), start_step, steps_per_epoch, val_epochs):
        return
    raise InputError(
        f'{start_path} has all {total_steps} steps behind it; raise --max_epoch to go on, '
        'or export it and give --restore_path the .pb for a new training run'
    )


def check_nothing_later(folder, start_step, start_path='', is_named=False):
    """InputError if a folder holds checkpoints of later steps: they would be mixed with those to come.

    Later ones that cannot be read are set aside.

    Args:
        folder: of --checkpoint_path.
        start_step: updates that lie behind.
        start_path: what the training starts from, or ''.
        is_named: whether --restore_path names that.
    """
    later = [(step, prefix) for step, prefix in begun_checkpoints(folder) if step > start_step]
    readable = [step for step, prefix in later if checkpoint_fault(prefix) is None]
    if not readable:  # what is damaged must not come before what is saved from now on
        for _, prefix in later:
            set_aside(prefix)
        return
    remedy = 'give another folder'
    if is_named:
        remedy += ', or go on there without --restore_path'
    elif start_path:
        remedy += f' and --restore_path {start_path}'
    raise InputError(
        f'--checkpoint_path {folder} holds checkpoints up to step {max(readable)}, and this run starts at step '
        f'{start_step}; {remedy}'
    )


def save_settings(folder, settings, charset):
    """Settings, the JSON text of a Config, and charset, if there is one, beside the checkpoints to come."""
    contents = {CONFIG_FILE: settings.encode()}
    if charset:
        contents[CHARSET_FILE] = charset.to_text().encode()
    for place in (folder, os.path.join(folder, BEST_FOLDER)):
        with recording_sums(place, {name: digest(content) for name, content in contents.items()}):
            for name, content in contents.items():
                with replacing(os.path.join(place, name), binary=True) as file:
                    file.write(content)


def hide_log():
    """Keep tensorpack's log off the screen for the whole process: its errors are raised as well."""
    for handler in logging.getLogger('tensorpack').handlers:
        if type(handler) is logging.StreamHandler:  # the screen's, none that is derived from it
            handler.setLevel(logging.CRITICAL)
    logging.raiseExceptions = False  # neither tensorpack's malformed message nor a full disk is worth a traceback


@contextmanager
def training_in(folder):
    """A block that holds a run folder's lock; tensorpack's log goes to a file there and not to the screen.

    Raises:
        InputError: another training run is using it, or the folder cannot be written.
    """
    try:
        os.makedirs(os.path.join(folder, LOG_FOLDER), exist_ok=True)
        handler = logging.FileHandler(os.path.join(folder, LOG_FOLDER, 'log.log'), encoding='utf-8')
    except OSError as error:
        raise InputError(
            f'--checkpoint_path {folder}: cannot be written ({error.strerror}); free space or choose another folder'
        ) from None
    try:
        lock(handler.stream, f'--checkpoint_path {folder}: another training run is using it; give another folder')
        handler.setFormatter(logging.Formatter('%(asctime)s %(message)s'))
        logging.getLogger('tensorpack').addHandler(handler)
        yield
    finally:
        logging.getLogger('tensorpack').removeHandler(handler)
        with suppress(OSError):  # a full disk has no room for its last lines either
            handler.close()
