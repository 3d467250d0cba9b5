"""PostgreSQL that says nothing any more: nobody waits for long, and all goes on when it answers."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text

from model_store.database import StoreUnavailable
from model_store.postgres import SECONDS_BETWEEN_TRIALS, CircuitBreaker
from model_store.records import Run
from model_store.store import Store, open_store
from tests.cluster.postgres import Postgres
from tests.faults.proxy import Proxy

MOST_SECONDS = 5.0
VISITORS = 60

Silent = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[Proxy]:
    proxy = Proxy(postgres.port)
    yield proxy
    proxy.close()


@pytest.fixture
def distant(proxy: Proxy, postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    """Open a store behind the proxy."""
    url = make_url(postgres_url).set(port=proxy.port).render_as_string(hide_password=False)
    with open_store(url, str(tmp_path)) as store:
        yield store


@pytest.fixture(params=["stopped", "swallowed"])
def silent(request: pytest.FixtureRequest, postgres: Postgres, proxy: Proxy) -> Silent:
    """Have the server say nothing for a while."""
    return postgres.silent if request.param == "stopped" else proxy.silent


def a_run(store: Store) -> Run:
    return store.runs.create("ann", {"epochs": 5}, "784-10")


def refusal(ask: Callable[[], object]) -> float:
    """Ask a store that does not answer; returns the seconds until it was said."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="does not answer"):
        ask()
    return time.monotonic() - began


def answered_within(ask: Callable[[], object], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            ask()
        except StoreUnavailable:
            time.sleep(0.05)
        else:
            return True
    return False


@pytest.mark.cluster
class TestSilentServer:
    def test_everybody_is_told_in_time_and_the_later_ones_at_once(
        self, distant: Store, silent: Silent
    ) -> None:
        run = a_run(distant)

        def ask(number: int) -> float:
            change = {"name": f"by {number}"}
            return refusal(lambda: distant.runs.change(run.id, **change))

        with silent(), ThreadPoolExecutor(VISITORS) as visitors:
            first = list(visitors.map(ask, range(VISITORS)))
            later = list(visitors.map(ask, range(VISITORS)))
        assert max(first) < MOST_SECONDS
        assert sum(seconds > 0.5 for seconds in later) <= 1, "one tries whether it answers again"
        assert answered_within(lambda: distant.runs.get(run.id), 5)
        found = distant.runs.get(run.id)
        assert found
        assert found.name in (run.name, *(f"by {number}" for number in range(VISITORS)))

    def test_silence_in_the_middle_of_a_transaction(self, distant: Store, silent: Silent) -> None:
        run = a_run(distant)
        engine: Any = distant.runs._engine
        with engine.connect() as connection:
            connection.execute(text("update runs set name = 'half done'"))
            with silent():
                assert refusal(lambda: connection.execute(text("select 1"))) < MOST_SECONDS
                assert refusal(lambda: distant.runs.get(run.id)) < 0.5
        assert answered_within(lambda: distant.runs.get(run.id), 5)
        assert distant.runs.get(run.id) == run, "what was not completed is undone"

    def test_the_first_connection_of_all(self, distant: Store, silent: Silent) -> None:
        distant.runs._engine.dispose()
        with silent():
            assert refusal(lambda: distant.runs.get("")) < MOST_SECONDS
        assert answered_within(lambda: distant.runs.get(""), 5)


@pytest.mark.cluster
def test_a_kept_connection_that_died_costs_nobody_the_answer(distant: Store, proxy: Proxy) -> None:
    run = a_run(distant)
    proxy.forget_connections()
    began = time.monotonic()
    assert distant.runs.get(run.id) == run
    assert time.monotonic() - began < MOST_SECONDS


@pytest.mark.cluster
def test_a_lock_is_not_silence(distant: Store, postgres_url: str) -> None:
    run = a_run(distant)
    direct = postgres_url.replace("+psycopg", "")
    with psycopg.connect(direct) as other:
        other.execute("select * from runs for update")
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="is busy"):
            distant.runs.change(run.id, name="another")
        assert time.monotonic() - began < MOST_SECONDS
        assert distant.runs.get(run.id) == run, "nobody is kept from reading"


@pytest.mark.cluster
def test_a_migration_may_take_its_time(postgres_url: str, tmp_path: Path) -> None:
    """Another process has the lock of migrations for longer than any visitor would wait."""
    from model_store.migrations import _LOCK

    other = psycopg.connect(postgres_url.replace("+psycopg", ""))
    other.execute(f"select pg_advisory_xact_lock({_LOCK})".encode())
    done = threading.Timer(MOST_SECONDS + 1, other.close)
    done.start()
    with open_store(postgres_url, str(tmp_path)) as store:
        done.join()
        assert a_run(store)


def test_all_connections_in_use_is_said_in_words(tmp_path: Path, monkeypatch) -> None:
    with open_store(f"sqlite:///{tmp_path / 'test.db'}", str(tmp_path)) as store:
        pool: Any = store.runs._engine.pool
        monkeypatch.setattr(pool, "_timeout", 0.1)
        taken = [pool.connect() for _ in range(15)]
        with pytest.raises(StoreUnavailable, match="too many others"):
            store.runs.get("")
        for connection in taken:
            connection.close()
        assert store.runs.get("") is None


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_at_a_time_tries_a_server_that_was_silent() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock)
    breaker.pass_through()
    breaker.trip()
    with pytest.raises(StoreUnavailable, match="does not answer"):
        breaker.pass_through()
    clock.now = SECONDS_BETWEEN_TRIALS
    breaker.pass_through()
    with pytest.raises(StoreUnavailable):
        breaker.pass_through()
    clock.now = 60.0
    breaker.pass_through()  # whoever tried it last was never heard of again
    breaker.reset()
    breaker.pass_through()
    breaker.pass_through()
