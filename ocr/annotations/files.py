"""Finding and reading the files of a dataset: what the formats share."""

import os

from ocr.annotations.place import is_image
from ocr.errors import InputError
from ocr.preprocessing.image_file import IMAGE_SUFFIXES

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


def locate_image(folder, name):
    """Path of the image that a label file calls `name`: if there is none, backslashes may be Windows' separators."""
    path = os.path.join(folder, name)
    if '\\' in name and not os.path.exists(path):
        of_windows = os.path.join(folder, name.replace('\\', '/'))
        return of_windows if os.path.exists(of_windows) else path
    return path


class ImageFinder:
    """Finds images by their names without suffix, which may be any of IMAGE_SUFFIXES in any case.

    A folder is listed once, when it is first looked into: there may be 100,000 images in it.
    """

    def __init__(self):
        self._listed = {}

    def find(self, folders, *stems):
        """Path of the image with one of the stems in the first folder that has it, or where it should be."""
        paths = (self.get(folder, stem) for folder in folders for stem in stems)
        return next(filter(None, paths), os.path.join(folders[0], stems[-1] + IMAGE_SUFFIXES[0]))

    def get(self, folder, stem):
        """Path of the image with a stem in a folder, or None; of several, the first of IMAGE_SUFFIXES."""
        folder, stem = os.path.split(os.path.join(folder, stem))  # a stem may begin with folders
        if folder not in self._listed:
            self._listed[folder] = _image_names(folder)
        names = self._listed[folder]
        name = next((names[stem + suffix] for suffix in IMAGE_SUFFIXES if stem + suffix in names), None)
        return name and os.path.join(folder, name)


def _image_names(folder):
    """{name with its suffix in lower case: name} of the images in a folder; {} where it cannot be read."""
    try:
        names = sorted(filter(is_image, os.listdir(folder or '.')))
    except OSError:
        return {}
    return {stem + suffix.lower(): stem + suffix for stem, suffix in map(os.path.splitext, names)}


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
