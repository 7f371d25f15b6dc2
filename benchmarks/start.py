"""From the command to the first text: python benchmarks/start.py --pb_paths pretrain/latin.pb latin.onnx

test.py reads a folder with each model in turns, in a fresh process every time. Prints one table and one JSON line:
medians of the seconds until the first text is in results.jsonl and until the process ends, of its processor time, and
of the most memory that it held.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

_LOOKS = 0.005  # seconds between two looks at the results


@dataclass(frozen=True)
class Settings:
    pb_paths: tuple[str, ...]
    """Models, as test.py takes them."""
    img_folder: str = 'imgs/words'
    """Folder of images, sub-folders included."""
    rounds: int = 5
    """Times that all are run, in turns, after one round that does not count."""
    precision: str = 'auto'
    """As test.py takes it."""
    python: str = sys.executable
    """Interpreter that runs test.py: another environment's, for example one without TensorFlow."""


def one_run(settings, path):
    """(seconds to the first text, seconds to the end, seconds of processor time, peak MB) of one process."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / 'results.jsonl'
        flags = {'pb_path': path, 'img_folder': settings.img_folder, 'output_path': folder}
        command = [settings.python, 'test.py', *(f'--{name}={value}' for name, value in flags.items())]
        started, first = time.perf_counter(), None
        process = subprocess.Popen(
            [*command, f'--precision={settings.precision}'], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        while True:
            if first is None and results.is_file() and results.stat().st_size:
                first = time.perf_counter() - started
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            time.sleep(_LOOKS)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or not results.is_file():
            sys.exit(f'{path}: {process.stdout.read().decode()}')
        process.stdout.close()
        return first or seconds, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from benchmarks.measure import report, spread

    rounds = [{path: one_run(settings, path) for path in settings.pb_paths} for _ in range(1 + settings.rounds)][1:]
    medians = {path: [spread([one[path][n] for one in rounds])[0] for n in range(4)] for path in settings.pb_paths}
    summary = {
        'rounds': settings.rounds,
        'precision': settings.precision,
        'runs': {path: [round(value, 3) for value in values] for path, values in medians.items()},
    }
    headers = 'model', 'first text, s', 'all, s', 'processor, s', 'peak MB'
    report('start', headers, [(path, *values) for path, values in medians.items()], summary)


if __name__ == '__main__':
    run_script(main)
