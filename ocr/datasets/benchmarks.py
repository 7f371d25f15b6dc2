"""The benchmark sets of Latin scene text by name: how many words each has, and where people have them.

A set is looked for below a folder in the layouts of PARSeq, deep-text-recognition-benchmark, OpenOCR and Union14M, and
as its authors publish it. docs/benchmarks.md says where each comes from.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from ocr.errors import InputError

_COMMON = ('', 'test', 'evaluation', 'data/test', 'data_lmdb_release/evaluation')
_UNION14M = ('u14m', 'Union14M-Benchmarks', 'Union14M-L/Union14M-Benchmarks')


@dataclass(frozen=True)
class Source:
    """Where a set may lie.

    Attributes:
        folders: names, in any case.
        keep: function text -> whether a word of the folder belongs to the set; None: all do.
    """

    folders: tuple[str, ...]
    keep: Callable[[str], bool] | None = None


@dataclass(frozen=True)
class Benchmark:
    """A set.

    Attributes:
        name: what it is called here.
        num_words: how many words it has.
        sources: Source, the best first.
        parents: folders, below the one that is given, that it may lie in.
    """

    name: str
    num_words: int
    sources: tuple[Source, ...]
    parents: tuple[str, ...] = _COMMON


@dataclass(frozen=True)
class Found:
    """A set and where it is.

    Attributes:
        benchmark: Benchmark.
        source: a dataset's source, see ocr.annotations; None if it is missing.
        keep: as of Source.
    """

    benchmark: Benchmark
    source: str | None
    keep: Callable[[str], bool] | None = None


def is_plain(text):
    """Whether a text has ASCII letters and digits alone: the words of ICDAR 2013 that its 1,015 are."""
    return text.isascii() and text.isalnum()


def is_plain_and_long(text):
    """Whether it also has three characters or more: its 857."""
    return is_plain(text) and len(text) >= 3


_IC13 = ('IC13_1095', 'IC13', 'icdar2013', 'Challenge2_Test_Task3_Images')
_UNION14M_SETS = {
    'Curve': ('curve', 2426),
    'Multi-Oriented': ('multi_oriented', 1369),
    'Artistic': ('artistic', 900),
    'Contextless': ('contextless', 779),
    'Salient': ('salient', 1585),
    'Multi-Words': ('multi_words', 829),
    'General': ('general', 400000),
}
COMMON = (
    Benchmark('IIIT5K', 3000, (Source(('IIIT5k', 'IIIT5k_3000', 'iiit5k_test', 'IIIT5K-Word_V3.0/IIIT5K')),)),
    Benchmark('SVT', 647, (Source(('SVT', 'svt_test', 'svt1')),)),
    Benchmark(
        'IC13-857',
        857,
        (Source(('IC13_857',)), Source(('IC13_1015',), is_plain_and_long), Source(_IC13, is_plain_and_long)),
    ),
    Benchmark('IC13-1015', 1015, (Source(('IC13_1015',)), Source(_IC13, is_plain))),
    Benchmark('IC15-1811', 1811, (Source(('IC15_1811',)),)),
    Benchmark('IC15-2077', 2077, (Source(('IC15_2077', 'IC15', 'icdar2015', 'ch4_test_word_images_gt')),)),
    Benchmark('SVTP', 645, (Source(('SVTP', 'svtp_test', 'SVT-P')),)),
    Benchmark('CUTE80', 288, (Source(('CUTE80', 'cute80_test', 'CUTE')),)),
)
UNION14M = tuple(
    Benchmark(f'Union14M-{name}', number, (Source((folder,)),), _UNION14M)
    for name, (folder, number) in _UNION14M_SETS.items()
)
SUITES = {'latin': (*COMMON, *UNION14M), 'common': COMMON, 'union14m': UNION14M}
BY_NAME = {benchmark.name: benchmark for benchmark in SUITES['latin']}
# Sets that the field gives an average of.
AVERAGES = {
    'six sets, IC13-857 and IC15-1811': ('IIIT5K', 'SVT', 'IC13-857', 'IC15-1811', 'SVTP', 'CUTE80'),
    'six sets, IC13-1015 and IC15-2077': ('IIIT5K', 'SVT', 'IC13-1015', 'IC15-2077', 'SVTP', 'CUTE80'),
    'Union14M-Benchmark': tuple(benchmark.name for benchmark in UNION14M),
}


def find_benchmarks(wanted, base_dir):
    """List of Found, in the order of the suite.

    Args:
        wanted: names of SUITES, of sets, or NAME=SOURCE for a set that lies elsewhere.
        base_dir: folder to look in.

    Raises:
        InputError: a name that is none; none of the sets is there.
    """
    given = dict(one.split('=', 1) for one in wanted if '=' in one)
    names = {one.partition('=')[0] for one in wanted}
    if unknown := sorted(names - set(SUITES) - set(BY_NAME)) or sorted(given.keys() & SUITES.keys()):
        raise InputError(f'--suite {unknown[0]}: no such set; there are {", ".join([*SUITES, *BY_NAME])}')
    chosen = {benchmark.name for name in names & set(SUITES) for benchmark in SUITES[name]} | (names & set(BY_NAME))
    found = [
        Found(one, os.path.expanduser(given[one.name])) if one.name in given else _look_for(one, base_dir)
        for one in BY_NAME.values()
        if one.name in chosen
    ]
    if not any(one.source for one in found):
        folders = ', '.join(one.benchmark.sources[0].folders[0] for one in found)
        raise InputError(
            f'--suite: none of {folders} is in --base_dir {base_dir}; give the folder that holds them, or NAME=PATH'
        )
    return found


def _look_for(benchmark, base_dir):
    """Found of a set below a folder."""
    for source in benchmark.sources:
        for parent in benchmark.parents:
            for folder in source.folders:
                if path := _below(base_dir, os.path.normpath(os.path.join(parent, folder))):
                    return Found(benchmark, path, source.keep)
    return Found(benchmark, None)


def _below(folder, path):
    """A path below a folder, its names in any case; None if there is none."""
    for name in path.split(os.sep):
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            return None
        name = name if name in names else next((one for one in names if one.lower() == name.lower()), None)
        if name is None:
            return None
        folder = os.path.join(folder, name)
    return folder
