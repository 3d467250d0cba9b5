"""The app as visitors meet it: a real server, real workers, a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


class Server(NamedTuple):
    """A running app."""

    address: str
    process: "subprocess.Popen[bytes]"
    data: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start the app as the README says, with a store of its own."""
    data = tmp_path_factory.mktemp("data")
    shutil.copytree(ROOT / "data" / "mnist", data / "mnist")
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "DATA_FOLDER": str(data)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://localhost:{port}"
    try:
        _wait_for(f"{address}/ready?exclude=engine", process, data / "server.log")
        yield Server(address, process, data)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser that CHROMIUM names."""
    expect.set_options(timeout=60_000)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return int(listener.getsockname()[1])


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
    raise TimeoutError(f"the app did not start: {log.read_text()}")
