"""Running tensorpack: a training until it ends, or the short part of one that says what bounds it."""

import dataclasses
import os

import tensorflow.compat.v1 as tf
from tensorpack import QueueInput, TrainConfig, launch_train_with_config
from tensorpack.callbacks import CallbackFactory, RunUpdateOps
from tensorpack.tfutils.common import get_default_sess_config

from ocr.datasets.crop_cache import cache_path
from ocr.network.precision import choose_precision, session_config
from ocr.parallel import num_cores
from ocr.training.bottleneck import Circumstances, Gate, Measured, Profile, measure_reader, report
from ocr.training.callbacks import EpochEnd, StopAfter, Watch
from ocr.training.data import build_dataflow, make_crops
from ocr.training.event_file import EventFile
from ocr.training.run_folder import LOG_FOLDER, hide_log
from ocr.training.towers import create_trainer
from ocr.training.tracker import Tracker
from ocr.training.weight_average import WeightAverage


def fit(model, cfg, dataflow, validation, *, save_settings, num_towers, on_gpu, session_init, start_step):
    """Run the training until its last step, an early stop, or Ctrl-C.

    Args:
        model: tensorpack ModelDesc.
        cfg: Config.
        dataflow: DataFlow of batches.
        validation: Validation, or None.
        save_settings: function without arguments that writes settings and charset beside the checkpoints.
        num_towers, on_gpu: as of towers.choose_gpus.
        session_init: tensorpack SessionInit, or None.
        start_step: updates that lie behind.

    Returns:
        True if it was stopped by Ctrl-C.
    """
    tf.set_random_seed(cfg.seed)  # of the initial weights
    # Once the start has been restored: until then, what lies in the folder belongs to the checkpoints there.
    settings_saver = CallbackFactory(before_train=lambda _: save_settings())
    watch = Watch(cfg.total_steps, cfg.batch_size * num_towers, cfg.checkpoint_path, cfg.accumulate)
    average = WeightAverage(cfg.average_decay) if cfg.average_decay else None
    trackers = [Tracker(cfg.tracker, _values(cfg), cfg.checkpoint_path)] if cfg.tracker else []
    epoch_end = EpochEnd(
        watch,
        validation,
        average,
        folder=cfg.checkpoint_path,
        steps_per_epoch=cfg.steps_per_epoch,
        val_epochs=cfg.val_epochs,
        max_checkpoints=cfg.max_checkpoints,
    )
    train_config = _train_config(
        model,
        cfg,
        dataflow,
        callbacks=[settings_saver, watch, *([average] if average else []), epoch_end, StopAfter(cfg.total_steps)],
        monitors=[EventFile(os.path.join(cfg.checkpoint_path, LOG_FOLDER)), *trackers],
        session_init=session_init,
        steps_per_epoch=cfg.steps_per_epoch,
        starting_epoch=start_step // cfg.steps_per_epoch + 1,
        max_epoch=cfg.max_epoch + 1,  # StopAfter ends it: a resumed training may stand in the midst of an epoch
    )
    stopped = False
    try:
        launch_train_with_config(train_config, create_trainer(num_towers, on_gpu, cfg.accumulate))
    except KeyboardInterrupt:
        stopped = True
    if epoch_end.error:
        raise epoch_end.error
    return stopped


def profile(model, cfg, data, num_towers, on_gpu):
    """Run a short part of the training, from fresh weights, and print what bounds it; returns 0.

    Nothing is saved but the crops that the training would cut before its first step. Arguments as of `fit`; `data` is
    TrainingData.
    """
    hide_log()
    samples_per_step = cfg.batch_size * num_towers
    make_crops(cfg, data, cfg.total_steps * samples_per_step)
    measured = Measured()
    measured.reader, batches = measure_reader(build_dataflow(cfg, data, samples_per_step, 0)[0])
    gate = Gate(build_dataflow(cfg, data, samples_per_step, 0)[0], batches)
    gpus = (cfg.gpus or tuple(range(num_towers))) if on_gpu else ()
    train_config = _train_config(
        model,
        cfg,
        gate,
        callbacks=[Profile(gate, num_towers, gpus, measured)],
        monitors=[],
        steps_per_epoch=1 << 30,  # Profile ends it
        max_epoch=1,
    )
    launch_train_with_config(train_config, create_trainer(num_towers, on_gpu))
    print(report(measured, _circumstances(cfg, data, on_gpu)))
    return 0


def _values(cfg):
    """{name: value} of the settings."""
    return {field.name: getattr(cfg, field.name) for field in dataclasses.fields(cfg) if field.name != 'origin'}


def _train_config(model, cfg, dataflow, **settings):
    """TrainConfig that computes in the precision of the settings and runs the update ops of batch norm."""
    precision = choose_precision(cfg.precision, trained_width=cfg.depth_multiplier)
    return TrainConfig(
        model=model,
        data=QueueInput(dataflow),
        extra_callbacks=[RunUpdateOps()],
        session_config=session_config(precision, get_default_sess_config()),
        **settings,
    )


def _circumstances(cfg, data, on_gpu):
    """Circumstances of a training, which decide what is recommended."""
    index_paths = data.index.paths if data.index else ()
    avoids_crops = cfg.cache_crops == 'never'
    return Circumstances(
        num_workers=cfg.num_workers or num_cores(),
        num_cores=num_cores(),
        on_gpu=on_gpu,
        fits=cfg.fits,
        reads_photographs=any(avoids_crops or not os.path.exists(cache_path(path)) for path in index_paths),
        avoids_crops=avoids_crops,
        draws=bool(data.fonts),
        echo=cfg.drawn_echo,
        batch_size=cfg.batch_size,
    )
