"""Files of a model, with their checksums in SHA256SUMS beside them, for `sha256sum --check` too."""

import hashlib
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.files.regular_file import read_regular

SUMS_FILE = 'SHA256SUMS'


@contextmanager
def recording_sums(folder, digests):
    """A block that writes files to a folder: their checksums are there before it and alone after it.

    So neither the old nor the new file is refused, wherever a kill falls.

    Args:
        folder: of the files and of SUMS_FILE.
        digests: {file name: `digest` of what it will hold}.
    """
    new = [(value, name) for name, value in digests.items()]
    before = _read_sums(folder)
    _write_sums(folder, [*before, *new])
    yield
    others = [(value, name) for value, name in before if name not in digests and (Path(folder) / name).exists()]
    _write_sums(folder, [*others, *new])


def digest(content):
    """Checksum of bytes."""
    return hashlib.sha256(content).hexdigest()


def digest_of_file(path):
    """Checksum of a file's bytes."""
    found = hashlib.sha256()
    with open(path, 'rb') as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def is_as_written(path):
    """Whether a file holds what SUMS_FILE beside it says, or is not named there."""
    path = Path(path)
    digests = [value for value, name in _read_sums(path.parent) if name == path.name]
    return not digests or digest_of_file(path) in digests


def read_stored(path):
    """Bytes of a file, checked against the SUMS_FILE beside it if that names it.

    Raises:
        InputError: it cannot be read, or holds something else than what was written.
    """
    path = Path(path)
    try:
        content = read_regular(path)
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror or error})') from None
    digests = [value for value, name in _read_sums(path.parent) if name == path.name]
    if digests and digest(content) not in digests:
        raise InputError(
            f'{path}: damaged or edited, it is not what {SUMS_FILE} beside it says; restore it from a copy, or, if the '
            f'change is meant, remove its line in {SUMS_FILE}'
        )
    return content


def read_stored_text(path):
    """`read_stored` as UTF-8 text; InputError also if it is none."""
    try:
        return read_stored(path).decode('utf-8')
    except UnicodeDecodeError as error:
        raise InputError(f'{path}: damaged, not UTF-8 text (byte {error.start}); restore it from a copy') from None


def _read_sums(folder):
    """[(digest, file name)]; none if there is no such file or its lines are no checksums."""
    try:
        lines = (Path(folder) / SUMS_FILE).read_text(encoding='utf-8', errors='replace').splitlines()
    except OSError:
        return []
    return [(line[:64], line[66:]) for line in lines if line[64:66] == '  ']


def _write_sums(folder, sums):
    with replacing(Path(folder) / SUMS_FILE) as file:
        file.writelines(f'{value}  {name}\n' for value, name in dict.fromkeys(sums))
