"""The process that decodes a video: a decoder that crashes, hangs or takes all memory harms nobody else.

OpenCV rather than PyAV: it is here already, gives the time of every frame, turns frames as their file says, and PyAV's
wheels bring a second FFmpeg of 35 MB. What it lacks, words about damage, is made up for by comparing the last frame's
time with the announced length.
"""

import contextlib
import math
import os

from ocr.parallel import follow_parent

OPENED, UNREADABLE, FRAME, END = 'opened', 'unreadable', 'frame', 'end'  # what the process sends, with what follows
_MEMORY = 1_000_000_000, 64  # bytes that decoding may take: of any video, and for each pixel of a frame
_LEAST_STEP = 0.001  # seconds from frame to frame, even if the file says less: so that no file stays within one second
_USUAL_RATE = 25.0  # frames a second of files that do not say
_TOLERANCE = 0.001  # seconds by which a frame may come early


def decode(connection, path, fps, max_pixels):
    """Send the frames of a video, about `fps` a second of it.

    Sent are (OPENED, width, height, seconds or None) or (UNREADABLE, reason); then for each frame (FRAME, seconds) and
    its bytes, uint8 (height, width, 3), RGB; then (END, seconds, whether it ended before its announced length).

    Args:
        connection: multiprocessing.Connection.
        path: of the file.
        fps: frames a second to send.
        max_pixels: width times height of a frame, at most.
    """
    follow_parent()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # FFmpeg's own words
    _limit_memory(_MEMORY[0] + _MEMORY[1] * max_pixels)
    # Only the file itself is opened, nothing that it refers to.
    os.environ['OPENCV_FFMPEG_CAPTURE_OPTIONS'] = 'protocol_whitelist;file|threads;2'
    import cv2

    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    if not capture.isOpened():
        return connection.send((UNREADABLE, 'damaged, or without a video stream'))
    width, height = (int(capture.get(one)) for one in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    if width * height > max_pixels:
        return connection.send((UNREADABLE, f'frames of {width} x {height} pixels, more than the {max_pixels} allowed'))
    rate = _sane(capture.get(cv2.CAP_PROP_FPS), 1000) or _USUAL_RATE
    announced = _sane(capture.get(cv2.CAP_PROP_FRAME_COUNT) / rate, 1e7)
    connection.send((OPENED, width, height, announced))
    last = _send_frames(connection, capture, cv2, fps, rate)
    if last is None:
        return connection.send((UNREADABLE, 'damaged, no frame of it can be decoded'))
    return connection.send((END, last, bool(announced) and announced - last > max(1.0, 2 / rate, announced / 20)))


def _send_frames(connection, capture, cv2, fps, rate):
    """Send what is due; time of the last frame of all, seconds, or None if there was none."""
    last, due = None, 0.0
    while capture.grab():
        time = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if last is None:
            last = time if 0 <= time < math.inf else 0.0
        else:
            last = max(time, last + _LEAST_STEP) if time > last else last + 1 / rate
        if last < due - _TOLERANCE:
            continue
        found, image = capture.retrieve()
        if not found:
            continue
        due = max(due + 1 / fps, last)
        connection.send((FRAME, last, image.shape))
        connection.send_bytes(cv2.cvtColor(image, cv2.COLOR_BGR2RGB).ravel())
    return last


def _sane(number, most):
    """The number, or None if it is none between 0 and `most`."""
    return number if 0 < number < most else None


def _limit_memory(max_bytes):
    with contextlib.suppress(ImportError, OSError, ValueError):  # systems without such limits
        import resource

        with open('/proc/self/statm') as stream:
            taken = int(stream.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + max_bytes,) * 2)
