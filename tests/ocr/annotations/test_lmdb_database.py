"""Reading LMDBs of deep-text-recognition-benchmark and PARSeq."""

import os

import lmdb
import numpy as np
import pytest
from layouts import WORDS, database, databases
from PIL import Image

from ocr.annotations import Source, read_dataset
from ocr.datasets.counts import KEPT
from ocr.datasets.index import RegionIndex, build_index
from ocr.errors import InputError
from ocr.parallel import process_pool
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_file import open_image
from ocr.region import TextRegion

COLOURS = [(10 * number, 200, 30) for number in range(len(WORDS))]


@pytest.fixture
def coloured(tmp_path):
    """An LMDB, each of whose images has a colour of its own."""
    database(tmp_path / 'words', images=[Image.new('RGB', (40, 30), colour) for colour in COLOURS])
    return tmp_path / 'words'


def test_images_are_addressed_inside_the_database(coloured):
    regions = list(read_dataset('mine', coloured))
    assert [region.text for region in regions] == WORDS
    assert regions[0].image_path == str(coloured / 'data.mdb' / 'image-000000001')
    for region, colour in zip(regions, COLOURS, strict=True):
        np.testing.assert_array_equal(read_image(region.image_path)[7, 7], colour)


def test_an_index_of_a_database(coloured, tmp_path):
    counts = build_index(Source.of('mine', coloured), tmp_path / 'index' / 'mine.jsonl')
    index = RegionIndex(tmp_path / 'index' / 'mine.jsonl')
    assert counts == {KEPT: len(WORDS)}
    assert index[2].image_path == str(coloured / 'data.mdb' / 'image-000000003')
    np.testing.assert_array_equal(index[2].polygon, [[0, 0], [40, 0], [40, 30], [0, 30]])


def test_worker_processes_open_the_database_themselves(coloured):
    paths = [region.image_path for region in read_dataset('mine', coloured)]
    assert read_image(paths[0]).shape == (30, 40, 3)  # it is open in this process, too
    with process_pool(2) as pool:
        images = list(pool.map(read_image, paths))
    assert [tuple(image[0, 0]) for image in images] == COLOURS


def test_a_folder_of_databases(tmp_path):
    databases(tmp_path)
    regions = list(read_dataset('mine', tmp_path))
    assert [region.text for region in regions] == WORDS
    assert Source.of('mine', tmp_path).files() == [
        str(tmp_path / 'training' / 'MJ' / 'MJ_train' / 'data.mdb'),
        str(tmp_path / 'training' / 'ST' / 'data.mdb'),
    ]


def test_illegible_texts_are_dropped(tmp_path):
    database(tmp_path, ['###', 'word', ' '])
    regions = list(read_dataset('mine', tmp_path))
    assert [isinstance(region, TextRegion) for region in regions] == [False, True, False]
    assert regions[2].where == f'{tmp_path}/data.mdb: label-000000003'


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        (b'num-samples', b'many', r"data\.mdb: num-samples should be a number, found b'many'"),
        (b'num-samples', None, r'data\.mdb: num-samples should be a number, found None'),
        (b'num-samples', b'9', r'data\.mdb: label-000000009 is missing'),
        (b'label-000000002', b'\xff', r'data\.mdb: label-000000002: not UTF-8'),
    ],
)
def test_malformed_database(tmp_path, key, value, message):
    database(tmp_path)
    with lmdb.open(str(tmp_path)) as environment, environment.begin(write=True) as transaction:
        transaction.delete(key) if value is None else transaction.put(key, value)
    with pytest.raises(InputError, match=message):
        list(read_dataset('mine', tmp_path))


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / 'data.mdb').write_bytes(b'no database' * 1000)
    with pytest.raises(InputError, match=r'data\.mdb: cannot be read as an LMDB'):
        list(read_dataset('mine', tmp_path))


@pytest.mark.parametrize('share', [0.1, 0.5, 0.9, 0.999])
def test_a_database_that_was_cut_off_is_refused(tmp_path, share):
    """LMDB maps the file; reading behind its end would end this process with a bus error."""
    database(tmp_path, WORDS * 200)
    file = tmp_path / 'data.mdb'
    whole = os.path.getsize(file)
    assert whole > 300_000
    os.truncate(file, int(share * whole))
    with pytest.raises(InputError, match=r'data.mdb: cannot be read as an LMDB \(.*cut off; copy it again'):
        list(read_dataset('mine', tmp_path))


@pytest.mark.parametrize('size', [0, 1, 100, 4096, 8000])
def test_a_database_that_was_cut_off_in_its_head_is_refused(tmp_path, size):
    database(tmp_path)
    os.truncate(tmp_path / 'data.mdb', size)
    with pytest.raises(InputError, match='cannot be read as an LMDB'):
        list(read_dataset('mine', tmp_path))


def test_images_of_a_database_that_was_cut_off(tmp_path):
    database(tmp_path, WORDS * 200)
    os.truncate(tmp_path / 'data.mdb', 100_000)
    with pytest.raises(OSError, match='cut off'):
        open_image(tmp_path / 'data.mdb' / 'image-000000001')
