"""A socket and the server on it, which ends at SIGTERM or Ctrl-C when it has finished what it began."""

import signal
import socket
import threading

import uvicorn

from ocr.errors import InputError


def open_socket(host, port):
    """A bound TCP socket; port 0 is any free one.

    Raises:
        InputError: the port is taken or not allowed, or there is no such address here.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise InputError(
            f'--host {host}: no such address ({error.strerror}); 127.0.0.1 is this machine alone'
        ) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
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


def make_server(app):
    """uvicorn.Server of an ASGI application; it logs failures alone, and no request."""
    config = uvicorn.Config(
        app, http='h11', ws='none', lifespan='on', log_level='warning', access_log=False, server_header=False
    )
    return uvicorn.Server(config)


def serve(app, listener):
    """Serve until SIGTERM or Ctrl-C; returns when all that was begun is answered. A second Ctrl-C does not wait."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises the signal again when it has ended
            signal.signal(number, lambda *_: None)
    make_server(app).run(sockets=[listener])
