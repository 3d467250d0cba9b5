"""Threads that are lent: one after the other is the same, each one's work is done at the end."""

import threading
import time

import pytest

from digits.lasting_threads import LastingThreads


@pytest.fixture
def threads() -> LastingThreads:
    return LastingThreads("test")


def test_the_thread_of_before_is_lent_again(threads: LastingThreads) -> None:
    seen = set()
    for _ in range(3):
        with threads.borrow() as thread:
            seen.add(thread.submit(threading.current_thread).result())
    assert len(seen) == 1


def test_two_at_once_have_one_each(threads: LastingThreads) -> None:
    with threads.borrow() as one, threads.borrow() as other:
        threads_seen = {thread.submit(threading.current_thread).result() for thread in (one, other)}
    assert len(threads_seen) == 2


def test_what_was_submitted_is_done_at_the_end_also_after_an_error(threads: LastingThreads) -> None:
    asked = []

    def fail() -> None:
        with threads.borrow() as thread:
            asked.append(thread.submit(time.sleep, 0.2))
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert asked[0].done()
    with threads.borrow() as thread:
        assert thread.submit(int).result() == 0
