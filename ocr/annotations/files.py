"""Finding and reading the files of a dataset: what the formats share."""

import os

from ocr.errors import InputError

IMAGE_EXTENSIONS = ('.jpg', '.JPG', '.jpeg', '.JPEG', '.png', '.PNG')
REMEDY = 'set --base_dir, or give {dataset}=PATH in place of {dataset}'


def require_folder(path, dataset, holds):
    """The path if it is a folder; otherwise an InputError that says what should be there and how to change it."""
    if not os.path.isdir(path):
        state = 'is not a folder' if os.path.exists(path) else 'does not exist'
        raise InputError(f'{dataset}: {path} {state}; {holds} should be there: {REMEDY.format(dataset=dataset)}')
    return path


def require_file(path, dataset, holds):
    """The path if it is a file; otherwise an InputError, as `require_folder`."""
    if not os.path.isfile(path):
        raise InputError(f'{dataset}: {path} does not exist; {holds} should be there: {REMEDY.format(dataset=dataset)}')
    return path


def find_image(folders, stem):
    """Path of the image with a stem in the first folder that has it, or where it should be. Opens no file."""
    for folder in folders:
        for extension in IMAGE_EXTENSIONS:
            path = os.path.join(folder, stem + extension)
            if os.path.exists(path):
                return path
    return os.path.join(folders[0], stem + IMAGE_EXTENSIONS[0])


def read_lines(path):
    """Yields (line number, text) of the lines of a UTF-8 file that hold more than spaces.

    Lines end with LF or CRLF, the last perhaps with neither; a byte order mark is skipped. Nothing else is stripped.
    """
    with open_binary(path) as lines:
        for number, line in enumerate(lines, 1):
            line = line.removesuffix(b'\n').removesuffix(b'\r')
            if number == 1:
                line = line.removeprefix(b'\xef\xbb\xbf')
            if not line.strip(b' '):
                continue
            try:
                yield number, line.decode('utf-8')
            except UnicodeDecodeError as error:
                raise InputError(
                    f'{path}:{number}: not UTF-8 (byte {error.start} of the line); save it as UTF-8'
                ) from error


def read_bytes(path):
    """Content of a small file."""
    with open_binary(path) as stream:
        return stream.read()


def open_binary(path):
    """The file opened for reading; InputError if that fails."""
    try:
        return open(path, 'rb')
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror})') from error
