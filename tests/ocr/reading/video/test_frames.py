"""Frames out of files: their times, their turn, and files that are none."""

import os
from itertools import pairwise

import numpy as np
import pytest
from videos import clock_of, turned, wall, with_times, without_pictures, write_video

from ocr.reading.video.frames import UnreadableVideo, Video


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    """Three seconds at ten frames a second, a little lighter each; 320 x 240."""
    frames = [np.full((240, 320, 3), 4 * number, np.uint8) for number in range(30)]
    return write_video(tmp_path_factory.mktemp('video') / 'grey.mp4', frames)


def times(path, fps=1000.0, **options):
    with Video(str(path), fps, **options) as video:
        return [round(frame.time, 3) for frame in video], video.ended_early


@pytest.mark.parametrize(
    ('fps', 'expected'),
    [
        (2, [0, 0.5, 1, 1.5, 2, 2.5]),
        (0.5, [0, 2]),
        (3, [0, 0.4, 0.7, 1, 1.4, 1.7, 2, 2.4, 2.7]),
        (10, [n / 10 for n in range(30)]),
        (1000, [n / 10 for n in range(30)]),
    ],
)
def test_so_many_frames_a_second_are_given(path, fps, expected):
    assert times(path, fps) == (expected, False)


def test_frames_are_pictures(path):
    with Video(str(path), 1) as video:
        assert (video.width, video.height, video.seconds) == (320, 240, pytest.approx(3))
        frames = list(video)
    assert [frame.image.shape for frame in frames] == [(240, 320, 3)] * 3
    assert [frame.image.mean() / 4 for frame in frames] == pytest.approx([0, 10, 20], abs=1.5)
    assert video.time == pytest.approx(2.9)
    assert list(video) == []


def test_red_is_red(tmp_path):
    path = write_video(tmp_path / 'red.webm', [wall(((250, 10, 10), 0, 0, 320, 240))] * 3)
    with Video(str(path)) as video:
        red, green, blue = next(video).image.mean(axis=(0, 1))
    assert red > 200 and green < 60 and blue < 60


def test_a_variable_frame_rate_keeps_its_times(path, tmp_path):
    data = path.read_bytes()
    second = clock_of(data)
    steps = [second // 10] * 10 + [second] * 5 + [second // 20] * 15
    (tmp_path / 'variable.mp4').write_bytes(with_times(data, steps))
    found, _ = times(tmp_path / 'variable.mp4', 1)
    assert found == pytest.approx([0, 1, 2, 3, 4, 5, 6], abs=0.06)


def test_times_that_stand_still_go_on_all_the_same(path, tmp_path):
    (tmp_path / 'still.mp4').write_bytes(with_times(path.read_bytes(), [0] * 30))
    found, _ = times(tmp_path / 'still.mp4')
    assert len(found) == 30 and all(one < other for one, other in pairwise(found))


def test_a_turned_video_is_turned(path, tmp_path):
    (tmp_path / 'turned.mp4').write_bytes(turned(path.read_bytes()))
    with Video(str(tmp_path / 'turned.mp4')) as video:
        assert (video.width, video.height) == (240, 320)
        assert next(video).image.shape == (320, 240, 3)


def test_a_video_that_ends_early_says_so(tmp_path):
    path = write_video(tmp_path / 'whole.webm', [wall(((2 * n, 90, 90), 0, 0, 99, 99)) for n in range(100)])
    data = path.read_bytes()
    (tmp_path / 'cut.webm').write_bytes(data[: len(data) // 2])
    found, ended_early = times(tmp_path / 'cut.webm', 2)
    assert ended_early and 1 <= len(found) < 20
    assert times(path, 2)[1] is False


def damaged(data):
    middle = data.index(b'mdat') + 4
    return data[:middle] + bytes(len(data) - middle - 1200) + data[-1200:]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda data: data[: len(data) // 2], 'damaged, or without a video stream'),
        (lambda data: data[:40], 'damaged, or without a video stream'),
        (without_pictures, 'damaged, or without a video stream'),
        (damaged, 'damaged'),
        (lambda data: b'', 'no video in a format that is read here'),
        (lambda data: b'#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n', 'no video in a format that is read here'),
        (lambda data: b'\x89PNG\r\n\x1a\n' + data, 'no video in a format that is read here'),
    ],
)
def test_what_is_no_video_is_told(path, tmp_path, change, message):
    (tmp_path / 'x.mp4').write_bytes(change(path.read_bytes()))
    with pytest.raises(UnreadableVideo, match=message):
        times(tmp_path / 'x.mp4')


def test_what_is_no_file_is_told(tmp_path):
    os.mkfifo(tmp_path / 'pipe')
    for name, message in (('none.mp4', 'No such file'), ('', 'Is a directory'), ('pipe', 'not a regular file')):
        with pytest.raises(UnreadableVideo, match=message):
            Video(str(tmp_path / name))


def test_frames_that_are_too_large_are_refused(path):
    with pytest.raises(UnreadableVideo, match='frames of 320 x 240 pixels, more than the 70000 allowed'):
        Video(str(path), max_pixels=70_000)


def test_a_decoder_that_dies_is_no_hang(path):
    with Video(str(path), 1000) as video:
        next(video)
        video._process.kill()
        with pytest.raises(UnreadableVideo, match='its decoder crashed'):
            list(video)


def test_a_decoder_that_gives_nothing_is_no_hang(path, monkeypatch):
    with Video(str(path), patience=60) as video:
        list(zip(range(3), video, strict=False))
        monkeypatch.setattr(type(video._connection), 'poll', lambda *_: False)
        with pytest.raises(UnreadableVideo, match='gave nothing for 60 s'):
            next(video)


def test_it_can_be_left_at_any_frame(path):
    with Video(str(path), 1000) as video:
        next(video)
    assert not video._process.is_alive()
    assert list(video) == []
