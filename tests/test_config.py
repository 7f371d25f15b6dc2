"""Settings, and the flags that are made of them."""

import dataclasses
import json
import logging
import os
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from config import PRESETS, READ_AT_ONCE, Config, for_reading, parse_config, restorable, run_script, to_json
from ocr.errors import InputError
from ocr.network.inception_v4 import ENDPOINTS

ROOT = Path(__file__).resolve().parents[1]
FIELDS = {field.name: field for field in dataclasses.fields(Config)}
GROUPS = ('model', 'training', 'machine', 'path')


def another_value(field):
    """A legal value that is not the default."""
    choices = typing.get_args(field.type) if typing.get_origin(field.type) is typing.Literal else ()
    if choices:
        return next(choice for choice in reversed(choices) if choice != field.default)
    if isinstance(field.default, bool):
        return not field.default
    if isinstance(field.default, tuple):
        return {'gpus': (3, 1), 'train_shares': (0.25, 0.75), 'cut_shares': (0.5, 0.5)}.get(
            field.name, ('art', 'mine=/a b/labels.tsv')
        )
    if isinstance(field.default, str):
        return '/some where/else'
    if isinstance(field.default, int):
        return field.default + 1
    return max(field.default / 2, field.metadata['low']) if field.default > field.metadata['low'] else 0.25


UNDER_OTHERS = ('preset', 'config_path')  # other flags stand over what these two bring
OTHERS = {name: another_value(field) for name, field in FIELDS.items() if name not in UNDER_OTHERS}


def as_text(value):
    if isinstance(value, tuple):
        return ','.join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


# Flags


def test_every_field_is_a_flag_with_its_value_behind_a_space():
    argv = [part for name, value in OTHERS.items() for part in (f'--{name}', as_text(value))]
    assert parse_config(argv) == Config(**OTHERS)


def test_every_field_is_a_flag_with_its_value_behind_an_equals_sign():
    assert parse_config([f'--{name}={as_text(value)}' for name, value in OTHERS.items()]) == Config(**OTHERS)
    assert all(getattr(Config(), name) != value for name, value in OTHERS.items())


def test_no_flag_is_the_default():
    assert parse_config([]) == Config()


@pytest.mark.parametrize(
    ('argv', 'in_file', 'at_once'),
    [
        ([], {}, READ_AT_ONCE),
        (['--batch_size', '10'], {}, 10),
        (['--batch-size=2'], {'batch_size': 3}, 2),
        ([], {'batch_size': 10}, 10),
    ],
)
def test_scripts_that_read_take_more_images_at_a_time_unless_told(tmp_path, argv, in_file, at_once):
    path = tmp_path / 'settings.json'
    path.write_text(json.dumps(in_file))
    argv = [*argv, '--config_path', str(path)]
    assert for_reading(parse_config(argv, ''), argv).batch_size == at_once


def test_the_names_that_scripts_rely_on():
    names = (
        'base_dir train_datasets eval_datasets charset_path checkpoint_path restore_path pretrain_path pb_path'
        ' img_folder output_path model_name preset gpus batch_size image_size seq_len'
    )
    assert set(names.split()) <= set(FIELDS)


@pytest.mark.parametrize(
    ('argv', 'field', 'value'),
    [
        ('--gpus 0,1', 'gpus', (0, 1)),
        ('--gpus 0 1', 'gpus', (0, 1)),
        ('--gpus=0,1', 'gpus', (0, 1)),
        ('--gpus 2', 'gpus', (2,)),
        ('--gpus', 'gpus', ()),
        ('--gpus=', 'gpus', ()),
        ('--train_datasets art rects', 'train_datasets', ('art', 'rects')),
        ('--train_datasets art,rects my=/a', 'train_datasets', ('art', 'rects', 'my=/a')),
        ('--eval_datasets=art', 'eval_datasets', ('art',)),
        ('--full_length', 'full_length', True),
        ('--full_length true', 'full_length', True),
        ('--full_length=1', 'full_length', True),
        ('--full_length YES', 'full_length', True),
        ('--full_length false', 'full_length', False),
        ('--full_length=no', 'full_length', False),
        ('--seed=7', 'seed', 7),
        ('--learning_rate 1e-3', 'learning_rate', 1e-3),
        ('--depth_multiplier 1', 'depth_multiplier', 1.0),
        ('--pretrain_path=', 'pretrain_path', ''),
    ],
)
def test_lists_booleans_and_numbers(argv, field, value):
    assert parse_config(argv.split(' ')) == dataclasses.replace(Config(), **{field: value})


