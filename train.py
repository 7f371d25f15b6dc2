"""Train the model, or go on with a training that was stopped.

    python train.py --base_dir ./data                                  the published model on lsvt, art and rects
    python train.py --preset compact --train_datasets mine=labels.tsv  a small one on your own words, without a GPU
    python train.py --restore_path old.pb --train_datasets mine=labels.tsv  a trained one, fine-tuned on them

--report writes a page at the end that shows where the best checkpoint errs on what was held out.
--profile measures for a minute what limits the training, and says which setting to change.

Saves to --checkpoint_path after every epoch, with TensorBoard's logs, history.jsonl and curve.png beside. Ctrl-C saves
and stops; the same command, without --restore_path, goes on from there.
"""

import dataclasses
import functools
import logging
import os

from ocr.config import SETTINGS, parse_config, restorable, run_script, to_json
from ocr.errors import InputError
from ocr.network.tensorflow_start import start_tensorflow
from ocr.optional_package import import_package
from ocr.training.settings import DataSettings, FitSettings
from ocr.training.stop_signals import answer_stop_signals

logger = logging.getLogger(__name__)


def find_start(cfg):
    """Start from the model of --restore_path, else from the last checkpoint in --checkpoint_path; None without one."""
    from ocr.charset import Charset
    from ocr.model_files.checkpoint import checkpoint_to_resume, require_checkpoint
    from ocr.model_files.frozen_graph import PB_ENDING
    from ocr.training.initial_weights import Start

    charset = Charset.resolve(cfg.charset_path)
    if cfg.restore_path.endswith(PB_ENDING):
        return Start.from_pb(cfg.restore_path, charset, cfg.trust_model)
    if cfg.restore_path:
        return Start.from_checkpoint(require_checkpoint(cfg.restore_path, 'restore_path'), charset)
    last = checkpoint_to_resume(cfg.checkpoint_path) if os.path.isdir(cfg.checkpoint_path) else None
    return Start.from_checkpoint(last, charset) if last else None


def with_stored_settings(cfg, start):
    """The settings that the model to start from brings along, under the command line; the training's if it goes on."""
    if not (start and start.settings):
        return cfg
    groups = ('model', 'training') if start.resumes else ('model',)
    return cfg.over(restorable(start.settings.text, groups, start.settings.path))


def choose_charset(cfg, start, index):
    """Charset of the model to start from, else of --charset_path, else all characters of the training text."""
    from ocr.charset import Charset

    if charset := start.charset if start else Charset.resolve(cfg.charset_path):
        return charset
    if index is None:
        raise InputError('drawn text alone does not say what is to be read: give --charset_path, such as ascii')
    charset = Charset.from_texts(index.texts(), name='of the training text')
    logger.info('charset of the training text: %d classes', charset.num_classes)
    return charset


def session_start(cfg, start):
    """What the variables start from, and the step that is: a trained model, the ImageNet weights, or nothing."""
    from ocr.training.initial_weights import RestoreModel, RestorePretrained, RestoreWeights, stored_step

    if start and start.resumes:
        step = stored_step(start.path)
        logger.info('going on from %s, step %d', start.path, step)
        return RestoreModel(start.path), step
    if start:
        logger.info('a new training with the weights of %s; %s', start.path, start.describe_charset())
        return RestoreWeights(start), 0
    if cfg.pretrain_path:
        logger.info('the encoder starts from %s', cfg.pretrain_path)
        return RestorePretrained(cfg.pretrain_path), 0
    return None, 0


def report_on(cfg, data):
    """Read what was held out with the best checkpoint; write scores, readings and the page to --report."""
    from ocr.evaluation.run import evaluate
    from ocr.model import freeze_checkpoint
    from ocr.model_files.checkpoint import require_checkpoint
    from ocr.network.precision import set_precision
    from ocr.reading.augmented_predictor import augmented
    from ocr.reading.graph_predictor import GraphPredictor
    from ocr.training.data import held_out_reader

    checkpoint = require_checkpoint(cfg.checkpoint_path, 'checkpoint_path', prefer_best=True)
    predictor = GraphPredictor(
        freeze_checkpoint(checkpoint, cfg, data.charset), data.charset, precision=set_precision(cfg.precision)
    )
    predictor = augmented(predictor, cfg.tta, cfg.rotate_tall)
    settings = {'config': dataclasses.asdict(cfg), 'report': cfg.report, **cfg.reading_regions}
    evaluate(predictor, checkpoint, data.held_out, {}, cfg.report, read_image=held_out_reader(data), **settings)


