"""Datasets written in other formats, and read again."""

import errno
import io
import os

import lmdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import ocr.datasets.convert as convert_module
from ocr.annotations import Source, read_dataset, resolve_source
from ocr.datasets.convert import NOT_ONE_LINE, convert
from ocr.datasets.counts import KEPT
from ocr.datasets.index import RegionIndex, build_index
from ocr.errors import InputError
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_file import open_image
from ocr.region import DropReason

FORMATS = ('jsonl', 'gt', 'lmdb')
WORDS = ['Bakery', 'a, "b"', ' two  words ', '中文']


def write_photograph(path, size=(60, 40), seed=0, **options):
    """An image of smooth colours, each seed its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).uniform(0, 255, (5, 6, 3)).astype(np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path, **options)
    return path


def index_of(folder, *lines, name='mine'):
    """Index of label lines."""
    (folder / 'labels.tsv').write_text(''.join(f'{line}\n' for line in lines), 'utf-8')
    build_index(Source.of(name, folder / 'labels.tsv'), folder / 'index' / f'{name}.jsonl')
    return RegionIndex(folder / 'index' / f'{name}.jsonl')


@pytest.fixture
def words(tmp_path):
    """Index of four whole images, PNG and JPEG."""
    for number, _ in enumerate(WORDS):
        write_photograph(tmp_path / f'{number}.{"png" if number % 2 else "jpg"}', seed=number)
    lines = [f'{number}.{"png" if number % 2 else "jpg"}\t{word}' for number, word in enumerate(WORDS)]
    return index_of(tmp_path, *lines)


@pytest.mark.parametrize('form', FORMATS)
def test_whole_images_come_back_byte_for_byte(tmp_path, words, form):
    seen = []
    assert convert(words, form, tmp_path / 'out', seen.append) == {'mine': {KEPT: 4}}
    assert sum(seen) == 4
    assert resolve_source('again', tmp_path / 'out') == f'{"own" if form == "jsonl" else form}:{tmp_path}/out'
    regions = list(read_dataset('again', tmp_path / 'out'))
    assert [region.text for region in regions] == WORDS
    for before, after in zip((words[position] for position in range(4)), regions, strict=True):
        with open_image(after.image_path) as stored, open(before.image_path, 'rb') as original:
            assert stored.read() == original.read()
        if form != 'lmdb':
            assert os.path.splitext(after.image_path)[1] == os.path.splitext(before.image_path)[1]


@pytest.mark.parametrize('form', FORMATS)
def test_what_is_written_can_be_written_again(tmp_path, words, form):
    convert(words, form, tmp_path / 'out')
    build_index(Source.of('again', tmp_path / 'out'), tmp_path / 'again.jsonl')
    again = RegionIndex(tmp_path / 'again.jsonl')
    for other in FORMATS:
        assert convert(again, other, tmp_path / other) == {'again': {KEPT: 4}}
        regions = list(read_dataset('third', tmp_path / other))
        assert [region.text for region in regions] == WORDS
        for position, region in enumerate(regions):
            np.testing.assert_array_equal(read_image(region.image_path), read_image(words[position].image_path))


POLYGON = '10.25,5,50,8.5,48,30,12,31'


@pytest.mark.parametrize(('suffix', 'tolerance'), [('png', 0), ('jpg', 12)])
@pytest.mark.parametrize('form', ['gt', 'lmdb'])
def test_a_polygon_becomes_the_picture_of_its_box(tmp_path, form, suffix, tolerance):
    photograph = write_photograph(tmp_path / f'a.{suffix}')
    index = index_of(tmp_path, f'a.{suffix}\tword\t{POLYGON}', f'a.{suffix}\tedge\t-5,-5,20.5,-5,20.5,20,-5,20')
    convert(index, form, tmp_path / 'out')
    pixels = read_image(photograph).astype(int)
    word, edge = (read_image(region.image_path) for region in read_dataset('again', tmp_path / 'out'))
    np.testing.assert_allclose(word, pixels[5:31, 10:50], atol=tolerance)
    np.testing.assert_allclose(edge, pixels[:20, :21], atol=tolerance)


def test_json_lines_keep_polygons_and_store_a_photograph_once(tmp_path):
    for folder in ('one', 'other'):
        write_photograph(tmp_path / folder / 'a.png', seed=len(folder))
    lines = [f'{folder}/a.png\t{text}\t{POLYGON}' for text in 'xy' for folder in ('one', 'other')]
    index = index_of(tmp_path, *lines)
    convert(index, 'jsonl', tmp_path / 'out')
    assert len(list((tmp_path / 'out' / 'images').iterdir())) == 2
    for position, region in enumerate(read_dataset('again', tmp_path / 'out')):
        np.testing.assert_array_equal(region.polygon, index[position].polygon)
        np.testing.assert_array_equal(read_image(region.image_path), read_image(index[position].image_path))


@pytest.mark.parametrize('form', FORMATS)
def test_a_turned_photograph_is_upright_in_the_other_programs(tmp_path, form):
    exif = Image.Exif()
    exif[0x0112] = 6
    write_photograph(tmp_path / 'a.jpg', exif=exif)
    index = index_of(tmp_path, 'a.jpg\tword')
    convert(index, form, tmp_path / 'out')
    (region,) = read_dataset('again', tmp_path / 'out')
    np.testing.assert_allclose(read_image(region.image_path).astype(int), read_image(tmp_path / 'a.jpg'), atol=12)
    if form == 'gt':
        with Image.open(region.image_path) as image:
            assert image.size == (40, 60)
            assert not image.getexif()


def test_what_cannot_be_written_is_counted_by_reason(tmp_path):
    for name in ('a', 'gone', 'damaged'):
        write_photograph(tmp_path / f'{name}.png')
    index = index_of(tmp_path, 'a.png\tkept', 'gone.png\tgone', 'damaged.png\tdamaged', 'a.png\tlast')
    (tmp_path / 'gone.png').unlink()
    os.truncate(tmp_path / 'damaged.png', 100)
    counts = {KEPT: 2, DropReason.MISSING: 1, DropReason.UNREADABLE: 1}
    for form in ('gt', 'lmdb'):
        assert convert(index, form, tmp_path / form) == {'mine': counts}
        assert [region.text for region in read_dataset('again', tmp_path / form)] == ['kept', 'last']


@pytest.mark.parametrize('form', FORMATS)
def test_a_text_of_several_lines(tmp_path, form):
    write_photograph(tmp_path / 'a.png')
    (tmp_path / 'gt.jsonl').write_text(
        '{"image": "a.png", "text": "tab\\tor\\nbreak"}\n{"image": "a.png", "text": "x"}\n'
    )
    build_index(Source.of('mine', tmp_path / 'gt.jsonl'), tmp_path / 'mine.jsonl')
    counts = convert(RegionIndex(tmp_path / 'mine.jsonl'), form, tmp_path / 'out')
    texts = [region.text for region in read_dataset('again', tmp_path / 'out')]
    if form == 'gt':
        assert counts == {'mine': {KEPT: 1, NOT_ONE_LINE: 1}}
        assert texts == ['x']
    else:
        assert texts == ['tab\tor\nbreak', 'x']


def test_counts_are_kept_apart_by_dataset(tmp_path, words):
    other = tmp_path / 'other'
    write_photograph(other / 'a.png')
    both = RegionIndex([*words.paths, *index_of(other, 'a.png\tx', name='other').paths])
    assert convert(both, 'gt', tmp_path / 'out') == {'mine': {KEPT: 4}, 'other': {KEPT: 1}}


# Whole or not at all


@pytest.mark.parametrize('form', FORMATS)
def test_a_folder_in_use_is_left_alone(tmp_path, words, form):
    (tmp_path / 'out').mkdir()
    (tmp_path / 'out' / 'mine.txt').write_text('keep')
    with pytest.raises(InputError, match='not an empty folder; empty it or choose another'):
        convert(words, form, tmp_path / 'out')
    assert [path.name for path in (tmp_path / 'out').iterdir()] == ['mine.txt']


@pytest.mark.parametrize('form', FORMATS)
@pytest.mark.parametrize('error', [KeyboardInterrupt(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))])
def test_an_interrupted_conversion_leaves_nothing(tmp_path, words, form, error):
    before = sorted(path.name for path in tmp_path.iterdir())

    def stop(_):
        raise error

    with pytest.raises(InputError if isinstance(error, OSError) else KeyboardInterrupt):
        convert(words, form, tmp_path / 'out', stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_database_grows_until_all_fits(tmp_path, words, monkeypatch):
    open_environment = lmdb.open

    def open_small(*args, **options):
        return open_environment(*args, **{**options, 'map_size': 1 << 14})

    monkeypatch.setattr(lmdb, 'open', open_small)
    monkeypatch.setattr(convert_module, 'BATCH', 3)
    convert(words, 'lmdb', tmp_path / 'out')
    assert os.path.getsize(tmp_path / 'out' / 'data.mdb') > 1 << 14
    monkeypatch.undo()
    assert [region.text for region in read_dataset('again', tmp_path / 'out')] == WORDS


def test_the_database_is_as_the_benchmark_writes_it(tmp_path, words):
    convert(words, 'lmdb', tmp_path / 'out')
    with lmdb.open(str(tmp_path / 'out'), readonly=True, lock=False) as environment, environment.begin() as transaction:
        assert int(transaction.get(b'num-samples')) == 4
        assert transaction.get(b'label-000000004').decode() == WORDS[3]
        assert Image.open(io.BytesIO(transaction.get(b'image-000000001'))).size == (60, 40)
        assert transaction.stat()['entries'] == 9


texts = st.text(st.characters(exclude_categories=['Cs', 'Cc']), min_size=1).filter(
    lambda text: text.strip() and '###' not in text
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(texts, min_size=1, max_size=4))
@pytest.mark.parametrize('form', FORMATS)
def test_any_text_comes_back(tmp_path_factory, form, written):
    folder = tmp_path_factory.mktemp('any')
    write_photograph(folder / 'a.png', (10, 10))
    index = index_of(folder, *(f'a.png\t{text}' for text in written))
    convert(index, form, folder / 'out')
    assert [region.text for region in read_dataset('again', folder / 'out')] == list(index.texts())


@pytest.mark.parametrize('letter', ['a', '\u9762'])
def test_names_as_long_as_a_file_system_takes(tmp_path, letter):
    name = letter * (251 // len(letter.encode()))
    write_photograph(tmp_path / f'{name}.png')
    index = index_of(tmp_path, f'{name}.png\ta', f'{name}.png\tb\t0,0,30,0,30,20,0,20')
    assert convert(index, 'jsonl', tmp_path / 'out') == {'mine': {KEPT: 2}}
    assert [region.text for region in read_dataset('out', tmp_path / 'out')] == ['a', 'b']
