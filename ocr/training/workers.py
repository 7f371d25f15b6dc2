"""Training by several workers: the trainer, and what they do together between the updates."""

import re
import sys
from contextlib import suppress

import tensorflow.compat.v1 as tf
from tensorpack.callbacks import Callback
from tensorpack.tfutils.tower import TrainTowerContext
from tensorpack.train import SingleCostTrainer

from ocr.errors import InputError
from ocr.model_files.checkpoint import AVERAGE_ENDING, DATA_POSITIONS, NUM_AVERAGED
from ocr.training.accumulation import AccumulatingStep
from ocr.training.callbacks import WATCHED, EpochEnd, StopAfter, Watch
from ocr.training.cluster import ClusterSession
from ocr.training.stop_signals import answer_waiting, is_waiting

BUCKET = 4_000_000  # float32 that are averaged at once: 16 MB


class CollectiveTrainer(AccumulatingStep, SingleCostTrainer):
    """One process a worker, on one device each; all compute the same update from the mean of their gradients.

    Attributes:
        averaged: {name: tensor ()} of the losses, means over the workers.
        stops: whether a signal has reached one of the workers: after this step all of them stop.
    """

    def __init__(self, cluster):
        super().__init__()
        self.cluster = cluster
        self.is_chief = cluster.is_chief
        self.averaged = {}
        self.stops = False

    def _setup_graph(self, input, get_cost_fn, get_opt_fn):
        with TrainTowerContext(''):
            gradients = self._make_get_grad_fn(input, get_cost_fn, get_opt_fn)()
            losses = _losses()
            self.wants_to_stop = tf.placeholder_with_default(0.0, (), 'wants_to_stop')
            tensors = [  # those of embeddings are slices
                tf.reshape(tf.convert_to_tensor(gradient), variable.shape) for gradient, variable in gradients
            ]
            means = mean_over_workers(self.cluster, [*tensors, *losses.values(), self.wants_to_stop])
            variables = [variable for _, variable in gradients]
            self.share_that_stops = means[-1]
            self.averaged = dict(zip(losses, means[len(tensors) : -1], strict=True))
            self.train_op = get_opt_fn().apply_gradients(
                list(zip(means[: len(tensors)], variables, strict=True)), name='train_op'
            )
        return []

    def initialize(self, session_creator, session_init):
        share = take_over(self.cluster)  # of all variables there are now
        super().initialize(_SessionCreator(self.cluster, session_creator.config), session_init)
        self.sess.run(share)


def in_cluster(cluster, callbacks, steps_per_epoch, num_batches):
    """Trainer of a worker, and its callbacks.

    Args:
        cluster: Cluster.
        callbacks: those of a training run without others, with a Watch, an EpochEnd and a StopAfter.
        steps_per_epoch: steps between two saves.
        num_batches: of a step, one after another.
    """
    trainer = CollectiveTrainer(cluster)
    trainer.num_batches = num_batches
    total_steps = next(one.total_steps for one in callbacks if isinstance(one, StopAfter))
    found = []
    for callback in callbacks:
        if isinstance(callback, EpochEnd):
            watch = next(one for one in callbacks if isinstance(one, Watch))
            found += [BeforeSave(steps_per_epoch), callback, AfterSave(steps_per_epoch, total_steps, watch)]
        else:
            found.append(callback.set_chief_only(False) if isinstance(callback, Watch | StopAfter) else callback)
    return trainer, found


class _SessionCreator(tf.train.SessionCreator):
    def __init__(self, cluster, config):
        self.cluster = cluster
        self.config = config

    def create_session(self):
        session = ClusterSession(self.cluster, self.config)
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run(tf.tables_initializer())
        return session


def mean_over_workers(cluster, tensors):
    """Means of float32 tensors over all workers, in buckets of up to BUCKET numbers, the last tensors first.

    One bucket follows the other: so all workers go through them in one order.
    """
    means, before = [None] * len(tensors), []
    for bucket in _buckets([tensor.shape.num_elements() for tensor in tensors]):
        flat = tf.concat([tf.reshape(tensors[place], [-1]) for place in bucket], 0)
        with tf.control_dependencies(before):
            mean = cluster.reduce(tf.identity(flat), 'Div')
        before = [mean]
        sizes = [tensors[place].shape.num_elements() for place in bucket]
        for place, part in zip(bucket, tf.split(mean, sizes), strict=True):
            means[place] = tf.reshape(part, tensors[place].shape)
    return means


