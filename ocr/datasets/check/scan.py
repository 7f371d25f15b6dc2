"""The examination: every region is counted, every image of the legible ones decoded, once for all of its regions.

What is held of a dataset does not grow with it, but for 8 bytes a region and the signature of each image.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from ocr.annotations import Source
from ocr.datasets.check.duplicates import Signatures, find_twins, signature
from ocr.datasets.check.examples import Example, Examples, example_of
from ocr.datasets.check.statistics import Statistics
from ocr.datasets.check.suspect_labels import contradicted, suspicions
from ocr.datasets.counts import KEPT
from ocr.datasets.index import positions_by_photograph
from ocr.datasets.judging import judged
from ocr.parallel import map_in_order, num_cores
from ocr.preprocessing.prepare import Broken, read_or_broken
from ocr.region import DropReason

DAMAGED = 'damaged image'  # its header can be read, its pixels cannot; the reason of regions lost by that
TRAINING, EVALUATION = 'training', 'evaluation'
NAMED_IMAGES = 20  # damaged ones that are named
_IN_INDEX = (KEPT, DropReason.TOO_LONG, DropReason.UNKNOWN_CHARACTER)


@dataclass
class Findings:
    """What was found in one dataset.

    Attributes:
        source: annotations.Source.
        roles: of TRAINING and EVALUATION, what the dataset is used for.
        counts: {KEPT: number, reason: number}, the readers' counts.
        statistics: Statistics of the legible regions: those kept, too long or with unknown characters.
        suspicions: Counter of legible regions by kind of suspicion; num_suspicious: regions with any.
        num_images: images of the legible regions.
        damaged: messages, which name the images that cannot be decoded; the first NAMED_IMAGES.
        num_damaged: images; num_lost: kept regions in them.
        signatures: Signatures, by the position of an image's first region in the index.
        seed: of the choice of examples.
        examples: Examples by KEPT, reason or kind of suspicion.
    """

    source: Source
    roles: list[str]
    counts: dict[str, int]
    seed: str
    examples: Examples = field(init=False)
    statistics: Statistics = field(default_factory=Statistics)
    suspicions: Counter = field(default_factory=Counter)
    num_suspicious: int = 0
    num_images: int = 0
    damaged: list[str] = field(default_factory=list)
    num_damaged: int = 0
    num_lost: int = 0
    signatures: Signatures = field(default_factory=Signatures)

    def __post_init__(self):
        self.examples = Examples(self.seed)

    @property
    def losses(self):
        """Counter of regions by reason, those in damaged images included."""
        lost = Counter({reason: number for reason, number in self.counts.items() if reason != KEPT})
        return +(lost + Counter({DAMAGED: self.num_lost}))

    @property
    def num_annotated(self):
        """Annotated regions, kept or not."""
        return sum(self.counts.values())

    @property
    def num_left_out(self):
        """Regions that the reader left out, which the index does not hold."""
        return sum(number for reason, number in self.counts.items() if reason not in _IN_INDEX)


class Examination:
    """Goes through datasets.

    Args:
        index: RegionIndex.
        datasets: {name: Findings}, in the order of the index's spans; filled here.
        charset, seq_len: what the texts are held against.
        num_workers: threads that decode images; 0 is one for each core.
    """

    def __init__(self, index, datasets, charset, seq_len, num_workers=0):
        self.index = index
        self.datasets = datasets
        self.charset = charset
        self.seq_len = seq_len
        self.num_workers = num_workers or num_cores()

    @property
    def num_annotations(self):
        """Regions that `read_annotations` goes through."""
        return sum(findings.num_annotated for findings in self.datasets.values() if findings.num_left_out)

    def read_annotations(self, progress):
        """Collects examples of what the readers leave out.

        Args:
            progress: called with 1 after every annotated region.
        """
        for findings in self.datasets.values():
            if not findings.num_left_out:
                continue
            for region, reason in judged(findings.source.read(), blamed_images=0):
                if reason:
                    findings.examples.offer(reason, example_of, region)
                progress(1)

    def look_at_images(self, progress):
        """Decodes the images and counts their regions.

        Args:
            progress: called with a number of regions after every image.
        """
        for findings, span in zip(self.datasets.values(), self.index.spans, strict=True):
            with ThreadPoolExecutor(self.num_workers) as pool:
                looks = map_in_order(_look_at, self._images(*span), pool, 4 * self.num_workers)
                try:
                    for positions, regions, look in looks:
                        self._count(findings, positions[0], regions, look)
                        progress(len(regions))
                finally:
                    pool.shutdown(cancel_futures=True)

    def twins(self):
        """Images of evaluation datasets that look like one of training.

        Returns:
            [(evaluation dataset's name, training dataset's name, Example, Example)].
        """
        training = {name: of for name, of in self.datasets.items() if TRAINING in of.roles}
        if not training:
            return []
        values = np.concatenate([of.signatures.values for of in training.values()])
        numbers = np.concatenate([of.signatures.numbers for of in training.values()])
        names = np.repeat(list(training), [len(of.signatures.numbers) for of in training.values()])
        found = []
        for name, of in self.datasets.items():
            if EVALUATION in of.roles:
                own = of.signatures.numbers
                for row, other in find_twins(of.signatures.values, values).items():
                    pair = self._image(own[row]), self._image(numbers[other])
                    found.append((name, str(names[other]), *pair))
        return found

    def _image(self, position):
        """Example of the whole image that a region is in."""
        path = self.index[position].image_path
        return Example(path, None, None, path)

    def _images(self, start, stop):
        """Yields (positions, regions) of each image of the index's positions start..stop - 1, as they first come."""
        for positions in positions_by_photograph(self.index, start, stop):
            yield positions.tolist(), [self.index[position] for position in positions]

    def _count(self, findings, position, regions, look):
        """Adds what was seen of one image and its regions."""
        findings.num_images += 1
        is_damaged = isinstance(look, Broken)
        if is_damaged:
            findings.num_damaged += 1
            findings.damaged.extend([look.message] * (len(findings.damaged) < NAMED_IMAGES))
        elif look is not None:
            findings.signatures.append(position, look)
        for region, is_contradicted in zip(regions, contradicted(regions), strict=True):
            reason = findings.statistics.add(region, self.charset, self.seq_len)
            if reason is None and is_damaged:
                findings.num_lost += 1
            else:
                findings.examples.offer(reason or KEPT, example_of, region)
            kinds = suspicions(region, is_contradicted)
            findings.num_suspicious += bool(kinds)
            for kind in kinds:
                findings.suspicions[kind] += 1
                findings.examples.offer(kind, example_of, region)


def _look_at(image):
    """(positions, regions, signature or None or Broken) of one image's (positions, regions)."""
    positions, regions = image
    pixels = read_or_broken(regions[0].image_path)
    return positions, regions, pixels if isinstance(pixels, Broken) else signature(pixels)
