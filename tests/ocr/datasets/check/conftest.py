"""The datasets with planted faults, written once."""

import planted as planted_faults
import pytest


@pytest.fixture(scope='session')
def planted(tmp_path_factory):
    """See planted.write_datasets."""
    return planted_faults.write_datasets(tmp_path_factory.mktemp('planted'))
