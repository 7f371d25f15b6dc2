"""The datasets that --train_datasets and --eval_datasets name: where they are, and the index over them."""

import os
import re
from collections import Counter

import numpy as np

from ocr.annotations import DATASETS, Source, split_source
from ocr.annotations.own import FILE_NAMES
from ocr.datasets.counts import KEPT
from ocr.datasets.index import RegionIndex, build_index, index_file, index_is_current, read_counts
from ocr.datasets.photographs import PhotographIndex, build_photograph_index
from ocr.datasets.selection import select
from ocr.errors import InputError
from ocr.files.locks import turn_in
from ocr.region import MIN_SIZE
from ocr.terminal.progress import progress_bar

USUAL_NAMES = (*FILE_NAMES, 'gt.txt', 'labels.txt', 'labels.csv', 'labels.json', 'data.mdb')
DRAWN = 'synthetic:'  # what a dataset of drawn text is called by, before the recipe's name
_NAMED_PATH = re.compile(r'([\w.-]+)=(.+)', re.DOTALL)


def recipe_name(spec):
    """'scene' of the dataset 'synthetic:scene'; None for a dataset that is not drawn."""
    return spec.removeprefix(DRAWN) if spec.startswith(DRAWN) else None


def not_drawn(specs):
    """The datasets among some that lie on the disk."""
    return [spec for spec in specs if not recipe_name(spec)]


def dataset_path(spec, base_dir):
    """Name and source, a path or FORMAT:PATH, of a dataset as given to --train_datasets and --eval_datasets.

    Args:
        spec: lsvt, art, rects or icdar2017rctw (a folder of base_dir), NAME=PATH, NAME=FORMAT:PATH, or a path that
            exists, named after its folder (after the file, if that is not one of the usual label file names).
        base_dir: folder of the challenges' datasets.

    Raises:
        InputError: it is nothing of these.
    """
    if spec in DATASETS:
        if not os.path.isdir(base_dir):
            raise InputError(
                f'--base_dir {base_dir} does not exist; it should be the folder that holds {spec}/ '
                '(a dataset of your own is named NAME=labels.tsv)'
            )
        return spec, os.path.join(base_dir, spec)
    if match := _NAMED_PATH.fullmatch(spec):
        form, path = split_source(match[2])
        path = os.path.expanduser(path)
        return match[1], f'{form}:{path}' if form else path
    path = os.path.abspath(os.path.expanduser(spec))
    if not os.path.exists(path):
        raise InputError(
            f'dataset {spec}: neither one of {", ".join(DATASETS)} nor NAME=PATH nor a path that exists '
            '(a comma separates datasets; write \\, for one in a path)'
        )
    name = _name_of(path)
    if name in DATASETS and os.path.isfile(path):
        raise InputError(f'dataset {spec}: the name {name} stands for a challenge; give it another, NAME={spec}')
    return name, path


def named_datasets(specs, base_dir):
    """{spec: (name, source)} of datasets, in the order given.

    Paths that would share a name, such as train/words and valid/words, are named after the folders above them as well:
    train-words and valid-words.

    Raises:
        InputError: one is no dataset, one is given twice, or two are given the same name.
    """
    named = [dataset_path(spec, base_dir) for spec in specs]
    is_free = [spec not in DATASETS and not _NAMED_PATH.fullmatch(spec) for spec in specs]
    for depth in range(1, max((path.count(os.sep) for _, path in named), default=0) + 1):
        times = Counter(name for name, _ in named)
        if max(times.values()) == 1:
            break
        named = [
            (_after_folders(path, depth) if free and times[name] > 1 else name, path)
            for free, (name, path) in zip(is_free, named, strict=True)
        ]
    paths = {}
    for name, path in named:
        if name in paths:
            raise InputError(
                f'dataset {name} is given twice, {paths[name]} and {path}; give one another name, NAME=PATH'
            )
        paths[name] = path
    return dict(zip(specs, named, strict=True))


def dataset_paths(specs, base_dir):
    """{name: path} of datasets, in the order given; InputError if there is none or two share a name."""
    if not specs:
        raise InputError(
            f'no dataset on the disk is given (drawn text, {DRAWN}RECIPE, is only for train.py); name some of '
            f'{", ".join(DATASETS)} or NAME=PATH'
        )
    return dict(named_datasets(specs, base_dir).values())


