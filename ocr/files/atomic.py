"""Writing a file or a folder so that its path holds the old content or the new, and never half of it.

What is written lies beside under a hidden name until it is whole and on the disk. What killed runs left there is
removed by the next run that writes the same file or folder.
"""

import os
import re
import shutil
import socket
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from ocr.errors import InputError
from ocr.files.file_names import shortened

_PART = re.compile(r'(?:(?P<host>\w+)-)?(?P<process>\d+)\.part')  # behind the name; version 1.0 did not name the host
_ABANDONED = 24 * 3600  # seconds after which what another machine left is taken for left
_swept = set()  # paths beside which this process has looked


@contextmanager
def replacing(path, binary=False, newline=None, remedy='free space or choose another path'):
    """A file to write that takes the place of `path` when the block ends well; else `path` stays as it was.

    It is written beside, to the disk, and then renamed; folders above it are made. Text is UTF-8; what that cannot hold
    (half a surrogate pair) is written as an escape.

    Args:
        path: file to write.
        binary: the block writes bytes.
        newline: as for open().
        remedy: what the message advises when the file cannot be written.

    Raises:
        InputError: it cannot be written.
    """
    path = Path(path)
    beside = part_beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path)
        try:
            as_text = {} if binary else {'encoding': 'utf-8', 'errors': 'backslashreplace', 'newline': newline}
            with open(beside, 'wb' if binary else 'w', **as_text) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
            sync_folder(path.parent)
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
    beside = part_beside(path)
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise InputError(f'{path}: already exists and is not an empty folder; empty it or choose another path')
    try:
        if path.parent.is_dir():
            sweep(path)
        beside.mkdir(parents=True)
        try:
            yield beside
            if hasattr(os, 'sync'):
                os.sync()  # at once: a folder may hold a million files
            os.replace(beside, path)
            sync_folder(path.parent)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise InputError(f'{path}: cannot be written ({error.strerror or error}); {remedy}') from error


def part_beside(path):
    """Where this process writes what is to become `path`."""
    return path.with_name(f'.{shortened(path.name)}.{_host()}-{os.getpid()}.part')


def sync_file(path):
    """Wait until the disk has a file's content."""
    with open(path, 'rb') as file:
        os.fsync(file.fileno())


def sync_folder(path):
    """Wait until the disk has a folder's names, if the system can do that."""
    with suppress(OSError):  # Windows opens no folders, and some file systems sync none
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(path):
    """Remove what runs that were killed left half-written of `path`; looked for once in a process."""
    path = os.path.abspath(path)
    if path in _swept:
        return
    _swept.add(path)
    folder, name = os.path.split(path)
    name = shortened(name)
    with os.scandir(folder) as entries:
        parts = [entry.path for entry in entries if entry.name.startswith(f'.{name}.') and _is_left(entry, name)]
    for part in parts:
        with suppress(OSError):
            shutil.rmtree(part) if os.path.isdir(part) else os.unlink(part)


def _is_left(entry, name):
    """Whether nobody writes to a part any more. A number of a process says nothing about another machine's."""
    match = _PART.fullmatch(entry.name.removeprefix(f'.{name}.'))
    if not match:
        return False
    if match['host'] in (None, _host()):
        return not _runs(int(match['process']))
    with suppress(OSError):
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED
    return False


def _runs(process):
    """Whether a process of this machine is alive, or may be."""
    if os.name != 'posix':
        return True  # there, asking would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _host():
    return re.sub(r'\W', '_', socket.gethostname())[:48] or 'host'
