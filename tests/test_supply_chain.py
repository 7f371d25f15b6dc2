"""The container: its packages with versions and hashes, its base image, the flags of its server."""

import json
import re

import pytest
import tiny

from ocr.config import parse_config

DOCKERFILE = (tiny.ROOT / 'Dockerfile').read_text()


LOCKS = {'requirements.lock': ('base', 'common'), 'requirements-onnx.lock': ('base', 'onnx')}


def locked(name):
    """{package: (version, number of hashes)} of a lock."""
    text = (tiny.ROOT / name).read_text()
    entry = r'^([\w.-]+)==([^\s;]+)(?: ; [^\\\n]*[^\\\n ])?((?: \\\n +--hash=sha256:[0-9a-f]{64})*)'
    entries = re.findall(entry, text, re.MULTILINE)
    return {name.lower().replace('_', '-'): (version, hashes.count('sha256')) for name, version, hashes in entries}


@pytest.mark.parametrize('lock', LOCKS)
def test_a_lock_has_the_versions_of_the_constraints_with_hashes(lock):
    lines = (tiny.ROOT / 'constraints.txt').read_text().splitlines()
    pinned = dict(line.lower().replace('_', '-').split('==') for line in lines if line and not line.startswith('#'))
    found = locked(lock)
    assert {name: version for name, (version, _) in found.items()}.items() <= pinned.items()
    assert all(number for _, number in found.values())


@pytest.mark.parametrize(('lock', 'names'), LOCKS.items())
def test_a_lock_covers_all_requirements(lock, names):
    files = [tiny.ROOT / f'requirements-{name}.txt' for name in names]
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert {re.match(r'[\w.-]+', line)[0].lower() for line in lines if line[:1].isalpha()} <= set(locked(lock))


def test_the_locks_are_for_both_architectures_of_the_base_image():
    assert {'tensorflow-cpu', 'tensorflow'} <= set(locked('requirements.lock'))  # for x86_64, and for the others
    assert not {'tensorflow-cpu', 'tensorflow'} & set(locked('requirements-onnx.lock'))


def test_the_base_image_is_pinned_by_its_digest():
    (base,) = re.findall('^ARG PYTHON=(.*)', DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r'3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}', base)
    assert {line.split()[1] for line in re.findall('^FROM .*', DOCKERFILE, re.MULTILINE)} == {
        'python:${PYTHON}',
        'server',
    }


def test_what_the_container_copies_is_there_and_not_ignored():
    ignored = (tiny.ROOT / '.dockerignore').read_text().splitlines()
    for line in re.findall(r'^COPY (?!--from)(.*)', DOCKERFILE, re.MULTILINE):
        for path in line.split()[:-1]:
            assert (tiny.ROOT / path).exists()
            assert f'!{path}' in ignored


def test_the_server_of_the_container_takes_its_flags():
    (entry,) = re.findall(r'^ENTRYPOINT (.*)', DOCKERFILE, re.MULTILINE)
    compose = (tiny.ROOT / 'compose.yaml').read_text()
    given = [json.loads(found) for found in re.findall(r'^ *command: (\[.*\])', compose, re.MULTILINE)]
    program, script, *flags = json.loads(entry)
    assert (program, script) == ('python', 'app.py')
    for more in ([], *given):
        parse_config([*flags, *more], 'app')
