"""app.py as a user starts it, with the model that comes with the project, and test.py --server as its client."""

import base64
import io
import json
import re
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import requests
import tiny
from PIL import Image
from serving import Obedient, error_of, picture, recognize, running, started, wait_until

from ocr.errors import InputError
from ocr.serving import schema

WORDS = tiny.ROOT / 'imgs' / 'words'


@pytest.fixture(scope='module')
def app():
    with started() as app:
        yield app


@pytest.fixture(scope='module')
def pictures(tmp_path_factory):
    """Pictures and polygons: whole ones, a broken one, two regions of one photograph, one that is missing."""
    folder = tmp_path_factory.mktemp('pictures')
    for name in ('01.jpg', '12.jpg', '19.jpg'):
        (folder / name).write_bytes((WORDS / name).read_bytes())
    (folder / 'broken.jpg').write_bytes((WORDS / '08.jpg').read_bytes()[:2000])
    (folder / 'text.png').write_text('no picture')
    with Image.open(WORDS / '01.jpg') as word:
        width, height = word.size
    rows = [
        ('01.jpg', [[0, 0], [width / 2, 0], [width / 2, height], [0, height]]),
        ('01.jpg', [[width / 2, 0], [width, 0], [width, height], [width / 2, height + 9]]),
        ('gone.jpg', [[0, 0], [9, 0], [9, 9]]),
        ('01.jpg', None),
        ('01.jpg', [[5000, 0], [5009, 0], [5009, 9]]),  # beside the photograph: the server refuses this one
        ('01.jpg', [[0, 0], [width, 0], [width, height], [0, height]]),
    ]
    lines = [json.dumps({'image': image, **({'polygon': polygon} if polygon else {})}) for image, polygon in rows]
    (folder / 'polygons.jsonl').write_text('\n'.join(lines))
    return folder


def read_folder(folder, output, **settings):
    """The objects of results.jsonl, and what results.run.json says."""
    tiny.run_main('test', *tiny.flags(img_folder=folder, output_path=output, **settings))
    lines = (output / 'results.jsonl').read_text(encoding='utf-8').splitlines()
    return [json.loads(line) for line in lines], json.loads((output / 'results.run.json').read_text())


def assert_alike(remote, local):
    """The same lines but for the last digit of confidences, which depends on the batch."""
    assert remote.keys() == local.keys()
    for name in local.keys() - {'confidence', 'char_confidences', 'char_positions'}:
        assert remote[name] == local[name]
    if 'text' in local:
        assert abs(remote['confidence'] - local['confidence']) <= 2e-4
        np.testing.assert_allclose(remote['char_confidences'], local['char_confidences'], atol=2e-4)
        for ours, theirs in zip(remote['char_positions'], local['char_positions'], strict=True):
            np.testing.assert_allclose(ours['box'], theirs['box'], atol=0.2)


def test_the_server_reads_as_this_machine_does(app, pictures, tmp_path):
    remote, remote_run = read_folder(pictures, tmp_path / 'remote', server=app.url)
    local, local_run = read_folder(pictures, tmp_path / 'local')
    assert remote_run == local_run
    assert [record['image'] for record in remote] == ['01.jpg', '12.jpg', '19.jpg', 'broken.jpg', 'text.png']
    for ours, theirs in zip(remote, local, strict=True):
        assert ('error' in ours) == ('error' in theirs) == (ours['image'] in ('broken.jpg', 'text.png'))
        if 'error' in ours:
            assert ours['error'].startswith(f'{pictures}/{ours["image"]}: unreadable image (')
        else:
            assert_alike(ours, theirs)


def test_polygons_too_and_one_that_is_refused_leaves_the_others_alone(app, pictures, tmp_path):
    polygons = pictures / 'polygons.jsonl'
    remote, _ = read_folder(pictures, tmp_path / 'remote', server=app.url, polygons_path=polygons)
    local, _ = read_folder(pictures, tmp_path / 'local', polygons_path=polygons)
    assert len(remote) == len(local) == 6
    for number, (ours, theirs) in enumerate(zip(remote, local, strict=True)):
        if number == 4:
            assert 'outside the picture' in ours['error']
        else:
            assert_alike(ours, theirs)
    assert 'missing image' in remote[2]['error']


