"""train.py: what it learns, keeps, resumes and refuses."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tiny

from ocr.errors import InputError
from ocr.model_files.checkpoint import find_checkpoint

UNCHANGING = {  # every validation scores the same
    'learning_rate': 0,
    'frozen': 'batch_norm',
    'val_epochs': 1,
    'max_epoch': 3,
}


def read_history(folder):
    return [json.loads(line) for line in (folder / 'history.jsonl').read_text().splitlines()]


def assert_same_weights(weights, others, tolerance):
    assert weights.keys() == others.keys()
    for name, value in weights.items():
        np.testing.assert_allclose(value, others[name], rtol=tolerance, atol=tolerance, err_msg=name)


def test_eight_words_are_learnt_by_heart(learnt, tmp_path):
    arguments = tiny.flags(
        checkpoint_path=learnt.checkpoint_path,
        eval_datasets=f'words={learnt.words}',
        index_dir=learnt.index_dir,
        output_path=tmp_path,
    )
    tiny.run_main('eval', *arguments)
    with open(tmp_path / 'regions.csv', encoding='utf-8', newline='') as file:
        read = {row['truth']: row['text'] for row in csv.DictReader(file)}
    assert read == {text: text for text in tiny.EIGHT_WORDS}
    assert json.loads((tmp_path / 'scores.json').read_text())['combined']['scores']['accuracy']['value'] == 1


def test_a_resumed_training_goes_on_as_if_it_had_not_stopped(six_steps, tmp_path, caplog):
    folder = tiny.copy_training(six_steps.checkpoint_path, tmp_path / 'checkpoint', step=3)
    with caplog.at_level('INFO'):
        tiny.train(six_steps.words, folder, **tiny.AUGMENTED)
    assert f'resuming from {folder}/model-3, step 3' in caplog.text
    weights, resumed = (tiny.read_weights(path / 'model-6') for path in (six_steps.checkpoint_path, folder))
    assert resumed['global_step'] == 6
    assert_same_weights(weights, resumed, tolerance=1e-5)
    row, resumed_row = read_history(six_steps.checkpoint_path)[-1], read_history(folder)[-1]
    for name in ('step', 'loss', 'cross_entropy', 'learning_rate'):
        assert resumed_row[name] == pytest.approx(row[name], rel=1e-5)


def test_an_interrupted_training_ends_with_the_weights_of_one_that_was_not(tmp_path, monkeypatch):
    """Photographed and drawn text on canvases of several shapes, dropout, augmentation, a signal amid an epoch."""
    from ocr.training import callbacks

    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    datasets = {'train_datasets': [f'words={words}', 'synthetic:digits'], 'train_shares': [0.5, 0.5]}
    settings = {**tiny.AUGMENTED, **datasets, 'canvas': 'area', 'canvas_area': 2048, 'image_size': 64}
    tiny.train(words, tmp_path / 'whole', **settings)
    with monkeypatch.context() as patch:

        def stop_after_four(callback):
            if callback.global_step == 4:
                signal.raise_signal(signal.SIGTERM)

        patch.setattr(callbacks.StopAfter, '_trigger_step', stop_after_four)
        assert tiny.train(words, tmp_path / 'stopped', **settings) == 130
    assert find_checkpoint(str(tmp_path / 'stopped')) == str(tmp_path / 'stopped' / 'model-4')
    assert tiny.train(words, tmp_path / 'stopped', **settings) == 0
    whole, resumed = (tiny.read_weights(tmp_path / name / 'model-6') for name in ('whole', 'stopped'))
    assert any(name.endswith('/Adam_1') for name in whole)
    assert_same_weights(whole, resumed, tolerance=1e-5)  # some sums of TensorFlow's have no fixed order


def test_replicas_stay_equal_and_their_statistics_are_those_of_the_first(six_steps, tmp_path, monkeypatch):
    from ocr.training import replicas

    found = {}

    def compare(callback):
        session = callback.trainer.sess
        values = {v.op.name: session.run(v) for v in [*tf.global_variables(), *tf.local_variables()]}
        seconds = {name: value for name, value in values.items() if name.startswith('tower1/') and name[7:] in values}
        found.update((name, (value, values[name[7:]])) for name, value in seconds.items())

    import tensorflow.compat.v1 as tf

    monkeypatch.setattr(replicas.FollowFirst, '_after_train', compare)
    tiny.train(six_steps.words, tmp_path / 'checkpoint', **tiny.AUGMENTED, gpus='0,1', max_epoch=1)
    assert all(any(name.endswith(kind) for name in found) for kind in ('/moving_mean', '/Adam', '/Adam_1'))
    for name, (second, first) in found.items():
        np.testing.assert_array_equal(first, second, err_msg=name)


def test_a_checkpoint_with_powers_of_beta_is_gone_on_with(six_steps, tmp_path):
    """Earlier versions stored them; they are not read."""
    import tensorflow.compat.v1 as tf

    folder = tiny.copy_training(six_steps.checkpoint_path, tmp_path / 'checkpoint', step=3)
    values = {**tiny.read_weights(folder / 'model-3'), 'beta1_power': np.float32(7), 'beta2_power': np.float32(7)}
    with tf.Graph().as_default(), tf.Session() as session:
        for name, value in values.items():
            tf.get_variable(name, initializer=value)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(folder / 'model-3'), write_meta_graph=False, write_state=False)
    (folder / 'SHA256SUMS').unlink(missing_ok=True)
    tiny.train(six_steps.words, folder, **tiny.AUGMENTED)
    weights, resumed = (tiny.read_weights(path / 'model-6') for path in (six_steps.checkpoint_path, folder))
    assert 'beta1_power' not in resumed
    assert_same_weights(weights, resumed, tolerance=1e-5)


def test_two_towers_learn_as_one_with_twice_the_batch(tmp_path, caplog):
    words = tiny.write_words(tmp_path / 'words', ['270', '581', '619', '840', '713', '295', '306', '482'])
    shared = {'frozen': 'batch_norm', 'dropout_keep_prob': 1, 'learning_rate': 1e-2, 'warmup_steps': 0}
    shared |= {'steps_per_epoch': 1, 'max_epoch': 6}
    tiny.train(words, tmp_path / 'one', **shared, batch_size=8)
    with caplog.at_level('INFO'):
        tiny.train(words, tmp_path / 'two', **shared, batch_size=4, gpus='0,1')
    assert 'no GPU is visible: training on the CPU, 2 towers' in caplog.text
    curves = [[row['loss'] for row in read_history(tmp_path / folder)] for folder in ('one', 'two')]
    assert len(curves[0]) == 6 and np.ptp(curves[0]) > 0.2
    np.testing.assert_allclose(*curves, rtol=1e-4)
    one, two = (tiny.read_weights(tmp_path / folder / 'model-6') for folder in ('one', 'two'))
    assert_same_weights(one, two, tolerance=2e-3)  # Adam divides by gradients that may be nearly nothing


def test_a_scaled_loss_trains_the_same_weights(six_steps, tmp_path, monkeypatch):
    """As --precision float16 does on GPUs; on CPUs TensorFlow leaves the graph in float32."""
    from ocr.network import precision

    monkeypatch.setattr(precision, 'set_precision', lambda *_, **__: 'float16')
    tiny.train(six_steps.words, tmp_path / 'checkpoint', **tiny.AUGMENTED)
    plain, scaled = (
        tiny.read_weights(path / 'model-6') for path in (six_steps.checkpoint_path, tmp_path / 'checkpoint')
    )
    assert_same_weights(plain, scaled, tolerance=1e-5)


def test_accumulated_gradients_learn_as_one_large_batch(tmp_path):
    words = tiny.write_words(tmp_path / 'words', ['270', '581', '619', '840', '713', '295', '306', '482'])
    shared = {'frozen': 'batch_norm', 'dropout_keep_prob': 1, 'learning_rate': 1e-2, 'warmup_steps': 0}
    shared |= {'steps_per_epoch': 1, 'max_epoch': 6, 'average_decay': 0.9}
    tiny.train(words, tmp_path / 'one', **shared, batch_size=8)
    tiny.train(words, tmp_path / 'four', **shared, batch_size=2, accumulate=4)
    tiny.train(words, tmp_path / 'towers', **shared, batch_size=2, accumulate=2, gpus='0,1')
    curves = {name: [row['loss'] for row in read_history(tmp_path / name)] for name in ('one', 'four', 'towers')}
    assert len(curves['one']) == 6 and np.ptp(curves['one']) > 0.2
    one = tiny.read_weights(tmp_path / 'one' / 'model-6')
    for name in ('four', 'towers'):
        np.testing.assert_allclose(curves['one'], curves[name], rtol=1e-4)
        # The running averages have as many updates too.
        assert_same_weights(one, tiny.read_weights(tmp_path / name / 'model-6'), tolerance=2e-3)


def test_a_training_that_accumulates_is_resumed(tmp_path):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    settings = {**tiny.AUGMENTED, 'accumulate': 2, 'batch_size': 2}
    tiny.train(words, tmp_path / 'whole', **settings)
    folder = tiny.copy_training(tmp_path / 'whole', tmp_path / 'resumed', step=3)
    tiny.train(words, folder, **settings)
    whole, resumed = (tiny.read_weights(path / 'model-6') for path in (tmp_path / 'whole', folder))
    assert_same_weights(whole, resumed, tolerance=1e-5)


class Running:
    """A training run in a process group of its own, so that it can be sent what a terminal sends."""

    def __init__(self, arguments):
        command = [sys.executable, str(tiny.ROOT / 'train.py'), *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
            preexec_fn=tiny.heed_ctrl_c,
        )
        self.stderr = ''
        self.watchdog = threading.Timer(600, self.process.kill)  # rather a failure than a test that hangs
        self.watchdog.start()

    def wait_for(self, pattern):
        """Read stderr until it holds a pattern."""
        while not re.search(pattern, self.stderr):
            piece = os.read(self.process.stderr.fileno(), 4096)
            assert piece, f'ended without {pattern}: {self.stderr}'
            self.stderr += piece.decode(errors='replace')

    def stop(self, number):
        """Send a signal to the group; returns the exit code and stdout."""
        os.killpg(self.process.pid, number)
        stdout, stderr = self.process.communicate()
        self.stderr += stderr.decode(errors='replace')
        return self.process.returncode, stdout.decode()

    def end(self):
        self.watchdog.cancel()
        self.process.kill()

    def has_left_processes(self):
        for _ in range(600):
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.1)
        return True


def test_ctrl_c_and_a_polite_kill_save_and_the_same_command_goes_on(six_steps, tmp_path):
    arguments = tiny.training_flags(six_steps.words, tmp_path / 'checkpoint', steps_per_epoch=10000)
    saved = []
    for number in (signal.SIGINT, signal.SIGTERM):
        running = Running(arguments)
        try:
            if saved:
                running.wait_for(f'resuming from {saved[-1][0]}, step {saved[-1][1]}')
            running.wait_for(r'loss \d')
            code, stdout = running.stop(number)
        finally:
            running.end()
        assert code == 130, running.stderr
        assert 'Traceback' not in running.stderr
        prefix, step = re.search(r'stopped and saved: (\S+-(\d+))\n', stdout).groups()
        assert tiny.read_weights(prefix)['global_step'] == int(step)
        assert not (tmp_path / 'checkpoint' / '.saving').exists()
        assert not running.has_left_processes()
        saved.append((prefix, int(step)))
    assert saved[1][1] > saved[0][1] > 0


def test_a_save_that_fails_after_ctrl_c_is_not_called_a_success(six_steps, tmp_path, monkeypatch):
    from ocr.training import callbacks

    def interrupt(_):
        raise KeyboardInterrupt

    def fail(*_):
        raise InputError('no room for it')

    monkeypatch.setattr(callbacks.StopAfter, '_trigger_step', interrupt)
    monkeypatch.setattr(callbacks, 'save_checkpoint', fail)
    with pytest.raises(InputError, match='no room for it'):
        tiny.train(six_steps.words, tmp_path / 'checkpoint')


def test_a_loss_that_is_no_number_stops_and_names_the_last_good_checkpoint(six_steps, tmp_path, caplog, capfd):
    folder = tiny.copy_training(six_steps.checkpoint_path, tmp_path / 'checkpoint', step=3)
    before = tiny.read_weights(folder / 'model-3')
    with caplog.at_level('INFO'), pytest.raises(InputError) as caught:
        tiny.train(six_steps.words, folder, **tiny.AUGMENTED, learning_rate=1e30)
    assert re.fullmatch(rf'the loss is not a number .* {folder}/model-3; .* --learning_rate', str(caught.value))
    assert 'learning_rate: 0.002 -> 1e+30' in caplog.text
    assert 'Traceback' not in capfd.readouterr().err
    assert find_checkpoint(str(folder)) == f'{folder}/model-3'
    assert_same_weights(before, tiny.read_weights(folder / 'model-3'), tolerance=0)


def slim_checkpoint(path, without):
    """Write a checkpoint with the encoder's variables under slim's names, all but one, and some that we have not."""
    import tensorflow.compat.v1 as tf

    from ocr.config import parse_config
    from ocr.model import AttentionOCR

    config = parse_config(tiny.flags(**tiny.TINY))
    with tf.Graph().as_default():
        side = config.image_size
        AttentionOCR(config, 12).build_inference(tf.placeholder(tf.float32, (None, side, side, 3)))
        shapes = {v.op.name: v.shape.as_list() for v in tf.global_variables() if 'attention_lstm' not in v.op.name}
    assert shapes.pop(without)
    shapes |= {
        'InceptionV4/Logits/Logits/weights': [8, 4],
        'InceptionV4/Mixed_7a/Branch_0/weights': [3],
        'global_step': [],
    }
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(0.1, 1, shape).astype(np.float32) for name, shape in shapes.items()}
    with tf.Graph().as_default(), tf.Session() as session:
        for name, value in values.items():
            tf.get_variable(name, initializer=value)
        session.run(tf.global_variables_initializer())
        tf.train.Saver(write_version=tf.train.SaverDef.V1).save(
            session, str(path), write_meta_graph=False, write_state=False
        )
    return values


def test_the_encoder_starts_from_the_slim_checkpoint(six_steps, tmp_path, caplog):
    missing = 'InceptionV4/Conv2d_2b_3x3/BatchNorm/beta'
    values = slim_checkpoint(tmp_path / 'inception_v4.ckpt', without=missing)
    with caplog.at_level('INFO'):
        tiny.train(
            six_steps.words,
            tmp_path / 'checkpoint',
            pretrain_path=tmp_path / 'inception_v4.ckpt',
            learning_rate=0,
            frozen='batch_norm',
            steps_per_epoch=1,
            max_epoch=1,
        )
    weights = tiny.read_weights(tmp_path / 'checkpoint' / 'model-1')
    taken = [name for name in values if 'BatchNorm' in name or 'Conv2d' in name]
    assert len(taken) > 30
    for name in taken:
        np.testing.assert_array_equal(weights[name], values[name], err_msg=name)
    assert weights['global_step'] == 1
    assert (weights[missing] == 0).all()
    assert caplog.text.count(f'1 variables not in the checkpoint, so initialised: {missing}\n') == 1
    assert caplog.text.count('2 variables in the checkpoint only, so left out: InceptionV4/Logits/Logits/weights') == 1


@pytest.fixture(scope='module')
def validated(six_steps, tmp_path_factory):
    """Folder of a training run whose validation never becomes better."""
    folder = tmp_path_factory.mktemp('validated') / 'checkpoint'
    tiny.train(six_steps.words, folder, **UNCHANGING)
    return folder


def test_the_best_is_kept_beside_the_last(validated):
    history = read_history(validated)
    assert [row['step'] for row in history] == [3, 6, 9]
    assert len({row['val_ned'] for row in history}) == 1
    assert sorted(path.name for path in validated.glob('*.index')) == ['model-6.index', 'model-9.index']
    assert [path.name for path in (validated / 'best').glob('*.index')] == ['model-3.index']
    assert find_checkpoint(str(validated)) == f'{validated}/model-9'
    assert find_checkpoint(str(validated), prefer_best=True) == f'{validated}/best/model-3'
    assert (validated / 'curve.png').stat().st_size > 1000


def test_tensorboard_gets_numbers_pictures_and_texts(validated):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(validated / 'log'))
    events.Reload()
    history = read_history(validated)
    tags = events.Tags()
    for name in ('loss', 'cross_entropy', 'learning_rate', 'images_per_second', 'val_ned', 'val_accuracy'):
        points = events.Scalars(name)
        assert [point.step for point in points] == [3, 6, 9]
        assert [point.value for point in points] == pytest.approx([row[name] for row in history])
    assert tags['images'][0] == 'validation_0'
    picture = events.Images('validation_0')[0]
    assert picture.encoded_image_string.startswith(b'\x89PNG') and picture.width > 32
    table = events.Tensors('validation')[0].tensor_proto.string_val[0].decode()
    assert table.startswith('| read | true |\n|---|---|\n')
    truths = {line.split('|')[2].strip() for line in table.splitlines()[2:]}
    assert truths and truths <= set(tiny.EIGHT_WORDS)


def test_a_broken_image_is_left_out_and_counted(tmp_path, caplog, capsys):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    tiny.cut_off(words / '3.png')
    tiny.train(words, tmp_path / 'checkpoint')
    assert caplog.text.count(f'left out: {words}/3.png: unreadable image') == 1
    (number,) = re.findall(r'left out while training: (\d+) times unreadable image', capsys.readouterr().out)
    assert int(number) >= 3  # 24 images were wanted, each word comes up at least every eight
    assert tiny.read_weights(tmp_path / 'checkpoint' / 'model-6')['global_step'] == 6


def test_validation_without_a_readable_image_scores_nothing(tmp_path, caplog):
    from ocr.training.validation import Validation

    assert Validation(lambda: iter(()), charset=None, with_bbox=False).run(monitors=None) == {}


def test_a_start_that_does_not_fit_leaves_the_folder_as_it_was(six_steps, tmp_path):
    folder = tiny.copy_training(six_steps.checkpoint_path, tmp_path / 'checkpoint', step=3)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match='of another architecture'):
        tiny.train(six_steps.words, folder, lstm_size=24)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before


def test_signals_that_come_while_it_saves_lose_nothing(six_steps, tmp_path, monkeypatch, capsys):
    from ocr.training import callbacks

    save = callbacks.save_checkpoint
    signals = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM]

    def save_under_fire(*arguments, **options):
        signal.raise_signal(signals.pop())
        signal.raise_signal(signals.pop())
        return save(*arguments, **options)

    monkeypatch.setattr(callbacks, 'save_checkpoint', save_under_fire)
    monkeypatch.setattr(callbacks.StopAfter, '_trigger_step', lambda _: signal.raise_signal(signals[-1]))
    folder = tmp_path / 'checkpoint'
    assert tiny.train(six_steps.words, folder) == 130
    assert capsys.readouterr().out.endswith(f'stopped and saved: {folder}/model-1\n')
    assert tiny.read_weights(folder / 'model-1')['global_step'] == 1


def test_a_signal_at_the_end_of_an_epoch_waits_for_all_that_is_written_there(six_steps, tmp_path, monkeypatch, capsys):
    from ocr.training import callbacks

    save = callbacks.save_checkpoint

    def save_under_fire(saver, session, folder, step, keep):
        if folder.endswith('best'):
            signal.raise_signal(signal.SIGTERM)
        return save(saver, session, folder, step, keep)

    monkeypatch.setattr(callbacks, 'save_checkpoint', save_under_fire)
    folder = tmp_path / 'checkpoint'
    assert tiny.train(six_steps.words, folder, **UNCHANGING) == 130
    assert capsys.readouterr().out.endswith(f'stopped and saved: {folder}/model-3\n')
    assert [row['step'] for row in read_history(folder) if 'val_ned' in row] == [3]
    assert find_checkpoint(str(folder), prefer_best=True) == f'{folder}/best/model-3'


class Killed(BaseException):
    """What kill -9 is to a training run in this process: nothing runs after it."""


def kill_at(monkeypatch, name, number=1):
    """Let a training run end where its callbacks call a function for the so-many-th time, without any cleaning up."""
    from ocr.training import callbacks

    once, calls = getattr(callbacks, name), []

    def call(*arguments, **options):
        calls.append(arguments)
        if len(calls) == number:
            raise Killed
        return once(*arguments, **options)

    monkeypatch.setattr(callbacks, name, call)


@pytest.mark.parametrize(
    ('function', 'number', 'saved'),
    [
        ('save_checkpoint', 1, []),  # before the first checkpoint; its line is in the history
        ('save_checkpoint', 2, [3]),  # between validation and best checkpoint
        ('write_history', 2, [3]),  # between the best checkpoint and its scores
    ],
)
def test_a_training_killed_at_the_end_of_an_epoch_goes_on_as_if_it_had_not_been(
    six_steps, validated, tmp_path, monkeypatch, function, number, saved
):
    folder = tmp_path / 'checkpoint'
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, function, number)
        tiny.train(six_steps.words, folder, **UNCHANGING)
    assert [path.name for path in folder.glob('*.index')] == [f'model-{step}.index' for step in saved]
    tiny.train(six_steps.words, folder, **UNCHANGING)
    history, whole = read_history(folder), read_history(validated)
    for row, expected in zip(history, whole, strict=True):
        assert row['step'] == expected['step'] and row['val_ned'] == expected['val_ned']
        assert row['loss'] == pytest.approx(expected['loss'], rel=1e-4)
    assert [path.name for path in (folder / 'best').glob('*.index')] == ['model-3.index']


def test_a_training_killed_in_its_last_validation_is_validated_when_it_goes_on(six_steps, tmp_path, monkeypatch):
    folder, once = tmp_path / 'checkpoint', {**UNCHANGING, 'max_epoch': 1}
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, 'save_checkpoint', 2)
        tiny.train(six_steps.words, folder, **once)
    assert tiny.train(six_steps.words, folder, **once) == 0
    assert [row['step'] for row in read_history(folder) if 'val_ned' in row] == [3]
    assert find_checkpoint(str(folder), prefer_best=True) == f'{folder}/best/model-3'
    with pytest.raises(InputError, match='has all 3 steps behind it'):
        tiny.train(six_steps.words, folder, **once)


def test_a_best_that_an_earlier_version_lost_is_mended_or_named(six_steps, validated, tmp_path, caplog):
    for step, best in ((3, 'model-3'), (9, 'model-12')):
        folder = tmp_path / f'of_{step}'
        shutil.copytree(validated, folder)
        shutil.rmtree(folder / 'best')
        source = validated / 'best' if step == 3 else validated
        for path in folder.glob('model-*'):
            path.unlink()
        for path in source.glob(f'model-{step}.*'):
            shutil.copy(path, folder)
        caplog.clear()
        tiny.train(six_steps.words, folder, **{**UNCHANGING, 'max_epoch': 4})
        assert find_checkpoint(str(folder), prefer_best=True) == f'{folder}/best/{best}'
        warning = f'of step 3, is not in {folder}/best: the next validation better than any'
        assert (warning in caplog.text) == (step == 9)


def test_a_damaged_newest_checkpoint_is_gone_back_from_aloud(six_steps, tmp_path, caplog):
    folder = shutil.copytree(six_steps.checkpoint_path, tmp_path / 'checkpoint')
    data = folder / 'model-6.data-00000-of-00001'
    os.truncate(data, data.stat().st_size // 2)
    with pytest.raises(InputError, match=rf'unreadable checkpoint .*; {folder}/model-3 can be read, give that'):
        tiny.run_main('export', *tiny.flags(checkpoint_path=folder, pb_path=tmp_path / 'm.pb'))
    for start in ({}, {'restore_path': f'{folder}/model-3'}):
        copy = shutil.copytree(folder, tmp_path / ('named' if start else 'found'))
        start = {name: path.replace(str(folder), str(copy)) for name, path in start.items()}
        with caplog.at_level('INFO'):
            tiny.train(six_steps.words, copy, **tiny.AUGMENTED, **start)
        assert f'resuming from {copy}/model-3, step 3' in caplog.text
        assert f'{copy}/model-6 is damaged: its files are named .damaged now' in caplog.text
        assert (f'): going back to {copy}/model-3' in caplog.text) == (not start)
        caplog.clear()
        assert find_checkpoint(str(copy)) == f'{copy}/model-6'
        assert tiny.read_weights(copy / 'model-6')['global_step'] == 6


@pytest.mark.parametrize(
    ('name', 'damage', 'named'),
    [
        ('config.json', lambda b: b.replace(b'"seed": 0', b'"seed": 1'), r'config\.json: damaged or edited'),
        ('config.json', lambda b: b[:100] + b'\xff' + b[101:], r'config\.json: damaged or edited'),
        ('charset.txt', lambda b: b.replace(b'7', b'A'), r'charset\.txt: damaged or edited'),
        ('history.jsonl', lambda b: b[:-9], r'history\.jsonl: not a training history \(.*; restore it from a copy'),
        ('history.jsonl', lambda b: b'\xff' + b, r'history\.jsonl: not a training history'),
        ('history.jsonl', lambda b: b.replace(b'"step": 3', b'"step": "3"'), r'history\.jsonl: not a training history'),
        ('history.jsonl', lambda _: b'[' * 100_000, r'history\.jsonl: no'),
    ],
)
def test_a_damaged_file_of_a_training_is_one_line(six_steps, tmp_path, name, damage, named):
    folder = shutil.copytree(six_steps.checkpoint_path, tmp_path / 'checkpoint')
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    with pytest.raises(InputError, match=named):
        tiny.train(six_steps.words, folder, **tiny.AUGMENTED, max_epoch=3)


def test_a_second_training_in_one_folder_is_refused(six_steps, tmp_path):
    from ocr.training.run_folder import training_in

    folder = shutil.copytree(six_steps.checkpoint_path, tmp_path / 'checkpoint')
    with training_in(str(folder)), pytest.raises(InputError, match=f'{folder}: another training run is using it'):
        tiny.train(six_steps.words, folder, **tiny.AUGMENTED, max_epoch=3)
    with training_in(str(folder)):
        pass