def load(cfg, start):
    """What is trained on; a function (samples per step, start step) -> dataflow, checked; the validation or None."""
    if cfg.detects:
        from ocr.evaluation import detection_scores
        from ocr.training.detection_data import check_detector
        from ocr.training.detection_validation import load_detection

        check_detector(**{name: getattr(cfg, name) for name in ('profile', 'report', 'image_size', 'final_endpoint')})
        return load_detection(cfg.part(DataSettings), detection_scores)
    from ocr.training.data import build_dataflow, held_out_batches, load_data
    from ocr.training.validation import Validation

    settings = cfg.part(DataSettings)
    data = load_data(settings, lambda index: choose_charset(cfg, start, index))
    validation = Validation(lambda: held_out_batches(settings, data), data.charset, cfg.with_bbox)
    return data, functools.partial(build_dataflow, settings, data), validation if data.held_out else None


def main(argv=None):
    cfg = parse_config(argv, 'train', __doc__)
    answer_stop_signals()
    if cfg.tracker:
        import_package(cfg.tracker, f'--tracker {cfg.tracker}')
    start_tensorflow(cfg.gpus)
    start = find_start(cfg)
    cfg = with_stored_settings(cfg, start)
    from ocr.evaluation.run import check_report
    from ocr.model import build_model
    from ocr.network.precision import set_precision
    from ocr.training.callbacks import awaits_validation
    from ocr.training.history import read_history
    from ocr.training.initial_weights import check_pretrained
    from ocr.training.run import profile
    from ocr.training.run_folder import check_nothing_later, hide_log, training_in
    from ocr.training.towers import choose_gpus

    if cfg.profile:
        cfg = dataclasses.replace(cfg, val_epochs=0, accumulate=1)  # nothing is to be held out or drawn for it
    elif not start:
        check_pretrained(cfg.pretrain_path)
    data, make_dataflow, validation = load(cfg, start)
    hide_log()
    num_towers, on_gpu = choose_gpus(cfg.gpus)
    precision = set_precision(cfg.precision, trained_width=cfg.depth_multiplier)
    devices = {'num_towers': num_towers, 'on_gpu': on_gpu, 'precision': precision}
    if cfg.profile:
        return profile(build_model(cfg, data.charset), cfg.part(DataSettings), data, gpus=cfg.gpus, **devices)
    session_init, start_step = session_start(cfg, start)
    rows = read_history(cfg.checkpoint_path)
    is_validated = not awaits_validation(rows, start_step, cfg.steps_per_epoch, cfg.val_epochs if data.held_out else 0)
    if start_step >= cfg.total_steps and is_validated:
        raise InputError(
            f'{start.path} has all {cfg.total_steps} steps behind it; raise --max_epoch to go on, '
            'or export it and give --restore_path the .pb for a new training'
        )
    if cfg.report:
        check_report(cfg.report, data.held_out)
    with training_in(cfg.checkpoint_path):
        check_nothing_later(cfg.checkpoint_path, start_step, start.path if start else '', bool(cfg.restore_path))
        return train(cfg, data, make_dataflow, validation, session_init, start_step, devices)


def train(cfg, data, make_dataflow, validation, session_init, start_step, devices):
    """Train from a step on, say what was left out and saved, and write the page of --report; returns the exit code."""
    from ocr.model import build_model
    from ocr.model_files.checkpoint import find_checkpoint
    from ocr.training.data import make_crops
    from ocr.training.run import fit
    from ocr.training.run_folder import save_settings

    samples_per_step = cfg.batch_size * cfg.accumulate * devices['num_towers']
    make_crops(cfg.part(DataSettings), data, max(cfg.total_steps - start_step, 0) * samples_per_step)
    dataflow, checked = make_dataflow(samples_per_step, start_step)
    stopped = fit(
        build_model(cfg, data.charset),
        cfg.part(FitSettings),
        dataflow,
        validation,
        config={name: getattr(cfg, name) for name in SETTINGS},
        save_settings=lambda: save_settings(cfg.checkpoint_path, to_json(cfg), data.charset),
        session_init=session_init,
        start_step=start_step,
        **devices,
    )
    if checked.error and not stopped:  # a signal to the whole group ends the workers too
        raise checked.error
    for reason, number in checked.counts.items():
        print(f'left out while training: {number} times {reason}')
    saved = find_checkpoint(cfg.checkpoint_path)
    if cfg.report and not stopped:
        report_on(cfg, data)
    print(f'{"stopped and saved" if stopped else "done"}: {saved}' if saved else 'stopped before the first step')
    return 130 if stopped else 0


if __name__ == '__main__':
    run_script(main)
