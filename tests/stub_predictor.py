"""What tests of a Predictor's wrappers and callers put in its place."""

from types import MappingProxyType

from ocr.charset import Charset
from ocr.preprocessing.canvas import Canvas


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
