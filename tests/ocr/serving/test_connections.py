"""A connection whose client does not take its answers: with a clock of the test's own and a line of so many bytes."""

import asyncio
import functools
from types import SimpleNamespace

import pytest
import uvicorn
from uvicorn.server import ServerState

from ocr.serving.connections import HEADER_SECONDS, Connection

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
LAST = b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
HIGH, LOW = 65536, 16384  # bytes at which asyncio pauses a writer, and lets it go on


class Clock:
    """An event loop's clock, which stands still until it is told to go on."""

    def __init__(self):
        self.now = 0.0
        self.timers = []

    def time(self):
        return self.now

    def create_task(self, task):
        return asyncio.get_running_loop().create_task(task)

    def call_later(self, delay, function):
        timer = SimpleNamespace(at=self.now + delay, call=function, cancel=lambda: self._drop(timer))
        self.timers.append(timer)
        return timer

    def advance(self, seconds):
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer.at <= end]:
            timer = min(due, key=lambda one: one.at)
            self._drop(timer)
            self.now = timer.at
            timer.call()
        self.now = end

    def _drop(self, timer):
        if timer in self.timers:
            self.timers.remove(timer)


class Line:
    """A transport whose client takes bytes when the test says so."""

    def __init__(self):
        self.unsent = 0
        self.is_closed = self.is_aborted = self._is_paused = False

    def open(self, protocol):
        self.protocol = protocol
        protocol.connection_made(self)

    def write(self, data):
        self.unsent += len(data)
        if self.unsent > HIGH and not self._is_paused:
            self._is_paused = True
            self.protocol.pause_writing()

    def take(self, num_bytes):
        self.unsent -= num_bytes
        if self._is_paused and self.unsent <= LOW:
            self._is_paused = False
            self.protocol.resume_writing()

    def close(self):
        self.is_closed = True

    def abort(self):
        if not self.is_aborted:
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)
        self.unsent = 0
        self.is_closed = self.is_aborted = True

    def is_closing(self):
        return self.is_closed

    def get_write_buffer_size(self):
        return self.unsent

    def get_extra_info(self, name):
        return None

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


class Service:
    """Connections of one server, whose application answers with so many bytes, and fails then where it is told to."""

    def __init__(self, size, most=10, fails=False):
        self.clock = Clock()
        self._size = size
        self._fails = fails
        self._most = most
        self._lines = []
        self._state = ServerState()
        settings = {'log_config': None, 'access_log': False, 'proxy_headers': False, 'timeout_keep_alive': 1000}
        self._config = uvicorn.Config(self._answer, interface='asgi3', **settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for line in self._lines:  # which nobody waits for any longer
            line.abort()

    async def _answer(self, scope, receive, send):
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': bytes(self._size), 'more_body': self._fails})
        if self._fails:
            raise OSError('the rest cannot be read')

    def connect(self):
        line = Line()
        settings = {'config': self._config, 'server_state': self._state, 'app_state': {}, '_loop': self.clock}
        self._lines.append(line)
        line.open(Connection(most=self._most, **settings))
        return line


async def ask(line, data=REQUEST):
    """Send bytes, and let the application do all that it can."""
    line.protocol.data_received(data)
    await settle()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def coroutine(test):
    """A test that is a coroutine."""
    return functools.wraps(test)(lambda *args, **kwargs: asyncio.run(test(*args, **kwargs)))


@pytest.mark.parametrize('pipelined', [1, 3, 50])
@pytest.mark.parametrize('size', [1000, HIGH + 1])
@coroutine
async def test_an_answer_that_is_not_taken(size, pipelined):
    with Service(size) as service:
        line = service.connect()
        await ask(line, REQUEST * pipelined)
        service.clock.advance(HEADER_SECONDS - 1)
        assert not line.is_aborted
        service.clock.advance(1)
        assert line.is_aborted


@coroutine
async def test_a_request_that_comes_while_the_last_answer_is_not_taken():
    """The application waits for the client, and the client is not waited for by anybody else."""
    with Service(HIGH + 1) as service:
        line = service.connect()
        await ask(line)
        service.clock.advance(1)
        await ask(line)
        assert not line.protocol.is_waiting
        service.clock.advance(HEADER_SECONDS)
        assert line.is_aborted


@coroutine
async def test_small_answers_that_are_not_taken():
    """Each of them is complete, until the line is full."""
    with Service(1000) as service:
        line = service.connect()
        while not line.is_aborted:
            assert service.clock.now < 2 * HIGH / 1000
            await ask(line)
            service.clock.advance(1)
        assert service.clock.now > HIGH / 2000


@coroutine
async def test_an_answer_that_is_taken_slowly():
    with Service(10 * HIGH) as service:
        line = service.connect()
        await ask(line)
        await ask(line)
        while not line.protocol.is_waiting or line.unsent > 1000:
            line.take(1000)
            await settle()
            service.clock.advance(HEADER_SECONDS - 1)
            assert not line.is_aborted
        line.take(line.unsent)
        service.clock.advance(HEADER_SECONDS)
        assert line.is_aborted


@coroutine
async def test_answers_that_break_off_and_are_not_taken():
    """The server closes the line, which stays until its bytes are taken."""
    with Service(1000, fails=True) as service:
        line = service.connect()
        await ask(line)
        assert line.is_closed and line.unsent
        service.clock.advance(2 * HEADER_SECONDS)
        assert line.is_aborted


@coroutine
async def test_what_is_no_http_is_answered_and_not_taken():
    with Service(1000) as service:
        line = service.connect()
        await ask(line, b'no http\r\n\r\n')
        assert line.is_closed and line.unsent
        service.clock.advance(2 * HEADER_SECONDS)
        assert line.is_aborted


@coroutine
async def test_closed_lines_with_unsent_answers_count():
    with Service(1000, most=3) as service:
        lines = [service.connect() for _ in range(3)]
        for line in lines:
            await ask(line, LAST)
            service.clock.advance(2)
        assert all(line.is_closed and line.unsent for line in lines)
        service.connect()
        assert [line.is_aborted for line in lines] == [True, False, False]


@coroutine
async def test_a_request_that_is_worked_on_for_long():
    """A client that waits for its answer is not cut off, and nothing is left of a line that is gone."""
    with Service(1000) as service:
        line = service.connect()
        line.protocol.data_received(REQUEST)
        service.clock.advance(100 * HEADER_SECONDS)
        assert not line.is_aborted
        line.protocol.connection_lost(OSError())
        assert not service.clock.timers


@coroutine
async def test_a_head_that_does_not_come():
    with Service(1000) as service:
        line = service.connect()
        for _ in range(int(HEADER_SECONDS)):
            assert not line.is_aborted
            await ask(line, REQUEST[:1])
            service.clock.advance(1)
        assert line.is_aborted
