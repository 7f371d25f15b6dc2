"""Scores over readings, their table, JSON and CSV."""

import csv
import dataclasses
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.errors import InputError
from ocr.evaluation.scores import CSV_COLUMNS, METRICS, Reading, score, score_table, write_csv, write_json
from ocr.metrics import normalized_edit_similarity
from ocr.region import DropReason


def reading(truth, text, dataset='one', image='a.jpg', polygon=None, confidence=0.5):
    return Reading(image, polygon, dataset, truth, text, confidence)


READINGS = [
    reading('Shop', 'Shop', confidence=0.9),
    reading('Shop', 'shop', confidence=0.8),
    reading('中國', '中国', 'two', confidence=0.7),
    reading('Ａ１', 'a1', 'two', confidence=0.6),
    reading('ab', '', 'two', confidence=0.2),
]


def values(of_dataset):
    return {metric: one.value for metric, one in of_dataset.items()}


def test_scores_per_dataset_and_combined():
    scores = score(READINGS)
    assert list(scores.datasets) == ['one', 'two']
    assert values(scores.datasets['one']) == pytest.approx(
        {
            'ned': (1 + 3 / 4) / 2,
            'ned_rctw': 1,
            'accuracy': 1 / 2,
            'accuracy_any_case': 1,
            'accuracy_rctw': 1,
            'accuracy_alphanumeric': 1,
        }
    )
    assert values(scores.datasets['two']) == pytest.approx(
        {
            'ned': (1 / 2 + 0 + 0) / 3,
            'ned_rctw': 2 / 3,
            'accuracy': 0,
            'accuracy_any_case': 0,
            'accuracy_rctw': 2 / 3,
            'accuracy_alphanumeric': 0,
        }
    )
    assert scores.combined['ned'].value == pytest.approx((1 + 3 / 4 + 1 / 2) / 5)  # each region counts once
    assert scores.combined['ned'].num_scored == 5


def test_alphanumeric_accuracy_leaves_out_truths_without_latin_letters_and_digits():
    scores = score([reading('中国', '日本'), reading('R2D2', 'r2-d2')])
    assert scores.combined['accuracy_alphanumeric'].num_scored == 1
    assert scores.combined['accuracy_alphanumeric'].value == 1
    assert scores.combined['accuracy'].num_scored == 2


def test_every_score_lies_in_its_interval():
    scores = score(READINGS * 20)
    for of_dataset in (*scores.datasets.values(), scores.combined):
        assert all(one.low <= one.value <= one.high for one in of_dataset.values())


def test_readings_may_be_a_generator():
    assert score(one for one in READINGS) == score(READINGS)


def test_no_readings_give_no_scores():
    scores = score([])
    assert scores.datasets == {}
    assert math.isnan(scores.combined['ned'].value)
    assert '-' in score_table(scores, {})


def test_table_is_aligned_and_shows_scores_and_drops():
    dropped = {'one': {DropReason.ILLEGIBLE: 3, DropReason.TOO_LONG: 0}, 'gone': {DropReason.MISSING: 4}}
    table = score_table(score(READINGS), dropped)
    above, below = table.split('\n\n')
    lines = above.splitlines()
    assert len(lines) == 2 + len(METRICS)
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split()[-3:] == ['one', 'two', 'combined']
    assert '50.0 [0.0, 100.0]' in above
    assert len({len(line) for line in below.splitlines()}) == 1
    rows = [[cell.strip() for cell in line.split('  ') if cell.strip()] for line in below.splitlines()]
    assert rows[0] == ['regions', 'one', 'two', 'gone', 'combined']
    assert rows[2:] == [
        ['scored', '2', '3', '0', '5'],
        ['scored as alphanumeric', '2', '1', '0', '3'],
        ['dropped', '3', '0', '4', '7'],
        ['- illegible or ignored', '3', '0', '0', '3'],
        ['- missing image', '0', '0', '4', '4'],
    ]


def test_one_dataset_has_no_column_of_its_own_for_combined():
    assert 'combined' not in score_table(score(READINGS[:2]), {'one': {}})


