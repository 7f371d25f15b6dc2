"""Connections with limits: how many there are, how long a request's headers and an unread answer may take.

uvicorn itself counts requests, not connections, and waits for a first header without end: three hundred connections on
which nothing was sent made a server deaf that may have 256 files open.
"""

import contextlib
from itertools import chain

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 10.0  # for the head of a request, and for the client to take some of an answer
BACKLOG = 128  # connections that are accepted at a time
_HASTE = 1.0  # seconds that a new connection has for its request before it gives way
_SPARE_FILES = 64  # open files that are none of the accepted connections
_MOST = 1000  # connections
_FILES_WANTED = 4096


def max_connections():
    """Connections that this process may have at a time; its limit of open files is raised if it may be."""
    try:
        import resource
    except ImportError:  # a system without such limits
        return _MOST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES_WANTED:
        wanted = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _FILES_WANTED)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MOST if soft == resource.RLIM_INFINITY else max(min(soft - BACKLOG - _SPARE_FILES, _MOST), 16)


class Connection(H11Protocol):
    """One connection.

    It is looked at every HEADER_SECONDS for as long as it lives, and aborted if the head of a request has not come
    in that time, or nothing of an unsent answer was taken, even if something else arrives meanwhile.

    If there are too many, the one that has waited longest gives way: of those on which no request has begun for a
    second, else of those whose body is arriving. Those whose request is worked on stay.

    Args:
        most: connections at a time.
        settings: as of uvicorn's H11Protocol.
    """

    def __init__(self, *, most, **settings):
        super().__init__(**settings)
        self._most = most
        self._timer = None
        self._unsent = 0
        self._since = self.loop.time()

    @property
    def is_waiting(self):
        """Whether no request has begun, or the last one is answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def is_arriving(self):
        """Whether the body of a request is to come."""
        return not self.is_waiting and self.cycle.more_body

    def connection_made(self, transport):
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > self._most:
            self._make_room()

    def connection_lost(self, exc):
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data):
        was_waiting = self.is_waiting
        super().data_received(data)
        if was_waiting and not self.is_waiting:
            self._since = self.loop.time()

    def on_response_complete(self):
        self._since = self.loop.time()
        super().on_response_complete()
        self._watch()

    def pause_writing(self):
        super().pause_writing()
        self._watch()

    def _make_room(self):
        others = [one for one in self.connections if one is not self and not one._is_gone]
        if len(others) < self._most:
            return
        others.sort(key=lambda one: one._since)
        overdue = (one for one in others if one.is_waiting and one._since < self.loop.time() - _HASTE)
        arriving = (one for one in others if one.is_arriving)
        waiting = (one for one in others if one.is_waiting)
        next(chain(overdue, arriving, waiting, [self])).transport.abort()

    @property
    def _is_gone(self):
        """Whether it is closed but for the loop's notice; one that closes with an unsent answer still has its file."""
        return self.transport.is_closing() and not self.transport.get_write_buffer_size()

    def _watch(self):
        """Look in HEADER_SECONDS whether the client got on."""
        if self._timer is not None:
            self._timer.cancel()
        self._unsent = self.transport.get_write_buffer_size()
        self._timer = self.loop.call_later(HEADER_SECONDS, self._look)

    def _look(self):
        unsent = self.transport.get_write_buffer_size()
        if 0 < self._unsent <= unsent or (self.is_waiting and not unsent):
            self.transport.abort()
        else:
            self._watch()
