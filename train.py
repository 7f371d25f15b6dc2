"""Train the model, or resume a run that was stopped.

    python train.py --base_dir ./data                                  the published model on lsvt, art and rects
    python train.py --preset compact --train_datasets mine=labels.tsv  a small one on your own words, without a GPU
    python train.py --restore_path old.pb --train_datasets mine=labels.tsv  a trained one, fine-tuned on them

--report writes a page at the end that shows where the best checkpoint errs on what was held out.
--profile measures for a minute what limits the training, and says which setting to change.

Saves to --checkpoint_path after every epoch, with TensorBoard's logs, history.jsonl and curve.png. Ctrl-C saves
and stops; the same command, without --restore_path, resumes.
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
    predictor = augmented(predictor, cfg.tta, cfg.rotate)
    settings = {'config': dataclasses.asdict(cfg), 'report': cfg.report, **cfg.reading_regions}
    evaluate(predictor, checkpoint, data.held_out, {}, cfg.report, read_image=held_out_reader(data), **settings)


def load(cfg, start):
    """What is trained on; a function as build_dataflow behind its first two arguments; the validation or None."""
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
    from ocr.training.cluster import Cluster, leaving_at_once
    from ocr.training.cluster_addresses import find_cluster

    addresses, index = find_cluster(cfg.cluster, cfg.task_index)
    if not addresses:
        return prepare_and_train(cfg)
    if cfg.profile:
        raise InputError('--profile: looks at one machine; leave out --cluster and --task_index, or unset TF_CONFIG')
    with leaving_at_once():
        return prepare_and_train(cfg, Cluster(addresses, index, cfg.cluster_timeout))


def prepare_and_train(cfg, cluster=None):
    """Load what is trained on and train, with the others of a Cluster if there is one; returns the exit code."""
    start = find_start(cfg)
    cfg = with_stored_settings(cfg, start)
    from ocr.evaluation.run import check_report
    from ocr.model import build_model
    from ocr.network.precision import set_precision
    from ocr.training.initial_weights import check_frozen, check_pretrained, session_start, stored_positions
    from ocr.training.run import profile
    from ocr.training.run_folder import check_nothing_later, check_steps_left, hide_log, training_in
    from ocr.training.towers import choose_gpus

    if cfg.profile:
        cfg = dataclasses.replace(cfg, val_epochs=0, accumulate=1)  # nothing is to be held out or drawn for it
    elif not start:
        check_pretrained(cfg.pretrain_path)
    check_frozen(cfg.frozen_block, cfg.final_endpoint, bool(start or cfg.pretrain_path))
    data, make_dataflow, validation = load(cfg, start)
    hide_log()
    num_towers, on_gpu = choose_gpus(cfg.gpus, cluster)
    precision = set_precision(cfg.precision, trained_width=cfg.depth_multiplier)
    devices = {'num_towers': num_towers, 'precision': precision}
    if cfg.profile:
        devices |= {'gpus': cfg.gpus, 'on_gpu': on_gpu}
        return profile(build_model(cfg, data.charset), cfg.part(DataSettings), data, **devices)
    session_init, start_step = session_start(start, cfg.pretrain_path)
    start_path, positions = (start.path if start else ''), stored_positions(start)
    epochs = {'steps_per_epoch': cfg.steps_per_epoch, 'val_epochs': cfg.val_epochs if data.held_out else 0}
    check_steps_left(cfg.checkpoint_path, start_step, cfg.total_steps, start_path, **epochs)
    if cluster:
        characters = data.charset.to_text() if data.charset else ''
        cluster.agree(to_json(cfg, ('model', 'training')) + characters, start_step)
        if not cluster.is_chief:
            return train(cfg, data, make_dataflow, None, session_init, start_step, positions, devices, cluster)
    if cfg.report:
        check_report(cfg.report, data.held_out)
    with training_in(cfg.checkpoint_path):
        check_nothing_later(cfg.checkpoint_path, start_step, start_path, bool(cfg.restore_path))
        return train(cfg, data, make_dataflow, validation, session_init, start_step, positions, devices, cluster)


def train(cfg, data, make_dataflow, validation, session_init, start_step, positions, devices, cluster):
    """Train from a step on, say what was left out and saved, and write the page of --report; returns the exit code."""
    from ocr.model import build_model
    from ocr.model_files.checkpoint import find_checkpoint
    from ocr.training.data import make_crops
    from ocr.training.data_position import unpack_position
    from ocr.training.run import fit
    from ocr.training.run_folder import save_settings

    part = cluster.part if cluster else (0, 1)
    samples_per_step = cfg.batch_size * cfg.accumulate * devices['num_towers'] * part[1]
    make_crops(cfg.part(DataSettings), data, max(cfg.total_steps - start_step, 0) * samples_per_step)
    position = unpack_position(positions, part, start_step * samples_per_step)
    dataflow, checked = make_dataflow(samples_per_step, position, part)
    stopped = fit(
        build_model(cfg, data.charset),
        cfg.part(FitSettings),
        dataflow,
        validation,
        config={name: getattr(cfg, name) for name in SETTINGS},
        save_settings=lambda: save_settings(cfg.checkpoint_path, to_json(cfg), data.charset),
        session_init=session_init,
        start_step=start_step,
        cluster=cluster,
        **devices,
    )
    if checked.error and not stopped:  # a signal to the whole group ends the workers too
        raise checked.error
    for reason, number in checked.counts.items():
        print(f'left out while training: {number} times {reason}')
    saved = find_checkpoint(cfg.checkpoint_path)
    if cfg.report and not stopped and part[0] == 0:
        report_on(cfg, data)
    print(f'{"stopped and saved" if stopped else "done"}: {saved}' if saved else 'stopped before the first step')
    return 130 if stopped else 0


if __name__ == '__main__':
    run_script(main)
