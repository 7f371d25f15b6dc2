"""An evaluation of a detector, alone or together with what reads: photographs are searched, read, scored, reported."""

import csv
import logging
import os
from collections import Counter

import numpy as np
from tabulate import tabulate

from ocr.errors import InputError
from ocr.evaluation.coco_results import write_coco
from ocr.evaluation.detection_report import write_detection_page
from ocr.evaluation.detection_scores import (
    DETECTION,
    END_TO_END,
    Found,
    Truth,
    judge_photograph,
    score_photographs,
)
from ocr.evaluation.error_report.page import check_folder
from ocr.evaluation.matching import MIN_OVERLAP
from ocr.evaluation.run import READINGS_FILE, REGIONS_FILE, SCORES_FILE
from ocr.evaluation.scores import COMBINED, no_formula, percent, write_plain
from ocr.files.atomic import replacing
from ocr.preprocessing.prepare import Broken
from ocr.reading.photographs import photograph_record, read_photographs
from ocr.reading.results_file import open_results, read_results
from ocr.terminal.progress import progress_bar

CSV_COLUMNS = (
    *('dataset', 'image', 'outcome', 'overlap', 'confidence', 'truth', 'text', 'text_confidence'),
    *('true_polygon', 'found_polygon'),
)
OUTCOMES = ('missed', 'false', 'matched', 'not counted')

logger = logging.getLogger(__name__)


def evaluate_detection(
    detector, model_path, index, counts, folder, *, config, unit='word', reader=None, report='', resume=False
):
    """Search all photographs of an index and score what is found; with a reader, what is read too.

    Prints a table and writes READINGS_FILE as photographs are searched, then SCORES_FILE, REGIONS_FILE and what
    coco_results has.

    Args:
        detector: Detector.
        model_path: what to call it.
        index: PhotographIndex, or a list of Photograph.
        counts: {dataset: {KEPT: number, reason: number}}, what became of the labels.
        folder: for the files.
        config: dict of all settings, for SCORES_FILE.
        unit: 'word' or 'line', what the labels are; found words are joined to lines.
        reader: LocalReader, or None.
        report: folder of the page that shows where it errs, or ''.
        resume: keep what a killed run has searched.
    """
    if report:
        check_folder(report)
    path = os.path.join(folder, READINGS_FILE)
    search_index(detector, index, path, reader, resume)
    judged, broken = judge_all(index, path, unit)
    datasets = {}
    for one in judged:
        datasets.setdefault(one.dataset, []).append(one)
    scores = {name: score_photographs(photographs, bool(reader)) for name, photographs in datasets.items()}
    if len(datasets) != 1:
        scores[COMBINED] = score_photographs(judged, bool(reader))
    table = detection_table(scores, {**datasets, COMBINED: judged})
    print(table)
    left_out = sum((one.left_out for one in judged), Counter())
    for reason, number in [*left_out.items(), *broken.items()]:
        print(f'left out: {number} {reason}')
    settings = {'model': model_path, 'model_config': detector.settings, 'config': config}
    content = {
        'protocol': f'one to one, intersection over union above {MIN_OVERLAP}, {unit}s',
        'interval': 'low to high: 95 %, percentile bootstrap over photographs',
        'metrics': {**DETECTION, **END_TO_END},
        'scores': scores,
        'labels': counts,
        'left_out': {**left_out, **broken},
        'settings': settings,
    }
    write_plain(os.path.join(folder, SCORES_FILE), content)
    write_regions(os.path.join(folder, REGIONS_FILE), judged)
    write_coco(folder, judged)
    print(f'{folder}/{SCORES_FILE}, and {folder}/{REGIONS_FILE} with every region, what was missed first')
    if report:
        print(f'{write_detection_page(report, table, judged)}: where it errs')


def search_index(detector, index, path, reader=None, resume=False):
    """Search the photographs of an index, and write a line for each as it comes: photographs.photograph_record.

    Args:
        detector, index, reader, resume: as of evaluate_detection.
        path: JSON Lines file.
    """
    photographs = [index[position] for position in range(len(index))]
    places = [{'image': one.image_path, 'dataset': one.dataset} for one in photographs]
    run = {'detector': detector.fingerprint, **(reader.identity if reader else {})}
    with open_results(path, run, iter(places), resume) as records:
        start = records.num_kept
        results = read_photographs(detector, reader, [one.image_path for one in photographs[start:]])
        bar = progress_bar(results, total=len(photographs), initial=start, desc='searching', unit=' photographs')
        for place, result in zip(places[start:], bar, strict=True):
            record = photograph_record(place, result)
            if isinstance(result.found, Broken):
                logger.warning('left out: %s', result.found.message)
                record['reason'] = result.found.reason
            records.append(record)