def open_index(base_dir, index_dir, specs, min_size=MIN_SIZE, progress=True):
    """Index over datasets, built first if it is missing or annotations or images have changed since.

    Args:
        base_dir: folder of the challenges' datasets.
        index_dir: folder of the indexes, see `index_file`.
        specs: datasets as `dataset_path` takes them.
        min_size: pixels that a region measures at least on both sides.
        progress: show a progress bar while building.

    Returns:
        index: RegionIndex; `index.spans` belong to the datasets in the order given.
        counts: {name: {KEPT: number, reason: number}}.

    Raises:
        InputError: a dataset is missing or malformed, or not one region is left.
    """
    paths, counts = _build(base_dir, index_dir, specs, min_size, progress, build_index, '.jsonl')
    index = RegionIndex(paths)
    if not len(index):
        raise InputError(f'{", ".join(counts)}: no legible region left ({_in_words(counts)})')
    return index, counts


def open_photographs(base_dir, index_dir, specs, min_size=MIN_SIZE, progress=True):
    """As open_index, an index of whole photographs with every region in them: PhotographIndex, counts of regions."""
    ending = '.photographs.jsonl'
    paths, counts = _build(base_dir, index_dir, specs, min_size, progress, build_photograph_index, ending)
    index = PhotographIndex(paths)
    if not len(index):
        raise InputError(f'{", ".join(counts)}: no photograph with text left ({_in_words(counts)})')
    return index, counts


def _build(base_dir, index_dir, specs, min_size, progress, build, ending):
    """Paths of the indexes and {name: counts} of datasets; builds those that are missing or out of date."""
    paths, counts = [], {}
    for name, path in dataset_paths(specs, base_dir).items():
        source = Source.of(name, path)
        index_path = index_file(index_dir, source, ending)
        if not index_is_current(index_path, source, min_size):
            with turn_in(index_dir):  # workers of one training run begin at the same time
                if not index_is_current(index_path, source, min_size):
                    title = f'indexing {name} as {source.form}'
                    with progress_bar(desc=title, unit=' regions', disable=not progress) as bar:
                        build(source, index_path, min_size, bar.update)
        paths.append(index_path)
        counts[name] = read_counts(index_path)
    return paths, counts


def select_regions(index, counts, charset, seq_len):
    """The regions whose texts charset and seq_len can hold, and the counts with those left out for that.

    Args:
        index, counts: as `open_index` returns them.
        charset: Charset.
        seq_len: longest text, characters.

    Returns:
        positions: int64 (n,).
        counts: {name: {KEPT: number, reason: number}}, each dataset's sum as before.

    Raises:
        InputError: not one region is left.
    """
    positions, selected = [], {}
    for (name, before), (start, stop) in zip(counts.items(), index.spans, strict=True):
        kept, dropped = select(index, charset, seq_len, start, stop)
        positions.append(kept)
        selected[name] = {**before, KEPT: len(kept), **{reason: number for reason, number in dropped.items() if number}}
    positions = np.concatenate(positions)
    if not len(positions):
        raise InputError(
            f'{", ".join(counts)}: no legible region left for charset {charset.name} and --seq_len {seq_len} '
            f'({_in_words(selected)})'
        )
    return positions, selected


def _name_of(path):
    """What a path is called: by its folder, or by its file unless that is one of the usual label files."""
    folder, file = os.path.split(path)
    if not os.path.isfile(path):
        return file
    return os.path.basename(folder) if file in USUAL_NAMES else os.path.splitext(file)[0]


def _after_folders(path, depth):
    """What a path is called, with the names of so many folders above in front."""
    is_in_its_folder = os.path.isfile(path) and os.path.basename(path) in USUAL_NAMES
    folders = path.split(os.sep)[: -2 if is_in_its_folder else -1]
    return '-'.join([*filter(None, folders[-depth:]), _name_of(path)])


def _in_words(counts):
    """Why regions were left out: '12 under 8 px, 3 empty text'."""
    total = {}
    for reasons in counts.values():
        for reason, number in reasons.items():
            total[reason] = total.get(reason, 0) + number
    return ', '.join(f'{number} {reason}' for reason, number in total.items() if number) or 'no region annotated'
