"""The machines of a training run: who they are, whether they are there, and what they tell each other.

Each worker is a process of train.py with a TensorFlow server. TensorFlow averages between them; who has gone is found
here, by knocking at the port of each: a worker that refuses or does not answer is lost.
"""

import hashlib
import itertools
import logging
import os
import socket
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import tensorflow.compat.v1 as tf
from tensorflow.python.ops import collective_ops

from ocr.errors import InputError
from ocr.network.precision import session_config
from ocr.terminal.visible import visible

KNOCKS = 3  # without an answer, and a worker is lost
KNOCK_SECONDS = 5.0  # that one waits for an answer
_QUIET_SECONDS = 10.0  # that a run of the graph takes before somebody looks whether all are there
_SETTINGS = b'\x04'  # type of the first frame of an HTTP/2 server
_LEADER = '/job:worker/replica:0/task:0'
_ON_LOSS = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.InternalError,
    tf.errors.FailedPreconditionError,
    tf.errors.UnknownError,
)

logger = logging.getLogger(__name__)


class Cluster:
    """The workers of a training run, this process among them.

    Attributes:
        addresses: 'host:port' of each worker.
        index: number of this one; worker 0 saves and validates.
    """

    def __init__(self, addresses, index, timeout):
        """Open the port of this worker and wait until all are there.

        Args:
            addresses, index: see the attributes.
            timeout: seconds to wait.

        Raises:
            InputError: the port cannot be opened, or a worker does not come.
        """
        self.addresses = tuple(addresses)
        self.index = index
        self._timeout = timeout
        self._keys = itertools.count(1)  # of the collective operations, the same on all workers
        self._running_since = None
        try:
            cluster = tf.train.ClusterSpec({'worker': list(self.addresses)})
            self._server = tf.train.Server(cluster, 'worker', index, config=self.configured(session_config()))
        except tf.errors.OpError as error:
            raise InputError(
                f'--cluster {addresses[index]}: the port cannot be opened here ({error.message}); '
                'is it taken, or --task_index wrong?'
            ) from None
        self._wait_for_all()
        self._greet()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def size(self):
        """Number of workers."""
        return len(self.addresses)

    @property
    def part(self):
        """(number of this worker, number of all)."""
        return self.index, self.size

    @property
    def is_chief(self):
        """Whether this is worker 0."""
        return self.index == 0

    @property
    def target(self):
        """What sessions connect to."""
        return self._server.target

    def configured(self, config):
        """ConfigProto of a session on this worker's server, made of another one."""
        own = tf.ConfigProto()
        own.CopyFrom(config)
        own.experimental.collective_group_leader = _LEADER
        own.device_filters.append(f'/job:worker/task:{self.index}')
        return own

    def reduce(self, tensor, final='Id', group_key=1):
        """The sum of a tensor over all workers, or with final='Div' its mean; every worker must build and run it.

        Args:
            tensor: of the same type and shape everywhere: float32, int32 or int64.
            final: 'Id' or 'Div'.
            group_key: one number for each kind of device.
        """
        key = next(self._keys)
        # TensorFlow takes NCCL only if told to, and its ring on CPUs whatever it is told.
        return collective_ops.all_reduce(tensor, self.size, group_key, key, 'Add', final, communication_hint='nccl')

    def gather(self, number):
        """[number of each worker], an int of at most 62 bits each; waits for all."""
        own = [number if place == self.index else 0 for place in range(self.size)]
        with tf.Graph().as_default(), tf.device('/cpu:0'), ClusterSession(self, session_config()) as session:
            return session.run(self.reduce(tf.constant(own, tf.int64), group_key=2)).tolist()

    def agree(self, settings, step):
        """InputError unless all workers train with the same settings from the same step.

        Args:
            settings: text of all that must be the same.
            step: updates that lie behind.
        """
        steps = self.gather(step)
        for number, other in enumerate(steps):
            if other != steps[0]:
                raise InputError(
                    f'--cluster: worker {number} starts from step {other}, worker 0 from step {steps[0]}; '
                    "--checkpoint_path must be one folder that all of them see, or a copy of worker 0's"
                )
        prints = self.gather(int.from_bytes(hashlib.blake2b(settings.encode(), digest_size=7).digest(), 'big'))
        for number, other in enumerate(prints):
            if other != prints[0]:
                raise InputError(
                    f'--cluster: worker {number} has other settings, data or characters than worker 0; give all of '
                    'them the same command, but for --task_index, and the same data'
                )

    @contextmanager
    def watched(self):
        """A block that runs the graph in the main thread; ends with InputError if a worker is lost meanwhile."""
        self._running_since = time.monotonic()
        try:
            yield
        except _ON_LOSS as error:
            raise InputError(self._loss(error)) from None
        finally:
            self._running_since = None

    def lost(self):
        """Numbers of the workers that do not answer."""
        silent = [number for number in range(self.size) if number != self.index]
        for number in range(KNOCKS):
            if not silent:
                break
            time.sleep(0.5 if number else 0)
            with ThreadPoolExecutor(len(silent)) as pool:  # each may take its time not to answer
                faults = pool.map(knock, [self.addresses[number] for number in silent])
                silent = [number for number, fault in zip(silent, faults, strict=True) if fault]
        return silent

    def _loss(self, error):
        """What to say of an error of TensorFlow's."""
        deadline = time.monotonic() + 20  # a worker may take a while to end
        while True:
            if lost := self.lost():
                return self._lost_line(lost)
            if time.monotonic() > deadline:
                reason = ' '.join(str(error.message).split())
                return f'--cluster: a worker failed, the messages of the others say why; here: {reason[-200:]}'

    def _lost_line(self, lost):
        named = ', '.join(f'worker {number} ({self.addresses[number]})' for number in lost)
        return (
            f'{named} of --cluster has gone, so this one ends; start all of them with the same command again, and they '
            'go on from the last checkpoint'
        )

    def _watch(self):
        """End this process where the graph hangs because a worker is lost: TensorFlow would wait for ever."""
        while True:
            time.sleep(2)
            since = self._running_since
            if since is None or time.monotonic() - since < _QUIET_SECONDS:
                continue
            lost = self.lost()
            if lost and self._running_since == since:
                sys.stderr.write('\n')  # below the progress bar
                leave(self._lost_line(lost))

    def _wait_for_all(self):
        deadline = time.monotonic() + self._timeout
        for number, address in enumerate(self.addresses):
            while number != self.index and (fault := knock(address)):
                if time.monotonic() > deadline:
                    raise InputError(
                        f'--cluster: worker {number} ({address}) has not come within {self._timeout:g} seconds '
                        f'({fault}); start it, correct its address, or raise --cluster_timeout'
                    )
                time.sleep(0.5)

    def _greet(self):
        """InputError if something else than a worker of this training answers at an address."""
        config = self.configured(session_config())
        with tf.Graph().as_default(), tf.device('/cpu:0'), tf.Session(self.target, config=config) as session:
            total = self.reduce(tf.constant([1], tf.int32), group_key=2)
            try:
                options = tf.RunOptions(timeout_in_ms=round(1000 * max(self._timeout, 1)))
                session.run(total, options=options)
            except tf.errors.OpError as error:
                reason = ' '.join(str(error.message).split())[-200:]
                raise InputError(
                    f'--cluster: at one of {", ".join(self.addresses)} no worker of this training run answers '
                    f'({reason}); do all of them have the same list?'
                ) from None
        logger.info('worker %d of %d: all are there', self.index, self.size)


