"""Blocks of results: whole or not there, resumed, joined in order; and images in the rows of Parquet files."""

import io
import json
import pickle

import numpy as np
import pytest
import tiny

from ocr.errors import InputError
from ocr.reading.blocks import BlockFolder
from ocr.reading.ray_reading import BlockReader
from ocr.reading.results_file import read_results

PLACES = [{'image': f'{number}.jpg'} for number in range(5)]
RECORDS = [
    {'image': '0.jpg', 'text': 'a字', 'confidence': 0.5, 'char_confidences': [0.5, 1.0]},
    {'image': '1.jpg', 'error': 'unreadable image'},
    {
        'image': 'line\nbreak',
        'polygon': [[0.0, 1.0], [2.0, 3.0]],
        'text': '',
        'confidence': 1.0,
        'n_best': [{'text': ''}],
    },
]


def test_parts_are_joined_in_order_whatever_came_first(tmp_path):
    folder = BlockFolder(tmp_path)
    folder.begin({'model': 'a'}, PLACES, resume=False)
    folder.write(1, RECORDS[2:])
    assert [folder.is_done(number) for number in (0, 1)] == [False, True]
    folder.write(0, RECORDS[:2])
    assert list(read_results(folder.merge(2))) == RECORDS


def test_a_run_goes_on_with_its_own_parts_and_no_others(tmp_path):
    folder = BlockFolder(tmp_path)
    folder.begin({'model': 'a'}, PLACES, resume=True)
    folder.write(0, RECORDS)
    folder.begin({'model': 'a'}, PLACES, resume=True)
    assert folder.is_done(0)
    for run, places in (({'model': 'b'}, PLACES), ({'model': 'a'}, PLACES[1:]), ({}, PLACES)):
        with pytest.raises(InputError, match=r'--resume: .*parts is of another run \(.*; leave out --resume'):
            folder.begin(run, places, resume=True)
    folder.begin({'model': 'b'}, PLACES, resume=False)
    assert not folder.is_done(0)


def test_a_block_is_read_once(tmp_path):
    folder, read = BlockFolder(tmp_path), []
    folder.begin({}, PLACES, resume=False)

    def open_reader():
        return lambda regions, places: read.append(regions) or RECORDS

    row = {'number': 3, 'work': pickle.dumps(([1, 2, 3], PLACES[:3]))}
    for _ in range(2):
        assert BlockReader(open_reader, folder)(row) == {'number': 3, 'size': 3}
    assert read == [[1, 2, 3]] and folder.is_done(3)


def test_the_table_has_a_type_for_every_column_even_where_nothing_was_read(tmp_path):
    parquet = pytest.importorskip('pyarrow.parquet')
    folder = BlockFolder(tmp_path)
    folder.begin({}, PLACES, resume=False)
    folder.write(0, RECORDS)
    folder.write(1, RECORDS[1:2])
    both = [parquet.read_table(tmp_path / 'parts' / f'00000{number}.parquet') for number in (0, 1)]
    assert both[0].schema == both[1].schema
    rows = both[0].to_pylist()
    assert [row['text'] for row in rows] == ['a字', None, ''] and rows[1]['error'] == 'unreadable image'
    assert json.loads(rows[2]['more']) == {'n_best': [{'text': ''}]} and rows[2]['polygon'] == [[0, 1], [2, 3]]


def test_images_in_a_table_are_read_by_their_rows(tmp_path):
    parquet = pytest.importorskip('pyarrow.parquet')
    import pyarrow

    from ocr.preprocessing.unreadable import UnreadableImage
    from ocr.reading.table_images import TableImages, table_regions

    files = []
    for text in tiny.EIGHT_WORDS[:5]:
        tiny.draw_word(text).save(file := io.BytesIO(), 'png')
        files.append(file.getvalue())
    files[3:3] = [None, b'nothing']
    path = str(tmp_path / 'words.parquet')
    parquet.write_table(
        pyarrow.table({'bytes': files, 'image': [f'{n}.png' for n in range(7)]}), path, row_group_size=2
    )
    regions, places = table_regions(path)
    assert [place['image'] for place in places] == [f'{number}.png' for number in range(7)]
    images = TableImages()
    for number, text in ((6, tiny.EIGHT_WORDS[4]), (0, tiny.EIGHT_WORDS[0]), (1, tiny.EIGHT_WORDS[1])):
        np.testing.assert_array_equal(images.read(regions[number].image_path), np.asarray(tiny.draw_word(text)))
    for number in (3, 4):
        with pytest.raises(UnreadableImage):
            images.read(regions[number].image_path)
    parquet.write_table(pyarrow.table({'picture': files}), path)
    with pytest.raises(InputError, match='no column `bytes`, it has picture'):
        table_regions(path)
