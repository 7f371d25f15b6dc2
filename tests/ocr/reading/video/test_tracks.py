"""Regions put together over frames, and the votes for what they say."""

import numpy as np
import pytest

from ocr.geometry import box_polygon
from ocr.reading.video.texts import subtitles, text_record, to_srt
from ocr.reading.video.tracks import Sighting, Tracker


def seen(text, x, y=100, width=80, height=20, confidence=0.8):
    return Sighting(box_polygon((x, y, x + width, y + height)), text, confidence)


def tracked(*frames, step=0.5, end=None):
    """Records of frames, a list of Sighting each, in the order of their beginnings."""
    tracker, ended = Tracker(), []
    for number, sightings in enumerate(frames):
        ended += tracker.add(number * step, sightings)
    ended += tracker.close(step * len(frames) if end is None else end)
    assert tracker.active == []
    return sorted((text_record(track) for track in ended), key=lambda record: (record['start'], record['text']))


def spans(records):
    return [(record['text'], record['start'], record['end']) for record in records]


def test_what_stands_still_is_one_text():
    (record,) = tracked(*[[seen('EXIT', 10)]] * 4)
    assert spans([record]) == [('EXIT', 0, 2)]
    assert record['num_seen'] == 4 and record['confidence'] == 0.8
    assert [one['time'] for one in record['outlines']] == [0]  # the others are the same


def test_readings_vote_by_confidence():
    readings = [('EX1T', 0.3), ('EX1T', 0.3), ('EXIT', 0.9), ('', 0.99), ('EXIT', 0.7)]
    (record,) = tracked(*[[seen(text, 10, confidence=confidence)] for text, confidence in readings])
    assert record['text'] == 'EXIT' and record['confidence'] == 0.8
    (record,) = tracked([seen('Tea', 10, confidence=0.6)], *[[seen('Sea', 10, confidence=0.5)]] * 2)
    assert record['text'] == 'Sea'


def test_a_track_follows_its_text():
    moving = [[seen('EXIT', 60 * n)] for n in range(6)]  # faster than its outlines overlap well
    records = tracked(*moving)
    assert spans(records) == [('EXIT', 0, 3)]
    assert [one['polygon'][0][0] for one in records[0]['outlines']] == [0, 60, 120, 180, 240, 300]


def test_a_fast_text_is_known_by_what_it_says():
    records = tracked([seen('Museum', 0)], [seen('Museum', 110)], [seen('Museun', 220)], [seen('Garden', 225)])
    assert spans(records) == [('Museum', 0, 1.5), ('Garden', 1.5, 2)]


def test_a_short_text_goes_with_the_others_when_the_camera_moves():
    def at(x):
        return [seen('Platform', x, width=160), seen('Sunday', x + 180, width=140), seen('27', x + 340, width=30)]

    records = tracked(at(300), at(255), at(210), at(165))
    assert spans(records) == [('27', 0, 2), ('Platform', 0, 2), ('Sunday', 0, 2)]
    first = tracked([*at(300), seen('7', 800, width=20)], at(255))
    assert ('7', 0, 0.5) in spans(first) and len(first) == 4


def test_a_text_that_stands_while_the_camera_moves_stays():
    records = tracked(*[[seen('Platform', 300 - 45 * n, width=160), seen('4', 20, 20, width=15)] for n in range(4)])
    assert spans(records) == [('4', 0, 2), ('Platform', 0, 2)]


def test_a_text_in_the_place_of_another_is_a_new_one():
    slides = tracked([seen('Museum', 0)], [seen('Museum', 0)], [seen('Garden', 0)], [seen('Garden', 0)])
    assert spans(slides) == [('Museum', 0, 1), ('Garden', 1, 2)]
    blurred = tracked([seen('Museum', 0)], [seen('xqzzy', 0, confidence=0.1)], [seen('Museum', 0)])
    assert spans(blurred) == [('Museum', 0, 1.5)]


@pytest.mark.parametrize(
    ('frames', 'expected'),
    [
        ([[seen('AB', 0)], [], [seen('AB', 0)]], [('AB', 0, 1.5)]),  # missed once
        ([[seen('AB', 0)], [], [], [seen('AB', 0)]], [('AB', 0, 0.5), ('AB', 1.5, 2)]),
        ([[seen('AB', 0)], [seen('CD', 300)]], [('AB', 0, 0.5), ('CD', 0.5, 1)]),
        ([[], [], []], []),
        ([[seen('AB', 0), seen('CD', 200)], [seen('CD', 200), seen('AB', 0)]], [('AB', 0, 1), ('CD', 0, 1)]),
    ],
)
def test_when_a_text_is_to_be_seen(frames, expected):
    assert spans(tracked(*frames)) == expected


def test_two_in_one_place_are_two():
    records = tracked(*[[seen('AB', 0), seen('CD', 10)]] * 3)
    assert spans(records) == [('AB', 0, 1.5), ('CD', 0, 1.5)]


def test_what_was_never_legible_has_no_text():
    (record,) = tracked([seen('', 0)], [seen('', 0)])
    assert record['text'] == '' and record['confidence'] == 0


def test_many_texts_of_a_long_video_are_matched_in_time():
    crowd = [seen(f'{n}', 100 * (n % 30), 40 * (n // 30)) for n in range(300)]
    assert len(tracked(*[crowd] * 3)) == 300


def records(*rows):
    outline = lambda x, y: [{'time': 0, 'polygon': box_polygon((x, y, x + 60, y + 20)).tolist()}]  # noqa: E731
    return [
        {'text': text, 'start': start, 'end': end, 'confidence': 0.1, 'outlines': outline(x, y)}
        for text, start, end, x, y in rows
    ]


def test_what_is_hardly_a_text_is_no_subtitle():
    one, other = records(('Bar', 0, 1, 0, 0), ('qz', 0, 2, 200, 0))
    assert subtitles([one, {**other, 'confidence': 0.09}]) == [(0, 1, 'Bar')]


def test_subtitles_say_what_is_to_be_seen_line_by_line():
    cues = subtitles(records(('24', 1, 3, 75, 0), ('EXIT', 1, 4, 0, 0), ('Bar', 2, 3, 0, 90)))
    assert cues == [(1, 2, 'EXIT 24'), (2, 3, 'EXIT 24\nBar'), (3, 4, 'EXIT')]


def test_subtitles_with_the_same_words_are_one():
    cues = subtitles(records(('Bar', 0, 1, 0, 0), ('Bar', 1, 2, 0, 0), ('Tea', 5, 6, 0, 0)))
    assert cues == [(0, 2, 'Bar'), (5, 6, 'Tea')]


def test_a_file_of_subtitles():
    text = to_srt([(0, 61.5, 'EXIT'), (3723.0046, 3724, 'a --> b\nc')])
    assert text == '1\n00:00:00,000 --> 00:01:01,500\nEXIT\n\n2\n01:02:03,005 --> 01:02:04,000\na -> b\nc\n'
    assert to_srt([]) == ''


def test_outlines_that_move_a_little_are_left_out():
    frames = [[seen('EXIT', 0.4 * n)] for n in range(50)]
    (record,) = tracked(*frames)
    assert 2 <= len(record['outlines']) < 12
    assert np.ptp([one['polygon'][0][0] for one in record['outlines']]) > 10