@pytest.mark.parametrize('switch', ['full_length', 'frozen_batch_norm'])
def test_a_bare_switch_takes_no_other_flag_for_its_value(switch):
    assert parse_config([f'--{switch}', '--batch_size', '2']) == Config(**{switch: True}, batch_size=2)


def test_an_empty_value_is_an_empty_text_and_spaces_stay():
    assert parse_config(['--pretrain_path', '', '--base_dir', ' a  b ']) == Config(pretrain_path='', base_dir=' a  b ')


@pytest.mark.parametrize(
    ('argv', 'message'),
    [
        ('--nonsense 3', '--nonsense'),
        ('--batch_siz 3', '--batch_siz,.* --batch_size'),  # no abbreviation, but a hint
        ('--pre compact', '--pre'),
        ('stray', 'stray'),
        ('--batch_size', "'--batch_size'"),
        ('--batch_size ten', "--batch_size: .*'ten'"),
        ('--batch_size 1.5', "--batch_size: .*'1.5'"),
        ('--batch_size 1 2', '2'),
        ('--learning_rate fast', "--learning_rate: .*'fast'"),
        ('--gpus 0,one', "--gpus: .*'one'"),
        ('--full_length maybe', "--full_length: 'maybe' is neither true nor false"),
        ('--full_length true false', "--full_length: 'true false' is neither"),
        ('--full_length=', "--full_length: '' is neither"),
        ('--batch_size 0', r'^--batch_size 0: must be at least 1'),
        ('--image_size 8', r'^--image_size 8: must be from 16 to 2048$'),
        ('--image_size 4096', r'^--image_size 4096: must be from 16 to 2048$'),
        ('--dropout_keep_prob 1.01', r'^--dropout_keep_prob 1.01: must be from 0.01 to 1.0$'),
        ('--learning_rate -1', r'^--learning_rate -1.0: must be at least 0'),
        ('--learning_rate nan', r'^--learning_rate nan: must be at least 0'),
        ('--learning_rate inf', r'^--learning_rate inf: must be at least 0.0, and finite'),
        ('--seed -3', r'^--seed -3: must be at least 0'),
        ('--preset tiny', "'tiny' .*'--preset'.*'reference', 'compact'"),
        ('--preset', '--preset'),
        ('--model_name crnn', "'crnn' .*'--model_name'.*'ocr', 'ocr_with_normalized_bbox'"),
        ('--final_endpoint Mixed_7a', "'Mixed_7a' .*'--final_endpoint'.*'Mixed_6h'"),
        ('--preset compact --batch_size 0', '^--batch_size 0'),
    ],
)
def test_what_is_no_legal_flag_is_named_in_one_line(argv, message):
    with pytest.raises(InputError, match=message) as raised:
        parse_config(argv.split(' '))
    assert '\n' not in str(raised.value)
    assert not set('│─╭╮╰╯') & set(str(raised.value))


@pytest.mark.parametrize('encoding', ['utf-8', 'UTF-8', 'ascii'])
@pytest.mark.parametrize('columns', ['30', '200'])
def test_the_message_is_the_same_in_every_terminal(encoding, columns):
    result = run_dataset('--batch_siz', '3', PYTHONIOENCODING=encoding, COLUMNS=columns)
    assert result.returncode == 2 and result.stdout == ''
    assert result.stderr == (
        'dataset.py: Unrecognized options: --batch_siz, 3 Perhaps you meant: --batch_size INT Images per GPU and step;'
        ' for test.py, eval.py and app.py, images read at a time (32 there). (default: 10); --help lists all flags\n'
    )


# Values


@pytest.mark.parametrize('name', [name for name, field in FIELDS.items() if field.metadata['low'] is not None])
def test_every_range_includes_its_ends_and_nothing_beyond(name):
    low, high = FIELDS[name].metadata['low'], FIELDS[name].metadata['high']
    for value in (low, high):
        assert value is None or getattr(Config(**{name: value}), name) == value
    for value in (low - 1, None if high is None else high + 1):
        if value is not None:
            with pytest.raises(InputError, match=rf'^--{name} {value}: must be (at least|from) {low}'):
                Config(**{name: value})


