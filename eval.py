"""Score a checkpoint or a frozen graph on labelled datasets.

    python eval.py --checkpoint_path ./checkpoint --eval_datasets icdar2017rctw
    python eval.py --pb_path ./checkpoint/text_recognition.pb --eval_datasets mine=/path/to/labels.tsv --report ./report
    python eval.py --suite latin --base_dir /path/to/benchmarks

Every legible region is scored, also those that the model cannot get right: texts longer than it can write, or with
characters outside its charset. Writes readings.jsonl as they are read, from which a killed run goes on with --resume,
and at the end scores.json and regions.csv (worst first) to --output_path. --report writes a page that shows where the
model errs, with --compare against an earlier scores.json what is fixed and what regressed. --tta, --beam_width,
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

from ocr.config import SETTINGS, parse_config, restorable, run_script, shown
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow

logger = logging.getLogger(__name__)


def load_predictor(cfg):
    """Predictor of --pb_path, else of --checkpoint_path, else the one shipped here; and what to call it."""
    from ocr.reading.open_model import choose_model, open_model, read_model

    pb_path = cfg.pb_path
    if (
        not pb_path
        and cfg.checkpoint_path == SETTINGS['checkpoint_path'].default
        and not os.path.isdir(cfg.checkpoint_path)
    ):
        pb_path = choose_model(**cfg.model_choice)
        logger.info('no --pb_path and no checkpoint in %s: the model shipped here, %s', cfg.checkpoint_path, pb_path)
    if pb_path:
        model = read_model(pb_path, cfg.gpus, cfg.trust_model)
        return open_model(model, **cfg.over(shown(model.settings)).reading, exact=True), pb_path
    start_tensorflow(cfg.gpus)
    from ocr.model import freeze_checkpoint, open_checkpoint
    from ocr.network.precision import set_precision
    from ocr.reading.augmented_predictor import augmented
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.reading.search.build import with_search

    checkpoint, cfg, charset = open_checkpoint(cfg)
    frozen = freeze_checkpoint(checkpoint, cfg, charset)
    precision = set_precision(cfg.precision, exact=True)
    predictor = with_search(GraphPredictor(frozen, charset, precision=precision, where=checkpoint), **cfg.decoding)
    return augmented(predictor, cfg.tta, cfg.rotate_tall), checkpoint


def load_detector(cfg):
    """Detector of --detector_path or, with --detect, the one that comes with the project, or of --pb_path or
    --checkpoint_path where that is one; and what to call it.

    Returns:
        (None, '') where none of them is a detector.
    """
    from ocr.reading.onnx_predictor import is_onnx
    from ocr.reading.open_detector import choose_detector, open_detector

    def opened(path, flag):
        settings = {'gpus': cfg.gpus, 'precision': cfg.precision, 'trusted': cfg.trust_model}
        return open_detector(path, flag=flag, exact=True, **settings)

    path, pb_path = choose_detector(cfg.named_detector) if cfg.detect else cfg.detector_path, cfg.pb_path
    if path:
        return opened(path, 'detector_path'), path
    if cfg.detect:
        raise InputError('--detect: name the detector with --detector_path; train one with --model_name detector')
    if pb_path and (is_onnx(pb_path) or os.path.isdir(pb_path)):
        return None, ''  # those read, and need no TensorFlow
    if not pb_path and not os.path.exists(cfg.checkpoint_path):
        return None, ''
    start_tensorflow(cfg.gpus)
    from ocr.model_files.checkpoint import find_checkpoint, settings_beside
    from ocr.model_files.frozen_graph import is_detector, load_graph
    from ocr.network.precision import set_precision
    from ocr.reading.graph_detector import GraphDetector

    if pb_path:
        graph_def = load_graph(pb_path, wanted=(), trusted=cfg.trust_model)
        return (opened(pb_path, 'pb_path'), pb_path) if is_detector(graph_def) else (None, '')
    checkpoint = find_checkpoint(cfg.checkpoint_path, prefer_best=True)
    stored = settings_beside(checkpoint) if checkpoint else None
    if not stored or restorable(stored[0], ('model',), stored[1]).get('model_name') != 'detector':
        return None, ''
    from ocr.model import freeze_checkpoint, open_checkpoint

    checkpoint, cfg, _ = open_checkpoint(cfg)
    frozen = freeze_checkpoint(checkpoint, cfg, None)
    return GraphDetector(frozen, precision=set_precision(cfg.precision, exact=True), where=checkpoint), checkpoint


def score_detector(cfg, detector, model_path, predictor):
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
    evaluate_detection(detector, model_path, index, counts, cfg.output_path, config=config, **settings)


def main(argv=None):
    cfg = parse_config(argv, 'eval', __doc__)
    detector, detector_path = load_detector(cfg)
    if detector:
        reads = (cfg.detector_path or cfg.detect) and {'pb_path', 'checkpoint_path'} & set(cfg.typed)
        score_detector(cfg, detector, detector_path, load_predictor(cfg)[0] if reads else None)
        return 0
    predictor, model_path = load_predictor(cfg)
    settings = {'report': cfg.report, 'compare': cfg.compare, 'resume': cfg.resume, **cfg.reading_regions}
    settings['config'] = dataclasses.asdict(cfg)
    if cfg.suite:
        from ocr.datasets.benchmarks import find_benchmarks
        from ocr.evaluation.suite import evaluate_suite

        found = find_benchmarks(cfg.suite, cfg.base_dir)
        evaluate_suite(predictor, model_path, found, cfg.index_dir, cfg.output_path, **settings)
        return 0
    from ocr.datasets.sources import open_index
    from ocr.evaluation.run import evaluate

    index, counts = open_index(cfg.base_dir, cfg.index_dir, cfg.eval_datasets)
    evaluate(predictor, model_path, index, counts, cfg.output_path, **settings)
    return 0


if __name__ == '__main__':
    run_script(main)
