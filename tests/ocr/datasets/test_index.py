"""Building the index of a dataset and reading from it."""

import errno
import json
import os
import pickle
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.annotations import Source
from ocr.charset import normalize
from ocr.datasets import index_images
from ocr.datasets.counts import KEPT
from ocr.datasets.index import RegionIndex, build_index, index_is_current, read_counts
from ocr.errors import InputError
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.region import DropReason


def write_image(path, size=(40, 20), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', size).save(path, **options)
    return path


def write_labels(folder, *lines):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / 'labels.tsv'
    path.write_bytes(''.join(f'{line}\n' for line in lines).encode())
    return path


@pytest.fixture
def built(tmp_path):
    """An index file over three images and four texts."""
    for name in 'abc':
        write_image(tmp_path / f'{name}.png')
    labels = write_labels(
        tmp_path, 'a.png\tone', 'a.png\ttwo 2\t1,1,39,1,39,15', 'b.png\t中文', 'c.png\tsixteen letters!'
    )
    build_index(Source.of('mine', labels), tmp_path / 'index' / 'mine.jsonl')
    return tmp_path / 'index' / 'mine.jsonl'


def test_every_region_is_kept_or_counted_by_reason(tmp_path):
    write_image(tmp_path / 'a.png')
    (tmp_path / 'broken.png').write_bytes(b'no image')
    labels = write_labels(
        tmp_path,
        'a.png\tkept',
        'a.png\tkept too\t-5,-5,39.126,-5,39,15,-5,15',
        'a.png\t###',
        'a.png\t12###',
        'a.png\t ',
        'a.png\tflat\t0,0,30,0,15,0',
        'a.png\tsmall\t0,0,30,0,30,7,0,7',
        'gone.png\tx',
        'gone.png\ty',
        'broken.png\tz',
    )
    seen = []
    counts = build_index(Source.of('mine', labels), tmp_path / 'mine.jsonl', progress=seen.append)
    assert counts == {
        KEPT: 2,
        DropReason.ILLEGIBLE: 1,
        DropReason.PARTLY: 1,
        DropReason.EMPTY: 1,
        DropReason.DEGENERATE: 1,
        DropReason.TOO_SMALL: 1,
        DropReason.MISSING: 2,
        DropReason.UNREADABLE: 1,
    }
    assert sum(seen) == 10
    assert read_counts(tmp_path / 'mine.jsonl') == counts


def test_lines_are_readable_json(tmp_path):
    write_image(tmp_path / 'a.png')
    labels = write_labels(tmp_path, 'a.png\te\u0301 中', 'a.png\tb\t-5,-5,39.126,-5,39,15,-5,15')
    build_index(Source.of('mine', labels), tmp_path / 'mine.jsonl')
    assert (tmp_path / 'mine.jsonl').read_text('utf-8') == (
        f'{{"image": "{tmp_path}/a.png", "text": "é 中", '
        '"polygon": [[0, 0], [40, 0], [40, 20], [0, 20]], "dataset": "mine"}\n'
        f'{{"image": "{tmp_path}/a.png", "text": "b", '
        '"polygon": [[-5, -5], [39.13, -5], [39, 15], [-5, 15]], "dataset": "mine"}\n'
    )


def test_an_index_can_be_read_as_own_data(built):
    counts = build_index(Source.of('again', built), built.with_name('again.jsonl'))
    assert counts == {KEPT: 4}
    again, before = RegionIndex([built.with_name('again.jsonl')]), RegionIndex([built])
    assert list(again.texts()) == list(before.texts())
    np.testing.assert_array_equal(again[1].polygon, before[1].polygon)


def test_an_image_is_opened_once_for_a_run_of_its_regions(tmp_path, monkeypatch):
    for name in 'ab':
        write_image(tmp_path / f'{name}.png')
    labels = write_labels(tmp_path, *[f'{name}.png\t{text}' for name in 'ab' for text in ('x', '###', 'y', 'z')])
    opened = []
    monkeypatch.setattr(index_images, 'upright_size', lambda path: opened.append(path) or upright_size(path))
    assert build_index(Source.of('mine', labels), tmp_path / 'mine.jsonl')[KEPT] == 6
    assert [Path(path).name for path in opened] == ['a.png', 'b.png']


def test_images_at_fault_are_logged_but_not_without_end(tmp_path, caplog):
    labels = write_labels(tmp_path, *[f'{number}.png\tx' for number in range(50)])
    build_index(Source.of('mine', labels), tmp_path / 'mine.jsonl')
    assert len(caplog.records) == 5
    assert '0.png: missing image' in caplog.text


def test_malformed_annotations_leave_the_former_index_alone(tmp_path):
    write_image(tmp_path / 'a.png')
    labels = write_labels(tmp_path, 'a.png\tone')
    build_index(Source.of('mine', labels), tmp_path / 'index' / 'mine.jsonl')
    before = {path.name: path.read_bytes() for path in (tmp_path / 'index').iterdir()}
    write_labels(tmp_path, 'a.png\tone', 'a.png')
    with pytest.raises(InputError, match=r'labels\.tsv:2'):
        build_index(Source.of('mine', labels), tmp_path / 'index' / 'mine.jsonl')
    assert {path.name: path.read_bytes() for path in (tmp_path / 'index').iterdir()} == before


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    write_image(tmp_path / 'a.png')
    labels = write_labels(tmp_path, 'a.png\tone')

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, 'replace', fail)
    with pytest.raises(InputError, match=r'mine\.jsonl: cannot be written \(No space left on device\)'):
        build_index(Source.of('mine', labels), tmp_path / 'index' / 'mine.jsonl')
    assert list((tmp_path / 'index').iterdir()) == []


