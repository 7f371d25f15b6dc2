"""The body of POST /v1/recognize -> Order: read in pieces and counted as it comes, held in memory alone."""

import asyncio
import base64
import binascii
import re
import urllib.parse
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ocr.serving.polygons import parse_json, to_polygons
from ocr.serving.problem import Problem

MULTIPART, JSON = 'multipart/form-data', 'application/json'
FIELDS = ('image', 'polygons', 'attention', 'page', 'detect', 'model')
_MAX_PAGE = 1_000_000


@dataclass(frozen=True)
class Order:
    """What a request asks for.

    Attributes:
        image: bytes of the picture's file.
        polygons: list of float32 (K, 2); empty is the whole picture.
        attention: bool, whether the maps are wanted.
        page: of a TIFF, from 1; None is the first if there are polygons, else all.
        detect: bool, whether text is found first; None: if there are no polygons and the server has a detector.
        model: name of the model that reads; None is the first.
    """

    image: bytes
    polygons: list
    attention: bool
    page: int | None = None
    detect: bool | None = None
    model: str | None = None


def check_headers(headers, limits):
    """Refuse what the headers show to be wrong, before the body is read.

    Returns:
        MULTIPART or JSON.

    Raises:
        Problem: another content type or encoding, or a body that is announced as too large.
    """
    kind = content_type(headers)
    if kind not in (MULTIPART, JSON):
        raise Problem(
            415,
            'unsupported_content_type',
            f'Content-Type {kind[:100]!r} is not read here; send {MULTIPART} with a file field "image", '
            f'or {JSON} with "image" in base64.',
        )
    if headers.get('content-encoding', 'identity').lower() != 'identity':
        raise Problem(
            415, 'unsupported_content_encoding', 'Compressed bodies are not read here; send it without compression.'
        )
    if announced_bytes(headers) > limits.max_body:
        raise _too_large(limits)
    return kind


async def read_order(request, limits, arrived=lambda num_bytes: None):
    """Order of a Starlette request.

    Args:
        request: with its body still to come.
        limits: Limits.
        arrived: called with the number of bytes of each piece of the body.

    Raises:
        Problem: the body is too large, malformed, or not what is expected.
        starlette.requests.ClientDisconnect: the client went away.
    """
    kind = check_headers(request.headers, limits)
    fields = await (_read_form if kind == MULTIPART else _read_json)(request, limits, arrived)
    require_known(fields, FIELDS)
    image = fields.get('image')
    if not isinstance(image, bytes):
        raise Problem(422, 'missing_image', 'The picture is missing; send it as "image".')
    if len(image) > limits.max_bytes:
        raise _too_large(limits)
    polygons = to_polygons(fields.get('polygons'), limits)
    attention, detect = _switch(fields.get('attention', False), 'attention'), fields.get('detect')
    if detect is not None and _switch(detect, 'detect') and polygons:
        raise Problem(422, 'bad_detect', 'Send "polygons" to read these, or "detect" to find others; leave one out.')
    return Order(image, polygons, attention, _page(fields.get('page')), detect, model_name(fields))


def content_type(headers):
    """The Content-Type of a request without its parameters, in small letters."""
    return parse_options_header(headers.get('content-type', ''))[0].decode('latin-1').lower()


def announced_bytes(headers):
    """The Content-Length of a request; 0 if it has none, or no number."""
    announced = headers.get('content-length', '')
    return int(announced) if announced.isdecimal() else 0


def require_known(fields, known):
    """Problem if a field is none of those that are known."""
    unknown = [str(name) for name in fields if name not in known]
    if unknown:
        raise Problem(422, 'unknown_field', f'Unknown field {unknown[0][:100]!r}; known are {", ".join(known)}.')


def model_name(fields):
    """The name of a model in the fields of a request, None where there is none; Problem if it is no name."""
    name = fields.get('model')
    if name is not None and not isinstance(name, str):
        raise Problem(422, 'bad_model', '"model" must be the name of a model; /v1/models lists them.')
    return name


async def pieces(request, max_body, too_large, arrived):
    """The body's pieces; the Problem `too_large` as soon as they are too many."""
    num_bytes = 0
    async for piece in request.stream():
        num_bytes += len(piece)
        if num_bytes > max_body:
            raise too_large
        arrived(len(piece))
        yield piece


