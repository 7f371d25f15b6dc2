"""Build and check the indexes of the datasets, and print what is kept and what is left out and why.

    python dataset.py --base_dir ./data --train_datasets lsvt art rects my=/path/to/labels.tsv
    python dataset.py --base_dir ./data --train_datasets lsvt art rects my=/path/to/labels.tsv --check
    python dataset.py --base_dir ./data --train_datasets lsvt art rects my=/path/to/labels.tsv --convert crops
    python dataset.py --convert lmdb --train_datasets my=/path/to/labels.tsv --output_path data/my_lmdb

A dataset is one of lsvt, art, rects, icdar2017rctw below base_dir, NAME=PATH, or the path of a label file or folder.
The format is detected, or given as NAME=FORMAT:PATH. --convert writes the training datasets in another format; with
crops it cuts their regions out of the photographs and stores them beside the index, for train.py with this or a smaller
--image_size and the margins of --augment.
Without --charset_path, a charset is built from the characters of the training text.

With --detect it counts what a detector would train on: whole photographs and all text in them (docs/photographs.md).

--check also decodes every image, looks for labels that are probably wrong, for characters that are rare or lost and for
images that training and evaluation share, and writes all of it to --output_path as one HTML page. The exit code is then
1 if regions are lost for a reason that --allow_lost does not name.
"""

import json
import os
from collections import Counter

from ocr.annotations import Source
from ocr.charset import Charset
from ocr.config import Config, parse_config, run_script
from ocr.datasets.counts import KEPT, count_table
from ocr.datasets.sources import named_datasets, not_drawn, open_index, select_regions
from ocr.errors import InputError
from ocr.files.atomic import replacing
from ocr.terminal.progress import progress_bar

COUNTS_FILE = 'counts.json'  # in index_dir: the table that was printed
CHARSET_FILE = 'charset.txt'  # in index_dir: the charset that was built from the training text
CONVERTED_PATH = './data/converted'  # output_path of --convert
CHECK_PATH = './results_check'  # output_path of --check
PAGE_FILE = 'index.html'  # in it


def build_charset(index, path):
    """Charset of the characters of an index, saved to a file."""
    charset = Charset.from_texts(index.texts(), name=path)
    charset.save(path)
    return charset


def check(cfg, index, counts, charset):
    """Examine datasets, print what was found and write it as a page.

    Args:
        cfg: Config.
        index, counts: as `open_index` and `select_regions` return them, of all datasets.
        charset: Charset.

    Returns:
        exit code: 1 if regions are lost for a reason that is not allowed, else 0.
    """
    from ocr.datasets.check.allowed_losses import allowed_reasons, forbidden
    from ocr.datasets.check.scan import Examination
    from ocr.datasets.check.sections import all_sections
    from ocr.pages.document import to_text
    from ocr.pages.html import to_html

    allowed = allowed_reasons(cfg.allow_lost)
    datasets = _unexamined(cfg, counts)
    examination = Examination(index, datasets, charset, cfg.seq_len, cfg.num_workers)
    with progress_bar(desc='annotations', unit=' regions', total=examination.num_annotations) as bar:
        examination.read_annotations(bar.update)
    with progress_bar(desc='images', unit=' regions', total=len(index)) as bar:
        examination.look_at_images(bar.update)
    sections = all_sections(examination, allowed)
    page_path = os.path.join(cfg.output_path or CHECK_PATH, PAGE_FILE)
    with replacing(page_path, remedy='give another --output_path') as file:
        file.write(to_html(f'Check of {", ".join(counts)}', sections))
    print(to_text(sections))
    print(f'\n{page_path}: the same with pictures')
    return int(bool(forbidden(datasets, allowed)))


def _unexamined(cfg, counts):
    """{name: Findings} of all datasets in the order of the counts, nothing found yet."""
    from ocr.datasets.check.scan import EVALUATION, TRAINING, Findings

    training, evaluation = not_drawn(cfg.train_datasets), _eval_datasets(cfg)
    named = named_datasets(tuple(dict.fromkeys((*training, *evaluation))), cfg.base_dir)
    sources, roles = {}, {name: [] for name in counts}
    for role, specs in ((TRAINING, training), (EVALUATION, evaluation)):
        for name, path in map(named.get, specs):
            sources[name] = Source.of(name, path)
            roles[name].append(role)
    return {name: Findings(sources[name], roles[name], counts[name], f'{cfg.seed} {name}') for name in counts}


