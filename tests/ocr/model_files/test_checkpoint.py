"""Finding, checking, restoring and saving checkpoints."""

import contextlib
import errno
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from tiny import largest_file

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.model_files import checkpoint
from ocr.model_files.checkpoint import (
    charset_beside,
    checkpoint_to_resume,
    file_beside,
    find_checkpoint,
    last_readable,
    read_shapes,
    read_values,
    require_checkpoint,
    restore,
    restore_map,
    save_checkpoint,
    saved_steps,
    set_aside,
    settings_beside,
)


@contextlib.contextmanager
def model(sides=(300, 10), **more):
    """(session, saver) of a graph with a variable encoder/weights and the scalars of `more`."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable('encoder/weights', sides, initializer=tf.ones_initializer())
        for name, value in more.items():
            tf.get_variable(name, initializer=np.float32(value))
        session.run(tf.global_variables_initializer())
        yield session, tf.train.Saver(max_to_keep=None)


@pytest.fixture(scope='module')
def saved(tmp_path_factory):
    """A folder with checkpoints of steps 2, 10 and 9, in this order, and the best of step 2."""
    folder = tmp_path_factory.mktemp('saved')
    with model() as (session, saver):
        for step in (2, 10, 9):
            save_checkpoint(saver, session, str(folder), step, keep=5)
        save_checkpoint(saver, session, str(folder / 'best'), 2, keep=1)
        saver.save(session, str(folder / 'other' / 'model.ckpt-7'))
    (folder / 'empty' / 'best').mkdir(parents=True)
    (folder / 'note.txt').write_text('no checkpoint')
    return folder


@pytest.mark.parametrize(
    ('path', 'prefer_best', 'found'),
    [
        ('', False, 'model-10'),
        ('', True, 'best/model-2'),
        ('best', True, 'best/model-2'),
        ('model-9', False, 'model-9'),
        ('model-9', True, 'model-9'),
        ('model-9.index', False, 'model-9'),
        ('model-9.data-00000-of-00001', False, 'model-9'),
        ('other', False, 'other/model.ckpt-7'),
        ('other', True, 'other/model.ckpt-7'),
        ('other/model.ckpt-7.meta', False, 'other/model.ckpt-7'),
        ('empty', True, None),
    ],
)
def test_what_a_path_means(saved, path, prefer_best, found):
    path = os.path.join(saved, path) if path else str(saved)
    assert find_checkpoint(path, prefer_best) == (found and os.path.join(saved, found))


@pytest.mark.parametrize('path', ['model-3', 'nowhere/model-3', 'model'])
def test_a_path_that_is_no_checkpoint(saved, path):
    with pytest.raises(InputError, match=f'{saved}/{path}: no such checkpoint; give a folder'):
        find_checkpoint(f'{saved}/{path}')


@pytest.mark.parametrize('path', ['', 'empty'])
def test_a_required_checkpoint(saved, path):
    folder = f'{saved}/{path}' if path else ''
    with pytest.raises(InputError, match=f'--restore_path {folder}: no checkpoint there; train one'):
        require_checkpoint(folder, 'restore_path')
    assert require_checkpoint(str(saved), 'restore_path') == f'{saved}/model-10'


def test_a_file_that_is_no_checkpoint(saved):
    with pytest.raises(InputError, match=r'note.txt: unreadable checkpoint \(') as caught:
        read_shapes(find_checkpoint(f'{saved}/note.txt'))
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    ('message', 'reason'),
    [
        ('No space left on device', 'No space left on device'),
        ('a.data; No space left\n\t [[node save/SaveV2]]\nmore', 'a.data; No space left'),
        ('Graph execution error:\n\nDetected at node save\na.data; No space left', 'a.data; No space left'),
        ('first line\nsecond  line', 'first line second line'),
        ('a' * 160, 'a' * 160),
        ('a' * 100 + 'b' * 100, 'a' * 60 + ' ... ' + 'b' * 95),
    ],
)
def test_a_reason_is_one_short_line(message, reason):
    assert checkpoint._reason(tf.errors.ResourceExhaustedError(None, None, message)) == reason
    assert checkpoint._reason(ValueError(message)) == reason


def test_settings_lie_in_the_checkpoints_folder(tmp_path):
    (tmp_path / 'config.json').write_text('{}')
    assert file_beside(f'{tmp_path}/model-1', 'config.json') == f'{tmp_path}/config.json'
    assert file_beside(f'{tmp_path}/model-1', 'charset.txt') is None
    assert charset_beside(f'{tmp_path}/model-1') is None
    Charset('ab').save(tmp_path / 'charset.txt')
    assert charset_beside(f'{tmp_path}/model-1') == Charset('ab')


def test_the_oldest_go_and_the_state_file_names_the_rest(tmp_path):
    folder = str(tmp_path / 'new' / 'folder')
    with model() as (session, saver):
        for step in (1, 2, 3, 11):
            assert save_checkpoint(saver, session, folder, step, keep=2) == f'{folder}/model-{step}'
            assert saved_steps(folder) == [s for s in (1, 2, 3, 11) if s <= step][-2:]
    assert sorted(os.listdir(folder)) == [
        'SHA256SUMS',
        'checkpoint',
        'model-11.data-00000-of-00001',
        'model-11.index',
        'model-3.data-00000-of-00001',
        'model-3.index',
    ]
    assert tf.train.latest_checkpoint(folder) == f'{folder}/model-11'


def test_what_was_just_saved_is_never_the_oldest(tmp_path):
    with model() as (session, saver):
        for step in (50, 3):
            save_checkpoint(saver, session, str(tmp_path), step, keep=1)
    assert saved_steps(str(tmp_path)) == [3]


def test_a_data_file_without_index_is_no_checkpoint(tmp_path):
    (tmp_path / 'model-7.data-00000-of-00001').write_bytes(b'half of it')
    assert saved_steps(str(tmp_path)) == []
    assert find_checkpoint(str(tmp_path)) is None


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob('*') if path.is_file()}


def test_a_full_disk_leaves_the_checkpoint_before_whole(tmp_path):
    with model() as (session, saver):
        save_checkpoint(saver, session, str(tmp_path), 1, keep=1)
        before = files(tmp_path)
        with largest_file(5000), pytest.raises(InputError) as caught:
            save_checkpoint(saver, session, str(tmp_path), 2, keep=1)
    message = str(caught.value)
    assert re.fullmatch(
        rf'{tmp_path}: cannot save \(.*File too large\); {tmp_path}/model-1 is whole, go on from it once there is room',
        message,
    )
    assert '\n' not in message
    assert files(tmp_path) == before
    assert read_shapes(f'{tmp_path}/model-1') == {'encoder/weights': [300, 10]}


@pytest.mark.parametrize(
    'error',
    [
        tf.errors.ResourceExhaustedError(None, None, 'No space left on device'),
        OSError(errno.ENOSPC, 'No space left on device'),
    ],
)
@pytest.mark.parametrize('whole', [0, 1])
def test_an_error_half_way_leaves_nothing_half_written(tmp_path, error, whole):
    class HalfSaver:
        def save(self, session, prefix, **_):
            Path(f'{prefix}.data-00000-of-00001').write_bytes(b'half')
            raise error

    with model() as (session, saver):
        for step in range(whole):
            save_checkpoint(saver, session, str(tmp_path), step, keep=3)
        before = files(tmp_path)
        with pytest.raises(InputError, match=r'cannot save .*No space left on device') as caught:
            save_checkpoint(HalfSaver(), session, str(tmp_path), 5, keep=3)
    assert str(caught.value).endswith('once there is room' if whole else 'nothing was saved before')
    assert files(tmp_path) == before and not (tmp_path / '.saving').exists()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / 'file').write_text('')
    with model() as (session, saver), pytest.raises(InputError, match=r'file/folder: cannot save .*nothing was saved'):
        save_checkpoint(saver, session, f'{tmp_path}/file/folder', 1, keep=3)


def test_a_state_file_that_cannot_be_written_costs_no_traceback(tmp_path, monkeypatch):
    def fail(*_):
        raise tf.errors.ResourceExhaustedError(None, None, 'No space left on device')

    monkeypatch.setattr(checkpoint.tf.train, 'update_checkpoint_state', fail)
    with model() as (session, saver), pytest.raises(InputError, match=f'{tmp_path}/model-1 is whole'):
        save_checkpoint(saver, session, str(tmp_path), 1, keep=3)


def test_values_come_back(tmp_path):
    with model(scale=2) as (session, saver):
        session.run(tf.global_variables()[0].assign(np.arange(3000.0).reshape(300, 10)))
        save_checkpoint(saver, session, str(tmp_path), 1, keep=3)
    with model(scale=0) as (session, _):
        restore(session, restore_map(tf.global_variables(), f'{tmp_path}/model-1'), f'{tmp_path}/model-1')
        weights, scale = session.run(tf.global_variables())
    np.testing.assert_array_equal(weights.ravel(), np.arange(3000.0))
    assert scale == 2
    values = read_values(f'{tmp_path}/model-1', ['scale', 'encoder/weights', 'bias'])
    assert values.keys() == {'scale', 'encoder/weights'}
    np.testing.assert_array_equal(values['encoder/weights'], weights)


def test_data_that_was_not_copied_whole(saved, tmp_path):
    for path in saved.glob('model-9.*'):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    os.truncate(tmp_path / 'model-9.data-00000-of-00001', 100)
    found = f'{tmp_path}/model-9'
    with model() as (session, _), pytest.raises(InputError, match='model-9: unreadable checkpoint') as caught:
        restore(session, restore_map(tf.global_variables(), found), found)
    assert '\n' not in str(caught.value)
    with pytest.raises(InputError, match=r'model-9: unreadable checkpoint \(.*was it copied whole'):
        read_values(found, ['encoder/weights'])


@pytest.mark.parametrize(
    ('sides', 'more', 'problem'),
    [
        ((300, 12), {}, r'encoder/weights is \[300, 10\], the model has \[300, 12\]'),
        ((300, 10), {'bias': 0}, r'bias \[\] is missing'),
        ((4, 4), {'bias': 0}, r'encoder/weights is \[300, 10\], the model has \[4, 4\]; bias \[\] is missing'),
    ],
)
def test_another_architecture_is_listed(saved, sides, more, problem):
    with model(sides, **more), pytest.raises(InputError) as caught:
        restore_map(tf.global_variables(), f'{saved}/model-9')
    assert re.fullmatch(f'{saved}/model-9 is of another architecture .*: {problem}', str(caught.value))


def test_a_long_list_is_cut(saved):
    names = [f'v{number}' for number in range(9)]
    with model(**dict.fromkeys(names, 0)), pytest.raises(InputError, match=r'v5 \[\] is missing; and 3 more$'):
        restore_map(tf.global_variables(), f'{saved}/model-9')


def test_the_optimizers_variables_may_be_missing_on_either_side(tmp_path, saved, caplog):
    optimizer = {'beta1_power': 0.9, 'encoder/weights/Adam': 0, 'global_step': 3}
    with model(**optimizer) as (session, saver), caplog.at_level('INFO'):
        assert set(restore_map(tf.global_variables(), f'{saved}/model-9')) == {'encoder/weights'}
        save_checkpoint(saver, session, str(tmp_path), 1, keep=3)
    (line,) = caplog.messages
    assert line == ('3 variables not in the checkpoint, so initialised: beta1_power, encoder/weights/Adam, global_step')
    caplog.clear()
    with model(), caplog.at_level('INFO'):
        assert set(restore_map(tf.global_variables(), f'{tmp_path}/model-1')) == {'encoder/weights'}
    assert not caplog.messages


def test_surplus_variables_are_listed_once(tmp_path, caplog):
    with model(a=1, b=1, c=1, d=1) as (session, saver):
        save_checkpoint(saver, session, str(tmp_path), 1, keep=3)
    with model(), caplog.at_level('INFO'):
        restore_map(tf.global_variables(), f'{tmp_path}/model-1')
    assert caplog.messages == ['4 variables in the checkpoint only, so left out: a, b, c, ...']


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(bytes(content))


DAMAGES = {'cut off': truncate, 'a bit flipped': flip_a_bit, 'empty': lambda p: os.truncate(p, 0), 'missing': os.unlink}


@pytest.mark.parametrize('damage', DAMAGES)
@pytest.mark.parametrize('file', ['index', 'data-00000-of-00001'])
def test_a_damaged_checkpoint_is_passed_over_aloud_and_can_be_set_aside(saved, tmp_path, caplog, damage, file):
    folder = shutil.copytree(saved, tmp_path / 'saved')
    assert checkpoint_to_resume(str(folder)) == f'{folder}/model-10' and not caplog.messages
    DAMAGES[damage](folder / f'model-10.{file}')
    readable, damaged = last_readable(str(folder))
    assert (readable, list(damaged)) == (f'{folder}/model-9', [f'{folder}/model-10'])
    assert checkpoint_to_resume(str(folder)) == f'{folder}/model-9'
    assert caplog.messages[-1].startswith(f'{folder}/model-10 cannot be read (')
    assert caplog.messages[-1].endswith(f'): going back to {folder}/model-9')
    set_aside(f'{folder}/model-10')
    assert find_checkpoint(str(folder)) == f'{folder}/model-9'
    assert last_readable(str(folder)) == (f'{folder}/model-9', {})


def test_the_best_is_gone_on_from_where_it_alone_can_be_read(saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / 'saved')
    for path in folder.glob('model-*.index'):
        flip_a_bit(path)
    assert checkpoint_to_resume(str(folder)) == f'{folder}/best/model-2'
    flip_a_bit(folder / 'best' / 'model-2.index')
    with pytest.raises(InputError, match=rf'{folder}: no checkpoint in it .*, the last, {folder}/model-10, for'):
        checkpoint_to_resume(str(folder))


@pytest.mark.parametrize('best', [False, True])
def test_an_unreadable_checkpoint_names_another(saved, tmp_path, best):
    folder = shutil.copytree(saved, tmp_path / 'saved')
    path = folder / ('best/model-2' if best else 'model-10')
    truncate(path.with_name(f'{path.name}.data-00000-of-00001'))
    with model() as (session, _), pytest.raises(InputError, match='unreadable checkpoint') as caught:
        restore(session, restore_map(tf.global_variables(), str(path)), str(path))
    assert str(caught.value).endswith(f'; {folder}/model-{10 if best else 9} can be read, give that')


def test_a_damaged_charset_or_settings_file_is_one_line(tmp_path):
    (tmp_path / 'charset.txt').write_bytes(b'a\nb\n\xff\n')
    with pytest.raises(InputError, match=r'charset\.txt: damaged, not UTF-8 text \(byte 4\)'):
        charset_beside(f'{tmp_path}/model-1')
    (tmp_path / 'config.json').mkdir()
    with pytest.raises(InputError, match=r'config\.json: cannot be read \(Is a directory\)'):
        settings_beside(f'{tmp_path}/model-1')


def test_what_a_killed_run_was_saving_goes(tmp_path):
    (tmp_path / '.saving').mkdir()
    (tmp_path / '.saving' / 'model-1.index').write_text('half')
    with model() as (session, saver):
        save_checkpoint(saver, session, str(tmp_path), 3, keep=2)
    assert saved_steps(str(tmp_path)) == [3]
    assert not list(tmp_path.glob('.saving'))
