"""What a detector would train on: how many photographs, how much text in them and how high, and what looks wrong."""

from dataclasses import dataclass, field

import numpy as np
from tabulate import tabulate

from ocr.geometry import crosses_itself, polygon_box, strip_height
from ocr.preprocessing.decode import read_image
from ocr.preprocessing.image_header import upright_size
from ocr.preprocessing.unreadable import UnreadableImage
from ocr.preprocessing.working_size import working_size

TWICE = 0.9  # share of two boxes' union that they have in common, from which on they are one text labelled twice
NUM_NAMED = 5  # photographs that are named for each fault


@dataclass
class PhotographFindings:
    """What was found in the photographs of one dataset.

    Attributes:
        num_photographs, num_empty: all, and those without a text to find.
        num_uncounted: regions that are neither to be found nor wrong.
        heights: of the texts to find, pixels of the photograph as it is looked at.
        faults: {what: list of paths}.
    """

    num_photographs: int = 0
    num_empty: int = 0
    num_uncounted: int = 0
    heights: list = field(default_factory=list)
    faults: dict = field(default_factory=dict)

    def blame(self, fault, path):
        """Note a fault of a photograph."""
        self.faults.setdefault(fault, []).append(path)


def examine_photographs(photographs, decode=False, progress=None):
    """{dataset: PhotographFindings}.

    Args:
        photographs: iterable of Photograph.
        decode: decode each one, rather than look at its header alone.
        progress: function called with 1 for each.
    """
    findings = {}
    for photograph in photographs:
        _examine(photograph, findings.setdefault(photograph.dataset, PhotographFindings()), decode)
        if progress:
            progress(1)
    return findings


def _examine(photograph, found, decode):
    path, polygons = photograph.image_path, [region.polygon for region in photograph.regions if region.counts]
    found.num_photographs += 1
    found.num_empty += not polygons
    found.num_uncounted += len(photograph.regions) - len(polygons)
    try:
        size = read_image(path).shape[1::-1] if decode else upright_size(path)
    except UnreadableImage as error:
        found.blame(error.reason, path)
        return
    scale = working_size(*size)[0] / size[0]
    found.heights += [scale * strip_height(polygon) for polygon in polygons]
    if any(crosses_itself(polygon) for polygon in polygons):
        found.blame('an outline crosses itself', path)
    if _has_twice(np.array([polygon_box(polygon) for polygon in polygons]).reshape(-1, 4)):
        found.blame('a text is labelled twice', path)


def _has_twice(boxes):
    """Whether two of the boxes float (n, 4) are about the same."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=2)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    union = areas[:, None] + areas[None] - common
    return bool((np.triu(common > TWICE * np.maximum(union, 1e-6), 1)).any())


def findings_text(findings):
    """The text to print of {dataset: PhotographFindings}: one table, and a line for each fault."""
    headers = 'dataset', 'photographs', 'without text to find', 'to find', 'not counted', 'height, pixels: 5 %', '50 %'
    rows = []
    for name, found in findings.items():
        heights = np.percentile(found.heights, (5, 50, 95)).round(1) if found.heights else ['-'] * 3
        counts = found.num_photographs, found.num_empty, len(found.heights), found.num_uncounted
        rows.append((name, *counts, *heights))
    lines = [tabulate(rows, (*headers, '95 %'))]
    for name, found in findings.items():
        for fault, paths in found.faults.items():
            more = f' and {len(paths) - NUM_NAMED} more' if len(paths) > NUM_NAMED else ''
            lines.append(f'{name}: {fault}: {", ".join(paths[:NUM_NAMED])}{more}')
    return '\n'.join(lines)