@pytest.mark.parametrize(
    ('name', 'value', 'kind'),
    [
        ('batch_size', '2', 'a whole number'),
        ('batch_size', 2.0, 'a whole number'),
        ('batch_size', True, 'a whole number'),
        ('learning_rate', '1e-3', 'a number'),
        ('full_length', 1, 'true or false'),
        ('base_dir', None, 'text'),
        ('gpus', [0], 'a tuple'),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_code_too(name, value, kind):
    with pytest.raises(InputError, match=f'^--{name} .*: must be {kind}$'):
        Config(**{name: value})


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().batch_size = 3


def test_the_endpoints_are_those_of_the_encoder():
    assert typing.get_args(FIELDS['final_endpoint'].type) == ENDPOINTS


def test_every_field_has_a_group_and_a_meaning():
    assert {field.metadata['group'] for field in FIELDS.values()} == set(GROUPS)
    text = ' '.join(run_dataset('--help', COLUMNS='200').stdout.split())
    source = (ROOT / 'config.py').read_text(encoding='utf-8')
    for name, field in FIELDS.items():
        meaning = source.partition(f'    {name}: ')[2].partition('"""')[2].partition('"""')[0]
        assert meaning and meaning in text, name
        assert f'--{name} ' in text, name
        assert as_text(field.default) in text, name


def test_derived_values():
    config = Config(seq_len=8, steps_per_epoch=5, max_epoch=7, model_name='ocr_with_normalized_bbox', canvas='fit')
    assert (config.num_steps, config.total_steps, config.with_bbox, config.fits) == (9, 35, True, True)
    assert (Config().with_bbox, Config().fits) == (False, False)


# Presets and precedence


def test_the_reference_preset_is_the_published_model():
    config = parse_config(['--preset', 'reference'])
    assert config == Config()
    assert (config.image_size, config.seq_len, config.final_endpoint, config.lstm_size) == (256, 32, 'Mixed_6h', 512)
    assert (config.learning_rate, config.warmup_steps, config.max_epoch, config.steps_per_epoch) == (
        1e-4,
        1000,
        1000,
        500,
    )


@pytest.mark.parametrize('argv', [['--preset', 'compact'], ['--preset=compact']])
def test_a_preset_changes_the_defaults(argv):
    config = parse_config(argv)
    assert config == Config(preset='compact', **PRESETS['compact'])
    assert config.lstm_size < Config().lstm_size


@pytest.mark.parametrize('argv', ['--preset compact --lstm_size 99', '--lstm_size 99 --preset compact'])
def test_other_flags_stand_over_the_preset_in_any_order(argv):
    assert parse_config(argv.split()) == Config(preset='compact', **{**PRESETS['compact'], 'lstm_size': 99})


def test_a_file_of_settings_stands_over_its_preset_and_under_the_model_and_the_flags(tmp_path):
    path = tmp_path / 'mine.json'
    path.write_text('{"preset": "compact", "train_datasets": ["synthetic:words"], "lstm_size": 99, "seq_len": 7}')
    for flag in ('--config_path', '--config-path'):
        config = parse_config([flag, str(path), '--seq_len', '9'], stored={'embedding_size': 33})
        given = {'train_datasets': ('synthetic:words',), 'lstm_size': 99, 'seq_len': 9, 'embedding_size': 33}
        assert config == Config(preset='compact', config_path=str(path), **{**PRESETS['compact'], **given})


@pytest.mark.parametrize(
    ('text', 'message'), [(None, 'cannot be read'), ('{"lr": 1}', 'unknown setting lr'), ('{', 'no configuration')]
)
def test_a_bad_file_of_settings_is_named(tmp_path, text, message):
    path = tmp_path / 'mine.json'
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=rf'mine\.json: .*{message}'):
        parse_config([f'--config_path={path}'])


def test_help_shows_the_defaults_of_the_preset():
    text = ' '.join(run_dataset('--preset', 'compact', '--help', COLUMNS='200').stdout.split())
    assert f'Longest text in characters. (default: {PRESETS["compact"]["seq_len"]})' in text


def test_preset_then_stored_settings_then_command_line(caplog):
    stored = {'preset': 'compact', 'lstm_size': 77, 'seq_len': 5}
    with caplog.at_level(logging.INFO):
        config = parse_config(['--seq_len', '6', '--batch_size', '3'], stored=stored)
    expected = {**PRESETS['compact'], 'lstm_size': 77, 'seq_len': 6, 'batch_size': 3}
    assert config == Config(preset='compact', **expected)
    assert [record.getMessage() for record in caplog.records] == ['seq_len: 5 -> 6']


def test_a_preset_on_the_command_line_stands_under_the_stored_settings(caplog):
    for preset, other in (('reference', 'compact'), ('compact', 'reference')):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            config = parse_config(['--preset', preset], stored={'preset': other, 'lstm_size': 77})
        assert config == Config(preset=preset, **{**PRESETS[preset], 'lstm_size': 77})
        assert [record.getMessage() for record in caplog.records] == [f'preset: {other} -> {preset}']


def test_a_stored_setting_given_again_is_no_override(caplog):
    with caplog.at_level(logging.INFO):
        parse_config(['--seq_len', '5'], stored={'seq_len': 5})
    assert not caplog.records


# Storing


@pytest.mark.parametrize('config', [Config(), Config(**OTHERS), parse_config(['--preset', 'compact'])])
def test_restoring_what_was_stored_gives_the_same_settings(config):
    assert Config(**restorable(to_json(config), GROUPS, 'config.json')) == config


def test_only_the_groups_asked_for_are_restored():
    text = to_json(Config(**OTHERS))
    assert set(restorable(text, ('model',), 'config.json')) == {
        'preset',
        'model_name',
        'image_size',
        'canvas',
        'canvas_area',
        'turned',
        'views',
        'seq_len',
        'final_endpoint',
        'depth_multiplier',
        'embedding_size',
        'lstm_size',
    }
    restored = restorable(text, ('model', 'training'), 'config.json')
    assert {FIELDS[name].metadata['group'] for name in restored} == {'model', 'training'}
    assert restored['learning_rate'] == OTHERS['learning_rate']


def test_no_folder_of_another_machine_is_ever_restored():
    restored = restorable(to_json(Config(**OTHERS)), ('model', 'training', 'machine'), 'config.json')
    assert not [name for name in restored if name.endswith(('path', 'dir', 'folder', 'datasets'))]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', 'no configuration .*edited by hand'),
        ('{"seq_len": 3', 'no configuration'),
        ('[]', 'no configuration'),
        ('[1, 2]', 'no configuration'),
        ('"seq_len"', 'no configuration'),
        ('null', 'no configuration'),
        ('{"width": 3, "depth": 2}', 'unknown setting depth, width; '),
        ('{"seq_len": "3"}', "--seq_len '3': must be a whole number"),
        ('{"seq_len": null}', '--seq_len None: must be a whole number'),
        ('{"seq_len": 0}', '--seq_len 0: must be from 1 to 1000'),
        ('{"learning_rate": NaN}', '--learning_rate nan: must be at least 0'),
        ('{"preset": "huge"}', '--preset huge: must be one of reference, compact'),
        ('{"lstm_size": [3]}', r'--lstm_size \(3,\): must be a whole number'),
    ],
)
def test_a_damaged_configuration_is_an_input_error_that_names_the_file(text, message):
    with pytest.raises(InputError, match=rf'^run/config\.json: {message}'):
        restorable(text, ('model', 'training'), 'run/config.json')


