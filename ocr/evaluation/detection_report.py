"""A page that shows where a detector errs: text that it missed, text that it invented, and what was read wrong."""

import itertools
import os

import numpy as np

from ocr.evaluation.error_report.page import PAGE_FILE, REMEDY
from ocr.files.atomic import replacing
from ocr.geometry import strip_height
from ocr.pages.document import Card, Gallery, Paragraph, Section, Table, of_which
from ocr.pages.html import to_html
from ocr.pages.pictures import draw_pictures
from ocr.region import TextRegion

NUM_SHOWN = 48  # regions of a section
HEIGHTS = (8, 16, 24, 32, 64)  # pixels, where the classes of text heights end


def write_detection_page(folder, table, judged):
    """Write the page of [ScoredPhotograph] below the printed table of their scores.

    Returns:
        path of the page.

    Raises:
        InputError: it cannot be written.
    """
    path = os.path.join(folder, PAGE_FILE)
    sections = [Section('Scores', [Paragraph(line) for line in table.split('\n') if line.strip()])]
    sections += [Section('By height of the text', [height_table(judged)]), *_galleries(judged)]
    with replacing(path, remedy=REMEDY) as file:
        file.write(to_html('Where the detector errs', sections, is_sortable=True))
    return path


def height_table(judged):
    """Table of how much of the text was found, by its height in the photograph."""
    counts = np.zeros((len(HEIGHTS) + 1, 2), int)
    for one in judged:
        matched = {truth for truth, _, _ in one.matching.pairs}
        for number in (*matched, *one.matching.missed):
            place = np.searchsorted(HEIGHTS, strip_height(one.truths[number].polygon), side='right')
            counts[place] += (1, number in matched)
    names = [f'under {HEIGHTS[0]}', *(f'{low} to {high}' for low, high in itertools.pairwise(HEIGHTS))]
    names.append(f'{HEIGHTS[-1]} and more')
    rows = [
        [name, int(wanted), int(found), f'{100 * found / wanted:.1f}' if wanted else '-']
        for name, (wanted, found) in zip(names, counts, strict=True)
    ]
    return Table(['height, pixels', 'to find', 'found', 'recall, %'], rows)


def _galleries(judged):
    """A Section each of what was missed, invented and, if it was read, read wrong; the largest or surest first."""
    missed = [(one, one.truths[number], 'missed') for one in judged for number in one.matching.missed]
    missed.sort(key=lambda case: -strip_height(case[1].polygon))
    false = [(one, one.found[number], 'invented') for one in judged for number in one.matching.false]
    false.sort(key=lambda case: -case[1].confidence)
    wrong = [
        (one, one.found[found], f'read {one.found[found].text!r}, is {one.truths[truth].text!r}')
        for one in judged
        for truth, found, _ in one.matching.pairs
        if one.found[found].text not in (None, one.truths[truth].text)
    ]
    titles = (
        ('Missed, the largest first', missed),
        ('Invented, the surest first', false),
        ('Found and read wrong', wrong),
    )
    return [_gallery(title, cases) for title, cases in titles if cases]


def _gallery(title, cases):
    shown = cases[:NUM_SHOWN]
    pictures = draw_pictures([TextRegion(one.image, region.polygon, '', one.dataset) for one, region, _ in shown])
    cards = [
        Card((picture,), region.text or None, (label, *_certainty(region), os.path.basename(one.image)))
        for (one, region, label), picture in zip(shown, pictures, strict=True)
    ]
    return Section(title, [Gallery(f'{len(cases)}{of_which(len(shown), len(cases))}', cards)])


def _certainty(region):
    return (f'{100 * region.confidence:.0f} % sure',) if hasattr(region, 'confidence') else ()
