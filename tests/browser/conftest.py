"""The page in Debian's chromium, against the server in a thread: both are started once for all tests of this folder."""

import contextlib
import os
import shutil
import threading
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import tiny
from person import Person
from shop_front import draw_shop_front

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
PATIENCE = 30_000  # ms until something that should come is missed; a busy machine is not a failure
_folder = os.path.dirname(__file__)
_running = contextlib.ExitStack()  # closed behind the last test here: Playwright's loop would stand in others' way


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem):
    yield
    if nextitem is None or not str(nextitem.path).startswith(_folder):
        _running.close()


def find_chromium():
    """The browser's path; the test is skipped only where there is none and no Debian to install it."""
    if os.path.exists(CHROMIUM):
        return CHROMIUM
    if shutil.which('apt-get'):
        pytest.fail('no chromium: `apt-get install -y chromium` as root, which `make test` does by itself there')
    return pytest.skip('no chromium here, and no apt-get to install it')


@contextlib.contextmanager
def serving(predictor, token=''):
    """The URL of the server of app.py in a thread."""
    from config import SHIPPED_MODEL, Config
    from ocr.serving.server import make_server, open_socket, url_of

    script, cfg = tiny.load_script('app'), Config(batch_window=1.0)
    server = make_server(script.build(predictor, SHIPPED_MODEL, script.limits_of(cfg), token, cfg))
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


def load_predictor():
    """The shipped model."""
    from config import SHIPPED_MODEL
    from ocr.tensorflow_start import start_tensorflow

    start_tensorflow()
    from ocr.predictor import Predictor

    return Predictor.from_pb(SHIPPED_MODEL)


def start_browser(running, executable):
    """Playwright's Browser, which `running` closes; it starts with an empty profile."""
    from playwright.sync_api import sync_playwright

    playwright = running.enter_context(sync_playwright())
    return running.enter_context(playwright.chromium.launch(executable_path=executable, args=ARGUMENTS))


@pytest.fixture(scope='session')
def browser():
    return start_browser(_running, find_chromium())


@pytest.fixture(scope='session')
def predictor():
    find_chromium()
    return load_predictor()


@pytest.fixture(scope='session')
def server(predictor):
    return _running.enter_context(serving(predictor))


@pytest.fixture(scope='session')
def locked_server(predictor):
    return _running.enter_context(serving(predictor, TOKEN))


@pytest.fixture(scope='session')
def shop(tmp_path_factory):
    """Path of a photograph-like picture with two texts."""
    from PIL import Image

    path = tmp_path_factory.mktemp('shop') / 'shop.jpg'
    Image.fromarray(draw_shop_front()).save(path, quality=92)
    return path


@pytest.fixture
def visit(browser, server):
    """visit(width=1280, **options of a browser context) -> a Person at the page; at the end nothing was amiss."""
    with contextlib.ExitStack() as visits:
        yield lambda **options: visits.enter_context(visiting(browser, options.pop('url', server), **options))


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
