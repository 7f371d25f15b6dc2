"""--tracker: what TensorBoard gets reaches Weights & Biases or MLflow, in one run, and costs no training."""

import json
import sys
from types import ModuleType, SimpleNamespace

import pytest
import tiny

from ocr.errors import InputError


class Wandb(ModuleType):
    """Records what the package is told."""

    def __init__(self, fails_at=None):
        super().__init__('wandb')
        self.started, self.logged, self.finished, self.fails_at = [], [], 0, fails_at

    def init(self, **settings):
        if self.fails_at == 'init':
            raise RuntimeError('no network')
        self.started.append(settings)
        return SimpleNamespace(id=settings['id'] or 'run1', log=self._log, finish=self._finish)

    def _log(self, values, step):
        if self.fails_at == len(self.logged):
            raise RuntimeError('the\nserver is gone')
        self.logged.append((step, values))

    def _finish(self):
        self.finished += 1


class Mlflow(ModuleType):
    def __init__(self):
        super().__init__('mlflow')
        self.started, self.logged, self.parameters, self.finished = [], [], {}, 0

    def set_experiment(self, name):
        self.experiment = name

    def start_run(self, **settings):
        self.started.append(settings)
        return SimpleNamespace(info=SimpleNamespace(run_id=settings['run_id'] or 'run7'))

    def log_params(self, parameters):
        self.parameters |= parameters

    def log_metric(self, name, value, step):
        self.logged.append((step, {name: value}))

    def end_run(self):
        self.finished += 1


def train(tmp_path, monkeypatch, package, **settings):
    monkeypatch.setitem(sys.modules, package.__name__, package)
    if not (tmp_path / 'words').exists():
        tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    tiny.train(tmp_path / 'words', tmp_path / 'mine', tracker=package.__name__, **settings)
    return [json.loads(line) for line in (tmp_path / 'mine' / 'history.jsonl').read_text().splitlines()]


@pytest.mark.parametrize('make', [Wandb, Mlflow])
def test_the_numbers_of_the_history_arrive_and_a_resumed_training_goes_on_in_its_run(make, tmp_path, monkeypatch):
    for name in ('WANDB_PROJECT', 'MLFLOW_EXPERIMENT_NAME'):
        monkeypatch.delenv(name, raising=False)
    package = make()
    rows = train(tmp_path, monkeypatch, package, val_epochs=1)
    for row in rows:
        for name in ('loss', 'images_per_second', 'learning_rate'):
            assert (row['step'], {name: row[name]}) in package.logged
        assert any(step == row['step'] and 'ned' in next(iter(values)) for step, values in package.logged)
    (start,) = package.started
    if make is Wandb:
        assert start['config']['lstm_size'] == 16 and (start['name'], start['project']) == ('mine', 'attention-ocr')
    else:
        assert package.parameters['lstm_size'] == '16' and package.experiment == 'attention-ocr'
        assert start['run_name'] == 'mine'
    number = len(package.logged)
    rows = train(tmp_path, monkeypatch, package, val_epochs=1, max_epoch=3)
    assert package.started[1]['id' if make is Wandb else 'run_id'] == ('run1' if make is Wandb else 'run7')
    assert package.logged[number][0] == rows[-1]['step'] == 9 and package.finished == 2


@pytest.mark.parametrize('fails_at', ['init', 0, 2])
def test_a_tracker_that_fails_costs_its_log_not_the_training(fails_at, tmp_path, monkeypatch, caplog):
    package = Wandb(fails_at)
    rows = train(tmp_path, monkeypatch, package)
    assert [row['step'] for row in rows] == [3, 6]
    assert caplog.text.count('--tracker wandb: its log ends here (') == 1
    assert len(package.logged) == (0 if fails_at == 'init' else fails_at)


def test_a_missing_package_is_said_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'mlflow', None)
    with pytest.raises(InputError, match='--tracker mlflow needs the package mlflow: pip install mlflow'):
        tiny.run_main('train', '--tracker', 'mlflow', '--train_datasets', f'a={tmp_path}/nothing')
