"""What a person does on the page, and sees there."""

import base64
import json

import numpy as np


class Person:
    """Attributes: page, Playwright's Page."""

    def __init__(self, page):
        self.page = page

    def see(self, selector, **options):
        """The elements of a selector, once one is visible."""
        locator = self.page.locator(selector, **options)
        locator.first.wait_for()
        return locator

    def upload(self, path):
        """Choose a file; returns when it is read."""
        self.page.set_input_files('#file', path)
        return self.when_read()

    def when_read(self):
        self.see('#work[aria-busy="false"] .result')
        return self

    def use(self, tool):
        self.page.click(f'[data-tool="{tool}"]')

    def at(self, point):
        """Where a point of the picture is on the screen."""
        return self.page.evaluate(
            """([x, y]) => {
                const { left, top, width } = document.getElementById('overlay').getBoundingClientRect();
                const scale = width / document.getElementById('picture').naturalWidth;
                return [left + x * scale, top + y * scale];
            }""",
            list(point),
        )

    def drag(self, *points):
        """The mouse pressed at the first point of the picture, moved over the others, lifted at the last."""
        mouse = self.page.mouse
        mouse.move(*self.at(points[0]))
        mouse.down()
        for point in points[1:]:
            mouse.move(*self.at(point), steps=3)
        mouse.up()

    def click(self, *points):
        for point in points:
            self.page.mouse.click(*self.at(point))

    def draw_rectangle(self, polygon):
        self.use('rectangle')
        self.drag(polygon[0], polygon[2])

    def draw_polygon(self, polygon):
        self.use('polygon')
        self.click(*polygon, polygon[0])

    def read(self):
        self.page.click('#read')
        self.page.locator('#read').wait_for(state='hidden')
        return self.when_read()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def regions(self):
        """The outlines drawn on the picture, list of float (K, 2) in its pixels, in order."""
        outlines = self.page.evaluate(
            """() => {
                const { width } = document.getElementById('overlay').getBoundingClientRect();
                const scale = width / document.getElementById('picture').naturalWidth;
                return [...document.querySelectorAll('[data-region]')].map((outline) =>
                    [...outline.points].map(({ x, y }) => [x / scale, y / scale]));
            }"""
        )
        return [np.array(outline) for outline in outlines]

    @property
    def texts(self):
        return self.page.locator('.head .text').all_text_contents()

    @property
    def labels(self):
        """What is written on the picture."""
        return self.page.locator('text.label').all_text_contents()

    @property
    def problem(self):
        return self.see('#problem p').text_content()

    @property
    def looked_at(self):
        """The character whose place is shown, or None."""
        looked = self.page.locator('.character.looked-at .glyph').all_text_contents()
        return looked[0] if looked else None

    def heat(self):
        """The heat map: uint8 (h, w, 4), RGBA; None if none is shown."""
        if self.page.locator('#heat').is_hidden():
            return None
        self.page.wait_for_function("document.getElementById('heat').dataset.shown === 'true'")
        height, width, values = self.page.evaluate(
            """() => {
                const heat = document.getElementById('heat');
                const { width, height } = heat;
                const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
                copy.drawImage(heat, 0, 0);
                const { data } = copy.getImageData(0, 0, width, height);
                return [height, width, btoa(Array.from(data, (one) => String.fromCharCode(one)).join(''))];
            }"""
        )
        return np.frombuffer(base64.b64decode(values), np.uint8).reshape(height, width, 4)

    def download(self, button):
        """(name, bytes) of what a button saves."""
        with self.page.expect_download() as download:
            self.page.click(button)
        with open(download.value.path(), 'rb') as stream:
            return download.value.suggested_filename, stream.read()

    def saved_json(self):
        name, data = self.download('#save-json')
        return name, json.loads(data)

    @property
    def clipboard(self):
        return self.page.evaluate('navigator.clipboard.readText()')

    def overflow(self):
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
