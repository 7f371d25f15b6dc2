"""Two workers on loopback learn what one learns with twice the batch: python tests/workers_at_scale.py --steps 200

Prints the losses side by side and how far they are apart, seconds, and the most memory of each process; exit code 1 if
they are more than a thousandth apart. --published takes the published network on canvases of 256 x 256 pixels, two
images a step, instead of a tiny one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tiny

sys.path.insert(0, str(tiny.ROOT))

from ocr.network.architecture import REFERENCE, REFERENCE_STEPS

SHARED = {
    'frozen': 'batch_norm',
    'dropout_keep_prob': 1,
    'learning_rate': 1e-3,
    'warmup_steps': 0,
}
PUBLISHED = {**REFERENCE, 'image_size': 256, 'seq_len': REFERENCE_STEPS - 1}  # instead of tiny.TINY's
TEXTS = ['270', '581', '619', '840', '713', '295', '306', '482']


def train(processes):
    """Wait for the training runs, given as lists of flags that run together: (seconds, [most MB of each])."""
    started = time.monotonic()
    environment = {**os.environ, 'TF_CONFIG': ''}
    command = [sys.executable, str(tiny.ROOT / 'train.py')]
    running = [subprocess.Popen([*command, *flags], env=environment) for flags in processes]
    megabytes = []
    for process in running:
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, f'exit status {status}'
        megabytes.append(usage.ru_maxrss // 1024)
    return round(time.monotonic() - started), megabytes


def losses(folder):
    """Loss of each epoch of a training run."""
    return [json.loads(line)['loss'] for line in (folder / 'history.jsonl').read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--steps', type=int, default=200)
    parser.add_argument('--steps_per_epoch', type=int, default=5, help='the losses compared are means of so many steps')
    parser.add_argument('--published', action='store_true')
    own = parser.parse_args()
    batch_size = 1 if own.published else 4
    epochs = {'steps_per_epoch': own.steps_per_epoch, 'max_epoch': own.steps // own.steps_per_epoch}
    settings = {**SHARED, **(PUBLISHED if own.published else {}), **epochs}
    cluster = ','.join(f'127.0.0.1:{port}' for port in tiny.free_ports(2))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        words = tiny.write_words(folder / 'words', TEXTS)
        one, two = folder / 'one' / 'run', folder / 'two' / 'run'
        alone = train([tiny.training_flags(words, one, **settings, batch_size=2 * batch_size)])
        pair = [
            tiny.training_flags(words, two, **settings, batch_size=batch_size, cluster=cluster, task_index=number)
            for number in range(2)
        ]
        together = train(pair)
        rows = list(zip(losses(one), losses(two), strict=True))
    apart = max(abs(first - second) / first for first, second in rows)
    for number, (first, second) in enumerate(rows, 1):
        print(f'step {number * own.steps_per_epoch}: {first:.6f} {second:.6f}')
    print(f'apart by at most {apart:.1e}; one: {alone[0]} s, {alone[1]} MB; two: {together[0]} s, {together[1]} MB')
    return int(apart > 1e-3)


if __name__ == '__main__':
    sys.exit(main())
