"""Videos over HTTP: progress, texts, subtitles, refusals, stopping, and pictures beside them."""

import gc
import os
import time
from types import SimpleNamespace

import pytest
import requests
from serving import Obedient, Watchful, error_of, picture, running, street
from videos import wall, with_times, without_pictures, write_video

from ocr.serving import schema
from ocr.serving.limits import Limits
from ocr.serving.video import jobs
from ocr.serving.video.body import MemoryFile

BOXES = ((11, 0, 255), 20, 20, 120, 60), ((99, 0, 255), 150, 150, 250, 190)


@pytest.fixture(scope='module')
def clips(tmp_path_factory):
    """.clip: four seconds, a second text from two seconds on; .still: no text. Bytes of MP4."""
    folder = tmp_path_factory.mktemp('clips')
    frames = [wall(*BOXES[:1])] * 20 + [wall(*BOXES)] * 20
    clip = write_video(folder / 'clip.mp4', frames).read_bytes()
    still = write_video(folder / 'still.mp4', [wall()] * 10).read_bytes()
    return SimpleNamespace(clip=clip, still=still)


@pytest.fixture
def detector():
    return Watchful()


@pytest.fixture
def predictor():
    return Obedient('fit')


@pytest.fixture
def server(predictor, detector):
    with running(predictor, detector=detector, window=0.0) as server:
        yield server


def send(server, data, **fields):
    files = {'video': ('clip.mp4', data), **{name: (None, value) for name, value in fields.items()}}
    return requests.post(f'{server.url}/v1/video', files=files, timeout=300)


def ask(server, job, after=0):
    response = requests.get(f'{server.url}/v1/video/{job["id"]}', {'after': after}, timeout=300)
    assert response.status_code == 200, response.text
    schema.VideoJob.model_validate(response.json())
    return response.json()


def finish(server, job):
    return wait_for(lambda: ask(server, job), lambda job: job['state'] in ('done', 'failed'))


