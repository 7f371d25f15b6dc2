"""kill -9 of trainings and readings at random moments, each resumed by the same command; no part of the suite.

    python tests/kills_at_scale.py --kills 20 --folder /tmp/kills_at_scale

Ends with an error unless every killed run goes on, epochs stand in the history once each, the files are what
SHA256SUMS says, no half-written file is left, and killed readings have the lines of one that was left alone.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAIT = 300  # seconds until a run must have begun
AFTER = 2.0  # seconds after its first new line within which a run is killed: about ten epochs of training


def start(script, *arguments):
    """The process of a script, the first of a group of its own; its output is kept from the terminal."""
    command = [sys.executable, str(ROOT / script), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finish(script, *arguments):
    """Run a script to its end; ends this one if it fails."""
    process = start(script, *arguments)
    _, errors = process.communicate()
    if process.returncode:
        sys.exit(f'{script} ended with {process.returncode}:\n{errors[-1000:]}')


def kill(process, file, delay):
    """Kill a process with all that it started, a while after a file grew; whether it was still running."""
    size, begin = _size(file), time.monotonic()
    while process.poll() is None and _size(file) == size and time.monotonic() - begin < WAIT:
        time.sleep(0.01)
    time.sleep(delay)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    _, errors = process.communicate()
    if not was_running and process.returncode:
        sys.exit(f'a run ended by itself with {process.returncode}:\n{errors[-1000:]}')
    return was_running


def _size(file):
    return file.stat().st_size if file.exists() else 0


def train_and_kill(folder, num_kills, rng):
    """Kill a training again and again; returns how often it was killed while it ran, and its epochs."""
    run = folder / 'run'
    command = ['train.py', '--preset', 'compact', '--train_datasets', f'digits={folder / "words"}']
    command += ['--index_dir', folder / 'index', '--charset_path', 'digits', '--checkpoint_path', run]
    command += ['--depth_multiplier', 0.1, '--image_size', 64, '--batch_size', 4, '--steps_per_epoch', 1]
    killed = sum(
        kill(start(*command, '--max_epoch', 10_000), run / 'history.jsonl', rng.uniform(0, AFTER))
        for _ in range(num_kills)
    )
    last = json.loads((run / 'history.jsonl').read_text().splitlines()[-1])['step']
    finish(*command, '--max_epoch', last + 2)
    steps = [json.loads(line)['step'] for line in (run / 'history.jsonl').read_text().splitlines()]
    if steps != list(range(1, last + 3)):
        sys.exit(f'{run}: epochs are missing or stand twice: {steps}')
    if subprocess.run(['sha256sum', '--quiet', '--check', 'SHA256SUMS'], cwd=run, check=False).returncode:
        sys.exit(f'{run}: a file is not what was written')
    return killed, len(steps)


def read_and_kill(folder, num_kills, rng):
    """Kill a reading again and again; returns how often it was killed while it ran, and its lines."""
    command = ['test.py', '--img_folder', folder / 'words', '--batch_size', 1, '--tta', 1]
    finish(*command, '--output_path', folder / 'alone')
    whole = (folder / 'alone' / 'results.jsonl').read_bytes()
    output, killed = folder / 'killed', 0
    for number in range(num_kills):
        resume = ['--resume'] if number else []
        killed += kill(
            start(*command, '--output_path', output, *resume), output / 'results.jsonl', rng.uniform(0, AFTER / 4)
        )
    finish(*command, '--output_path', output, '--resume')
    if (output / 'results.jsonl').read_bytes() != whole:
        sys.exit(f'{output}: not what a run reads that is left alone')
    return killed, whole.count(b'\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kills', type=int, default=20, help='of the training, and as many of the reading')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--folder', type=Path, default=Path('/tmp/kills_at_scale'))
    flags = parser.parse_args()
    rng = random.Random(flags.seed)
    words = ('--recipe', 'digits', '--num_samples', 2000, '--output_path', flags.folder / 'words')
    finish('synthesize.py', *words)
    print('training: {} kills, {} epochs'.format(*train_and_kill(flags.folder, flags.kills, rng)), flush=True)
    print('reading: {} kills, {} lines'.format(*read_and_kill(flags.folder, flags.kills, rng)), flush=True)
    left = [str(path) for path in flags.folder.rglob('.*.part')]
    if left:
        sys.exit(f'half-written files are left: {left}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
