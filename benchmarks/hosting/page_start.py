"""From `make run` on an installed project to a page one can use, beside an empty Streamlit app.

    python -m benchmarks.hosting.page_start --json FILE

A browser that is already open asks for the page until the server answers; the clock stops when the
Train button can be pressed. The app and the empty one take turns. CHROMIUM names the browser.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import add_arguments, check_machine, keep
from benchmarks.hosting.servers import EMPTY_APP, STREAMLIT, start_process
from scripts.browsers import launched
from scripts.ports import answers, free_port

ROUNDS = 7
PAGE_SECONDS = 60.0
# Looks with every frame: `wait_for_selector` looks only twice a second after a while.
WAIT_FOR_BUTTON = """milliseconds => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the Train button did not come")), milliseconds);
    const check = () => {
        const button = document.querySelector(".st-key-train button:enabled");
        return button?.checkVisibility() ? resolve() : requestAnimationFrame(check);
    };
    check();
})"""
MOST_TIMES_EMPTY = 1.3
# As installed: whatever was last changed, nothing is installed during the measurement.
MAKE_RUN = ("make", "--silent", "--assume-old=.venv/.installed-requirements.txt", "GPU=", "run")


def commands(port: int) -> dict[str, list[str]]:
    """What starts each app on a port."""
    return {
        "app": [*MAKE_RUN, f"PORT={port}"],
        "empty": [*STREAMLIT, EMPTY_APP, "--server.port", str(port)],
    }


def seconds_to_page(browser: Browser, command: Sequence[str], port: int) -> float:
    """Start an app and end it again; returns the seconds until its button could be pressed."""
    with tempfile.TemporaryDirectory() as data:
        page = browser.new_page()
        started = time.perf_counter()
        server = start_process(command, Path(data))
        try:
            wait_for_port(port, server)
            page.goto(f"http://localhost:{port}")
            page.evaluate(WAIT_FOR_BUTTON, PAGE_SECONDS * 1e3)
            return time.perf_counter() - started
        finally:
            page.close()
            # All that was started, workers too, at once: what they keep is thrown away anyway.
            for process in (*server.children(recursive=True), server):
                process.kill()
            server.wait()


def wait_for_port(port: int, server: psutil.Popen) -> None:
    """Wait until somebody listens, asking often: a browser's own error page would cost time."""
    until = time.monotonic() + PAGE_SECONDS
    while server.poll() is None and time.monotonic() < until:
        if answers(port):
            return
        time.sleep(0.01)
    raise RuntimeError(f"nobody listens on port {port}: is the project installed?")


def summary(rounds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Medians and their ratio."""
    middle = {name: median(seconds) for name, seconds in rounds.items()}
    return {
        "app_seconds": middle["app"],
        "empty_seconds": middle["empty"],
        "ratio": middle["app"] / middle["empty"],
        "rounds": {
            name: [round(value, 3) for value in seconds] for name, seconds in rounds.items()
        },
    }


def figures(found: Mapping[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/page_start.md`."""
    return [
        ["from the command to a page one can use, a new store", "seconds, median"],
        ["`make run`", f"{found['app_seconds']:.2f}"],
        ["an empty Streamlit app", f"{found['empty_seconds']:.2f}"],
        ["ratio", f"{found['ratio']:.2f}"],
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when the app needs more than 1.3 times what the empty one needs.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosting.page_start", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"starts of each ({ROUNDS})")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    check_machine(parser, options)
    rounds: dict[str, list[float]] = {"app": [], "empty": []}
    with sync_playwright() as playwright, launched(playwright) as browser:
        for _ in range(options.rounds):
            for name in rounds:
                port = free_port()
                rounds[name].append(seconds_to_page(browser, commands(port)[name], port))
                print(f"{name:6} {rounds[name][-1]:.2f} s", file=sys.stderr, flush=True)
    found = summary(rounds)
    print(json.dumps(found, indent=2))
    keep(options, found, "page_start", figures(found))
    return 0 if found["ratio"] <= MOST_TIMES_EMPTY else 1


if __name__ == "__main__":
    sys.exit(main())
