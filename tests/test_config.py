"""Settings, and the flags that are made of them."""

import contextlib
import dataclasses
import json
import logging
import os
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from ocr.config import (
    AUGMENT_NUMBERS,
    PRESETS,
    RETIRED,
    SCRIPTS,
    SETTINGS,
    Config,
    parse_config,
    restorable,
    run_script,
    shown,
    to_json,
)
from ocr.errors import InputError
from ocr.network.architecture import ENDPOINTS
from ocr.preprocessing.augment_sets import CUT_SHARES
from ocr.terminal.flags import meanings

ROOT = Path(__file__).resolve().parents[1]
FIELDS = SETTINGS
GROUPS = ('model', 'training', 'machine', 'path')


def another_value(field):
    """A legal value that is not the default."""
    choices = typing.get_args(field.type) if typing.get_origin(field.type) is typing.Literal else ()
    if choices:
        return next(choice for choice in reversed(choices) if choice != field.default)
    if isinstance(field.default, bool):
        return not field.default
    if isinstance(field.default, tuple):
        return {'gpus': (3, 1), 'train_shares': (0.25, 0.75)}.get(field.name, ('art', 'mine=/a b/labels.tsv'))
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
        ([], {}, 32),
        (['--batch_size', '10'], {}, 10),
        (['--batch-size=2'], {'batch_size': 3}, 2),
        ([], {'batch_size': 10}, 10),
        (['--preset', 'compact'], {}, 32),
    ],
)
def test_scripts_that_read_take_more_images_at_a_time_unless_told(tmp_path, argv, in_file, at_once):
    path = tmp_path / 'settings.json'
    path.write_text(json.dumps(in_file))
    assert parse_config([*argv, '--config_path', str(path)], 'test').batch_size == at_once
    assert parse_config([], 'train').batch_size == 10


@pytest.mark.parametrize(
    ('script', 'argv', 'said'),
    [
        ('test', '--learning_rate 1', '--learning_rate is a setting of train.py; leave it out'),
        ('train', '--img-folder=x', '--img_folder is a setting of test.py; leave it out'),
        ('app', '--n_best 3', '--n_best is a setting of eval.py and test.py; leave it out'),
        ('synthesize', '--index_dir x', '--index_dir is a setting of dataset.py, train.py, eval.py and export.py'),
        ('train', '--gradient_clip 1', '--gradient_clip is no longer a setting: it is always 10.0; leave it out'),
        ('eval', '--full_length', '--full_length is no longer a setting: it is always false; leave it out'),
        ('dataset', '--cache', '--cache is no longer a setting: use --convert crops'),
        ('train', '--val_share 0.1', '--val_share is no longer a setting: train.py holds out --val_regions'),
        ('app', '--max_regions 9', '--max_regions is no longer a setting: it is always 200; leave it out'),
        ('train', '--blur_prob 1', '--blur_prob: choose a set with --augment, or write "blur_prob" into a file'),
    ],
)
def test_a_setting_of_another_script_is_refused_by_its_name(script, argv, said):
    with pytest.raises(InputError) as raised:
        parse_config(argv.split(), script)
    assert str(raised.value).startswith(said)


def test_there_are_few_settings():
    """Before there are more: who would set it, and why? What has one right answer is a constant."""
    assert len(SETTINGS) <= 85


def test_help_names_the_recipes():
    from ocr.drawing.recipes import RECIPES

    assert RECIPES.keys() <= set(re.findall(r'\w+', meanings(Config)['recipe']))


def test_a_script_without_augmentation_does_not_advise_it():
    with pytest.raises(InputError, match=r'--margin belongs to --augment, a setting of dataset\.py and train\.py'):
        parse_config(['--margin', '0.3'], 'test')
    with pytest.raises(InputError, match='--margin: choose a set with --augment'):
        parse_config(['--margin', '0.3'], 'train')


def test_cut_shares_are_a_list_in_a_file(tmp_path):
    for text, message in (('[1, 0, 0, 1.5, 0, 0]', ''), ('0.5', 'a list'), ('["a"]', 'a list'), ('[-1]', 'a list')):
        (tmp_path / 'mine.json').write_text(f'{{"cut_shares": {text}}}')
        with pytest.raises(InputError, match=message) if message else contextlib.nullcontext():
            cfg = parse_config([f'--config_path={tmp_path / "mine.json"}'])
            assert cfg.augmentation['cut_shares'] == (1, 0, 0, 1.5, 0, 0)


