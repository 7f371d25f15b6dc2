"""The folder that a training writes to: settings, charset and log beside the checkpoints."""

import logging
import os

from ocr.atomic import replacing
from ocr.errors import InputError
from ocr.model_files.checkpoint import BEST_FOLDER, CHARSET_FILE, CONFIG_FILE, saved_steps

LOG_FOLDER = 'log'  # the log and TensorBoard's event files


def check_nothing_later(cfg, start, start_step):
    """InputError where --checkpoint_path holds checkpoints of later steps: they would be mixed with those to come."""
    folder = cfg.checkpoint_path
    later = [step for place in (folder, os.path.join(folder, BEST_FOLDER)) for step in saved_steps(place)]
    if max(later, default=0) <= start_step:
        return
    remedy = 'give another folder'
    if cfg.restore_path:
        remedy += ', or go on there without --restore_path'
    elif start:
        remedy += f' and --restore_path {start.path}'
    raise InputError(
        f'--checkpoint_path {folder} holds checkpoints up to step {max(later)}, and this training starts at step '
        f'{start_step}; {remedy}'
    )


def save_settings(folder, settings, charset):
    """Settings, the JSON text of a Config, and charset, if there is one, beside the checkpoints to come."""
    for place in (folder, os.path.join(folder, BEST_FOLDER)):
        with replacing(os.path.join(place, CONFIG_FILE)) as file:
            file.write(settings)
        if charset:
            charset.save(os.path.join(place, CHARSET_FILE))


def hide_log():
    """Tensorpack's log does not go to the screen: its errors are raised here as well."""
    for handler in logging.getLogger('tensorpack').handlers:
        if type(handler) is logging.StreamHandler:  # the screen's, none that is derived from it
            handler.setLevel(logging.CRITICAL)
    logging.raiseExceptions = False  # neither tensorpack's malformed message nor a full disk is worth a traceback


def keep_log(folder):
    """Tensorpack's log goes to a file and not to the screen."""
    hide_log()
    try:
        os.makedirs(os.path.join(folder, LOG_FOLDER), exist_ok=True)
        handler = logging.FileHandler(os.path.join(folder, LOG_FOLDER, 'log.log'), encoding='utf-8')
    except OSError as error:
        raise InputError(
            f'--checkpoint_path {folder}: cannot be written ({error.strerror}); free space or choose another folder'
        ) from None
    handler.setFormatter(logging.Formatter('%(asctime)s %(message)s'))
    logging.getLogger('tensorpack').addHandler(handler)
