"""Tests import the scripts and the library from the repository's root; models that many tests read are trained once."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
os.environ['CUDA_VISIBLE_DEVICES'] = '-1'  # on the CPU wherever the tests run
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# A busy machine is not a failure; and what CI looks at is the same every time: the search goes on where people work.
settings.register_profile('unhurried', deadline=None, derandomize=bool(os.environ.get('CI')), print_blob=True)
settings.load_profile('unhurried')


@pytest.fixture
def tmp_path(tmp_path):
    """Three folders deep: what is looked for beside and above a data set is never found in another test's folder."""
    folder = tmp_path / 'of' / 'one' / 'test'
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope='session')
def learnt(tmp_path_factory):
    """A model that knows tiny.EIGHT_WORDS by heart: .words, .index_dir, .checkpoint_path and .pb_path."""
    import tiny

    folder = tmp_path_factory.mktemp('learnt')
    model = SimpleNamespace(
        words=tiny.write_words(folder / 'words', tiny.EIGHT_WORDS),
        index_dir=folder / 'index',
        checkpoint_path=folder / 'checkpoint',
        pb_path=folder / 'text_recognition.pb',
    )
    tiny.train(model.words, model.checkpoint_path, **tiny.BY_HEART)
    tiny.run_main('export', *tiny.flags(checkpoint_path=model.checkpoint_path, pb_path=model.pb_path))
    return model


@pytest.fixture(scope='session')
def six_steps(tmp_path_factory):
    """Six steps of training with dropout and augmentation, saved after three and six: .words, .checkpoint_path."""
    import tiny

    folder = tmp_path_factory.mktemp('six_steps')
    model = SimpleNamespace(
        words=tiny.write_words(folder / 'words', tiny.EIGHT_WORDS), checkpoint_path=folder / 'checkpoint'
    )
    tiny.train(model.words, model.checkpoint_path, **tiny.AUGMENTED)
    return model
