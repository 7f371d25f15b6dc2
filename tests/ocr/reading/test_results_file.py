"""Results that stream to a file, and runs that go on where it ends."""

import json
import sys
import tempfile
from pathlib import Path

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import InputError
from ocr.preprocessing.prepare import Broken
from ocr.reading.read_text import ReadText
from ocr.reading.results_file import open_results, read_results, result_table, to_record

RUN = {'model': 'a1', 'canvas': 'fit', 'precision': 'float32'}
PLACES = [{'image': f'{number}.jpg', 'polygon': [[0.1, 2.0]]} for number in range(5)]
PLACES[3] = {'image': 'line\nbreak \udc80 \\ 字'}
RECORDS = [{**place, 'text': str(number)} for number, place in enumerate(PLACES)]


def write(path, resume, run=RUN, places=PLACES, records=RECORDS):
    """A run over all places; returns how many results it kept."""
    with open_results(path, run, places, resume) as results:
        for record in records[results.num_kept :]:
            results.append(record)
    return results.num_kept


def test_every_line_is_in_the_file_before_the_next_is_read(tmp_path):
    with open_results(tmp_path / 'a' / 'r.jsonl', RUN, PLACES, resume=False) as results:
        for number, record in enumerate(RECORDS, 1):
            results.append(record)
            assert list(read_results(tmp_path / 'a' / 'r.jsonl')) == RECORDS[:number]


@given(st.integers(0, 400))
def test_a_run_goes_on_from_any_byte(size):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'r.jsonl')
        write(path, resume=False)
        whole = path.read_bytes()
        path.write_bytes(whole[:size])
        assert write(path, resume=True) == whole[:size].count(b'\n')
        assert path.read_bytes() == whole
        assert list(read_results(path)) == RECORDS


@pytest.mark.parametrize('there', [False, True])
def test_without_resume_an_earlier_file_is_replaced(tmp_path, there):
    if there:
        write(tmp_path / 'r.jsonl', resume=False, run={'model': 'old'})
    assert write(tmp_path / 'r.jsonl', resume=False, places=PLACES[:2], records=RECORDS[:2]) == 0
    assert list(read_results(tmp_path / 'r.jsonl')) == RECORDS[:2]
    assert json.loads((tmp_path / 'r.run.json').read_text()) == RUN


def test_resume_starts_where_there_is_nothing_to_keep(tmp_path):
    assert write(tmp_path / 'r.jsonl', resume=True) == 0
    assert write(tmp_path / 'r.jsonl', resume=True) == 5


@pytest.mark.parametrize(
    ('run', 'places', 'message'),
    [
        ({**RUN, 'model': 'b2'}, PLACES, r'of another run \(model: a1 -> b2\)'),
        ({**RUN, 'full_length': True}, PLACES, r'\(full_length: None -> True\)'),
        ({'model': 'a1', 'canvas': 'fit'}, PLACES, r'\(precision: float32 -> None\)'),
        (RUN, [{'image': 'new.jpg'}, *PLACES], r'r\.jsonl:1 is of 0\.jpg, and now new\.jpg stands in its place'),
        (RUN, [PLACES[0], {'image': '1.jpg', 'polygon': [[0.2, 2.0]]}], r'r\.jsonl:2 is of 1\.jpg, and now 1\.jpg'),
        (RUN, PLACES[:4], r'r\.jsonl:5 is of 4\.jpg, and now nothing stands'),
    ],
)
def test_another_run_or_other_places_are_refused_and_nothing_changes(tmp_path, run, places, message):
    write(tmp_path / 'r.jsonl', resume=False)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match=f'--resume: .*{message}.*; leave out --resume to start over'):
        write(tmp_path / 'r.jsonl', resume=True, run=run, places=places)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_images_that_come_behind_are_read_too(tmp_path):
    write(tmp_path / 'r.jsonl', resume=False, places=PLACES[:3], records=RECORDS[:3])
    assert write(tmp_path / 'r.jsonl', resume=True) == 3
    assert list(read_results(tmp_path / 'r.jsonl')) == RECORDS