# Images


@pytest.mark.parametrize('extension', ['jpg', 'png', 'tif', 'webp'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_size_is_that_of_the_picture_as_read(tmp_path, extension, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = write_image(tmp_path / f'a.{extension}', (40, 20), exif=exif)
    assert upright_size(path) == read_image(path).shape[1::-1] == ((40, 20) if orientation < 5 else (20, 40))


def test_a_turned_photograph_is_judged_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    write_image(tmp_path / 'a.jpg', (40, 20), exif=exif)
    labels = write_labels(tmp_path, 'a.jpg\tx\t0,25,20,25,20,40,0,40', 'a.jpg\twhole')
    assert build_index(Source.of('mine', labels), tmp_path / 'mine.jsonl') == {KEPT: 2}
    np.testing.assert_array_equal(RegionIndex(tmp_path / 'mine.jsonl')[1].polygon, [[0, 0], [20, 0], [20, 40], [0, 40]])


@pytest.mark.parametrize(
    ('content', 'reason'),
    [(None, DropReason.MISSING), (b'', DropReason.UNREADABLE), (b'\xff\xd8\xff\xe0', DropReason.UNREADABLE)],
)
def test_images_without_a_size(tmp_path, content, reason):
    if content is not None:
        (tmp_path / 'a.jpg').write_bytes(content)
    with pytest.raises(UnreadableImage, match=reason):
        upright_size(tmp_path / 'a.jpg')


# Freshness


def test_an_index_is_current_until_something_changes(tmp_path):
    write_image(tmp_path / 'a.png')
    labels, index = write_labels(tmp_path, 'a.png\tone'), tmp_path / 'mine.jsonl'
    assert not index_is_current(index, Source.of('mine', labels))
    build_index(Source.of('mine', labels), index)
    assert index_is_current(index, Source.of('mine', labels))
    assert not index_is_current(index, Source.of('mine', labels), min_size=9)
    assert not index_is_current(index, Source.of('other', labels))
    write_labels(tmp_path / 'copy', 'a.png\tone')
    assert not index_is_current(index, Source.of('mine', tmp_path / 'copy'))


@pytest.mark.parametrize('change', ['longer', 'touched', 'cut index', 'no index', 'no counts', 'broken counts'])
def test_a_change_makes_an_index_stale(tmp_path, change):
    write_image(tmp_path / 'a.png')
    labels, index = write_labels(tmp_path, 'a.png\tone'), tmp_path / 'mine.jsonl'
    build_index(Source.of('mine', labels), index)
    counts = tmp_path / 'mine.jsonl.counts.json'
    {
        'longer': lambda: write_labels(tmp_path, 'a.png\tone', 'a.png\ttwo'),
        'touched': lambda: os.utime(labels, ns=(1, 1)),
        'cut index': lambda: os.truncate(index, 20),
        'no index': index.unlink,
        'no counts': counts.unlink,
        'broken counts': lambda: counts.write_text('{'),
    }[change]()
    assert not index_is_current(index, Source.of('mine', labels))


def test_a_new_annotation_file_makes_an_index_stale(tmp_path):
    folder, index = tmp_path / 'rects' / 'gt_unicode', tmp_path / 'rects.jsonl'
    folder.mkdir(parents=True)
    (folder / 'a.json').write_text('{"lines": []}')
    assert build_index(Source.of('rects', tmp_path / 'rects'), index) == {KEPT: 0}
    assert index_is_current(index, Source.of('rects', tmp_path / 'rects'))
    (folder / 'b.json').write_text('{"lines": []}')
    assert not index_is_current(index, Source.of('rects', tmp_path / 'rects'))


def test_counts_of_no_index(tmp_path):
    with pytest.raises(InputError, match=r'dataset\.py'):
        read_counts(tmp_path / 'mine.jsonl')


# Reading


def test_random_access(built):
    index = RegionIndex([built])
    assert len(index) == 4
    assert [index[position].text for position in (3, 0, 2, 1)] == ['sixteen letters!', 'one', '中文', 'two 2']
    region = index[np.int64(1)]
    assert (region.dataset, Path(region.image_path).name) == ('mine', 'a.png')
    assert region.polygon.dtype == np.float32
    np.testing.assert_array_equal(region.polygon, [[1, 1], [39, 1], [39, 15]])
    assert list(index.texts()) == ['one', 'two 2', '中文', 'sixteen letters!']


@pytest.mark.parametrize('position', [4, -1])
def test_positions_outside(built, position):
    with pytest.raises(IndexError, match='outside an index of 4'):
        RegionIndex([built])[position]


def test_several_files_follow_one_another(built, tmp_path):
    empty, single = tmp_path / 'empty.jsonl', tmp_path / 'single.jsonl'
    empty.write_bytes(b'')
    single.write_bytes(built.read_bytes().split(b'\n')[2])  # without the last newline
    index = RegionIndex([empty, built, empty, single])
    assert index.spans == [(0, 0), (0, 4), (4, 4), (4, 5)]
    assert list(index.texts()) == ['one', 'two 2', '中文', 'sixteen letters!', '中文']


@pytest.mark.parametrize('line', ['{', '{"text": "a"}', '{"image": 1, "polygon": [], "text": "a", "dataset": "m"}'])
def test_a_damaged_line_is_named(built, tmp_path, line):
    damaged = tmp_path / 'damaged.jsonl'
    damaged.write_text(built.read_text().replace('two 2', 'two').replace('中文', 'three') + line + '\n')
    index = RegionIndex([built, damaged, built])
    assert index[7].text == index[12].text == 'sixteen letters!'
    for read in (index.record, index.__getitem__):
        with pytest.raises(InputError, match=r'damaged\.jsonl:5: not a region; delete the file'):
            read(8)


def test_a_damaged_polygon_is_named(built, tmp_path):
    damaged = tmp_path / 'damaged.jsonl'
    record = {'image': 'a.png', 'polygon': [[1, 2, 3]], 'text': 'a', 'dataset': 'mine'}
    damaged.write_text(built.read_text() + json.dumps(record) + '\n')
    with pytest.raises(InputError, match=r'damaged\.jsonl:5: not a region; delete the file'):
        RegionIndex([built, damaged, built])[8]


def test_missing_index_file(tmp_path):
    with pytest.raises(InputError, match=r'nowhere\.jsonl: cannot read .*dataset\.py'):
        RegionIndex([tmp_path / 'nowhere.jsonl'])


def test_an_index_travels_to_workers(built):
    index = RegionIndex([built])
    assert index[0].text == 'one'
    copy = pickle.loads(pickle.dumps(index))
    assert [copy[position].text for position in range(4)] == list(index.texts())


def test_threads_read_at_once(built):
    index = RegionIndex([built])
    expected = list(index.texts())
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda position: index[position % 4].text, range(400)))
    assert found == expected * 100


texts = st.text(st.characters(exclude_categories=['Cs'])).filter(lambda text: text.strip() and '###' not in text)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=6))
def test_any_text_comes_back_normalised(tmp_path, written):
    write_image(tmp_path / 'a.png', (10, 10))
    lines = [json.dumps({'image': 'a.png', 'text': text}) for text in written]
    (tmp_path / 'gt.jsonl').write_text('\n'.join(lines))
    build_index(Source.of('mine', tmp_path / 'gt.jsonl'), tmp_path / 'mine.jsonl')
    assert list(RegionIndex(tmp_path / 'mine.jsonl').texts()) == [normalize(text) for text in written]


# Memory


def peak_of_indexing(folder, num_regions):
    """Largest memory of Python objects while so many regions are indexed and opened, bytes; offsets not counted."""
    labels = write_labels(folder, *(f'{number // 100 % 4}.png\ttext {number}' for number in range(num_regions)))
    for number in range(4):
        write_image(folder / f'{number}.png')
    tracemalloc.start()
    try:
        build_index(Source.of('mine', labels), folder / 'mine.jsonl')
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        assert sum(1 for _ in RegionIndex(folder / 'mine.jsonl').texts()) == num_regions
        reading = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    return peak, reading - 16 * num_regions  # offsets, found and then joined


def test_memory_does_not_grow_with_the_regions(tmp_path):
    small = peak_of_indexing(tmp_path / 'small', 5_000)
    large = peak_of_indexing(tmp_path / 'large', 20_000)
    assert large[0] < 1.5 * small[0] + 100_000
    assert large[1] < 1.5 * small[1] + 1_000_000  # the file is scanned in pieces of 1 MiB
