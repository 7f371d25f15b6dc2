"""Running tensorpack: a training run until it ends, or the short part of one that says what bounds it."""

import os
from contextlib import nullcontext

import tensorflow.compat.v1 as tf
from tensorpack import QueueInput, TrainConfig, launch_train_with_config
from tensorpack.callbacks import CallbackFactory, RunUpdateOps
from tensorpack.tfutils.common import get_default_sess_config

from ocr.datasets.crop_cache import cache_path
from ocr.network.precision import session_config
from ocr.parallel import num_cores
from ocr.training.bottleneck import (
    Measured,
    Profile,
    RepeatThenRead,
    TrainingSetup,
    describe_bottleneck,
    measure_reader,
)
from ocr.training.callbacks import EpochEnd, StopAfter, Watch
from ocr.training.data import build_dataflow, make_crops
from ocr.training.data_position import BEGINNING
from ocr.training.event_file import EventFile
from ocr.training.position_saver import PositionSaver
from ocr.training.run_folder import LOG_FOLDER
from ocr.training.stop_signals import shielded
from ocr.training.towers import create_trainer
from ocr.training.tracker import Tracker
from ocr.training.weight_average import WeightAverage
from ocr.training.workers import in_cluster


def fit(
    model,
    settings,
    dataflow,
    validation,
    *,
    config,
    precision,
    save_settings,
    num_towers,
    session_init,
    start_step,
    cluster=None,
):
    """Run the training until its last step, an early stop, or Ctrl-C.

    Args:
        model: tensorpack ModelDesc.
        settings: FitSettings.
        dataflow: DataFlow of batches, with a `log`, as of training_dataflow.
        validation: Validation, or None.
        config: dict of all settings, for a tracker.
        precision: as set_precision returned it.
        save_settings: function without arguments that writes settings and charset beside the checkpoints.
        num_towers: as of towers.choose_gpus.
        session_init: tensorpack SessionInit, or None.
        start_step: updates that lie behind.
        cluster: Cluster of workers that train together, or None.

    Returns:
        True if it was stopped by Ctrl-C.
    """
    tf.set_random_seed(settings.seed)  # of the initial weights
    model.scales_loss = precision == 'float16'
    callbacks, epoch_end = _callbacks(
        settings, dataflow.log, validation, save_settings, num_towers, start_step, cluster
    )
    trainer = create_trainer(num_towers, settings.accumulate)
    if cluster:
        model.first_tower = cluster.index
        trainer, callbacks = in_cluster(cluster, callbacks, settings.steps_per_epoch, settings.accumulate)
    train_config = _train_config(
        model,
        precision,
        dataflow,
        callbacks=callbacks,
        monitors=_monitors(settings, config) if not cluster or cluster.is_chief else [],
        session_init=session_init,
        steps_per_epoch=settings.steps_per_epoch,
        starting_epoch=start_step // settings.steps_per_epoch + 1,
        max_epoch=settings.max_epoch + 1,  # StopAfter ends it: a resumed run may start in the middle of an epoch
    )
    stopped = False
    try:
        with shielded() if cluster else nullcontext():  # the workers stop together, see AfterSave
            launch_train_with_config(train_config, trainer)
    except KeyboardInterrupt:
        stopped = True
    if epoch_end.error:
        raise epoch_end.error
    return stopped


def _callbacks(settings, log, validation, save_settings, num_towers, start_step, cluster):
    """What acts on the training, in this order, and the EpochEnd among it; arguments as of `fit`."""
    # Once the start has been restored: until then, what lies in the folder belongs to the checkpoints there.
    settings_saver = CallbackFactory(before_train=lambda _: save_settings())
    num_devices = cluster.size if cluster else num_towers
    folder, total_steps, steps_per_epoch = settings.checkpoint_path, settings.total_steps, settings.steps_per_epoch
    watch = Watch(total_steps, settings.batch_size * num_devices, folder, settings.accumulate)
    averages = [WeightAverage(settings.average_decay)] if settings.average_decay else []
    positions = PositionSaver(
        log,
        start_step=start_step,
        steps_per_epoch=steps_per_epoch,
        batches_per_step=settings.accumulate * num_towers,
        cluster=cluster,
    )
    epoch_end = EpochEnd(
        watch, validation, *averages, folder=folder, steps_per_epoch=steps_per_epoch, val_epochs=settings.val_epochs
    )
    return [settings_saver, watch, *averages, positions, epoch_end, StopAfter(total_steps)], epoch_end


def _monitors(settings, config):
    """Who gets the numbers of a run: TensorBoard, and a tracker if one is named."""
    folder = settings.checkpoint_path
    trackers = [Tracker(settings.tracker, config, folder)] if settings.tracker else []
    return [EventFile(os.path.join(folder, LOG_FOLDER)), *trackers]


def profile(model, settings, data, *, gpus, precision, num_towers, on_gpu):
    """Run a short part of the training, from fresh weights, and print what bounds it; returns 0.

    Nothing is saved but the crops that the training would cut before its first step. `settings` are
    DataSettings, `data` TrainingData, `gpus` numbers of --gpus; the other arguments are as of `fit`.
    """
    samples_per_step = settings.batch_size * num_towers
    make_crops(settings, data, settings.total_steps * samples_per_step)
    measured = Measured()
    measured.reader, batches = measure_reader(build_dataflow(settings, data, samples_per_step, BEGINNING)[0])
    batches = RepeatThenRead(build_dataflow(settings, data, samples_per_step, BEGINNING)[0], batches)
    gpus = (gpus or tuple(range(num_towers))) if on_gpu else ()
    model.scales_loss = precision == 'float16'
    train_config = _train_config(
        model,
        precision,
        batches,
        callbacks=[Profile(batches, num_towers, gpus, measured)],
        monitors=[],
        steps_per_epoch=1 << 30,  # Profile ends it
        max_epoch=1,
    )
    launch_train_with_config(train_config, create_trainer(num_towers))
    print(describe_bottleneck(measured, _training_setup(settings, data, on_gpu)))
    return 0


def _train_config(model, precision, dataflow, **options):
    """TrainConfig that computes in a precision and runs the update ops of batch norm."""
    return TrainConfig(
        model=model,
        data=QueueInput(dataflow),
        extra_callbacks=[RunUpdateOps()],
        session_config=session_config(precision, get_default_sess_config()),
        **options,
    )


def _training_setup(settings, data, on_gpu):
    """TrainingSetup, which decides what is recommended."""
    index_paths = data.index.paths if data.index else ()
    return TrainingSetup(
        num_workers=settings.num_workers or num_cores(),
        num_cores=num_cores(),
        on_gpu=on_gpu,
        fits=settings.canvases.varies,
        reads_photographs=any(not os.path.exists(cache_path(path)) for path in index_paths),
        draws=bool(data.fonts),
        echo=settings.drawn_echo,
        batch_size=settings.batch_size,
    )
