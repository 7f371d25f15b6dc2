"""The history of a training run: loss and validation scores over the steps, as JSON Lines and as a picture."""

import json
import math
import os

import numpy as np

from ocr.errors import InputError
from ocr.files.atomic import replacing

HISTORY_FILE = 'history.jsonl'
CURVE_FILE = 'curve.png'
WINDOW = 25  # parts of the run that the smooth line averages over
COLOURS = {
    'loss': '#1f4e8c',
    'val_ned': '#c2410c',
    'val_accuracy': '#15803d',
    'val_h_mean': '#c2410c',
    'val_precision': '#15803d',
    'val_recall': '#7c3aed',
}
SCORE_NAMES = {
    'val_ned': '1-N.E.D.',
    'val_accuracy': 'word accuracy',
    'val_h_mean': 'H-mean',
    'val_precision': 'precision',
    'val_recall': 'recall',
}
LEADING = ('val_ned', 'val_h_mean')  # what the best checkpoint is best at: of a recogniser, of a detector


def loss_curve(path, rows):
    """Draw the history of a training run as a PNG of two panels.

    Left the loss over the steps, logarithmic if it spans more than a decade, with a moving average if there are
    many; right the validation scores in per cent.

    Args:
        path: PNG to write; replaced only when the new one is whole.
        rows: list of dicts with 'step' and any of 'loss' and SCORE_NAMES (0..1). A value that is None or
            not finite leaves a gap.

    Raises:
        InputError: the file cannot be written.
    """
    figure, (left, right) = blank_panels(1, 2, (11, 4))
    _draw_loss(left, *series(rows, 'loss'))
    _draw_scores(right, rows)
    for axes in (left, right):
        axes.set_xlabel('step')
        axes.grid(alpha=0.25)
    with replacing(path, binary=True) as file:
        figure.savefig(file, format='png', dpi=120)


def leading_score(row):
    """The validation score of a row that checkpoints are judged by, or None if it was not validated."""
    return next((row[name] for name in LEADING if name in row), None)


def blank_panels(rows, columns, size):
    """A figure of `size` inches and its axes, an array as of Figure.subplots, without frames above and to the right."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout='constrained')
    FigureCanvasAgg(figure)  # draws into memory, with any backend that the user has set
    axes = figure.subplots(rows, columns)
    for panel in axes.flat:
        panel.spines[['top', 'right']].set_visible(False)
    return figure, axes


def series(rows, name):
    """Steps and values of a column as float arrays, without the rows that lack it."""
    pairs = [(row['step'], row[name]) for row in rows if row.get(name) is not None and math.isfinite(row[name])]
    steps, values = np.array(pairs, np.float64).reshape(-1, 2).T
    return steps, values


def _draw_loss(axes, steps, losses):
    axes.set_title('training loss')
    if not len(steps):
        _say(axes, 'no step yet')
        return
    window = len(steps) // WINDOW
    if window > 1:
        axes.plot(steps, losses, color=COLOURS['loss'], alpha=0.25, linewidth=0.8)
        centres, smooth = (np.convolve(one, np.ones(window) / window, mode='valid') for one in (steps, losses))
        axes.plot(centres, smooth, color=COLOURS['loss'], linewidth=1.8, label=f'mean of {window}')
        axes.legend(frameon=False)
    else:
        axes.plot(steps, losses, color=COLOURS['loss'], linewidth=1.8, marker='o', markersize=4)
    if losses.min() > 0 and losses.max() > 10 * losses.min():
        axes.set_yscale('log')
        axes.yaxis.set_major_formatter('{x:g}')


def _draw_scores(axes, rows):
    axes.set_title('validation')
    axes.set_ylabel('%')
    axes.set_ylim(-3, 103)
    drawn = False
    for name, title in SCORE_NAMES.items():
        steps, values = series(rows, name)
        if len(steps):
            title = f'{title}, best {100 * values.max():.1f} %'
            axes.plot(steps, 100 * values, color=COLOURS[name], linewidth=1.8, marker='o', markersize=4, label=title)
            drawn = True
    if drawn:
        axes.legend(frameon=False)
    else:
        _say(axes, 'no validation yet')


def _say(axes, text):
    axes.set(xticks=[], yticks=[])
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha='center', va='center', color='grey')


def read_history(folder):
    """Rows of the training so far: step, means of the epoch, scores if it was validated.

    Raises:
        InputError: the file is damaged.
    """
    path = os.path.join(folder, HISTORY_FILE)
    if not os.path.exists(path):
        return []
    try:
        with open(path, encoding='utf-8') as file:
            return [_history_row(line) for line in file]
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f'{path}: not a training history ({error}); restore it from a copy, or remove it and go on without'
        ) from None


def _history_row(line):
    """A row out of its line; ValueError if it is none."""
    row = json.loads(line)
    if not isinstance(row, dict) or type(row.get('step')) is not int:
        raise ValueError(f'{line[:40]!r} is not a row')
    for name, value in row.items():
        if type(value) not in (int, float):
            raise ValueError(f'{name} is {str(value)[:40]!r}')
    return row


def write_history(folder, rows):
    """Write the rows, and draw them."""
    with replacing(os.path.join(folder, HISTORY_FILE)) as file:
        file.writelines(json.dumps(row) + '\n' for row in rows)
    loss_curve(os.path.join(folder, CURVE_FILE), rows)
