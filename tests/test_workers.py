"""train.py --cluster: processes on loopback learn what one learns with twice the batch, and miss each other."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import stalling_proxy
import tiny
from tensorpack.train import StopTraining

from ocr.model_files.checkpoint import checkpoint_fault, find_checkpoint

SHARED = {
    'frozen': 'batch_norm',
    'dropout_keep_prob': 1,
    'learning_rate': 2e-3,
    'warmup_steps': 0,
    'steps_per_epoch': 1,
    'max_epoch': 10_000,
}


class Worker:
    """A process of train.py."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(
            [sys.executable, str(tiny.ROOT / 'train.py'), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, 'TF_CONFIG': ''},
            preexec_fn=tiny.heed_ctrl_c,
        )
        self.watchdog = threading.Timer(900, self.process.kill)  # rather a failure than a test that hangs
        self.watchdog.start()

    def end(self):
        """Wait for its end: (exit code, what the script says last, or else the last line of stderr)."""
        _, stderr = self.process.communicate()
        self.watchdog.cancel()
        lines = re.split(r'[\r\n]+', stderr.strip())
        said = [line for line in lines if line.startswith('train.py: ')]
        return self.process.returncode, (said or lines)[-1]


@pytest.fixture
def start():
    """Function (words, checkpoint_path, clusters, settings) -> two Worker of one training run, killed after the test.

    `clusters` are --cluster of each of them; by default both have the same.
    """
    workers = []

    def start_two(words, checkpoint_path, clusters=None, **settings):
        clusters = clusters or [','.join(f'127.0.0.1:{port}' for port in tiny.free_ports(2))] * 2
        settings = {**SHARED, 'batch_size': 4, **settings}
        pair = [
            Worker(tiny.training_flags(words, checkpoint_path, **settings, cluster=cluster, task_index=number))
            for number, cluster in enumerate(clusters)
        ]
        workers.extend(pair)
        return pair

    yield start_two
    for worker in workers:
        worker.watchdog.cancel()
        worker.process.kill()


def wait_for_step(workers, folder, step):
    """Wait until a training run has saved at a step or later; returns the last one."""
    for _ in range(8000):
        if (steps := [row['step'] for row in history(folder)]) and steps[-1] >= step:
            return steps[-1]
        for worker in workers:
            assert worker.process.poll() is None, worker.end()
        time.sleep(0.1)
    raise AssertionError(f'step {step} was not reached')


def history(folder):
    path = folder / 'history.jsonl'
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def gone(number):
    """Pattern of the line that names a lost worker."""
    return rf'train.py: worker {number} \(127.0.0.1:\d+\) of --cluster has gone, .*'


def test_two_workers_learn_as_one_with_twice_the_batch_through_a_kill_and_a_signal(start, tmp_path, monkeypatch):
    words = tiny.write_words(tmp_path / 'words', ['270', '581', '619', '840', '713', '295', '306', '482'])
    folder = tmp_path / 'two' / 'checkpoint'
    workers = start(words, folder)
    step = wait_for_step(workers, folder, 3)
    workers[1].process.kill()
    code, line = workers[0].end()
    assert code == 2 and re.fullmatch(gone(1), line), line

    workers = start(words, folder)
    last = wait_for_step(workers, folder, step + 3)
    workers[1].process.send_signal(signal.SIGTERM)  # one hears it, and all stop after the same step
    assert [worker.end()[0] for worker in workers] == [130, 130]
    rows = history(folder)
    assert [row['step'] for row in rows] == list(range(1, len(rows) + 1)) and len(rows) >= last
    assert (folder / f'model-{len(rows)}.index').exists()

    from ocr.training import callbacks

    def end(callback):
        if callback.global_step >= len(rows):
            raise StopTraining

    monkeypatch.setattr(callbacks.StopAfter, '_end', end)
    tiny.train(words, tmp_path / 'one', **SHARED, batch_size=8)
    alone = history(tmp_path / 'one')
    assert np.ptp([row['loss'] for row in alone]) > 0.05
    np.testing.assert_allclose([row['loss'] for row in rows], [row['loss'] for row in alone], rtol=1e-3)


def test_the_others_end_when_worker_0_is_killed(start, tmp_path):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    folder = tmp_path / 'checkpoint'
    workers = start(words, folder, **tiny.AUGMENTED, frozen='', steps_per_epoch=4)
    wait_for_step(workers, folder, 4)
    workers[0].process.kill()
    code, line = workers[1].end()
    assert code == 2 and re.fullmatch(gone(0), line), line


def test_a_network_that_stalls_ends_both_and_each_names_the_other(start, tmp_path):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    folder = tmp_path / 'checkpoint'
    ports = tiny.free_ports(2)
    with stalling_proxy.StallingProxy(ports[0]) as first, stalling_proxy.StallingProxy(ports[1]) as second:
        pairs = ((ports[0], second.port), (first.port, ports[1]))
        clusters = [','.join(f'127.0.0.1:{port}' for port in pair) for pair in pairs]
        workers = start(words, folder, clusters, steps_per_epoch=4)
        wait_for_step(workers, folder, 4)
        for proxy in (first, second):
            assert proxy.passed > 10_000  # their gradients go through it
            proxy.stall()
        for number, worker in enumerate(workers):
            code, line = worker.end()
            assert code == 2 and re.fullmatch(gone(1 - number), line), line


def test_a_full_disk_of_worker_0_is_named_and_what_was_saved_stays(start, tmp_path):
    words = tiny.write_words(tmp_path / 'words', tiny.EIGHT_WORDS)
    folder = tmp_path / 'checkpoint'
    workers = start(words, folder, steps_per_epoch=4)
    wait_for_step(workers, folder, 8)
    resource.prlimit(workers[0].process.pid, resource.RLIMIT_FSIZE, (100, 100))  # as tiny.largest_file
    code, line = workers[0].end()
    last = find_checkpoint(str(folder))
    assert code == 2 and re.fullmatch(rf'train.py: {folder}: cannot save \(.*\); {last} is whole, go on .*', line), line
    assert checkpoint_fault(last) is None and tiny.read_weights(last)['global_step'] >= 4
    assert history(folder)[-1]['step'] >= 8
    code, line = workers[1].end()
    assert code == 2 and re.fullmatch(gone(0), line), line
