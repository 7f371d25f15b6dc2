"""The server of app.py in a thread, Debian's chromium, and a person's visit to the page."""

import contextlib
import threading
import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import tiny
from film_clip import plate_in_sight
from person import Person
from shop_front import BOARD, PLATE, SIZE

CHROMIUM = '/usr/bin/chromium'
ARGUMENTS = (
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
)
TOKEN = 'open-sesame'
PATIENCE = 60_000  # ms until something that should come is missed; a busy machine is not a failure


@contextlib.contextmanager
def serving(predictor, token='', detector=None, others=None):
    """The URL of the server of app.py in a thread.

    Args:
        predictor: Predictor of the shipped model.
        token: that the server wants, or ''.
        detector: Detector, or None.
        others: {name: Predictor} of further models.
    """
    from ocr.config import SHIPPED_MODEL, Config
    from ocr.serving.limits import Limits
    from ocr.serving.server import make_server, open_socket, url_of

    script, cfg = tiny.load_script('app'), Config()
    models = {name: (SHIPPED_MODEL, one) for name, one in {'latin': predictor, **(others or {})}.items()}
    server = make_server(script.build(models, Limits(), token, cfg, detector))
    with open_socket('127.0.0.1', 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={'sockets': [listener]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield url_of(listener)
        finally:
            server.should_exit = True
            thread.join()


class ShopDetector:
    """Finds the board and the plate of the shop front, however small it is shown, and nothing in other pictures."""

    where = __file__
    longer = 1280

    def __init__(self):
        self.gate = threading.Event()
        self.gate.set()

    def find(self, image, size=None):
        from ocr.reading.detector import FoundText
        from ocr.reading.strip import to_strip
        from ocr.reading.text_outlines import FoundRegion

        assert self.gate.wait(60)
        width, height = size or image.shape[1::-1]
        known = [BOARD, PLATE][: 1 + plate_in_sight(image)] if width * SIZE[1] == height * SIZE[0] else []
        outlines = [np.array(outline) * width / SIZE[0] for outline in known]
        return FoundText([FoundRegion(to_strip(outline), 0.9) for outline in outlines], Counter())


class Capitals:
    """Reads what another predictor reads, in capitals."""

    def __init__(self, predictor):
        self._predictor = predictor
        self.identity = {**predictor.identity, 'canvas': 'fit'}

    def __getattr__(self, name):
        return getattr(self._predictor, name)

    def read(self, *args, **options):
        return [replace(one, text=one.text.upper()) for one in self._predictor.read(*args, **options)]


class LongWords(Capitals):
    """Cannot read what has fewer than seven characters."""

    def read(self, *args, **options):
        return [one if len(one.text) > 6 else replace(one, text='') for one in self._predictor.read(*args, **options)]


def load_predictor(number=0):
    """One of the shipped models as app.py loads it, in float32 on every processor."""
    from ocr.config import Config, shown
    from ocr.files.shipped import SHIPPED_MODELS
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    from ocr.reading.open_model import open_model, read_model

    model = read_model(SHIPPED_MODELS[number])
    return open_model(model, **Config(precision='float32').over(shown(model.settings)).reading)


def start_browser(running, executable):
    """Playwright's Browser, which `running` closes; it starts with an empty profile."""
    from playwright.sync_api import sync_playwright

    playwright = running.enter_context(sync_playwright())
    return running.enter_context(playwright.chromium.launch(executable_path=executable, args=ARGUMENTS))


@contextlib.contextmanager
def visiting(browser, url, width=1280, height=900, may_refuse=False, **options):
    """A Person at the page of `url`.

    Raises AssertionError in the end for a message in the console or a request to another host; with `may_refuse` the
    browser's own note of a refused request is none.
    """
    touch = {'has_touch': True, 'is_mobile': True} if width < 500 else {}
    viewport = {'width': width, 'height': height}
    context = browser.new_context(viewport=viewport, **{'locale': 'en-US', **touch, **options})
    context.set_default_timeout(PATIENCE)
    context.grant_permissions(['clipboard-read', 'clipboard-write'], origin=url)
    with contextlib.closing(context):
        page = context.new_page()
        seen = _watch(page)
        page.goto(url)
        yield Person(page)
        messages = [text for text in seen.messages if not (may_refuse and 'Failed to load resource' in text)]
        assert messages == []
        assert {urlsplit(one).netloc for one in seen.requests} <= {urlsplit(url).netloc, ''}


def _watch(page):
    seen = SimpleNamespace(messages=[], requests=[])
    page.on('console', lambda message: message.type in ('error', 'warning') and seen.messages.append(message.text))
    page.on('pageerror', lambda error: seen.messages.append(str(error)))
    page.on('request', lambda request: seen.requests.append(request.url))
    return seen
