"""Regions -> text: order, batches and what cannot be read."""

import threading

import numpy as np
import pytest
from PIL import Image

from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.prepare import Broken, InferencePreparer
from ocr.reading.regions import canvas_batches, read_regions
from ocr.region import DropReason, TextRegion


class Reader:
    """A predictor that reads the red value of the canvas's middle, and keeps the shapes of its batches."""

    def __init__(self, kind='square'):
        self.canvas = Canvas(64, kind, 1024)
        self.shapes = []

    def read(self, canvases, bboxes, *, with_alpha):
        assert canvases.dtype == np.uint8 and bboxes.shape == (len(canvases), 4)
        self.shapes.append(canvases.shape)
        return [int(canvas[canvas.shape[0] // 2, canvas.shape[1] // 2, 0]) for canvas in canvases]


@pytest.fixture(scope='module')
def regions(tmp_path_factory):
    """40 regions whose red value is their number: wide, high and square ones, some in one photograph, two broken."""
    folder = tmp_path_factory.mktemp('pictures')
    found = []
    for number in range(38):
        size = ((60, 20), (20, 60), (40, 40))[number % 3]
        Image.new('RGB', size, (number, 0, 0)).save(folder / f'{number}.png')
        polygon = None if number % 2 else np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
        found.append(TextRegion(str(folder / f'{number}.png'), polygon, str(number), 'words'))
    found.insert(5, TextRegion(str(folder / 'none.png'), None, '', 'words'))
    (folder / 'text.png').write_text('no picture')
    found.append(TextRegion(str(folder / 'text.png'), None, '', 'words'))
    return found


@pytest.mark.parametrize('kind', ['square', 'fit', 'area'])
@pytest.mark.parametrize('num_workers', [1, 3])
@pytest.mark.parametrize('batch_size', [1, 2, 7, 100])
def test_order_does_not_depend_on_batches_threads_or_shapes(regions, kind, num_workers, batch_size):
    reader = Reader(kind)
    results = list(read_regions(reader, regions, batch_size=batch_size, num_workers=num_workers))
    assert [region for region, _, _ in results] == regions
    for region, prepared, text in results:
        if region.text:
            assert text == int(region.text)
        else:
            assert prepared is None and isinstance(text, Broken) and text.image_path == region.image_path
    assert max(shape[0] for shape in reader.shapes) <= batch_size
    assert sum(shape[0] for shape in reader.shapes) == 38
    wanted = {
        'square': {(64, 64)},
        'fit': {(32, 64), (64, 32), (64, 64)},
        'area': {(16, 64), (64, 16), (32, 32)},
    }[kind]
    assert {shape[1:3] for shape in reader.shapes} == wanted


def test_square_canvases_fill_their_batches(regions):
    reader = Reader()
    list(read_regions(reader, regions, batch_size=10))
    assert sorted(shape[0] for shape in reader.shapes) == [8, 10, 10, 10]  # broken ones take no place


def test_the_graph_runs_twice_at_a_time(regions):
    both = threading.Barrier(2, timeout=60)

    class Meeting(Reader):
        def read(self, *batch, **options):
            both.wait()  # breaks, and so fails, unless another batch is read meanwhile
            return super().read(*batch, **options)

    results = list(read_regions(Meeting(), regions, batch_size=10))  # four batches, two by two
    assert [region for region, _, _ in results] == regions


def test_fitted_canvases_fill_batches_across_the_window(regions):
    reader = Reader('fit')
    list(read_regions(reader, regions, batch_size=10))
    assert sorted(shape[0] for shape in reader.shapes) == [2, 3, 3, 10, 10, 10]


def test_broken_images_say_why(regions):
    results = [result for _, _, result in read_regions(Reader(), regions, batch_size=4) if isinstance(result, Broken)]
    assert [result.reason for result in results] == [DropReason.MISSING, DropReason.UNREADABLE]


def test_nothing_but_broken_images(regions):
    reader = Reader()
    assert len(list(read_regions(reader, regions[-1:] * 3, batch_size=2))) == 3
    assert reader.shapes == []


def test_regions_are_taken_as_they_are_needed_and_threads_end(regions):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield regions[len(taken) % 3]

    threads = threading.active_count()
    results = read_regions(Reader(), endless(), batch_size=4, num_workers=2)
    for _ in range(10):
        next(results)
    results.close()
    assert len(taken) < 400
    assert threading.active_count() == threads


def test_batches_of_one_shape_with_what_could_be_read(regions, caplog):
    batches = list(canvas_batches(regions, InferencePreparer(Canvas(64, 'fit')), batch_size=5))
    read = [region for of_batch, _, _ in batches for region in of_batch]
    assert sorted(int(region.text) for region in read) == list(range(38))
    for of_batch, canvases, bboxes in batches:
        assert len(of_batch) == len(canvases) == len(bboxes) <= 5
        for region, canvas in zip(of_batch, canvases, strict=True):
            assert canvas[canvas.shape[0] // 2, canvas.shape[1] // 2, 0] == int(region.text)
    assert sum(len(canvases) < 5 for _, canvases, _ in batches) <= 3
    assert ['none.png' in line or 'text.png' in line for line in caplog.messages] == [True, True]


def test_many_regions_of_one_photograph(tmp_path):
    Image.new('RGB', (400, 50), (9, 0, 0)).save(tmp_path / 'a.png')
    boxes = [np.array([[x, 0], [x + 9, 0], [x + 9, 40], [x, 40]], np.float32) for x in range(0, 390, 10)]
    regions = [TextRegion(str(tmp_path / 'a.png'), box, '', '') for box in boxes]
    results = list(read_regions(Reader(), regions, batch_size=6))
    assert [region for region, _, _ in results] == regions
    assert {text for _, _, text in results} == {9}