@pytest.mark.parametrize('name', ['r.jsonl', 'r.run.json'])
def test_a_file_that_is_not_ours_is_refused(tmp_path, name):
    write(tmp_path / 'r.jsonl', resume=False)
    (tmp_path / name).write_text('[1]\n')
    with pytest.raises(InputError, match=r'--resume: .*; leave out --resume'):
        write(tmp_path / 'r.jsonl', resume=True)


@pytest.mark.skipif(sys.platform == 'win32', reason='limits of files are POSIX')
def test_a_full_disk_is_one_line_and_the_run_goes_on_later(tmp_path):
    with (
        tiny.largest_file(160),
        pytest.raises(InputError, match=r'r\.jsonl: cannot be written \(File too large\); free'),
    ):
        write(tmp_path / 'r.jsonl', resume=False)
    num_whole = (tmp_path / 'r.jsonl').read_bytes().count(b'\n')
    assert 0 < num_whole < 5
    assert write(tmp_path / 'r.jsonl', resume=True) == num_whole
    assert list(read_results(tmp_path / 'r.jsonl')) == RECORDS


def test_records_hold_what_was_read_or_why_not():
    assert to_record({'image': 'a'}, ReadText('ab', 0.123456, (0.5, 0.246912))) == {
        'image': 'a',
        'text': 'ab',
        'confidence': 0.1235,
        'char_confidences': [0.5, 0.2469],
    }
    positions = [{'peak': [1.5, 2.0], 'box': [[1.0, 1.0], [2.0, 1.0], [2.0, 3.0], [1.0, 3.0]]}]
    record = to_record({'image': 'a'}, ReadText('a', 0.5, (0.5,), char_positions=positions))
    assert list(record) == ['image', 'text', 'confidence', 'char_confidences', 'char_positions']
    assert record['char_positions'] == positions
    searched = ReadText('ab', 0.5, (0.5, 1.0), n_best=(('ab', 0.123456), ('b', 1e-9)), in_lexicon='nearly', read='ac')
    record = to_record({}, searched)
    assert record['n_best'] == [{'text': 'ab', 'probability': 0.1235}, {'text': 'b', 'probability': 1e-9}]
    assert (record['in_lexicon'], record['read']) == ('nearly', 'ac')
    assert to_record({'image': 'a'}, Broken('a', 'missing', 'a: missing')) == {'image': 'a', 'error': 'a: missing'}


@pytest.mark.parametrize('line', ['no JSON', '[1]', '{"image": '])
def test_a_damaged_line_is_named(tmp_path, line):
    write(tmp_path / 'r.jsonl', resume=False)
    with open(tmp_path / 'r.jsonl', 'a') as file:
        file.write(line + '\n')
    with pytest.raises(InputError, match=r'r\.jsonl:6: not a result \(.*\); read again'):
        list(read_results(tmp_path / 'r.jsonl'))


@pytest.mark.parametrize(('most_rows', 'more'), [(2, '... and 3 more\n'), (5, ''), (9, '')])
def test_a_table_says_how_many_it_leaves_out(tmp_path, most_rows, more):
    write(tmp_path / 'r.jsonl', resume=False, records=[*RECORDS[:4], {**PLACES[4], 'error': 'missing'}])
    table = result_table(tmp_path / 'r.jsonl', most_rows)
    assert table.endswith(f'\n{more}{tmp_path}/r.jsonl: 4 read, 1 unreadable')
    assert table.count('.jpg') == min(most_rows, 4) and ('... and' in table) == bool(more)


def test_a_second_run_to_the_same_file_is_refused(tmp_path):
    path = tmp_path / 'r.jsonl'
    with open_results(path, RUN, iter(()), resume=False) as results:
        results.append({'image': 'a.png'})
        with pytest.raises(InputError, match=r'r\.jsonl: another run is writing there; wait for it or choose another'):  # noqa: SIM117
            with open_results(path, RUN, iter(()), resume=False):
                pass
    assert path.read_text() == '{"image": "a.png"}\n'
