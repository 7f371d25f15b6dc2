"""The table of the benchmark sets: word accuracy on 36 characters for each, and the averages that the field gives."""

import json
import os

import numpy as np
from tabulate import tabulate

from ocr.datasets.benchmarks import AVERAGES
from ocr.datasets.sources import open_index
from ocr.evaluation.run import evaluate
from ocr.evaluation.scores import percent
from ocr.files.atomic import replacing

SUITE_FILE = 'suite.json'
MEASURE = 'accuracy_alphanumeric'  # ASCII letters and digits, letter case ignored: see metrics.alphanumeric


def evaluate_suite(predictor, model_path, found, index_dir, folder, **settings):
    """Score a model on benchmark sets: print their table, write it to SUITE_FILE as well.

    Args:
        predictor: Predictor.
        model_path: what to call it.
        found: list of benchmarks.Found.
        index_dir: folder of the indexes.
        folder: for SUITE_FILE and what run.evaluate writes.
        settings: keyword arguments of run.evaluate.

    Raises:
        InputError: a set cannot be read.
    """
    regions, counts, num_words = [], {}, {}
    for one in found:
        if one.source:
            name = one.benchmark.name
            # Nothing is left out for its size: the sets are what they are.
            index, counted = open_index('', index_dir, [f'{name}={one.source}'], min_size=1)
            every = (index[position] for position in range(len(index)))
            words = [region for region in every if not one.keep or one.keep(region.text)]
            num_words[name] = len(words)
            regions += words
            counts |= counted
    scores = evaluate(predictor, model_path, regions, counts, folder, **settings)
    rows = suite_rows(found, num_words, scores)
    print(f'\n{suite_table(rows)}')
    path = os.path.join(folder, SUITE_FILE)
    with replacing(path) as file:
        json.dump({'measure': MEASURE, 'rows': rows}, file, indent=1)
        file.write('\n')
    print(f'{path}: the same')


def suite_rows(found, num_words, scores):
    """The rows of the table.

    Args:
        found: list of benchmarks.Found.
        num_words: {name: words that were there}.
        scores: scores.Scores.

    Returns:
        list of dicts in JSON's types: `set`, `accuracy` 0..1 or None, `interval` (low, high), `words`, `expected` and
        `note`; for averages `accuracy` is the mean of the sets and `of_all_words` that over all their words.
    """
    rows = []
    for one in found:
        name, expected = one.benchmark.name, one.benchmark.num_words
        row = {'set': name, 'accuracy': None, 'words': num_words.get(name, 0), 'expected': expected, 'note': ''}
        if not one.source:
            row['note'] = f'missing ({one.benchmark.sources[0].folders[0]})'
        elif name in scores.datasets and scores.datasets[name][MEASURE].num_scored:
            score = scores.datasets[name][MEASURE]
            row |= {'accuracy': score.value, 'interval': (score.low, score.high), 'text': percent(score)}
            row |= {'scored': score.num_scored}
            if row['words'] != expected or score.num_scored != expected:
                row['note'] = f'not the set: it has {expected} words, {score.num_scored} were scored'
        else:
            row['note'] = 'no word could be scored'
        rows.append(row)
    there = {row['set']: row for row in rows}
    return rows + [_average(title, names, there) for title, names in AVERAGES.items() if set(names) <= there.keys()]


def _average(title, names, rows):
    """Row of the average of some sets."""
    members = [rows[name] for name in names]
    missing = [row['set'] for row in members if row['accuracy'] is None]
    row = {'set': title, 'accuracy': None, 'words': sum(one['words'] for one in members), 'note': ''}
    row['expected'] = sum(one['expected'] for one in members)
    if missing:
        return {**row, 'note': f'no average without {", ".join(missing)}'}
    values, weights = zip(*((one['accuracy'], one['scored']) for one in members), strict=True)
    mean, of_all = float(np.mean(values)), float(np.average(values, weights=weights))
    note = 'some are not the whole sets' if any(one['note'] for one in members) else ''
    text = f'{100 * mean:.1f} (of all words {100 * of_all:.1f})'
    return {**row, 'accuracy': mean, 'of_all_words': of_all, 'text': text, 'note': note}


def suite_table(rows):
    """The rows as one aligned table."""
    shown = [(row['set'], row.get('text', '-'), row['words'], row['note']) for row in rows]
    headers = ('set', 'word accuracy, 36 characters, %', 'words', '')
    return tabulate(shown, headers, disable_numparse=[0, 1, 3], colalign=('left', 'right', 'right', 'left'))