@pytest.mark.parametrize('script', SCRIPTS)
def test_settings_of_other_scripts_are_taken_from_files_and_models(tmp_path, script):
    path = tmp_path / 'settings.json'
    path.write_text(to_json(Config(**OTHERS)))
    config = parse_config(['--config_path', str(path)], script)
    assert config == Config(**OTHERS, config_path=str(path))
    assert config.over({'lstm_size': 7}).lstm_size == 7


def test_every_setting_belongs_to_a_script_and_no_script_shows_them_all():
    assert all(field.metadata['scripts'] for field in FIELDS.values())
    for script in SCRIPTS:
        assert sum(script in field.metadata['scripts'] for field in FIELDS.values()) <= 56


@pytest.mark.parametrize(
    ('old', 'new'),
    [
        ('--views 3', {'tta': 3}),
        ('--turned', {'rotate': True}),
        ('--rotate_tall', {'rotate': True}),
        ('--attention_dir a', {'picture_dir': 'a'}),
    ],
)
def test_renamed_flags_are_taken_under_their_old_names(caplog, old, new):
    assert parse_config(old.split(), 'test') == parse_config([], 'test').over(new)
    assert f'{old.split()[0]} is now --{next(iter(new))}' in caplog.text


def test_settings_know_what_was_typed(caplog):
    config = parse_config(['--seq_len', '6', '--batch-size=3'], 'train')
    assert set(config.typed) == {'seq_len', 'batch_size'}
    with caplog.at_level(logging.INFO):
        config = config.over({'seq_len': 5, 'lstm_size': 77})
    assert (config.seq_len, config.lstm_size, config.batch_size) == (6, 77, 3)
    assert set(config.typed) == {'seq_len', 'batch_size'} and caplog.messages == ['seq_len: 5 -> 6']
    assert Config(seq_len=4).over({'lstm_size': 77}) == Config(seq_len=4, lstm_size=77)


def test_what_is_overridden_is_told_once(tmp_path, caplog):
    (tmp_path / 'file.json').write_text('{"seq_len": 5}')
    with caplog.at_level(logging.INFO):
        config = parse_config(['--seq_len', '6', '--config_path', str(tmp_path / 'file.json')], 'train')
        assert caplog.messages == ['seq_len: 5 -> 6']
        config.over({'lstm_size': 77})
        assert caplog.messages == ['seq_len: 5 -> 6']
        config.over({'seq_len': 7})
    assert caplog.messages == ['seq_len: 5 -> 6', 'seq_len: 7 -> 6']


def test_what_a_file_gives_and_the_model_keeps_is_told(tmp_path, caplog):
    path = tmp_path / 'file.json'
    path.write_text('{"seq_len": 5, "canvas": "area", "image_size": 384, "margin": 0.3, "seed": 4}')
    with caplog.at_level(logging.INFO):
        config = parse_config(['--config_path', str(path), '--image_size', '96'], 'train')
        caplog.clear()
        stored = {'seq_len': 5, 'canvas': 'fit', 'image_size': 160, 'augment_numbers': (('margin', 0.2),)}
        assert config.over(stored).canvas == 'fit'
    kept = f'{path}: the model keeps its own canvas fit, margin 0.2; flags would change that'
    assert caplog.messages == ['image_size: 160 -> 96', kept]


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
        ('--long_text', 'long_text', True),
        ('--long_text true', 'long_text', True),
        ('--long_text=1', 'long_text', True),
        ('--long_text YES', 'long_text', True),
        ('--long_text false', 'long_text', False),
        ('--long_text=no', 'long_text', False),
        ('--seed=7', 'seed', 7),
        ('--learning_rate 1e-3', 'learning_rate', 1e-3),
        ('--depth_multiplier 1', 'depth_multiplier', 1.0),
        ('--pretrain_path=', 'pretrain_path', ''),
    ],
)
def test_lists_booleans_and_numbers(argv, field, value):
    assert parse_config(argv.split(' ')) == dataclasses.replace(Config(), **{field: value})


