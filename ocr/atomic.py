"""Writing a file or a folder so that its path holds the old content or the new, and never half of it."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import InputError
from ocr.file_names import shortened


@contextmanager
def replacing(path, binary=False, newline=None, remedy='free space or choose another path'):
    """A file to write that takes the place of `path` when the block ends well; else `path` stays as it was.

    It is written beside and then renamed; folders above it are made. Text is UTF-8; what that cannot hold (half a
    surrogate pair) is written as an escape.

    Args:
        path: file to write.
        binary: the block writes bytes.
        newline: as for open().
        remedy: what the message advises when the file cannot be written.

    Raises:
        InputError: it cannot be written.
    """
    path = Path(path)
    beside = path.with_name(f'.{shortened(path.name, 220)}.{os.getpid()}.part')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            as_text = {} if binary else {'encoding': 'utf-8', 'errors': 'backslashreplace', 'newline': newline}
            with open(beside, 'wb' if binary else 'w', **as_text) as file:
                yield file
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f'{path}: cannot be written ({error.strerror or error}); {remedy}') from error


@contextmanager
def new_folder(path, remedy='free space or choose another path'):
    """A folder to fill that becomes `path` when the block ends well; else nothing is left.

    Args:
        path: folder to make; one that is there already must be empty.
        remedy: what the message advises when it cannot be written.

    Raises:
        InputError: there is something at `path`, or it cannot be written.
    """
    path = Path(os.path.abspath(path))
    beside = path.with_name(f'.{shortened(path.name, 220)}.{os.getpid()}.part')
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise InputError(f'{path}: is there already and not an empty folder; empty it or choose another path')
    try:
        beside.mkdir(parents=True)
        try:
            yield beside
            os.replace(beside, path)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise InputError(f'{path}: cannot be written ({error.strerror or error}); {remedy}') from error
