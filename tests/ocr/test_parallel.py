"""Work in threads and processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from tiny import heed_ctrl_c

from ocr.parallel import apply_to_each, map_in_order, num_cores, process_pool

PATIENCE = 60  # seconds until a process that should be gone counts as one that stays


def double(number):
    return 2 * number


def double_late(number):
    """Even numbers take longer, so that results come in out of order."""
    time.sleep(0.02 * (number % 2 == 0))
    return 2 * number


def fail_at_three(number):
    if number == 3:
        raise LookupError('three is missing')
    return number


def die_at_three(number):
    if number == 3:
        os._exit(1)
    return number


@pytest.mark.parametrize('window', [1, 2, 5, 100])
@pytest.mark.parametrize('num_tasks', [0, 1, 12])
def test_results_come_in_order(window, num_tasks):
    with ThreadPoolExecutor(4) as pool:
        results = list(map_in_order(double_late, range(num_tasks), pool, window))
    assert results == [2 * number for number in range(num_tasks)]


def test_results_of_processes_come_in_order():
    with process_pool(2) as pool:
        assert list(map_in_order(double_late, range(12), pool, 4)) == [2 * number for number in range(12)]


@pytest.mark.parametrize('window', [1, 3, 8])
def test_only_so_many_tasks_are_taken_ahead(window):
    taken = 0

    def tasks():
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    with ThreadPoolExecutor(2) as pool:
        results = map_in_order(double, tasks(), pool, window)
        assert taken == 0
        for num_yielded, _ in enumerate(results, 1):
            assert taken == min(50, num_yielded + window)


def test_an_exception_is_raised_at_its_place():
    done = []
    with ThreadPoolExecutor(2) as pool, pytest.raises(LookupError, match='three is missing'):
        done.extend(map_in_order(fail_at_three, range(10), pool, 6))
    assert done == [0, 1, 2]


def test_an_exception_of_a_task_source_is_raised():
    def tasks():
        yield 1
        raise LookupError('no more')

    with ThreadPoolExecutor(1) as pool, pytest.raises(LookupError, match='no more'):
        list(map_in_order(double, tasks(), pool, 4))


def test_closing_early_cancels_what_has_not_begun():
    begun, closed = [], threading.Event()

    def begin(number):
        begun.append(number)
        assert number == 0 or closed.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        results = map_in_order(begin, range(100), pool, 20)
        next(results)
        results.close()
        closed.set()
    assert begun in ([0], [0, 1])


def test_exceptions_and_deaths_of_worker_processes_are_raised_without_a_hang():
    with process_pool(1) as pool:
        with pytest.raises(LookupError, match='three is missing'):
            list(map_in_order(fail_at_three, range(10), pool, 4))
        results = map_in_order(die_at_three, range(10), pool, 1)
        assert [next(results) for _ in range(2)] == [0, 1]
        with pytest.raises(BrokenExecutor):
            list(results)


class Remembers:
    """What a task comes after; None for the first of a worker process."""

    last = None

    def __call__(self, task):
        before, self.last = self.last, task
        return before


def test_a_worker_has_its_function_once_and_keeps_what_it_keeps():
    with process_pool(1, Remembers()) as pool:
        assert list(map_in_order(apply_to_each, [[1, 2], [3]], pool, 2)) == [[None, 1], [2]]


def test_at_least_one_core():
    assert 1 <= num_cores() <= os.cpu_count()


def is_running(pid):
    """Whether a process exists and is no zombie."""
    try:
        with open(f'/proc/{pid}/stat') as stat:
            return stat.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


needs_proc = pytest.mark.skipif(not os.path.exists('/proc/self/stat'), reason='processes are looked up in /proc')

PARENT = """
import os, sys, time
from ocr.parallel import process_pool

def work(seconds):
    time.sleep(seconds)
    return os.getpid()

if __name__ == '__main__':
    pool, workers = process_pool(2), set()
    while len(workers) < 2:
        workers.update([future.result() for future in [pool.submit(work, 0.05) for _ in range(2)]])
    busy = [pool.submit(work, {seconds}) for _ in range(2)]
    try:
        print(*workers, flush=True)
        time.sleep(600)
    except KeyboardInterrupt:
        print(workers.issuperset([future.result() for future in busy]), flush=True)
    pool.shutdown()
"""


BUSY_PIPE = """
import os
from concurrent.futures import BrokenExecutor
from ocr.parallel import apply_to_each, map_in_order, process_pool

def write(number):
    return number or os.getpid(), bytes(10_000_000)

if __name__ == '__main__':
    with process_pool(1, write) as pool:
        results = map_in_order(apply_to_each, ([number] for number in range(1_000_000)), pool, 4)
        [(worker, _)] = next(results)
        print(worker, flush=True)
        try:
            for _ in results:
                pass
        except BrokenExecutor:
            print('a worker is gone', flush=True)
"""


@pytest.fixture
def start_parent(tmp_path):
    """Function that starts a script which prints the ids of its workers: its Popen and these ids."""
    started = []

    def start(code, num_workers):
        script = tmp_path / 'parent.py'
        script.write_text(code)
        parent = subprocess.Popen(
            [sys.executable, str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, 'PYTHONPATH': str(Path(__file__).resolve().parents[2])},
            start_new_session=True,
            preexec_fn=heed_ctrl_c,
        )
        started.append(parent.pid)
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        started.extend(workers)
        assert len(workers) == num_workers
        return parent, workers

    yield start
    for pid in started:
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)


@needs_proc
def test_workers_end_when_their_parent_is_killed(start_parent):
    parent, workers = start_parent(PARENT.format(seconds=600), num_workers=2)
    assert all(map(is_running, workers))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + PATIENCE
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, workers))


@needs_proc
def test_ctrl_c_is_for_the_parent_alone(start_parent):
    parent, _ = start_parent(PARENT.format(seconds=0.3), num_workers=2)
    os.killpg(parent.pid, signal.SIGINT)  # what a terminal does
    assert parent.communicate(timeout=PATIENCE) == ('True\n', '')


@needs_proc
@pytest.mark.parametrize('ending', [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_ends_in_the_midst_of_a_result_is_noticed(ending, start_parent):
    """One that is told to end hands over the result first; of one that is killed nobody waits for the other half."""
    parent, [worker] = start_parent(BUSY_PIPE, num_workers=1)
    os.kill(parent.pid, signal.SIGSTOP)
    time.sleep(0.5)  # the worker is in the midst of a result that nobody takes from it
    os.kill(worker, ending)
    os.kill(parent.pid, signal.SIGCONT)
    assert parent.communicate(timeout=PATIENCE) == ('a worker is gone\n', '')
