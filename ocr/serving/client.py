"""Regions -> text by a server: the client of ocr.serving.

The same results as reading here: pictures travel as they are, and the server cuts the regions out. Nothing leaves this
machine that is no picture, and nothing that the server says is taken on trust: an answer is checked before it is used.
"""

import io
import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Annotated, Literal

import urllib3
from pydantic import BaseModel, Field, FiniteFloat, ValidationError
from urllib3.filepost import encode_multipart_formdata

from ocr.errors import InputError
from ocr.parallel import map_in_order
from ocr.preprocessing.image_file import open_image, split_page
from ocr.preprocessing.image_formats import open_format, page_places
from ocr.preprocessing.prepare import Broken
from ocr.preprocessing.unreadable import UnreadableImage, opening
from ocr.reading.read_text import ReadText
from ocr.region import DropReason, by_photograph

_TIMEOUT = urllib3.Timeout(connect=20.0, read=120.0)  # seconds without a byte from the server
_PATIENCE = 600.0  # seconds for which a busy server is asked again
_LONGEST_PAUSE = 30.0  # seconds between two tries
_LONGEST_ANSWER = 300.0  # seconds
_LARGEST_ANSWER = 32_000_000  # bytes
_BUSY = (408, 429, 503, 504)
_OF_THE_PICTURE = (413, 415, 422)  # statuses that say something of one picture; others end the run
# Reading a picture twice does no harm, so a request whose connection broke is sent again, with any method.
_RETRIES = urllib3.Retry(
    total=2,
    read=1,
    redirect=0,
    status=0,
    allowed_methods=None,
    backoff_factor=0.2,
    raise_on_redirect=False,
    respect_retry_after_header=False,
)

_Probability = Annotated[float, Field(ge=0, le=1)]
_Point = Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]


class _Position(BaseModel):
    peak: _Point
    box: Annotated[list[_Point], Field(min_length=4, max_length=4)]


class _Region(BaseModel):
    text: str
    confidence: _Probability
    char_confidences: list[_Probability]
    char_positions: list[_Position] | None = None
    in_lexicon: Literal['exactly', 'nearly', 'no'] | None = None
    read: str | None = None


class _Answer(BaseModel):
    regions: list[_Region]


class _Limits(BaseModel):
    max_bytes: Annotated[int, Field(ge=1)]
    max_regions: Annotated[int, Field(ge=1)]


class _Model(BaseModel):
    limits: _Limits
    identity: Annotated[dict[str, str | int | FiniteFloat | bool | None], Field(max_length=100)]
    has_attention: bool = False
    detector: dict[str, str | int] | None = None


class _ErrorDetail(BaseModel):
    code: str = ''
    message: str


class _Error(BaseModel):
    error: _ErrorDetail


