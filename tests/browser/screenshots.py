"""The pictures of the page for the README.

    python tests/browser/screenshots.py

Writes imgs/page.png (1280 px) and imgs/page_phone.png (390 px): the shop front of the tests with two regions read,
and where one character was read.
"""

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
COLOURS = 256  # of the palette: the files stay small


def shot(person, path):
    """Save what is seen as a PNG with a palette."""
    image = Image.open(io.BytesIO(person.page.screenshot())).convert('RGB')
    palette = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)
    print(f'{path.relative_to(ROOT)}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB')


def read_shop_front(person, path):
    """Two regions read, the first selected."""
    from shop_front import BOARD, PLATE

    person.upload(path)
    person.draw_polygon(BOARD)
    person.draw_rectangle(PLATE)
    person.read()
    person.page.click('.head >> nth=0')


def main():
    sys.path[:0] = [str(ROOT), str(ROOT / 'tests'), str(FOLDER)]
    os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
    from shop_front import draw_shop_front
    from visits import CHROMIUM, load_predictor, serving, start_browser, visiting

    with contextlib.ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory())
        path = Path(folder) / 'shop.png'
        Image.fromarray(draw_shop_front()).save(path)
        url = running.enter_context(serving(load_predictor()))
        browser = start_browser(running, CHROMIUM)
        with visiting(browser, url, height=820) as person:
            read_shop_front(person, path)
            person.page.hover('.character >> nth=4')
            person.heat()
            shot(person, ROOT / 'imgs' / 'page.png')
        with visiting(browser, url, width=390, height=844, color_scheme='dark') as person:
            read_shop_front(person, path)
            person.page.tap('.character >> nth=4')
            person.page.evaluate("scrollTo(0, document.getElementById('viewport').offsetTop - 8)")
            person.heat()
            shot(person, ROOT / 'imgs' / 'page_phone.png')


if __name__ == '__main__':
    main()
