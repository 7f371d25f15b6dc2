"""This project and RapidOCR on the same words: python benchmarks/peers.py --words words/labels.tsv --peer_python PATH

PATH is the interpreter of an environment with RapidOCR: python -m venv peers && peers/bin/pip install rapidocr
onnxruntime. Each system reads in fresh processes, in turns. Prints one table and one JSON line: medians of the seconds
from the command to the first text, of the time for a word by the clock and of the processor, alone and in batches, of
the most memory; word accuracy on 36 characters; the size of the model's files.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

BATCH_SIZES = (1, 32)


@dataclass(frozen=True)
class Settings:
    words: str
    """Cropped words with their texts, as a dataset of eval.py."""
    peer_python: str = ''
    """Interpreter of an environment with RapidOCR; none: this project alone."""
    num_images: int = 500
    """Words to read, at most."""
    rounds: int = 3
    """Times that all are run, in turns."""
    pb_path: str = ''
    """Model of this project; none: the one that is shipped."""


def one_run(system, python, settings):
    """What peer_readers.py prints of a system."""
    command = [python, str(ROOT / 'benchmarks' / 'peer_readers.py'), system, str(time.time())]
    done = subprocess.run(command, input=json.dumps(settings), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f'{system}: {done.stderr}')
    return json.loads(done.stdout.splitlines()[-1])


def row_of(name, runs, truth):
    """Row of the table: name, accuracy in %, start, then clock and processor in ms a word, memory and size in MB."""
    from benchmarks.measure import spread
    from ocr.metrics import alphanumeric

    def median(value):
        return spread([value(run) for run in runs])[0]

    pairs = [(text, true) for text, true in zip(runs[0]['texts'], truth, strict=True) if alphanumeric(true)]
    right = sum(alphanumeric(text) == alphanumeric(true) for text, true in pairs)
    times = [
        median(lambda run, kind=kind, size=size: 1000 * run[kind][str(size)] / len(truth))
        for size in BATCH_SIZES
        for kind in ('clock', 'processor')
    ]
    kept = (median(lambda run: run['peak_mb']), median(lambda run: run['model_mb']))
    return name, 100 * right / len(pairs), median(lambda run: run['start']), *times, *kept


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from benchmarks.measure import report
    from ocr.annotations import read_dataset
    from ocr.region import TextRegion

    words = [one for one in read_dataset('words', settings.words) if isinstance(one, TextRegion)]
    words = [word for word in words if word.polygon is None][: settings.num_images]
    shared = {
        'images': [word.image_path for word in words],
        'batch_sizes': BATCH_SIZES,
        'root': str(ROOT),
        'model': settings.pb_path,
    }
    systems = {
        'as shipped': ('ours', sys.executable, {**shared, 'tta': 0}),
        '--tta 1': ('ours', sys.executable, {**shared, 'tta': 1}),
    }
    if settings.peer_python:
        systems['RapidOCR'] = ('rapidocr', settings.peer_python, shared)
    rounds = [{name: one_run(*system) for name, system in systems.items()} for _ in range(settings.rounds)]
    truth = [word.text for word in words]
    rows = [row_of(name, [one[name] for one in rounds], truth) for name in systems]
    times = [f'batch {size}, {kind}, ms' for size in BATCH_SIZES for kind in ('clock', 'processor')]
    headers = ('system', 'words right, %', 'first text, s', *times, 'peak MB', 'model MB')
    summary = {'num_images': len(words), 'rounds': settings.rounds}
    summary['systems'] = {name: [round(value, 3) for value in values] for name, *values in rows}
    report('peers', headers, rows, summary)


if __name__ == '__main__':
    run_script(main)
