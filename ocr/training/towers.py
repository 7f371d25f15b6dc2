"""The devices that a training runs on: copies of the model, called towers, on GPUs or on the CPU."""

import logging

from ocr.errors import InputError

logger = logging.getLogger(__name__)


def choose_gpus(wanted, cluster=None):
    """Towers to train on.

    Args:
        wanted: GPU numbers of --gpus, made the only visible ones before TensorFlow started; empty is all.
        cluster: Cluster whose workers have one tower each, or None.

    Returns:
        Number of towers, and whether they are on GPUs.

    Raises:
        InputError: a GPU that is not there, one given twice, or several for one worker of a cluster.
    """
    import tensorflow as tf

    shown = ','.join(map(str, wanted))
    if len(set(wanted)) != len(wanted) or any(gpu < 0 for gpu in wanted):
        raise InputError(f'--gpus {shown}: give each GPU once, as 0,1')
    num_visible = len(tf.config.list_physical_devices('GPU'))
    if cluster and max(num_visible, len(wanted)) > 1:
        raise InputError('--cluster: a worker trains on one GPU; start a worker for each, with --gpus 0, --gpus 1 ...')
    if num_visible == 0:
        num_towers = max(len(wanted), 1)
        logger.info('no GPU is visible: training on the CPU%s', f', {num_towers} towers' * (num_towers > 1))
        return num_towers, False
    if num_visible < len(wanted):
        raise InputError(f'--gpus {shown}: only {num_visible} of them can be used; nvidia-smi lists what is there')
    return num_visible, True


def create_trainer(num_towers, num_batches=1):
    """Trainer of one tower or several, on GPUs or, to try it, on the CPU; its steps have so many batches on each."""
    from tensorpack.train import SimpleTrainer

    from ocr.training.accumulation import AccumulatingStep
    from ocr.training.replicas import Replicas

    class OneTower(AccumulatingStep, SimpleTrainer):
        pass

    class Towers(AccumulatingStep, Replicas):
        pass

    trainer = OneTower() if num_towers == 1 else Towers(list(range(num_towers)))
    trainer.num_batches = num_batches
    return trainer
