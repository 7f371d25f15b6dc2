"""Score a checkpoint or a frozen graph on labelled datasets.

    python eval.py --checkpoint_path ./checkpoint --eval_datasets icdar2017rctw
    python eval.py --pb_path ./checkpoint/text_recognition.pb --eval_datasets mine=/path/to/labels.tsv --report ./report

Every legible region is scored, also those that the model cannot get right: texts longer than it can write, or with
characters outside its charset. Writes readings.jsonl as they are read, from which a killed run goes on with --resume,
and at the end scores.json and regions.csv (worst first) to --output_path. --report writes a page that shows where the
model errs, with --compare against an earlier scores.json what was mended and what broke. --tta, --beam_width,
--allow, --lexicon and --long_text are scored too (docs/reading.md).
"""

import logging
import os

from config import SETTINGS, SHIPPED_MODEL, parse_config, run_script, shown
from ocr.network.tensorflow_start import start_tensorflow

logger = logging.getLogger(__name__)


def load_predictor(cfg):
    """Predictor of --pb_path, else of --checkpoint_path, else the one shipped here; and what to call it."""
    from ocr.reading.open_model import open_model, read_model

    pb_path = cfg.pb_path
    if (
        not pb_path
        and cfg.checkpoint_path == SETTINGS['checkpoint_path'].default
        and not os.path.isdir(cfg.checkpoint_path)
    ):
        pb_path = SHIPPED_MODEL
        logger.info('no --pb_path and no checkpoint in %s: the model shipped here, %s', cfg.checkpoint_path, pb_path)
    if pb_path:
        model = read_model(pb_path, cfg.gpus)
        return open_model(model, **cfg.over(shown(model.settings)).reading, exact=True), pb_path
    start_tensorflow(cfg.gpus)
    from model import freeze_checkpoint, open_checkpoint
    from ocr.network.precision import choose_precision
    from ocr.reading.predictor import Predictor
    from ocr.reading.search.build import with_search
    from ocr.reading.views import in_views

    checkpoint, cfg, charset = open_checkpoint(cfg)
    frozen = freeze_checkpoint(checkpoint, cfg, charset)
    precision = choose_precision(cfg.precision, exact=True)
    predictor = with_search(Predictor(frozen, charset, precision=precision, where=checkpoint), **cfg.decoding)
    return in_views(predictor, cfg.tta, cfg.rotate_tall), checkpoint


def main(argv=None):
    cfg = parse_config(argv, 'eval', __doc__)
    from ocr.datasets.sources import open_index
    from ocr.evaluation.run import evaluate

    predictor, model_path = load_predictor(cfg)
    index, counts = open_index(cfg.base_dir, cfg.index_dir, cfg.eval_datasets, cfg.min_size)
    evaluate(predictor, model_path, index, counts, cfg, cfg.output_path)


if __name__ == '__main__':
    run_script(main)
