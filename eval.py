"""Score a checkpoint or a frozen graph on labelled datasets.

    python eval.py --checkpoint_path ./checkpoint --eval_datasets icdar2017rctw
    python eval.py --pb_path ./checkpoint/text_recognition.pb --eval_datasets mine=/path/to/labels.tsv

Every legible region is scored, also those that the model cannot get right: texts longer than it can write, or with
characters outside its charset. Writes scores.json and regions.csv (worst first) to --output_path.
"""

import dataclasses
import logging
import os
from collections import Counter, defaultdict

from config import parse_config, run_script
from ocr.tensorflow_start import start_tensorflow

OUTPUT_PATH = './results_eval'

logger = logging.getLogger(__name__)


def load_predictor(cfg, argv, description):
    """Predictor of --pb_path where it is given, else of --checkpoint_path, and what to call it."""
    from ocr.charset import Charset
    from ocr.predictor import Predictor

    if cfg.pb_path:
        charset = Charset.resolve(cfg.charset_path) if cfg.charset_path else None
        return Predictor.from_pb(cfg.pb_path, charset, cfg.image_size), cfg.pb_path
    from export import load_model
    from model import freeze_checkpoint

    checkpoint, cfg, charset = load_model(cfg, argv, description)
    return Predictor(freeze_checkpoint(checkpoint, cfg, charset), charset, canvas_side=cfg.image_size), checkpoint


def read_index(predictor, index, cfg):
    """Read all regions of an index with a progress bar.

    Returns:
        readings: list of report.Reading.
        unreadable: {dataset: Counter of regions by reason} that could not be read.
    """
    from tqdm import tqdm

    from ocr.prepare import Broken
    from ocr.reading import read_regions
    from ocr.report import Reading

    regions = (index[position] for position in range(len(index)))
    results = read_regions(
        predictor, regions, batch_size=cfg.batch_size, num_workers=cfg.num_workers, full_length=cfg.full_length
    )
    readings, unreadable = [], defaultdict(Counter)
    for region, _, result in tqdm(results, total=len(index), desc='reading', unit=' regions'):
        if isinstance(result, Broken):
            logger.warning('left out: %s', result.message)
            unreadable[region.dataset][result.reason] += 1
            continue
        readings.append(
            Reading(
                region.image_path,
                region.polygon,
                region.dataset,
                region.text,
                result.text,
                result.confidence,
                result.char_confidences,
            )
        )
    return readings, unreadable


def beyond_reach(readings, charset, num_steps):
    """How many scored texts the model cannot write: (too long, with characters outside the charset)."""
    too_long = sum(num_steps is not None and len(reading.truth) >= num_steps for reading in readings)
    unknown = sum(bool(charset.unknown(reading.truth)) for reading in readings)
    return too_long, unknown


def main(argv=None):
    cfg = parse_config(argv, __doc__)
    start_tensorflow(cfg.gpus)
    from dataset import open_index
    from ocr.index import KEPT
    from ocr.report import score, score_table, write_csv, write_json

    predictor, model_path = load_predictor(cfg, argv, __doc__)
    index, counts = open_index(cfg.base_dir, cfg.index_dir, cfg.eval_datasets, cfg.min_size)
    readings, unreadable = read_index(predictor, index, cfg)
    dropped = {
        name: Counter({reason: number for reason, number in reasons.items() if reason != KEPT}) + unreadable[name]
        for name, reasons in counts.items()
    }
    scores = score(readings)
    too_long, unknown = beyond_reach(readings, predictor.charset, predictor.num_steps)
    print(score_table(scores, dropped))
    print(
        f'of the scored texts {too_long} are too long for the model and {unknown} have characters outside its charset'
    )
    folder = cfg.output_path or OUTPUT_PATH
    settings = {
        'model': model_path,
        'model_config': predictor.settings,
        'config': dataclasses.asdict(cfg),
        'too_long': too_long,
        'unknown_character': unknown,
    }
    write_json(os.path.join(folder, 'scores.json'), scores, dropped, settings)
    write_csv(os.path.join(folder, 'regions.csv'), readings)
    print(f'{folder}/scores.json, and {folder}/regions.csv with every region, the worst first')


if __name__ == '__main__':
    run_script(main)
