"""Build and check the indexes of the datasets, and print what is kept and what is left out and why.

    python dataset.py --base_dir ./data --train_datasets lsvt art rects my=/path/to/labels.tsv

A dataset is one of lsvt, art, rects, icdar2017rctw below base_dir, NAME=PATH, or the path of a label file or folder.
Without --charset_path, a charset is built of the characters that occur --min_count times in the training text.
"""

import json
import logging
import os
import re

import numpy as np
from tqdm import tqdm

from config import Config, parse_config, run_script
from ocr.annotations import DATASETS
from ocr.annotations.own import FILE_NAMES
from ocr.annotations.region import DropReason
from ocr.atomic import replacing
from ocr.charset import Charset
from ocr.errors import InputError
from ocr.index import KEPT, RegionIndex, build_index, count_table, index_is_current, read_counts, select

COUNTS_FILE = 'counts.json'  # in index_dir: the table that was printed
CHARSET_FILE = 'charset.txt'  # in index_dir: the charset that was built from the training text
_NAMED_PATH = re.compile(r'([\w.-]+)=(.+)')

logger = logging.getLogger(__name__)


def dataset_path(spec, base_dir):
    """Name and path of a dataset as given to --train_datasets and --eval_datasets.

    Args:
        spec: lsvt, art, rects or icdar2017rctw (a folder of base_dir), NAME=PATH, or a path that exists: own data,
            named after its folder (after the file, if that is not one of the usual label file names).
        base_dir: folder of the challenges' datasets.

    Raises:
        InputError: it is nothing of these.
    """
    if spec in DATASETS:
        if not os.path.isdir(base_dir):
            raise InputError(f'--base_dir {base_dir} does not exist; it should be the folder that holds {spec}/')
        return spec, os.path.join(base_dir, spec)
    if match := _NAMED_PATH.fullmatch(spec):
        return match[1], os.path.expanduser(match[2])
    path = os.path.abspath(os.path.expanduser(spec))
    if not os.path.exists(path):
        raise InputError(f'dataset {spec}: neither one of {", ".join(DATASETS)} nor NAME=PATH nor a path that exists')
    folder, file = os.path.split(path)
    stem = os.path.splitext(file)[0] if os.path.isfile(path) else file
    name = os.path.basename(folder) if os.path.isfile(path) and file in FILE_NAMES else stem
    if name in DATASETS and os.path.isfile(path):
        raise InputError(f'dataset {spec}: the name {name} stands for a challenge; give it another, NAME={spec}')
    return name, path


def dataset_paths(specs, base_dir):
    """{name: path} of datasets, in the order given; InputError if there is none or two share a name."""
    paths = {}
    for spec in specs:
        name, path = dataset_path(spec, base_dir)
        if name in paths:
            raise InputError(
                f'dataset {name} is given twice, {paths[name]} and {path}; give one another name, NAME=PATH'
            )
        paths[name] = path
    if not paths:
        raise InputError(f'no dataset is given; name some of {", ".join(DATASETS)} or NAME=PATH')
    return paths


def open_index(base_dir, index_dir, specs, min_size=8, progress=True, retry_images=False):
    """Index over datasets, built first where it is missing or older than the annotations.

    Args:
        base_dir: folder of the challenges' datasets.
        index_dir: folder of the indexes, `<name>.jsonl` each.
        specs: datasets as `dataset_path` takes them.
        min_size: pixels that a region measures at least on both sides.
        progress: show a progress bar while building.
        retry_images: build anew also where images were missing or unreadable the last time.

    Returns:
        index: RegionIndex; `index.spans` belong to the datasets in the order given.
        counts: {name: {KEPT: number, reason: number}}.

    Raises:
        InputError: a dataset is missing or malformed, or not one region is left.
    """
    counts, index_paths = {}, []
    for name, path in dataset_paths(specs, base_dir).items():
        index_path = os.path.join(index_dir, f'{name}.jsonl')
        if not _is_usable(index_path, name, path, min_size, retry_images):
            with tqdm(desc=f'indexing {name}', unit=' regions', disable=not progress, mininterval=0.5) as bar:
                build_index(name, path, index_path, min_size, bar.update)
        counts[name] = read_counts(index_path)
        index_paths.append(index_path)
    index = RegionIndex(index_paths)
    if not len(index):
        raise InputError(f'{", ".join(counts)}: no legible region left ({_in_words(counts)})')
    return index, counts


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


def build_charset(index, min_count, path):
    """Charset of the characters that occur min_count times in an index, saved to a file."""
    charset = Charset.from_texts(index.texts(), min_count, name=path)
    charset.save(path)
    return charset


def main(argv=None):
    """Index all datasets, choose or build the charset, print the table."""
    cfg = parse_config(argv, __doc__)
    specs = tuple(dict.fromkeys((*cfg.train_datasets, *_eval_datasets(cfg))))
    index, counts = open_index(cfg.base_dir, cfg.index_dir, specs, cfg.min_size, retry_images=True)
    if cfg.charset_path:
        charset = Charset.resolve(cfg.charset_path)
    else:
        train_index, _ = open_index(cfg.base_dir, cfg.index_dir, cfg.train_datasets, cfg.min_size)
        charset = build_charset(train_index, cfg.min_count, os.path.join(cfg.index_dir, CHARSET_FILE))
    _, counts = select_regions(index, counts, charset, cfg.seq_len)
    with replacing(os.path.join(cfg.index_dir, COUNTS_FILE)) as file:
        json.dump(counts, file, indent=1, ensure_ascii=False)
    print(count_table(counts))
    print(f'charset {charset.name}: {charset.num_classes} classes with UNK and EOS; seq_len {cfg.seq_len}')


def _eval_datasets(cfg):
    """The datasets of --eval_datasets; where nobody named them, those that are there."""
    if cfg.eval_datasets != Config().eval_datasets:
        return cfg.eval_datasets
    return [name for name in cfg.eval_datasets if os.path.isdir(os.path.join(cfg.base_dir, name))]


def _is_usable(index_path, name, path, min_size, retry_images):
    """Whether an index can stay as it is."""
    if not index_is_current(index_path, name, path, min_size):
        return False
    return not (retry_images and {DropReason.MISSING, DropReason.UNREADABLE} & set(read_counts(index_path)))


def _in_words(counts):
    """Why regions were left out: '12 under 8 px, 3 empty text'."""
    total = {}
    for reasons in counts.values():
        for reason, number in reasons.items():
            total[reason] = total.get(reason, 0) + number
    return ', '.join(f'{number} {reason}' for reason, number in total.items() if number) or 'no region annotated'


if __name__ == '__main__':
    run_script(main)
