"""A server in a thread of the tests' own process, and a predictor that does as it is told."""

import contextlib
import io
import threading
import time
from types import SimpleNamespace

import numpy as np
import requests
from PIL import Image

from ocr.charset import Charset
from ocr.preprocessing.canvas import Canvas
from ocr.reading.read_text import ReadText
from ocr.serving import application, metrics
from ocr.serving.limits import Limits
from ocr.serving.reader import Reader
from ocr.serving.server import make_server, open_socket, url_of


class Obedient:
    """A predictor that reads the red value of a canvas's middle while `gate` is open, and keeps its batches' shapes."""

    num_steps = 5
    has_attention = False
    charset = Charset('0123456789')

    def __init__(self, kind='square'):
        self.canvas = Canvas(32, kind)
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)  # one for each batch that was begun
        self.shapes = []
        self.failure = None
        self.identity = {'model': 'obedient', 'canvas': kind, 'precision': 'float32'}

    def read(self, canvases, bboxes, *, with_alpha=False, full_length=False):
        assert canvases.dtype == np.uint8 and bboxes.shape == (len(canvases), 4)
        self.shapes.append(canvases.shape)
        self.entered.release()
        assert self.gate.wait(60)
        if self.failure:
            raise self.failure
        middles = [int(canvas[canvas.shape[0] // 2, canvas.shape[1] // 2, 0]) for canvas in canvases]
        return [ReadText(str(red), 0.5, (0.5,)) for red in middles]


@contextlib.contextmanager
def running(predictor, *, batch_size=8, window=0.005, token='', hosts=None, samples_folder=None, **limits):
    """A server: .url, .reader, .server, .recognize(...) and .metric(name, **labels)."""
    counters = metrics.Metrics(application.COUNTED)
    limits = Limits(**limits)
    reader = Reader(
        predictor, limits, batch_size=batch_size, window=window, num_workers=2, on_batch=counters.count_batch
    )
    card = application.model_card(predictor, limits, name='m.pb', charset_name='digits', size_bytes=7)
    app = application.build_application(reader, card, counters, token=token, hosts=hosts, samples_folder=samples_folder)
    server = make_server(app)
    with open_socket('127.0.0.1', 0) as listener:
        url = url_of(listener)
        thread = threading.Thread(target=server.run, kwargs={'sockets': [listener]})
        thread.start()
        try:
            requests.get(f'{url}/healthz', timeout=60)
            yield SimpleNamespace(
                url=url,
                app=app.app,
                reader=reader,
                server=server,
                recognize=lambda *args, **options: recognize(url, *args, **options),
                metric=lambda name, **labels: counters._registry.get_sample_value(name, labels) or 0,
            )
        finally:
            if isinstance(predictor, Obedient):
                predictor.gate.set()
            server.should_exit = True
            thread.join()


def wait_until(condition):
    """Wait until something holds, and return it; fail after a minute."""
    deadline = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def recognize(url, image, *, headers=None, **fields):
    """POST a picture, bytes, as a form with further fields; the Response."""
    files = {'image': ('image', image), **{name: (None, value) for name, value in fields.items()}}
    return requests.post(f'{url}/v1/recognize', files=files, headers=headers, timeout=60)


def picture(red=7, size=(40, 40), kind='PNG', **options):
    """Bytes of a picture of one colour."""
    stream = io.BytesIO()
    Image.new('RGB', size, (red, 0, 0)).save(stream, kind, **options)
    return stream.getvalue()


def error_of(response, status):
    """The code of an error, which must have this status and the form of all errors."""
    assert response.status_code == status, response.text
    error = response.json()['error']
    assert response.json().keys() == {'error'} and error.keys() == {'code', 'message'}
    assert 'Traceback' not in error['message'] and len(error['message']) > 20 and '\n' not in error['message']
    return error['code']