def test_a_lexicon_over_there_reads_as_one_here(learnt, tmp_path):
    (tmp_path / 'words.txt').write_text('5\n71\n841\n')
    settings = {'pb_path': learnt.pb_path, 'lexicon': tmp_path / 'words.txt'}
    with started(*tiny.flags(**settings)) as app:
        remote, remote_run = read_folder(learnt.words, tmp_path / 'remote', server=app.url)
        answer = recognize(app.url, (learnt.words / '3.png').read_bytes()).json()
    local, local_run = read_folder(learnt.words, tmp_path / 'local', **settings)
    assert remote_run == local_run
    assert {record['in_lexicon'] for record in local} == {'exactly', 'nearly', 'no'}
    for ours, theirs in zip(remote, local, strict=True):
        assert_alike(ours, theirs)
    schema.Answer.model_validate(answer, strict=True)
    (region,) = answer['regions']
    assert (region['text'], region['in_lexicon'], region['read']) == ('841', 'nearly', '840')


def test_the_attention_is_where_the_characters_are(app):
    response = recognize(app.url, (WORDS / '12.jpg').read_bytes(), attention='true')
    (region,) = response.json()['regions']
    maps = region['attention']['maps']
    assert len(maps) == len(region['text']) + 1 and len(region['char_positions']) == len(region['text'])
    to_image = np.array(region['attention']['to_image'])
    for one, position in zip(maps, region['char_positions'], strict=False):
        with Image.open(io.BytesIO(base64.b64decode(one.removeprefix('data:image/png;base64,')))) as png:
            assert png.mode == 'L'
            grey = np.asarray(png, np.float64)
        assert grey.max() == 255
        row, column = np.unravel_index(grey.argmax(), grey.shape)
        middle = to_image @ [column + 0.5, row + 0.5, 1]
        cell = np.abs(to_image[:, :2]).sum(axis=1)
        assert (np.abs(middle - position['peak']) <= 1.5 * cell).all()


def test_the_card_is_that_of_the_shipped_model(app):
    card = requests.get(f'{app.url}/v1/model').json()
    schema.ModelCard.model_validate(card, strict=True)
    assert (card['name'], card['file']) == ('latin', 'latin.onnx') and card['charset']['name'] == 'ascii'
    assert card['charset']['num_characters'] == 95 and card['has_attention']
    assert card['size_bytes'] == (tiny.ROOT / 'pretrain' / 'latin.onnx').stat().st_size
    samples = requests.get(f'{app.url}/v1/samples').json()['samples']
    assert len(samples) == 24 and requests.get(app.url + samples[0]['url']).status_code == 200


def test_sigterm_ends_it_when_what_was_begun_is_answered():
    with started(patient=True) as app, ThreadPoolExecutor(16) as pool:
        host, port = app.url.removeprefix('http://').split(':')
        request = requests.Request('POST', f'{app.url}/v1/recognize', files={'image': ('a', picture())}).prepare()
        head = ''.join(f'{name}: {value}\r\n' for name, value in request.headers.items())
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(f'POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\n{head}\r\n'.encode() + request.body[:200])
            others = [pool.submit(_status, app.url) for _ in range(16)]
            while 'ocr_queue_regions 0.0' in requests.get(f'{app.url}/metrics').text:
                assert not all(other.done() for other in others)
            app.process.send_signal(signal.SIGTERM)
            line.sendall(request.body[200:])
            answer = line.makefile('rb').read()
        assert answer.startswith(b'HTTP/1.1 200 OK') and b'"regions"' in answer
        assert {other.result() for other in others} <= {200, 'not begun'}
        assert app.process.wait(timeout=60) == 0
        assert app.process.stderr.read() == 'stopped; all requests that had begun are answered\n'


