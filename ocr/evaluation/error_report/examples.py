"""Regions looked at closely: their pictures, and where the model looks while it reads them once more.

Only the few regions that a page shows are read again, after everything has been scored: an evaluation of any size keeps
no pictures, and one that was resumed shows what an undisturbed one does.
"""

from ocr.evaluation.error_report.confusions import name_of
from ocr.metrics import wrong_characters
from ocr.pages.document import Line, RegionExample, Tile
from ocr.pages.pictures import draw_pictures, to_jpeg
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import Broken
from ocr.reading.regions import read_regions
from ocr.region import TextRegion

MAX_TILES = 40  # characters of a text whose attention is shown


class ExampleRenderer:
    """Makes the RegionExamples of readings.

    Attributes:
        has_attention: bool, the model gives its attention away.
    """

    def __init__(self, predictor, *, batch_size, num_workers=0, read_image=read_image):
        """
        Args:
            predictor: Predictor.
            batch_size, num_workers, read_image: see reading.read_regions.
        """
        self.has_attention = predictor.has_attention
        self._predictor = predictor
        self._settings = {
            'batch_size': batch_size,
            'num_workers': num_workers,
            'read_image': read_image,
        }

    def examples(self, readings, lines, with_attention=False):
        """A RegionExample of each reading.

        Args:
            readings: list of report.Reading.
            lines: for each what stands below truth and text: a list of Line.
            with_attention: read them again and show where the model looks.
        """
        regions = [TextRegion(one.image, one.polygon, one.truth, one.dataset) for one in readings]
        settings = self._settings
        pictures = draw_pictures(regions, settings['num_workers'], settings['read_image'])
        looks = self._looks(regions) if with_attention and self.has_attention else [((), None)] * len(readings)
        return [_example(*of_reading) for of_reading in zip(readings, pictures, looks, lines, strict=True)]

    def _looks(self, regions):
        """For each region its Tiles, and the text read this time."""
        order = sorted(range(len(regions)), key=lambda i: regions[i].image_path)  # each photograph is decoded once
        results = read_regions(self._predictor, [regions[i] for i in order], with_alpha=True, **self._settings)
        looks = [((), None)] * len(regions)
        for i, (_, prepared, result) in zip(order, results, strict=True):
            if not isinstance(result, Broken):
                looks[i] = tuple(_tiles(prepared.canvas, result)), result.text
        return looks


def _example(reading, picture, look, more):
    tiles, again = look
    wrong_read, wrong_true = wrong_characters(reading.text, reading.truth)
    lines = (
        Line('truth', reading.truth, frozenset(wrong_true)),
        Line('read', reading.text, frozenset(wrong_read)),
        *more,
    )
    notes = [f'Read once more for its attention: {again}'] * (again not in (None, reading.text))
    if len(tiles) == MAX_TILES:
        notes.append(f'The attention of the first {MAX_TILES} characters is shown.')
    alt = f'Region labelled {reading.truth}, read as {reading.text or "nothing"}'
    return RegionExample(picture, alt, lines, tiles, ' '.join(notes))


def _tiles(canvas, result):
    """A Tile for each character of a ReadText with alpha and for the end."""
    from ocr.visualization.heat_map import heat_map

    is_tall = canvas.shape[0] > 2 * canvas.shape[1]
    for t, alpha in enumerate(result.alpha[:MAX_TILES]):
        is_end = t == len(result.text)
        label = 'end' if is_end else name_of(result.text[t])
        note = '' if is_end else f'{100 * result.char_confidences[t]:.0f} %'
        alt = 'Attention at the end of the text' if is_end else f'Attention for {label}'
        yield Tile(to_jpeg(heat_map(canvas, alpha)), alt, label, note, is_tall)
