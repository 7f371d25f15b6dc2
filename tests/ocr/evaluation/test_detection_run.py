"""An evaluation of a detector that is stood in for: its files, going on after a stop, the page, and COCOeval."""

import contextlib
import csv
import io
import json
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from ocr.datasets.photographs import LabelledRegion, Photograph
from ocr.errors import InputError
from ocr.evaluation.coco_results import LABELS_FILE, RESULTS_FILE
from ocr.evaluation.detection_run import evaluate_detection, write_regions
from ocr.evaluation.detection_scores import Found, Truth, judge_photograph
from ocr.geometry import box_polygon
from ocr.reading.detector import FoundText
from ocr.reading.text_outlines import FoundRegion
from ocr.region import DropReason

BOXES = [(10, 10, 60, 30), (80, 10, 140, 34), (10, 60, 70, 84), (90, 60, 150, 90)]


class StubDetector:
    """Finds the boxes that a photograph's upper left pixel says: all, or all but one and a wrong one."""

    fingerprint, settings, where = 'stub', {}, 'stub'
    longer = 1280

    def __init__(self):
        self.num_searched = 0

    def find(self, image, size=None):
        self.num_searched += 1
        boxes = BOXES if image[0, 0, 0] > 128 else [*BOXES[:3], (100, 100, 150, 115)]
        regions = [FoundRegion(box_polygon(box), 0.9 - n / 10) for n, box in enumerate(boxes)]
        return FoundText(regions, Counter(small=1))


@pytest.fixture
def photographs(tmp_path):
    """Two photographs; the last text of the first does not count."""
    index = []
    for number, shade in enumerate((250, 0)):
        path = tmp_path / f'{number}.png'
        Image.fromarray(np.full((120, 160, 3), shade, np.uint8)).save(path)
        reasons = [None, None, None, None if number else DropReason.ILLEGIBLE]
        labels = [LabelledRegion(box_polygon(box), 'word', reason) for box, reason in zip(BOXES, reasons, strict=True)]
        index.append(Photograph(str(path), 'mine', tuple(labels)))
    return index


def run(photographs, folder, detector=None, **options):
    detector = detector or StubDetector()
    evaluate_detection(detector, 'stub', photographs, {'mine': {'kept': 7}}, str(folder), config={}, **options)
    return detector, json.loads((folder / 'scores.json').read_text())


def test_cocoeval_scores_what_is_written(photographs, tmp_path):
    _, scores = run(photographs, tmp_path / 'out')
    assert scores['scores']['mine']['recall']['value'] == pytest.approx(6 / 7)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(tmp_path / 'out' / LABELS_FILE))
        found = truth.loadRes(str(tmp_path / 'out' / RESULTS_FILE))
        for kind in ('segm', 'bbox'):
            evaluation = COCOeval(truth, found, kind)
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            recall = evaluation.eval['recall'][0, 0, 0, -1]  # overlap 0.5, all areas, 100 a photograph
            assert recall == pytest.approx(6 / 7)
            assert evaluation.stats[1] == pytest.approx(6 / 7, abs=0.02)  # nothing false is surer than a match
    assert [image['file_name'] for image in truth.dataset['images']] == [one.image_path for one in photographs]
    assert [one['iscrowd'] for one in truth.dataset['annotations']] == [0, 0, 0, 1, 0, 0, 0, 0]


def test_a_run_that_was_stopped_goes_on(photographs, tmp_path):
    _, expected = run(photographs, tmp_path / 'whole')
    readings = tmp_path / 'out' / 'readings.jsonl'
    run(photographs, tmp_path / 'out')
    lines = readings.read_bytes().splitlines(keepends=True)
    readings.write_bytes(lines[0] + lines[1][:20])
    detector, scores = run(photographs, tmp_path / 'out', resume=True)
    assert detector.num_searched == 1
    assert scores == expected
    other = StubDetector()
    other.fingerprint = 'other'
    with pytest.raises(InputError, match='leave out --resume'):
        run(photographs, tmp_path / 'out', other, resume=True)


def test_a_damaged_line_is_said(photographs, tmp_path):
    run(photographs, tmp_path / 'out')
    readings = tmp_path / 'out' / 'readings.jsonl'
    readings.write_text(readings.read_text().replace('"polygon"', '"pol"'))
    with pytest.raises(InputError, match=r'readings\.jsonl:1: not a result .*leave out --resume'):
        run(photographs, tmp_path / 'out', resume=True)


@pytest.mark.parametrize('unit', ['word', 'line'])
def test_the_page_shows_what_was_missed_and_invented(photographs, tmp_path, unit):
    run(photographs, tmp_path / 'out', report=str(tmp_path / 'page'), unit=unit)
    page = (tmp_path / 'page' / 'index.html').read_text()
    assert 'Missed, the largest first' in page
    assert page.count('data:image/jpeg') >= 2 or (tmp_path / 'page').glob('*.jpg')


def test_the_page_knows_how_much_was_found_by_height(photographs, tmp_path):
    run(photographs, tmp_path / 'out', report=str(tmp_path / 'page'))
    page = (tmp_path / 'page' / 'index.html').read_text()
    assert 'Invented, the surest first' in page and '16 to 24' in page and 'recall' in page


@pytest.mark.parametrize('text', ['=1+1', '@SUM(A1)', '\t=1', "'=1"])
def test_csv_has_no_cell_that_a_spreadsheet_calculates(tmp_path, text):
    one = judge_photograph(
        text, text, [Truth(box_polygon(BOXES[0]), text)], [Found(box_polygon(BOXES[0]), 0.5, text, 0.5)]
    )
    write_regions(tmp_path / 'r.csv', [one])
    with open(tmp_path / 'r.csv', encoding='utf-8', newline='') as file:
        (row,) = csv.DictReader(file)
    assert [row[name] for name in ('dataset', 'image', 'truth', 'text')] == [f"'{text}"] * 4
    assert row['outcome'] == 'matched' and row['text_confidence'] == '0.5'
