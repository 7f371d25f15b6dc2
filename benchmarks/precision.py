"""Training in bfloat16 beside training in float32: python benchmarks/precision.py [--picture precision.png]

The compact preset learns drawn digits twice, from the same start and on the same pictures, once in each precision.
Prints one table and one JSON line, and draws both losses and scores over the steps.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measure import ROOT, as_flags, report  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402
from ocr.training.history import blank_panels, series  # noqa: E402

PRECISIONS = {'float32': '#c2410c', 'bfloat16': '#1f4e8c'}
PANELS = (('loss', 'training loss', 1), ('val_accuracy', 'unseen words read right, %', 100))


@dataclass(frozen=True)
class Settings:
    max_epoch: int = 20
    """Epochs of each training run."""
    steps_per_epoch: int = 100
    """Steps an epoch."""
    batch_size: int = 32
    """Images a step."""
    recipe: str = 'digits'
    """What is drawn; its characters are those of the charset of this name, or else printable ASCII."""
    val_regions: int = 500
    """Drawn texts that each epoch is validated on."""
    seed: int = 0
    """Of weights and data."""
    picture: str = ''
    """PNG of the curves to write."""


def train(settings, precision, folder):
    """History of one training run, a dict per epoch."""
    own = {name: value for name, value in vars(settings).items() if name not in ('recipe', 'picture')}
    flags = {
        **own,
        'preset': 'compact',
        'train_datasets': f'synthetic:{settings.recipe}',
        'charset_path': 'digits' if settings.recipe == 'digits' else 'ascii',
        'checkpoint_path': folder,
        'precision': precision,
    }
    done = subprocess.run([sys.executable, 'train.py', *as_flags(flags)], cwd=ROOT)
    if done.returncode:
        sys.exit(done.returncode)  # it has said why
    return [json.loads(line) for line in (Path(folder) / 'history.jsonl').read_text().splitlines()]


def draw_curves(path, histories):
    """PNG of two panels: the losses over the steps, and the word accuracies."""
    figure, panels = blank_panels(1, 2, (11, 4))
    for axes, (name, title, factor) in zip(panels, PANELS, strict=True):
        for precision, rows in histories.items():
            steps, values = series(rows, name)
            axes.plot(steps, factor * values, color=PRECISIONS[precision], label=precision, marker='o', markersize=3)
        axes.set(xlabel='step', title=title)
        axes.grid(alpha=0.25)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=100)


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    with tempfile.TemporaryDirectory() as folder:
        histories = {precision: train(settings, precision, f'{folder}/{precision}') for precision in PRECISIONS}
    if settings.picture:
        draw_curves(settings.picture, histories)
    last = {precision: rows[-1] for precision, rows in histories.items()}
    columns = ('loss', 'val_accuracy', 'images_per_second')
    summary = {precision: {name: row.get(name) for name in columns} for precision, row in last.items()}
    rows = [(precision, *found.values()) for precision, found in summary.items()]
    report(
        'precision', ('training in', 'last loss', 'words right', 'images/s'), rows, {'last': summary, **vars(settings)}
    )


if __name__ == '__main__':
    run_script(main)
