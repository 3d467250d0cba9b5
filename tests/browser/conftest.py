"""The app as visitors meet it: a real server, real workers, a real Chromium."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from benchmarks.hosting.servers import Server
from model_store.store import Store, open_store
from scripts.browsers import launched


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start the app as the README says, with a store of its own."""
    with Server(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture(scope="session")
def store(server: Server) -> Iterator[Store]:
    """The store of the server."""
    database = f"sqlite:///{server.data / 'playground.db'}"
    with open_store(database, str(server.data / "artifacts")) as store:
        yield store


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser that CHROMIUM names."""
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture
def visitor(server: Server, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens the app as a new visitor, with cookies of their own."""
    contexts: list[BrowserContext] = []

    def open_app(path: str = "/", width: int = 1280, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=server.address,
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(path)
        page.wait_for_selector("h1")
        return page

    yield open_app
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """Return the Train page of a new visitor."""
    return visitor()
