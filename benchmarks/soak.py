"""A long run of training, reading and serving: what their processes hold meanwhile. python benchmarks/soak.py

Each load is a script in a process of its own, watched from outside (Linux): train.py learns drawn digits with a tiny
model, saving and validating twenty times; test.py reads small drawn pictures; app.py is asked by a few clients at a
time. A load of 0 is left out. Prints one table and one JSON line: memory, open files, threads and processes, each with
those of child processes, at the first tenth, the middle and the end. The JSON line has all tenths.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measure import ROOT, as_flags, report  # noqa: E402
from benchmarks.serving import ask, read_bodies  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

NUM_DRAWN = 2000  # different pictures; the others are links to them
NUM_EPOCHS = 20
PARTS = 10  # of a load, after each of which is measured
TINY = {
    'preset': 'compact',
    'train_datasets': 'synthetic:digits',
    'charset_path': 'digits',
    'image_size': 32,
    'depth_multiplier': 0.1,
    'final_endpoint': 'Mixed_5a',
    'embedding_size': 8,
    'lstm_size': 16,
    'batch_size': 4,
    'val_regions': 20,
}


@dataclass(frozen=True)
class Settings:
    steps: int = 10_000
    """Training steps."""
    images: int = 100_000
    """Pictures that a folder has."""
    requests: int = 20_000
    """Requests to the server."""
    clients: int = 4
    """Clients that ask at a time."""
    pb_path: str = ''
    """Model that reads and serves; empty: the shipped one."""


def family(pid):
    """A process and all that it has started, as process ids."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):  # it has ended
            for task in Path(f'/proc/{one}/task').iterdir():
                found += map(int, (task / 'children').read_text().split())
    return found


def held(pid):
    """(MB, open files, threads, processes) of a process with its children; shared memory counts for each of them."""
    kilobytes = files = threads = processes = 0
    for one in family(pid):
        with contextlib.suppress(OSError, KeyError):
            lines = Path(f'/proc/{one}/status').read_text().splitlines()
            status = dict(line.split(':', 1) for line in lines)
            kilobytes += int(status['VmRSS'].split()[0])  # a process that ends has none
            threads += int(status['Threads'])
            files += len(os.listdir(f'/proc/{one}/fd'))
            processes += 1
    return round(kilobytes / 1024), files, threads, processes


def watch(process, count, total):
    """What a process holds after each tenth of its work, as far as it lives that long.

    Args:
        process: Popen.
        count: function -> number of what is done.
        total: number of all.

    Returns:
        [(number done, *held)].
    """
    rows = []
    while process.poll() is None:
        if (done := count()) >= min(len(rows) + 1, PARTS) * total / PARTS and len(rows) < PARTS:
            figures = held(process.pid)
            rows += [(done, *figures)] if all(figures) else []  # nothing is left of a process that ends just now
        time.sleep(0.1)
    assert process.returncode == 0 and count() == total, f'exit code {process.returncode}, {count()} of {total} done'
    return rows


def count_lines(path, factor=1):
    """Function -> number of lines that a growing file has by now, times a factor."""
    lines = [0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()

    def count():
        with open(path, 'rb') as stream:
            lines[0] = sum(piece.count(b'\n') for piece in iter(lambda: stream.read(1 << 20), b''))
        return lines[0] * factor

    return count


def start(script, **flags):
    """A script in a process of its own."""
    return subprocess.Popen([sys.executable, f'{script}.py', *as_flags(flags)], cwd=ROOT, stdout=subprocess.DEVNULL)


def train(settings, folder):
    """Rows of the training."""
    steps = max(settings.steps // NUM_EPOCHS, 1)
    epochs = {'steps_per_epoch': steps, 'max_epoch': settings.steps // steps}
    process = start('train', **TINY, **epochs, checkpoint_path=folder / 'run')
    return watch(process, count_lines(folder / 'run' / 'history.jsonl', steps), steps * epochs['max_epoch'])


def make_pictures(folder, number):
    """A folder with so many small pictures of drawn words."""
    drawing = start('synthesize', num_samples=min(NUM_DRAWN, number), output_path=folder / 'drawn')
    assert drawing.wait() == 0
    drawn = sorted(path for path in (folder / 'drawn' / 'images').rglob('*') if path.is_file())
    (folder / 'many').mkdir()
    for place in range(number):
        source = drawn[place % len(drawn)]
        os.link(source, folder / 'many' / f'{place:06d}{source.suffix}')
    return folder / 'many'


def read(settings, folder):
    """Rows of the reading."""
    pictures, model = make_pictures(folder, settings.images), model_flag(settings)
    process = start('test', img_folder=pictures, output_path=folder / 'results', **model)
    return watch(process, count_lines(folder / 'results' / 'results.jsonl'), settings.images)


def serve(settings, folder):
    """Rows of the serving."""
    log = folder / 'log'
    command = [sys.executable, 'app.py', *as_flags({'port': 0, **model_flag(settings)})]
    with open(log, 'w') as stream:
        process = subprocess.Popen(command, cwd=ROOT, stderr=stream)
    try:
        while ' reads with ' not in (said := log.read_text()):
            assert process.poll() is None, said
            time.sleep(0.2)
        url = urlsplit(said.split(' reads with ')[0].splitlines()[-1])
        bodies, rows, part = read_bodies(''), [], settings.requests // PARTS
        for number in range(1, PARTS + 1):
            ask((url.hostname, url.port), bodies, settings.clients, part)
            rows.append((number * part, *held(process.pid)))
        return rows
    finally:
        process.terminate()
        process.wait()


def model_flag(settings):
    """Flag of the model, if one is given."""
    return {'pb_path': settings.pb_path} if settings.pb_path else {}


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    loads = {'training steps': (train, settings.steps), 'pictures read': (read, settings.images)}
    loads |= {'requests answered': (serve, settings.requests)}
    table, summary = [], {}
    for name, (run, number) in loads.items():
        if not number:
            continue
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            rows = run(settings, Path(folder))
        summary[name] = {'seconds': round(time.perf_counter() - started), 'tenths': rows}
        places = dict.fromkeys((0, (len(rows) - 1) // 2, len(rows) - 1)) if rows else ()
        table += [(name, *rows[place]) for place in places]
    report('soak', ('load', 'done', 'MB', 'open files', 'threads', 'processes'), table, summary)


if __name__ == '__main__':
    run_script(main)
