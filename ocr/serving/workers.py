"""Processes that decode pictures: one task each at a time, killed when it takes too long.

A decoder in a thread cannot be stopped: two JPEGs of thousands of scans kept a server busy for minutes.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

from ocr.parallel import follow_parent, num_cores

_PRELOADED = ['ocr.serving.picture']  # imported once, in the process that workers are forked from


class TookTooLong(Exception):
    """A task was not done in time; its process was killed."""


class Died(Exception):
    """The process of a task ended: a decoder crashed, or the memory was not enough."""


class Workers:
    """A bounded pool of worker processes; its coroutines run in one event loop.

    Each has a pool of one process to itself, so that none waits for what another leaves behind when it is killed.

    Args:
        num_workers: processes.
        max_memory: bytes that a process may take beyond what it has at its start; 0 is no limit.
    """

    def __init__(self, num_workers, max_memory=0):
        self._workers = [_Worker(max_memory) for _ in range(num_workers)]
        self._free = list(self._workers)  # the one that has been free for longest comes first
        self._turns = asyncio.Queue()  # as many as there are free ones
        for _ in self._workers:
            self._turns.put_nowait(None)

    def start(self):
        """Start all processes now, not with their first task; returns at once."""
        for worker in self._workers:
            worker.start()

    async def run(self, function, *args, cpu_seconds, seconds, about=None):
        """function(*args) in the next process that is free; of several, in one whose last task was about the same.

        Whoever gives up waiting leaves the process to its task, which ends in time: killing it costs more.

        Args:
            function: of a module; arguments and result are pickled.
            cpu_seconds: of processor time that it may take, which a busy machine does not shorten.
            seconds: that it may take at all.
            about: number of what the task is about, or None: a process may keep something of it for the next such task.

        Raises:
            TookTooLong, Died: see there.
            Exception: what the function raises.
        """
        await self._turns.get()
        worker = next((one for one in self._free if about is not None and one.about == about), self._free[0])
        self._free.remove(worker)
        worker.about = about
        task = asyncio.ensure_future(self._run(worker, function, args, cpu_seconds, seconds))
        task.add_done_callback(lambda task: task.cancelled() or task.exception())  # perhaps nobody asks any more
        return await asyncio.shield(task)

    def close(self):
        """Kill all processes, busy or not."""
        for worker in self._workers:
            worker.kill()

    async def _run(self, worker, function, args, cpu_seconds, seconds):
        started = time.monotonic()
        try:
            future = worker.submit(_limited, cpu_seconds, function, *args)
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except asyncio.TimeoutError:
            worker.kill()
            raise TookTooLong from None
        except BrokenExecutor:
            worker.kill()
            if time.monotonic() - started >= cpu_seconds / num_cores():  # decoders may have several threads
                raise TookTooLong from None
            raise Died from None
        finally:
            self._free.append(worker)
            self._turns.put_nowait(None)


class _Worker:
    """One process, restarted if it was killed."""

    def __init__(self, max_memory):
        self.about = None  # what its last task was about
        self._max_memory = max_memory
        self._pool = None

    def start(self):
        if self._pool is None:
            context = multiprocessing.get_context('forkserver')
            context.set_forkserver_preload(_PRELOADED)
            self._pool = ProcessPoolExecutor(1, context, _begin, (self._max_memory,))
            self._pid = self._pool.submit(os.getpid)

    def submit(self, function, *args):
        """Future of a task; starts the process if there is none or it ended between two tasks."""
        self.start()
        try:
            return self._pool.submit(function, *args)
        except BrokenExecutor:
            self.kill()
            self.start()
            return self._pool.submit(function, *args)

    def kill(self):
        if self._pool is not None:
            pool, self._pool = self._pool, None
            with contextlib.suppress(Exception):  # it may be gone, or never have come up
                os.kill(self._pid.result(1), signal.SIGKILL)
            pool.shutdown(wait=False, cancel_futures=True)


def _limited(cpu_seconds, function, *args):
    """function(*args); when it has taken more processor time, the system ends this process."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        return function(*args)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _begin(max_memory):
    """What a process does first. It ends with its parent; signals to the group of processes are the parent's."""
    follow_parent()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if max_memory:
        with contextlib.suppress(ImportError, OSError, ValueError):  # systems without such limits
            import resource

            with open('/proc/self/statm') as stream:
                taken = int(stream.read().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (taken + max_memory,) * 2)