class ClusterSession(tf.Session):
    """A session on the server of a cluster: ends with InputError if another worker is lost."""

    def __init__(self, cluster, config):
        self._cluster = cluster
        super().__init__(cluster.target, config=cluster.configured(config))

    def run(self, *arguments, **options):
        if threading.current_thread() is not threading.main_thread():
            return super().run(*arguments, **options)
        with self._cluster.watched():
            return super().run(*arguments, **options)


def knock(address):
    """Why no worker answers at 'host:port', in words; '' if one does.

    TensorFlow's servers speak first. Only connecting says too little: the kernel accepts connections for a process
    that is halted, and a proxy for a network that stalls.
    """
    host, _, port = address.rpartition(':')
    try:
        with socket.create_connection((host.strip('[]'), int(port)), KNOCK_SECONDS) as connection:
            header = connection.makefile('rb').read(9)
    except (OSError, UnicodeError) as error:  # the latter of a name that no host can have, such as a..b
        return getattr(error, 'strerror', '') or str(error) or type(error).__name__
    return '' if header[3:4] == _SETTINGS else 'what answers there is no worker'


def leave(message, code=2):
    """End this process with a line, without any cleaning up: a server of TensorFlow that lost a peer hangs in it."""
    sys.stdout.flush()
    text = message if '\n' in message else visible(message)  # a traceback has lines
    print(f'{os.path.basename(sys.argv[0])}: {text}', file=sys.stderr, flush=True)
    os._exit(code)


@contextmanager
def leaving_at_once():
    """A block of a worker; an exception ends the process as run_script would, but at once, see `leave`.

    A process that hangs in its end would answer the others' knocking for ever.
    """
    try:
        yield
    except InputError as error:
        leave(str(error))
    except KeyboardInterrupt:
        leave('stopped', 130)
    except Exception:
        leave(traceback.format_exc(), 1)
