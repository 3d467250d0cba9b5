"""Train through either web replica while parts of the cluster die."""

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from model_store.store import open_store
from scripts.cluster import Cluster, reachable
from tests.browser.steps import (
    POINTS,
    press_train,
    test_accuracy,
    wait_for_points,
    wait_for_state,
    wait_until,
)
from tests.cluster.processes import kill_all, process_of
from tests.faults.disturbed_runs import Drill
from tests.faults.drill import cluster_kills

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def drill(cluster: Cluster) -> Iterator[Drill]:
    """What compares disturbed runs with an undisturbed one."""
    with open_store(cluster.database_url, cluster.artifacts_url) as store:
        yield Drill(store, seed=1)


@pytest.fixture
def visit(chromium: Browser) -> Callable[[str], Page]:
    """Return a function that opens a page as a new visitor."""

    def open_page(address: str) -> Page:
        page = chromium.new_context(bypass_csp=True).new_page()
        page.set_default_timeout(120_000)
        page.goto(address)
        page.wait_for_selector("h1")
        return page

    return open_page


def test_either_replica_trains(cluster: Cluster, visit: Callable[[str], Page]) -> None:
    for web in cluster.web_addresses:
        page = visit(f"{web}/?epochs=2")
        press_train(page)
        wait_for_state(page, "finished")
        assert test_accuracy(page) > 0.9


def test_a_page_goes_on_through_the_other_replica(
    cluster: Cluster, visit: Callable[[str], Page]
) -> None:
    page = visit(f"{cluster.address}/?batch=16&epochs=50")
    press_train(page)
    wait_for_points(page, 100)
    address = page.url
    # One of them is the page's own.
    for name, web in zip(("web-1", "web-2"), cluster.web_addresses, strict=True):
        kill_all(process_of(cluster, name))
        before = page.evaluate(f"({POINTS.format('loss')}).length")
        wait_until(page, f"({POINTS.format('loss')}).length > {before + 200}")
        while not reachable(f"{web}/_stcore/health"):
            time.sleep(0.1)
    assert page.url == address
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")


@pytest.mark.parametrize("killed", ["cluster-worker", "replica", "scheduler", "postgres"])
def test_a_run_survives(cluster: Cluster, drill: Drill, killed: str) -> None:
    assert drill.disturb(cluster_kills(cluster)[killed])
    assert drill.unchanged() == drill.finished


def test_the_database_is_postgresql(cluster: Cluster) -> None:
    with psycopg.connect(cluster.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute("select count(*) from runs where state = 'finished'").fetchone()
    assert row
    assert row[0] >= 1