class RemoteReader:
    """A server that reads, as a reading.predictor.Reader.

    Args:
        url: http://host:port or https://host, with the path that the server is mounted at, if any.
        token: what it wants, or ''.
        num_workers: requests at a time.

    Raises:
        InputError: no such URL, nobody answers there, the token is wrong, or it is no such server.
    """

    def __init__(self, url, token='', num_workers=8):
        self._num_workers = num_workers
        parsed = _parsed(url)
        self._name = f'--server {url}'
        self._path = (parsed.path or '').rstrip('/')
        self._headers = {'Accept': 'application/json', 'Accept-Encoding': 'identity'}
        if token:
            self._headers['Authorization'] = f'Bearer {token}'
        kind = urllib3.HTTPSConnectionPool if parsed.scheme == 'https' else urllib3.HTTPConnectionPool
        self._pool = kind(parsed.host, parsed.port, maxsize=64, timeout=_TIMEOUT, retries=_RETRIES)
        logging.getLogger('urllib3').setLevel(logging.ERROR)  # it tells of each connection that it tries again
        self._model = self._ask(_Model, 'GET', '/v1/model')

    @property
    def identity(self):
        """dict of all that decides what is read, as Reader.identity."""
        return self._model.identity

    @property
    def has_attention(self):
        """Whether the model tells where each character was read."""
        return self._model.has_attention

    def read(self, regions, first=0) -> Iterator:
        """Read text regions, those of one photograph one after another: it is sent once for as many as a request takes.

        Args:
            regions: iterable of TextRegion.
            first: position of the first to read.

        Yields:
            (region, ReadText or Broken), in the order of `regions`.

        Raises:
            InputError: the server went away, refuses all requests, or answers what no app.py does.
        """
        size = self._model.limits.max_regions
        groups = by_photograph(islice(regions, first, None), size)
        with ThreadPoolExecutor(self._num_workers) as pool:
            try:
                for pairs in map_in_order(self._read_group, groups, pool, 2 * self._num_workers):
                    yield from pairs
            finally:
                pool.shutdown(cancel_futures=True)

    def _read_group(self, regions):
        """[(region, ReadText or Broken)] of regions of one photograph."""
        path, limit = regions[0].image_path, self._model.limits.max_bytes
        try:
            with opening(path):
                with open_image(path) as stream:
                    image = stream.read(limit + 1)
                page = _page_to_send(path, image) if len(image) <= limit else None
            if len(image) > limit:
                raise UnreadableImage(path, f'more than the {limit} bytes that the server takes')
        except UnreadableImage as error:
            return [(region, Broken.of(error)) for region in regions]
        return self._read_parts(path, image, page, regions)

    def _read_parts(self, path, image, page, regions):
        """Whole images one per request, the others together; if that fails, each by itself: one may be at fault."""
        if len(regions) > 1 and any(region.polygon is None for region in regions):
            return [pair for region in regions for pair in self._read_parts(path, image, page, [region])]
        polygons = [region.polygon.tolist() for region in regions if region.polygon is not None]
        whole = self._model.detector is not None
        answer = self._ask(_Answer, 'POST', '/v1/recognize', *form(image, polygons, page, whole))
        if isinstance(answer, _Answer):
            if len(answer.regions) != len(regions):
                raise self._no_app(f'{len(answer.regions)} regions instead of {len(regions)}')
            return list(zip(regions, map(_to_text, answer.regions), strict=True))
        if len(regions) > 1 and answer.code.endswith(('polygon', 'polygons', 'points', 'outside')):
            return [pair for region in regions for pair in self._read_parts(path, image, page, [region])]
        broken = Broken.of(UnreadableImage(path, DropReason.UNREADABLE, _line(answer.message)))
        return [(region, broken) for region in regions]

    def _ask(self, kind, method, path, body=None, content_type=None):
        """The answer, of class `kind`; of an error that is the picture's, its _ErrorDetail. Waits while it is busy."""
        deadline = time.monotonic() + _PATIENCE
        pause = 0.5
        while True:
            status, headers, content = self._once(method, path, body, content_type)
            if status == 200:
                return self._checked(kind, content)
            error = _error_in(content)
            if status in _OF_THE_PICTURE and error and method == 'POST':
                return error
            pause = min(2 * pause, _LONGEST_PAUSE)
            wait = _seconds(headers.get('Retry-After'), pause)
            if status not in _BUSY or time.monotonic() + wait > deadline:
                message = f'answers {status}, which no app.py does; give the URL of one'
                raise InputError(f'{self._name}: {_line(error.message) if error else message}{_remedy(status)}')
            time.sleep(wait)

    def _once(self, method, path, body, content_type):
        """(status, headers, bytes) of one request."""
        headers = {**self._headers, **({'Content-Type': content_type} if content_type else {})}
        try:
            response = self._pool.urlopen(
                method, self._path + path, body, headers, redirect=False, preload_content=False, decode_content=False
            )
            try:
                return response.status, response.headers, self._content(response)
            finally:
                response.release_conn()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise InputError(f'{self._name}: no answer ({_reason(error)}); is app.py running there?') from None

    def _content(self, response):
        """The answer's bytes."""
        content, deadline = bytearray(), time.monotonic() + _LONGEST_ANSWER
        while piece := response.read1(1 << 16):
            content += piece
            if len(content) > _LARGEST_ANSWER or time.monotonic() > deadline:
                response.close()
                raise self._no_app('an answer without end')
        return bytes(content)

    def _checked(self, kind, content):
        """A `kind` out of JSON."""
        try:
            return kind.model_validate_json(content, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = '.'.join(map(str, first['loc']))
            raise self._no_app(f'{where}: {first["msg"]}' if where else first['msg']) from None

    def _no_app(self, what):
        return InputError(f'{self._name}: answers, but not as app.py does ({_line(what)}); give the URL of one')


def form(image, polygons, page=None, whole=False):
    """(body, content type) of a form with a picture, polygons and a page; `whole` asks for no search for text."""
    fields = {'image': ('image', image, 'application/octet-stream')}
    if polygons:
        fields['polygons'] = json.dumps(polygons)
    if page:
        fields['page'] = str(page)
    if whole and not polygons:
        fields['detect'] = 'false'
    return encode_multipart_formdata(fields)


def _page_to_send(path, image):
    """Page of a picture that has several, else None.

    Raises:
        Exception: the bytes are no picture.
    """
    with open_format(io.BytesIO(image)) as opened:
        return split_page(path)[1] if len(page_places(opened, 2)) > 1 else None


def _to_text(region):
    positions = region.char_positions
    return ReadText(
        region.text,
        region.confidence,
        tuple(region.char_confidences),
        in_lexicon=region.in_lexicon,
        read=region.read,
        char_positions=positions and [position.model_dump() for position in positions],
    )


def _error_in(content):
    """_ErrorDetail of an answer, or None."""
    try:
        return _Error.model_validate_json(content).error
    except ValidationError:
        return None


def _parsed(url):
    try:
        parsed = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError:
        parsed = urllib3.util.Url()
    if parsed.scheme not in ('http', 'https') or not parsed.host:
        raise InputError(f'--server {url}: not the URL of a server; give one as http://127.0.0.1:5000')
    return parsed


def _reason(error):
    """Why there was no answer: the operating system's words if it has some."""
    found, last = error, error
    for _ in range(10):
        if isinstance(found, OSError) and found.strerror:
            return _line(found.strerror)
        last = found
        found = getattr(found, 'reason', None) or found.__cause__ or found.__context__
        if not isinstance(found, BaseException):
            break
    return _line(last) or type(last).__name__


def _line(words, longest=300):
    """What somebody else said, in one line without control characters."""
    line = ' '.join(str(words).split())
    return ''.join(letter if letter.isprintable() else '\N{REPLACEMENT CHARACTER}' for letter in line[:longest])


def _seconds(retry_after, otherwise):
    """Seconds of a Retry-After header, which is a number or a date, or `otherwise` without one."""
    try:
        seconds = _RETRIES.parse_retry_after(retry_after) if retry_after else otherwise
        return min(max(seconds, 0.1), _LONGEST_PAUSE)
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return otherwise


def _remedy(status):
    if status == 401:
        return ' The token comes from --token_path or the variable OCR_TOKEN'
    return '; go on with --resume when it is free' if status in _BUSY else ''
