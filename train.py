"""Train the model, or go on with a training that was stopped.

    python train.py --base_dir ./data                                  the published model on lsvt, art and rects
    python train.py --preset compact --train_datasets mine=labels.tsv  a small one on your own words, without a GPU

Saves to --checkpoint_path after every epoch, with TensorBoard's logs, history.jsonl and curve.png beside. Ctrl-C saves
and stops; the same command goes on from there.
"""

import logging
import os
import signal

import numpy as np

from config import parse_config, restorable, run_script, to_json
from ocr.errors import InputError
from ocr.tensorflow_start import start_tensorflow

LOG_FOLDER = 'log'  # in checkpoint_path: the log and TensorBoard's event files
PRETRAINED_SOURCE = 'http://download.tensorflow.org/models/inception_v4_2016_09_09.tar.gz'

logger = logging.getLogger(__name__)


def choose_gpus(wanted):
    """Towers to train on.

    Args:
        wanted: GPU numbers of --gpus, made the only visible ones before TensorFlow started; empty is all.

    Returns:
        Number of towers, and whether they are on GPUs.

    Raises:
        InputError: a GPU that is not there, or one given twice.
    """
    import tensorflow as tf

    shown = ','.join(map(str, wanted))
    if len(set(wanted)) != len(wanted) or any(gpu < 0 for gpu in wanted):
        raise InputError(f'--gpus {shown}: give each GPU once, as 0,1')
    num_visible = len(tf.config.list_physical_devices('GPU'))
    if num_visible == 0:
        num_towers = max(len(wanted), 1)
        logger.info('no GPU is visible: training on the CPU%s', f', {num_towers} towers' * (num_towers > 1))
        return num_towers, False
    if num_visible < len(wanted):
        raise InputError(f'--gpus {shown}: only {num_visible} of them can be used; nvidia-smi lists what is there')
    return num_visible, True


def find_start(cfg):
    """Checkpoint to go on from, or None: --restore_path, else the last one in --checkpoint_path."""
    from ocr.checkpoint import find_checkpoint, require_checkpoint

    if cfg.restore_path:
        return require_checkpoint(cfg.restore_path, 'restore_path')
    return find_checkpoint(cfg.checkpoint_path) if os.path.isdir(cfg.checkpoint_path) else None


def with_stored_settings(cfg, argv, checkpoint):
    """The settings that lie beside the checkpoint, under the command line."""
    from ocr.checkpoint import CONFIG_FILE, file_beside

    config_file = checkpoint and file_beside(checkpoint, CONFIG_FILE)
    if not config_file:
        return cfg
    with open(config_file, encoding='utf-8') as file:
        return parse_config(argv, __doc__, restorable(file.read(), ('model', 'training'), config_file))


def check_pretrained(cfg):
    """InputError where the ImageNet checkpoint is wanted and missing."""
    import tensorflow.compat.v1 as tf

    path = cfg.pretrain_path
    if path and (os.path.isdir(path) or not tf.train.checkpoint_exists(path)):
        raise InputError(
            f'--pretrain_path {path}: no such checkpoint; unpack {PRETRAINED_SOURCE} there, or start '
            "from scratch with --pretrain_path '' (`make demo` gives a first look)"
        )


def choose_charset(cfg, checkpoint, index):
    """Charset of --charset_path, else that beside the checkpoint, else all characters of the training text."""
    from ocr.charset import Charset
    from ocr.checkpoint import CHARSET_FILE, file_beside

    stored = checkpoint and file_beside(checkpoint, CHARSET_FILE)
    if cfg.charset_path or stored:
        return Charset.agreed(cfg.charset_path, Charset.load(stored) if stored else None)
    charset = Charset.from_texts(index.texts(), cfg.min_count, name='of the training text')
    logger.info('charset of the training text: %d classes', charset.num_classes)
    return charset


def load_data(cfg, checkpoint):
    """Index, charset, and the positions to train and to validate on; prints what is kept and left out."""
    from dataset import open_index, select_regions
    from ocr.index import count_table, split_by_image

    index, counts = open_index(cfg.base_dir, cfg.index_dir, cfg.train_datasets, cfg.min_size)
    charset = choose_charset(cfg, checkpoint, index)
    positions, counts = select_regions(index, counts, charset, cfg.seq_len)
    print(count_table(counts))
    if not (cfg.val_epochs and cfg.val_share and cfg.val_regions):
        return index, charset, positions, positions[:0]
    training, held_out = split_by_image(index, positions, cfg.val_share, cfg.seed)
    held_out = held_out[np.linspace(0, len(held_out) - 1, min(len(held_out), cfg.val_regions), dtype=int)]
    print(f'{len(training)} regions to train on, {len(held_out)} held out for validation')
    return index, charset, training, held_out


