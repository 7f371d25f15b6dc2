"""A folder that takes the place of an earlier one that was made in the same way."""

import logging
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import InputError

logger = logging.getLogger(__name__)


@contextmanager
def replaced_folder(output, own_files, mark):
    """A new folder beside `output` that takes its place when the block ends well; else `output` stays as it was.

    Args:
        output: path of the folder.
        own_files: names of all that an earlier run may have left in it.
        mark: the one of them that every earlier run has written.

    Raises:
        InputError: there is something else at `output`.
    """
    output = Path(os.path.abspath(output))
    part, old = (output.with_name(f'{output.name}.{suffix}') for suffix in ('part', 'old'))
    for folder in (output, part, old):
        _check_replaceable(folder, own_files, mark)
    for folder in (part, old):
        shutil.rmtree(folder, ignore_errors=True)
    if output.exists() and any(output.iterdir()):
        logger.info('%s: the drawn set that is there will be replaced', output)
    part.mkdir(parents=True)
    try:
        yield part
        if output.exists():
            os.replace(output, old)
        os.replace(part, output)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _check_replaceable(folder, own_files, mark):
    """Raises InputError for a folder that holds anything but what an earlier run wrote."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f'{folder}: is not a folder; give another --output_path')
    names = {path.name for path in folder.iterdir()}
    if names and not (names <= own_files and mark in names):
        raise InputError(f'{folder}: is not empty and not of this script; give another --output_path')