def judge_all(index, path, unit='word'):
    """[ScoredPhotograph] of an index and of what search_index wrote of it; Counter of why photographs are missing."""
    judged, broken = [], Counter()
    for position, record in enumerate(read_results(path)):
        photograph = index[position]
        if 'error' in record:
            broken[record['reason']] += 1
            continue
        truths = [Truth(region.polygon, region.text, region.counts) for region in photograph.regions]
        try:
            found = found_lines(record) if unit == 'line' else found_words(record)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f'{path}:{position + 1}: not a result ({error!r}); leave out --resume') from error
        left_out = Counter(record.get('left_out', {}))
        judged.append(judge_photograph(photograph.image_path, photograph.dataset, truths, found, left_out))
    return judged, broken


def found_words(record):
    """[Found] of the regions of a photographs.photograph_record; one that could not be read has an empty text."""
    return [
        Found(
            np.array(one['polygon'], np.float32).reshape(-1, 2),
            float(one['found_confidence']),
            one.get('text', '' if 'error' in one else None),
            float(one.get('confidence', 0.0)),
        )
        for one in record['regions']
    ]


def found_lines(record):
    """[Found] of the lines of a photographs.photograph_record: the texts joined, the least confidence among them."""
    words, lines = found_words(record), []
    for line in record['lines']:
        members = [words[member] for member in line['regions']]
        texts = [word.text for word in members if word.text is not None]
        lines.append(
            Found(
                np.array(line['polygon'], np.float32).reshape(-1, 2),
                min(word.confidence for word in members),
                ' '.join(texts) if texts else None,
                min(word.text_confidence for word in members),
            )
        )
    return lines


def detection_table(scores, photographs):
    """The text to print: scores in per cent with their intervals, then what was counted; datasets across."""
    names = list(scores)
    metrics = [metric for metric in (*DETECTION, *END_TO_END) if any(metric in scores[name] for name in names)]
    titles = {**DETECTION, **END_TO_END}
    rows = [[titles[metric], *(percent(scores[name][metric]) for name in names)] for metric in metrics]
    counted = {
        'photographs': len,
        'regions to find': lambda some: sum(one.matching.num_truths for one in some),
        'found': lambda some: sum(one.matching.num_found for one in some),
        'matched': lambda some: sum(len(one.matching.pairs) for one in some),
        'found where nothing counts': lambda some: sum(len(one.matching.set_aside) for one in some),
    }
    counts = [[title, *(count(photographs[name]) for name in names)] for title, count in counted.items()]
    align = ['left'] + ['right'] * len(names)
    tables = [
        tabulate(table, [title, *names], disable_numparse=True, colalign=align)
        for title, table in (('% [95 % interval]', rows), ('counted', counts))
    ]
    return '\n\n'.join(tables)


def write_regions(path, judged):
    """Every region of [ScoredPhotograph] as CSV: missed ones first, then false, matched, and what does not count.

    Raises:
        InputError: the file cannot be written.
    """
    rows = sorted((row for one in judged for row in _rows(one)), key=lambda row: OUTCOMES.index(row[2]))
    with replacing(path, newline='') as file:
        file.write(','.join(CSV_COLUMNS) + '\n')
        csv.writer(file, lineterminator='\n', quoting=csv.QUOTE_NONNUMERIC).writerows(rows)


def _rows(one):
    place = no_formula(one.dataset), no_formula(str(one.image))
    for truth, found, overlap in one.matching.pairs:
        yield _row(place, 'matched', one.truths[truth], one.found[found], overlap)
    for truth in one.matching.missed:
        yield _row(place, 'missed', one.truths[truth], None)
    for found in one.matching.false:
        yield _row(place, 'false', None, one.found[found])
    for found in one.matching.set_aside:
        yield _row(place, 'not counted', None, one.found[found])
    for truth in one.truths:
        if not truth.counts:
            yield _row(place, 'not counted', truth, None)


def _row(place, outcome, truth, found, overlap=0.0):
    return [
        *place,
        outcome,
        round(overlap, 4),
        round(float(found.confidence), 4) if found else '',
        no_formula(truth.text) if truth else '',
        no_formula(found.text or '') if found else '',
        round(found.text_confidence, 4) if found else '',
        _flat(truth),
        _flat(found),
    ]


def _flat(region):
    """x1,y1,x2,y2,... of a region, or ''."""
    return (
        '' if region is None else ','.join(f'{value:.2f}'.rstrip('0').rstrip('.') for value in region.polygon.ravel())
    )