@pytest.mark.parametrize(
    ('argv', 'paths'),
    [
        ('--pb_path a.pb', ('a.pb',)),
        ('--pb_path a.pb b.onnx', ('a.pb', 'b.onnx')),
        ('--pb_path=a.pb,b.onnx', ('a.pb', 'b.onnx')),
        (r'--pb_path a\,1.pb b.pb', ('a,1.pb', 'b.pb')),
        ('--pb_path=', ()),
        ('', None),
    ],
)
def test_the_server_takes_several_models(argv, paths):
    assert parse_config(argv.split(), 'app').models_choice['named'] == paths


def test_a_file_of_settings_names_several_models_too(tmp_path):
    (tmp_path / 'settings.json').write_text('{"pb_path": "a.pb,b.pb"}')
    config = parse_config(['--config_path', str(tmp_path / 'settings.json')], 'app')
    assert config.models_choice['named'] == ('a.pb', 'b.pb')


def test_other_scripts_take_one_model():
    with pytest.raises(InputError, match=r"'b\.pb' belongs to no flag"):
        parse_config(['--pb_path', 'a.pb', 'b.pb'], 'test')


@pytest.mark.parametrize('switch', ['long_text', 'profile'])
def test_a_bare_switch_takes_no_other_flag_for_its_value(switch):
    assert parse_config([f'--{switch}', '--batch_size', '2']) == Config(**{switch: True}, batch_size=2)


@pytest.mark.parametrize(('stored', 'frozen'), [('true', 'batch_norm'), ('false', '')])
def test_frozen_batch_norm_of_files_is_a_value_of_frozen(tmp_path, caplog, stored, frozen):
    path = tmp_path / 'mine.json'
    path.write_text(f'{{"frozen_batch_norm": {stored}}}')
    assert parse_config(['--config_path', str(path)], 'train').frozen == frozen
    assert restorable(path.read_text(), ('training',), 'config.json') == {'frozen': frozen}
    assert not caplog.messages
    with pytest.raises(InputError, match=r'^--frozen_batch_norm is no longer a setting: use --frozen batch_norm$'):
        parse_config(['--frozen_batch_norm', stored], 'train')


def test_the_statistics_of_batch_norm_are_no_block():
    blocks = {frozen: Config(frozen=frozen).frozen_block for frozen in ('', 'batch_norm', 'Mixed_4a')}
    assert blocks == {'': '', 'batch_norm': '', 'Mixed_4a': 'Mixed_4a'}


def test_an_empty_value_is_an_empty_text_and_spaces_stay():
    assert parse_config(['--pretrain_path', '', '--base_dir', ' a  b ']) == Config(pretrain_path='', base_dir=' a  b ')


@pytest.mark.parametrize(
    ('argv', 'message'),
    [
        ('--nonsense 3', '--nonsense'),
        ('--batch_siz 3', '--batch_siz: .*did you mean --batch_size'),  # no abbreviation, but a hint
        ('--pre compact', '--pre'),
        ('stray', 'stray'),
        ('--batch_size', '--batch_size: expected one argument'),
        ('--batch_size ten', "--batch_size: .*'ten'"),
        ('--batch_size 1.5', "--batch_size: .*'1.5'"),
        ('--batch_size 1 2', '2'),
        ('--learning_rate fast', "--learning_rate: .*'fast'"),
        ('--gpus 0,one', "--gpus: .*'one'"),
        ('--long_text maybe', "--long_text: 'maybe' is neither true nor false"),
        ('--long_text true false', "'false' belongs to no flag"),
        ('--long_text=', "--long_text: '' is neither"),
        ('--batch_size 0', r'^--batch_size 0: must be at least 1'),
        ('--image_size 8', r'^--image_size 8: must be from 16 to 2048$'),
        ('--image_size 4096', r'^--image_size 4096: must be from 16 to 2048$'),
        ('--dropout_keep_prob 1.01', r'^--dropout_keep_prob 1.01: must be from 0.01 to 1.0$'),
        ('--learning_rate -1', r'^--learning_rate -1.0: must be at least 0'),
        ('--learning_rate nan', r'^--learning_rate nan: must be at least 0'),
        ('--learning_rate inf', r'^--learning_rate inf: must be at least 0.0, and finite'),
        ('--seed -3', r'^--seed -3: must be at least 0'),
        ('--preset tiny', '^--preset tiny: must be one of reference, compact'),
        ('--preset', '--preset'),
        ('--model_name crnn', '--model_name crnn: must be one of ocr, ocr_with_normalized_bbox'),
        ('--final_endpoint Mixed_7a', '--final_endpoint Mixed_7a: must be one of .*Mixed_6h'),
        ('--preset compact --batch_size 0', '^--batch_size 0'),
    ],
)
def test_what_is_no_legal_flag_is_named_in_one_line(argv, message):
    with pytest.raises(InputError, match=message) as raised:
        parse_config(argv.split(' '))
    assert '\n' not in str(raised.value)
    assert not set('│─╭╮╰╯') & set(str(raised.value))


