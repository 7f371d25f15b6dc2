"""This project and PP-OCRv6 small on the same photographs: python benchmarks/photographs.py --datasets mine=labels.tsv

Needs --peer_python, the interpreter of an environment with RapidOCR (python -m venv peers && peers/bin/pip install
rapidocr onnxruntime opencv-python-headless); without it this project is measured alone. Each system runs in a process
of its own; photograph by photograph they work in turns, so that a machine whose speed drifts slows all alike. Prints a
table for each dataset and one JSON line: precision, recall and H-mean at an overlap of 0.5, end to end in any case
where the labels have texts, median seconds a photograph, detection alone and all from the file. The protocol is that of
eval.py. --unit line joins the words that this project finds; PP-OCRv6 finds lines anyway.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

OURS, PEER = 'this project', 'PP-OCRv6 small'
HEADERS = ('system', 'precision, %', 'recall, %', 'H-mean, %', 'end to end, %', 'detection, s', 'all, s')


@dataclass(frozen=True)
class Settings:
    datasets: tuple[str, ...]
    """Datasets of photographs with polygons, NAME=PATH."""
    detector_path: str
    """Detector of this project, .pb or .onnx."""
    pb_path: str = ''
    """Model of this project that reads; none: the one that is shipped."""
    peer_python: str = ''
    """Interpreter of an environment with RapidOCR; none: this project alone."""
    unit: Literal['word', 'line'] = 'word'
    """What the labels are."""
    num_photographs: int = 0
    """Photographs of each dataset, at most; 0: all."""
    min_size: int = 8
    """Pixels; smaller text does not count."""


class System:
    """A process of photograph_readers.py that answers one photograph after the other."""

    def __init__(self, name, python, settings):
        self.name = name
        command = [python, str(ROOT / 'benchmarks' / 'photograph_readers.py'), json.dumps(settings)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, path):
        """What it prints of a photograph; see photograph_readers.py."""
        self._process.stdin.write(f'{json.dumps(path)}\n')
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f'{self.name}: ended with {self._process.wait()}; see above')
        return json.loads(line)

    def close(self):
        """End it."""
        self._process.stdin.close()
        self._process.wait()


def judge(photograph, pairs):
    """ScoredPhotograph of what a system found: pairs of a polygon and its text or None."""
    from ocr.evaluation.detection_scores import Found, Truth, judge_photograph

    truths = [Truth(region.polygon, region.text, region.counts) for region in photograph.regions]
    found = [Found(np.array(polygon, np.float32), text=text) for polygon, text in pairs]
    return judge_photograph(photograph.image_path, photograph.dataset, truths, found)


def measure(systems, photographs):
    """{system: (those found, those read, [seconds of detection], [seconds of all])}, the systems in turns.

    Found and read are lists of ScoredPhotograph.
    """
    results = {system.name: ([], [], [], []) for system in systems}
    for number, photograph in enumerate(photographs):
        for system in systems if number % 2 else systems[::-1]:
            answer = system.read(photograph.image_path)
            found, read, detection, whole = results[system.name]
            found.append(judge(photograph, [(polygon, None) for polygon in answer['found']]))
            read.append(judge(photograph, answer['read']))
            detection.append(answer['detection'])
            whole.append(answer['all'])
    return results


def row_of(name, found, read, detection, whole):
    """(row of the table, dict for the JSON line) of a system on a dataset."""
    from ocr.evaluation.detection_scores import score_photographs

    scores = {**score_photographs(read, read=True), **score_photographs(found, read=False)}
    has_texts = any(truth.text for one in found for truth in one.truths if truth.counts)
    wanted = {name: f'{name}' for name in ('precision', 'recall', 'h_mean')}
    if has_texts:
        wanted['end_to_end_any_case'] = 'end to end'
    values = {metric: round(100 * scores[metric].value, 1) for metric in wanted}
    interval = f'{values["h_mean"]} [{100 * scores["h_mean"].low:.1f}, {100 * scores["h_mean"].high:.1f}]'
    times = float(np.median(detection)), float(np.median(whole))
    cells = (values['precision'], values['recall'], interval, values.get('end_to_end_any_case'))
    return (name, *cells, *times), {**values, 'detection_s': round(times[0], 3), 'all_s': round(times[1], 3)}


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from benchmarks.measure import report
    from ocr.datasets.sources import open_photographs

    by_dataset = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        index, _ = open_photographs('', folder, settings.datasets, settings.min_size)
        for position in range(len(index)):
            by_dataset[index[position].dataset].append(index[position])
    shared = {'root': str(ROOT), 'unit': settings.unit}
    ours = {'system': 'ours', 'detector': settings.detector_path, 'model': settings.pb_path, **shared}
    systems = [System(OURS, sys.executable, ours)]
    if settings.peer_python:
        systems.append(System(PEER, settings.peer_python, {'system': 'rapidocr', **shared}))
    started, rows, summary = time.time(), [], {}
    for name, photographs in by_dataset.items():
        photographs = photographs[: settings.num_photographs or None]
        for system, result in measure(systems, photographs).items():
            row, summary[f'{name}, {system}'] = row_of(f'{name} ({len(photographs)}), {system}', *result)
            rows.append(row)
    for system in systems:
        system.close()
    report('photographs', HEADERS, rows, {'unit': settings.unit, 'minutes': (time.time() - started) / 60, **summary})


if __name__ == '__main__':
    run_script(main)