def _buckets(sizes):
    """Lists of places, from the last to the first; one that is larger than BUCKET has a list of its own."""
    bucket, filled = [], 0
    for place in reversed(range(len(sizes))):
        if bucket and filled + sizes[place] > BUCKET:
            yield bucket
            bucket, filled = [], 0
        bucket.append(place)
        filled += sizes[place]
    yield bucket


def _losses():
    """{name: tensor ()} of what Watch shows and differs between the workers."""
    graph = tf.get_default_graph()
    there = {operation.name: operation.outputs[0] for operation in graph.get_operations() if operation.name in WATCHED}
    return {name: there[name] for name in WATCHED if name in there and name != 'learning_rate'}


def take_over(cluster):
    """Operation that gives all workers the variables of worker 0: model, optimizer and step."""
    assigned = []
    with tf.device('/cpu:0'):
        variables = [
            v for v in _shared(tf.global_variables()) if v.dtype.base_dtype in (tf.float32, tf.int64, tf.int32)
        ]
        for dtype in sorted({variable.dtype.base_dtype for variable in variables}, key=lambda dtype: dtype.name):
            group = [variable for variable in variables if variable.dtype.base_dtype == dtype]
            before = []
            for bucket in _buckets([variable.shape.num_elements() for variable in group]):
                members = [group[place] for place in bucket]
                values = tf.concat([tf.reshape(variable.read_value(), [-1]) for variable in members], 0)
                with tf.control_dependencies(before):
                    total = cluster.reduce(values if cluster.is_chief else tf.zeros_like(values), group_key=2)
                before = [total]
                parts = tf.split(total, [variable.shape.num_elements() for variable in members])
                assigned += [v.assign(tf.reshape(part, v.shape)) for v, part in zip(members, parts, strict=True)]
    return tf.group(*assigned)


def _shared(variables):
    """Variables that all workers have, in one order; running averages of the weights are worker 0's alone.

    Neither are the positions in the data among them, whose shape changes: the workers tell each other.
    """
    left_out = re.compile(rf'({AVERAGE_ENDING}|^{NUM_AVERAGED}|^{DATA_POSITIONS})$')
    shared = [variable for variable in variables if not left_out.search(variable.op.name)]
    return sorted(shared, key=lambda variable: variable.op.name)


class BeforeSave(Callback):
    """On every worker, ahead of EpochEnd: say that a signal came, hear of others', average batch norm's statistics."""

    _chief_only = False

    def __init__(self, steps_per_epoch):
        self.steps_per_epoch = steps_per_epoch

    def _setup_graph(self):
        trained = set(tf.trainable_variables())
        ending = ('/moving_mean', '/moving_variance')
        statistics = [v for v in _shared(tf.global_variables()) if v not in trained and v.op.name.endswith(ending)]
        if statistics:
            means = mean_over_workers(self.trainer.cluster, [variable.read_value() for variable in statistics])
            self._average = tf.group(*(v.assign(mean) for v, mean in zip(statistics, means, strict=True)))
        else:
            self._average = tf.no_op()

    def _before_run(self, _):
        return tf.train.SessionRunArgs(self.trainer.share_that_stops, {self.trainer.wants_to_stop: float(is_waiting())})

    def _after_run(self, _, run_values):
        self.trainer.stops = run_values.results > 0

    def _trigger_step(self):
        if self.trainer.stops or self.global_step % self.steps_per_epoch == 0:
            self.trainer.sess.run(self._average)


class AfterSave(Callback):
    """On every worker, behind EpochEnd: stop together after a signal, and leave together at the end."""

    _chief_only = False

    def __init__(self, steps_per_epoch, total_steps, watch):
        """
        Args:
            steps_per_epoch: steps between two saves.
            total_steps: of the training.
            watch: Watch.
        """
        self.steps_per_epoch = steps_per_epoch
        self.total_steps = total_steps
        self.watch = watch

    def _setup_graph(self):
        with tf.device('/cpu:0'):
            self._meet = self.trainer.cluster.reduce(tf.constant([1]), group_key=2)  # waits for all

    def _trigger_step(self):
        if self.trainer.stops:
            answer_waiting()
            raise KeyboardInterrupt
        if self.global_step % self.steps_per_epoch == 0 and not self.trainer.is_chief:
            self.watch.start_epoch()  # as EpochEnd does on worker 0

    def _after_train(self):
        # Not if a training run ends for another reason, such as data that cannot be read: the others go on until they
        # miss this one.
        done = self.trainer.stops or self.global_step >= self.total_steps
        if done and sys.exc_info()[0] in (None, KeyboardInterrupt):
            with suppress(InputError):  # who comes last may find the others gone
                self.trainer.sess.run(self._meet)
