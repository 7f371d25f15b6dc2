"""Video file -> frames with their times, decoded ahead of their use in a process of its own."""

import multiprocessing
from dataclasses import dataclass

import numpy as np

from ocr.files.regular_file import open_regular
from ocr.reading.video import decoder

FPS = 2.0  # frames that are looked at for each second of a video
MAX_PIXELS = 50_000_000  # of a frame
_PATIENCE = 120.0  # seconds without a frame after which a decoder hangs
_HEAD = 16  # bytes that tell a format
_EBML = b'\x1aE\xdf\xa3'  # Matroska, WebM
_ATOMS = (b'ftyp', b'moov', b'mdat', b'wide', b'free', b'skip', b'pnot')  # that files of the QuickTime kind begin with
FORMATS = 'MP4, MOV, WebM, MKV, AVI'


class UnreadableVideo(Exception):
    """A file that is no video, or one that is damaged; the message says why and what to do, but not which."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture of a video: its time, seconds from the beginning, and uint8 (H, W, 3), RGB, upright."""

    time: float
    image: np.ndarray


class Video:
    """A video whose frames are decoded while others are used, one ahead; a context manager and an iterator of Frame.

    Attributes:
        width, height: of an upright frame, pixels.
        seconds: announced length, or None.
        time: of the last frame, seconds.
        ended_early: whether it ended before its announced length; known behind the last frame.
    """

    def __init__(self, path, fps=FPS, *, max_pixels=MAX_PIXELS, patience=_PATIENCE):
        """
        Args:
            path: of the file.
            fps: frames a second to give, at most all there are.
            max_pixels: of a frame.
            patience: seconds in which the next frame must come.

        Raises:
            UnreadableVideo: see there.
        """
        check_format(path)
        self.time, self.ended_early = 0.0, False
        self._patience = patience
        context = multiprocessing.get_context('spawn')
        self._connection, other = context.Pipe()
        arguments = (other, path, fps, max_pixels)
        self._process = context.Process(target=decoder.decode, args=arguments, daemon=True)
        self._process.start()
        other.close()
        try:
            _, self.width, self.height, self.seconds = self._receive()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        """The next Frame; UnreadableVideo if none comes and the end was not reached."""
        if self._connection.closed:
            raise StopIteration
        kind, time, more = self._receive()
        self.time = time
        if kind == decoder.END:
            self.ended_early = more
            self.close()
            raise StopIteration
        return Frame(time, np.frombuffer(self._of_decoder(self._connection.recv_bytes), np.uint8).reshape(more))

    def stop(self):
        """End the decoding; a frame that another thread waits for does not come, with an UnreadableVideo there."""
        self._process.kill()

    def close(self):
        """End the decoding and let all go."""
        self.stop()
        self._process.join()
        self._connection.close()

    def _receive(self):
        message = self._of_decoder(self._message)
        if message[0] == decoder.UNREADABLE:
            raise UnreadableVideo(message[1])
        return message

    def _message(self):
        if not self._connection.poll(self._patience):
            raise UnreadableVideo(f'its decoder gave nothing for {self._patience:g} s; is it damaged?')
        return self._connection.recv()

    def _of_decoder(self, receive):
        try:
            return receive()
        except (EOFError, OSError):
            raise UnreadableVideo('its decoder crashed; it is damaged, or takes too much memory') from None


def check_format(path):
    """UnreadableVideo if a file is missing, or does not begin as one of FORMATS does.

    Formats that refer to other files, such as playlists, are none of them.
    """
    try:
        with open_regular(path) as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise UnreadableVideo(error.strerror) from None
    if not (head[4:8] in _ATOMS or head.startswith(_EBML) or (head[:4] == b'RIFF' and head[8:12] == b'AVI ')):
        raise UnreadableVideo(f'no video in a format that is read here: {FORMATS}')
