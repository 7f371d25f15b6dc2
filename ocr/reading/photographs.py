"""Whole photographs -> text: a detector finds the regions, a recogniser reads them."""

import os
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from tabulate import tabulate

from ocr.parallel import map_in_order
from ocr.preprocessing.decode import SPARE, Excerpt, read_image
from ocr.preprocessing.prepare import Broken
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.preprocessing.working_size import working_size
from ocr.reading.detector import FoundText
from ocr.reading.folder import find_images
from ocr.reading.legible import ILLEGIBLE, legible
from ocr.reading.lines import in_reading_order, keep_members
from ocr.reading.results_file import open_results, read_results, to_record
from ocr.reading.text_outlines import outline_to_give
from ocr.region import TextRegion
from ocr.terminal.progress import progress_bar
from ocr.terminal.visible import visible

_DETAIL = 1.5  # decoded pixels, on each axis, for one that the detector looks at


@dataclass(frozen=True)
class ReadPhotograph:
    """A photograph with what was found and read in it.

    Attributes:
        image_path: path of the photograph.
        found: FoundText, its regions in reading order; or a Broken, if the photograph could not be read.
        lines: list of lines.Line, their members positions in `found.regions`.
        readings: list of ReadText or Broken for each region; empty if nothing reads.
    """

    image_path: str
    found: FoundText | Broken
    lines: list
    readings: list


def read_photographs(detector, reader, image_paths, *, read_image=read_image) -> Iterator:
    """Find text in photographs, and read it; regions in which nothing can be read are left out, and counted.

    Regions of one photograph are read in a batch with those of others; the next photographs are searched meanwhile,
    and the one after them decoded. No more than three decoded photographs are held for the search.

    Args:
        detector: Detector.
        reader: LocalReader; None: only find.
        image_paths: iterable of paths.
        read_image: function of a path and a scale, see decode.read_image.

    Yields:
        ReadPhotograph, in the order of the paths.
    """
    searched = _search_all(detector, image_paths, read_image)
    if reader is None:
        yield from searched
        return
    waiting = deque()

    def regions():
        for photograph in searched:
            waiting.append(photograph)
            for region in () if isinstance(photograph.found, Broken) else photograph.found.regions:
                yield TextRegion(photograph.image_path, outline_to_give(region.polygon, reader.canvas), '', '')

    for _, result in reader.read(regions(), soon=True):
        while _is_whole(waiting[0]):  # photographs before it in which nothing was found
            yield waiting.popleft()
        waiting[0].readings.append(result)
        if _is_whole(waiting[0]):
            yield without_illegible(waiting.popleft())
    yield from waiting


def search(detector, path, read_image=read_image):
    """ReadPhotograph of one path, found and ordered, nothing read yet."""
    return _search_image(detector, *_decoded(read_image, detector.longer, path))


def without_illegible(photograph):
    """A ReadPhotograph of which all regions have been read, with those that are text."""
    found, readings = photograph.found, photograph.readings
    kept = legible(readings)
    if len(kept) == len(readings):
        return photograph
    lines = keep_members(photograph.lines, [region.polygon for region in found.regions], kept)
    left_out = found.left_out + Counter({ILLEGIBLE: len(readings) - len(kept)})
    found = FoundText([found.regions[number] for number in kept], left_out)
    return ReadPhotograph(photograph.image_path, found, lines, [readings[number] for number in kept])


def _search_all(detector, image_paths, read_image):
    """ReadPhotograph of each path; the next photograph is decoded while one is searched."""
    with ThreadPoolExecutor(1, 'decoding') as pool:
        for path, image in map_in_order(partial(_decoded, read_image, detector.longer), image_paths, pool, 2):
            yield _search_image(detector, path, image)


def _decoded(read_image, longer, path):
    """(path, what read_image gives or a Broken): a JPEG far larger than the detector looks at it is decoded smaller."""
    try:
        return path, read_image(path, partial(_scale, longer))
    except UnreadableImage as error:
        return path, Broken.of(error)


def _scale(longer, width, height):
    """For read_image: decoded pixels that are left for each that the detector looks at are _DETAIL at least."""
    return working_size(width, height, longer)[0] / width * _DETAIL / SPARE


def _search_image(detector, path, image):
    """ReadPhotograph of a decoded photograph, uint8 (H, W, 3) or an Excerpt that shows all of it, or of a Broken."""
    if isinstance(image, Broken):
        return ReadPhotograph(path, image, [], [])
    pixels = image.pixels if isinstance(image, Excerpt) else image
    found = detector.find(pixels, image.shape[1::-1])
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
    readings = photograph.readings or [None] * len(photograph.found.regions)  # none if nothing reads
    for region, reading in zip(photograph.found.regions, readings, strict=True):
        where = {'polygon': _plain(region.polygon), 'found_confidence': round(region.confidence, 4)}
        regions.append(where if reading is None else to_record(where, reading))
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


def read_folder(detector, reader, img_folder, path, *, shard=None, resume=False, save=None):
    """Find and read the text of the photographs of a folder, and write a line for each.

    Args:
        detector: Detector.
        reader: LocalReader.
        img_folder: the folder.
        path: JSON Lines file to write, see reading.results_file.
        shard: Shard of the folder to read; None: all of it.
        resume: keep the lines that are there.
        save: function (number, ReadPhotograph) that saves a picture, or None.

    Raises:
        InputError: no image there; the file cannot be written.
    """
    paths = find_images(img_folder)
    run = {'window_aspect': False, **reader.identity, 'pictures': save is not None, 'detector': detector.fingerprint}
    places = [{'image': os.path.relpath(one, img_folder)} for one in paths]
    if shard:
        kept = [number for number, place in enumerate(places) if shard.holds(place['image'])]
        paths, places = [paths[number] for number in kept], [places[number] for number in kept]
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
