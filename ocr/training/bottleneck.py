"""What bounds a training run: its reader and its step measured alone and together, and the setting to change.

Alone, each has all cores for itself. If both need them, neither rate tells what they reach together.
"""

import math
import threading
import time
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import tensorflow.compat.v1 as tf
from tabulate import tabulate
from tensorpack.callbacks import Callback
from tensorpack.dataflow import ProxyDataFlow
from tensorpack.train import StopTraining
from tensorpack.utils.nvml import NVMLContext

from ocr.network import tensor_names as names

READER_SECONDS = 15.0
STEP_SECONDS = 15.0
TOGETHER_SECONDS = 30.0
MAX_STEPS = 50  # of each part
_WARMUP = 2  # steps that do not count: the first ones allocate memory and choose algorithms
_BATCHES = 8  # that the step alone is given in turns: fitted canvases have many shapes
_HELD_UP = 0.8  # of the slower one's rate alone: both together are well under it
_EMPTY = 0.1  # share of the queue: reading does not keep up
_MORE_CORES = 'a machine with more cores'


@dataclass
class Measured:
    """Figures of a profile; rates in images a second.

    Attributes:
        reader: of the reader alone.
        step: of the step alone, its batches being there.
        together: of both, as in a training run.
        queue_fill: mean share of the queue between them that was full, 0..1.
        gpu_use: mean share of the time in which the GPUs computed, 0..1; None without a GPU.
    """

    reader: float = math.nan
    step: float = math.nan
    together: float = math.nan
    queue_fill: float = math.nan
    gpu_use: float | None = None


@dataclass(frozen=True)
class TrainingSetup:
    """What a setting could change.

    Attributes:
        num_workers, num_cores: processes that read, and cores there are.
        on_gpu: whether the step runs on GPUs.
        fits: whether canvases have several shapes.
        reads_photographs: whether there are regions without a crop cache.
        draws: whether there is drawn text.
        echo: --drawn_echo.
        batch_size: --batch_size.
    """

    num_workers: int
    num_cores: int
    on_gpu: bool
    fits: bool
    reads_photographs: bool
    draws: bool
    echo: int
    batch_size: int


def measure_reader(dataflow):
    """Images a second of a dataflow alone, and its first batches.

    The clock starts with the first batch: starting the worker processes is paid once.
    """
    dataflow.reset_state()
    stream = iter(dataflow)
    batches, images, lasted = [next(stream)], 0, 0.0
    began = time.perf_counter()
    try:
        while lasted < READER_SECONDS and images < MAX_STEPS * len(batches[0][0]):
            batch = next(stream)
            lasted, images = time.perf_counter() - began, images + len(batch[0])
            if len(batches) < _BATCHES:
                batches.append(batch)
    finally:
        stream.close()
    return images / lasted, batches


class RepeatThenRead(ProxyDataFlow):
    """The same few batches over and over, from memory, and then those of a dataflow.

    Attributes:
        wanted: Event; when it is set, the dataflow is begun.
        flows: Event, set when the dataflow's first batch is there.
    """

    def __init__(self, ds, batches):
        super().__init__(ds)
        self.batches = batches
        self.wanted = threading.Event()
        self.flows = threading.Event()

    def __iter__(self):
        for batch in cycle(self.batches):
            if self.wanted.is_set():
                break
            yield batch
        for batch in self.ds:
            self.flows.set()
            yield batch