def build_dataflow(cfg, index, positions, charset, num_towers, start_step):
    """Endless batches from where `start_step` left them, and the stage that counts what could not be read."""
    from ocr.augment import AugmentSettings
    from ocr.dataflow import training_dataflow
    from ocr.prepare import TrainingPreparer

    settings = AugmentSettings(
        rotation_prob=cfg.rotation_prob,
        rotation_degrees=cfg.rotation_degrees,
        shear_prob=cfg.shear_prob,
        shear=cfg.shear,
    )
    prepare = TrainingPreparer(
        index,
        charset,
        canvas_side=cfg.image_size,
        seq_len=cfg.seq_len,
        augment_settings=settings,
        seed=cfg.seed,
        fits=cfg.fits,
    )
    return training_dataflow(
        index,
        positions,
        prepare,
        batch_size=cfg.batch_size,
        with_bbox=cfg.with_bbox,
        seed=cfg.seed,
        start=start_step * cfg.batch_size * num_towers,
        num_workers=cfg.num_workers,
    )


def build_validation(cfg, index, positions, charset):
    """Validation on held-out regions, or None where there are none."""
    from ocr.prepare import InferencePreparer
    from ocr.reading import canvas_batches
    from ocr.validation import Validation

    if not len(positions):
        return None

    def batches():
        regions = (index[position] for position in positions)
        prepare = InferencePreparer(cfg.image_size, cfg.fits)
        return canvas_batches(regions, prepare, batch_size=cfg.batch_size, num_workers=cfg.num_workers)

    return Validation(batches, charset, cfg.with_bbox)


def session_start(cfg, checkpoint):
    """What the variables start from, and the step that is: a checkpoint, the ImageNet weights, or nothing."""
    from ocr.restore import RestoreModel, RestorePretrained, stored_step

    if checkpoint:
        step = stored_step(checkpoint)
        logger.info('going on from %s, step %d', checkpoint, step)
        return RestoreModel(checkpoint), step
    if cfg.pretrain_path:
        logger.info('the encoder starts from %s', cfg.pretrain_path)
        return RestorePretrained(cfg.pretrain_path), 0
    return None, 0


def check_nothing_later(folder, start_step):
    """InputError where a folder holds checkpoints of later steps: they would be mixed with those to come."""
    from ocr.checkpoint import BEST_FOLDER, saved_steps

    later = [step for place in (folder, os.path.join(folder, BEST_FOLDER)) for step in saved_steps(place)]
    if max(later, default=0) > start_step:
        raise InputError(
            f'--checkpoint_path {folder} holds checkpoints up to step {max(later)}, and this training starts at step '
            f'{start_step}; give another folder'
        )


def save_settings(cfg, charset):
    """Settings and charset beside the checkpoints to come."""
    from ocr.atomic import replacing
    from ocr.checkpoint import BEST_FOLDER, CHARSET_FILE, CONFIG_FILE

    for folder in (cfg.checkpoint_path, os.path.join(cfg.checkpoint_path, BEST_FOLDER)):
        with replacing(os.path.join(folder, CONFIG_FILE)) as file:
            file.write(to_json(cfg))
        charset.save(os.path.join(folder, CHARSET_FILE))


def keep_log(folder):
    """Tensorpack's log goes to a file and not to the screen: its errors are raised here as well."""
    log = logging.getLogger('tensorpack')
    for handler in log.handlers:
        if type(handler) is logging.StreamHandler:  # the screen's, none that is derived from it
            handler.setLevel(logging.CRITICAL)
    logging.raiseExceptions = False  # neither tensorpack's malformed message nor a full disk is worth a traceback
    try:
        os.makedirs(os.path.join(folder, LOG_FOLDER), exist_ok=True)
        handler = logging.FileHandler(os.path.join(folder, LOG_FOLDER, 'log.log'), encoding='utf-8')
    except OSError as error:
        raise InputError(
            f'--checkpoint_path {folder}: cannot be written ({error.strerror}); free space or choose another folder'
        ) from None
    handler.setFormatter(logging.Formatter('%(asctime)s %(message)s'))
    log.addHandler(handler)


