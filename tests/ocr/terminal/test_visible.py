"""Names and texts from outside on a screen of any encoding."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from ocr.reading.results_file import result_table
from ocr.terminal.visible import visible

ROOT = Path(__file__).parents[3]
SAYS = """
import logging
from ocr.errors import InputError
from ocr.terminal.visible import set_up_output
set_up_output()
names = '\u4e2d.png', b'\\xd6\\xd0.png'.decode('utf-8', 'surrogateescape'), '\\x1b[31mred\\r\\x9b2J'
for name in names:
    print(repr(name)[1:-1] if name == names[2] else name)
    logging.getLogger('ocr').info('%s: missing image', name)
"""


def run_python(*arguments, encoding):
    environment = {**os.environ, 'PYTHONIOENCODING': encoding, 'PYTHONUTF8': '0'}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('Caf\xe9 24', 'Caf\xe9 24'),
        ('\x1b[2J', '\\x1b[2J'),
        ('a\tb\r\n', 'a\\tb\\r\\n'),
        ('\x9b31m', '\\x9b31m'),
        ('\u202egpj.exe', '\\u202egpj.exe'),
        ('\udcd6', '\\udcd6'),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8:strict', 'cp1252', 'latin-1', 'ascii'])
def test_what_an_encoding_lacks_is_written_as_an_escape(encoding):
    result = run_python('-c', SAYS, encoding=encoding)
    assert result.returncode == 0, result.stderr
    chinese = '\u4e2d' if encoding.startswith('utf-8') else '\\u4e2d'
    names = [f'{chinese}.png', '\\udcd6\\udcd0.png', '\\x1b[31mred\\r\\x9b2J']
    assert result.stdout.decode(encoding.partition(':')[0]).splitlines() == names
    assert result.stderr.decode(encoding.partition(':')[0]).splitlines() == [f'{name}: missing image' for name in names]


def test_a_check_ends_well_whatever_the_encoding(tmp_path):
    words = tiny.make_words(tmp_path / 'words', '\u9762\u5305\u5e97', 'BAKERY')
    (words / '0.png').rename(words / '\x1b[31m\u9762.png')
    (words / 'labels.tsv').write_text('\x1b[31m\u9762.png\t\u9762\u5305\u5e97\n1.png\tBAKERY\n', 'utf-8')
    flags = tiny.flags(train_datasets=words, index_dir=tmp_path / 'index', output_path=tmp_path / 'page')
    allowed = ('--charset_path', 'ascii', '--check', '--allow_lost', 'unknown')
    result = run_python('dataset.py', *flags, *allowed, encoding='latin-1')
    assert result.returncode == 0, result.stderr
    assert b'\\u9762\\u5305\\u5e97' in result.stdout and b'\x1b' not in result.stdout
    assert (tmp_path / 'page' / 'index.html').exists()


def test_an_error_message_is_not_obeyed(tmp_path):
    (tmp_path / 'labels.tsv').write_text('1.png\n\x1b[2J\n')
    result = run_python('dataset.py', '--train_datasets', f'm={tmp_path}', '--index_dir', tmp_path, encoding='ascii')
    assert result.returncode == 2 and b'\x1b' not in result.stderr


def test_the_table_of_results_shows_what_was_read(tmp_path):
    line = '{"image": "\\u001b[2J\\udcd6.png", "text": "a\\u001bb\\n", "confidence": 0.5, "read": "\\u0007"}\n'
    (tmp_path / 'results.jsonl').write_text(line)
    row = result_table(tmp_path / 'results.jsonl', 60).splitlines()[2]
    assert row.split() == ['\\x1b[2J\\udcd6.png', 'a\\x1bb\\n', '0.500', '\\x07']
