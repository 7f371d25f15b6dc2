"""A server in a thread of the tests' own process, and a predictor that does as it is told."""

import contextlib
import io
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from types import SimpleNamespace

import cv2
import numpy as np
import requests
import tiny
from PIL import Image

from ocr.charset import Charset
from ocr.geometry import box_polygon
from ocr.preprocessing.canvas import Canvas
from ocr.reading.detector import FoundText
from ocr.reading.read_text import ReadText
from ocr.reading.text_outlines import FoundRegion
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


class Watchful:
    """A detector that finds what is brighter than 50 in blue, while `gate` is open, and keeps what it looked at."""

    longer = 160

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()
        self.shapes = []
        self.left_out = Counter()

    def find(self, image, size=None):
        self.shapes.append(image.shape)
        assert self.gate.wait(60)
        height, width = image.shape[:2]
        across, down = (size or (width, height))[0] / width, (size or (width, height))[1] / height
        _, _, boxes, _ = cv2.connectedComponentsWithStats((image[..., 2] > 50).astype(np.uint8))
        boxes = sorted(boxes[1:].tolist(), key=lambda box: -box[4])
        corners = [(x * across, y * down, (x + w) * across, (y + h) * down) for x, y, w, h, _ in boxes]
        return FoundText([FoundRegion(box_polygon(box), 0.75) for box in corners], self.left_out)


def street(*boxes, size=(800, 600)):
    """Bytes of a black picture with boxes (red, x0, y0, x1, y1) that Watchful finds."""
    image = Image.new('RGB', size)
    for red, *box in boxes:
        image.paste((red, 0, 255), tuple(box))
    stream = io.BytesIO()
    image.save(stream, 'PNG')
    return stream.getvalue()


@contextlib.contextmanager
def running(
    predictor, *, batch_size=8, window=0.005, token='', hosts=None, samples_folder=None, detector=None, **limits
):
    """A server: .url, .reader, .server, .recognize(...) and .metric(name, **labels).

    Args:
        predictor: Predictor of the model 'm', or {name: Predictor} of several.
    """
    predictors = predictor if isinstance(predictor, dict) else {'m': predictor}
    counters = metrics.Metrics(application.COUNTED)
    limits = Limits(**limits)
    reader = Reader(
        predictors,
        limits,
        batch_size=batch_size,
        window=window,
        num_workers=2,
        on_batch=counters.count_batch,
        detector=detector,
    )
    finds = detector and {'name': 'd.pb', 'size_bytes': 5}
    about = {'charset_name': 'digits', 'size_bytes': 7, 'detector': finds}
    cards = [
        application.model_card(one, limits, name=name, file=f'{name}.pb', **about) for name, one in predictors.items()
    ]
    app = application.build_application(
        reader, cards, counters, token=token, hosts=hosts, samples_folder=samples_folder
    )
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
            for one in predictors.values():
                if isinstance(one, Obedient):
                    one.gate.set()
            server.should_exit = True
            thread.join()


def wait_until(condition):
    """Wait until something holds, and return it; fail after a minute."""
    deadline = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


PATIENT = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
import ocr.serving.reader
ocr.serving.reader.STOP_GRACE = 30.0
sys.argv[:2] = [sys.argv[1] + '/app.py']
runpy.run_path(sys.argv[0], run_name='__main__')
"""


@contextlib.contextmanager
def started(*arguments, patient=False, **environment):
    """app.py in a process of its own, on a free port: .url, .process, .lines of its log.

    A patient one decodes for long after its stop.
    """
    command = ['-c', PATIENT, str(tiny.ROOT)] if patient else [str(tiny.ROOT / 'app.py')]
    command = [sys.executable, *command, '--port', '0', *map(str, arguments)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=tiny.heed_ctrl_c, env={**tiny.os.environ, **environment}
    )
    lines = []
    try:
        for line in process.stderr:
            lines.append(line)
            if url := re.match(r'(http://\S+) reads with', line):
                break
        assert url, lines
        yield SimpleNamespace(url=url[1], process=process, lines=lines)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


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
