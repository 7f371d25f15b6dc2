"""Photographs found and read; detector and recogniser are stood in for."""

import threading
from collections import Counter
from itertools import count

import numpy as np
import pytest
from PIL import Image
from stub_predictor import StubPredictor, watched

from ocr.geometry import box_polygon
from ocr.preprocessing.prepare import Broken
from ocr.reading.detector import FoundText
from ocr.reading.local_reader import LocalReader
from ocr.reading.photographs import photograph_record, read_photographs, search
from ocr.reading.read_text import ReadText
from ocr.reading.text_outlines import FoundRegion

BOXES = {1: [(60, 10, 100, 30)], 2: [], 3: [(60, 10, 100, 30), (10, 10, 50, 30), (10, 50, 60, 70)]}


class StubDetector:
    """Finds what BOXES has for the picture's red value."""

    longer = 1280

    def find(self, image, size=None):
        boxes = BOXES[int(image[0, 0, 0])]
        return FoundText([FoundRegion(box_polygon(box), 0.9) for box in boxes], Counter(tiny=len(boxes)))


class AlwaysTheSame(StubPredictor):
    """Reads 'abc'."""

    def read(self, canvases, *_, **__):
        return [ReadText('abc', 0.5, (0.5, 0.5, 0.5)) for _ in canvases]


@pytest.fixture
def folder(tmp_path):
    for name, value in (('a', 1), ('b', 2), ('c', 3), ('e', 2)):
        Image.fromarray(np.full((100, 120, 3), value, np.uint8)).save(tmp_path / f'{name}.png')
    (tmp_path / 'd.png').write_bytes(b'none')
    return tmp_path


def read(folder, names, predictor):
    reader = LocalReader(predictor, batch_size=2, num_workers=1)
    return list(read_photographs(StubDetector(), reader, [str(folder / f'{name}.png') for name in names]))


@pytest.mark.parametrize('names', ['abcde', 'bbbb', 'd', 'ca', 'ddac', 'eca', ''])
def test_every_photograph_comes_back_in_its_place_with_its_readings(folder, names):
    results = read(folder, names, AlwaysTheSame())
    assert [result.image_path[-5] for result in results] == list(names)
    for name, result in zip(names, results, strict=True):
        if name == 'd':
            assert isinstance(result.found, Broken)
        else:
            assert len(result.readings) == len(result.found.regions) == {'a': 1, 'b': 0, 'c': 3, 'e': 0}[name]
            assert all(reading.text == 'abc' for reading in result.readings)


def test_regions_without_text_are_left_out_and_counted(folder):
    class Doubtful(StubPredictor):
        """Reads three regions of 'c', in reading order: nothing, 'abc', and 'abc' with hardly any confidence."""

        answers = (('', 0.9), ('abc', 0.03), ('abc', 0.019))

        def read(self, canvases, *_, **__):
            return [
                ReadText(text, confidence, (0.5,) * len(text)) for text, confidence in self.answers[: len(canvases)]
            ]

    reader = LocalReader(Doubtful(), batch_size=3, num_workers=1)
    (result,) = read_photographs(StubDetector(), reader, [str(folder / 'c.png')])
    (region,) = result.found.regions
    assert region.polygon.tolist() == box_polygon(BOXES[3][0]).tolist()  # the second of its line
    assert [(line.members, line.polygon.tolist()) for line in result.lines] == [((0,), region.polygon.tolist())]
    assert [reading.confidence for reading in result.readings] == [0.03]
    assert result.found.left_out == {'tiny': 3, 'no text was read': 2}


def test_text_is_read_with_a_margin_and_reported_without(folder):
    predictor = AlwaysTheSame()
    shown = watched(predictor)
    image = np.full((100, 120, 3), 1, np.uint8)
    image[10:30, 60:100] = 250
    Image.fromarray(image).save(folder / 'a.png')
    (result,) = read(folder, 'a', predictor)
    assert result.found.regions[0].polygon.tolist() == box_polygon(BOXES[1][0]).tolist()
    filled = np.mean(shown[0] > 200) / np.mean(shown[0] > 0)
    assert filled == pytest.approx(20 * 40 / (28 * 48), abs=0.08)


