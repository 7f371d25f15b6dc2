"""Workers that find each other, tell each other numbers, and miss one who is gone; two servers in one process."""

import contextlib
import json
import socket
import threading
import time

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tiny

from ocr.errors import InputError
from ocr.network.precision import session_config
from ocr.training import cluster as clusters
from ocr.training.cluster import Cluster, ClusterSession, knock
from ocr.training.cluster_addresses import find_cluster
from ocr.training.dataflow import MixedStream, RegionStream
from ocr.training.workers import _buckets, mean_over_workers


def together(function, size=2):
    """[function(number of the worker)] of threads that run at a time; the first exception is raised."""
    results, errors = [None] * size, []

    def run(number):
        try:
            results[number] = function(number)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if errors:
        raise errors[0]
    return results


@pytest.fixture(scope='module')
def two():
    """A Cluster of two workers, both in this process."""
    addresses = [f'127.0.0.1:{port}' for port in tiny.free_ports(2)]
    return together(lambda number: Cluster(addresses, number, 60))


def test_workers_learn_the_numbers_of_all(two):
    assert together(lambda number: two[number].gather(10**15 + number)) == [[10**15, 10**15 + 1]] * 2


def test_means_over_workers_come_in_buckets_and_in_their_shapes(two, monkeypatch):
    from ocr.training import workers

    monkeypatch.setattr(workers, 'BUCKET', 7)
    shapes = [(2, 3), (), (8,), (1, 1), (5,)]

    def run(number):
        values = [np.full(shape, 10.0 * place + number, np.float32) for place, shape in enumerate(shapes)]
        with tf.Graph().as_default(), ClusterSession(two[number], session_config()) as session:
            return session.run(mean_over_workers(two[number], [tf.constant(value) for value in values]))

    for means in together(run):
        assert [mean.shape for mean in means] == shapes
        assert [float(mean.max()) for mean in means] == [0.5, 10.5, 20.5, 30.5, 40.5]
    assert list(_buckets([6, 1, 8, 1, 5])) == [[4, 3], [2], [1, 0]]


def test_workers_with_other_settings_or_steps_are_named(two):
    together(lambda number: two[number].agree('{"seed": 0}', 500))
    with pytest.raises(InputError, match='worker 1 has other settings, data or characters than worker 0'):
        together(lambda number: two[number].agree(f'{{"seed": {number}}}', 500))
    with pytest.raises(InputError, match='worker 1 starts from step 0, worker 0 from step 500; --checkpoint_path'):
        together(lambda number: two[number].agree('{}', 500 * (1 - number)))


def test_who_does_not_answer_is_lost(two, monkeypatch):
    monkeypatch.setattr(clusters, 'KNOCK_SECONDS', 0.2)
    assert two[0].lost() == []
    (port,) = tiny.free_ports(1)
    monkeypatch.setattr(two[0], 'addresses', (two[0].addresses[0], f'127.0.0.1:{port}'))
    assert two[0].lost() == [1]
    assert f'worker 1 (127.0.0.1:{port}) of --cluster has gone' in two[0]._lost_line([1])


def test_a_worker_may_be_alone():
    (port,) = tiny.free_ports(1)
    alone = Cluster([f'127.0.0.1:{port}'], 0, 60)
    assert alone.lost() == [] and alone.gather(7) == [7]


def test_a_worker_that_never_comes_and_a_wrong_name_are_given_up():
    own, other = tiny.free_ports(2)
    for address in (f'127.0.0.1:{other}', 'no.such.host.invalid:2222', 'no..host:2222'):
        with pytest.raises(InputError, match=rf'worker 1 \({address}\) has not come within 0.3 seconds \(.+\); start'):
            Cluster([f'127.0.0.1:{own}', address], 0, 0.3)
        (own,) = tiny.free_ports(1)


def test_a_worker_that_comes_late_is_waited_for():
    addresses = [f'127.0.0.1:{port}' for port in tiny.free_ports(2)]

    def come(number):
        for _ in range(600 * number):
            if knock(addresses[0]) == '':  # number 0 is there and waits
                break
            time.sleep(0.1)
        return Cluster(addresses, number, 120).part

    assert together(come) == [(0, 2), (1, 2)]