@pytest.mark.parametrize('columns', ['30', '200'])
def test_the_message_is_the_same_in_every_terminal(columns):
    result = run_dataset('--batch_siz', '3', COLUMNS=columns)
    assert result.returncode == 2 and result.stdout == ''
    assert result.stderr == 'dataset.py: --batch_siz: there is no such flag; --help lists all flags\n'


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
        ('long_text', 1, 'true or false'),
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
    source = (ROOT / 'ocr' / 'config.py').read_text(encoding='utf-8')
    for script in SCRIPTS:
        lines = run(script, '--help', COLUMNS='200').stdout
        flags, text = re.findall(r'^  --(\w+)', lines, re.MULTILINE), ' '.join(lines.split())
        for name, field in FIELDS.items():
            meaning = source.partition(f'    {name}: ')[2].partition('"""')[2].partition('"""')[0]
            shows = script in field.metadata['scripts']
            assert meaning and (meaning in text) == shows and (name in flags) == shows, (script, name)


@pytest.mark.parametrize(('script', 'lines'), [('test', 90), ('train', 200)])
def test_help_fits_on_the_screen(script, lines):
    assert len(run(script, '--help', COLUMNS='80').stdout.splitlines()) <= lines


@pytest.mark.parametrize('script', SCRIPTS)
def test_help_ends_quietly_when_nobody_listens(script):
    command = f'{sys.executable} {ROOT / script}.py --help | head -1'
    result = subprocess.run(['bash', '-o', 'pipefail', '-c', command], capture_output=True, text=True, check=True)
    assert result.stdout == f'usage: {script}.py [--flag value ...]\n' and result.stderr == ''


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
        config = parse_config([flag, str(path), '--seq_len', '9']).over({'embedding_size': 33})
        given = {'train_datasets': ('synthetic:words',), 'lstm_size': 99, 'seq_len': 9, 'embedding_size': 33}
        assert config == Config(preset='compact', config_path=str(path), **{**PRESETS['compact'], **given})


@pytest.mark.parametrize(
    ('text', 'message'), [(None, 'cannot be read'), ('{"lr": 1}', 'unknown setting lr'), ('{', 'not a configuration')]
)
def test_a_bad_file_of_settings_is_named(tmp_path, text, message):
    path = tmp_path / 'mine.json'
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=rf'mine\.json: .*{message}'):
        parse_config([f'--config_path={path}'])


def test_help_shows_the_defaults_of_the_preset():
    text = ' '.join(run('train', '--preset', 'compact', '--help', COLUMNS='200').stdout.split())
    assert f'Longest text in characters. (default: {PRESETS["compact"]["seq_len"]})' in text


def test_preset_then_stored_settings_then_command_line(caplog):
    stored = {'preset': 'compact', 'lstm_size': 77, 'seq_len': 5}
    with caplog.at_level(logging.INFO):
        config = parse_config(['--seq_len', '6', '--batch_size', '3']).over(stored)
    expected = {**PRESETS['compact'], 'lstm_size': 77, 'seq_len': 6, 'batch_size': 3}
    assert config == Config(preset='compact', **expected)
    assert [record.getMessage() for record in caplog.records] == ['seq_len: 5 -> 6']


def test_a_preset_on_the_command_line_stands_under_the_stored_settings(caplog):
    for preset, other in (('reference', 'compact'), ('compact', 'reference')):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            config = parse_config(['--preset', preset]).over({'preset': other, 'lstm_size': 77})
        assert config == Config(preset=preset, **{**PRESETS[preset], 'lstm_size': 77})
        assert [record.getMessage() for record in caplog.records] == [f'preset: {other} -> {preset}']


def test_a_stored_setting_given_again_is_no_override(caplog):
    with caplog.at_level(logging.INFO):
        parse_config(['--seq_len', '5']).over({'seq_len': 5})
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
        'tta',
        'rotate',
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
        ('', 'not a configuration .*edited by hand'),
        ('{"seq_len": 3', 'not a configuration'),
        ('[]', 'not a configuration'),
        ('[1, 2]', 'not a configuration'),
        ('"seq_len"', 'not a configuration'),
        ('null', 'not a configuration'),
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


