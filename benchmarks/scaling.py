"""What averaging the gradients costs: python benchmarks/scaling.py [--processes 1 2 4] [--picture scaling.png]

So many processes train on this machine and average over loopback, as train.py --cluster does. They share its cores, so
what counts is how long the all-reduce takes, and not that a step takes longer than with one process. Prints one table
and one JSON line, and a table of what follows for GPUs, which is a prediction and was not measured:

    all-reduce of n GPUs, s = 2 (n - 1) / n * bytes / bandwidth of the slowest link + 2 (n - 1) * buckets * latency
    efficiency              = step of one GPU / (step of one GPU + all-reduce)

A ring sends each byte 2 (n - 1) / n times over every link, in 2 (n - 1) rounds for each bucket of gradients. One GPU of
a machine sends to the next machine, so the link between machines carries one ring and not eight. That averaging
overlaps with computing is left out. Step, bandwidths and latency are assumptions: the flags state them.
"""

import contextlib
import itertools
import json
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measure import ROOT, as_flags, peak_mb, report  # noqa: E402
from benchmarks.training import CUT, NUM_CLASSES, create_batch  # noqa: E402
from ocr.errors import InputError  # noqa: E402
from ocr.terminal.flags import parse  # noqa: E402
from ocr.terminal.script import run_script  # noqa: E402
from ocr.training.history import blank_panels  # noqa: E402

WITHOUT, STEP, ALONE = 'step without averaging', 'step', 'averaging alone'
MACHINE = 8  # GPUs of a predicted machine


@dataclass(frozen=True)
class Settings:
    processes: tuple[int, ...] = (1, 2, 4)
    """Numbers of processes that train together."""
    rounds: int = 3
    """Steps that count, after one that does not."""
    batch_size: int = 1
    """Images a step and process."""
    image_size: int = 256
    """Side of the canvas."""
    depth_multiplier: float = 1.0
    """Factor on the encoder's channels."""
    num_steps: int = 33
    """Decoder steps."""
    gpu_step: float = 0.2
    """Of the prediction: seconds of a step on one GPU."""
    inside: float = 100.0
    """Of the prediction: GB/s between the GPUs of a machine, in each direction."""
    between: float = 12.5
    """Of the prediction: GB/s between machines, in each direction; 12.5 is 100 Gbit/s."""
    latency: float = 20.0
    """Of the prediction: microseconds of a round."""
    picture: str = ''
    """PNG of the prediction to write."""
    cluster: tuple[str, ...] = ()
    """Addresses of the processes; set by itself."""
    index: int = -1
    """Of a process; set by itself."""
    variant: str = CUT
    """Of the network, see training.py."""


def build(settings, cluster):
    """({name: operation}, feed, bytes of the gradients, number of buckets) of a process."""
    import tensorflow.compat.v1 as tf

    from ocr.config import Config
    from ocr.model import AttentionOCR, finished_steps
    from ocr.training.workers import _buckets, mean_over_workers

    config = Config(
        seq_len=settings.num_steps - 1,
        depth_multiplier=settings.depth_multiplier,
        image_size=settings.image_size,
    )
    model = AttentionOCR(config, NUM_CLASSES)
    tensors = [tf.placeholder(spec.dtype, spec.shape, spec.name) for spec in model.inputs()]
    optimizer = model.optimizer()
    pairs = optimizer.compute_gradients(model.build_training(*tensors))
    pairs = [(tf.convert_to_tensor(gradient), variable) for gradient, variable in pairs if gradient is not None]
    variables = [variable for _, variable in pairs]
    number = tf.placeholder(tf.float32, ())
    operations = {WITHOUT: optimizer.apply_gradients(pairs)}
    if cluster:
        means = mean_over_workers(cluster, [gradient for gradient, _ in pairs])
        with tf.control_dependencies(mean_over_workers(cluster, [tf.fill(one.shape, number) for one in variables])):
            operations[ALONE] = tf.no_op()
        operations[STEP] = optimizer.apply_gradients(list(zip(means, variables, strict=True)))
    feed = {**dict(zip(tensors, create_batch(settings), strict=True)), finished_steps(): 0, number: 1.0}
    sizes = [variable.shape.num_elements() for variable in variables]
    return operations, feed, 4 * sum(sizes), len(list(_buckets(sizes)))


