"""A server with several models: each request names the one that reads it."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from serving import Obedient, Watchful, error_of, picture, running, street, wait_until
from videos import wall, write_video

from ocr.charset import Charset
from ocr.errors import InputError
from ocr.reading.read_text import ReadText
from ocr.serving import schema
from ocr.serving.models import names_of


class Doubtful(Obedient):
    """Reads as Obedient does, with a question mark."""

    charset = Charset('0123456789?')

    def read(self, canvases, bboxes, **options):
        return [ReadText(f'{one.text}?', 0.5, (0.5,)) for one in super().read(canvases, bboxes, **options)]


@pytest.fixture
def predictors():
    return {'plain': Obedient('fit'), 'doubtful': Doubtful()}


@pytest.fixture
def server(predictors):
    with running(predictors, detector=Watchful(), timeout=60) as server:
        yield server


def texts_of(response):
    assert response.status_code == 200, response.text
    schema.Answer.model_validate(response.json(), strict=True)
    return [region['text'] for region in response.json()['regions']], response.json()['model']['name']


def test_a_request_names_the_model_and_the_first_reads_for_the_others(server):
    assert texts_of(server.recognize(picture(7))) == (['7'], 'plain')
    assert texts_of(server.recognize(picture(7), model='plain')) == (['7'], 'plain')
    assert texts_of(server.recognize(picture(7), model='doubtful')) == (['7?'], 'doubtful')
    body = {'image': base64.b64encode(picture(8)).decode()}
    for name, read in (('doubtful', (['8?'], 'doubtful')), (None, (['8'], 'plain'))):
        assert texts_of(requests.post(f'{server.url}/v1/recognize', json={**body, 'model': name})) == read


def test_found_text_is_read_by_the_model_that_is_named(server):
    scene = street((20, 100, 40, 280, 80), (30, 400, 300, 620, 360))
    assert texts_of(server.recognize(scene, model='doubtful')) == (['20?', '30?'], 'doubtful')


def test_a_model_that_is_not_there_is_refused_and_those_that_are_are_named(server):
    response = server.recognize(picture(), model='Chinese')
    assert error_of(response, 422) == 'unknown_model'
    message = response.json()['error']['message']
    assert message == "There is no model 'Chinese' here; known are plain, doubtful."
    assert server.reader.num_taken == 0
    body = {'image': base64.b64encode(picture()).decode(), 'model': 5}
    assert error_of(requests.post(f'{server.url}/v1/recognize', json=body), 422) == 'bad_model'
    files = {'image': ('a', picture()), 'model': ('a', b'plain')}
    assert error_of(requests.post(f'{server.url}/v1/recognize', files=files), 422) == 'bad_model'


def test_all_models_are_told(server):
    models = requests.get(f'{server.url}/v1/models').json()
    schema.Models.model_validate(models, strict=True)
    first, second = models['models']
    assert (first['name'], first['file'], first['canvas']) == ('plain', 'plain.pb', 'fit')
    assert (second['name'], second['charset']['characters'], second['canvas']) == ('doubtful', '0123456789?', 'square')
    assert requests.get(f'{server.url}/v1/model').json() == first
    assert requests.get(f'{server.url}/healthz').json()['model'] == 'plain'


def test_batches_of_two_models_do_not_mix_and_neither_waits_for_the_other(server, predictors):
    plain, doubtful = predictors.values()
    plain.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        held = [pool.submit(server.recognize, picture(red)) for red in range(4)]
        wait_until(lambda: server.reader.num_taken == 4)
        others = [pool.submit(server.recognize, picture(red), model='doubtful') for red in range(4)]
        assert [texts_of(one.result())[0] for one in others] == [[f'{red}?'] for red in range(4)]
        assert sum(shape[0] for shape in doubtful.shapes) == 4
        plain.gate.set()
        assert [texts_of(one.result())[0] for one in held] == [[str(red)] for red in range(4)]
    assert sum(shape[0] for shape in plain.shapes) == 4


def test_a_video_is_read_by_the_model_that_is_named(server, tmp_path):
    clip = write_video(tmp_path / 'clip.mp4', [wall(((99, 0, 255), 20, 20, 120, 60))] * 10).read_bytes()

    def send(**fields):
        files = {'video': ('clip.mp4', clip), **{name: (None, value) for name, value in fields.items()}}
        return requests.post(f'{server.url}/v1/video', files=files, timeout=300)

    def when_done(job):
        def tell():
            return requests.get(f'{server.url}/v1/video/{job["id"]}').json()

        return wait_until(lambda: (told := tell())['state'] in ('done', 'failed') and told)

    response = send(model='nobody')
    assert error_of(response, 422) == 'unknown_model' and 'plain, doubtful' in response.json()['error']['message']
    jobs = [send().json(), send(model='doubtful').json()]
    assert [job['model'] for job in jobs] == ['plain', 'doubtful']
    plain, doubtful = ([text['text'] for text in when_done(job)['texts']] for job in jobs)
    assert doubtful == [f'{text}?' for text in plain] and len(plain) == 1


def test_a_model_is_called_by_the_name_of_its_file(tmp_path):
    folder = tmp_path / 'chinese.openvino'
    folder.mkdir()
    assert names_of(['pretrain/latin.pb', 'a/latin.v2.onnx', str(folder)]) == ['latin', 'latin.v2', 'chinese.openvino']
    with pytest.raises(
        InputError, match=r'--pb_path: a/latin\.pb and b/latin\.onnx would both be called latin; rename'
    ):
        names_of(['a/latin.pb', 'b/latin.onnx'])
