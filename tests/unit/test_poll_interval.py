"""Live pages share the time out among themselves."""

import pytest

from tests.support.clock import Clock
from ui.shared.poll_interval import (
    FASTEST_SECONDS,
    FIRST_GUESS_SECONDS,
    FORGOTTEN_AFTER,
    SHARE,
    SLOWEST_SECONDS,
    PollScheduler,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> PollScheduler:
    return PollScheduler(clock, clock)


def watch(pace: PollScheduler, pages: int) -> float:
    """Let pages ask once; returns what the last of them was told."""
    return [pace.seconds_between_ticks(f"page {number}") for number in range(pages)][-1]


def test_a_lone_viewer_goes_at_the_fastest_pace(pace: PollScheduler) -> None:
    assert watch(pace, 1) == FASTEST_SECONDS


def test_many_viewers_share_the_time(pace: PollScheduler) -> None:
    assert watch(pace, 60) == pytest.approx(60 * FIRST_GUESS_SECONDS / SHARE)
    assert watch(pace, 1) > 1  # a page that is known is no new one
    assert watch(pace, 10_000) == SLOWEST_SECONDS


def test_slow_ticks_come_less_often(pace: PollScheduler, clock: Clock) -> None:
    before = watch(pace, 10)
    for _ in range(200):
        with pace.tick():
            clock.now += 0.007
    assert watch(pace, 10) == pytest.approx(10 * 0.007 / SHARE, rel=0.01)
    assert watch(pace, 10) > before


def test_who_has_left_is_forgotten(pace: PollScheduler, clock: Clock) -> None:
    watch(pace, 60)
    clock.now += FORGOTTEN_AFTER * SLOWEST_SECONDS + 1
    assert watch(pace, 1) == FASTEST_SECONDS
