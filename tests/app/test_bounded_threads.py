"""Threads whose questions were given up do not pile up."""

import asyncio
import threading
import time
from collections.abc import Iterator
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from model_store.runs import Runs
from server import probes
from server.bounded_threads import BoundedThreads
from server.resources import Resources
from ui.routes import routes
from ui.shared import live

MOST = 3


class Silence:
    """A store that does not answer, and who waits for it."""

    def __init__(self) -> None:
        self.ended = Event()
        self.waiting = 0
        self.most_waiting = 0
        self._lock = threading.Lock()

    def ask(self, *_: object) -> None:
        with self._lock:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
        self.ended.wait(30)
        with self._lock:
            self.waiting -= 1


@pytest.fixture
def silence() -> Iterator[Silence]:
    silence = Silence()
    yield silence
    silence.ended.set()


def test_an_answer_comes_back() -> None:
    async def ask() -> int:
        return await BoundedThreads(MOST).answer(lambda: 7, 60)

    assert asyncio.run(ask()) == 7


def test_an_error_comes_back() -> None:
    def fail() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        asyncio.run(BoundedThreads(MOST).answer(fail, 60))


def test_a_place_is_free_again_only_when_its_thread_has_ended(silence: Silence) -> None:
    async def give_up_often() -> str:
        threads = BoundedThreads(MOST)
        for _ in range(3 * MOST):
            with pytest.raises(TimeoutError):
                await threads.answer(silence.ask, 0.05)
        assert silence.waiting == MOST
        silence.ended.set()
        return await threads.answer(lambda: "free again", 60)

    assert asyncio.run(give_up_often()) == "free again"
    assert silence.most_waiting == MOST


def test_an_answer_that_nobody_waits_for_is_no_warning(recwarn, silence: Silence, caplog) -> None:
    def fail_late() -> None:
        silence.ask()
        raise KeyError("too late")

    async def give_up() -> None:
        threads = BoundedThreads(MOST)
        with pytest.raises(TimeoutError):
            await threads.answer(fail_late, 0.05)
        silence.ended.set()
        await threads.answer(lambda: time.sleep(0.1), 60)

    asyncio.run(give_up())
    assert "never retrieved" not in caplog.text


@pytest.fixture
def browser(made: Resources) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes)) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "asked", "most", "later"),
    [
        ("/live/x", live, 2, "This run has been deleted."),
        ("/ready?exclude=engine", probes, 4, "The store lacks the ready-made network."),
    ],
)
def test_given_up_requests_do_not_pile_up_threads(
    browser: TestClient, silence: Silence, monkeypatch, address: str, asked, most: int, later: str
) -> None:
    monkeypatch.setattr(asked, "SECONDS_FOR_THE_STORE", 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(Runs, "get", silence.ask)
        answers = [browser.get(address).status_code for _ in range(3 * most)]
        assert set(answers) == {503}
        assert silence.most_waiting == most
        silence.ended.set()
    monkeypatch.setattr(asked, "SECONDS_FOR_THE_STORE", 60.0)
    assert later in browser.get(address).text
