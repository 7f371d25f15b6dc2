"""The token that a server wants and a client brings: from a file or the environment, so no process list shows it."""

import os

from ocr.errors import InputError
from ocr.files.regular_file import read_regular

VARIABLE = 'OCR_TOKEN'


def read_token(path=''):
    """The token in a file, else that of the environment variable OCR_TOKEN, else ''.

    Raises:
        InputError: the file cannot be read or holds no token; the token has characters that a header cannot carry.
    """
    token, where = os.environ.get(VARIABLE, '').strip(), VARIABLE
    if path:
        where = f'--token_path {path}'
        try:
            token = read_regular(path).decode('utf-8').strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f'{where}: cannot be read ({getattr(error, "strerror", None) or error})') from None
        if not token:
            raise InputError(f'{where}: is empty; write the token into it')
    if not token.isascii() or not token.isprintable() or ' ' in token:
        raise InputError(f'{where}: a token is printable ASCII without spaces; make one with `openssl rand -hex 32`')
    return token
