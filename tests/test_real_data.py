"""The readers and the preparation on real photographs, if they are at hand."""

from pathlib import Path

import pytest
import tiny

from ocr.datasets.counts import KEPT
from ocr.datasets.sources import open_index
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import InferencePreparer
from ocr.reading.regions import canvas_batches

BASE_DIR = Path(__file__).resolve().parents[2] / 'shared' / 'realdata' / 'official_layout_mini'
EXPECTED = {'lsvt': (18, 2), 'art': (39, 3), 'rects': (4, 2), 'icdar2017rctw': (8, 3)}  # kept, dropped

pytestmark = pytest.mark.skipif(not BASE_DIR.exists(), reason=f'{BASE_DIR} is not there')


@pytest.fixture(scope='module')
def index_and_counts(tmp_path_factory):
    index_dir = tmp_path_factory.mktemp('index')
    return open_index(str(BASE_DIR), str(index_dir), tuple(EXPECTED), progress=False)


def test_every_legible_region_is_kept_and_every_other_counted(index_and_counts):
    index, counts = index_and_counts
    found = {name: (reasons[KEPT], sum(reasons.values()) - reasons[KEPT]) for name, reasons in counts.items()}
    assert found == EXPECTED
    assert len(index) == sum(kept for kept, _ in EXPECTED.values())
    assert all(text and '###' not in text for text in index.texts())


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
def test_every_region_is_on_its_canvas(index_and_counts, kind, caplog):
    index, _ = index_and_counts
    regions = [index[position] for position in range(len(index))]
    made_for, seen = Canvas(128, kind, 4096), 0
    for of_batch, canvases, bboxes in canvas_batches(regions, InferencePreparer(made_for), batch_size=8):
        for region, canvas, (top, left, height, width) in zip(of_batch, canvases, bboxes, strict=True):
            area = canvas.shape[0] * canvas.shape[1]
            assert max(canvas.shape[:2]) == 128 or (kind == 'area' and area <= made_for.around(region.polygon).area)
            bright = canvas.max(axis=2) > 10
            assert bright.mean() > 0.2 * height * width, region
            assert 0 <= top <= top + height <= 1 and 0 <= left <= left + width <= 1
            seen += 1
    assert seen == len(index)
    assert not caplog.messages


def test_the_script_prints_the_table(tmp_path, capsys):
    arguments = tiny.flags(base_dir=BASE_DIR, index_dir=tmp_path, train_datasets=['lsvt', 'art', 'rects'])
    tiny.run_main('dataset', *arguments, '--charset_path', 'gb2312')
    rows = {row[0]: row for row in map(str.split, capsys.readouterr().out.splitlines()) if row}
    assert {'lsvt', 'art', 'rects', 'icdar2017rctw', 'total'} <= rows.keys()
    assert sum(map(int, rows['total'][1:])) == sum(map(sum, EXPECTED.values()))
