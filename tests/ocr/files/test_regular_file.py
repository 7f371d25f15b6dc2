"""Files that a person names: what is no regular file, such as a pipe, is refused, since reading it may never end."""

import os

import pytest

from ocr.charset import Charset
from ocr.config import parse_config
from ocr.drawing.corpus import read_texts
from ocr.errors import InputError
from ocr.evaluation.error_report.comparison import _model_of
from ocr.files.regular_file import read_regular
from ocr.model_files.stored_files import read_stored
from ocr.reading.search.lexicon import Lexicon
from ocr.serving.token import read_token

LETTERS = Charset('abc')


@pytest.mark.parametrize(
    ('content', 'read'),
    [
        ('a\nb\n', Charset.load),
        ('a\nb\n', lambda path: Lexicon.load(path, LETTERS, 8)),
        ('a\nb\n', read_texts),
        ('{"tta": 1}', lambda path: parse_config(['--config_path', path], 'test')),
        ('{"metrics": 0, "datasets": 0, "combined": 0, "settings": {"model": "a"}}', _model_of),
        ('token', read_token),
        ('a', read_stored),
    ],
    ids=['charset', 'lexicon', 'texts', 'settings', 'scores', 'token', 'stored'],
)
def test_a_pipe_is_refused_where_a_file_is_read(tmp_path, content, read):
    (tmp_path / 'file').write_text(content)
    read(str(tmp_path / 'file'))
    reader, writer = os.pipe()
    os.write(writer, content.encode())
    os.close(writer)
    try:
        with pytest.raises(InputError, match=r'not a regular file'):
            read(f'/dev/fd/{reader}')
    finally:
        os.close(reader)


@pytest.mark.parametrize('path', ['/dev/zero', '.'])
def test_devices_and_folders_are_no_files(path):
    with pytest.raises(OSError, match=r'not a regular file|Is a directory'):
        read_regular(path)
