"""The server under attack: whoever wants to keep it busy, and whoever else asks meanwhile."""

import contextlib
import io
import logging
import random
import socket
import threading
import time

import pytest
import requests
from PIL import Image
from serving import Obedient, error_of, picture, running, wait_until
from stubborn_decoders import ENDLESS, crashing, endless

from ocr.serving import connections
from ocr.serving import reader as readers
from ocr.serving.hosts import Hosts
from ocr.serving.limits import Limits
from ocr.serving.repeats import OnceAWhile
from ocr.serving.server import Server

HEAD = (
    b'POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
)


def endless_picture():
    """What the decoder `endless` never comes to an end with."""
    return picture(size=ENDLESS)


def noise():
    """A picture of 7 kB."""
    stream = io.BytesIO()
    Image.frombytes('RGB', (48, 48), random.Random(0).randbytes(48 * 48 * 3)).save(stream, 'PNG')
    return stream.getvalue()


def address(server):
    host, port = server.url.removeprefix('http://').split(':')
    return host, int(port)


@contextlib.contextmanager
def lines(server, number, data):
    """So many connections on which something was sent, and no more comes."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(address(server), timeout=60)) for _ in range(number)]
        for line in opened:
            line.sendall(data)
        yield opened


def is_closed(line):
    """Whether the server has closed a line, and said nothing."""
    try:
        return line.recv(1) == b''
    except ConnectionResetError:
        return True


def test_decoding_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(readers, 'prepare_picture', endless)
    with running(Obedient(), timeout=2.0) as server:
        attackers = [threading.Thread(target=server.recognize, args=(endless_picture(),)) for _ in range(2)]
        for attacker in attackers:
            attacker.start()
        for attacker in attackers:
            attacker.join()
        server.reader.limits = Limits()  # with time enough, also to start processes in place of those that were killed
        assert server.recognize(picture(5)).json()['regions'][0]['text'] == '5'
        assert server.reader.num_taken == 0


def test_decoding_that_takes_too_long_is_named(monkeypatch):
    monkeypatch.setattr(readers, 'prepare_picture', endless)
    monkeypatch.setattr('ocr.serving.limits._DECODE_SECONDS', 1.0)
    with running(Obedient(), timeout=60.0) as server:
        assert error_of(server.recognize(endless_picture()), 422) == 'decoding_too_slow'


def test_a_decoder_that_crashes_takes_its_picture_along_alone(monkeypatch):
    monkeypatch.setattr('ocr.serving.limits._DECODE_SECONDS', 1000.0)  # a process that starts late is not too slow
    with running(Obedient()) as server:
        with monkeypatch.context() as patch:
            patch.setattr(readers, 'prepare_picture', crashing)
            assert error_of(server.recognize(picture()), 422) == 'damaged_image'
        assert server.recognize(picture(5)).status_code == 200


def test_answers_do_not_wait_behind_decoding(monkeypatch):
    """Both processes are kept busy while a region is read; its answer comes all the same."""
    monkeypatch.setattr(readers, 'prepare_picture', endless)
    monkeypatch.setattr(readers, 'STOP_GRACE', 0.1)
    monkeypatch.setattr('ocr.serving.limits._DECODE_SECONDS', 1000.0)
    predictor = Obedient()
    with running(predictor, timeout=60.0) as server:
        predictor.gate.clear()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(server.recognize(picture(5))))
        asking.start()
        assert predictor.entered.acquire(timeout=60)
        attackers = [threading.Thread(target=server.recognize, args=(endless_picture(),)) for _ in range(4)]
        for attacker in attackers:
            attacker.start()
        wait_until(lambda: server.reader.num_taken == 5)
        predictor.gate.set()
        asking.join()
        assert answers[0].status_code == 200 and server.reader.num_taken == 4
    for attacker in attackers:
        attacker.join()


def test_a_stop_does_not_wait_for_decoding_nor_for_slow_bodies(monkeypatch):
    monkeypatch.setattr(readers, 'prepare_picture', endless)
    monkeypatch.setattr(readers, 'STOP_GRACE', 0.5)
    monkeypatch.setattr('ocr.serving.limits._DECODE_SECONDS', 1000.0)
    with running(Obedient(), timeout=60.0) as server, lines(server, 1, HEAD):
        answers = []
        attacker = threading.Thread(target=lambda: answers.append(server.recognize(endless_picture())))
        attacker.start()
        wait_until(lambda: server.reader.num_taken == 1 and server.reader.arrivals.num_arriving == 1)
        server.server.should_exit = True
        attacker.join()
        assert error_of(answers[0], 503) == 'stopping'  # long before it is too slow


def test_slow_bodies_keep_nobody_out():
    with running(Obedient(), queue_size=64, timeout=60.0) as server, lines(server, 100, HEAD):
        wait_until(lambda: server.reader.arrivals.num_arriving == 100)
        assert server.recognize(picture(5)).status_code == 200
        assert server.reader.num_taken == 0


def test_bodies_that_are_too_much_together_the_oldest_gives_way():
    with running(Obedient(), max_bytes=10_000, timeout=60.0) as server:
        server.reader.arrivals._max_bytes = 30_000
        head = HEAD.replace(b'1000', b'20000')
        with lines(server, 1, head + b'[' + b' ' * 19_000) as (first,), lines(server, 1, head + b'[' + b' ' * 9000):
            wait_until(lambda: server.reader.arrivals.num_bytes >= 28_000)
            assert server.recognize(noise()).status_code == 200
            answer = first.makefile('rb').read()
            assert answer.startswith(b'HTTP/1.1 408') and b'upload_too_slow' in answer
        wait_until(lambda: not server.reader.arrivals.num_arriving and not server.reader.arrivals.num_bytes)


@pytest.mark.parametrize('data', [b'', b'POST /v1/rec', b'GET / HTTP/1.1\r\nHost: localhost\r\nX: ', HEAD])
def test_connections_on_which_nothing_comes_give_way(monkeypatch, data):
    monkeypatch.setattr('ocr.serving.server.max_connections', lambda: 20)
    with running(Obedient(), timeout=60.0) as server, lines(server, 40, data) as opened:
        for number in range(3):
            assert server.recognize(picture(number)).status_code == 200
        assert sum(map(is_closed, opened[:15])) == 15
        assert len(server.server.server_state.connections) <= 20


def test_one_that_is_worked_for_stays(monkeypatch):
    monkeypatch.setattr('ocr.serving.server.max_connections', lambda: 20)
    predictor = Obedient()
    with running(predictor, timeout=60.0) as server:
        predictor.gate.clear()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(server.recognize(picture(5))))
        asking.start()
        assert predictor.entered.acquire(timeout=60)
        with lines(server, 40, b''):
            predictor.gate.set()
            asking.join()
        assert answers[0].status_code == 200


@pytest.mark.parametrize('data', [b'', b'GET / HTTP/1.1\r\nHost: localhost\r\nX: '])
def test_a_head_that_does_not_come_ends_the_connection(monkeypatch, data):
    monkeypatch.setattr(connections, 'HEADER_SECONDS', 0.3)
    with running(Obedient()) as server, lines(server, 1, data) as (line,):
        if data:  # a byte now and then is no head
            for _ in range(3):
                time.sleep(0.1)
                with contextlib.suppress(OSError):
                    line.sendall(b'a')
        assert is_closed(line)


def test_an_answer_that_is_not_taken_ends_the_connection(monkeypatch):
    """Also if a request comes when the line is full already; both ends have small buffers, unlike the system's."""
    request = b'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'
    with running(Obedient()) as server, socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # has an effect only before the connection is made
        line.connect(address(server))
        opened = server.server.server_state.connections
        (mine,) = wait_until(lambda: [one for one in list(opened) if one.client == line.getsockname()])
        monkeypatch.setattr(connections, 'HEADER_SECONDS', 0.5)
        with contextlib.suppress(OSError):
            mine.transport.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            while mine in opened and not mine.flow.write_paused:
                line.sendall(request)
                time.sleep(0.01)
            line.sendall(request)
        wait_until(lambda: mine not in opened)


