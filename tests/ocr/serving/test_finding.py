"""Requests without polygons if the server has a detector: text is found, put in order and read."""

import io
import json
import threading
import time
from dataclasses import replace

import pytest
import requests
from PIL import Image
from serving import Obedient, Watchful, error_of, picture, running, street
from stub_predictor import watched
from stubborn_decoders import counted_prepare, counted_show

from ocr.geometry import box_polygon
from ocr.reading.text_outlines import FoundRegion
from ocr.serving import reader as readers
from ocr.serving import schema
from ocr.serving.finding import is_one_word

TWO_LINES = street((10, 300, 40, 400, 80), (20, 100, 40, 280, 80), (30, 100, 300, 300, 340))


@pytest.fixture
def detector():
    return Watchful()


@pytest.fixture
def server(detector):
    with running(Obedient('fit'), detector=detector, max_regions=4) as server:
        yield server


def test_regions_are_found_and_read_in_reading_order(server, detector):
    response = server.recognize(TWO_LINES)
    answer = response.json()
    schema.Answer.model_validate(answer)
    assert [region['text'] for region in answer['regions']] == ['20', '10', '30']
    assert [region['found_confidence'] for region in answer['regions']] == [0.75] * 3
    assert [line['regions'] for line in answer['lines']] == [[0, 1], [2]]
    assert [line['text'] for line in answer['lines']] == ['20 10', '30']
    assert answer['regions'][2]['polygon'] == [[100, 300], [300, 300], [300, 340], [100, 340]]
    assert answer['timings'].keys() == {'decode_ms', 'detect_ms', 'queue_ms', 'read_ms', 'total_ms'}
    assert detector.shapes[-1] == (120, 160, 3)  # what the worker shrank it to


