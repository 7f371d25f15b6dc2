"""What `pip install .` installs: the wheel's content, its command, and requirements with the bounds of the files."""

import os
import re
import subprocess
import sys
import zipfile

import pytest
import tiny

from ocr.scripts.command import SCRIPTS, as_commands

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    """The wheel, built here without a network: zipfile.ZipFile."""
    folder = tmp_path_factory.mktemp('wheel')
    command = [sys.executable, '-m', 'hatchling', 'build', '-t', 'wheel', '-d', str(folder)]
    subprocess.run(command, cwd=tiny.ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob('*.whl'))) as archive:
        yield archive


@pytest.fixture(scope='module')
def installed(wheel, tmp_path_factory):
    """A folder that holds nothing but what the wheel installs."""
    folder = tmp_path_factory.mktemp('installed')
    wheel.extractall(folder)
    return folder


def run(installed, cwd, *arguments):
    """The command in a process that finds the installed package and no checkout."""
    code = 'import sys; sys.argv[0] = "attention-ocr"; from ocr.scripts.command import main; main()'
    environment = {**os.environ, 'PYTHONPATH': str(installed), 'PYTHONSAFEPATH': '1', 'COLUMNS': '200'}
    command = [sys.executable, '-c', code, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def project():
    return tomllib.loads((tiny.ROOT / 'pyproject.toml').read_text(encoding='utf-8'))['project']


def test_one_package_reaches_site_packages(wheel):
    names = wheel.namelist()
    assert {name.partition('/')[0] for name in names} == {'ocr', 'attention_ocr-1.0.0.dist-info'}
    tracked = subprocess.run(['git', 'ls-files', 'ocr'], cwd=tiny.ROOT, capture_output=True, text=True, check=False)
    expected = set(tracked.stdout.split()) | {f'ocr/scripts/{script}.py' for script in SCRIPTS.values()}
    assert expected - set(names) == set()
    assert not [name for name in names if '__pycache__' in name or name.endswith('.pyc')]


def test_what_the_scripts_need_beside_the_code_is_inside(wheel):
    names = set(wheel.namelist())
    models = [path for path in (tiny.ROOT / 'pretrain').iterdir() if path.suffix in ('.pb', '.onnx')]
    assert models and {f'ocr/pretrain/{path.name}' for path in models} <= names
    assert 'ocr/pretrain/fine_tuning.json' in names
    pictures = (tiny.ROOT / 'imgs' / 'words').glob('*.jpg')
    fonts = [path for path in (tiny.ROOT / 'fonts').iterdir() if path.suffix in ('.ttf', '.otf')]
    assert {f'ocr/imgs/words/{path.name}' for path in pictures} | {f'ocr/fonts/{path.name}' for path in fonts} <= names
    assert sum(info.compress_size for info in wheel.infolist()) < 70e6


def test_the_command_is_installed(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith('entry_points.txt'))
    assert 'attention-ocr = ocr.scripts.command:main' in wheel.read(name).decode()


def test_the_installed_command_reads_its_pictures_with_its_model(installed, tmp_path):
    done = run(installed, tmp_path, 'read', '--output_path', 'out', '--tta', '1')
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / 'out' / 'results.jsonl').read_text().splitlines()) == 24
    assert 'out/results.jsonl: 24 read, 0 unreadable' in done.stdout


def test_the_installed_command_draws_in_several_processes(installed, tmp_path):
    flags = tiny.flags(recipe='digits', num_samples=40, num_workers=2, output_path='drawn')
    done = run(installed, tmp_path, 'synthesize', *flags)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / 'drawn' / 'labels.jsonl').read_text().splitlines()) == 40


@pytest.mark.parametrize(('command', 'script'), SCRIPTS.items())
def test_each_command_has_its_scripts_help(command, script, installed, tmp_path):
    done = run(installed, tmp_path, command, '--help')
    of_script = subprocess.run(
        [sys.executable, str(tiny.ROOT / f'{script}.py'), '--help'],
        env={**os.environ, 'COLUMNS': '200'},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f'usage: attention-ocr {command} ')
    assert done.stdout.split('\n', 1)[1] == as_commands(of_script.split('\n', 1)[1])


@pytest.mark.parametrize(
    ('arguments', 'code', 'said'),
    [
        ([], 0, 'read         Read a folder of images (test.py)'),
        (['--help'], 0, 'attention-ocr COMMAND --help'),
        (['reed'], 2, 'attention-ocr: reed: no such command; did you mean read?\n'),
        (['xyz'], 2, 'attention-ocr: xyz: no such command; there are read, train, eval,'),
        (['read', '--seq_len', '3'], 2, 'attention-ocr read: --seq_len is a setting of'),
        (['read', '--img_folder', 'nowhere'], 2, 'attention-ocr read: --img_folder nowhere: no such folder\n'),
    ],
)
def test_the_command_ends_as_the_scripts_do(arguments, code, said, installed, tmp_path):
    done = run(installed, tmp_path, *arguments)
    assert done.returncode == code and said in (done.stderr if code else done.stdout)
    assert not (done.stdout if code else done.stderr)


def test_the_command_works_in_a_checkout_too(tmp_path):
    done = run(tiny.ROOT, tmp_path, 'dataset', '--help')
    assert done.returncode == 0 and done.stdout.startswith('usage: attention-ocr dataset')


def requirements(*names):
    """Lines of requirements files and of those that they name."""
    lines = set()
    for name in names:
        for line in (tiny.ROOT / name).read_text(encoding='utf-8').splitlines():
            if line.startswith('-r '):
                lines |= requirements(line[3:])
            elif line and not line.startswith('#'):
                lines.add(line)
    return lines


@pytest.mark.parametrize(
    ('extras', 'files'),
    [
        (('serve', 'train'), ('requirements.txt',)),
        (('serve', 'gpu'), ('requirements-gpu.txt',)),
        (('onnx',), ('requirements-onnx.txt',)),
        (('serve', 'onnx-export', 'train'), ('requirements.txt', 'requirements-onnx-export.txt')),
        (('openvino', 'serve', 'train'), ('requirements.txt', 'requirements-openvino.txt')),
        (('onnx', 'ray'), ('requirements-onnx.txt', 'requirements-ray.txt')),
    ],
)
def test_the_package_needs_what_the_requirements_files_say(extras, files):
    found = set(project()['dependencies'])
    for extra in extras:
        for line in project()['optional-dependencies'][extra]:
            own = re.fullmatch(r'attention-ocr\[(\w+)\]', line)
            found |= set(project()['optional-dependencies'][own[1]] if own else [line])
    assert found == requirements(*files)


def test_the_scripts_of_the_command_are_those_of_the_settings():
    from ocr.config import SCRIPTS as of_settings

    assert sorted(SCRIPTS.values()) == sorted(of_settings)
