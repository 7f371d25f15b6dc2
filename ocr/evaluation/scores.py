"""The scores of an evaluation: as a table for the screen, as JSON, and every region as CSV with the worst first."""

import csv
import json
import math
import re
from collections import defaultdict
from dataclasses import asdict, dataclass

import numpy as np
from tabulate import tabulate

from ocr.files.atomic import replacing
from ocr.metrics import (
    alphanumeric,
    bootstrap_interval,
    normalized_edit_similarity,
    rctw_normalize,
    same_text,
    same_text_any_case,
)
from ocr.region import DropReason
from ocr.terminal.visible import visible

METRICS = {
    'ned': '1-N.E.D.',
    'ned_rctw': '1-N.E.D., RCTW-normalised',
    'accuracy': 'word accuracy',
    'accuracy_any_case': 'word accuracy, any case',
    'accuracy_rctw': 'word accuracy, RCTW-normalised',
    'accuracy_alphanumeric': 'word accuracy, alphanumeric, any case',
}
COMBINED = 'combined'
_FORMULA = re.compile("'*[=+\\-@\\t\\r]")
CSV_COLUMNS = ('dataset', 'image', 'polygon', 'truth', 'text', 'similarity', 'confidence')


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model read in one region; holds no pixels, so a million of them fit in memory.

    Attributes:
        image: path of the photograph.
        polygon: float32 (K, 2), pixels, or None for the whole image.
        dataset: name of the dataset.
        truth: the true text.
        text: the text read.
        confidence: float in 0..1, of the whole text.
        char_confidences: floats in 0..1, one per character of `text`.
    """

    image: str
    polygon: np.ndarray | None
    dataset: str
    truth: str
    text: str
    confidence: float
    char_confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A mean over `num_scored` regions in 0..1 with its 95 % bootstrap interval; nan if nothing was scored."""

    value: float
    low: float
    high: float
    num_scored: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of an evaluation; the keys of the inner dictionaries are those of `METRICS`.

    Attributes:
        datasets: dataset's name -> metric -> Score, in the order in which the datasets first came.
        combined: metric -> Score over the regions of all datasets together, each region counting once.
    """

    datasets: dict[str, dict[str, Score]]
    combined: dict[str, Score]


def score(readings):
    """Scores of readings, per dataset and combined.

    Args:
        readings: iterable of Reading, gone through once.

    Returns:
        Scores. 'accuracy_alphanumeric' is over the regions whose truth has a Latin letter or digit; all others are
        over every region.
    """
    values = defaultdict(lambda: {metric: [] for metric in METRICS})
    for reading in readings:
        for metric, value in region_values(reading.text, reading.truth):
            values[reading.dataset][metric].append(value)
    together = {metric: [value for one in values.values() for value in one[metric]] for metric in METRICS}
    return Scores({dataset: _scores_of(one) for dataset, one in values.items()}, _scores_of(together))


def region_values(text, truth):
    """Pairs of a metric's name, a key of METRICS, and its value 0..1 for one region."""
    yield 'ned', normalized_edit_similarity(text, truth)
    yield 'accuracy', float(same_text(text, truth))
    yield 'accuracy_any_case', float(same_text_any_case(text, truth))
    rctw_text, rctw_truth = rctw_normalize(text), rctw_normalize(truth)
    yield 'ned_rctw', normalized_edit_similarity(rctw_text, rctw_truth)
    yield 'accuracy_rctw', float(rctw_text == rctw_truth)
    if alphanumeric(truth):
        yield 'accuracy_alphanumeric', float(alphanumeric(text) == alphanumeric(truth))


def _scores_of(values):
    """Metric -> Score from metric -> list of the regions' values."""
    return {metric: mean_score(of_regions) for metric, of_regions in values.items()}


def mean_score(of_regions):
    """Score of the regions' values, a sequence of numbers."""
    value = float(np.mean(of_regions)) if len(of_regions) else math.nan
    return Score(value, *bootstrap_interval(of_regions), len(of_regions))


def score_table(scores, dropped_counts):
    """The text to print: scores in per cent with their 95 % intervals, then what was scored and what was dropped.

    Args:
        scores: Scores.
        dropped_counts: dataset's name -> reason -> number of regions.

    Returns:
        two aligned tables with an empty line between them, datasets across in both. The second counts the regions
        scored, those among them that the alphanumeric accuracy is over, and the dropped ones by reason.
    """
    columns = list(scores.datasets.items())
    if len(columns) != 1:
        columns.append((COMBINED, scores.combined))
    rows = [[title, *(percent(column[metric]) for _, column in columns)] for metric, title in METRICS.items()]
    table = _aligned('% [95 % interval]', [name for name, _ in columns], rows)
    return f'{table}\n\n{_count_table(scores, dropped_counts)}'


def _aligned(title, names, rows):
    align = ['left'] + ['right'] * len(names)
    return tabulate(rows, [title, *map(visible, names)], disable_numparse=True, colalign=align)


def percent(one):
    """A Score in per cent with its interval, `83.4 [81.0, 85.6]`, or a dash if nothing was scored."""
    if not one.num_scored:
        return '-'
    return f'{100 * one.value:.1f} [{100 * one.low:.1f}, {100 * one.high:.1f}]'