def test_without_a_reader_text_is_only_found(folder):
    results = list(read_photographs(StubDetector(), None, [str(folder / 'c.png')]))
    assert results[0].readings == []
    assert len(results[0].found.regions) == 3


def test_regions_are_in_reading_order_and_lines_say_which(folder):
    result = search(StubDetector(), str(folder / 'c.png'))
    assert [region.polygon[0].tolist() for region in result.found.regions] == [[10, 10], [60, 10], [10, 50]]
    assert [line.members for line in result.lines] == [(0, 1), (2,)]


def test_the_record_of_a_photograph(folder):
    (result,) = read(folder, 'c', AlwaysTheSame())
    record = photograph_record({'image': 'c.png'}, result)
    assert record['image'] == 'c.png'
    assert [line['text'] for line in record['lines']] == ['abc abc', 'abc']
    assert [line['regions'] for line in record['lines']] == [[0, 1], [2]]
    assert record['regions'][0]['polygon'] == [[10, 10], [50, 10], [50, 30], [10, 30]]
    assert record['regions'][0]['found_confidence'] == 0.9
    assert record['regions'][0]['text'] == 'abc'
    assert record['left_out'] == {'tiny': 3}


def test_a_photograph_that_cannot_be_read_says_why(folder):
    (result,) = read(folder, 'd', AlwaysTheSame())
    assert list(photograph_record({'image': 'd.png'}, result)) == ['image', 'error']


def test_large_jpegs_are_decoded_smaller_and_found_in_their_own_pixels(tmp_path):
    shapes = []

    class Watching(StubDetector):
        def find(self, image, size=None):
            shapes.append((image.shape, size))
            return super().find(np.ones_like(image), size)

    for size in ((8000, 6000), (4000, 3000), (1600, 1200), (1000, 9000)):
        Image.new('L', size).save(tmp_path / 'a.jpg')
        search(Watching(), str(tmp_path / 'a.jpg'))
    Image.new('L', (400, 300)).save(tmp_path / 'b.png')
    search(Watching(), str(tmp_path / 'b.png'))
    assert shapes == [
        ((1500, 2000, 3), (8000, 6000)),
        ((1500, 2000, 3), (4000, 3000)),
        ((1200, 1600, 3), (1600, 1200)),
        ((9000, 1000, 3), (1000, 9000)),
        ((300, 400, 3), (400, 300)),
    ]


def test_photographs_are_searched_while_others_are_read(tmp_path):
    """The first batch is read before all are searched, and reading does not wait for the search to end."""
    reading, searched = threading.Event(), threading.Event()
    number = count(1)

    class Searching(StubDetector):
        def find(self, image, size=None):
            if next(number) == 4:
                assert reading.wait(60)
                searched.set()
            return super().find(image, size)

    class Reading(AlwaysTheSame):
        def read(self, canvases, *_, **__):
            reading.set()
            assert searched.wait(60)
            return super().read(canvases)

    paths = [str(tmp_path / f'{number}.png') for number in range(12)]
    for path in paths:
        Image.fromarray(np.full((100, 120, 3), 1, np.uint8)).save(path)
    results = list(read_photographs(Searching(), LocalReader(Reading(), batch_size=1, num_workers=1), paths))
    assert [len(result.readings) for result in results] == [1] * 12


def test_results_come_soon_so_that_a_search_can_be_watched_and_resumed(folder):
    searched = []

    class Counting(StubDetector):
        def find(self, image, size=None):
            searched.append(1)
            return super().find(image, size)

    reader = LocalReader(AlwaysTheSame(), batch_size=16, num_workers=1)
    results = read_photographs(Counting(), reader, [str(folder / 'a.png'), str(folder / 'c.png')] * 50)
    assert len(next(results).readings) == 1
    assert len(searched) <= 44  # two regions each: those of five batches, and a few that are prepared
    assert len(list(results)) == 99


def test_few_photographs_are_decoded_ahead(tmp_path):
    decoded, searched = [], []

    class Counting(StubDetector):
        def find(self, image, size=None):
            searched.append(1)
            assert len(decoded) - len(searched) <= 2
            return super().find(image, size)

    def read_image(path, scale=None):
        decoded.append(path)
        return np.full((100, 120, 3), 2, np.uint8)

    assert len(list(read_photographs(Counting(), None, ['a'] * 30, read_image=read_image))) == 30
