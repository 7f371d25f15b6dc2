"""Videos that tests make: a text that moves over a wall, files with other times or turned, and damaged ones."""

import struct

import cv2
import numpy as np

SIZE, RATE = (320, 240), 10
_PARENTS = (b'moov', b'trak', b'mdia', b'minf', b'stbl')  # boxes of an MP4 that hold boxes


def write_video(path, frames, rate=RATE):
    """Write pictures uint8 (H, W, 3), RGB, as an .mp4 or .webm; returns the path."""
    frames = list(frames)
    code = 'VP80' if path.suffix == '.webm' else 'mp4v'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), rate, frames[0].shape[1::-1])
    assert writer.isOpened()
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def wall(*boxes, size=SIZE):
    """A grey picture with boxes (colour, x0, y0, x1, y1), as uint8 (H, W, 3)."""
    image = np.full((size[1], size[0], 3), 40, np.uint8)
    for colour, x0, y0, x1, y1 in boxes:
        image[y0:y1, x0:x1] = colour
    return image


def with_times(data, steps):
    """The bytes of an MP4 with these steps from frame to frame, in units of its own clock."""
    table = struct.pack('>I', len(steps)) + b''.join(struct.pack('>II', 1, step) for step in steps)
    data = _changed(data, b'stts', lambda body: body[:4] + table)
    return data.replace(b'edts', b'free')  # the list of what to show and how long


def turned(data):
    """The bytes of an MP4 that says it is to be shown turned by a quarter, clockwise."""
    matrix = struct.pack('>9i', 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    return _changed(data, b'tkhd', lambda body: body[:40] + matrix + body[76:])


def without_pictures(data):
    """The bytes of an MP4 whose only track is said to be sound."""
    return _changed(data, b'hdlr', lambda body: body[:8] + b'soun' + body[12:])


def clock_of(data):
    """Units of time a second of an MP4's track."""
    found = []
    _changed(data, b'mdhd', lambda body: found.append(struct.unpack('>I', body[12:16])[0]) or body)
    return found[0]


def _changed(data, kind, change):
    """The bytes of an MP4 with the body of each box of a kind changed."""
    out, at = bytearray(), 0
    while at < len(data):
        size, own = struct.unpack('>I4s', data[at : at + 8])
        body = data[at + 8 : at + (size or len(data))]
        body = _changed(body, kind, change) if own in _PARENTS else change(body) if own == kind else body
        out += struct.pack('>I4s', len(body) + 8, own) + body
        at += size or len(data)
    return bytes(out)
