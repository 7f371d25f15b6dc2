"""A network that can stall: what is sent through it no longer arrives, and no connection is closed."""

import contextlib
import socket
import threading


class StallingProxy:
    """Passes on what is sent to a port of its own on loopback; a context.

    Attributes:
        port: its own.
        passed: bytes passed on so far, in both directions.
    """

    def __init__(self, to_port):
        """`to_port`: on loopback; nobody needs to listen there yet."""
        self.to_port = to_port
        self.passed = 0
        self._flows = threading.Event()
        self._flows.set()
        self._listening = socket.create_server(('127.0.0.1', 0))
        self.port = self._listening.getsockname()[1]
        self._open = [self._listening]

    def stall(self):
        """From now on nothing passes; new connections are accepted, and stay silent."""
        self._flows.clear()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._flows.set()  # ends the threads that wait

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                self._open.append(client)
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client):
        self._flows.wait()
        try:
            server = socket.create_connection(('127.0.0.1', self.to_port), 60)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self._open.append(server)
        threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
        self._pass_on(server, client)

    def _pass_on(self, source, sink):
        with contextlib.suppress(OSError):  # either side has closed it
            while piece := source.recv(1 << 16):
                self._flows.wait()
                sink.sendall(piece)
                self.passed += len(piece)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
