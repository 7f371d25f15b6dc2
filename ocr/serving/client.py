"""Regions -> text by a server: the client of ocr.serving, with the standard library alone.

The same results as reading here: pictures travel as they are, and the server cuts the regions out.
"""

import email.utils
import http.client
import json
import math
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, islice

from ocr.errors import InputError
from ocr.parallel import map_in_order
from ocr.preprocessing.image_file import open_image
from ocr.preprocessing.prepare import Broken
from ocr.reading.read_text import ReadText
from ocr.region import DropReason

_TIMEOUT = 120.0  # seconds without a byte from the server
_PATIENCE = 600.0  # seconds for which a busy server is asked again
_LONGEST_PAUSE = 30.0  # seconds between two tries
_BUSY = (429, 503, 504)
_OF_THE_PICTURE = (413, 415, 422)  # statuses that say something of one picture; others end the run


@dataclass(frozen=True)
class RemoteText(ReadText):
    """A ReadText that a server gave.

    Attributes:
        char_positions: dicts, where each character was read, or None where the model does not tell.
    """

    char_positions: list | None = None


class RemoteReader:
    """A server that reads.

    Args:
        url: http://host:port or https://host, with the path that the server is mounted at, if any.
        token: what it wants, or ''.

    Attributes:
        model: dict, its answer to GET /v1/model.

    Raises:
        InputError: no such URL, nobody answers there, the token is wrong, or it is no such server.
    """

    def __init__(self, url, token=''):
        self._url = _parsed(url)
        self._name = f'--server {url}'
        self._token = token
        self._connections = threading.local()
        self.model = self._ask('GET', '/v1/model')
        if not isinstance(self.model.get('limits'), dict) or not isinstance(self.model.get('identity'), dict):
            raise InputError(f'{self._name}: answers, but is no app.py; give the URL of one')

    @property
    def identity(self):
        """dict of all that decides what is read, as Predictor.identity."""
        return self.model['identity']

    @property
    def has_attention(self):
        """Whether the model tells where it looked."""
        return bool(self.model.get('has_attention'))

    def read_regions(self, regions, *, num_workers=8) -> Iterator:
        """Read text regions, those of one photograph one after another: it is sent once for as many as a request takes.

        Args:
            regions: iterable of TextRegion.
            num_workers: requests at a time.

        Yields:
            (region, RemoteText or Broken), in the order of `regions`.

        Raises:
            InputError: the server went away, or refuses all requests.
        """
        size = self.model['limits']['max_regions']
        groups = (
            part for _, group in groupby(regions, lambda region: region.image_path) for part in _parts(group, size)
        )
        with ThreadPoolExecutor(num_workers) as pool:
            try:
                for pairs in map_in_order(self._read_group, groups, pool, 2 * num_workers):
                    yield from pairs
            finally:
                pool.shutdown(cancel_futures=True)

    def _read_group(self, regions):
        """[(region, RemoteText or Broken)] of regions of one photograph."""
        path = regions[0].image_path
        try:
            with open_image(path) as stream:
                image = stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return [(region, _broken(path, DropReason.MISSING)) for region in regions]
        except OSError as error:
            return [(region, _broken(path, DropReason.UNREADABLE, str(error))) for region in regions]
        limit = self.model['limits']['max_bytes']
        if len(image) > limit:
            return [(region, _broken(path, f'more than the {limit} bytes that the server takes')) for region in regions]
        return self._read_parts(path, image, regions)

    def _read_parts(self, path, image, regions):
        """Whole images one a request, the others together; if that fails, each by itself: one may be at fault."""
        if len(regions) > 1 and any(region.polygon is None for region in regions):
            return [pair for region in regions for pair in self._read_parts(path, image, [region])]
        polygons = [region.polygon.tolist() for region in regions if region.polygon is not None]
        body, kind = form(image, polygons)
        answer = self._ask('POST', '/v1/recognize', body, kind)
        if 'regions' in answer:
            return list(zip(regions, map(_to_text, answer['regions']), strict=True))
        if len(regions) > 1 and answer.get('code', '').endswith(('polygon', 'polygons', 'points', 'outside')):
            return [pair for region in regions for pair in self._read_parts(path, image, [region])]
        return [(region, _broken(path, DropReason.UNREADABLE, answer['message'])) for region in regions]

    def _ask(self, method, path, body=None, kind=None):
        """The answer, a dict; of an error that is the picture's, its `error`. Waits for a server that is busy."""
        deadline = time.monotonic() + _PATIENCE
        pause = 0.5
        while True:
            status, headers, answer = self._once(method, path, body, kind)
            if status == 200:
                return answer
            error = answer.get('error')
            error = error if isinstance(error, dict) and isinstance(error.get('message'), str) else None
            if status in _OF_THE_PICTURE and error and method == 'POST':
                return error
            pause = min(2 * pause, _LONGEST_PAUSE)
            wait = _seconds(headers.get('Retry-After'), pause)
            if status not in _BUSY or time.monotonic() + wait > deadline:
                message = error['message'] if error else f'answers {status}, which no app.py does; give the URL of one'
                raise InputError(f'{self._name}: {message}{_remedy(status)}')
            time.sleep(wait)

    def _once(self, method, path, body, kind):
        """(status, headers, dict) of one request on this thread's connection, or a fresh one where that is stale."""
        headers = {'Accept': 'application/json'}
        if kind:
            headers['Content-Type'] = kind
        if self._token:
            headers['Authorization'] = f'Bearer {self._token}'
        for is_fresh in (False, True):
            connection = self._connection(is_fresh)
            try:
                connection.request(method, self._url.path.rstrip('/') + path, body, headers)
                response = connection.getresponse()
                content = response.read()
                break
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if is_fresh:
                    reason = getattr(error, 'strerror', None) or str(error) or type(error).__name__
                    raise InputError(f'{self._name}: no answer ({reason}); is app.py running there?') from None
        try:
            answer = json.loads(content)
        except ValueError:
            answer = {}
        return response.status, response.headers, answer if isinstance(answer, dict) else {}

    def _connection(self, is_fresh):
        if is_fresh or not hasattr(self._connections, 'kept'):
            kind = http.client.HTTPSConnection if self._url.scheme == 'https' else http.client.HTTPConnection
            self._connections.kept = kind(self._url.hostname, self._url.port, timeout=_TIMEOUT)
        return self._connections.kept


