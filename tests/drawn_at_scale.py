"""Draw a recipe at scale and check every sample: python tests/drawn_at_scale.py --num_samples 100000

Each sample is drawn in one process and again in several, and must be the same to the byte. No ink may lie outside its
polygon or at the picture's edge, none may be blank, its font must have a glyph with ink, other than the one for missing
characters, for each of its characters. Shapes and font sizes must come as often as the recipe says, within five
standard errors of a count; lengths within a tenth of the samples, because a source of text comes as near to a length as
it can. Prints what was found as JSON, draws the histograms, and ends with code 1 if anything
is wrong. The suite runs it on few samples.
"""

import dataclasses
import hashlib
import itertools
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import ImageFont

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from ink import ink_outside  # noqa: E402

from ocr.drawing import draw_sample, named_recipe, scan_fonts  # noqa: E402
from ocr.drawing.draw import draw_with_ink  # noqa: E402
from ocr.drawing.layout import SHAPES  # noqa: E402
from ocr.drawing.recipe import SIZE_STEP  # noqa: E402
from ocr.drawing.shaping import split_units  # noqa: E402
from ocr.parallel import map_in_order, process_pool  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.progress import progress_bar  # noqa: E402
from ocr.training.history import blank_panels  # noqa: E402

BLOCK = 250  # samples that a process draws at a time
SIGMAS = 5.0
LENGTHS_APART = 0.1  # share of the samples that may have another length than the recipe says
COLOURS = {'drawn': '#1f4e8c', 'recipe': '#c2410c'}


@dataclass(frozen=True)
class Settings:
    num_samples: int = 1000
    """How many to draw."""
    recipe: str = 'scene'
    """Which recipe."""
    seed: int = 0
    """Of the drawing."""
    num_processes: int = 2
    """Processes of the second drawing."""
    picture: str = ''
    """PNG of the histograms to write."""


@dataclass
class Findings:
    """What a block of samples was found to hold."""

    faults: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)
    """{fault: index of the first sample that has it}"""
    lengths: Counter = field(default_factory=Counter)
    shapes: Counter = field(default_factory=Counter)
    expected_shapes: Counter = field(default_factory=Counter)
    """Sums of the shapes' probabilities, each sample's by its number of characters."""
    font_sizes: Counter = field(default_factory=Counter)
    glyphs: set = field(default_factory=set)
    """(font, character) that were drawn."""
    heights: list = field(default_factory=list)
    """Of the pictures, pixels."""
    widths: list = field(default_factory=list)

    def add(self, fault, index):
        """Counts a fault."""
        self.faults[fault] += 1
        self.examples.setdefault(fault, index)

    def merge(self, other):
        """Takes over what a later block holds."""
        self.examples = {**other.examples, **self.examples}
        self.glyphs |= other.glyphs
        self.heights += other.heights
        self.widths += other.widths
        for name in ('faults', 'lengths', 'shapes', 'expected_shapes', 'font_sizes'):
            getattr(self, name).update(getattr(other, name))


def digest(sample):
    """SHA-256 of picture, polygon and text."""
    parts = (sample.image.tobytes(), sample.polygon.tobytes(), sample.text.encode(), sample.font.encode())
    return hashlib.sha256(b'|'.join(parts)).digest()


def check_block(recipe, fonts, seed, indices):
    """(digest of each sample, Findings) of a block."""
    found, digests = Findings(), []
    by_name = {font.name: font for font in fonts}
    weights = np.array(list(recipe.shapes.values())) / sum(recipe.shapes.values())
    for index in indices:
        sample, ink = draw_with_ink(recipe, fonts, seed, index)
        digests.append(digest(sample))
        if not ink.max() > 128:
            found.add('blank', index)
        elif ink_outside(sample.polygon, ink):
            found.add('ink outside the polygon', index)
        if ink[[0, -1]].any() or ink[:, [0, -1]].any():
            found.add('ink at the edge', index)
        if not by_name[sample.font].covers(sample.text):
            found.add('character that the font lacks', index)
        num_units = len(split_units(sample.text))
        for shape, weight in zip(recipe.shapes, weights, strict=True):
            found.expected_shapes[shape if num_units >= SHAPES[shape] else 'straight'] += weight
        found.shapes[sample.shape] += 1
        found.lengths[len(sample.text)] += 1
        found.font_sizes[sample.font_size] += 1
        found.glyphs |= {(sample.font, character) for character in sample.text}
        found.heights.append(sample.image.shape[0])
        found.widths.append(sample.image.shape[1])
    return digests, found


def digest_block(recipe, fonts, seed, indices):
    """Digest of each sample of a block."""
    cv2.setNumThreads(1)
    return [digest(draw_sample(recipe, fonts, seed, index)) for index in indices]


def missing_glyphs(glyphs, fonts):
    """Those (font, character) whose bitmap is blank or that of a missing character."""
    by_name = {font.name: font for font in fonts}
    missing = []
    for name in sorted({name for name, _ in glyphs}):
        font = ImageFont.truetype(by_name[name].path, 64, index=by_name[name].number)
        tofu = bytes(font.getmask('\U0010fffe'))
        for character in sorted(character for other, character in glyphs if other == name and character != ' '):
            mask = bytes(font.getmask(character))
            if not any(mask) or mask == tofu:
                missing.append((name, character))
    return missing


