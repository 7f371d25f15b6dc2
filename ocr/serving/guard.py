"""What stands around every request: headers of the answer, the token, the count for the metrics."""

import hmac
import time

from starlette.datastructures import Headers, MutableHeaders

from ocr.serving.problem import Problem

HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'geolocation=(), microphone=(), payment=(), usb=()',
}
CLIENT_LEFT = 499  # what the metrics count where nobody was there to answer


class Guard:
    """ASGI application around another one.

    Args:
        app: ASGI application.
        metrics: Metrics.
        token: what `Authorization: Bearer` must bring, or '' for open doors.
        guarded: function path -> bool, whether the path needs the token.
    """

    def __init__(self, app, metrics, token, guarded):
        self.app = app
        self._metrics = metrics
        self._token = token.encode()
        self._guarded = guarded

    async def __call__(self, scope, receive, send):
        if scope['type'] != 'http':
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        code = CLIENT_LEFT

        async def send_guarded(message):
            nonlocal code
            if message['type'] == 'http.response.start':
                code = message['status']
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if self._guarded(scope['path']) and not self._is_allowed(Headers(scope=scope)):
                await _refusal().to_response()(scope, receive, send_guarded)
            else:
                await self.app(scope, receive, send_guarded)
        finally:
            self._metrics.count_request(scope['path'], scope['method'], code, time.perf_counter() - started)

    def _is_allowed(self, headers):
        if not self._token:
            return True
        scheme, _, token = headers.get('authorization', '').partition(' ')
        return scheme.lower() == 'bearer' and hmac.compare_digest(token.strip().encode(), self._token)


def _refusal():
    return Problem(
        401,
        'wrong_token',
        'This server wants a token; send it as "Authorization: Bearer TOKEN".',
        {'WWW-Authenticate': 'Bearer'},
    )
