"""Sections about what the data is made of: lengths, sizes and shapes, scripts."""

from collections import Counter

from ocr.datasets.check.scripts import OTHERS
from ocr.datasets.check.statistics import CURVED, MIXED, RATIOS, quantile
from ocr.datasets.check.tables import distribution
from ocr.pages.bins import LENGTHS, THICKNESSES, binned
from ocr.pages.document import Paragraph, Section, Table
from ocr.region import DropReason
from ocr.region_shape import ORIENTATIONS

SPREAD = ('least', 'median', '95 %', 'greatest')


def lengths(datasets, seq_len):
    """How long the texts are, {name: Findings}."""
    rows = [
        [name, of.statistics.num_regions, *_spread(of.statistics.lengths), of.counts.get(DropReason.TOO_LONG, 0)]
        for name, of in datasets.items()
    ]
    return Section(
        'Lengths',
        [
            Paragraph('Characters of the legible regions: those kept, too long, or with unknown characters.'),
            Table(['dataset', 'legible regions', *SPREAD, f'over {seq_len}'], rows),
            distribution(datasets, 'characters', LENGTHS.names, lambda of: binned(of.lengths, LENGTHS)),
        ],
    )


def shapes(datasets):
    """How large the legible regions are and how they lie."""
    rows = [[name, *_spread(of.statistics.thicknesses)] for name, of in datasets.items()]
    return Section(
        'Sizes and shapes',
        [
            Paragraph(
                'The height of a text is measured across it in pixels of its image, also if it is rotated or bent.'
            ),
            Table(['dataset', *SPREAD], rows, 'Height of the text'),
            distribution(datasets, 'height', THICKNESSES.names, lambda of: binned(of.thicknesses, THICKNESSES)),
            distribution(datasets, 'width to height', RATIOS.names, lambda of: of.ratios, 'Shape of the upright box'),
            distribution(
                datasets, 'orientation', (*ORIENTATIONS, CURVED), lambda of: of.orientations, 'Orientation and outline'
            ),
        ],
    )


def scripts(datasets):
    """Which scripts the legible regions are written in."""
    total = sum((of.statistics.scripts for of in datasets.values()), Counter())
    names = [name for name, _ in total.most_common() if name not in (*OTHERS, MIXED)]
    names += [name for name in (*OTHERS, MIXED) if total[name]]
    about = 'Regions with characters of each script, by Unicode; a region may count more than once.'
    return Section('Scripts', [Paragraph(about), distribution(datasets, 'script', names, lambda of: of.scripts)])


def _spread(counter):
    """Least value, median, 95th percentile and greatest value; dashes if there is none."""
    return ['-' if one is None else one for one in (quantile(counter, share) for share in (0, 0.5, 0.95, 1))]
