"""Score a checkpoint or a frozen graph on labelled datasets.

    python eval.py --checkpoint_path ./checkpoint --eval_datasets icdar2017rctw
    python eval.py --pb_path ./checkpoint/text_recognition.pb --eval_datasets mine=/path/to/labels.tsv --report ./report

Every legible region is scored, also those that the model cannot get right: texts longer than it can write, or with
characters outside its charset. Writes readings.jsonl as they are read, from which a killed run goes on with --resume,
and at the end scores.json and regions.csv (worst first) to --output_path. --report writes a page that shows where the
model errs, with --compare against an earlier scores.json what was mended and what broke. --views, --beam_width,
--allow, --lexicon and --long_text are scored too (docs/reading.md).
"""

import dataclasses
import logging
import os
from collections import Counter, defaultdict

import numpy as np

from config import SHIPPED_MODEL, Config, for_reading, parse_config, run_script
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow

OUTPUT_PATH = './results_eval'
READINGS_FILE = 'readings.jsonl'
SCORES_FILE = 'scores.json'
REGIONS_FILE = 'regions.csv'

logger = logging.getLogger(__name__)


def load_predictor(cfg, argv, description):
    """Predictor of --pb_path, else of --checkpoint_path, else the one shipped here; and what to call it."""
    from export import load_frozen, load_model

    pb_path = cfg.pb_path
    if not pb_path and cfg.checkpoint_path == Config().checkpoint_path and not os.path.isdir(cfg.checkpoint_path):
        pb_path = SHIPPED_MODEL
        logger.info('no --pb_path and no checkpoint in %s: the model shipped here, %s', cfg.checkpoint_path, pb_path)
    if pb_path:
        return load_frozen(pb_path, cfg, argv, description, exact=True), pb_path
    from model import freeze_checkpoint
    from ocr.network.precision import choose_precision
    from ocr.reading.predictor import Predictor
    from ocr.reading.search.build import with_search
    from ocr.reading.views import in_views

    checkpoint, cfg, charset = load_model(cfg, argv, description)
    frozen = freeze_checkpoint(checkpoint, cfg, charset)
    precision = choose_precision(cfg.precision, exact=True)
    predictor = with_search(Predictor(frozen, charset, precision=precision, where=checkpoint), **cfg.decoding)
    return in_views(predictor, cfg.views, cfg.turned), checkpoint


def place(region):
    """What a line of readings.jsonl says of a region."""
    return {
        'image': region.image_path,
        'polygon': region.polygon.tolist(),
        'dataset': region.dataset,
        'truth': region.text,
    }


def read_index(predictor, index, cfg, path, **reading):
    """Read all regions of an index with a progress bar, and write them as they come to a JSON Lines file.

    Args:
        predictor: Predictor.
        index: RegionIndex, or a list of TextRegion.
        cfg: Config.
        path: the file.
        reading: more keyword arguments of ocr.reading.long_text.read_windows.read_as_told.
    """
    from ocr.preprocessing.prepare import Broken
    from ocr.progress import progress_bar
    from ocr.reading.long_text.read_windows import read_as_told
    from ocr.reading.results_file import open_results, to_record

    run = {**predictor.identity, 'full_length': cfg.full_length}
    if cfg.long_text:
        run['window_aspect'] = cfg.window_aspect
    places = (place(index[position]) for position in range(len(index)))
    with open_results(path, run, places, cfg.resume) as readings:
        regions = (index[position] for position in range(readings.num_kept, len(index)))
        aspect = cfg.long_text and cfg.window_aspect
        results = read_as_told(predictor, regions, window_aspect=aspect, **reading_settings(cfg), **reading)
        bar = progress_bar(results, total=len(index), initial=readings.num_kept, desc='reading', unit=' regions')
        for region, _, result in bar:
            record = to_record(place(region), result)
            if isinstance(result, Broken):
                logger.warning('left out: %s', result.message)
                record['reason'] = result.reason
            readings.append(record)


def reading_settings(cfg):
    """Keyword arguments of ocr.reading.regions.read_regions."""
    return {'batch_size': cfg.batch_size, 'num_workers': cfg.num_workers, 'full_length': cfg.full_length}


def load_readings(path):
    """What `read_index` wrote.

    Returns:
        readings: list of report.Reading.
        unreadable: {dataset: Counter of regions by reason} that could not be read.
    """
    from ocr.evaluation.scores import Reading
    from ocr.reading.results_file import read_results

    readings, unreadable = [], defaultdict(Counter)
    for record in read_results(path):
        if 'error' in record:
            unreadable[record['dataset']][record['reason']] += 1
            continue
        polygon = np.array(record['polygon'], np.float32)
        of_region = record['image'], polygon, record['dataset'], record['truth'], record['text'], record['confidence']
        readings.append(Reading(*of_region, tuple(record['char_confidences'])))
    return readings, unreadable


