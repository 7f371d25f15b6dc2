"""The page in Debian's chromium, against the server in a thread: both are started once for all tests of this folder."""

import contextlib
import os
import shutil

import pytest
from film_clip import write_film
from shop_front import draw_shop_front
from visits import CHROMIUM, TOKEN, Capitals, LongWords, ShopDetector, load_predictor, serving, start_browser, visiting

_folder = os.path.dirname(__file__)
_running = contextlib.ExitStack()  # closed behind the last test here: Playwright's loop would stand in others' way


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem):
    yield
    if nextitem is None or not str(nextitem.path).startswith(_folder):
        _running.close()


def find_chromium():
    """The browser's path; the test is skipped only if there is none and no Debian to install it."""
    if os.path.exists(CHROMIUM):
        return CHROMIUM
    if shutil.which('apt-get'):
        pytest.fail('no chromium: `apt-get install -y chromium` as root, which `make test` does by itself there')
    return pytest.skip('no chromium here, and no apt-get to install it')


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
def detector():
    return ShopDetector()


@pytest.fixture(scope='session')
def finding_server(predictor, detector):
    """A server with a detector."""
    return _running.enter_context(serving(predictor, detector=detector))


@pytest.fixture(scope='session')
def choosing_server(predictor, detector):
    """A server with a detector and the models `latin`, `capitals` and `long words`."""
    others = {'capitals': Capitals(predictor), 'long words': LongWords(predictor)}
    return _running.enter_context(serving(predictor, detector=detector, others=others))


@pytest.fixture
def detector_gate(detector):
    """An event: the detector waits for it; set at the end."""
    yield detector.gate
    detector.gate.set()


@pytest.fixture(scope='session')
def shop(tmp_path_factory):
    """Path of a photograph-like picture with two texts."""
    from PIL import Image

    path = tmp_path_factory.mktemp('shop') / 'shop.jpg'
    Image.fromarray(draw_shop_front()).save(path, quality=92)
    return path


@pytest.fixture(scope='session')
def film(tmp_path_factory):
    """Path of a video with a text from the beginning and one from two seconds on."""
    return write_film(tmp_path_factory.mktemp('film') / 'shop.webm')


@pytest.fixture
def visit(browser, server):
    """visit(width=1280, **options of a browser context) -> a Person at the page; at the end nothing was amiss."""
    with contextlib.ExitStack() as visits:
        yield lambda **options: visits.enter_context(visiting(browser, options.pop('url', server), **options))
