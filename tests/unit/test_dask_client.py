"""Workers that are there and never answer, as was seen once."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.environment import Config
from tests.support.clock import Clock
from trainer import dask_client
from trainer.dask_client import (
    SECONDS_BETWEEN_QUESTIONS,
    SECONDS_TO_ANSWER,
    SECONDS_TO_WARM_UP,
    SECONDS_WITHOUT_WORKERS,
    DaskClient,
    SchedulerLost,
)
from trainer.worker_health import Report

CONFIG = Config("", "", Path(), None)


class Workers:
    """In place of Dask's client: one worker, which answers until it is silent.

    Args:
        clock: goes on while an answer is awaited.
    """

    status = "running"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.is_silent = self.is_lost = False

    def nthreads(self, callback_timeout: float) -> dict[str, int]:
        return {"tcp://127.0.0.1:1": 3}

    def submit(self, *_: object, **options: object) -> Any:
        return SimpleNamespace(status="finished", result=self.result)

    def result(self, timeout: float) -> Report:
        if self.is_lost:
            self.clock.now += timeout
            raise TimeoutError
        return Report("on the CPU")

    def as_completed(self, futures: list[Any], timeout: float) -> list[Any]:
        if self.is_silent:
            self.clock.now += timeout
            raise TimeoutError
        return futures


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Workers:
    workers = Workers(Clock())
    monkeypatch.setattr(dask_client, "time", workers.clock)
    monkeypatch.setattr(dask_client, "_connected", lambda scheduler: workers)
    monkeypatch.setattr(dask_client, "as_completed", workers.as_completed)
    return workers


def test_a_worker_that_never_answered_is_given_up(workers: Workers) -> None:
    client = DaskClient(CONFIG, lambda: None)
    workers.is_silent = True
    with pytest.raises(SchedulerLost, match=f"within {SECONDS_TO_WARM_UP} s"):
        client.device()


def ask_in_vain(client: DaskClient, workers: Workers, seconds: float) -> None:
    """Ask for as long as the supervisor would, while the worker says nothing."""
    workers.is_silent = True
    until = workers.clock.now + seconds
    while workers.clock.now < until:
        workers.clock.now += SECONDS_BETWEEN_QUESTIONS + 1
        assert client.device() == "on the CPU", "it may be busy"
    workers.is_silent = False


def test_a_worker_that_was_well_is_given_up_after_a_long_silence(workers: Workers) -> None:
    client = DaskClient(CONFIG, lambda: None)
    assert client.device() == "on the CPU"
    with pytest.raises(SchedulerLost, match=f"within {SECONDS_WITHOUT_WORKERS} s"):
        ask_in_vain(client, workers, 1.2 * SECONDS_WITHOUT_WORKERS)


def test_an_answer_ends_the_silence(workers: Workers) -> None:
    client = DaskClient(CONFIG, lambda: None)
    for _ in range(3):
        assert client.device() == "on the CPU"
        ask_in_vain(client, workers, 0.6 * SECONDS_WITHOUT_WORKERS)
        workers.clock.now += SECONDS_BETWEEN_QUESTIONS + 1


def test_an_answer_whose_worker_was_lost_before_it_came_is_not_waited_for(
    workers: Workers,
) -> None:
    client = DaskClient(CONFIG, lambda: None)
    workers.is_lost = True
    gone_after = workers.clock.now + SECONDS_TO_WARM_UP
    while workers.clock.now + SECONDS_BETWEEN_QUESTIONS < gone_after - SECONDS_TO_ANSWER:
        assert client.device() is None
        workers.clock.now += SECONDS_BETWEEN_QUESTIONS + 1
    workers.clock.now = gone_after
    with pytest.raises(SchedulerLost, match=f"within {SECONDS_TO_WARM_UP} s"):
        client.device()
