"""Threads that outlive the work they did, and do the next of its kind.

glibc gives each new thread another of its arenas, up to eight a processor core, and each arena
keeps the largest that was ever in it: with a thread for each run, a worker would grow by the
images of an epoch with nearly every run, up to a gigabyte.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager


class LastingThreads:
    """Lends threads for one kind of work; there are as many as were ever needed at once.

    Args:
        name: of the work.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._idle: list[ThreadPoolExecutor] = []

    @contextmanager
    def borrow(self) -> Iterator[Executor]:
        """Lend an executor of one thread; at the end, all that was submitted to it is done."""
        thread = self._take()
        try:
            yield thread
        finally:
            thread.submit(int).result()
            self._idle.append(thread)

    def _take(self) -> ThreadPoolExecutor:
        try:
            return self._idle.pop()
        except IndexError:
            return ThreadPoolExecutor(1, self._name)
