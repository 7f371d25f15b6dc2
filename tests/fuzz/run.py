"""Have readers read changed files until a time is up, and say which changes they did not survive.

    python tests/fuzz/run.py --seconds 3600
    python tests/fuzz/run.py --seconds 60 --only labels --seed 7

A finding is printed with its target, seed and round, and its file is kept in --folder. Exit code 1 if there is one.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from mutation import mutate
from targets import all_targets

SLOWEST = 5.0  # seconds of processor time in which a reader should be done with any of these small files


def fuzz(targets, seed, num_rounds=None, seconds=None, folder=None):
    """What went wrong, a line each.

    Args:
        targets: list of Target.
        seed: of the changes; each round of each target has its own.
        num_rounds, seconds: when to end, whichever is given.
        folder: where files at fault are kept, or None.
    """
    findings, begin, number = [], time.monotonic(), 0
    while (num_rounds is None or number < num_rounds) and (seconds is None or time.monotonic() - begin < seconds):
        for target in targets:
            content = mutate(random.Random(f'{seed} {number} {target.name}'), target.seed)
            started = time.process_time()
            fault = _fault(target, content)
            took = time.process_time() - started
            if not fault and took > SLOWEST:
                fault = f'took {took:.0f} s'
            if fault:
                findings.append(f'{target.name}, seed {seed}, round {number}: {fault}')
                if folder:
                    Path(folder, f'{len(findings):03d}').write_bytes(content)
            target.path.write_bytes(target.seed)
        number += 1
    return findings


def _fault(target, content):
    """The exception that a target lets out, and where it came from; None if it does well."""
    try:
        target.run(content)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f'{type(error).__name__}: {str(error)[:100]} ({frame.filename}:{frame.lineno})'
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--only', default='', help='the beginning of the names of targets')
    parser.add_argument('--folder', help='where files at fault are kept')
    arguments = parser.parse_args()
    if arguments.folder:
        Path(arguments.folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        targets = [one for one in all_targets(Path(folder, 'files')) if one.name.startswith(arguments.only)]
        findings = fuzz(targets, arguments.seed, seconds=arguments.seconds, folder=arguments.folder)
    print('\n'.join([*findings, f'{len(findings)} findings']))
    return int(bool(findings))


if __name__ == '__main__':
    sys.exit(main())