def _to_text(answer):
    return RemoteText(
        answer['text'],
        answer['confidence'],
        tuple(answer['char_confidences']),
        in_lexicon=answer.get('in_lexicon'),
        read=answer.get('read'),
        char_positions=answer.get('char_positions'),
    )


def _parsed(url):
    try:
        parsed = urllib.parse.urlsplit(url)
        _ = parsed.port  # not a number: ValueError
    except ValueError:
        parsed = urllib.parse.urlsplit('')
    if parsed.scheme not in ('http', 'https') or not parsed.hostname:
        raise InputError(f'--server {url}: no URL of a server; give one as http://127.0.0.1:5000')
    return parsed


def form(image, polygons):
    """(body, content type) of a form with a picture and polygons."""
    boundary = uuid.uuid4().hex
    parts = [('image"; filename="image', image)]
    if polygons:
        parts.append(('polygons', json.dumps(polygons).encode()))
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n'
    body = b''.join(f'--{boundary}\r\n{head.format(name)}'.encode() + content + b'\r\n' for name, content in parts)
    return body + f'--{boundary}--\r\n'.encode(), f'multipart/form-data; boundary={boundary}'


def _broken(path, reason, detail=''):
    return Broken(path, reason, f'{path}: {reason}{detail and f" ({detail})"}')


def _parts(group, size):
    while part := list(islice(group, size)):
        yield part


def _seconds(retry_after, otherwise):
    """Seconds of a Retry-After header, which is a number or a date, or `otherwise` without one."""
    if not retry_after:
        return otherwise
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
        except ValueError:
            return otherwise
    return min(max(seconds, 0.1), _LONGEST_PAUSE) if math.isfinite(seconds) else otherwise


def _remedy(status):
    if status == 401:
        return ' The token comes from --token_path or the variable OCR_TOKEN'
    return '; go on with --resume when it is free' if status in _BUSY else ''