def fit(cfg, charset, dataflow, validation, num_towers, on_gpu, session_init, start_step):
    """Run the training until its last step, an early stop, or Ctrl-C.

    Returns:
        True if it was stopped by Ctrl-C.
    """
    import tensorflow.compat.v1 as tf
    from tensorpack import QueueInput, TrainConfig, launch_train_with_config
    from tensorpack.callbacks import CallbackFactory, RunUpdateOps
    from tensorpack.train import SimpleTrainer, SyncMultiGPUTrainerParameterServer

    from model import AttentionOCR
    from ocr.callbacks import EpochEnd, StopAfter, Watch
    from ocr.event_file import EventFile

    tf.set_random_seed(cfg.seed)  # of the initial weights
    # Once the start has been restored: until then, what lies in the folder belongs to the checkpoints there.
    settings_saver = CallbackFactory(before_train=lambda _: save_settings(cfg, charset))
    watch = Watch(cfg.total_steps, cfg.batch_size * num_towers, cfg.checkpoint_path)
    epoch_end = EpochEnd(
        watch,
        validation,
        folder=cfg.checkpoint_path,
        steps_per_epoch=cfg.steps_per_epoch,
        val_epochs=cfg.val_epochs,
        patience=cfg.patience,
        max_checkpoints=cfg.max_checkpoints,
    )
    train_config = TrainConfig(
        model=AttentionOCR(cfg, charset.num_classes),
        data=QueueInput(dataflow),
        callbacks=[settings_saver, watch, epoch_end, StopAfter(cfg.total_steps)],
        extra_callbacks=[RunUpdateOps()],
        monitors=[EventFile(os.path.join(cfg.checkpoint_path, LOG_FOLDER))],
        session_init=session_init,
        steps_per_epoch=cfg.steps_per_epoch,
        starting_epoch=start_step // cfg.steps_per_epoch + 1,
        max_epoch=cfg.max_epoch + 1,  # StopAfter ends it: a resumed training may stand in the midst of an epoch
    )
    trainer = SimpleTrainer()
    if num_towers > 1:
        # One set of variables. With a replica on each GPU, tensorpack's towers share Adam's powers of beta and each
        # update counts once a tower.
        trainer = SyncMultiGPUTrainerParameterServer(list(range(num_towers)), 'gpu' if on_gpu else 'cpu')
    stopped = False
    try:
        launch_train_with_config(train_config, trainer)
    except KeyboardInterrupt:
        stopped = True
    if epoch_end.error:
        raise epoch_end.error
    return stopped


def main(argv=None):
    cfg = parse_config(argv, __doc__)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill is answered as Ctrl-C
    start_tensorflow(cfg.gpus)
    checkpoint = find_start(cfg)
    cfg = with_stored_settings(cfg, argv, checkpoint)
    if not checkpoint:
        check_pretrained(cfg)
    index, charset, training, held_out = load_data(cfg, checkpoint)

    from ocr.checkpoint import find_checkpoint

    num_towers, on_gpu = choose_gpus(cfg.gpus)
    session_init, start_step = session_start(cfg, checkpoint)
    if start_step >= cfg.total_steps:
        raise InputError(f'{checkpoint} has all {cfg.total_steps} steps behind it; raise --max_epoch to go on')
    check_nothing_later(cfg.checkpoint_path, start_step)
    dataflow, checked = build_dataflow(cfg, index, training, charset, num_towers, start_step)
    validation = build_validation(cfg, index, held_out, charset)
    keep_log(cfg.checkpoint_path)
    stopped = fit(cfg, charset, dataflow, validation, num_towers, on_gpu, session_init, start_step)
    if checked.error and not stopped:  # a signal to the whole group ends the workers too
        raise checked.error
    for reason, number in checked.counts.items():
        print(f'left out while training: {number} times {reason}')
    saved = find_checkpoint(cfg.checkpoint_path)
    print(f'{"stopped and saved" if stopped else "done"}: {saved}' if saved else 'stopped before the first step')
    return 130 if stopped else 0


if __name__ == '__main__':
    run_script(main)