# Augmentation


def test_the_sets_of_augmentation_are_the_choices():
    from ocr.preprocessing.augment_sets import AUGMENT_SETS

    assert typing.get_args(FIELDS['augment'].type) == tuple(AUGMENT_SETS)
    assert all(numbers.keys() <= AUGMENT_NUMBERS.keys() for numbers in AUGMENT_SETS.values())


def test_single_numbers_of_a_file_stand_over_the_set_of_the_preset(tmp_path):
    path = tmp_path / 'mine.json'
    path.write_text('{"preset": "compact", "margin_prob": 0.5, "margin": 0.3}')
    config = parse_config([f'--config_path={path}'], 'train')
    light = {'rotation_degrees': 5.0, 'shear': 0.05}
    assert config.augmentation == {**light, 'margin_prob': 0.5, 'margin': 0.3}
    assert Config(**restorable(to_json(config), GROUPS, 'config.json')) == config
    typed = parse_config([f'--config_path={path}', '--augment', 'none'], 'train')
    assert typed.augmentation == {'rotation_prob': 0.0, 'shear_prob': 0.0}


@pytest.mark.parametrize(
    ('text', 'message'),
    [('{"margin": -1}', 'margin -1: must be from 0.0'), ('{"blur": "x"}', "blur 'x': must be a number")],
)
def test_a_number_of_augmentation_out_of_range_is_named(text, message):
    with pytest.raises(InputError, match=message):
        restorable(text, GROUPS, 'mine.json')


def test_settings_of_earlier_versions_are_read(caplog):
    numbers = {**{name: low for name, (low, _) in AUGMENT_NUMBERS.items()}, CUT_SHARES: (1, 0, 0, 1.5, 0, 0)}
    older = {'turned': True, 'views': 5, **numbers, **RETIRED, 'gradient_clip': 3.0, 'batch_size': 7}
    restored = restorable(json.dumps(older), ('model', 'training'), 'old.json')
    numbers = tuple(numbers.items())
    assert restored == {'rotate': True, 'tta': 5, 'batch_size': 7, 'augment_numbers': numbers}
    assert caplog.messages == ['old.json: gradient_clip 3.0 is ignored, it is always 10.0']
    assert shown({'turned': True, 'views': 5, 'image_size': 9}) == {'canvas': 'square', 'rotate': True, 'tta': 5}


def test_a_model_is_read_without_a_word_on_what_its_training_was_told(caplog):
    stored = json.dumps({'val_share': 0.02, 'seq_len': 7})
    assert restorable(stored, ('model',), 'config.json') == {'seq_len': 7} and not caplog.messages
    restorable(stored, ('model', 'training'), 'config.json')
    assert 'config.json: val_share 0.02 is ignored, train.py holds out --val_regions' in caplog.text


def test_commas_in_paths(tmp_path):
    path = tmp_path / 'Vienna, 2019'
    path.mkdir()
    for written in (f'{path}', f'm={path}', f'm=gt:{path}'):
        assert parse_config(['--train_datasets', written, 'a,b=c']).train_datasets == (written, 'a', 'b=c')
    escaped = 'm=/nowhere/Vienna\\, 2019,b'
    cfg = parse_config(['--train_datasets', escaped])
    assert cfg.train_datasets == ('m=/nowhere/Vienna, 2019', 'b')


# Scripts


def run_dataset(*argv, **environment):
    return run('dataset', *argv, **environment)


def run(script, *argv, **environment):
    command = [sys.executable, str(ROOT / f'{script}.py'), *argv]
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
    assert '--config_path' in result.stdout
    imported = {line.rpartition('|')[2].strip().partition('.')[0] for line in result.stderr.splitlines()}
    assert 'argparse' in imported  # else the times are not understood
    assert not {'tensorflow', 'tensorpack'} & imported


def test_a_model_that_travels_says_nothing_of_the_machine_it_was_trained_on():
    values = json.loads(to_json(Config(**OTHERS), ('model', 'training')))
    assert {FIELDS[name].metadata['group'] for name in values} == {'model', 'training'}
    assert {'lstm_size', 'learning_rate'} <= values.keys() and not {'checkpoint_path', 'font_dir'} & values.keys()