def work(settings):
    """In a process of its own: prints its figures as a line of JSON."""
    from ocr.network.tensorflow_start import start_tensorflow

    start_tensorflow()
    import tensorflow.compat.v1 as tf

    from ocr.network.precision import session_config
    from ocr.training.cluster import Cluster, ClusterSession, leave

    cluster = Cluster(settings.cluster, settings.index, 600) if settings.cluster else None
    operations, feed, num_bytes, num_buckets = build(settings, cluster)
    session = ClusterSession(cluster, session_config()) if cluster else tf.Session(config=session_config())
    session.run(tf.global_variables_initializer())
    seconds = {name: [] for name in operations}
    for number, name in itertools.product(range(1 + settings.rounds), operations):
        started = time.perf_counter()
        session.run(operations[name], feed)
        if number:
            seconds[name].append(time.perf_counter() - started)
    figures = {name: statistics.median(found) for name, found in seconds.items()}
    print(json.dumps({**figures, 'bytes': num_bytes, 'buckets': num_buckets, 'peak_mb': peak_mb()}), flush=True)
    if cluster:
        with contextlib.suppress(InputError):  # who comes last may find the others gone
            cluster.gather(0)  # nobody leaves before the last has measured
        leave('measured', 0)


def measure(settings, number):
    """Figures of so many processes together: means of the times, and the most memory."""
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(number)]
    cluster = [f'127.0.0.1:{one.getsockname()[1]}' for one in sockets] if number > 1 else []
    for one in sockets:
        one.close()
    names = ('rounds', 'batch_size', 'image_size', 'depth_multiplier', 'num_steps')
    flags = as_flags({name: getattr(settings, name) for name in names})
    flags += ['--cluster', *cluster] if cluster else []
    command = [sys.executable, __file__, *flags]
    processes = [
        subprocess.Popen([*command, f'--index={index}'], cwd=ROOT, text=True, stdout=subprocess.PIPE)
        for index in range(number)
    ]
    outputs = [process.communicate()[0] for process in processes]
    assert not any(process.returncode for process in processes)
    found = [json.loads(output.splitlines()[-1]) for output in outputs]
    figures = {name: round(statistics.mean(one[name] for one in found), 4) for name in found[0]}
    return {**figures, 'peak_mb': max(one['peak_mb'] for one in found)}


def predict(settings, num_bytes, num_buckets, num_gpus):
    """(seconds of the all-reduce, efficiency) of GPUs, MACHINE of them in each machine; see the module's docstring."""
    rounds = 2 * (num_gpus - 1)
    bandwidth = 1e9 * (settings.inside if num_gpus <= MACHINE else min(settings.inside, settings.between))
    seconds = rounds / num_gpus * num_bytes / bandwidth + rounds * num_buckets * settings.latency * 1e-6
    return seconds, settings.gpu_step / (settings.gpu_step + seconds)


def draw(settings, num_bytes, num_buckets):
    """PNG of the predicted efficiency."""
    figure, panels = blank_panels(1, 2, (10, 4))
    numbers = [1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 64]
    found = [predict(settings, num_bytes, num_buckets, number) for number in numbers]
    for axes, values, title in zip(
        panels,
        ([100 * efficiency for _, efficiency in found], [1000 * seconds for seconds, _ in found]),
        ('efficiency, %', 'all-reduce, ms'),
        strict=True,
    ):
        axes.plot(numbers, values, color='#1f4e8c', marker='o', markersize=3)
        axes.set(xlabel=f'GPUs, {MACHINE} in a machine', title=f'{title} (prediction, not measured)', ylim=(0, None))
        axes.grid(alpha=0.25)
    figure.savefig(settings.picture, dpi=100)


def main(argv=None):
    settings = parse(Settings, argv, __doc__)
    if settings.index >= 0:
        return work(settings)
    measured = {number: measure(settings, number) for number in settings.processes}
    first = measured[settings.processes[0]]
    num_bytes, num_buckets = first['bytes'], first['buckets']
    megabytes = num_bytes / 1e6
    rows = [
        (number, one[WITHOUT], one.get(STEP), one.get(ALONE), 2 * (number - 1) / number * megabytes, one['peak_mb'])
        for number, one in measured.items()
    ]
    predicted = {number: predict(settings, num_bytes, num_buckets, number) for number in (1, MACHINE, MACHINE**2)}
    stated = f'step {settings.gpu_step:g} s, {settings.inside:g} and {settings.between:g} GB/s, {settings.latency:g} us'
    print(f'gradients: {megabytes:.1f} MB in {num_buckets} buckets\nprediction, not measured; stated: {stated}')
    for number, (seconds, efficiency) in predicted.items():
        print(f'{number:3} GPUs: all-reduce {1000 * seconds:.1f} ms, efficiency {100 * efficiency:.0f} %')
    if settings.picture:
        draw(settings, num_bytes, num_buckets)
    headers = ('processes', f'{WITHOUT}, s', f'{STEP}, s', f'{ALONE}, s', 'MB sent by each', 'peak MB')
    report('scaling', headers, rows, {'measured': measured, 'predicted, not measured': predicted, 'stated': stated})
    return None


if __name__ == '__main__':
    run_script(main)
