"""What an index assumes of its images is noticed when it no longer holds."""

import os
import time
from pathlib import Path

import lmdb
import pytest
from PIL import Image

from ocr.annotations import Source
from ocr.datasets.counts import KEPT
from ocr.datasets.index import RegionIndex, build_index, index_is_current, read_counts
from ocr.datasets.index_images import images_path

EXIF_QUARTER_TURN = 6


def write_image(path, size=(40, 20), orientation=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new('RGB', size).save(path, exif=exif)
    return path


@pytest.fixture
def mine(tmp_path):
    """(source, index path) of two regions in one photograph, one in another; a third is missing, a fourth damaged."""
    folder = tmp_path / 'mine'
    folder.mkdir()
    for name in ('a.jpg', 'b.jpg'):
        write_image(folder / name)
    (folder / 'damaged.jpg').write_bytes(b'damaged')
    lines = ['a.jpg\tone\t0,0,20,0,20,20,0,20', 'a.jpg\ttwo\t20,0,40,0,40,20,20,20', 'b.jpg\tthree']
    lines += ['missing.jpg\tfour', 'damaged.jpg\tfive']
    (folder / 'labels.tsv').write_text(''.join(f'{line}\n' for line in lines))
    source, index = str(folder), tmp_path / 'index' / 'mine.jsonl'
    assert build_index(Source.of('mine', source), index)[KEPT] == 3
    assert index_is_current(index, Source.of('mine', source))
    return source, index


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        (lambda folder: write_image(folder / 'a.jpg', (80, 40)), 'a.jpg is now 80 x 40 pixels'),
        (lambda folder: write_image(folder / 'a.jpg', orientation=EXIF_QUARTER_TURN), 'a.jpg is now 20 x 40 pixels'),
        (lambda folder: (folder / 'a.jpg').unlink(), 'a.jpg is now: missing image'),
        (lambda folder: (folder / 'b.jpg').write_bytes(b'no picture'), 'b.jpg is now: unreadable image'),
        (lambda folder: write_image(folder / 'missing.jpg'), 'missing.jpg is now 40 x 20 pixels'),
        (lambda folder: write_image(folder / 'missing.png'), 'missing.jpg is looked for again, its folder has changed'),
        (lambda folder: write_image(folder / 'damaged.jpg'), 'damaged.jpg is now 40 x 20 pixels'),
    ],
)
def test_a_change_of_an_image_makes_an_index_stale(mine, caplog, change, said):
    source, index = mine
    time.sleep(0.02)  # a folder's time of change moves in steps of some milliseconds
    caplog.set_level('INFO')
    change(index.parents[1] / 'mine')
    assert not index_is_current(index, Source.of('mine', source))
    assert f'/{said}; rebuilding the index' in caplog.text


def test_an_image_that_keeps_its_time_and_bytes_is_noticed(mine):
    """As tools do that turn a picture's EXIF orientation and put its date back."""
    source, index = mine
    image = index.parents[1] / 'mine' / 'a.jpg'
    before = image.stat()
    write_image(image, orientation=EXIF_QUARTER_TURN)
    assert image.stat().st_size == before.st_size
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not index_is_current(index, Source.of('mine', source))


def test_images_that_are_merely_touched_leave_an_index_as_it_is(mine):
    source, index = mine
    for name in ('a.jpg', 'b.jpg', 'damaged.jpg'):
        os.utime(index.parents[1] / 'mine' / name, ns=(1, 1))
    record = Path(images_path(index))
    before = record.read_text()
    assert index_is_current(index, Source.of('mine', source))
    assert record.read_text() != before  # so that they need not be looked at the next time
    assert index_is_current(index, Source.of('mine', source))


def test_a_record_that_is_damaged_or_lost_makes_an_index_stale(mine):
    source, index = mine
    record = Path(images_path(index))
    record.write_text(record.read_text() + '[')
    assert not index_is_current(index, Source.of('mine', source))
    record.unlink()
    assert not index_is_current(index, Source.of('mine', source))


def test_a_database_is_written_down_once(tmp_path):
    Image.new('RGB', (40, 20)).save(tmp_path / 'a.png')
    with lmdb.open(str(tmp_path / 'words')) as environment, environment.begin(write=True) as transaction:
        for number in (1, 2):
            transaction.put(b'image-%09d' % number, (tmp_path / 'a.png').read_bytes())
            transaction.put(b'label-%09d' % number, b'text')
        transaction.put(b'num-samples', b'2')
    index, source = tmp_path / 'mine.jsonl', str(tmp_path / 'words')
    build_index(Source.of('mine', source), index)
    assert Path(images_path(index)).read_text().count('\n') == 1
    assert index_is_current(index, Source.of('mine', source))
    assert len(RegionIndex(index)) == read_counts(index)[KEPT] == 2
