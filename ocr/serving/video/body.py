"""The body of POST /v1/video -> a file in memory, which the decoder's process opens by a path."""

import contextlib
import os
import re
import shutil
import tempfile

from ocr.reading.video.frames import FPS
from ocr.serving.problem import Problem
from ocr.serving.request_body import (
    MULTIPART,
    announced_bytes,
    content_type,
    model_name,
    parse_form,
    pieces,
    require_known,
)

MAX_FPS = 30.0
FIELDS = ('video', 'fps', 'model')
_MAX_FIELD = 1000  # bytes of a field that is no file


class MemoryFile:
    """Bytes under a path: in memory on Linux; elsewhere a file in a folder of its own, which closing removes.

    Attributes:
        path: that any process of this user can open.
    """

    def __init__(self, data):
        self._opened = contextlib.ExitStack()
        if hasattr(os, 'memfd_create'):
            descriptor = os.memfd_create('video')
            self._opened.callback(os.close, descriptor)
            self.path = f'/proc/{os.getpid()}/fd/{descriptor}'
        else:
            folder = tempfile.mkdtemp()
            self._opened.callback(shutil.rmtree, folder, ignore_errors=True)
            self.path = os.path.join(folder, 'video')
        with open(self.path, 'wb') as file:
            file.write(data)

    def close(self):
        """Let the bytes go."""
        self._opened.close()


def check_video_headers(headers, limits):
    """Problem if the headers show that no video comes, or one that is too large."""
    kind = content_type(headers)
    if kind != MULTIPART:
        raise Problem(
            415,
            'unsupported_content_type',
            f'Content-Type {kind[:100]!r} is not read here; send {MULTIPART} with a file field "video".',
        )
    if announced_bytes(headers) > limits.max_video_body:
        raise too_large(limits)


async def read_video_order(request, limits, arrived):
    """(bytes of the file, frames a second, name of the model or None) of a Starlette request.

    Args:
        request: with its body still to come.
        limits: Limits.
        arrived: called with the number of bytes of each piece of the body.

    Raises:
        Problem: the body is too large, malformed, or not what is expected.
        starlette.requests.ClientDisconnect: the client went away.
    """
    arriving = pieces(request, limits.max_video_body, too_large(limits), arrived)
    fields = await parse_form(request.headers, arriving, _MAX_FIELD)
    require_known(fields, FIELDS)
    video = fields.get('video')
    if not isinstance(video, bytes):
        raise Problem(422, 'missing_video', 'The video is missing; send it as a file named "video".')
    if len(video) > limits.max_video_bytes:
        raise too_large(limits)
    return video, _fps(fields.get('fps')), model_name(fields)


def too_large(limits):
    """The Problem of a file with too many bytes."""
    message = f'The video has more than {limits.max_video_bytes} bytes; cut it, or save it smaller.'
    return Problem(413, 'video_too_large', message)


def _fps(value):
    if value is None:
        return FPS
    fps = float(value) if isinstance(value, str) and re.fullmatch(r'[0-9]{1,3}(\.[0-9]{1,3})?', value) else 0
    if not 0 < fps <= MAX_FPS:
        raise Problem(422, 'bad_fps', f'"fps" must be a number of frames a second, more than 0, {MAX_FPS:g} at most.')
    return fps