def wait_for(value, condition):
    deadline = time.monotonic() + 300
    while not condition(found := value()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def test_a_video_is_read(server, clips):
    response = send(server, clips.clip)
    assert response.status_code == 202, response.text
    job = response.json()
    schema.VideoJob.model_validate(job)
    assert response.headers['Location'] == f'/v1/video/{job["id"]}'
    assert (job['width'], job['height'], job['fps'], job['seconds']) == (320, 240, 2.0, pytest.approx(4))
    done = finish(server, job)
    assert done['state'] == 'done' and done['complete'] and done['frames'] == 8
    assert done['read_seconds'] == pytest.approx(4) and done['showing'] == []
    texts = sorted(done['texts'], key=lambda text: text['start'])
    assert [(text['start'], text['end'], text['num_seen']) for text in texts] == [(0, 4, 8), (2, 4, 4)]
    assert abs(int(texts[0]['text']) - 11) < 9 and abs(int(texts[1]['text']) - 99) < 9  # as far as the codec is exact
    assert ask(server, job, after=1)['texts'] == done['texts'][1:]
    subtitles = requests.get(f'{server.url}/v1/video/{job["id"]}/subtitles')
    assert subtitles.headers['Content-Type'] == 'text/plain; charset=utf-8'
    assert subtitles.text.startswith('1\n00:00:00,000 --> 00:00:02,000\n')


def test_progress_is_told_while_it_is_read(server, detector, clips):
    detector.gate.clear()
    job = send(server, clips.clip, fps='10').json()
    assert job['state'] in ('waiting', 'reading') and job['frames'] == 0
    detector.gate.set()
    assert finish(server, job)['frames'] == 40


def test_a_video_without_text_is_a_valid_answer(server, clips):
    done = finish(server, send(server, clips.still).json())
    assert done['complete'] and done['texts'] == []


def test_pictures_are_read_while_a_video_is(server, predictor, clips):
    job = send(server, clips.clip, fps='10').json()
    answer = server.recognize(street((20, 100, 40, 280, 80))).json()
    assert answer['regions'][0]['text'] == '20'
    assert finish(server, job)['complete']


def test_a_picture_waits_for_one_frame_at_most(server, detector, clips):
    detector.gate.clear()
    job = send(server, clips.clip, fps='10').json()
    wait_for(lambda: detector.shapes, len)  # the first frame is looked at
    seen = len(detector.shapes)
    assert len(server.recognize(picture(7), detect='false').json()['regions']) == 1  # needs no detector, and no wait
    assert len(detector.shapes) == seen
    detector.gate.set()
    assert finish(server, job)['complete']


def test_a_video_is_stopped_and_forgotten(server, detector, clips):
    detector.gate.clear()
    first, second = send(server, clips.clip).json(), send(server, clips.clip).json()
    for job in (second, first):
        assert requests.delete(f'{server.url}/v1/video/{job["id"]}').status_code == 204
        assert error_of(requests.get(f'{server.url}/v1/video/{job["id"]}'), 404) == 'no_such_video'
        assert error_of(requests.delete(f'{server.url}/v1/video/{job["id"]}'), 404) == 'no_such_video'
    detector.gate.set()
    assert finish(server, send(server, clips.clip).json())['complete']


def test_one_that_waits_is_let_go_at_once(server, detector, clips):
    detector.gate.clear()
    first = send(server, clips.clip).json()
    for _ in range(4):  # more than wait at a time
        waiting = send(server, clips.clip).json()
        job = server.reader.videos.get(waiting['id'])
        assert requests.delete(f'{server.url}/v1/video/{waiting["id"]}').status_code == 204
        assert job.state == 'failed' and job.ended is not None
    detector.gate.set()
    assert finish(server, first)['complete']


def test_one_is_read_and_two_wait_and_more_are_turned_away(server, detector, clips):
    detector.gate.clear()
    waiting = [send(server, clips.still).json() for _ in range(3)]
    response = send(server, clips.still)
    assert error_of(response, 429) == 'queue_full' and response.headers['Retry-After'] == '30'
    detector.gate.set()
    assert all(finish(server, job)['complete'] for job in waiting)
    assert send(server, clips.still).status_code == 202


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda data: b'', 'no video in a format that is read here: MP4'),
        (lambda data: b'#EXTM3U\nfile:///etc/passwd', 'no video in a format that is read here'),
        (lambda data: data[:2000], 'damaged, or without a video stream'),
        (without_pictures, 'damaged, or without a video stream'),
    ],
)
def test_what_is_no_video_is_refused_at_once(server, clips, change, message):
    response = send(server, change(clips.clip))
    assert error_of(response, 422) == 'unreadable_video' and message in response.json()['error']['message']


def test_limits_of_bytes_seconds_and_pixels(clips):
    with running(Obedient(), detector=Watchful(), max_video_bytes=1000) as server:
        assert error_of(send(server, clips.clip), 413) == 'video_too_large'
        assert error_of(send(server, clips.clip * 20), 413) == 'video_too_large'
    with running(Obedient(), detector=Watchful(), max_video_seconds=2) as server:
        assert error_of(send(server, clips.clip), 413) == 'video_too_long'
    with running(Obedient(), detector=Watchful(), max_pixels=5000) as server:
        response = send(server, clips.clip)
        assert error_of(response, 422) == 'unreadable_video' and '320 x 240' in response.json()['error']['message']


def test_a_video_that_is_longer_than_it_says_is_cut(clips, monkeypatch):
    class Modest(jobs.Video):
        seconds = property(lambda self: None, lambda self, _: None)

    monkeypatch.setattr(jobs, 'Video', Modest)
    with running(Obedient(), detector=Watchful(), max_video_seconds=2) as server:
        done = finish(server, send(server, clips.clip).json())
    assert done['state'] == 'done' and not done['complete'] and done['frames'] == 5


def test_times_without_end_are_too_long(server, clips):
    endless = with_times(clips.clip, [1 << 24] * 40)
    assert error_of(send(server, endless), 413) == 'video_too_long'


@pytest.mark.parametrize(
    ('fields', 'status', 'code'),
    [
        ({'fps': '0'}, 422, 'bad_fps'),
        ({'fps': '31'}, 422, 'bad_fps'),
        ({'fps': 'nan'}, 422, 'bad_fps'),
        ({'speed': '2'}, 422, 'unknown_field'),
    ],
)
def test_fields_that_are_refused(server, clips, fields, status, code):
    assert error_of(send(server, clips.clip, **fields), status) == code


