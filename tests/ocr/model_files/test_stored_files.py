"""Files beside a model's weights, and their checksums."""

import subprocess

import pytest

from ocr.errors import InputError
from ocr.model_files.stored_files import SUMS_FILE, digest, read_stored, read_stored_text, recording_sums


def write(folder, **contents):
    with recording_sums(folder, {name: digest(content) for name, content in contents.items()}):
        for name, content in contents.items():
            (folder / name).write_bytes(content)


def test_what_was_written_is_read(tmp_path):
    write(tmp_path, one=b'1', two='zwei \u4e8c'.encode())
    assert read_stored(tmp_path / 'one') == b'1'
    assert read_stored_text(tmp_path / 'two') == 'zwei \u4e8c'
    subprocess.run(['sha256sum', '--check', '--strict', SUMS_FILE], cwd=tmp_path, check=True, capture_output=True)


def test_what_was_changed_is_refused_and_the_line_says_what_to_do(tmp_path):
    write(tmp_path, one=b'1', two=b'2')
    (tmp_path / 'one').write_bytes(b'3')
    with pytest.raises(InputError, match=r'one: damaged or edited, .* SHA256SUMS .*; restore it .* remove its line'):
        read_stored(tmp_path / 'one')
    assert read_stored(tmp_path / 'two') == b'2'
    (tmp_path / SUMS_FILE).write_text((tmp_path / SUMS_FILE).read_text().splitlines(True)[1])
    assert read_stored(tmp_path / 'one') == b'3'


def test_a_kill_between_two_files_leaves_both_readable(tmp_path):
    write(tmp_path, other=b'0')
    write(tmp_path, one=b'1', two=b'2')
    with pytest.raises(KeyboardInterrupt), recording_sums(tmp_path, {'one': digest(b'11'), 'two': digest(b'22')}):
        (tmp_path / 'one').write_bytes(b'11')
        raise KeyboardInterrupt
    assert [read_stored(tmp_path / name) for name in ('other', 'one', 'two')] == [b'0', b'11', b'2']
    write(tmp_path, one=b'11', two=b'22')
    (tmp_path / 'two').write_bytes(b'2')
    with pytest.raises(InputError, match='two: damaged or edited'):
        read_stored(tmp_path / 'two')


@pytest.mark.parametrize('sums', [None, b'', b'\xff\xfe no sums\n', b'short  one\n'])
def test_a_file_without_a_checksum_is_read_as_it_is(tmp_path, sums):
    (tmp_path / 'one').write_bytes(b'1')
    if sums is not None:
        (tmp_path / SUMS_FILE).write_bytes(sums)
    assert read_stored(tmp_path / 'one') == b'1'


def test_what_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r'none: cannot be read \(No such file or directory\)'):
        read_stored(tmp_path / 'none')
    (tmp_path / 'latin').write_bytes(b'caf\xe9')
    with pytest.raises(InputError, match=r'latin: damaged, not UTF-8 text \(byte 3\)'):
        read_stored_text(tmp_path / 'latin')
