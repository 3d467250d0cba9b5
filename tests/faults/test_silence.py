"""PostgreSQL that says nothing any more: nobody waits for long, and all goes on when it answers."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import ConnectionTimeout
from sqlalchemy import make_url, text

from model_store import postgres
from model_store.database import StoreUnavailable
from model_store.postgres import CircuitBreaker, TimeLimitedConnection
from model_store.records import Run
from model_store.store import Store, open_store
from tests.cluster.postgres import Postgres
from tests.faults.disturbed_runs import Drill
from tests.faults.drill import store_in_trouble
from tests.faults.proxy import Proxy

MOST_SECONDS = 5.0
MOST_SECONDS_TO_ANSWER_AGAIN = 60.0
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


@pytest.fixture(autouse=True)
def _waits_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count what each thread has waited in vain, by the limits: a busy machine adds nothing."""

    def wait(
        connection: TimeLimitedConnection, gen: Any, interval: float = 0.1, timeout=None
    ) -> Any:
        try:
            return time_limited(connection, gen, interval, timeout)
        except ConnectionTimeout:
            limit = connection.seconds_to_answer if timeout is None else timeout
            waited.seconds = getattr(waited, "seconds", 0.0) + limit
            raise

    time_limited = TimeLimitedConnection.wait
    monkeypatch.setattr(TimeLimitedConnection, "wait", wait)


waited = threading.local()


def seconds_waited(ask: Callable[[], object]) -> float:
    """Ask, and return the seconds that were spent on a server that did not answer."""
    waited.seconds = 0.0
    ask()
    return float(waited.seconds)


def refusal(ask: Callable[[], object]) -> float:
    """Ask a store that does not answer; returns the seconds waited until it was said."""

    def is_refused() -> None:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            ask()

    return seconds_waited(is_refused)


def answers_again(ask: Callable[[], object]) -> bool:
    until = time.monotonic() + MOST_SECONDS_TO_ANSWER_AGAIN
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
        assert 0 < max(first) < MOST_SECONDS
        assert max(later) == 0
        assert answers_again(lambda: distant.runs.get(run.id))
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
                assert refusal(lambda: distant.runs.get(run.id)) == 0
        assert answers_again(lambda: distant.runs.get(run.id))
        assert distant.runs.get(run.id) == run, "what was not completed is undone"

    def test_the_first_connection_of_all(self, distant: Store, silent: Silent) -> None:
        distant.runs._engine.dispose()
        with silent():
            assert refusal(lambda: distant.runs.get("")) < MOST_SECONDS
        assert answers_again(lambda: distant.runs.get(""))


@pytest.mark.cluster
def test_a_kept_connection_that_died_costs_nobody_the_answer(distant: Store, proxy: Proxy) -> None:
    run = a_run(distant)
    proxy.forget_connections()
    assert 0 < seconds_waited(lambda: distant.runs.get(run.id)) < MOST_SECONDS
    assert distant.runs.get(run.id) == run


@pytest.mark.cluster
def test_a_lock_is_not_silence(distant: Store, postgres_url: str) -> None:
    run = a_run(distant)
    direct = postgres_url.replace("+psycopg", "")
    with psycopg.connect(direct) as other:
        other.execute("select * from runs for update")
        with pytest.raises(StoreUnavailable, match="is busy"):
            distant.runs.change(run.id, name="another")
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


@pytest.mark.cluster
@pytest.mark.timeout(400)
def test_visitors_are_told_and_a_run_goes_on(postgres: Postgres) -> None:
    """The whole app; `python -m tests.faults.drill --kill silence` does it many times."""
    folder = Path(tempfile.mkdtemp(prefix="silence-"))
    with store_in_trouble("silence", folder) as (store, trouble):
        assert Drill(store, seed=1).disturb(trouble)
    shutil.rmtree(folder)


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


def test_nobody_passes_until_the_server_answers_again(monkeypatch) -> None:
    monkeypatch.setattr(postgres, "SECONDS_BETWEEN_TRIALS", 0.01)
    answers = threading.Event()
    asked: list[int] = []

    def ask() -> None:
        asked.append(len(asked))
        if not answers.is_set():
            raise TimeoutError

    breaker = CircuitBreaker(ask)
    breaker.pass_through()
    before = time.monotonic()
    breaker.trip()
    breaker.trip()
    assert breaker.has_opened_since(before)
    assert not breaker.has_opened_since(time.monotonic())
    while len(asked) < 3:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            breaker.pass_through()
    answers.set()
    assert answers_again(breaker.pass_through)
    assert not breaker.has_opened_since(before)
    so_far = len(asked)
    time.sleep(0.1)
    assert len(asked) == so_far, "it is asked no more"


def test_a_store_that_is_closed_asks_no_more(monkeypatch) -> None:
    monkeypatch.setattr(postgres, "SECONDS_BETWEEN_TRIALS", 0.01)
    breaker = CircuitBreaker(lambda: 1 / 0)
    breaker.trip()
    asking = [thread for thread in threading.enumerate() if thread.name == "breaker"]
    breaker.close()
    for thread in asking:
        thread.join(60)
    assert not any(thread.is_alive() for thread in asking)