def beyond_reach(readings, charset, num_steps):
    """How many scored texts the model cannot write: (too long, with characters outside the charset)."""
    too_long = sum(num_steps is not None and len(reading.truth) >= num_steps for reading in readings)
    unknown = sum(bool(charset.unknown(reading.truth)) for reading in readings)
    return too_long, unknown


def open_report(cfg, index, folder):
    """The comparison.Earlier of --compare, or None; InputError now rather than after all has been read.

    Args:
        cfg: Config.
        index: what will be read: RegionIndex, or a list of TextRegion.
        folder: where the readings will be written.
    """
    from ocr.evaluation.error_report.comparison import Earlier
    from ocr.evaluation.error_report.page import check_folder

    if not cfg.report:
        if cfg.compare:
            raise InputError(f'--compare {cfg.compare}: what changed is shown on a page; name its folder with --report')
        return None
    earlier = None
    if cfg.compare:
        if os.path.realpath(os.path.dirname(cfg.compare)) == os.path.realpath(folder):
            raise InputError(f'--compare {cfg.compare}: this run writes to {folder} too; choose another folder for it')
        earlier = Earlier.load(cfg.compare)
        regions = (index[position] for position in range(len(index)))
        earlier.check_in_common((region.image_path, region.polygon, region.dataset) for region in regions)
    check_folder(cfg.report)
    return earlier


def evaluate(predictor, model_path, index, counts, cfg, folder, **reading):
    """Read and score regions: print the scores, write them and all readings, and the page of --report.

    Args:
        predictor: Predictor.
        model_path: what to call it.
        index: RegionIndex, or a list of TextRegion.
        counts: {dataset: {KEPT: number, reason: number}}, what was left out before.
        cfg: Config.
        folder: for READINGS_FILE, SCORES_FILE and REGIONS_FILE.
        reading: more keyword arguments of ocr.reading.long_text.read_windows.read_as_told.
    """
    from ocr.datasets.index import KEPT
    from ocr.evaluation.scores import score, score_table, write_csv, write_json

    earlier = open_report(cfg, index, folder)
    path = os.path.join(folder, READINGS_FILE)
    read_index(predictor, index, cfg, path, **reading)
    readings, unreadable = load_readings(path)
    dropped = {
        name: Counter({reason: number for reason, number in counts.get(name, {}).items() if reason != KEPT})
        + unreadable[name]
        for name in dict.fromkeys([*counts, *unreadable])
    }
    scores = score(readings)
    charset, num_steps = predictor.charset, None if cfg.long_text else predictor.num_steps
    too_long, unknown = beyond_reach(readings, charset, num_steps)
    print(score_table(scores, dropped))
    print(
        f'of the scored texts {too_long} are too long for the model and {unknown} have characters outside its charset'
    )
    settings = {
        'model': model_path,
        'model_config': predictor.settings,
        'config': dataclasses.asdict(cfg),
        'too_long': too_long,
        'unknown_character': unknown,
    }
    write_json(os.path.join(folder, SCORES_FILE), scores, dropped, settings)
    write_csv(os.path.join(folder, REGIONS_FILE), readings)
    print(f'{folder}/{SCORES_FILE}, and {folder}/{REGIONS_FILE} with every region, the worst first')
    if cfg.report:
        from ocr.evaluation.error_report.analysis import analyse
        from ocr.evaluation.error_report.examples import Studio
        from ocr.evaluation.error_report.page import write_page

        analysis = analyse(model_path, charset, num_steps, readings, scores, dropped, earlier)
        studio = Studio(predictor, **reading_settings(cfg), **reading)
        print(f'{write_page(cfg.report, analysis, studio, cfg.report_regions)}: where the model errs')


def main(argv=None):
    cfg = for_reading(parse_config(argv, __doc__), argv)
    start_tensorflow(cfg.gpus)
    from ocr.datasets.sources import open_index

    predictor, model_path = load_predictor(cfg, argv, __doc__)
    index, counts = open_index(cfg.base_dir, cfg.index_dir, cfg.eval_datasets, cfg.min_size)
    evaluate(predictor, model_path, index, counts, cfg, cfg.output_path or OUTPUT_PATH)


if __name__ == '__main__':
    run_script(main)
