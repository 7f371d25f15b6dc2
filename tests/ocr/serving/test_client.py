"""The client of a server that lies, and of pictures that are none."""

import contextlib
import http.server
import io
import json
import os
import random
import threading
from types import SimpleNamespace

import pytest
from PIL import Image
from serving import Obedient, picture, running

from ocr.errors import InputError
from ocr.preprocessing.prepare import Broken
from ocr.region import TextRegion
from ocr.serving import client
from ocr.serving.client import RemoteReader

MODEL = {'limits': {'max_bytes': 10_000, 'max_regions': 4}, 'identity': {'model': 'm'}, 'has_attention': False}
REGION = {'text': 'a', 'confidence': 0.5, 'char_confidences': [0.5]}
ANSWER = {'regions': [REGION]}


class Liar(http.server.BaseHTTPRequestHandler):
    """Answers what the server's `answers` say: {path: (status, headers, body)}; keeps what it was sent."""

    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.server.bodies.append((self.path, dict(self.headers), body))
        answer = self.server.answers[self.path]
        if isinstance(answer, bytes):  # raw
            self.wfile.write(answer)
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in {'Content-Length': str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def liar(answer=None, model=None):
    """A server that answers so to pictures, and so to who asks for its model."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Liar)
    server.handle_error = lambda *_: None
    server.bodies = []
    server.answers = {
        '/v1/model': (200, {}, json.dumps(MODEL).encode()) if model is None else model,
        '/v1/recognize': (200, {}, json.dumps(ANSWER).encode()) if answer is None else answer,
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
    thread.start()
    try:
        yield SimpleNamespace(url=f'http://127.0.0.1:{server.server_address[1]}', bodies=server.bodies)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def image(tmp_path):
    (tmp_path / 'a.png').write_bytes(picture())
    return TextRegion(str(tmp_path / 'a.png'), None, '', '')


@pytest.fixture(autouse=True)
def in_haste(monkeypatch):
    """Nobody waits for long here."""
    monkeypatch.setattr(client, '_PATIENCE', 0.2)
    monkeypatch.setattr(client, '_TIMEOUT', client.urllib3.Timeout(connect=20.0, read=2.0))
    monkeypatch.setattr(client, '_RETRIES', client._RETRIES.new(backoff_factor=0))


def read(url, regions):
    return [result for _, result in RemoteReader(url).read(regions)]


def with_changes(**changes):
    return json.dumps({'regions': [{**REGION, **changes}]}).encode()


NONSENSE = {
    'nothing': b'',
    'no JSON': b'<html>it works</html>',
    'a list': b'[1]',
    'a number': b'7',
    'deep': b'[' * 100_000,
    'deep objects': b'{"regions":' * 50_000,
    'long number': b'{"regions": [' + b'9' * 50_000 + b']}',
    'not UTF-8': b'{"regions": "\xff\xfe"}',
    'no regions': b'{}',
    'regions of null': b'{"regions": null}',
    'region of null': b'{"regions": [null]}',
    'none': b'{"regions": []}',
    'too many': json.dumps({'regions': [REGION] * 3}).encode(),
    'text of null': with_changes(text=None),
    'text of a number': with_changes(text=5),
    'half a character': b'{"regions": [{"text": "\\ud800", "confidence": 0.5, "char_confidences": []}]}',
    'confidence in words': with_changes(confidence='high'),
    'confidence of 2': with_changes(confidence=2),
    'confidence of NaN': with_changes(confidence=float('nan')),
    'confidence of infinity': with_changes(confidence=float('inf')),
    'confidences of null': with_changes(char_confidences=None),
    'confidences of text': with_changes(char_confidences=['a']),
    'positions of text': with_changes(char_positions='here'),
    'positions of null': with_changes(char_positions=[None]),
    'positions nowhere': with_changes(char_positions=[{'peak': [float('nan'), 0], 'box': [[0, 0]] * 4}]),
    'positions of three corners': with_changes(char_positions=[{'peak': [0, 0], 'box': [[0, 0]] * 3}]),
    'lexicon': with_changes(in_lexicon='perhaps'),
}


@pytest.mark.parametrize('name', NONSENSE)
def test_nonsense_is_one_line(image, name):
    with liar((200, {}, NONSENSE[name])) as server, pytest.raises(InputError) as caught:
        read(server.url, [image])
    assert str(caught.value).startswith(f'--server {server.url}: answers, but not as app.py does (')
    assert '\n' not in str(caught.value) and len(str(caught.value)) < 500


@pytest.mark.parametrize(
    'model',
    [
        *(b'', b'[]', b'{}', b'[' * 100_000, b'\xff'),
        *(json.dumps({**MODEL, **change}).encode() for change in (
            {'limits': None}, {'limits': {}}, {'limits': {'max_bytes': -1, 'max_regions': 4}},
            {'limits': {'max_bytes': 9, 'max_regions': 0}}, {'limits': {'max_bytes': 'all', 'max_regions': 4}},
            {'limits': {'max_bytes': 1e300, 'max_regions': 4}}, {'identity': None}, {'identity': {'a': [1]}},
            {'identity': {'a': float('nan')}}, {'has_attention': 'yes'},
        )),
    ],
)  # fmt: skip
def test_a_model_of_nonsense_is_one_line(model):
    with liar(model=(200, {}, model)) as server, pytest.raises(InputError, match='but not as') as caught:
        RemoteReader(server.url)
    assert '\n' not in str(caught.value)


RAW = {
    'hangs up': b'',
    'no HTTP': b'SSH-2.0-OpenSSH_9.6\r\n',
    'a status of words': b'HTTP/1.1 fine OK\r\n\r\n',
    'a status of thousands': b'HTTP/1.1 99999 OK\r\n\r\n',
    'a line without end': b'HTTP/1.1 200 OK\r\nX: ' + b'y' * 100_000 + b'\r\n\r\n',
    'many headers': b'HTTP/1.1 200 OK\r\n' + b'X: y\r\n' * 1000 + b'\r\n',
    'a broken length': b'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}',
    'two lengths': b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
    'too short': b'HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n{}',
    'broken chunks': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n',
    'chunks that end': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}',
    'said to be gzip': b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
    'nul': b'HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 2\r\n\r\n{}',
}


@pytest.mark.parametrize('name', RAW)
def test_what_is_no_http_is_one_line(image, name):
    with liar(RAW[name]) as server, pytest.raises(InputError) as caught:
        read(server.url, [image])
    assert str(caught.value).startswith(f'--server {server.url}: ') and '\n' not in str(caught.value)


@pytest.mark.parametrize(
    'status', [100, 204, 206, 301, 302, 307, 400, 401, 403, 404, 418, 421, 429, 500, 502, 503, 599]
)
def test_other_answers_are_one_line(image, status):
    elsewhere = {'Location': 'http://127.0.0.1:1/', 'Retry-After': '9' * 5000}
    with liar((status, elsewhere, b'')) as server, pytest.raises(InputError) as caught:
        read(server.url, [image])
    assert '\n' not in str(caught.value) and '127.0.0.1:1/' not in str(caught.value)


@pytest.mark.parametrize(
    'error', [b'', b'{}', b'{"error": 5}', b'{"error": {"code": 5, "message": []}}', b'[' * 10_000]
)
@pytest.mark.parametrize('status', [413, 415, 422])
def test_a_picture_refused_in_nonsense(image, status, error):
    with liar((status, {}, error)) as server, pytest.raises(InputError, match=f'answers {status}'):
        read(server.url, [image])


def test_a_message_cannot_write_on_the_terminal(image):
    body = json.dumps({'error': {'code': 'a', 'message': '\x1b[2Jgone\n\nnew\x07 line' + 'x' * 10_000}}).encode()
    with liar((422, {}, body)) as server:
        (broken,) = read(server.url, [image])
    assert isinstance(broken, Broken) and '\x1b' not in broken.message and '\n' not in broken.message
    assert 'gone new' in broken.message and len(broken.message) < 600


def test_a_token_does_not_follow_elsewhere(image):
    with liar() as other, liar((307, {'Location': f'{other.url}/v1/recognize'}, b'')) as server:
        with pytest.raises(InputError, match='answers 307'):
            list(RemoteReader(server.url, 's3cret').read([image]))
        assert not other.bodies


def test_an_answer_without_end(image, monkeypatch):
    monkeypatch.setattr(client, '_LARGEST_ANSWER', 1000)
    with liar((200, {}, b' ' * 5000)) as server, pytest.raises(InputError, match='without end'):
        read(server.url, [image])


def test_answers_that_were_changed_at_random(image):
    """Each is read, or is one line."""
    draw = random.Random(0)
    whole = json.dumps(
        {'regions': [{**REGION, 'char_positions': [{'peak': [1.5, 2], 'box': [[0, 0], [1, 0], [1, 1], [0, 1]]}]}]}
    ).encode()
    answers = {}
    with liar() as server:
        reader = RemoteReader(server.url)
        for _ in range(300):
            changed = bytearray(whole)
            for _ in range(draw.randint(1, 4)):
                place = draw.randrange(len(changed))
                changed[place : place + draw.randint(0, 3)] = draw.choice(
                    [b'', b'"', b'[', b'null', b'-1', b'1e999', b'\xff', b'{"a":', b'\\u0000', b'NaN', b'99']
                )
            reader._once = lambda *_, content=bytes(changed): (200, {}, content)
            try:
                ((_, result),) = reader.read([image])
                json.dumps(result.text).encode()
                answers['read'] = answers.get('read', 0) + 1
            except InputError as error:
                assert '\n' not in str(error)
                answers['refused'] = answers.get('refused', 0) + 1
    assert answers['read'] > 10 and answers['refused'] > 100


def test_nothing_but_pictures_leaves_the_machine(tmp_path):
    (tmp_path / 'key.png').write_text('-----BEGIN OPENSSH PRIVATE KEY-----\n')
    (tmp_path / 'passwd').write_text('root:x:0:0:root:/root:/bin/bash\n')
    (tmp_path / 'page.jpg').write_text('<html>')
    (tmp_path / 'a.eps').write_text('%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n')
    (tmp_path / 'empty.png').write_bytes(b'')
    (tmp_path / 'head.png').write_bytes(picture()[:20])
    Image.new('RGB', (9, 9)).save(tmp_path / 'a.tga')
    (tmp_path / 'large.png').write_bytes(picture() + bytes(20_000))
    os.symlink('/dev/zero', tmp_path / 'zero.png')
    names = sorted(os.listdir(tmp_path))
    with liar() as server:
        results = read(server.url, [TextRegion(str(tmp_path / name), None, '', '') for name in names])
        assert all(
            isinstance(result, Broken) and name in result.message for result, name in zip(results, names, strict=True)
        )
        assert [path for path, *_ in server.bodies] == ['/v1/model']


def test_each_page_is_read_by_itself(tmp_path):
    pages = [Image.new('RGB', (40, 40), (red, 0, 0)) for red in (5, 6, 7)]
    pages[0].save(tmp_path / 'a.tif', save_all=True, append_images=pages[1:])
    (tmp_path / 'b.tif').write_bytes(picture(9, kind='TIFF'))
    names = ('a.tif/1', 'a.tif/3', 'a.tif', 'b.tif')
    with running(Obedient()) as server:
        results = read(server.url, [TextRegion(f'{tmp_path}/{name}', None, '', '') for name in names])
    assert [result.text for result in results] == ['5', '7', '5', '9']


def test_form_has_what_it_is_given():
    body, kind = client.form(b'\x89PNG', [[[0, 0], [1, 0], [1, 1]]], 2)
    assert kind.startswith('multipart/form-data; boundary=') and b'\x89PNG' in body
    assert b'name="image"; filename="image"' in body and b'name="polygons"' in body and b'name="page"' in body
    assert io.BytesIO(client.form(b'', [])[0]).read().count(b'form-data') == 1
