"""An evaluation: regions are read, scored, and reported on."""

import logging
import os
from collections import Counter, defaultdict

import numpy as np

from ocr.datasets.counts import KEPT
from ocr.errors import InputError
from ocr.evaluation.scores import Reading, score, score_table, write_csv, write_json
from ocr.preprocessing.prepare import Broken
from ocr.reading.local_reader import LocalReader
from ocr.reading.results_file import open_results, read_results, to_record
from ocr.terminal.progress import progress_bar
from ocr.terminal.visible import visible

READINGS_FILE = 'readings.jsonl'
SCORES_FILE = 'scores.json'
REGIONS_FILE = 'regions.csv'
REPORTED_REGIONS = 24  # that each part of the page shows with pictures, at most: what one looks through

logger = logging.getLogger(__name__)


def location(region):
    """What a line of readings.jsonl says of a region."""
    return {
        'image': region.image_path,
        'polygon': region.polygon.tolist(),
        'dataset': region.dataset,
        'truth': region.text,
    }


def read_index(reader, index, path, resume=False):
    """Read all regions of an index with a progress bar, and write them as they come to a JSON Lines file.

    Args:
        reader: predictor.Reader.
        index: RegionIndex, or a list of TextRegion.
        path: the file.
        resume: keep the lines that are there.
    """
    places = (location(index[position]) for position in range(len(index)))
    with open_results(path, reader.identity, places, resume) as readings:
        results = reader.read((index[position] for position in range(len(index))), readings.num_kept)
        bar = progress_bar(results, total=len(index), initial=readings.num_kept, desc='reading', unit=' regions')
        for region, result in bar:
            record = to_record(location(region), result)
            if isinstance(result, Broken):
                logger.warning('left out: %s', result.message)
                record['reason'] = result.reason
            readings.append(record)


def load_readings(path):
    """What `read_index` wrote.

    Returns:
        readings: list of report.Reading.
        unreadable: {dataset: Counter of regions by reason} that could not be read.
    """
    readings, unreadable = [], defaultdict(Counter)
    for number, record in enumerate(read_results(path), 1):
        try:
            if 'error' in record:
                unreadable[record['dataset']][record['reason']] += 1
            else:
                readings.append(_to_reading(record))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError(f'{path}:{number}: not a reading ({visible(str(error))}); read again') from error
    return readings, unreadable


def _to_reading(record):
    """Reading of a line; raises KeyError, TypeError, ValueError or OverflowError if it is none."""
    polygon = np.array(record['polygon'], np.float32).reshape(-1, 2)
    texts = [record[name] for name in ('image', 'dataset', 'truth', 'text')]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError('image, dataset, truth and text are to be texts')
    image, dataset, truth, text = texts
    return Reading(
        image, polygon, dataset, truth, text, float(record['confidence']), tuple(map(float, record['char_confidences']))
    )


def beyond_reach(readings, charset, num_steps):
    """How many scored texts the model cannot write: (too long, with characters outside the charset)."""
    too_long = sum(num_steps is not None and len(reading.truth) >= num_steps for reading in readings)
    unknown = sum(bool(charset.unknown(reading.truth)) for reading in readings)
    return too_long, unknown


def open_report(report, compare, index, folder):
    """The comparison.Earlier of --compare, or None; InputError now rather than after all has been read.

    Args:
        report: folder of the page, or ''.
        compare: scores.json of an earlier evaluation, or ''.
        index: what will be read: RegionIndex, or a list of TextRegion.
        folder: where the readings will be written.
    """
    from ocr.evaluation.error_report.comparison import Earlier
    from ocr.evaluation.error_report.page import check_folder

    if not report:
        if compare:
            raise InputError(f'--compare {compare}: what changed is shown on a page; name its folder with --report')
        return None
    earlier = None
    if compare:
        if os.path.realpath(os.path.dirname(compare)) == os.path.realpath(folder):
            raise InputError(f'--compare {compare}: this run writes to {folder} too; choose another folder for it')
        earlier = Earlier.load(compare)
        regions = (index[position] for position in range(len(index)))
        earlier.check_in_common((region.image_path, region.polygon, region.dataset) for region in regions)
    check_folder(report)
    return earlier


def check_report(report, held_out):
    """InputError if the page of a training run could not be written at its end, hours from now.

    Args:
        report: folder of the page.
        held_out: list of TextRegion that it would be of.
    """
    if not held_out:
        raise InputError(
            f'--report {report}: nothing is held out to report on; set --val_epochs and --val_regions above 0, '
            'or name --val_datasets'
        )
    open_report(report, '', held_out, report)


def evaluate(predictor, model_path, index, counts, folder, *, config, report='', compare='', resume=False, **reading):
    """Read and score regions: print the scores, write them and all readings, and the page of --report.

    Args:
        predictor: Predictor.
        model_path: what to call it.
        index: RegionIndex, or a list of TextRegion.
        counts: {dataset: {KEPT: number, reason: number}}, what was left out before.
        folder: for READINGS_FILE, SCORES_FILE and REGIONS_FILE.
        config: dict of all settings, for SCORES_FILE.
        report: folder of the page that shows where the model errs, or ''.
        compare: scores.json of an earlier evaluation to compare with on that page, or ''.
        resume: keep what a killed run has read.
        reading: keyword arguments of reading.local_reader.LocalReader.

    Returns:
        Scores.
    """
    earlier = open_report(report, compare, index, folder)
    path = os.path.join(folder, READINGS_FILE)
    read_index(LocalReader(predictor, **reading), index, path, resume)
    readings, unreadable = load_readings(path)
    dropped = {
        name: Counter({reason: number for reason, number in counts.get(name, {}).items() if reason != KEPT})
        + unreadable[name]
        for name in dict.fromkeys([*counts, *unreadable])
    }
    scores = score(readings)
    charset, num_steps = predictor.charset, None if reading.get('long_text') else predictor.num_steps
    too_long, unknown = beyond_reach(readings, charset, num_steps)
    print(score_table(scores, dropped))
    print(
        f'of the scored texts {too_long} are too long for the model and {unknown} have characters outside its charset'
    )
    settings = {
        'model': model_path,
        'model_config': predictor.settings,
        'config': config,
        'too_long': too_long,
        'unknown_character': unknown,
    }
    write_json(os.path.join(folder, SCORES_FILE), scores, dropped, settings)
    write_csv(os.path.join(folder, REGIONS_FILE), readings)
    print(f'{folder}/{SCORES_FILE}, and {folder}/{REGIONS_FILE} with every region, the worst first')
    if report:
        from ocr.evaluation.error_report.analysis import analyse
        from ocr.evaluation.error_report.examples import ExampleRenderer
        from ocr.evaluation.error_report.page import write_page

        analysis = analyse(model_path, charset, num_steps, readings, scores, dropped, earlier)
        reading = {name: value for name, value in reading.items() if name != 'long_text'}
        renderer = ExampleRenderer(predictor, **reading)
        print(f'{write_page(report, analysis, renderer, REPORTED_REGIONS)}: where the model errs')
    return scores
