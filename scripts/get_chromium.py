"""Print the path of a Chromium that runs, after installing one if there is none.

The browser tests start the browser that the environment variable CHROMIUM names.
"""

import os
import shutil
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from scripts.debian import install, succeeds

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DOWNLOAD_SECONDS = 180


def runs(path: str) -> bool:
    """Return whether a browser starts: it may lack libraries, or only stand in for a snap."""
    return succeeds([path, "--version"], seconds=30, quiet=True)


def installed() -> str | None:
    """Return a Chromium or Chrome that this machine has."""
    paths = filter(None, map(shutil.which, NAMES))
    return next(filter(runs, paths), None)


def of_playwright() -> str | None:
    """Return the browser that Playwright keeps for itself, if it has been downloaded."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if runs(path) else None


def downloaded() -> str | None:
    """Return the browser that Playwright downloads."""
    timeout = os.environ.get("PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT") or "10000"
    os.environ["PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT"] = timeout
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return of_playwright() if succeeds(command, DOWNLOAD_SECONDS, quiet=True) else None


def from_debian() -> str | None:
    """Return the browser of Debian's package."""
    install("chromium")
    return installed()


def found() -> Iterator[str | None]:
    """Yield what each way leads to, the quickest first."""
    yield installed()
    yield of_playwright()
    print("No Chromium here: Playwright downloads one", file=sys.stderr)
    yield downloaded()
    print("That did not work: installing Debian's package", file=sys.stderr)
    yield from_debian()


def main() -> None:
    """Print the path, or end with a sentence on what to do."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and not runs(chosen):
        sys.exit(f"CHROMIUM should name a browser that starts, but {chosen!r} does not.")
    path = chosen or next(filter(None, found()), None)
    if path is None:
        sys.exit(
            "The browser tests need Chromium or Chrome. None was found that starts, Playwright "
            "could not download one, and apt-get could not install one. Install one by hand, then "
            "run: CHROMIUM=/path/to/chromium make test"
        )
    print(path)


if __name__ == "__main__":
    main()
