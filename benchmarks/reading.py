"""Reading speed beside the published formulation: python benchmarks/reading.py [--batch_sizes 1 8] [--pairs 5]

Full-size network (5435 classes), values filled by name, in one process and in turns, so that a machine whose speed
drifts slows all alike. Prints one table and one JSON line: medians, and the range of the ratios to the published
formulation at the same batch size.
"""

import importlib.util
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / 'tests' / 'golden')]

from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402

NUM_CLASSES = 5435
NUM_STEPS = 33
SHORT_STEPS = 7  # a word of six letters and its end: where reading stops
PLAIN = 'published formulation'


@dataclass(frozen=True)
class Settings:
    batch_sizes: tuple[int, ...] = (1, 8)
    """Images read at a time."""
    pairs: int = 5
    """Times that all variants are run, in turns."""
    warmup: int = 1
    """Turns before those that count."""
    image_size: int = 256
    """Side of the canvas; a fitted one has a quarter of the height."""
    depth_multiplier: float = 1.0
    """Factor on the encoder's channels, to try the benchmark itself."""


def variants():
    """The names of what is measured: bfloat16 only if the CPU has it, int8 if requirements-openvino.txt is in."""
    from ocr.network.precision import cpu_flags

    precisions = ['float32', 'bfloat16'] if 'avx512bw' in cpu_flags() else ['float32']
    short = ['six letters', 'six letters, 4:1 canvas']
    kinds = [f'{precision}, {way}' for precision in precisions for way in (f'all {NUM_STEPS} steps', *short)]
    if all(importlib.util.find_spec(package) for package in ('openvino', 'nncf')):
        kinds += [f'int8 encoder, {way}' for way in short]
    return [PLAIN, *kinds]


def build(kind, settings):
    """A session of one variant and a function that reads a batch in it: N -> (preds, log_probs)."""
    import filling
    import numpy as np
    import tensorflow.compat.v1 as tf
    from compare import filled

    from benchmarks.plain import read_plainly
    from ocr.config import Config
    from ocr.model import AttentionOCR
    from ocr.network import tensor_names as names
    from ocr.network.precision import session_config

    images = filling.inputs(max(settings.batch_sizes), settings.image_size, NUM_STEPS, NUM_CLASSES)[0]
    if '4:1' in kind:
        images = np.ascontiguousarray(images[:, : settings.image_size // 4])
    num_steps = SHORT_STEPS if 'six letters' in kind else NUM_STEPS
    config = Config(seq_len=num_steps - 1, depth_multiplier=settings.depth_multiplier)
    with tf.Graph().as_default() as graph, tf.variable_scope('', custom_getter=filled(filling.value)):
        canvas = tf.placeholder(tf.float32, (None, *images.shape[1:]), names.IMAGE)
        if kind == PLAIN:
            outputs = read_plainly(canvas, config, NUM_CLASSES)
        else:
            decoded = AttentionOCR(config, NUM_CLASSES).build_inference(canvas, full_length=tf.constant(True))
            outputs = decoded.preds, tf.log(decoded.probs)
        session = tf.Session(graph=graph, config=session_config(kind.partition(',')[0]))
        session.run(tf.global_variables_initializer())
    if 'int8' in kind:
        return with_int8_encoder(session, images)
    return lambda batch_size: session.run(outputs, {canvas: images[:batch_size]})


def with_int8_encoder(session, images):
    """As build, of a session's graph: the encoder in OpenVINO, its ranges found on the images that it then reads.

    What is not int8 is computed as `--precision auto` has it.
    """
    import tensorflow.compat.v1 as tf

    from ocr.model_files.frozen_graph import features_of, freeze
    from ocr.network import tensor_names as names
    from ocr.network.precision import session_config, set_precision
    from ocr.reading.openvino import compile_encoder, quantised_encoder

    precision = set_precision('auto')
    frozen = freeze(session, [names.IMAGE, names.PREDS, names.PROBS])
    model, decoder = quantised_encoder(frozen, [(255 * images).astype('uint8')])
    encoder = compile_encoder(model, precision)
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(decoder, name='')
    of_decoder = tf.Session(graph=graph, config=session_config(precision))
    outputs, features = [f'{names.PREDS}:0', f'{names.PROBS}:0'], f'{features_of(decoder)}:0'
    return lambda batch_size: of_decoder.run(outputs, {features: encoder(images[:batch_size])[0]})


def largest_difference(runs, batch_size):
    """Between the log-probabilities of the published formulation and ours, which must read the same."""
    import numpy as np

    preds, log_probs = runs[PLAIN](batch_size)
    ours, our_log_probs = runs[f'float32, all {NUM_STEPS} steps'](batch_size)
    difference = float(np.abs(log_probs - our_log_probs).max())
    assert (preds == ours).all() and difference < 1e-4, f'not the same reading: {difference}'
    return difference


def measure(runs, batch_size, settings):
    """{variant: seconds an image, one for each turn}."""
    seconds = {kind: [] for kind in runs}
    for turn in range(settings.warmup + settings.pairs):
        for kind, run in runs.items():
            started = time.perf_counter()
            run(batch_size)
            if turn >= settings.warmup:
                seconds[kind].append((time.perf_counter() - started) / batch_size)
    return seconds


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    from benchmarks.measure import peak_mb, report, spread

    runs = {kind: build(kind, settings) for kind in variants()}
    rows, ratios, difference = [], {}, {}
    for batch_size in settings.batch_sizes:
        difference[batch_size] = largest_difference(runs, batch_size)
        seconds = measure(runs, batch_size, settings)
        for kind, own in seconds.items():
            of_pairs = spread([plain / one for plain, one in zip(seconds[PLAIN], own, strict=True)])
            rows.append((batch_size, kind, spread(own)[0], *of_pairs))
            ratios[f'batch {batch_size}, {kind}'] = [round(ratio, 3) for ratio in of_pairs]
    summary = {
        'pairs': settings.pairs,
        'log_prob_difference': difference,
        'ratios': ratios,  # median, least, most
        'peak_mb': peak_mb(),
    }
    report('reading', ('batch', 'reading', 's an image', 'times faster', 'least', 'most'), rows, summary)


if __name__ == '__main__':
    run_script(main)
