"""Have readers read changed files until a time is up, and say which changes they did not survive.

    python tests/fuzz/run.py --seconds 3600
    python tests/fuzz/run.py --seconds 60 --only labels --seed 7

A finding is printed at once with its target, seed and round, and its file is kept in --folder. Exit code 1 if there is
one. Ctrl-C ends it as the end of its time does.
"""

import argparse
import contextlib
import faulthandler
import logging
import random
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from mutation import mutate
from targets import all_targets

SLOWEST = 5.0  # seconds of processor time in which a reader should be done with any of these small files


def fuzz(targets, seed, num_rounds=None, seconds=None):
    """Yields (what went wrong in a line or None, the changed bytes) for each file that was read.

    Args:
        targets: list of Target.
        seed: of the changes; each round of each target has its own.
        num_rounds, seconds: when to end, whichever is given.
    """
    begin, number = time.monotonic(), 0
    while (num_rounds is None or number < num_rounds) and (seconds is None or time.monotonic() - begin < seconds):
        for target in targets:
            content = mutate(random.Random(f'{seed} {number} {target.name}'), target.seed)
            fault = _fault(target, content)
            target.path.write_bytes(target.seed)
            yield fault and f'{target.name}, seed {seed}, round {number}: {fault}', content
        number += 1


def _fault(target, content):
    """The exception that a target lets out and where it came from, or the time that it took; None if it does well."""
    started = time.process_time()
    try:
        target.run(content)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f'{type(error).__name__}: {str(error)[:100]} ({frame.filename}:{frame.lineno})'
    took = time.process_time() - started
    return f'took {took:.0f} s' if took > SLOWEST else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--only', default='', help='the beginning of the names of targets')
    parser.add_argument('--folder', help='where files at fault are kept')
    arguments = parser.parse_args()
    if arguments.folder:
        Path(arguments.folder).mkdir(parents=True, exist_ok=True)
    faulthandler.enable()  # a reader that ends Python should be named
    logging.disable()  # what readers say of the files that they do read
    warnings.simplefilter('ignore')
    num_files = num_findings = 0
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        targets = [one for one in all_targets(Path(folder, 'files')) if one.name.startswith(arguments.only)]
        for finding, content in fuzz(targets, arguments.seed, seconds=arguments.seconds):
            num_files += 1
            if finding:
                num_findings += 1
                print(finding, flush=True)
                if arguments.folder:
                    Path(arguments.folder, f'{num_findings:03d}').write_bytes(content)
    minutes = time.process_time() / 60
    print(f'{num_findings} findings in {num_files} files, {minutes:.1f} minutes of processor time')
    return int(num_findings > 0)


if __name__ == '__main__':
    sys.exit(main())
