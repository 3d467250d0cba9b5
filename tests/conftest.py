"""What all tests share: the real MNIST, read once, and a real PostgreSQL where it is installed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from digits.dataset import Mnist, load_mnist
from model_store.store import close_shared_stores
from scripts import postgres as installed_postgres
from tests.cluster.postgres import Postgres

MNIST_FOLDER = Path(__file__).parents[1] / "data" / "mnist"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests, and let each be tried twice.

    Tests with a browser come last: while it is open, Playwright has an event loop here. Browsers,
    servers, workers and threads share the machine with whatever else it does; the summary says
    which test was tried again, so that none fails every other time unseen.
    """
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def _the_program_stays_what_it_is() -> Iterator[None]:
    """Streamlit's AppTest leaves its script as `__main__`, which new processes would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session", autouse=True)
def _connections_are_closed() -> Iterator[None]:
    """Fail in the end if a test, or what it tests, has left connections to a database open.

    Python 3.13 warns of them too, but in whichever test it happens to notice.
    """
    opened: dict[int, tuple[Any, str]] = {}

    def note(connection: Any, _record: Any) -> None:
        opened[id(connection)] = connection, os.environ.get("PYTEST_CURRENT_TEST", "")

    def forget(connection: Any, *_: Any) -> None:
        opened.pop(id(connection), None)

    event.listen(Pool, "connect", note)
    event.listen(Pool, "close", forget)
    event.listen(Pool, "close_detached", forget)
    yield
    # A thread whose answer nobody waits for any more closes its connection when it comes to it.
    for _ in range(100):
        if not opened:
            break
        sleep(0.1)
    left = sorted({test for _, test in opened.values()})
    for connection, _ in opened.values():
        connection.close()
    assert not left, "connections to a database were left open by\n" + "\n".join(left)


@pytest.fixture(autouse=True)
def _shared_stores_are_closed() -> Iterator[None]:
    """Let go of the stores that a worker would keep open as long as it lives."""
    yield
    close_shared_stores()


@pytest.fixture
def printed_by(tmp_path: Path) -> Callable[[str], str]:
    """Run a program in a process of its own; returns what it prints, and why if it failed."""

    def run(program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=MNIST_FOLDER.parents[1],
            env={**os.environ, "DATA_FOLDER": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip() + done.stderr * bool(done.returncode)

    return run


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """Return all 70,000 images."""
    return load_mnist(MNIST_FOLDER)


@pytest.fixture(scope="session")
def small_mnist(mnist: Mnist) -> Mnist:
    """Return 4,000 images to train on and 1,000 to test with."""
    return Mnist(
        mnist.train_images[:4000],
        mnist.train_labels[:4000],
        mnist.test_images[:1000],
        mnist.test_labels[:1000],
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL server for all tests that mark themselves `cluster`."""
    if installed_postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt install postgresql")
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """Make an empty PostgreSQL database for one test."""
    return postgres.new_database()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.cluster)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, of each kind that a store may be kept in."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'test.db'}"