def test_stored_text_is_readable():
    text = to_json(Config(base_dir='/数据'))
    assert json.loads(text)['base_dir'] == '/数据' and '/数据' in text


# Scripts


def run_dataset(*argv, **environment):
    command = [sys.executable, str(ROOT / 'dataset.py'), *argv]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(('outcome', 'code'), [(0, 0), (3, 3), (None, 0), (InputError('a.txt: bad'), 2)])
def test_the_exit_code_of_a_script(outcome, code, capsys, monkeypatch):
    def main():
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(sys, 'argv', ['/somewhere/train.py'])
    with pytest.raises(SystemExit) as stop:
        run_script(main)
    assert (stop.value.code or 0) == code
    assert capsys.readouterr().err == ('train.py: a.txt: bad\n' if code == 2 else '')


def test_ctrl_c_is_one_line(capsys, monkeypatch):
    def main():
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, 'argv', ['train.py'])
    with pytest.raises(SystemExit) as stop:
        run_script(main)
    assert stop.value.code == 130 and capsys.readouterr().err == 'train.py: stopped\n'


@pytest.mark.parametrize('script', ['dataset', 'synthesize', 'train', 'eval', 'export', 'test', 'app'])
def test_help_answers_without_tensorflow(script):
    command = [sys.executable, '-X', 'importtime', str(ROOT / f'{script}.py'), '--help']
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert '--checkpoint_path' in result.stdout
    imported = {line.rpartition('|')[2].strip().partition('.')[0] for line in result.stderr.splitlines()}
    assert 'tyro' in imported  # else the times are not understood
    assert not {'tensorflow', 'tensorpack'} & imported


def test_a_model_that_travels_says_nothing_of_the_machine_it_was_trained_on():
    values = json.loads(to_json(Config(**OTHERS), ('model', 'training')))
    assert {FIELDS[name].metadata['group'] for name in values} == {'model', 'training'}
    assert {'lstm_size', 'learning_rate'} <= values.keys() and not {'checkpoint_path', 'font_dir'} & values.keys()
