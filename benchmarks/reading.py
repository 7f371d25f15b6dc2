"""Reading speed beside the published formulation: python benchmarks/reading.py [--batch_size 8] [--pairs 5]

Full-size network (5435 classes), values filled by name, in one process and in turns, so that a machine
whose speed drifts slows both alike. Prints one table and one JSON line: the median ratio of pairs, and their range.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import tyro

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / 'tests' / 'golden')]

NUM_CLASSES = 5435
NUM_STEPS = 33
SHORT_STEPS = 7  # a word of six letters and its end: where reading stops


@dataclass(frozen=True)
class Settings:
    batch_size: int = 1
    """Images read at a time."""
    pairs: int = 5
    """Times that all variants are run, in turns."""
    warmup: int = 1
    """Turns before those that count."""
    image_size: int = 256
    """Side of the canvas; a fitted one has a quarter of the height."""
    depth_multiplier: float = 1.0
    """Factor on the encoder's channels, to try the benchmark itself."""


def build(kind, settings):
    """A session and a function that runs one batch: (preds, log_probs)."""
    import filling
    import numpy as np
    import tensorflow.compat.v1 as tf
    from compare import filled

    from benchmarks.plain import read_plainly
    from config import Config
    from model import AttentionOCR
    from ocr.predictor import session_config

    image = filling.inputs(settings.batch_size, settings.image_size, NUM_STEPS, NUM_CLASSES)[0]
    if 'fitted' in kind:
        image = np.ascontiguousarray(image[:, : settings.image_size // 4])
    num_steps = SHORT_STEPS if 'stop' in kind else NUM_STEPS
    config = Config(seq_len=num_steps - 1, depth_multiplier=settings.depth_multiplier)
    with tf.Graph().as_default() as graph, tf.variable_scope('', custom_getter=filled(filling.value)):
        canvas = tf.placeholder(tf.float32, (None, *image.shape[1:]))
        if kind == 'plain':
            outputs = read_plainly(canvas, config, NUM_CLASSES)
        else:
            decoded = AttentionOCR(config, NUM_CLASSES).build_inference(canvas, full_length=tf.constant(True))
            outputs = decoded.preds, tf.log(decoded.probs)
        precision = 'bfloat16' if 'bfloat16' in kind else 'float32'
        session = tf.Session(graph=graph, config=session_config(precision))
        session.run(tf.global_variables_initializer())
    return lambda: session.run(outputs, {canvas: image})


def main(argv=None):
    settings = tyro.cli(Settings, args=argv, description=__doc__, use_underscores=True)
    from ocr.tensorflow_start import start_tensorflow

    start_tensorflow()
    import numpy as np
    from tabulate import tabulate

    kinds = ['plain', 'float32', 'float32, stop', 'bfloat16', 'bfloat16, stop', 'bfloat16, fitted, stop']
    runs = {kind: build(kind, settings) for kind in kinds}
    preds, log_probs = runs['plain']()
    ours, our_log_probs = runs['float32']()
    difference = float(np.abs(log_probs - our_log_probs).max())
    assert (preds == ours).all() and difference < 1e-4, f'not the same reading: {difference}'
    seconds = {kind: [] for kind in kinds}
    for turn in range(settings.warmup + settings.pairs):
        for kind, run in runs.items():
            started = time.perf_counter()
            run()
            if turn >= settings.warmup:
                seconds[kind].append((time.perf_counter() - started) / settings.batch_size)
    ratios = {kind: [plain / own for plain, own in zip(seconds['plain'], seconds[kind], strict=True)] for kind in kinds}
    rows = [
        (kind, statistics.median(seconds[kind]), statistics.median(r), min(r), max(r)) for kind, r in ratios.items()
    ]
    print(tabulate(rows, ('reading', 's an image', 'times faster', 'least', 'most'), floatfmt='.3f'))
    summary = {
        'benchmark': 'reading',
        'batch_size': settings.batch_size,
        'pairs': settings.pairs,
        'log_prob_difference': difference,
        'median_ratio': {kind: round(statistics.median(r), 3) for kind, r in ratios.items()},
        'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **machine(),
    }
    print(json.dumps(summary))


def machine():
    """CPU, cores and commit that a figure belongs to."""
    model = platform.processor()
    if os.path.exists('/proc/cpuinfo'):
        with open('/proc/cpuinfo') as file:
            model = next((line.split(':')[1].strip() for line in file if line.startswith('model name')), model)
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True, cwd=ROOT)
    return {'cpu': model, 'cores': os.cpu_count(), 'commit': commit.stdout.strip()}


if __name__ == '__main__':
    main()
