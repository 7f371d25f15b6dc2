"""Videos from their frames to their texts; detector and recogniser are stood in for."""

import json
import os
import threading

import numpy as np
import pytest
from serving import Watchful
from stub_predictor import StubPredictor
from videos import wall, write_video

from ocr.errors import InputError
from ocr.geometry import box_polygon
from ocr.preprocessing.canvas import Canvas
from ocr.reading.read_text import ReadText
from ocr.reading.video import read_video
from ocr.reading.video.frames import Frame, UnreadableVideo
from ocr.reading.video.read_video import FrameReader, VideoTexts, read_frames, read_video_file
from ocr.reading.video.tracks import Sighting


class Reds(StubPredictor):
    """Reads how red a region is."""

    canvas = Canvas(32)

    def read(self, canvases, *_, **__):
        return [ReadText('red' if canvas[16, 16, 0] > 150 else 'blue', 0.9, (0.9,) * 4) for canvas in canvases]


@pytest.fixture
def path(tmp_path):
    """Four seconds: a blue box all the time, a red one for the last two."""
    frames = [wall(((0, 0, 250), 20, 20, 120, 60)) for _ in range(20)]
    frames += [wall(((0, 0, 250), 20, 20, 120, 60), ((250, 0, 250), 150, 150, 250, 190)) for _ in range(20)]
    return write_video(tmp_path / 'clip.webm', frames)


def read_file(path, detector=None):
    """What read_video_file returns of a file, which it writes beside it."""
    reader = FrameReader(Reds(), batch_size=4)
    return read_video_file(detector or Watchful(), reader, str(path), str(path.parent / 'out'), fps=2.0)


def written(path):
    folder = path.parent / 'out'
    return json.loads((folder / f'{path.stem}.json').read_text()), (folder / f'{path.stem}.srt').read_text()


def test_texts_and_subtitles_are_written(path, capsys):
    record, json_path = read_file(path)
    assert (record, json_path) == (written(path)[0], str(path.parent / 'out' / 'clip.json'))
    assert {name: record[name] for name in ('video', 'width', 'height', 'fps', 'frames', 'complete')} == {
        'video': 'clip.webm',
        'width': 320,
        'height': 240,
        'fps': 2.0,
        'frames': 8,
        'complete': True,
    }
    assert record['seconds'] == pytest.approx(4, abs=0.15)
    assert [(one['text'], one['start'], round(one['end'])) for one in record['texts']] == [
        ('blue', 0, 4),
        ('red', 2, 4),
    ]
    np.testing.assert_allclose(record['texts'][1]['outlines'][0]['polygon'][0], (150, 150), atol=3)
    _, srt = written(path)
    assert srt.startswith('1\n00:00:00,000 --> 00:00:02,000\nblue\n\n2\n00:00:02,000 --> 00:00:0')
    assert 'blue\nred' in srt
    table = read_video.text_table(record, json_path, 1)
    assert 'blue' in table and '... and 1 more' in table and '2 texts in 8 frames of 4.0 s' in table


@pytest.mark.parametrize('stem', ['a' * 251, '\u9762' * 83])
def test_a_video_of_a_long_name(tmp_path, stem):
    path = write_video(tmp_path / 'clip.avi', [wall()] * 3).rename(tmp_path / f'{stem}.avi')
    read_file(path)
    names = sorted(one.name for one in (tmp_path / 'out').iterdir())
    assert [os.path.splitext(name)[1] for name in names] == ['.json', '.srt']
    assert all(stem.startswith(os.path.splitext(name)[0]) and len(os.fsencode(name)) > 248 for name in names)


def test_a_video_without_text_is_a_valid_answer(tmp_path):
    path = write_video(tmp_path / 'wall.webm', [wall()] * 10)
    record, json_path = read_file(path)
    assert read_video.text_table(record, json_path, 20).startswith(f'{json_path}: 0 texts in ')
    assert record['texts'] == [] and record['complete']
    assert written(path)[1] == ''


def test_a_stopped_reading_keeps_what_it_has(path, capsys):
    detector = Watchful()
    find, calls = detector.find, []

    def interrupted(image, size=None):
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return find(image, size)

    detector.find = interrupted
    with pytest.raises(KeyboardInterrupt):
        read_file(path, detector)
    record, _ = written(path)
    assert record['complete'] is False and record['frames'] == 5
    assert [one['text'] for one in record['texts']] == ['blue', 'red']
    assert 'the first 2.0 s' in capsys.readouterr().out


def test_a_damaged_video_keeps_what_came_before(path, caplog):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    record, _ = read_file(path)
    assert record['complete'] is False and 0 < record['frames'] < 8
    assert 'it ends after' in caplog.text and 'is it damaged?' in caplog.text


def test_a_decoder_that_dies_on_the_way(path, caplog, monkeypatch):
    class Dying(read_video.Video):
        def __next__(self):
            if self.time > 1:
                raise UnreadableVideo('its decoder crashed')
            return super().__next__()

    monkeypatch.setattr(read_video, 'Video', Dying)
    record, _ = read_file(path)
    assert record['complete'] is False and record['frames'] == 4
    assert 'its decoder crashed; the first 1.5 s were read' in caplog.text


def test_what_is_no_video_is_one_line_and_nothing_is_written(tmp_path):
    (tmp_path / 'x.mp4').write_bytes(b'none')
    with pytest.raises(InputError, match=r'--video .*x.mp4: no video in a format that is read here'):
        read_file(tmp_path / 'x.mp4')
    assert not (tmp_path / 'out').exists()


def test_frames_are_searched_while_others_are_read_and_few_are_held():
    reading, searched, held = threading.Event(), threading.Event(), []

    def find(image):
        held.append(1)
        if len(held) == 2:
            assert reading.wait(60)  # of the first frame, which waits for this search
            searched.set()
        assert len(held) <= 3
        return []

    def read(image, polygons):
        reading.set()
        assert searched.wait(60)
        return []

    frames = (Frame(float(n), np.zeros((4, 4, 3), np.uint8)) for n in range(20))
    for _ in read_frames(frames, find, read):
        held.pop()


def test_tracks_without_text_are_counted():
    texts = VideoTexts()
    square = np.array([[0, 0], [9, 0], [9, 9], [0, 9]])
    texts.add(0.0, [Sighting(square, '', 0.5)])
    assert texts.to_be_seen == []
    texts.close(1)
    assert texts.records == [] and texts.left_out == {'no text was read': 1}


def test_texts_that_come_and_go_together_stand_in_reading_order():
    def seen(text, x, y):
        return Sighting(box_polygon((x, y, x + 60, y + 20)), text, 0.9)

    texts = VideoTexts()
    for time in (0.0, 0.5):
        texts.add(time, [seen('third', 10, 100), seen('second', 110, 12), seen('first', 10, 10)])
    texts.close(1.0)
    assert [record['text'] for record in texts.records] == ['first', 'second', 'third']
