"""Bodies on their way: how many bytes they hold, and whose turn it is to go when that is too much.

A body takes no room in the queue until it is there, so that slow ones keep nobody out. What they may hold together is
bounded: the one that has been arriving longest gives way.
"""

import asyncio

from ocr.serving.problem import Problem


class GaveWay(Exception):
    """A body that took long to arrive was dropped for one that came later."""


class NoRoom(Exception):
    """Bodies that have arrived hold all the bytes that there are."""


class Arrivals:
    """The bodies of a server.

    Args:
        max_bytes: that they hold together, at most.
    """

    def __init__(self, max_bytes):
        self._max_bytes = max_bytes
        self._num_bytes = 0
        self._arriving = []  # Bodies, the oldest first

    @property
    def num_arriving(self):
        """Bodies that are not complete."""
        return len(self._arriving)

    @property
    def num_bytes(self):
        """That all bodies hold, those that have arrived included."""
        return self._num_bytes

    def body(self):
        """A Body that begins to arrive; to be closed."""
        body = Body(self)
        self._arriving.append(body)
        return body

    def _add(self, body, num_bytes):
        while self._num_bytes + num_bytes > self._max_bytes:
            oldest = next((other for other in self._arriving if other is not body), None)
            if oldest is None:
                raise NoRoom
            oldest._give_way()
        self._num_bytes += num_bytes


class Body:
    """One body. It counts until it is closed."""

    def __init__(self, arrivals):
        self._arrivals = arrivals
        self._num_bytes = 0
        self._task = None
        self._gave_way = False

    async def arrive(self, coroutine, seconds):
        """What a coroutine returns that takes the body in and tells `add` of each piece.

        Raises:
            asyncio.TimeoutError: it took longer.
            GaveWay, NoRoom: see there.
            Exception: what the coroutine raises.
        """
        if self._gave_way:
            coroutine.close()
            raise GaveWay
        self._task = asyncio.ensure_future(coroutine)
        try:
            return await asyncio.wait_for(self._task, seconds)
        except asyncio.CancelledError:
            if self._gave_way:
                raise GaveWay from None
            raise
        finally:
            self._leave()

    def add(self, num_bytes):
        """More bytes are there; NoRoom if there is none for them."""
        self._arrivals._add(self, num_bytes)
        self._num_bytes += num_bytes

    def close(self):
        """The bytes are let go."""
        self._leave()
        self._arrivals._num_bytes -= self._num_bytes
        self._num_bytes = 0

    def _leave(self):
        if self in self._arrivals._arriving:
            self._arrivals._arriving.remove(self)

    def _give_way(self):
        self._gave_way = True
        self.close()
        if self._task:
            self._task.cancel()


async def order_of(reader, body, order, seconds, what, remedy):
    """What a coroutine `order` makes of a Body that is still to come.

    Args:
        reader: Reader of the server.
        body: Body.
        order: coroutine that reads it, adding its bytes to `body`.
        seconds: in which it must arrive.
        what: name of what arrives, for the messages.
        remedy: what to do if it is too slow, for the messages.

    Raises:
        Problem: it does not arrive in time, or there is no room for its bytes.
    """
    try:
        return await reader.unless_stopped(body.arrive(order, seconds))
    except asyncio.TimeoutError:
        message = f'The {what} did not arrive within {seconds:g} s; {remedy}.'
    except GaveWay:
        message = f'The {what} arrived more slowly than others, for which there was no room beside it; try again.'
    except NoRoom:
        raise reader.queue_full() from None
    raise Problem(408, 'upload_too_slow', message)
