"""A socket and the server on it, which ends at SIGTERM or Ctrl-C when it has finished what it began."""

import functools
import logging
import signal
import socket
import threading

import uvicorn

from ocr.errors import InputError
from ocr.serving.connections import BACKLOG, Connection, max_connections
from ocr.serving.repeats import OnceAWhile

_MAX_HEAD = 32_768  # bytes of a request's head


def open_socket(host, port):
    """A bound TCP socket; port 0 is any free one.

    Raises:
        InputError: the port is taken or not allowed, or there is no such address here.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise InputError(f'--host {host}: no such address ({error.strerror}); 127.0.0.1 is this machine only') from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise InputError(
            f'--port {port} on {host}: cannot be listened on ({error.strerror}); choose another with --port, '
            'or stop the program that has it'
        ) from None
    return listener


def url_of(listener):
    """http://host:port of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'


class Server(uvicorn.Server):
    """uvicorn's, which tells when it begins to stop, and whose log does not repeat itself."""

    def __init__(self, config, on_stop):
        super().__init__(config)
        self._on_stop = on_stop
        self._filter = OnceAWhile()

    async def serve(self, sockets=None):
        loggers = [logging.getLogger(name) for name in ('asyncio', 'uvicorn.error')]
        for logger in loggers:
            logger.addFilter(self._filter)
        try:
            await super().serve(sockets)
        finally:
            for logger in loggers:
                logger.removeFilter(self._filter)

    async def shutdown(self, sockets=None):
        self._on_stop()
        await super().shutdown(sockets)


def make_server(app, *, stop_seconds=35):
    """Server of an ASGI application; it logs failures alone, and no request.

    Args:
        app: ASGI application; its `stop`, if it has one, is called in the event loop when the server begins to stop.
        stop_seconds: after which what is still not answered is dropped.
    """
    config = uvicorn.Config(
        app,
        http=functools.partial(Connection, most=max_connections()),
        ws='none',
        lifespan='on',
        log_level='warning',
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=stop_seconds,
        h11_max_incomplete_event_size=_MAX_HEAD,
    )
    return Server(config, getattr(app, 'stop', lambda: None))


def serve(app, listener, **settings):
    """Serve until SIGTERM or Ctrl-C; returns when all that was begun is answered. A second Ctrl-C does not wait.

    Args:
        app: ASGI application.
        listener: bound socket.
        settings: of make_server.
    """
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises the signal again when it has ended
            signal.signal(number, lambda *_: None)
    make_server(app, **settings).run(sockets=[listener])
