"""From the click on Train to the first live point and to the final accuracy, in a real browser.

    python -m benchmarks.hosting.clicks --json FILE

The notebook's five epochs, with a warm worker: of a shape that was trained before, and of shapes
never seen. In the same run, in turn with them: the notebook's own five epochs, and what a bare
Streamlit button needs to change a word. The times are taken by the page's own clock.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import add_arguments, check_machine, keep, say
from benchmarks.hosting.servers import APP, EMPTY_APP, serving
from benchmarks.speed.contender import Contender
from benchmarks.speed.training import SETTINGS
from scripts.browsers import launched

CLICKS = 20
CLICKS_BETWEEN_NOTEBOOKS = 5
EPOCHS = 5
TIMEOUT_MS = 120_000
SETTLING_MS = 700
KNOWN, NEW = "epochs=5&validation=0", "epochs=5&validation=0&layers={}-{}"
MOST_OF_NOTEBOOK = {"known": 0.3, "new": 0.45}

# Notes when what a click asks for is there: the first time that each condition holds.
STOPWATCH = """conditions => {
  const seen = window.seen = {}
  document.querySelector(".st-key-train button").addEventListener("click", () => {
    const start = performance.now()
    const tests = Object.entries(conditions).map(([name, text]) => [name, new Function(text)])
    const check = () => {
      for (const [name, test] of tests)
        if (!(name in seen) && test()) seen[name] = (performance.now() - start) / 1000
      if (Object.keys(seen).length < tests.length) requestAnimationFrame(check)
    }
    check()
  }, { once: true, capture: true })
}"""
OF_A_RUN = {
    "first_point": """
        const figure = document.querySelector(".st-key-loss_figure .js-plotly-plot")
        return (figure?.data?.[0]?.x?.length ?? 0) > 1""",
    "accuracy": """
        const shown = document.querySelector(".st-key-test_accuracy")
        return /[0-9]%/.test(shown?.innerText ?? "")""",
}
OF_A_WORD = {"word": 'return !document.body.innerText.includes("Pressed {} times")'}

Seconds = dict[str, list[float]]


def click(page: Page, conditions: Mapping[str, str]) -> dict[str, float]:
    """Press Train; returns seconds until each condition held."""
    page.bring_to_front()  # a page behind another gets one turn of its clocks a second
    page.wait_for_selector(".st-key-train button:enabled")
    page.wait_for_timeout(SETTLING_MS)
    page.evaluate(STOPWATCH, dict(conditions))
    page.click(".st-key-train button")
    page.wait_for_function(f"Object.keys(window.seen).length === {len(conditions)}")
    seen: dict[str, float] = page.evaluate("window.seen")
    return seen


def new_layers(number: int) -> tuple[int, int]:
    """A shape that costs what 128-64 costs, and that no other number gives."""
    return 128 - number % 10 - 1, 64 + number // 10 + 1


def measure(app: str, bare: str, clicks: int) -> tuple[dict[str, Seconds], list[float]]:
    """Click in turn on all of them.

    Args:
        app: address of the app.
        bare: address of the bare button.
        clicks: how often on each.

    Returns:
        Seconds by kind of click and condition, and those of the notebook's five epochs.
    """
    found: dict[str, Seconds] = {
        "known": {"first_point": [], "accuracy": []},
        "new": {"first_point": [], "accuracy": []},
        "button": {"word": []},
    }
    notebook = Contender("notebook", SETTINGS, {})
    notebook.wait_until_warm()
    with sync_playwright() as playwright, launched(playwright) as browser:
        # The app forbids pages to evaluate text, which is how a condition comes into the page.
        context = browser.new_context(bypass_csp=True)
        page, button = context.new_page(), context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        button.goto(bare)
        page.goto(f"{app}/?{KNOWN}")
        click(page, OF_A_RUN)  # which waits until the worker is warm, and makes the shape known
        for number in range(clicks):
            if number % CLICKS_BETWEEN_NOTEBOOKS == 0:
                say("the notebook")
                notebook.train(EPOCHS)
            say(f"click {number + 1} of {clicks}")
            for kind, query in (("known", KNOWN), ("new", NEW.format(*new_layers(number)))):
                page.goto(f"{app}/?{query}")
                add(found[kind], click(page, OF_A_RUN))
            word = {name: text.format(number) for name, text in OF_A_WORD.items()}
            add(found["button"], click(button, word))
    notebook.close()
    if notebook.problem:
        raise RuntimeError(f"the notebook's way: {notebook.problem}")
    return found, [lap.seconds for lap in notebook.laps]


def add(found: Seconds, seen: Mapping[str, float]) -> None:
    """Append what one click gave."""
    for name, seconds in seen.items():
        found[name].append(seconds)


def summary(found: Mapping[str, Seconds], notebook: Sequence[float]) -> dict[str, Any]:
    """Distributions in seconds, and the ratios to the notebook's five epochs."""
    return {
        "notebook_seconds": {"median": median(notebook), "rounds": list(notebook)},
        **{
            kind: {name: distribution(seconds) for name, seconds in conditions.items()}
            for kind, conditions in found.items()
        },
        "ratios": {
            kind: median(found[kind]["accuracy"]) / median(notebook) for kind in MOST_OF_NOTEBOOK
        },
    }


def distribution(seconds: Sequence[float]) -> dict[str, float]:
    """The least, the median, the 95th percentile and the most."""
    least, middle, high, most = np.percentile(seconds, [0, 50, 95, 100])
    return {
        "min": round(float(least), 3),
        "median": round(float(middle), 3),
        "p95": round(float(high), 3),
        "max": round(float(most), 3),
    }


def figures(results: Mapping[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/clicks.md`."""
    rows = [["from the click on Train, five epochs, a warm worker", "seconds, median", "p95"]]
    for kind, said in (("known", "trained before"), ("new", "never seen")):
        for condition, what in (("first_point", "first live point"), ("accuracy", "test accuracy")):
            found = results[kind][condition]
            row = [f"{what}, a shape {said}", f"{found['median']:.2f}", f"{found['p95']:.2f}"]
            rows.append(row)
        share = f"{results['ratios'][kind]:.2f} of the notebook's"
        rows.append([f"test accuracy, a shape {said}", share, ""])
    word = results["button"]["word"]
    rows.append(["a bare button changes a word", f"{word['median']:.3f}", f"{word['p95']:.3f}"])
    rows.append(["the notebook's five epochs", f"{results['notebook_seconds']['median']:.2f}", ""])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when the accuracy comes too late.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosting.clicks", description=__doc__
    )
    parser.add_argument("--clicks", type=int, default=CLICKS, help=f"of each kind ({CLICKS})")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    check_machine(parser, options)
    with serving(APP) as app, serving(EMPTY_APP) as bare:
        results = summary(*measure(app.address, bare.address, options.clicks))
    print(json.dumps(results, indent=2))
    keep(options, results, "clicks", figures(results))
    allow = [results["ratios"][kind] <= most for kind, most in MOST_OF_NOTEBOOK.items()]
    return 0 if all(allow) else 1


if __name__ == "__main__":
    sys.exit(main())
