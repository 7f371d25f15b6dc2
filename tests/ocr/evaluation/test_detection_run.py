"""What an evaluation of a detector writes."""

import csv

import pytest

from ocr.evaluation.detection_run import write_regions
from ocr.evaluation.detection_scores import Found, Truth, judge_photograph
from ocr.geometry import box_polygon

PLACE = box_polygon((0, 0, 100, 20))


@pytest.mark.parametrize('text', ['=1+1', '@SUM(A1)', '\t=1', "'=1"])
def test_csv_has_no_cell_that_a_spreadsheet_calculates(tmp_path, text):
    one = judge_photograph(text, text, [Truth(PLACE, text)], [Found(PLACE, 0.5, text, 0.5)])
    write_regions(tmp_path / 'r.csv', [one])
    with open(tmp_path / 'r.csv', encoding='utf-8', newline='') as file:
        (row,) = csv.DictReader(file)
    assert [row[name] for name in ('dataset', 'image', 'truth', 'text')] == [f"'{text}"] * 4
    assert row['outcome'] == 'matched' and row['text_confidence'] == '0.5'
