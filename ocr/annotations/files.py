"""Finding and reading the files of a dataset: what the formats share.

Names are matched as people see them: `café.png` typed as one character for é (NFC) is the file that macOS calls by e
and an accent (NFD), and the reverse.
"""

import os
import unicodedata
from functools import lru_cache

from ocr.annotations.place import is_image, other_encoding
from ocr.errors import InputError
from ocr.files.regular_file import open_regular
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
    """Path of the image that a label file calls `name`, or where it should be.

    If there is none, backslashes may be Windows' separators, and the name may be in another Unicode normalisation.
    """
    path = os.path.join(folder, name)
    if os.path.exists(path):
        return path
    names = [name, name.replace('\\', '/')] if '\\' in name else [name]
    for one in names:
        found = _as_people_see(folder, one)
        if os.path.exists(found):
            return found
    return path


def _as_people_see(folder, name):
    """Path of what a name below a folder may mean in any Unicode normalisation."""
    path = os.path.join(folder, name)
    if name.isascii() or os.path.exists(path):
        return path
    path = '/' if name.startswith('/') else folder
    for part in filter(None, name.split('/')):
        is_there = part.isascii() or os.path.lexists(os.path.join(path, part))
        path = os.path.join(path, part if is_there else _normalised_names(path).get(_nfc(part)) or part)
    return path


def _normalised_names(folder):
    """{NFC name: name} of what is in a folder, ASCII names aside; None for a name that is there in several forms."""
    try:
        return _list_normalised(folder, os.stat(folder or '.').st_mtime_ns)
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=64)
def _list_normalised(folder, _mtime):
    return _by_nfc(name for name in os.listdir(folder or '.') if not name.isascii())


def _by_nfc(names):
    found = {}
    for name in names:
        key = _nfc(name)
        found[key] = None if key in found else name
    return found


def _nfc(name):
    return unicodedata.normalize('NFC', name)


def require_inside(name, where):
    """The name of an image if it stays in its folder; InputError if it leads out of it.

    For the formats that are downloaded; the paths that people write into lists of their own may lead anywhere.
    """
    parts = name.replace('\\', '/').split('/') if isinstance(name, str) else ['']
    if parts[0] == '' or '..' in parts:
        raise InputError(
            f'{where}: {str(name)[:60]!r} leads out of the dataset; the name of an image in it is expected'
        )
    return name


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
        names, normalised = self._listed[folder]
        name = next((names[stem + suffix] for suffix in IMAGE_SUFFIXES if stem + suffix in names), None)
        if not name and not stem.isascii():
            keys = (_nfc(stem + suffix) for suffix in IMAGE_SUFFIXES)
            name = next((names[normalised[key]] for key in keys if normalised.get(key)), None)
        return name and os.path.join(folder, name)


def _image_names(folder):
    """{name with its suffix in lower case: name} of the images in a folder, and {NFC of such a name: it}."""
    try:
        names = sorted(filter(is_image, os.listdir(folder or '.')))
    except (OSError, ValueError):
        return {}, {}
    names = {stem + suffix.lower(): stem + suffix for stem, suffix in map(os.path.splitext, names)}
    return names, _by_nfc(name for name in names if not name.isascii())


def read_lines(path):
    """Yields (line number, text) of the lines of a UTF-8 file that hold more than spaces.

    Lines end with LF, CRLF or, converted twice, CR CR LF, the last perhaps with none; a byte order mark is skipped.
    Nothing else is stripped.

    Raises:
        InputError: the file cannot be read, is not UTF-8, or has a carriage return inside a line.
    """
    with open_binary(path) as lines:
        for number, line in enumerate(lines, 1):
            line = line.removesuffix(b'\n').rstrip(b'\r')
            if number == 1:
                line = line.removeprefix(b'\xef\xbb\xbf')
            if not line.strip(b' '):
                continue
            if b'\r' in line:
                raise InputError(f'{path}:{number}: a carriage return in the line; save it with CRLF or LF line ends')
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


def open_binary(path, is_text=True):
    """The file opened for reading.

    Raises:
        InputError: that fails, it is a pipe or a device, or a text file in UTF-16.
    """
    try:
        stream = open_regular(path)
        encoding = other_encoding(stream.peek(4)) if is_text else None
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror})') from error
    if encoding:
        stream.close()
        raise InputError(f'{path}: not UTF-8 but {encoding}; save it as UTF-8')
    return stream