def _count_table(scores, dropped_counts):
    datasets = _all_datasets(scores, dropped_counts)
    rows = [
        ['scored', *(_num_scored(scores, dataset)[0] for dataset in datasets)],
        ['scored as alphanumeric', *(_num_scored(scores, dataset)[1] for dataset in datasets)],
        ['dropped', *(sum(dropped_counts.get(dataset, {}).values()) for dataset in datasets)],
    ]
    for reason in _reasons(dropped_counts):
        rows.append([f'- {reason}', *(dropped_counts.get(dataset, {}).get(reason, 0) for dataset in datasets)])
    if len(datasets) != 1:
        datasets.append(COMBINED)
        rows = [[*row, sum(row[1:])] for row in rows]
    return _aligned('regions', datasets, rows)


def _reasons(dropped_counts):
    """The reasons that occurred, in the order of `DropReason.ALL`; others behind them."""
    seen = {reason for counts in dropped_counts.values() for reason, count in counts.items() if count}
    return [reason for reason in DropReason.ALL if reason in seen] + sorted(seen - set(DropReason.ALL))


def _all_datasets(scores, dropped_counts):
    """Names with a reading or a drop, in order."""
    return list(dict.fromkeys([*scores.datasets, *dropped_counts]))


def _num_scored(scores, dataset):
    """Regions scored, and those that the alphanumeric accuracy is over."""
    if dataset not in scores.datasets:
        return 0, 0
    of_dataset = scores.datasets[dataset]
    return of_dataset['ned'].num_scored, of_dataset['accuracy_alphanumeric'].num_scored


def write_json(path, scores, dropped_counts, settings):
    """Scores, counts and settings as JSON, UTF-8; numbers in 0..1, null if nothing was scored.

    Args:
        path: file to write; replaced only when the new one is whole.
        scores: Scores.
        dropped_counts: dataset's name -> reason -> number of regions.
        settings: dictionary of what the evaluation ran with; values that JSON lacks are written as text.

    Raises:
        InputError: the file cannot be written.
    """
    datasets = {
        dataset: {
            'num_scored': _num_scored(scores, dataset)[0],
            'dropped': {reason: count for reason, count in dropped_counts.get(dataset, {}).items() if count},
            'scores': scores.datasets.get(dataset, {}),
        }
        for dataset in _all_datasets(scores, dropped_counts)
    }
    content = {
        'metrics': METRICS,
        'interval': 'low to high: 95 %, percentile bootstrap over regions',
        'datasets': datasets,
        'combined': {'num_scored': scores.combined['ned'].num_scored, 'scores': scores.combined},
        'settings': settings,
    }
    write_plain(path, content)


def write_plain(path, content):
    """Scores, numbers and texts in dicts and lists as JSON; a number that is not finite becomes null.

    Raises:
        InputError: the file cannot be written.
    """
    with replacing(path) as file:
        json.dump(_plain(content), file, ensure_ascii=False, indent=2)
        file.write('\n')


def _plain(value):
    """`value` in the types of JSON; a number that is not finite becomes None."""
    if isinstance(value, Score):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def write_csv(path, readings):
    """Every region as CSV with a header, UTF-8, the worst first.

    Worst is as in `worst_first`, by `normalized_edit_similarity` of the raw texts. A polygon is written x1,y1,x2,y2,...
    in pixels, a whole image as nothing. A text that a spreadsheet would take for a formula, since it begins with one of
    = + - @, a tab or a carriage return, has a ' in front, and so has one that begins with quotes and one of these.

    Args:
        path: file to write; replaced only when the new one is whole.
        readings: sequence of Reading.

    Raises:
        InputError: the file cannot be written.
    """
    similarity = np.array([normalized_edit_similarity(one.text, one.truth) for one in readings])
    confidence = np.array([one.confidence for one in readings])
    with replacing(path, newline='') as file:
        file.write(','.join(CSV_COLUMNS) + '\n')
        writer = csv.writer(file, lineterminator='\n', quoting=csv.QUOTE_NONNUMERIC)  # any text survives, with \r too
        for i in worst_first(similarity, confidence):
            one = readings[i]
            place = no_formula(one.dataset), no_formula(str(one.image)), _polygon_text(one.polygon)
            texts = no_formula(one.truth), no_formula(one.text)
            writer.writerow([*place, *texts, *(round(float(of[i]), 4) for of in (similarity, confidence))])


def no_formula(text):
    """A cell that no spreadsheet calculates; taking one ' away from what matches _FORMULA gives the text back."""
    return f"'{text}" if _FORMULA.match(text) else text


def worst_first(similarity, confidence):
    """Order of regions, int64 (n,): the lowest similarity first, of equals the lowest confidence, then the first."""
    return np.lexsort((confidence, similarity))  # stable; the last key sorts first


def _polygon_text(polygon):
    """x1,y1,x2,y2,... in the fewest digits that give the same float32 again; empty for None."""
    if polygon is None:
        return ''
    return ','.join(np.format_float_positional(value, trim='-') for value in np.asarray(polygon, np.float32).ravel())