def test_a_port_that_is_taken_is_named():
    with socket.create_server(('0.0.0.0', 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf'--cluster 127.0.0.1:{port}: the port cannot be opened here'):
            Cluster([f'127.0.0.1:{port}', '127.0.0.1:1'], 0, 1)


@pytest.mark.parametrize(('says', 'fault'), [(b'', 'timed out'), (b'SSH-2.0-x\r\n', 'what answers there is no worker')])
def test_something_else_at_an_address_is_no_worker(says, fault, monkeypatch):
    monkeypatch.setattr(clusters, 'KNOCK_SECONDS', 0.5)
    own, port = tiny.free_ports(2)

    def serve(listening):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.sendall(says)
                connections.append(connection)

    connections = []
    with socket.create_server(('127.0.0.1', port)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        message = rf'worker 1 \(127.0.0.1:{port}\) has not come within 1 seconds \({fault}\); start it, correct its'
        with pytest.raises(InputError, match=message):
            Cluster([f'127.0.0.1:{own}', f'127.0.0.1:{port}'], 0, 1)
        listening.shutdown(socket.SHUT_RDWR)


def test_workers_with_different_lists_are_told():
    addresses = [f'127.0.0.1:{port}' for port in tiny.free_ports(3)]
    third = tf.train.Server(tf.train.ClusterSpec({'worker': {2: addresses[2]}}), 'worker', 2)

    def come(number):
        with pytest.raises(InputError, match=r'no worker of this training run answers .*; do all of them have'):
            Cluster(addresses[: 2 + number], number, 5)

    together(come)
    assert third.target


def test_who_is_lost_is_missed_within_a_minute():
    quiet = 2 + clusters._QUIET_SECONDS
    assert quiet + clusters.KNOCKS * (2 * clusters.KNOCK_SECONDS + 0.5) < 60  # to connect, and to answer


def config(jobs, kind='worker', index=0):
    return {'TF_CONFIG': json.dumps({'cluster': jobs, 'task': {'type': kind, 'index': index}})}


@pytest.mark.parametrize(
    ('addresses', 'index', 'environment', 'found'),
    [
        ((), -1, {}, ((), 0)),
        ((), -1, {'TF_CONFIG': ' '}, ((), 0)),
        (('a:1', 'b:2'), 1, {}, (('a:1', 'b:2'), 1)),
        (('[::1]:1', 'b:2'), 0, config({'worker': ['c:3', 'd:4']}), (('[::1]:1', 'b:2'), 0)),
        ((), -1, config({'worker': ['a:1', 'b:2']}, index=1), (('a:1', 'b:2'), 1)),
        ((), -1, config({'worker': ['a:1', 'b:2'], 'chief': ['c:3']}, index=1), (('c:3', 'a:1', 'b:2'), 2)),
        ((), -1, config({'worker': ['a:1'], 'chief': ['c:3']}, 'chief'), (('c:3', 'a:1'), 0)),
        ((), -1, config({'worker': ['a:1', 'b:2'], 'master': ['c:3']}, 'master'), (('c:3', 'a:1', 'b:2'), 0)),
        ((), -1, config({'worker': ['a:1', 'b:2'], 'master': ['c:3']}, index=0), (('c:3', 'a:1', 'b:2'), 1)),
        ((), -1, config({'worker': ['a:1', 'b:2'], 'ps': ['c:3']}, index=1), (('a:1', 'b:2'), 1)),
        ((), -1, config({'worker': ['a:1']}), ((), 0)),
        ((), -1, config({}), ((), 0)),
    ],
)
def test_who_the_workers_are(addresses, index, environment, found):
    assert find_cluster(addresses, index, environment) == found


@pytest.mark.parametrize(
    ('addresses', 'index', 'environment', 'message'),
    [
        (('a:1', 'b'), 0, {}, '--cluster b: give host:port'),
        (('a:1', 'b:70000'), 0, {}, '--cluster b:70000: give host:port'),
        (('a:1', 'a:1'), 0, {}, 'an address of its own'),
        (('a:1', 'b:2'), -1, {}, 'its number with --task_index, 0 to 1'),
        (('a:1', 'b:2'), 2, {}, 'its number with --task_index, 0 to 1'),
        ((), 1, {}, '--task_index 1: give the addresses'),
        ((), -1, {'TF_CONFIG': '{'}, 'TF_CONFIG: not as expected'),
        ((), -1, {'TF_CONFIG': '[]'}, 'TF_CONFIG: not as expected'),
        (
            (),
            -1,
            config({'worker': ['a:1', 'b:2'], 'ps': ['c:3']}, 'ps'),
            'TF_CONFIG: a task ps has nothing to do here',
        ),
        ((), -1, config({'chief': ['a:1'], 'worker': ['b:2']}, 'evaluator'), 'TF_CONFIG: a task evaluator has nothing'),
        ((), -1, config({'worker': ['a:1', 'b:2']}, index=7), 'TF_CONFIG: give this worker its number with index'),
    ],
)
def test_what_is_no_cluster_is_named(addresses, index, environment, message):
    with pytest.raises(InputError, match=f'^{message}|{message}'):
        find_cluster(addresses, index, environment)


@pytest.mark.parametrize('running', [1, 5])
def test_machines_share_the_samples_of_every_step(running):
    streams = [lambda start: iter(RegionStream(range(7), 3, start)), lambda start: iter(range(start, 10**6))]

    def first(number, start=0, part=(0, 1)):
        found = iter(MixedStream(streams, [0.7, 0.3], 5, start, part, running))
        return [next(found) for _ in range(number)]

    whole = first(3000)
    parts = [first(1000, part=(number, 3)) for number in range(3)]
    runs = [zip(*[iter(part)] * running, strict=True) for part in parts]
    assert [sample for turn in zip(*runs, strict=True) for run in turn for sample in run] == whole
    assert first(500, start=1500, part=(2, 3)) == parts[2][500:]