async def _read_json(request, limits, arrived):
    """{field: value} of a JSON body; `image` is decoded to bytes."""
    arriving = pieces(request, limits.max_body, _too_large(limits), arrived)
    body = b''.join([piece async for piece in arriving])
    return await asyncio.to_thread(_parse_body, body, limits)


def _parse_body(body, limits):
    fields = parse_json(body)
    if not isinstance(fields, dict):
        raise Problem(422, 'bad_request', 'The JSON must be an object with "image" in base64.')
    if 'image' in fields:
        fields['image'] = _from_base64(fields['image'])
    return fields


def _from_base64(text):
    if not isinstance(text, str):
        raise Problem(422, 'bad_base64', '"image" must be a string: the picture\'s file in base64.')
    if text[:5].lower() == 'data:':
        text = _of_data_url(text)
    try:
        return base64.b64decode(''.join(text.split()).encode('ascii'), validate=True)
    except (binascii.Error, ValueError):
        raise Problem(422, 'bad_base64', '"image" is not base64; encode the picture\'s file with padding.') from None


def _of_data_url(url):
    """The base64 in a data URL, RFC 2397: any parameters, letters in any case, parts percent-encoded, no padding."""
    head, _, data = url.partition(',')
    if not re.search(r';\s*base64\s*\Z', urllib.parse.unquote(head), re.IGNORECASE):
        raise Problem(
            422, 'bad_base64', '"image" is a data URL without base64; send data:image/png;base64,... instead.'
        )
    data = ''.join(urllib.parse.unquote(data).split()) if '%' in data else ''.join(data.split())
    return data + '=' * (-len(data) % 4)


class _InMemory(MultiPartParser):
    """A parser that puts no upload on the disk, however large."""

    spool_max_size = 2**62


async def _read_form(request, limits, arrived):
    """{field: value} of a form; `image` as bytes, `polygons` parsed."""
    arriving = pieces(request, limits.max_body, _too_large(limits), arrived)
    return _form_values(await parse_form(request.headers, arriving, limits.max_polygon_bytes))


async def parse_form(headers, arriving, max_part_size):
    """{field: bytes of a file, or str} of a form's pieces.

    Raises:
        Problem: malformed, or a field appears twice.
    """
    parser = _InMemory(headers, arriving, max_files=2, max_fields=8, max_part_size=max_part_size)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Problem(400, 'malformed_form', f'The form cannot be read: {error.message.rstrip(".")}.') from None
    except FormParserError:  # older Starlettes let it through
        raise Problem(400, 'malformed_form', 'The form cannot be read: its parts are not as announced.') from None
    fields = {}
    for name, value in form.multi_items():
        if name in fields:
            raise Problem(422, 'repeated_field', f'"{name[:100]}" appears twice; send one per request.')
        fields[name] = await value.read() if isinstance(value, UploadFile) else value
    await form.close()
    return fields


def _form_values(fields):
    if isinstance(fields.get('image'), str):
        raise Problem(422, 'missing_image', '"image" must be a file of the form, not text; give the part a file name.')
    if 'polygons' in fields:
        fields['polygons'] = parse_json(fields['polygons']) if fields['polygons'] else None
    for name in ('attention', 'detect'):
        if isinstance(fields.get(name), bytes):
            fields[name] = ''
        if fields.get(name) in ('true', 'false'):
            fields[name] = fields[name] == 'true'
    page = fields.get('page')
    if isinstance(page, str) and page.isascii() and page.isdecimal() and len(page) < 8:
        fields['page'] = int(page)
    return fields


def _switch(value, name):
    if not isinstance(value, bool):
        raise Problem(422, f'bad_{name}', f'"{name}" must be true or false.')
    return value


def _page(value):
    if value is None:
        return None
    if type(value) is not int or not 1 <= value <= _MAX_PAGE:
        raise Problem(422, 'bad_page', '"page" must be a whole number: 1 is the first page of a TIFF.')
    return value


def _too_large(limits):
    return Problem(
        413,
        'image_too_large',
        f'The picture has more than {limits.max_bytes} bytes; shrink it, save it as JPEG, or cut the text out of it.',
    )
