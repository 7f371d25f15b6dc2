"""An evaluation of a detector, alone or together with what reads: photographs are searched, read, scored, reported."""

import csv
import logging
import os
from collections import Counter

from tabulate import tabulate

from ocr.evaluation.detection_scores import (
    DETECTION,
    END_TO_END,
    Found,
    Truth,
    judge_photograph,
    score_photographs,
)
from ocr.evaluation.matching import MIN_OVERLAP
from ocr.evaluation.run import REGIONS_FILE, SCORES_FILE
from ocr.evaluation.scores import COMBINED, no_formula, percent, write_plain
from ocr.files.atomic import replacing
from ocr.preprocessing.prepare import Broken
from ocr.reading.photographs import read_photographs
from ocr.terminal.progress import progress_bar

CSV_COLUMNS = (
    *('dataset', 'image', 'outcome', 'overlap', 'confidence', 'truth', 'text', 'text_confidence'),
    *('true_polygon', 'found_polygon'),
)
OUTCOMES = ('missed', 'false', 'matched', 'not counted')

logger = logging.getLogger(__name__)


def evaluate_detection(detector, model_path, index, counts, folder, *, config, unit='word', reader=None):
    """Search all photographs of an index and score what is found; with a reader, what is read too.

    Prints a table and writes SCORES_FILE and REGIONS_FILE.

    Args:
        detector: Detector.
        model_path: what to call it.
        index: PhotographIndex, or a list of Photograph.
        counts: {dataset: {KEPT: number, reason: number}}, what became of the labels.
        folder: for the files.
        config: dict of all settings, for SCORES_FILE.
        unit: 'word' or 'line', what the labels are; found words are joined to lines.
        reader: predictor.Reader, or None.
    """
    judged, broken = judge_all(detector, index, unit, reader)
    datasets = {}
    for one in judged:
        datasets.setdefault(one.dataset, []).append(one)
    scores = {name: score_photographs(photographs, bool(reader)) for name, photographs in datasets.items()}
    if len(datasets) != 1:
        scores[COMBINED] = score_photographs(judged, bool(reader))
    print(detection_table(scores, {**datasets, COMBINED: judged}))
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
    print(f'{folder}/{SCORES_FILE}, and {folder}/{REGIONS_FILE} with every region, what was missed first')


def judge_all(detector, index, unit='word', reader=None):
    """[ScoredPhotograph] of an index of photographs; Counter of reasons for which some could not be read."""
    photographs = [index[position] for position in range(len(index))]
    results = read_photographs(detector, reader, [photograph.image_path for photograph in photographs])
    judged, broken = [], Counter()
    bar = progress_bar(results, total=len(photographs), desc='searching', unit=' photographs')
    for photograph, result in zip(photographs, bar, strict=True):
        if isinstance(result.found, Broken):
            logger.warning('left out: %s', result.found.message)
            broken[result.found.reason] += 1
            continue
        truths = [Truth(region.polygon, region.text, region.counts) for region in photograph.regions]
        found = found_lines(result) if unit == 'line' else found_words(result)
        judged.append(judge_photograph(photograph.image_path, photograph.dataset, truths, found, result.found.left_out))
    return judged, broken


def found_words(result):
    """[Found] of the regions of a ReadPhotograph."""
    regions = result.found.regions
    if not result.readings:
        return [Found(region.polygon, region.confidence) for region in regions]
    return [
        Found(region.polygon, region.confidence, *_read(reading))
        for region, reading in zip(regions, result.readings, strict=True)
    ]


def found_lines(result):
    """[Found] of the lines of a ReadPhotograph: their words' texts joined, the least confidence among them."""
    words, lines = found_words(result), []
    for line in result.lines:
        members = [words[member] for member in line.members]
        texts = [word.text for word in members if word.text is not None]
        lines.append(
            Found(
                line.polygon,
                min(word.confidence for word in members),
                ' '.join(texts) if texts else None,
                min(word.text_confidence for word in members),
            )
        )
    return lines


def _read(reading):
    """(text, confidence) of a ReadText or a Broken."""
    return ('', 0.0) if isinstance(reading, Broken) else (reading.text, float(reading.confidence))


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
