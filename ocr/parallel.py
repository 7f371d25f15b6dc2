"""Work in threads or processes whose results come back in order, with bounded memory and no hangs."""

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import islice


def num_cores():
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1


_LEAVING_SECONDS = 2  # in which a worker that is told to end hands over the result in its hands
_GRACE_SECONDS = 3  # in which a pool notices by itself that a worker died
_function = None  # of a worker process, as `process_pool` sent it
_leaving = threading.Event()  # in a worker process: it has been told to end


def process_pool(num_workers, function=None):
    """A pool of fresh worker processes that end when this process ends, however it ends.

    They are spawned, not forked: a fork would copy the threads' locks of TensorFlow in any state.

    Args:
        num_workers: processes at most.
        function: sent to each worker once, for `apply_to_each`; what it keeps is kept from task to task.
    """
    context = multiprocessing.get_context('spawn')
    return _Pool(num_workers, mp_context=context, initializer=_begin_worker, initargs=(pickle.dumps(function),))


class _Pool(ProcessPoolExecutor):
    """A pool that breaks even if a worker is killed in the midst of a result.

    ProcessPoolExecutor then reads on without end: the pipe has other writers, its own process among them.
    """

    def _start_executor_manager_thread(self):
        is_new = self._executor_manager_thread is None
        super()._start_executor_manager_thread()
        if is_new:
            threading.Thread(target=_end_half_results, args=(self._executor_manager_thread,), daemon=True).start()


def _end_half_results(manager):
    """Watch a pool's thread; where a worker is gone and the thread does not see it, close the pipe that it reads."""
    was_lost = False
    while manager.is_alive():
        manager.join(_GRACE_SECONDS)
        processes = list(manager.processes.values())
        is_lost = bool(manager.pending_work_items) and not all(process.is_alive() for process in processes)
        if is_lost and was_lost and manager.is_alive():
            for process in processes:
                process.kill()
            manager.result_queue._writer.close()
            return
        was_lost = is_lost


def apply_to_each(tasks):
    """In a worker of a pool that has a function: what it makes of each task, a list."""
    if _leaving.is_set():
        os._exit(1)  # here, where no result is under way
    return [_function(task) for task in tasks]


def map_in_order(function, tasks, executor, window):
    """Yield function(task) for every task in order, with at most `window` of them under way.

    An exception of `function` is raised here, at its place in the order; a worker process that dies raises
    concurrent.futures.BrokenExecutor.
    """
    tasks = iter(tasks)
    pending = deque(executor.submit(function, task) for task in islice(tasks, window))
    try:
        while pending:
            result = pending.popleft().result()
            pending.extend(executor.submit(function, task) for task in islice(tasks, 1))
            yield result
    finally:
        for future in pending:
            future.cancel()


def _begin_worker(pickled):
    global _function
    follow_parent()  # before the function, which may take a second to load
    signal.signal(signal.SIGTERM, _leave)
    _function = pickle.loads(pickled)


def _leave(*_):
    """End before the next task, or soon: after half a result the pool would wait for the other half without end."""
    _leaving.set()
    timer = threading.Timer(_LEAVING_SECONDS, os._exit, (1,))
    timer.daemon = True
    timer.start()


def follow_parent():
    """In a worker: leave at once when the parent process is gone; Ctrl-C and a lost terminal are for the parent."""
    for name in ('SIGINT', 'SIGHUP'):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait():
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
