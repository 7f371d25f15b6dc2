"""How much one request may ask for, and how much may wait."""

from dataclasses import asdict, dataclass

_ARRIVING = 1_000_000_000  # bytes
_DECODE_SECONDS = 10.0
_DECODE_MEMORY = 500_000_000  # bytes, for what does not depend on the picture


@dataclass(frozen=True)
class Limits:
    """What the server refuses to go beyond.

    Attributes:
        max_bytes: of a picture's file.
        max_pixels: of a picture, width times height as its header says.
        max_regions: polygons a request.
        max_points: points a polygon.
        queue_size: regions of all requests that have arrived and are prepared, waiting or read; more are turned away
            with 429.
        timeout: seconds that a request may take to arrive, and again to be read.
        max_video_bytes: of a video's file.
        max_video_seconds: of a video.
        max_videos: that are read or wait to be read.
    """

    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    max_regions: int = 200
    max_points: int = 256
    queue_size: int = 256
    timeout: float = 30.0
    max_video_bytes: int = 100_000_000
    max_video_seconds: float = 600.0
    max_videos: int = 3

    @property
    def max_body(self):
        """Bytes of a request's body: the picture as base64 and its polygons, with room for what stands around them."""
        return self.max_bytes * 4 // 3 + self.max_polygon_bytes + 65_536

    @property
    def max_polygon_bytes(self):
        """Bytes of the polygons as JSON: two numbers of 25 characters a point."""
        return 50 * self.max_regions * self.max_points + 4096

    @property
    def max_arriving_bytes(self):
        """Bytes of all bodies that are arriving or not decoded yet."""
        return max(_ARRIVING, 4 * self.max_body)

    @property
    def max_video_body(self):
        """Bytes of the body that brings a video."""
        return self.max_video_bytes + 65_536

    @property
    def video_timeout(self):
        """Seconds that a video may take to arrive: ten times those of a picture."""
        return 10 * self.timeout

    @property
    def decode_seconds(self):
        """Of processor time that decoding a picture may take; one of 50 million pixels takes a second or two."""
        return _DECODE_SECONDS * max(1, self.max_pixels / 50e6)

    @property
    def decode_memory(self):
        """Bytes that decoding a picture may take."""
        return _DECODE_MEMORY + 32 * self.max_pixels

    def to_json(self):
        """dict of all of them."""
        return asdict(self)
