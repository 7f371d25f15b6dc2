"""What is wrong with a request, in words for the person who sent it."""

from starlette.responses import JSONResponse


class Problem(Exception):
    """A request that cannot be answered as asked.

    Attributes:
        status: HTTP status, 4xx or 5xx.
        code: short snake_case word for programs.
        message: a plain sentence that says what is wrong and what to do.
        headers: dict of further headers of the answer.
    """

    def __init__(self, status, code, message, headers=None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def __reduce__(self):  # from a worker process
        return type(self), (self.status, self.code, self.message, self.headers)

    def to_response(self):
        """The answer: {"error": {"code", "message"}}."""
        body = {'error': {'code': self.code, 'message': self.message}}
        return JSONResponse(body, self.status, {'Cache-Control': 'no-store', **self.headers})


def queue_full(retry_after):
    """The Problem of a full queue; `retry_after` is in whole seconds."""
    return Problem(
        429,
        'queue_full',
        f'The server has as many regions to read as it takes at a time; try again in {retry_after} s.',
        {'Retry-After': str(retry_after)},
    )


def stopping():
    """The Problem of a server that ends."""
    return Problem(503, 'stopping', 'The server is stopping; try again when it is back.')


def of_status(status, detail, path, headers=None):
    """The Problem of a plain HTTP error, such as an unknown path or a method that a path has not."""
    headers = dict(headers or {})
    if status == 404:
        return Problem(404, 'not_found', f'There is nothing at {path[:200]!r}; /docs lists what there is.', headers)
    if status == 405:
        allowed = headers.get('Allow') or headers.get('allow') or 'another one'
        return Problem(405, 'method_not_allowed', f'{path[:200]} takes {allowed}; use that method.', headers)
    return Problem(status, 'http_error', f'{detail}; /docs says what is expected.', headers)
