"""The Chromium that the benchmarks use: the one that CHROMIUM names, or else the machine's own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium() -> str | None:
    """Where it lies; None lets Playwright look for its own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """A browser, closed at the end."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()
