"""The picture of a training run."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.errors import InputError
from ocr.training.history import loss_curve

ROWS = [{'step': i, 'loss': 4 * 0.9**i + 0.01} for i in range(100)]


@pytest.mark.parametrize(
    'rows',
    [
        [],
        [{'step': 1, 'loss': 3.0}],
        [{'step': 1, 'val_ned': 0.5}],
        [{'step': 1, 'loss': float('nan')}, {'step': 2, 'loss': None}],
        [{'step': i, 'loss': 1.0 - i} for i in range(4)],  # below zero: no logarithm
        ROWS,
        [*ROWS, {'step': 100, 'loss': 0.1, 'val_ned': 0.9, 'val_accuracy': 0.7}],
    ],
)
def test_curve_of_any_history_is_a_png_of_one_size(tmp_path, rows):
    loss_curve(tmp_path / 'run' / 'loss.png', rows)
    assert [one.name for one in (tmp_path / 'run').iterdir()] == ['loss.png']
    with Image.open(tmp_path / 'run' / 'loss.png') as image:
        assert image.size == (1320, 480)


def test_each_panel_shows_its_values(tmp_path):
    pictures = []
    for extra in ({}, {'val_ned': 0.5}, {'val_ned': 0.9}):
        loss_curve(tmp_path / 'loss.png', [*ROWS[:5], {'step': 5, **extra}])
        pictures.append(np.asarray(Image.open(tmp_path / 'loss.png').convert('RGB')).astype(int))
    differs = [np.abs(pictures[0] - picture).sum((0, 2)) > 0 for picture in pictures[1:]]
    assert all(columns[720:].any() for columns in differs)
    assert (pictures[1] != pictures[2]).any()


def test_curve_that_cannot_be_written_is_an_input_error(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match='cannot be written'):
        loss_curve(tmp_path / 'file' / 'loss.png', ROWS)


def test_pictures_and_scores_need_neither_a_window_nor_tensorflow(tmp_path):
    code = (
        'import sys, numpy as np; from ocr.evaluation import scores; from ocr.training import history;'
        'from ocr.visualization import attention_sheet;'
        "history.loss_curve(sys.argv[1], [{'step': 1, 'loss': 2.0}]);"
        "attention_sheet.attention_picture(np.zeros((8, 8, 3), np.uint8), 'a', np.ones((1, 2, 2), np.float32));"
        "scores.score([scores.Reading('', None, '', '中', '中', 1.0)]);"
        "print(sorted({'tensorflow', 'tensorpack', 'matplotlib.pyplot', 'tkinter'} & set(sys.modules)))"
    )
    command = [sys.executable, '-c', code, str(tmp_path / 'loss.png')]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
