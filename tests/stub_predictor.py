"""What tests of a Predictor's wrappers and callers put in its place."""

from types import MappingProxyType

import cv2
import numpy as np

from ocr.charset import Charset
from ocr.preprocessing.canvas import Canvas
from ocr.preprocessing.warp import between_centres
from ocr.reading.char_positions import map_to_canvas


class StubPredictor:
    """A reading.predictor.Predictor but for `read`."""

    charset = Charset('0123456789')
    settings = MappingProxyType({})
    canvas = Canvas(64, 'fit')
    num_steps = 5
    with_bbox = has_attention = gives_weights = False
    identity = MappingProxyType({'model': 'stub'})
    where = 'the stub'


def watched(predictor):
    """List to which a predictor adds the canvases that it reads from now on."""
    shown, read = [], predictor.read

    def watch(canvases, *args, **options):
        shown.extend(canvases)
        return read(canvases, *args, **options)

    predictor.read = watch
    return shown


def maps_of(canvas):
    """Attention on what is bright, float32 (1, h, w), each cell where the encoder would see it."""
    size = canvas.shape[1] // 8, canvas.shape[0] // 8
    to_canvas = map_to_canvas(size[::-1], canvas.shape)
    smooth = cv2.GaussianBlur(canvas[..., 0], (0, 0), 4).astype(np.float32)
    return cv2.warpAffine(smooth, between_centres(to_canvas), size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)[None]


def middle(pixels):
    """Centre of mass (x, y) of an image or map, in pixels."""
    weights = np.float64(pixels if pixels.ndim == 2 else pixels[..., 0])
    ys, xs = np.indices(weights.shape) + 0.5
    return (xs * weights).sum() / weights.sum(), (ys * weights).sum() / weights.sum()
