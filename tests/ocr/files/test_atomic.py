"""Files that are written whole or not at all."""

import os
import subprocess

import pytest
from tiny import largest_file

from ocr.errors import InputError
from ocr.files.atomic import new_folder, part_beside, replacing


@pytest.fixture
def path(tmp_path):
    """A file that exists."""
    path = tmp_path / 'scores.txt'
    path.write_text('old')
    return path


def test_the_file_changes_at_the_end_of_the_block_only(path):
    with replacing(path) as file:
        file.write('new')
        file.flush()
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'
    assert os.listdir(path.parent) == ['scores.txt']


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt, InputError('other.txt: malformed')])
def test_an_exception_passes_through_and_leaves_the_file_as_it_was(path, error):
    expected = error if isinstance(error, type) else type(error)
    with pytest.raises(expected) as raised, replacing(path) as file:
        file.write('half')
        raise error
    assert raised.value is error or raised.type is error
    assert path.read_text() == 'old'
    assert os.listdir(path.parent) == ['scores.txt']


@pytest.mark.parametrize('binary', [True, False])
def test_a_full_disk_is_an_input_error_with_the_remedy_and_leaves_the_file_as_it_was(path, binary):
    with (  # the limit ends with the block: the test's own report may go to a longer file
        largest_file(1024),
        pytest.raises(InputError, match=r'scores\.txt: cannot be written \(File too large\); buy a larger one$'),
        replacing(path, binary, remedy='buy a larger one') as file,
    ):
        file.write((b'x' if binary else 'x') * 5000)
    assert path.read_text() == 'old'
    assert os.listdir(path.parent) == ['scores.txt']


def test_the_folder_one_stands_in_is_no_new_folder(tmp_path, monkeypatch):
    (tmp_path / 'thesis.txt').write_text('years of work')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match='not an empty folder'), new_folder('.'):
        pass
    assert os.listdir(tmp_path) == ['thesis.txt']


def test_folders_are_made(tmp_path):
    with replacing(tmp_path / 'a' / 'b' / 'c.bin', binary=True) as file:
        file.write(b'\r\n')
    assert (tmp_path / 'a' / 'b' / 'c.bin').read_bytes() == b'\r\n'


def test_a_path_below_a_file_or_that_is_a_folder_is_an_input_error(path):
    for bad in (path / 'scores.json', path.parent):
        with pytest.raises(InputError, match=f'{bad}: cannot be written'), replacing(bad) as file:
            file.write('x')
    assert os.listdir(path.parent) == ['scores.txt']
    assert not list(path.parent.parent.glob('.*.part'))


def test_text_is_utf8_and_half_a_surrogate_pair_is_escaped(path):
    with replacing(path, newline='') as file:
        file.write('é中\r\n\ud800')
    assert path.read_bytes() == 'é中\r\n\\ud800'.encode()


@pytest.mark.parametrize('is_there', [True, False])
def test_a_folder_is_there_at_the_end_of_the_block_only(tmp_path, is_there):
    path = tmp_path / 'a' / 'set'
    if is_there:
        path.mkdir(parents=True)
    with new_folder(path) as folder:
        (folder / 'labels.txt').write_text('new')
        assert not path.exists() or not list(path.iterdir())
    assert (path / 'labels.txt').read_text() == 'new'
    assert os.listdir(path.parent) == ['set']


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt, InputError])
def test_a_folder_that_fails_leaves_nothing(tmp_path, error):
    with pytest.raises(error), new_folder(tmp_path / 'set') as folder:
        (folder / 'half').write_text('half')
        raise error
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made(path):
    with pytest.raises(InputError, match='already exists and is not an empty folder'), new_folder(path):
        pass
    with pytest.raises(InputError, match='already exists and is not an empty folder'), new_folder(path.parent):
        pass
    with pytest.raises(InputError, match=r'set: cannot be written \(Not a directory\)'), new_folder(path / 'set'):
        pass
    assert os.listdir(path.parent) == ['scores.txt']


@pytest.mark.parametrize('length', [220, 255])
def test_names_as_long_as_a_file_system_takes(tmp_path, length):
    with replacing(tmp_path / ('a' * length)) as file:
        file.write('text')
    with new_folder(tmp_path / ('b' * length)):
        pass
    assert sorted(len(path.name) for path in tmp_path.iterdir()) == [length, length]


def dead_process():
    """The number of a process that has ended."""
    process = subprocess.Popen(['true'])
    process.wait()
    return process.pid


def test_parts_of_killed_runs_are_swept_up_and_nobody_elses(path):
    dead, host = dead_process(), part_beside(path).name.split('.')[-2].rpartition('-')[0]
    abandoned = path.with_name('.scores.txt.elsewhere-1.part')
    left = [path.with_name(f'.scores.txt.{name}.part') for name in (f'{host}-{dead}', dead)] + [abandoned]
    kept = [
        path.with_name(f'.scores.txt.{name}.part')
        for name in (f'{host}-{os.getppid()}', f'elsewhere-{dead}', os.getppid(), 'mine', f'a.b-{dead}')
    ]
    kept += [path.with_name(f'.other.txt.{host}-{dead}.part'), path.with_name('x.part')]
    for part in (*left, *kept):
        part.write_text('half')
    os.utime(abandoned, (0, 0))
    with replacing(path) as file:
        file.write('new')
    assert sorted(path.parent.iterdir()) == sorted([path, *kept])


def test_a_folders_part_of_a_killed_run_is_swept_up(tmp_path):
    part = tmp_path / f'.set.{dead_process()}.part'
    (part / 'images').mkdir(parents=True)
    with new_folder(tmp_path / 'set'):
        pass
    assert os.listdir(tmp_path) == ['set']


def test_the_disk_has_a_file_before_it_gets_its_name_and_the_name_before_the_block_ends(path, monkeypatch):
    done = []
    monkeypatch.setattr(os, 'fsync', lambda descriptor: done.append(os.readlink(f'/proc/self/fd/{descriptor}')))
    replace = os.replace
    monkeypatch.setattr(os, 'replace', lambda old, new: done.append('renamed') or replace(old, new))
    with replacing(path) as file:
        file.write('new')
    assert done == [str(part_beside(path)), 'renamed', str(path.parent)]