def expected_sizes(recipe):
    """{font size: probability}."""
    low, high = -(-recipe.font_size[0] // SIZE_STEP), recipe.font_size[1] // SIZE_STEP
    return {size * SIZE_STEP: 1 / (high - low + 1) for size in range(low, high + 1)}


def expected_counts(recipe, found):
    """{'lengths', 'shapes', 'font_sizes': {key: count}} as the recipe says them; shapes by the lengths there are."""
    total, weight = sum(found.shapes.values()), sum(recipe.lengths)
    return {
        'lengths': {length: total * share / weight for length, share in enumerate(recipe.lengths, 1) if share},
        'shapes': dict(found.expected_shapes),
        'font_sizes': {size: total * share for size, share in expected_sizes(recipe).items()},
    }


def far_off(counts, expected):
    """{key: (count, expected count)} of those further from it than SIGMAS standard errors."""
    total = sum(expected.values())
    pairs = {key: (counts[key], expected.get(key, 0.0)) for key in {*counts, *expected}}
    error = {key: max((mean * (1 - mean / total)) ** 0.5, 1.0) for key, (_, mean) in pairs.items()}
    return {str(key): pair for key, pair in pairs.items() if abs(pair[0] - pair[1]) > SIGMAS * error[key]}


def share_apart(counts, expected):
    """Share of the samples that would have to change for the counts to be the expected ones."""
    return sum(abs(counts[key] - expected.get(key, 0.0)) for key in {*counts, *expected}) / 2 / sum(expected.values())


def draw_histograms(path, found, expected):
    """PNG of lengths, shapes, font sizes and the pictures' sizes; dots are what the recipe says."""
    figure, axes = blank_panels(2, 2, (11, 6.4))
    total = sum(found.shapes.values())
    panels = {'lengths': 'characters', 'shapes': 'shape', 'font_sizes': 'font size, px an em'}
    for panel, (name, label) in zip(axes.flat, panels.items(), strict=False):
        counts = getattr(found, name)
        order = sorted(expected[name], key=lambda key: -expected[name][key] if name == 'shapes' else key)
        places = [str(key).replace('_', ' ') for key in order]
        panel.bar(places, [100 * counts[key] / total for key in order], color=COLOURS['drawn'], alpha=0.75)
        panel.plot(places, [100 * expected[name][key] / total for key in order], 'o', color=COLOURS['recipe'])
        panel.set(xlabel=label, ylabel='% of the samples')
    axes[0, 0].legend(['recipe', 'drawn'], frameon=False)
    axes[0, 0].tick_params('x', labelsize=8)
    axes[1, 1].hist([found.widths, found.heights], bins=range(0, 801, 25), label=['width', 'height'], histtype='step')
    axes[1, 1].set(xlabel='picture, px', ylabel='samples')
    axes[1, 1].legend(frameon=False)
    figure.savefig(path, dpi=100)


def draw_and_check(settings, recipe, fonts, blocks):
    """(digest of each sample, Findings), drawn in this process."""
    found, digests = Findings(), []
    with progress_bar(desc='one process', total=settings.num_samples) as bar:
        for block in blocks:
            block_digests, block_found = check_block(recipe, fonts, settings.seed, block)
            digests += block_digests
            found.merge(block_found)
            bar.update(len(block))
    return digests, found


def draw_again(settings, recipe, fonts, blocks):
    """Digest of each sample, drawn in other processes."""
    digests, num_processes = [], settings.num_processes
    with (
        process_pool(num_processes) as pool,
        progress_bar(desc=f'{num_processes} processes', total=settings.num_samples) as bar,
    ):
        draw = partial(digest_block, recipe, fonts, settings.seed)
        for block_digests in map_in_order(draw, blocks, pool, 2 * num_processes):
            digests += block_digests
            bar.update(len(block_digests))
    return digests


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    recipe, fonts = named_recipe(settings.recipe), scan_fonts(ROOT / 'fonts')
    ends = [*range(0, settings.num_samples, BLOCK), settings.num_samples]
    blocks = [range(*pair) for pair in itertools.pairwise(ends)]
    digests, found = draw_and_check(settings, recipe, fonts, blocks)
    again = draw_again(settings, recipe, fonts, blocks)
    expected = expected_counts(recipe, found)
    if settings.picture:
        draw_histograms(settings.picture, found, expected)
    apart = share_apart(found.lengths, expected['lengths'])
    faults = {
        **found.faults,
        'glyph missing': len(missing := missing_glyphs(found.glyphs, fonts)),
        'drawn otherwise by several processes': sum(a != b for a, b in zip(digests, again, strict=True)),
        'shapes not as the recipe says': len(shapes := far_off(found.shapes, expected['shapes'])),
        'font sizes not as the recipe says': len(sizes := far_off(found.font_sizes, expected['font_sizes'])),
        'lengths not as the recipe says': int(apart > LENGTHS_APART),
    }
    summary = {
        **dataclasses.asdict(settings),
        'faults': faults,
        'first_samples': found.examples,
        'glyphs_drawn': len(found.glyphs),
        'missing_glyphs': missing,
        'shapes': shapes,
        'font_sizes': sizes,
        'lengths_apart': round(apart, 4),
    }
    print(json.dumps(summary, ensure_ascii=False))
    return int(any(faults.values()))


if __name__ == '__main__':
    sys.exit(main())
