"""POST /v1/video takes a video; its URL then tells how far it is read, and stops it."""

import asyncio

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.requests import ClientDisconnect

from ocr.serving import schema
from ocr.serving.arrivals import order_of
from ocr.serving.problem import Problem, stopping
from ocr.serving.video.body import check_video_headers, read_video_order

VIDEO = '/v1/video'
_FRESH = {'Cache-Control': 'no-store'}
_ID = Path(pattern='^[A-Za-z0-9_-]{1,40}$', description='of the video, as POST /v1/video gave it')
_AFTER = Query(0, ge=0, le=10_000_000, description='texts that are known already')


def add_video(app, reader, errors, dependencies):
    """Add the routes to an application.

    Args:
        app: FastAPI.
        reader: Reader.
        errors: function of statuses -> their OpenAPI responses.
        dependencies: of the routes.
    """
    if not reader.videos:
        app.add_api_route(VIDEO, _refuse, methods=['POST'], include_in_schema=False)
        return
    jobs, common = reader.videos, {'dependencies': dependencies, 'tags': ['video']}
    described = {
        'responses': {202: {'model': schema.VideoJob}, **errors(400, 403, 408, 413, 415, 422, 429, 503)},
        'openapi_extra': {'requestBody': schema.video_body()},
        'status_code': 202,
    }

    @app.post(VIDEO, summary='Read a video', **described, **common)
    async def begin(request: Request):
        """Takes a video and begins to read it. Ask its URL how far it is; a video that nobody asks for is given up."""
        try:
            job = await _begin(reader, request)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody hears it
        return JSONResponse(job.to_json(), 202, {**_FRESH, 'Location': f'{VIDEO}/{job.id}'})

    known = {'responses': errors(404, 422), **common}

    @app.get(f'{VIDEO}/{{video_id}}', response_model=schema.VideoJob, summary='How far a video is read', **known)
    async def tell(video_id: str = _ID, after: int = _AFTER):
        return JSONResponse(jobs.get(video_id).to_json(after), headers=_FRESH)

    plain = {200: {'content': {'text/plain': {'schema': {'type': 'string'}}}}}
    subtitles = {**known, 'responses': {**plain, **known['responses']}, 'summary': 'Its texts as subtitles (SubRip)'}

    @app.get(f'{VIDEO}/{{video_id}}/subtitles', **subtitles)
    async def as_subtitles(video_id: str = _ID):
        return PlainTextResponse(await asyncio.to_thread(jobs.get(video_id).to_srt), headers=_FRESH)

    @app.delete(f'{VIDEO}/{{video_id}}', status_code=204, summary='Stop and forget a video', **known)
    async def forget(video_id: str = _ID):
        jobs.remove(video_id)
        return Response(status_code=204)


async def _refuse():
    raise Problem(422, 'no_detector', 'This server has no detector, and cannot read videos; start it with one.')


async def _begin(reader, request):
    """The Job of a request."""
    if not reader.is_ready:
        raise stopping()
    limits = reader.limits
    check_video_headers(request.headers, limits)
    reader.videos.check_room()
    body = reader.arrivals.body()
    try:
        arriving = read_video_order(request, limits, body.add)
        data, fps, name = await order_of(reader, body, arriving, limits.video_timeout, 'video', 'send a smaller one')
        return await asyncio.to_thread(reader.videos.add, data, fps, reader.models.get(name))
    finally:
        body.close()
