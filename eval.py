"""Score a checkpoint or a frozen graph on labelled datasets.

    python eval.py --checkpoint_path ./checkpoint --eval_datasets icdar2017rctw
    python eval.py --pb_path ./checkpoint/text_recognition.pb --eval_datasets mine=/path/to/labels.tsv --report ./report
    python eval.py --suite latin --base_dir /path/to/benchmarks

Every legible region is scored, also those that the model cannot get right: texts longer than it can write, or with
characters outside its charset. Writes readings.jsonl while it reads, from which --resume continues a killed run, and at
the end scores.json and regions.csv (worst first) to --output_path. --report writes a page that shows where the
model errs, and with --compare what got better or worse since an earlier scores.json. --tta, --beam_width,
--allow, --lexicon and --long_text are scored too (docs/reading.md). --suite scores the field's benchmark sets by name
(docs/benchmarks.md).

    python eval.py --checkpoint_path ./runs/detector --eval_datasets mine=/path/to/labels.tsv
    python eval.py --detector_path detector.pb --pb_path pretrain/latin.pb --eval_datasets mine=/path/to/labels.tsv

A detector is scored on whole photographs: precision, recall and H-mean at an overlap of 0.5; with a model that reads,
end to end. --unit line joins found words for labels of whole lines.
"""

import dataclasses
import logging
import os

from ocr.config import SETTINGS, parse_config, run_script, shown
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow

logger = logging.getLogger(__name__)


def named_detector(cfg):
    """Detector of --detector_path or, with --detect, perhaps the one that comes with the project; None without one."""
    from ocr.reading.open_detector import choose_detector, open_detector

    path = choose_detector(**cfg.detector_choice) if cfg.detect else cfg.detector_path
    if path:
        return open_detector(path, gpus=cfg.gpus, precision=cfg.precision, trusted=cfg.trust_model, exact=True)
    if cfg.detect:
        raise InputError('--detect: name the detector with --detector_path; train one with --model_name detector')
    return None


def load_model(cfg):
    """The model of --pb_path, else of --checkpoint_path, else the shipped one.

    Returns:
        model: Predictor or Detector.
        path: what to call it.
    """
    path = cfg.pb_path
    default = SETTINGS['checkpoint_path'].default
    if not path and cfg.checkpoint_path == default and not os.path.isdir(default):
        from ocr.reading.open_model import choose_model

        path = choose_model(**cfg.model_choice)
        logger.info('no --pb_path and no checkpoint in %s: using the shipped model, %s', cfg.checkpoint_path, path)
    return (load_file(cfg, path), path) if path else load_checkpoint(cfg)


def load_file(cfg, path):
    """Predictor or Detector of a model's file or folder."""
    from ocr.reading.open_detector import detector_of
    from ocr.reading.open_model import open_model, read_model

    model = read_model(path, cfg.gpus, cfg.trust_model, kinds=('reader', 'detector'))
    if model.is_detector:
        return detector_of(model, precision=cfg.precision, exact=True)
    return open_model(model, **cfg.over(shown(model.settings)).reading, exact=True)


def load_checkpoint(cfg):
    """Predictor or Detector of a checkpoint, and its path."""
    start_tensorflow(cfg.gpus)
    from ocr.model import freeze_checkpoint, open_checkpoint
    from ocr.network.precision import set_precision

    checkpoint, cfg, charset = open_checkpoint(cfg)
    frozen, precision = freeze_checkpoint(checkpoint, cfg, charset), set_precision(cfg.precision, exact=True)
    if cfg.detects:
        from ocr.reading.graph_detector import GraphDetector

        return GraphDetector(frozen, precision=precision, where=checkpoint), checkpoint
    from ocr.reading.augmented_predictor import augmented
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.reading.search.build import with_search

    predictor = with_search(GraphPredictor(frozen, charset, precision=precision, where=checkpoint), **cfg.decoding)
    return augmented(predictor, cfg.tta, cfg.rotate), checkpoint


def score_detector(cfg, detector, predictor):
    """Score a detector on the photographs of --eval_datasets, together with what reads, if there is something."""
    from ocr.datasets.sources import open_photographs
    from ocr.evaluation.detection_run import evaluate_detection
    from ocr.reading.local_reader import LocalReader

    if cfg.compare:
        raise InputError('--compare: not for photographs; leave it out')
    index, counts = open_photographs(cfg.base_dir, cfg.index_dir, cfg.eval_datasets)
    reader = LocalReader(predictor, **cfg.reading_regions) if predictor else None
    settings = {'unit': cfg.unit, 'reader': reader, 'report': cfg.report, 'resume': cfg.resume}
    config = dataclasses.asdict(cfg)
    evaluate_detection(detector, detector.where, index, counts, cfg.output_path, config=config, **settings)


def score_predictor(cfg, predictor, model_path):
    """Score what reads on the regions of --eval_datasets, or on the sets of --suite."""
    settings = {'report': cfg.report, 'compare': cfg.compare, 'resume': cfg.resume, **cfg.reading_regions}
    settings['config'] = dataclasses.asdict(cfg)
    if cfg.suite:
        from ocr.datasets.benchmarks import find_benchmarks
        from ocr.evaluation.suite import evaluate_suite

        found = find_benchmarks(cfg.suite, cfg.base_dir)
        evaluate_suite(predictor, model_path, found, cfg.index_dir, cfg.output_path, **settings)
        return
    from ocr.datasets.sources import open_index
    from ocr.evaluation.run import evaluate

    index, counts = open_index(cfg.base_dir, cfg.index_dir, cfg.eval_datasets)
    evaluate(predictor, model_path, index, counts, cfg.output_path, **settings)


def main(argv=None):
    cfg = parse_config(argv, 'eval', __doc__)
    from ocr.reading.detector import Detector

    detector, model, path = named_detector(cfg), None, ''
    if not detector or {'pb_path', 'checkpoint_path'} & set(cfg.typed):
        model, path = load_model(cfg)
    if detector and isinstance(model, Detector):
        raise InputError(f'{path}: a detector, which finds text but does not read it; give a recogniser')
    if detector or isinstance(model, Detector):
        score_detector(cfg, detector or model, model if detector else None)
    else:
        score_predictor(cfg, model, path)
    return 0


if __name__ == '__main__':
    run_script(main)