def _status(url):
    try:
        return recognize(url, (WORDS / '12.jpg').read_bytes()).status_code
    except requests.ConnectionError:
        return 'not begun'  # the server had stopped listening


def test_a_token_from_a_file_or_the_environment(tmp_path, pictures, monkeypatch):
    (tmp_path / 'token').write_text('s3cret\n')
    with running(Obedient(), token='s3cret') as server:
        monkeypatch.delenv('OCR_TOKEN', raising=False)
        with pytest.raises(InputError, match=r'requires a token.*--token_path'):
            read_folder(pictures, tmp_path / 'out', server=server.url)
        records, _ = read_folder(pictures, tmp_path / 'out', server=server.url, token_path=tmp_path / 'token')
        assert len(records) == 5
        monkeypatch.setenv('OCR_TOKEN', 's3cret')
        assert read_folder(pictures, tmp_path / 'out', server=server.url)[0] == records


def test_a_busy_server_is_asked_again(tmp_path, pictures):
    predictor = Obedient()
    with running(predictor, queue_size=1, max_regions=1, batch_size=1) as server:
        predictor.gate.clear()
        held = threading.Thread(target=server.recognize, args=(picture(),))
        held.start()
        assert predictor.entered.acquire(timeout=60)
        refused = {'path': '/v1/recognize', 'method': 'POST', 'code': '429'}

        def free():
            wait_until(lambda: server.metric('ocr_requests_total', **refused))
            predictor.gate.set()

        threading.Thread(target=free).start()
        records, _ = read_folder(
            pictures, tmp_path / 'out', server=server.url, polygons_path=pictures / 'polygons.jsonl'
        )
        held.join()
        assert ['error' in record for record in records] == [False, False, True, False, True, False]
        assert server.metric('ocr_requests_total', **refused) >= 1


def test_a_client_says_in_one_line_what_is_wrong(tmp_path, pictures):
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{free.getsockname()[1]}'  # bound, and nobody listens
        result = tiny.run_script('test', '--server', url, '--img_folder', pictures, '--output_path', tmp_path / 'out')
    assert result.returncode == 2 and result.stdout == '' and not (tmp_path / 'out').exists()
    assert result.stderr.startswith(f'test.py: --server {url}: no answer (') and result.stderr.count('\n') == 1
    for settings, said in (
        ({'server': 'nonsense'}, '--server nonsense: not the URL'),
        ({'server': 'http://a:b'}, '--server http://a:b: not the URL'),
        ({'server': url, 'token_path': 'gone'}, '--token_path gone: cannot be read'),
    ):
        with pytest.raises(InputError, match=re.escape(said)):
            read_folder(pictures, tmp_path / 'out', **settings)


@pytest.mark.parametrize(
    'flag',
    [
        '--pb_path a.pb',
        '--charset_path ascii',
        '--image_size 128',
        '--canvas fit',
        '--canvas square',  # the default is given too
        '--rotate',
        '--tta 3',
        '--tta=1',  # the default is given too
        '--rotate=false',
        '--precision float32',
        '--gpus 0',
        '--allow [0-9]*',
        '--lexicon words.txt',
        '--lexicon_strict',
        '--lexicon-strict=false',
        '--beam_width 5',
    ],
)
def test_a_flag_of_the_servers_own_start_is_refused(flag):
    assert refusal(flag) == f'--{named(flag)} belongs to the start of app.py over there; leave it or --server out here'


@pytest.mark.parametrize('flag', ['--n_best 3', '--long_text', '--picture_dir pictures'])
def test_a_flag_that_no_server_heeds_is_refused(flag):
    assert refusal(flag) == f'--{named(flag)} is of reading on this machine; leave it or --server out'


def refusal(flag):
    """What test.py says of a flag beside --server, before it asks the server, which is not there."""
    with pytest.raises(InputError) as caught:
        tiny.run_main('test', '--server', 'http://127.0.0.1:9', *flag.split())
    return str(caught.value)


