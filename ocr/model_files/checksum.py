"""The checksum that a model file carries behind its content, if the format takes one more text."""

import hashlib
import re

from ocr.errors import InputError

_FORM = re.compile(r'sha256 ([0-9a-f]{64}) of (\d{1,18}) bytes')


def checksum(content):
    """The text that says what bytes are."""
    return f'sha256 {hashlib.sha256(content).hexdigest()} of {len(content)} bytes'


def require_whole(content, found, num_behind, where):
    """InputError if a file is not what its checksum says.

    Args:
        content: bytes of the file.
        found: its `checksum`, as read from it.
        num_behind: bytes that such a checksum takes behind the content.
        where: what messages call the file.
    """
    match = _FORM.fullmatch(found)
    if match and len(content) == int(match[2]) + num_behind and checksum(content[: int(match[2])]) == found:
        return
    raise InputError(
        f'{where}: damaged, its content is not what its checksum says; copy it again, or, if it was changed on '
        'purpose, give --trust_model'
    )