def convert_datasets(cfg):
    """Write the regions of the training datasets in the format of --convert, print what is written and what is not."""
    from ocr.datasets.convert import convert

    specs = not_drawn(cfg.train_datasets)
    index, counts = open_index(cfg.base_dir, cfg.index_dir, specs)
    output = cfg.output_path or CONVERTED_PATH
    with progress_bar(desc=f'writing {cfg.convert}', unit=' regions', total=len(index)) as bar:
        written = convert(index, cfg.convert, output, bar.update)
    print(count_table({name: _with_later(before, written.get(name, {})) for name, before in counts.items()}))
    print(f'{output}: {cfg.convert}, {sum(one.get(KEPT, 0) for one in written.values())} regions')


def cache_regions(cfg):
    """Cut the regions of the training datasets out of their photographs, print how many are cut and how many are not.

    A cache that serves already stays.
    """
    if cfg.output_path:
        raise InputError('--output_path: not with --convert crops, which writes to --index_dir; leave it out')
    from ocr.datasets.crop_cache import cache_fault, cache_path, needed_crops
    from ocr.datasets.crop_making import build_cache
    from ocr.preprocessing.augment import AugmentSettings

    specs = not_drawn(cfg.train_datasets)
    index, counts = open_index(cfg.base_dir, cfg.index_dir, specs)
    wanted = needed_crops(cfg.canvases, AugmentSettings(**cfg.augmentation))
    for name, path, (start, stop) in zip(counts, index.paths, index.spans, strict=True):
        if os.path.exists(cache_path(path)) and not cache_fault(path, **wanted):
            print(f'{cache_path(path)}: already exists')
            continue
        with progress_bar(desc=f'cutting {name}', unit=' regions', total=stop - start) as bar:
            cut = build_cache(path, **wanted, num_workers=cfg.num_workers, progress=bar.update)
        print(count_table({name: _with_later(counts[name], cut)}))
        print(f'{cache_path(path)}: {os.path.getsize(cache_path(path)) / 1e6:.1f} MB')
    return 0


def count_photographs(cfg):
    """Print what a detector would train on; with --check every photograph is decoded.

    Returns:
        exit code: 1 if something looks wrong, else 0.
    """
    from ocr.datasets.check.photographs import examine_photographs, findings_text
    from ocr.datasets.sources import open_photographs

    specs = tuple(dict.fromkeys((*not_drawn(cfg.train_datasets), *_eval_datasets(cfg))))
    index, counts = open_photographs(cfg.base_dir, cfg.index_dir, specs)
    with progress_bar(desc='photographs', unit=' photographs', total=len(index)) as bar:
        photographs = (index[position] for position in range(len(index)))
        findings = examine_photographs(photographs, cfg.check, bar.update)
    print(f'{count_table(counts)}\n\n{findings_text(findings)}')
    return int(cfg.check and any(found.faults for found in findings.values()))


def main(argv=None):
    """Index all datasets, choose or build the charset, print the table."""
    cfg = parse_config(argv, 'dataset', __doc__)
    if cfg.detect:
        if cfg.convert:
            raise InputError('--convert: not with --detect; leave one of them out')
        return count_photographs(cfg)
    if cfg.convert:
        return cache_regions(cfg) if cfg.convert == 'crops' else convert_datasets(cfg)
    specs = tuple(dict.fromkeys((*not_drawn(cfg.train_datasets), *_eval_datasets(cfg))))
    index, counts = open_index(cfg.base_dir, cfg.index_dir, specs)
    if cfg.charset_path:
        charset = Charset.resolve(cfg.charset_path)
    else:
        train_index, _ = open_index(cfg.base_dir, cfg.index_dir, not_drawn(cfg.train_datasets))
        charset = build_charset(train_index, os.path.join(cfg.index_dir, CHARSET_FILE))
    _, counts = select_regions(index, counts, charset, cfg.seq_len)
    if cfg.check:
        return check(cfg, index, counts, charset)
    with replacing(os.path.join(cfg.index_dir, COUNTS_FILE)) as file:
        json.dump(counts, file, indent=1, ensure_ascii=False)
    print(count_table(counts))
    print(f'charset {charset.name}: {charset.num_classes} classes with UNK and EOS; seq_len {cfg.seq_len}')
    return 0


def _with_later(before, later):
    """Counts of an index, with what became of its kept regions; a reason may occur in both."""
    return dict(Counter({**before, KEPT: 0}) + Counter(later))


def _eval_datasets(cfg):
    """The datasets of --eval_datasets; if nobody named them, those that are there."""
    if cfg.eval_datasets != Config().eval_datasets:
        return cfg.eval_datasets
    return [name for name in cfg.eval_datasets if os.path.isdir(os.path.join(cfg.base_dir, name))]


if __name__ == '__main__':
    run_script(main)