def named(flag):
    return re.match('--([a-z_-]+)', flag)[1].replace('-', '_')


def test_settings_of_a_file_that_do_not_apply_are_ignored(tmp_path):
    (tmp_path / 'settings.json').write_text('{"beam_width": 5}')
    with pytest.raises(InputError, match='no answer'):
        tiny.run_main('test', '--server', 'http://127.0.0.1:9', '--config_path', tmp_path / 'settings.json')


def test_a_flag_that_the_server_does_not_heed_is_one_line():
    result = tiny.run_script('test', '--server', 'http://127.0.0.1:9', '--n_best', 3)
    assert result.returncode == 2 and result.stdout == ''
    assert result.stderr == 'test.py: --n_best is of reading on this machine; leave it or --server out\n'


def test_a_server_that_goes_away_in_the_middle(tmp_path, pictures):
    with running(Obedient()) as server:
        url = server.url
        from ocr.serving.client import RemoteReader

        reader = RemoteReader(url)
        assert reader.identity['model'] == 'obedient' and not reader.has_attention
    with pytest.raises(InputError, match='no answer'):
        from ocr.region import TextRegion

        list(reader.read([TextRegion(str(pictures / '01.jpg'), None, '', '')]))


@pytest.mark.parametrize(
    ('arguments', 'said'),
    [
        ('--pb_path gone.pb', '--pb_path gone.pb: No such file'),
        ('--host nowhere.invalid', '--host nowhere.invalid: no such address'),
        ('--max_regions 300', '--max_regions is no longer a setting: it is always 200; leave it out'),
        ('--token_path gone', '--token_path gone: cannot be read'),
        ('--n_best 3', '--n_best is a setting of eval.py and test.py'),
        ('--long_text', '--long_text is a setting of eval.py and test.py'),
        ('--long_text', '--long_text is a setting of eval.py and test.py'),
        ('--port 70000', '--port 70000: must be from 0 to 65535'),
    ],
)
def test_a_wrong_start_says_what_is_wrong(arguments, said):
    with pytest.raises(InputError, match=re.escape(said)):
        tiny.run_main('app', '--port', '0', *arguments.split())


def test_a_port_that_is_taken_is_one_line():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        result = tiny.run_script('app', '--port', taken.getsockname()[1])
    assert result.returncode == 2 and result.stderr.count('\n') == 1
    assert 'cannot be listened on (Address already in use); choose another with --port' in result.stderr


def test_another_model_a_token_of_the_environment_and_ctrl_c(learnt):
    with started('--pb_path', learnt.pb_path, OCR_TOKEN='s3cret') as app:
        assert 'without a token' not in app.lines[-1]
        image = (learnt.words / '0.png').read_bytes()
        assert error_of(recognize(app.url, image), 401) == 'wrong_token'
        answer = recognize(app.url, image, headers={'Authorization': 'Bearer s3cret'}).json()
        assert answer['regions'][0]['text'] == tiny.EIGHT_WORDS[0] and answer['model']['name'] == learnt.pb_path.stem
        app.process.send_signal(signal.SIGINT)
        assert app.process.wait(timeout=60) == 0


def test_two_models_beside_each_other(learnt):
    with started('--pb_path', learnt.pb_path, tiny.ROOT / 'pretrain' / 'latin.onnx') as app:
        assert app.lines[-1].split(' reads with ')[1].startswith(f'{learnt.pb_path}, ')
        cards = requests.get(f'{app.url}/v1/models').json()['models']
        assert [card['name'] for card in cards] == [learnt.pb_path.stem, 'latin']
        word = (WORDS / '11.jpg').read_bytes()
        answer = recognize(app.url, word, model='latin', detect='false').json()
        assert answer['regions'][0]['text'] == 'Bookshop' and answer['model']['name'] == 'latin'
        answer = recognize(app.url, (learnt.words / '0.png').read_bytes(), detect='false').json()
        assert answer['regions'][0]['text'] == tiny.EIGHT_WORDS[0] and answer['model']['name'] == learnt.pb_path.stem