def test_requests_that_bring_no_video(server):
    url = f'{server.url}/v1/video'
    assert error_of(requests.post(url, json={'video': 'x'}), 415) == 'unsupported_content_type'
    assert error_of(requests.post(url, files={'video': (None, 'text')}), 422) == 'missing_video'
    assert error_of(requests.post(url, files={'fps': (None, '2')}), 422) == 'missing_video'
    broken = {'Content-Type': 'multipart/form-data; boundary=x'}
    assert error_of(requests.post(url, data=b'--y\r\n', headers=broken), 400) == 'malformed_form'
    assert error_of(requests.get(f'{url}/none?after=-1'), 422) == 'bad_request'
    assert error_of(requests.get(f'{url}/n!ne'), 422) == 'bad_request'


def test_without_a_detector_no_video_is_read(clips):
    with running(Obedient()) as server:
        assert error_of(send(server, clips.clip), 422) == 'no_detector'
        assert error_of(requests.get(f'{server.url}/v1/video/x'), 404) == 'not_found'


def test_the_token_is_asked_for(clips):
    with running(Obedient(), detector=Watchful(), token='open') as server:
        assert error_of(send(server, clips.clip), 401) == 'wrong_token'
        assert error_of(requests.get(f'{server.url}/v1/video/x'), 401) == 'wrong_token'


def test_a_video_that_nobody_asks_for_is_given_up(server, detector, clips, monkeypatch):
    detector.gate.clear()
    job = send(server, clips.clip).json()
    monkeypatch.setattr(jobs, 'ABANDONED', -1.0)
    detector.gate.set()
    failed = finish(server, job)
    assert failed['state'] == 'failed' and failed['error']['code'] == 'stopped' and not failed['complete']


def test_texts_are_kept_for_a_while(server, clips, monkeypatch):
    job = send(server, clips.still).json()
    finish(server, job)
    monkeypatch.setattr(jobs, '_KEPT', -1.0)
    assert error_of(requests.get(f'{server.url}/v1/video/{job["id"]}'), 404) == 'no_such_video'


def test_a_failure_of_the_server_is_told_and_goes_to_the_log(server, predictor, clips, caplog):
    predictor.failure = ValueError('out of order')
    failed = finish(server, send(server, clips.clip).json())
    assert failed['state'] == 'failed' and failed['error']['code'] == 'internal_error'
    assert 'out of order' not in failed['error']['message'] and 'out of order' in caplog.text
    predictor.failure = None
    assert finish(server, send(server, clips.clip).json())['complete']


def test_a_frame_with_more_text_than_is_read(clips):
    with running(Obedient(), detector=Watchful(), max_regions=1) as server:
        done = finish(server, send(server, clips.clip).json())
    assert done['left_out'] == {'frames with more text than is read': 4}


def test_a_server_that_stops_waits_for_no_video(clips):
    detector = Watchful()
    with running(Obedient(), detector=detector) as server:
        detector.gate.clear()
        running_job, waiting = send(server, clips.clip, fps='10').json(), send(server, clips.clip).json()
        assert running_job['id'] != waiting['id']
        jobs_of = list(server.reader.videos._jobs.values())
        detector.gate.set()
    assert all(job.ended is not None or job.is_stopped for job in jobs_of)


def test_nothing_is_left_on_the_disk_or_open(server, clips, tmp_path):
    def opened():
        gc.collect()
        links = [os.readlink(f'/proc/self/fd/{one}') for one in os.listdir('/proc/self/fd') if _is_link(one)]
        return sum('memfd:video' in link for link in links)

    before = opened()
    finish(server, send(server, clips.clip).json())
    error_of(send(server, clips.clip[:2000]), 422)
    assert opened() == before


def _is_link(descriptor):
    return os.path.islink(f'/proc/self/fd/{descriptor}')


def test_a_file_in_memory_can_be_opened_by_its_path():
    file = MemoryFile(b'abc')
    with open(file.path, 'rb') as stream:
        assert stream.read() == b'abc'
    file.close()
    assert not os.path.exists(file.path)


def test_the_card_tells_the_limits(server):
    limits = requests.get(f'{server.url}/v1/model').json()['limits']
    assert limits['max_video_bytes'] == Limits().max_video_bytes == 100_000_000
    assert limits['max_video_seconds'] == 600 and limits['max_videos'] == 3