class Profile(Callback):
    """Measure steps whose batches come from memory, then start the reader, measure both and stop."""

    def __init__(self, source, num_towers, gpus, measured):
        """
        Args:
            source: RepeatThenRead of the training's dataflow.
            num_towers: batches that a step takes.
            gpus: numbers of the GPUs that are used; empty for none.
            measured: Measured, receives step, together, queue_fill and gpu_use.
        """
        self.source = source
        self.images_per_step = len(source.batches[0][0]) * num_towers
        self.gpus = gpus
        self.measured = measured
        self._ends, self._fills, self._uses = [], [], []

    def _setup_graph(self):
        operations = tf.get_default_graph().get_operations()
        self._capacity = next(op.get_attr('capacity') for op in operations if op.type == 'FIFOQueueV2')
        self._queue_size = next(op.outputs[0] for op in operations if op.type == 'QueueSizeV2')
        self._dequeue = next(op for op in operations if op.name.endswith('dequeue_for_reset'))

    def _before_run(self, _):
        return tf.train.SessionRunArgs(self._queue_size, {f'{names.FINISHED_STEPS}:0': self.global_step})

    def _after_run(self, _, run_values):
        self._fills.append(run_values.results / self._capacity)

    def _trigger_step(self):
        self._ends.append(time.perf_counter())
        if self.gpus:
            self._uses.append(_gpu_use(self.gpus))
        if not self.source.wanted.is_set():
            if _is_enough(self._ends, STEP_SECONDS):
                self.measured.step = self._rate(self._ends)
                self._ends.clear()
                self.source.wanted.set()
        elif not self.source.flows.is_set():
            self._ends.clear()
        elif not self._ends[1:]:
            self._drain()
        elif _is_enough(self._ends, TOGETHER_SECONDS):
            self._finish()

    def _drain(self):
        """Throw away what waits of the batches from memory."""
        session = self.trainer.sess
        for _ in range(session.run(self._queue_size)):
            session.run(self._dequeue)
        self._fills.clear()
        self._uses.clear()

    def _finish(self):
        self.measured.together = self._rate(self._ends)
        self.measured.queue_fill = float(np.mean(self._fills))
        self.measured.gpu_use = float(np.mean(self._uses)) if self.gpus else None
        raise StopTraining('measured')

    def _rate(self, ends):
        return self.images_per_step * (len(ends) - _WARMUP) / (ends[-1] - ends[_WARMUP - 1])


def _is_enough(ends, seconds):
    """Whether steps that ended then are enough to tell."""
    counted = len(ends) - _WARMUP
    return counted >= MAX_STEPS or (counted >= 1 and ends[-1] - ends[_WARMUP - 1] >= seconds)


def _gpu_use(gpus):
    """Share of the last second in which the GPUs computed, their mean."""
    with NVMLContext() as context:
        return float(np.mean([context.device(gpu).utilization()['gpu'] / 100 for gpu in gpus]))


def describe_bottleneck(measured, setup):
    """The figures as a table, what bounds the training, and what to change: text."""
    on_gpu = measured.gpu_use is not None
    rows = [
        ('reader alone', f'{measured.reader:.1f} images/s', f'{setup.num_workers} workers'),
        ('step alone', f'{measured.step:.1f} images/s', f'batches of {setup.batch_size}'),
        ('both together', f'{measured.together:.1f} images/s', f'queue {100 * measured.queue_fill:.0f} % full'),
        ('GPU in use', f'{100 * measured.gpu_use:.0f} %' if on_gpu else 'no GPU', ''),
    ]
    bound, remedies = judge(measured, setup)
    return f'{tabulate(rows, tablefmt="plain")}\n{bound}; to change: {"; ".join(remedies)}'


def judge(measured, setup):
    """What bounds a training run, and the settings that would speed it up, the nearest first: text and list of text."""
    faster_reading = _faster_reading(measured, setup)
    if _share_cores(measured):
        relief = [*_smaller_steps(setup), _MORE_CORES, *([] if setup.on_gpu else ['a GPU'])]
        return 'reading and the step share the cores, which bound the training', [*faster_reading, *relief]
    if measured.reader < measured.step:
        return 'reading bounds the training', faster_reading or [_MORE_CORES]
    return 'the step bounds the training', _faster_steps(measured, setup)


def _share_cores(measured):
    """Whether reader and step hold each other up: slow together, or the reader, faster alone, does not keep up."""
    outrun = measured.reader >= measured.step and measured.queue_fill < _EMPTY
    return outrun or measured.together < _HELD_UP * min(measured.reader, measured.step)


def _faster_reading(measured, setup):
    remedies = []
    if setup.num_workers < setup.num_cores:
        remedies.append(f'--num_workers {setup.num_cores}')
    if setup.reads_photographs:
        remedies.append('python dataset.py --convert crops')
    if setup.draws:
        needed = math.ceil(setup.echo * measured.step / measured.reader)
        remedies.append(f'--drawn_echo {max(needed, setup.echo + 1)}')
    return remedies


def _faster_steps(measured, setup):
    remedies = []
    if measured.gpu_use is not None and measured.gpu_use < 0.9:
        remedies.append(f'--batch_size {2 * setup.batch_size}')
    *fitted, smaller = _smaller_steps(setup)
    return [*remedies, *fitted, 'more GPUs' if setup.on_gpu else 'a GPU', smaller]


def _smaller_steps(setup):
    fitted = [] if setup.fits else ['--canvas fit']
    return [*fitted, 'a smaller --image_size or --depth_multiplier']
