"""Files that others name: pipes, devices and folders are refused, since reading them may never end."""

import os
import stat

_OTHER = 'not a regular file'


def open_regular(path):
    """The file opened for reading, binary.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        OSError: it cannot be opened, or is no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, 'O_NONBLOCK', 0) | getattr(os, 'O_BINARY', 0))
    except ValueError as error:  # a zero byte, half a surrogate pair
        raise FileNotFoundError(2, 'no such name', path) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise IsADirectoryError(21, 'Is a directory', path) if stat.S_ISDIR(mode) else OSError(22, _OTHER, path)
    return open(descriptor, 'rb')


def read_regular(path):
    """All bytes of a small file; errors as of `open_regular`."""
    with open_regular(path) as stream:
        return stream.read()


def is_folder(entry):
    """Whether an os.DirEntry is a folder or a link to one; a link that leads in a circle is none."""
    return _holds(entry.is_dir)


def is_file(entry):
    """Whether an os.DirEntry is a regular file or a link to one, as `is_folder`; only links cost a look at the disk."""
    return _holds(entry.is_file)


def _holds(ask):
    try:
        return ask()
    except OSError:
        return False