def test_json_round_trip(tmp_path):
    path = tmp_path / 'new folder' / 'scores.json'
    scores = score(READINGS)
    settings = {'base_dir': Path('/数据'), 'gpus': (0, 1), 'rate': np.float32(0.5), 'limit': math.inf, 'seed': None}
    write_json(path, scores, {'two': {DropReason.TOO_SMALL: 2}, 'gone': {DropReason.MISSING: 1}}, settings)
    content = json.loads(path.read_text(encoding='utf-8'))
    assert content['settings'] == {'base_dir': '/数据', 'gpus': [0, 1], 'rate': 0.5, 'limit': None, 'seed': None}
    assert content['datasets']['two']['dropped'] == {'under 8 px': 2}
    assert content['datasets']['two']['num_scored'] == 3
    assert content['datasets']['gone'] == {'num_scored': 0, 'dropped': {'missing image': 1}, 'scores': {}}
    assert content['combined']['num_scored'] == 5
    for metric, one in scores.combined.items():
        written = content['combined']['scores'][metric]
        assert (written['value'], written['low'], written['high']) == (one.value, one.low, one.high)
    assert '数据' in path.read_text(encoding='utf-8')


def test_json_has_null_where_nothing_was_scored(tmp_path):
    write_json(tmp_path / 's.json', score([reading('中', '中')]), {}, {})
    text = (tmp_path / 's.json').read_text(encoding='utf-8')
    assert json.loads(text)['combined']['scores']['accuracy_alphanumeric']['value'] is None
    assert 'NaN' not in text


def read_csv(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def as_read(cell):
    """The text of a cell without the quote that keeps a spreadsheet from taking it for a formula."""
    return re.sub(r"^'('*[=+\-@\t\r])", r'\1', cell)


@pytest.mark.parametrize('text', ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1"])
def test_csv_has_no_cell_that_a_spreadsheet_calculates(tmp_path, text):
    write_csv(tmp_path / 'r.csv', [dataclasses.replace(reading(text, text), dataset=text, image=text)])
    (row,) = read_csv(tmp_path / 'r.csv')
    cells = [row[name] for name in ('dataset', 'image', 'truth', 'text')]
    assert cells == [f"'{text}"] * 4
    assert set(map(as_read, cells)) == {text}


def test_csv_has_every_region_worst_first(tmp_path):
    readings = [
        reading('abcd', 'abcd', image='right, sure', confidence=0.9),
        reading('abcd', 'abcd', image='right, unsure', confidence=0.1),
        reading('abcd', 'abcx', image='three of four', confidence=0.99),
        reading('abcd', 'wxyz', image='wrong, sure', confidence=0.9),
        reading('abcd', 'wxyz', image='wrong, unsure', confidence=0.2),
        reading('abcd', 'wxyz', image='wrong, unsure, later', confidence=0.2),
    ]
    write_csv(tmp_path / 'r.csv', readings)
    assert [row['image'] for row in read_csv(tmp_path / 'r.csv')] == [
        'wrong, unsure',
        'wrong, unsure, later',
        'wrong, sure',
        'three of four',
        'right, unsure',
        'right, sure',
    ]


def test_csv_without_readings_has_its_header(tmp_path):
    write_csv(tmp_path / 'r.csv', [])
    assert (tmp_path / 'r.csv').read_text(encoding='utf-8') == ','.join(CSV_COLUMNS) + '\n'


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=['Cs'], exclude_characters='\0'), max_size=8),
            st.text(st.sampled_from('a,"\n\r中；'), max_size=8),
            st.lists(st.floats(-1e4, 1e4, width=32), min_size=8, max_size=8),
        ),
        max_size=5,
    )
)
@settings(max_examples=50)
def test_csv_round_trip(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp('csv') / 'r.csv'
    readings = [reading(truth, text, polygon=np.float32(p).reshape(-1, 2)) for truth, text, p in rows]
    write_csv(path, readings)
    written = [
        (as_read(row['truth']), as_read(row['text']), row['polygon'], row['similarity']) for row in read_csv(path)
    ]
    assert len(written) == len(rows)
    back = {(truth, text, tuple(np.float32(polygon.split(',')) + 0)) for truth, text, polygon, _ in written}
    assert back == {(truth, text, tuple(np.float32(polygon) + 0)) for truth, text, polygon in rows}
    for truth, text, _, similarity in written:
        assert float(similarity) == pytest.approx(normalized_edit_similarity(text, truth), abs=1e-4)


def test_csv_of_a_whole_image_and_of_half_a_surrogate_pair(tmp_path):
    write_csv(tmp_path / 'r.csv', [reading('\ud800', 'a')])
    (row,) = read_csv(tmp_path / 'r.csv')
    assert row['polygon'] == ''
    assert row['truth'] == '\\ud800'


def test_a_folder_that_cannot_be_made_is_an_input_error(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match='cannot be written'):
        write_json(tmp_path / 'file' / 'scores.json', score([]), {}, {})
