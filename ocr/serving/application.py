"""The routes: POST /v1/recognize and what is around it. A request passes them with a Problem or an answer."""

import asyncio
import logging
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ocr.serving import files, metrics, schema
from ocr.serving.arrivals import order_of
from ocr.serving.guard import Guard
from ocr.serving.hosts import Hosts
from ocr.serving.problem import Problem, of_status, stopping
from ocr.serving.request_body import check_headers, read_order
from ocr.serving.video.routes import VIDEO, add_video

RECOGNIZE = '/v1/recognize'
COUNTED = (
    RECOGNIZE,
    VIDEO,
    '/v1/model',
    '/v1/models',
    '/v1/samples',
    '/healthz',
    '/metrics',
    '/docs',
    '/openapi.json',
    '/',
)
_ERRORS = {
    400: 'The JSON or the form is malformed.',
    401: 'The token is missing or wrong.',
    404: 'This server does not know this video.',
    403: 'The request comes from a page of another site.',
    408: 'The request took too long to arrive.',
    413: 'The picture has too many bytes or pixels.',
    421: 'The server does not answer to the name in the Host header.',
    415: 'The content type, or the format of the picture, is not read here.',
    422: 'A field is missing or not as expected, a polygon is refused, or the picture is damaged.',
    429: 'The queue is full; Retry-After says when to come again.',
    500: 'The server failed; its log says how.',
    503: 'The server is stopping.',
    504: 'Reading took too long.',
}

logger = logging.getLogger(__name__)


def build_application(reader, cards, counters, *, token='', hosts=None, samples_folder=None, page_folder=files.PAGE):
    """The ASGI application.

    Args:
        reader: Reader; closed when the application is shut down.
        cards: dicts of schema.ModelCard, one for each of the reader's models, in their order.
        counters: Metrics.
        token: what requests must bring, or ''.
        hosts: Hosts; None are those of a server on 127.0.0.1.
        samples_folder: folder of pictures to try, or None.
        page_folder: folder of the page.
    """

    @asynccontextmanager
    async def lifespan(_):
        yield
        await asyncio.to_thread(reader.close)

    app = FastAPI(
        title='AttentionOCR',
        version='1',
        description='Reads text of any shape in pictures.',
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    counters.watch_queue(lambda: reader.num_taken, reader.limits.queue_size)
    _add_errors(app)
    _add_recognize(app, reader, bool(token))
    with_token = (401,) * bool(token)
    add_video(app, reader, lambda *statuses: _errors(*statuses, *with_token), _wants(bool(token)))
    samples = files.add_samples(app, samples_folder)
    _add_information(app, reader, cards, counters, samples, bool(token))
    files.add_docs(app)
    files.add_page(app, page_folder)
    return Guard(
        app,
        metrics=counters,
        token=token,
        guarded=_is_guarded,
        hosts=hosts or Hosts('127.0.0.1'),
        max_discarded=2 * reader.limits.max_body,
        stop=reader.stop,
    )


def model_card(predictor, limits, *, name, file, charset_name, size_bytes, detector=None):
    """The dict of schema.ModelCard.

    Args:
        predictor: Predictor.
        limits: Limits.
        name: that requests call it.
        file: name of the model's file, for people.
        charset_name: likewise.
        size_bytes: of the model's file.
        detector: dict of schema.DetectorCard, or None.
    """
    characters = predictor.charset.characters[2:]
    return {
        'name': name,
        'file': file,
        'charset': {'name': charset_name, 'num_characters': len(characters), 'characters': ''.join(characters)},
        'canvas': predictor.identity['canvas'],
        'canvas_side': predictor.canvas.side,
        'num_steps': predictor.num_steps,
        'precision': predictor.identity['precision'],
        'size_bytes': size_bytes,
        'has_attention': predictor.has_attention,
        'identity': predictor.identity,
        'limits': limits.to_json(),
        **({'detector': detector} if detector else {}),
    }


def _is_guarded(path):
    return path.startswith('/v1/') or path == '/metrics'


def _errors(*statuses):
    """OpenAPI responses of errors."""
    return {status: {'model': schema.ErrorAnswer, 'description': _ERRORS[status]} for status in statuses}


def _wants(has_token):
    """Dependencies that tell the OpenAPI document of the token, which Guard looks at."""
    return [Security(HTTPBearer(scheme_name='token', auto_error=False))] if has_token else []


def _add_errors(app):
    """Every error is answered as {"error": {"code", "message"}}; a failure of the server goes to the log alone."""

    async def problem(_, error):
        return error.to_response()

    async def http_error(request, error):
        return of_status(error.status_code, error.detail, request.url.path, error.headers).to_response()

    async def invalid(_, error):
        first = error.errors()[0]
        where = '.'.join(str(part) for part in first['loc'][1:])
        return Problem(422, 'bad_request', f'{where}: {first["msg"]}; /docs says what is expected.').to_response()

    async def failure(_, error):
        message = 'The server failed on this request; try again, and look into its log if it fails again.'
        return Problem(500, 'internal_error', message).to_response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, failure)


