"""Whole photographs -> text: a detector finds the regions, a recogniser reads them."""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tabulate import tabulate

from ocr.preprocessing.decode import read_image
from ocr.preprocessing.prepare import Broken
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.reading.detector import FoundText
from ocr.reading.folder import find_images
from ocr.reading.lines import in_reading_order
from ocr.reading.results_file import open_results, read_results, to_record
from ocr.region import TextRegion
from ocr.terminal.progress import progress_bar
from ocr.terminal.visible import visible


@dataclass(frozen=True)
class ReadPhotograph:
    """A photograph with what was found and read in it.

    Attributes:
        image_path: path of the photograph.
        found: FoundText, its regions in reading order; or a Broken, where the photograph could not be read.
        lines: list of lines.Line, their members positions in `found.regions`.
        readings: list of ReadText or Broken for each region; empty where nothing reads.
    """

    image_path: str
    found: FoundText | Broken
    lines: list
    readings: list


def read_photographs(detector, reader, image_paths, *, read_image=read_image) -> Iterator:
    """Find text in photographs, and read it.

    Regions of one photograph are read in a batch with those of others; the next photographs are searched meanwhile.

    Args:
        detector: Detector.
        reader: predictor.Reader; None: only find.
        image_paths: iterable of paths.
        read_image: function path -> uint8 (H, W, 3), RGB; raises UnreadableImage.

    Yields:
        ReadPhotograph, in the order of the paths.
    """
    searched = (search(detector, path, read_image) for path in image_paths)
    if reader is None:
        yield from searched
        return
    waiting = deque()

    def regions():
        for photograph in searched:
            waiting.append(photograph)
            for region in () if isinstance(photograph.found, Broken) else photograph.found.regions:
                yield TextRegion(photograph.image_path, region.polygon, '', '')

    for _, result in reader.read(regions()):
        while _is_whole(waiting[0]):  # photographs before it in which nothing was found
            yield waiting.popleft()
        waiting[0].readings.append(result)
        if _is_whole(waiting[0]):
            yield waiting.popleft()
    yield from waiting


def search(detector, path, read_image=read_image):
    """ReadPhotograph of one path, found and ordered, nothing read yet."""
    try:
        image = read_image(path)
    except UnreadableImage as error:
        return ReadPhotograph(path, Broken.of(error), [], [])
    found = detector.find(image)
    order, lines = in_reading_order([region.polygon for region in found.regions])
    return ReadPhotograph(path, FoundText([found.regions[member] for member in order], found.left_out), lines, [])


def _is_whole(photograph):
    """Whether all regions of a photograph have been read."""
    broken = isinstance(photograph.found, Broken)
    return broken or len(photograph.readings) == len(photograph.found.regions)


def photograph_record(place, photograph):
    """The object of a photograph's line in results.jsonl.

    Args:
        place: dict that says which photograph it is.
        photograph: ReadPhotograph.
    """
    if isinstance(photograph.found, Broken):
        return {**place, 'error': photograph.found.message}
    regions = []
    for region, reading in zip(photograph.found.regions, photograph.readings, strict=True):
        where = {'polygon': _plain(region.polygon), 'found_confidence': round(region.confidence, 4)}
        regions.append(to_record(where, reading))
    lines = [
        {
            'text': ' '.join(filter(None, (regions[member].get('text', '') for member in line.members))),
            'regions': list(line.members),
            'polygon': _plain(line.polygon),
        }
        for line in photograph.lines
    ]
    record = {**place, 'regions': regions, 'lines': lines}
    left_out = dict(photograph.found.left_out)
    return {**record, 'left_out': left_out} if left_out else record


def read_folder(detector, reader, img_folder, path, *, resume=False, save=None):
    """Find and read the text of the photographs of a folder, and write a line for each.

    Args:
        detector: Detector.
        reader: LocalReader.
        img_folder: the folder.
        path: JSON Lines file to write, see reading.results_file.
        resume: keep the lines that are there.
        save: function (number, ReadPhotograph) that saves a picture, or None.

    Raises:
        InputError: no image there; the file cannot be written.
    """
    paths = find_images(img_folder)
    run = {'window_aspect': False, **reader.identity, 'pictures': save is not None, 'detector': detector.fingerprint}
    places = [{'image': os.path.relpath(one, img_folder)} for one in paths]
    with open_results(path, run, iter(places), resume) as results:
        start = results.num_kept
        read = read_photographs(detector, reader, paths[start:])
        bar = progress_bar(read, total=len(paths), initial=start, desc='reading', unit=' photographs')
        for number, photograph in enumerate(bar, start):
            if save and not isinstance(photograph.found, Broken):
                save(number, photograph)
            results.append(photograph_record(places[number], photograph))


def line_table(path, most_rows):
    """The lines of the photographs of a file as one aligned table, and how many there are."""
    shown, num_read, num_broken, num_regions = [], 0, 0, 0
    for record in read_results(path):
        num_read += 'error' not in record
        num_broken += 'error' in record
        num_regions += len(record.get('regions', ()))
        lines = [record['error']] if 'error' in record else [line['text'] for line in record['lines']]
        image = visible(record['image'])
        shown += [(image * (n == 0), visible(text)) for n, text in enumerate(lines or ['(no text found)'])]
    table = tabulate(shown[:most_rows], ('image', 'lines'), disable_numparse=True)
    more = f'\n... and {len(shown) - most_rows} more' if len(shown) > most_rows else ''
    return f'{table}{more}\n{path}: {num_regions} regions in {num_read} photographs, {num_broken} unreadable'


def _plain(polygon):
    """Polygon as nested lists, pixels to a tenth."""
    return np.round(polygon.astype(np.float64), 1).tolist()
