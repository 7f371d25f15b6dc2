"""Seconds an image of a training step, beside the published formulation: python benchmarks/training.py [--batch_size 4]

Full-size network (5435 classes), words of six letters. Each variant has a process of its own, so that its memory is its
own; they take their steps in turns, so that a machine whose speed drifts slows all alike. Prints one table and one JSON
line: medians of the turns, and the range of the ratios to the published formulation.
"""

import contextlib
import json
import math
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measure import ROOT, as_flags, peak_mb, report, spread  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

NUM_CLASSES = 5435
NUM_LETTERS = 6  # of every word; its steps are one more
BFLOAT16_UNITS = 'amx_bf16', 'avx512_bf16'  # as Linux names them
PLAIN = 'published formulation'
FULL = 'float32, all steps'
CUT = 'float32, tail cut'
FITTED = 'float32, tail cut, fitted'
BFLOAT16 = 'bfloat16, tail cut'
BFLOAT16_FITTED = 'bfloat16, tail cut, fitted'


@dataclass(frozen=True)
class Settings:
    batch_size: int = 4
    """Images a step."""
    pairs: int = 3
    """Times that all variants take a step, in turns."""
    warmup: int = 1
    """Turns before those that count."""
    image_size: int = 256
    """Side of the canvas; a fitted one has a quarter of the height."""
    depth_multiplier: float = 1.0
    """Factor on the encoder's channels, to try the benchmark itself."""
    num_steps: int = 33
    """Decoder steps."""
    variants: tuple[str, ...] = ()
    """What to measure beside the published formulation; empty: all that the machine is made for."""
    variant: str = ''
    """What a process of this benchmark measures; set by itself."""


def create_batch(settings):
    """Image, label and mask of a step; if all steps are to run, one word is as long."""
    import numpy as np

    rng = np.random.default_rng(0)
    side = settings.image_size
    height = side // 4 if 'fitted' in settings.variant else side
    image = rng.random((settings.batch_size, height, side, 3), np.float32)
    label = np.ones((settings.batch_size, settings.num_steps), np.int32)
    label[:, :NUM_LETTERS] = rng.integers(2, NUM_CLASSES, (settings.batch_size, NUM_LETTERS))
    mask = np.zeros(label.shape, np.float32)
    mask[:, : NUM_LETTERS + 1] = 1
    if settings.variant == FULL:
        mask[-1] = 1
    return image, label, mask


def build(settings):
    """Function that runs one step of a variant and returns the loss before it."""
    import tensorflow.compat.v1 as tf

    from benchmarks.plain_training import plain_loss
    from ocr.config import Config
    from ocr.model import AttentionOCR, finished_steps
    from ocr.network.precision import session_config

    config = Config(
        seq_len=settings.num_steps - 1,
        depth_multiplier=settings.depth_multiplier,
        image_size=settings.image_size,
        canvas='fit' if 'fitted' in settings.variant else 'square',
        dropout_keep_prob=1.0,
    )
    model = AttentionOCR(config, NUM_CLASSES)
    tf.set_random_seed(0)
    tensors = [tf.placeholder(spec.dtype, spec.shape, spec.name) for spec in model.inputs()]
    is_plain = settings.variant == PLAIN
    loss = plain_loss(*tensors, config, NUM_CLASSES) if is_plain else model.build_training(*tensors)
    train = tf.group(model.optimizer().minimize(loss), *tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    precision = 'bfloat16' if 'bfloat16' in settings.variant else 'float32'
    session = tf.Session(config=session_config(precision))
    session.run(tf.global_variables_initializer())
    feed = {**dict(zip(tensors, create_batch(settings), strict=True)), finished_steps(): 0}
    return lambda: float(session.run([loss, train], feed)[0])


def serve(settings):
    """In a process of its own: a step for every line that comes in, its seconds, loss and memory as a line of JSON."""
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    run = build(settings)
    for _ in sys.stdin:
        started = time.perf_counter()
        loss = run()
        seconds = (time.perf_counter() - started) / settings.batch_size
        print(json.dumps({'seconds': seconds, 'loss': loss, 'peak_mb': peak_mb()}), flush=True)


class Variant:
    """A process that measures one variant."""

    def __init__(self, settings, variant):
        own = {name: value for name, value in vars(settings).items() if name != 'variants'}
        command = [sys.executable, __file__, *as_flags({**own, 'variant': variant})]
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def step(self):
        """What one step reports."""
        self.process.stdin.write('\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def all_variants():
    """Those that are worth it on this machine: if nothing multiplies bfloat16, it is slower than float32."""
    cpu = Path('/proc/cpuinfo')
    multiplies = cpu.exists() and any(flag in cpu.read_text() for flag in BFLOAT16_UNITS)
    return [FULL, CUT, FITTED] + [BFLOAT16, BFLOAT16_FITTED] * multiplies


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    if settings.variant:
        return serve(settings)
    names, turns = [PLAIN, *(settings.variants or all_variants())], []
    with contextlib.ExitStack() as stack:
        processes = {name: Variant(settings, name) for name in names}
        for process in processes.values():
            stack.callback(process.close)
        for _ in range(settings.warmup + settings.pairs):
            turns.append({name: process.step() for name, process in processes.items()})
    first, counted = turns[0], turns[settings.warmup :]
    if CUT in first:
        assert math.isclose(first[PLAIN]['loss'], first[CUT]['loss'], rel_tol=1e-3), 'not the same loss'
    seconds = {name: spread([turn[name]['seconds'] for turn in counted]) for name in names}
    ratios = {name: spread([turn[PLAIN]['seconds'] / turn[name]['seconds'] for turn in counted]) for name in names}
    memory = {name: turns[-1][name]['peak_mb'] for name in names}
    rows = [(name, seconds[name][0], *ratios[name], memory[name]) for name in names]
    summary = {
        'batch_size': settings.batch_size,
        'pairs': settings.pairs,
        'seconds_an_image': {name: round(found[0], 4) for name, found in seconds.items()},
        'ratio': {name: [round(value, 2) for value in found] for name, found in ratios.items()},
        'peak_mb': memory,
        'losses': {name: first[name]['loss'] for name in names},
    }
    report('training', ('training step', 's an image', 'times faster', 'least', 'most', 'peak MB'), rows, summary)
    return None


if __name__ == '__main__':
    run_script(main)