def test_text_is_read_with_a_margin(detector):
    predictor = Obedient('fit')
    shown = watched(predictor)
    with running(predictor, detector=detector) as server:
        answer = server.recognize(TWO_LINES).json()
        polygons = [region['polygon'] for region in answer['regions']]
        server.recognize(TWO_LINES, polygons=json.dumps(polygons))
    left_ends = [int(canvas[canvas.shape[0] // 2, 0, 2]) for canvas in shown[-6:]]
    assert max(left_ends[:3]) < 150 < 200 < min(left_ends[3:])


def test_regions_without_text_are_left_out_and_counted(detector):
    class Doubtful(Obedient):
        """Is not sure of 10."""

        def read(self, *canvases, **options):
            return [
                replace(one, confidence=0.5 if one.text != '10' else 0.01) for one in super().read(*canvases, **options)
            ]

    with running(Doubtful('fit'), detector=detector) as server:
        answer = server.recognize(TWO_LINES).json()
        assert [region['text'] for region in answer['regions']] == ['20', '30']
        assert [(line['text'], line['regions']) for line in answer['lines']] == [('20', [0]), ('30', [1])]
        assert answer['left_out'] == {'no text was read': 1}
        alone = server.recognize(street((10, 0, 0, 80, 60), size=(80, 60))).json()  # a word: read whatever it is
        assert [region['text'] for region in alone['regions']] == ['10'] and 'left_out' not in alone


@pytest.mark.parametrize('fields', [{'detect': 'true'}, {'polygons': '[]'}, {'polygons': 'null', 'detect': 'true'}])
def test_no_polygons_are_no_polygons_however_they_are_sent(server, fields):
    assert len(server.recognize(TWO_LINES, **fields).json()['regions']) == 3


def test_a_picture_is_decoded_once_to_find_and_to_read_its_text(server, monkeypatch):
    monkeypatch.setattr(readers, 'show_page', counted_show)
    monkeypatch.setattr(readers, 'prepare_picture', counted_prepare)
    for size in ((800, 600), (2400, 1800)):  # as it is looked at, and shrunk
        answer = server.recognize(street((10, 300, 40, 400, 80), size=size)).json()
        assert len(answer['regions']) == 1 and answer['timings']['decode_ms'] == 1000
    for _ in range(2):  # what is only read is not kept
        assert server.recognize(TWO_LINES, detect='false').json()['timings']['decode_ms'] == 1000


def test_detect_false_reads_the_picture_as_one_region(server):
    answer = server.recognize(TWO_LINES, detect='false').json()
    assert [region['polygon'][2] for region in answer['regions']] == [[800, 600]]
    assert 'detect_ms' not in answer['timings'] and 'lines' not in answer


def test_polygons_are_read_as_they_are(server):
    polygon = [[0, 0], [400, 0], [400, 90], [0, 90]]
    answer = server.recognize(TWO_LINES, polygons=json.dumps([polygon])).json()
    assert [region['polygon'] for region in answer['regions']] == [polygon] and 'lines' not in answer


def test_a_photograph_without_text_is_a_valid_answer(server):
    answer = server.recognize(street()).json()
    assert answer['regions'] == [] and answer['lines'] == []
    schema.Answer.model_validate(answer)


def test_a_word_cut_out_of_a_photograph_is_read_whole(server):
    answer = server.recognize(street((9, 5, 5, 115, 35), size=(120, 40))).json()
    (region,) = answer['regions']
    assert region['polygon'] == [[0, 0], [120, 0], [120, 40], [0, 40]] and 'found_confidence' not in region
    assert [line['regions'] for line in answer['lines']] == [[0]]
    assert len(server.recognize(picture(7)).json()['regions']) == 1  # nothing is found in it


@pytest.mark.parametrize(
    ('size', 'boxes', 'expected'),
    [
        ((200, 60), [], True),
        ((200, 60), [(5, 5, 190, 55)], True),
        ((200, 60), [(5, 5, 60, 25)], False),  # little of it
        ((200, 60), [(5, 5, 95, 55), (100, 5, 195, 55)], False),  # two words
        ((1200, 400), [(10, 10, 1190, 390)], False),
        ((1200, 400), [], False),
    ],
)
def test_what_is_one_word(size, boxes, expected):
    assert is_one_word(size, [FoundRegion(box_polygon(box), 0.9) for box in boxes]) is expected


def test_what_has_no_room_in_a_request_is_counted(server, detector):
    detector.left_out['too small'] = 2
    boxes = [(n + 1, 50, 60 * n + 10, 150 + 20 * n, 60 * n + 50) for n in range(6)]
    answer = server.recognize(street(*boxes)).json()
    assert [region['text'] for region in answer['regions']] == ['3', '4', '5', '6']  # the largest
    assert answer['left_out'] == {'too small': 2, 'beyond the regions of one request': 2}
    schema.Answer.model_validate(answer)


def test_each_page_of_a_tiff_is_looked_at(server):
    pages = [Image.open(io.BytesIO(street(*boxes))) for boxes in ([(1, 50, 50, 90, 70)], [], [(2, 50, 50, 90, 70)])]
    stream = io.BytesIO()
    pages[0].save(stream, 'TIFF', save_all=True, append_images=pages[1:])
    answer = server.recognize(stream.getvalue()).json()
    assert [(region['text'], region['page']) for region in answer['regions']] == [('1', 1), ('2', 3)]
    assert [(line['regions'], line['page']) for line in answer['lines']] == [([0], 1), ([1], 3)]
    answer = server.recognize(stream.getvalue(), page='3').json()
    assert [region['text'] for region in answer['regions']] == ['2']
    assert error_of(server.recognize(stream.getvalue(), page='4'), 422) == 'no_such_page'


def test_limits_of_decoding_are_those_of_other_requests(server):
    assert error_of(server.recognize(b'none'), 415) == 'unknown_image_format'
    assert error_of(server.recognize(b''), 422) == 'empty_image'
    assert error_of(server.recognize(street()[:500]), 422) == 'damaged_image'
    with running(Obedient(), detector=Watchful(), max_pixels=100_000) as small:
        assert error_of(small.recognize(TWO_LINES), 413) == 'too_many_pixels'


def test_what_cannot_be_asked_for(server):
    square = json.dumps([[[0, 0], [9, 0], [9, 9]]])
    assert error_of(server.recognize(TWO_LINES, detect='perhaps'), 422) == 'bad_detect'
    assert error_of(server.recognize(TWO_LINES, detect='true', polygons=square), 422) == 'bad_detect'
    with running(Obedient()) as blind:
        assert error_of(blind.recognize(picture(), detect='true'), 422) == 'no_detector'
        assert len(blind.recognize(picture(), detect='false').json()['regions']) == 1


def test_who_leaves_while_text_is_looked_for_takes_no_turn(server, detector):
    detector.gate.clear()
    gone = threading.Thread(target=_give_up, args=(server.url,))
    gone.start()
    gone.join()
    detector.gate.set()
    assert len(server.recognize(TWO_LINES).json()['regions']) == 3
    deadline = time.monotonic() + 60
    while server.reader.num_taken and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.reader.num_taken == 0


def _give_up(url):
    with pytest.raises(requests.Timeout):
        requests.post(f'{url}/v1/recognize', files={'image': ('image', TWO_LINES)}, timeout=1)


def test_the_card_names_the_detector(server):
    card = requests.get(f'{server.url}/v1/model').json()
    assert card['detector'] == {'name': 'd.pb', 'size_bytes': 5}
