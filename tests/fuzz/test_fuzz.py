"""Readers of files from outside survive changed ones: a few seconds here, as long as you like by `python run.py`."""

import pytest
from run import fuzz
from targets import all_targets


@pytest.fixture(scope='module')
def targets(tmp_path_factory):
    return all_targets(tmp_path_factory.mktemp('fuzz') / 'files')


def test_every_reader_survives_changed_files(targets):
    findings = [finding for finding, _ in fuzz(targets, seed=0, num_rounds=30) if finding]
    assert not findings, '\n'.join(findings)