def _add_recognize(app, reader, has_token):
    answers = {200: {'model': schema.Answer}, **_errors(400, 403, 408, 413, 415, 421, 422, 429, 500, 503, 504)}
    answers[429]['headers'] = {'Retry-After': {'schema': {'type': 'integer'}, 'description': 'seconds'}}
    if has_token:
        answers |= _errors(401)
    described = {
        'responses': answers,
        'openapi_extra': {'requestBody': schema.request_body(reader.limits)},
        'dependencies': _wants(has_token),
        'summary': 'Read a picture',
        'tags': ['reading'],
    }

    @app.post(RECOGNIZE, **described)
    async def recognize(request: Request):
        """Reads each of the polygons on a picture; without polygons the text that the detector finds, or all of it."""
        started = time.perf_counter()
        try:
            answer = await _recognize(reader, request)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody hears it
        answer['timings']['total_ms'] = round(1000 * (time.perf_counter() - started), 3)
        return JSONResponse(answer, headers={'Cache-Control': 'no-store'})


async def _recognize(reader, request):
    """The answer to a request, which takes room in the queue when all of it is there."""
    if not reader.is_ready:
        raise stopping()
    limits = reader.limits
    check_headers(request.headers, limits)
    body = reader.arrivals.body()
    try:
        arriving = read_order(request, limits, body.add)
        order = await order_of(reader, body, arriving, limits.timeout, 'request', 'send a smaller picture')
        model = reader.models.get(order.model)
        with reader.reserve(model) as reservation:
            if len(order.polygons) > 1:
                reservation.grow(len(order.polygons) - 1)
            return await _while_connected(request, reader.read(order, model, reservation), limits.timeout)
    finally:
        body.close()


async def _while_connected(request, work, timeout):
    """The result of a coroutine, which is cancelled when the client leaves or time is up.

    Raises:
        Problem: 504.
        ClientDisconnect: the client left.
    """
    work, left = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(request))
    try:
        done, _ = await asyncio.wait({work, left}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if work in done:
            return work.result()
        if left in done:
            raise ClientDisconnect
        message = f'Reading took longer than {timeout:g} s; try again, or send fewer regions at a time.'
        raise Problem(504, 'timeout', message)
    finally:
        left.cancel()
        work.cancel()


async def _disconnected(request):
    while (await request.receive())['type'] != 'http.disconnect':
        pass


def _add_information(app, reader, cards, counters, samples, has_token):
    guarded = {
        'responses': _errors(401) if has_token else {},
        'dependencies': _wants(has_token),
        'tags': ['server'],
    }

    @app.get('/v1/model', response_model=schema.ModelCard, summary='The model that reads if none is named', **guarded)
    async def model():
        return JSONResponse(cards[0])

    @app.get('/v1/models', response_model=schema.Models, summary='All models that read here', **guarded)
    async def models():
        return JSONResponse({'models': cards})

    @app.get('/v1/samples', response_model=schema.Samples, summary='Pictures to try', **guarded)
    async def list_samples():
        return JSONResponse({'samples': samples})

    text = {200: {'content': {metrics.CONTENT_TYPE.partition(';')[0]: {'schema': {'type': 'string'}}}}}
    guarded['responses'] = {**guarded['responses'], **text}

    @app.get('/metrics', response_class=Response, summary='Counters for Prometheus', **guarded)
    async def read_metrics():
        return Response(counters.to_text(), headers={'Content-Type': metrics.CONTENT_TYPE, 'Cache-Control': 'no-store'})

    stopping = {503: {'model': schema.Health, 'description': 'The server is stopping.'}}

    @app.get('/healthz', response_model=schema.Health, responses=stopping, summary='Is it ready?', tags=['server'])
    async def health():
        ready = reader.is_ready
        body = {'status': 'ready' if ready else 'stopping', 'model': cards[0]['name']}
        return JSONResponse(body, 200 if ready else 503, {'Cache-Control': 'no-store'})
