"""The packages that the container installs: versions and hashes."""

import re

import tiny


def locked():
    """{name: (version, number of hashes)} of requirements.lock."""
    text = (tiny.ROOT / 'requirements.lock').read_text()
    entries = re.findall(r'^([\w.-]+)==(\S+)((?: \\\n +--hash=sha256:[0-9a-f]{64})*)', text, re.MULTILINE)
    return {name.lower().replace('_', '-'): (version, hashes.count('sha256')) for name, version, hashes in entries}


def test_the_lock_has_the_versions_of_the_constraints_with_hashes():
    lines = (tiny.ROOT / 'constraints.txt').read_text().splitlines()
    pinned = dict(line.lower().replace('_', '-').split('==') for line in lines if line and not line.startswith('#'))
    found = locked()
    assert {name: version for name, (version, _) in found.items()}.items() <= pinned.items()
    assert all(number for _, number in found.values())


def test_the_lock_covers_all_requirements():
    files = [tiny.ROOT / f'requirements-{name}.txt' for name in ('base', 'common')]
    lines = [line for file in files for line in file.read_text().splitlines()]
    wanted = {re.match(r'[\w.-]+', line)[0].lower() for line in lines if line[:1].isalpha()}
    assert wanted | {'tensorflow-cpu'} <= set(locked())