def test_a_head_of_many_headers_is_refused():
    with running(Obedient()) as server, lines(server, 1, b'GET / HTTP/1.1\r\n' + b'X: y\r\n' * 20_000) as (line,):
        assert line.recv(100).startswith(b'HTTP/1.1 400')


class TestHosts:
    """By which names a server is reached, and from which pages."""

    @pytest.mark.parametrize(
        'host', ['127.0.0.1:5000', 'localhost', 'LOCALHOST:80', '[::1]:5000', '127.0.0.2', 'a.localhost', '']
    )
    @pytest.mark.parametrize('bound', ['127.0.0.1', 'localhost', '::1'])
    def test_own_names(self, bound, host):
        Hosts(bound).check('POST', {'host': host} if host else {})

    @pytest.mark.parametrize(
        ('bound', 'host'),
        [
            ('127.0.0.1', 'evil.example'),
            ('127.0.0.1', '192.168.1.5:5000'),
            ('127.0.0.1', 'localhost.evil.example'),
            ('127.0.0.1', '127.0.0.1.evil.example'),
            ('127.0.0.1', 'evil.example@localhost:bad'),
            ('127.0.0.1', '['),
            ('0.0.0.0', 'evil.example:5000'),
            ('192.168.1.5', 'evil.example'),
        ],
    )
    def test_other_names(self, bound, host):
        with pytest.raises(Exception, match='does not answer to the name') as caught:
            Hosts(bound).check('GET', {'host': host})
        assert (caught.value.status, caught.value.code) == (421, 'unknown_host')

    def test_on_a_network(self):
        for host in ('192.168.1.5:5000', '[fe80::1]', 'localhost', socket.gethostname()):
            Hosts('0.0.0.0').check('GET', {'host': host})
        Hosts('0.0.0.0', has_token=True).check('POST', {'host': 'ocr.example', 'origin': 'https://ocr.example'})
        Hosts('0.0.0.0', ['OCR.example']).check('GET', {'host': 'ocr.example:443'})
        with pytest.raises(Exception, match='does not answer'):
            Hosts('0.0.0.0', ['ocr.example'], has_token=True).check('GET', {'host': 'other.example'})
        Hosts('127.0.0.1', ['*']).check('GET', {'host': 'anything.example'})

    @pytest.mark.parametrize(
        'headers',
        [
            {},
            {'origin': 'http://localhost:5000'},
            {'origin': 'HTTP://LOCALHOST:5000', 'sec-fetch-site': 'same-origin'},
            {'sec-fetch-site': 'none'},
            {'origin': 'https://page.example'},
        ],
    )
    def test_own_pages(self, headers):
        Hosts('127.0.0.1', ['page.example']).check('POST', {'host': 'localhost:5000', **headers})

    @pytest.mark.parametrize(
        'headers',
        [
            {'origin': 'http://evil.example'},
            {'origin': 'null'},
            {'origin': ''},
            {'origin': 'http://localhost'},
            {'origin': 'http://localhost:5001'},
            {'origin': 'https://127.0.0.1:5000'},
            {'origin': 'http://localhost:5000.evil.example'},
            {'origin': 'http://[bad'},
            {'sec-fetch-site': 'cross-site'},
            {'sec-fetch-site': 'same-site'},
        ],
    )
    def test_pages_of_others(self, headers):
        with pytest.raises(Exception, match='a page of another site') as caught:
            Hosts('127.0.0.1').check('POST', {'host': 'localhost:5000', **headers})
        assert (caught.value.status, caught.value.code) == (403, 'cross_site')
        Hosts('127.0.0.1').check('GET', {'host': 'localhost:5000', **headers})

    def test_a_proxy_with_tls_keeps_host_and_origin_alike(self):
        Hosts('127.0.0.1', ['ocr.example']).check('POST', {'host': 'ocr.example', 'origin': 'https://ocr.example'})

    def test_over_http(self):
        with running(Obedient()) as server:
            for headers, status, code in (
                ({'Host': 'evil.example'}, 421, 'unknown_host'),
                ({'Origin': 'http://evil.example'}, 403, 'cross_site'),
            ):
                assert error_of(server.recognize(picture(), headers=headers), status) == code
            assert server.recognize(picture(), headers={'Origin': server.url}).status_code == 200
            assert requests.get(server.url, headers={'Host': 'evil.example'}).status_code == 421


