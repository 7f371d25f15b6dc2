"""The pictures of the page for the README.

    python tests/browser/screenshots.py

Writes imgs/page.png (1280 px), a street whose text was found and read, and imgs/page_phone.png (390 px, dark), where
one character of it was read. The name of the other language needs a Chinese font (Debian: fonts-noto-cjk). They show
how long reading took, so the machine should be idle.
"""

import contextlib
import io
import os
import sys
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
COLOURS = 256  # of the palette: the files stay small
STREET, SELECTED = ROOT / 'imgs' / 'streets' / '621.jpg', 'Harbour'


def shot(person, path, **options):
    """Save what is seen as a PNG with a palette; `options` of Playwright's screenshot."""
    image = Image.open(io.BytesIO(person.page.screenshot(**options))).convert('RGB')
    palette = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)
    print(f'{path.relative_to(ROOT)}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB')


def read_street(person, path):
    """All text found and read, one of the texts selected."""
    person.upload(path)
    person.page.locator('.head', has_text=SELECTED).click()


def main():
    sys.path[:0] = [str(ROOT), str(ROOT / 'tests'), str(FOLDER)]
    os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
    from visits import CHROMIUM, load_predictor, serving, start_browser, visiting

    from ocr.reading.open_detector import choose_detector, open_detector

    with contextlib.ExitStack() as running:
        models = {'others': {'chinese': load_predictor(1)}, 'detector': open_detector(choose_detector())}
        url = running.enter_context(serving(load_predictor(), **models))
        browser = start_browser(running, CHROMIUM)
        with visiting(browser, url) as person:  # the first picture takes longer
            read_street(person, STREET)
        with visiting(browser, url, height=900) as person:
            read_street(person, STREET)
            shot(person, ROOT / 'imgs' / 'page.png')
        with visiting(browser, url, width=390, height=844, color_scheme='dark') as person:
            read_street(person, STREET)
            person.page.tap('.character >> nth=1')
            person.page.evaluate("scrollTo(0, document.getElementById('viewport').offsetTop - 8)")
            person.heat()
            shot(person, ROOT / 'imgs' / 'page_phone.png')


if __name__ == '__main__':
    main()
