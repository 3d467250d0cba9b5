"""Rate limits, under a clock that the test moves."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.rate_limits import Rate, RateLimit
from tests.support.clock import Clock


def test_so_many_at_once_then_one_after_each_pause() -> None:
    clock = Clock(1000.0)
    limit = RateLimit(Rate(3, 2.0), clock)
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 2, 2]
    clock.now += 1.5
    assert limit.take("a") == pytest.approx(0.5)
    clock.now += 0.5
    assert [limit.take("a"), limit.take("a")] == [0, 2]
    clock.now += 3600
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 2]


def test_each_key_for_itself() -> None:
    limit = RateLimit(Rate(1, 1.0), Clock(1000.0))
    assert [limit.take(key) for key in "abca"] == [0, 0, 0, 1]


def test_who_keeps_within_the_rate_never_waits() -> None:
    clock = Clock(1000.0)
    limit = RateLimit(Rate(2, 0.5), clock)
    for _ in range(10_000):
        assert limit.take("a") == 0
        clock.now += 0.5


def test_waiting_as_long_as_was_said_is_enough() -> None:
    clock = Clock(1000.0)
    limit = RateLimit(Rate(7, 0.3), clock)
    for _ in range(1000):
        wait = limit.take("a")
        clock.now += wait
        assert not wait or limit.take("a") == 0


def test_the_idle_are_forgotten() -> None:
    clock = Clock(1000.0)
    limit = RateLimit(Rate(1, 10.0), clock)
    for number in range(20_000):
        limit.take(str(number))
        clock.now += 0.1
    assert len(limit) < 2500


def test_no_token_is_given_twice_to_threads() -> None:
    limit = RateLimit(Rate(500, 60.0), Clock(1000.0))
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(limit.take, ["a"] * 2000))
    assert sum(wait == 0 for wait in waits) == 500