class TestLog:
    """What fails over and over is said once in a while."""

    def test_once_a_while(self):
        now, shown = [0.0], []
        logger = logging.Logger('test')
        logger.addFilter(OnceAWhile(60, lambda: now[0]))
        handler = logging.Handler()
        handler.emit = lambda record: shown.append(record.getMessage())
        logger.addHandler(handler)
        for _ in range(1000):
            logger.error('no file %d\nsocket %s', 7, object())
        logger.error('another')
        now[0] = 61.0
        logger.error('no file %d\nsocket %s', 7, object())
        assert shown[1] == 'another' and len(shown) == 3
        assert shown[0].startswith('no file 7\n') and shown[2].endswith('(999 more of these since the last)')

    def test_exceptions_of_other_places_are_others(self):
        shown = []
        logger = logging.Logger('test')
        logger.addFilter(OnceAWhile())
        handler = logging.Handler()
        handler.emit = shown.append
        logger.addHandler(handler)
        for number in (0, 1, 0, 1):
            try:
                1 // 0 if number else int('x')
            except Exception:
                logger.exception('failed')
        assert len(shown) == 2

    def test_they_are_remembered_within_bounds(self):
        once = OnceAWhile()
        for number in range(5000):
            once.filter(logging.makeLogRecord({'msg': f'message {number}'}))
        assert len(once._seen) <= 1000

    def test_the_server_takes_its_filter_along(self):
        with running(Obedient()) as server:
            assert isinstance(server.server, Server)
            assert any(isinstance(one, OnceAWhile) for one in logging.getLogger('asyncio').filters)
        assert not any(isinstance(one, OnceAWhile) for one in logging.getLogger('asyncio').filters)
