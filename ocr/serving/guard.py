"""What stands around every request: headers of the answer, who may ask, the count for the metrics."""

import asyncio
import hmac
import time

from starlette.datastructures import Headers, MutableHeaders

from ocr.serving.problem import Problem

HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'geolocation=(), microphone=(), payment=(), usb=()',
}
_PATIENCE = 2.0  # seconds in which the rest of a body that nobody wants is taken off the line
CLIENT_LEFT = 499  # what the metrics count if nobody was there to answer


class Guard:
    """ASGI application around another one.

    Args:
        app: ASGI application.
        metrics: Metrics.
        token: what `Authorization: Bearer` must bring, or '' for open doors.
        guarded: function path -> bool, whether the path needs the token.
        hosts: Hosts.
        max_discarded: bytes of a body that nobody wants which are taken off the line, so that its sender hears the
            answer; the line of one who sends more is closed.
        stop: function to call when the server begins to stop.
    """

    def __init__(self, app, metrics, token, guarded, hosts, max_discarded, stop):
        self.app = app
        self.stop = stop
        self._metrics = metrics
        self._token = token.encode()
        self._guarded = guarded
        self._hosts = hosts
        self._max_discarded = max_discarded

    async def __call__(self, scope, receive, send):
        if scope['type'] != 'http':
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        code = CLIENT_LEFT
        body = _Body(receive)

        async def send_guarded(message):
            nonlocal code
            if message['type'] == 'http.response.start':
                code = message['status']
                headers = MutableHeaders(scope=message)
                if not await body.discard(self._max_discarded):
                    headers['Connection'] = 'close'
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            refusal = self._refusal(scope)
            app = refusal.to_response() if refusal else self.app
            await app(scope, body.receive, send_guarded)
        finally:
            self._metrics.count_request(scope['path'], scope['method'], code, time.perf_counter() - started)

    def _refusal(self, scope):
        """Problem of a request that goes no further, or None."""
        headers = Headers(scope=scope)
        try:
            self._hosts.check(scope['method'], headers)
        except Problem as problem:
            return problem
        return _wrong_token() if self._guarded(scope['path']) and not self._is_allowed(headers) else None

    def _is_allowed(self, headers):
        if not self._token:
            return True
        scheme, _, token = headers.get('authorization', '').partition(' ')
        return scheme.lower() == 'bearer' and hmac.compare_digest(token.strip().encode(), self._token)


class _Body:
    """What is still to come of a request's body."""

    def __init__(self, receive):
        self._receive = receive
        self._is_over = False

    async def receive(self):
        """The next ASGI message."""
        message = await self._receive()
        self._is_over = self._is_over or message['type'] != 'http.request' or not message.get('more_body', False)
        return message

    async def discard(self, max_bytes):
        """Take the rest off the line, as far as it comes soon and is not too long; whether that was all of it."""
        deadline = time.monotonic() + _PATIENCE
        num_bytes = 0
        while not self._is_over and num_bytes < max_bytes:
            try:
                message = await asyncio.wait_for(self.receive(), max(0.0, deadline - time.monotonic()))
            except asyncio.TimeoutError:
                break
            num_bytes += len(message.get('body', b''))
        return self._is_over


def _wrong_token():
    return Problem(
        401,
        'wrong_token',
        'This server requires a token; send it as "Authorization: Bearer TOKEN".',
        {'WWW-Authenticate': 'Bearer'},
    )
