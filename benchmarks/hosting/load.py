"""Many visitors at once: how long strokes and charts take while others draw, watch and train.

    python -m benchmarks.hosting.load                               more and more visitors
    python -m benchmarks.hosting.load --visitors 100 --json FILE    one mix, all that is measured
    python -m benchmarks.hosting.load --visitors 60 --minutes 45    for long: what the memory does

Half of the visitors draw a stroke every 3 s, three tenths watch a training run, the others have the
page open. They speak Streamlit's protocol to a real server with a store of its own. The same
visitors then do the same on a bare app, in turn with the app itself, while the trainings go on.
Then some of those who draw do it in real browsers.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks.figures import add_arguments, check_machine, keep, say
from benchmarks.hosting.crowd import Crowd, Mix, Times
from benchmarks.hosting.endurance import endurance_figures, measure_endurance, promises
from benchmarks.hosting.real_visitors import draw_in_browsers
from benchmarks.hosting.servers import (
    APP,
    BARE_APP,
    Server,
    memory_mb,
    own_memory_kb,
    processor_seconds,
    serving,
)
from benchmarks.hosting.trainings import Trainings

ROUNDS = 2
# Once the first page is out, the server loads what other pages need.
LOADING_SECONDS = 8.0
MORE_IDLE = 100
REAL_BROWSERS = 2
CROWDS = (10, 20, 40, 60, 80, 100, 130, 160, 200, 250, 300, 400, 500)
TOO_SLOW_MS = 500.0
ADMITTED_MEMORY_MB = 2500.0
MINUTES = (31, 120)


async def visit(server: Server, mix: Mix, runs: Sequence[str], seconds: float) -> Times:
    """Let a crowd use a server for some seconds, and leave."""
    async with Crowd(server.address, mix, runs) as crowd:
        return await crowd.act(seconds)


async def measure_mix(app: Server, bare: Server, mix: Mix, seconds: float) -> dict[str, Any]:
    """Measure one mix of visitors in all the ways that the report needs.

    Args:
        app: the app.
        bare: the bare app.
        mix: who does what.
        seconds: of each part of the measurement.
    """
    # First of all: later visitors would use the memory of those who have left.
    say(f"{MORE_IDLE} more idle visitors")
    idle_kb = await idle_visitor_kb(app)
    trainings = Trainings(app, mix.trainings)
    say("waiting for the trainings")
    await trainings.start()
    say("trainings alone")
    alone = await trainings.steps_per_second(seconds)
    beside = await _visits_beside_trainings(app, bare, mix, trainings, seconds)
    say(f"{REAL_BROWSERS} of them with real browsers")
    others = mix._replace(drawing=max(0, mix.drawing - REAL_BROWSERS))
    async with Crowd(app.address, others, trainings.runs) as crowd:
        with_browsers, in_browsers = await asyncio.gather(
            crowd.act(seconds), draw_in_browsers(app.address, REAL_BROWSERS, seconds)
        )
    await trainings.stop()
    say("visitors without trainings")
    quiet = await visit(app, mix, trainings.runs, seconds)
    bare_quiet = await visit(bare, mix, (), seconds)
    all_of_app = beside.on_app + with_browsers + in_browsers + quiet
    return {
        "visitors": mix.visitors,
        "draw_ms": beside.on_app.of_strokes(),
        "tick_ms": beside.on_app.of_ticks(),
        "bare_app_draw_ms": beside.on_bare_app.of_strokes(),
        "browser_draw_ms": in_browsers.of_strokes(),
        "errors": len(all_of_app.errors),
        "disconnects": all_of_app.disconnects,
        "memory_mb": beside.memory,
        "idle_visitor_kb": idle_kb,
        "training_share_kept": sum(beside.steps) / len(beside.steps) / alone,
        "draw_ms_without_trainings": quiet.of_strokes(),
        "bare_app_draw_ms_without_trainings": bare_quiet.of_strokes(),
        "first_errors": (all_of_app.errors + beside.on_bare_app.errors)[:5],
        "strokes": len(beside.on_app.strokes),
        "ticks": len(beside.on_app.ticks),
        "processors": beside.processors,
        "steps_per_second_alone": alone,
        "memory_mb_together": sum(beside.memory.values()),
    }


class Visits(NamedTuple):
    """What was measured while trainings went on.

    Attributes:
        on_app: what visitors saw.
        on_bare_app: what the same ones saw on the bare app.
        steps: of the trainings in a second, in each round.
        processors: shares of a core that the processes of the app took, in each round.
        memory: of these processes in the last round, in MB.
    """

    on_app: Times
    on_bare_app: Times
    steps: list[float]
    processors: list[dict[str, float]]
    memory: dict[str, float]


async def _visits_beside_trainings(
    app: Server, bare: Server, mix: Mix, trainings: Trainings, seconds: float
) -> Visits:
    """Let visitors come to the app and to the bare app in turn, while trainings go on."""
    visits = Visits(Times(), Times(), [], [], {})
    for number in range(ROUNDS):
        say(f"visitors on the app, round {number + 1} of {ROUNDS}")
        async with Crowd(app.address, mix, trainings.runs) as crowd:
            before = processor_seconds(app)
            times, steps = await asyncio.gather(
                crowd.act(seconds), trainings.steps_per_second(seconds)
            )
            after = processor_seconds(app)
            memory = memory_mb(app)
        visits.steps.append(steps)
        visits.processors.append({name: (after[name] - before[name]) / seconds for name in before})
        say("the same visitors on the bare app")
        visits = visits._replace(
            on_app=visits.on_app + times,
            on_bare_app=visits.on_bare_app + await visit(bare, mix, (), seconds),
            memory=memory,
        )
    return visits


async def idle_visitor_kb(app: Server) -> float:
    """How much the web process grows with each more visitor who only has the page open."""
    nobody = Mix(0, 0, MORE_IDLE, 0)
    async with Crowd(app.address, nobody, ()):
        await asyncio.sleep(LOADING_SECONDS)
        before = own_memory_kb(app)
        async with Crowd(app.address, nobody, ()):
            await asyncio.sleep(1)
            return (own_memory_kb(app) - before) / MORE_IDLE


async def measure_growth(app: Server, seconds: float) -> list[dict[str, Any]]:
    """Let more and more visitors come until strokes take too long."""
    found: list[dict[str, Any]] = []
    print(f"{'visitors':>8}{'stroke p50':>12}{'p95':>7}{'p99':>7}{'tick p95':>10}{'errors':>8}")
    for visitors in CROWDS:
        # Anew each time: the longest run is too short for all crowds.
        trainings = Trainings(app, Mix.of(visitors).trainings)
        await trainings.start()
        times = await visit(app, Mix.of(visitors), trainings.runs, seconds)
        await trainings.stop()
        draw, tick = times.of_strokes(), times.of_ticks()
        found.append(
            {
                "visitors": visitors,
                "draw_ms": draw,
                "tick_ms": tick,
                "errors": len(times.errors),
                "disconnects": times.disconnects,
                "memory_mb": memory_mb(app),
            }
        )
        print(
            f"{visitors:8}{draw['p50']:12.0f}{draw['p95']:7.0f}{draw['p99']:7.0f}"
            f"{tick['p95']:10.0f}{len(times.errors):8}",
            flush=True,
        )
        if draw["p95"] > TOO_SLOW_MS:
            break
    return found


def verdicts(found: dict[str, Any]) -> dict[str, bool]:
    """Whether a mix keeps what is promised of 100 visitors on two cores."""
    stroke = found["draw_ms"]["p95"]
    return {
        "stroke p95 at most 500 ms": stroke <= TOO_SLOW_MS,
        "at most twice the bare app's": stroke <= 2 * found["bare_app_draw_ms"]["p95"],
        "at most twice that without trainings": stroke
        <= 2 * found["draw_ms_without_trainings"]["p95"],
        "no error": not found["errors"],
        "no disconnect": not found["disconnects"],
        "all processes under 2.5 GB": sum(found["memory_mb"].values()) < ADMITTED_MEMORY_MB,
        "one more idle visitor under 150 KB": found["idle_visitor_kb"] < 150,
        "half of the training kept": found["training_share_kept"] >= 0.5,
    }


def minutes(text: str) -> float:
    """A time from the command line: long enough to judge by, and never without an end.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    least, most = MINUTES
    number = float(text)
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"expected {least} to {most} minutes, got {text}")
    return number


def _report(results: dict[str, Any], verdicts: dict[str, bool]) -> bool:
    """Print what was measured, and which promises were kept; False if one was not."""
    print(json.dumps(results, indent=2))
    for promise, is_kept in verdicts.items():
        print(f"{'kept  ' if is_kept else 'BROKEN'} {promise}")
    return all(verdicts.values())


def mix_figures(found: dict[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/load.md`."""

    def times(name: str) -> str:
        return ", ".join(f"{found[name][share]:.0f}" for share in ("p50", "p95", "p99"))

    memory = ", ".join(f"{name} {size:,.0f} MB" for name, size in found["memory_mb"].items())
    return [
        [f"{found['visitors']} visitors: half draw, three tenths watch two trainings", ""],
        ["stroke to probabilities, p50, p95, p99", f"{times('draw_ms')} ms"],
        ["the same without trainings", f"{times('draw_ms_without_trainings')} ms"],
        ["a bare app with a canvas and one line", f"{times('bare_app_draw_ms')} ms"],
        ["in a real browser, from the end of the stroke", f"{times('browser_draw_ms')} ms"],
        ["news for a live chart", f"{times('tick_ms')} ms"],
        ["errors, lost connections", f"{found['errors']}, {found['disconnects']}"],
        ["memory", memory],
        ["one more idle visitor", f"{found['idle_visitor_kb']:.0f} KB"],
        ["training throughput kept", f"{found['training_share_kept']:.0%}"],
    ]


def growth_figures(found: Sequence[dict[str, Any]]) -> list[list[str]]:
    """The rows of `docs/figures/growth.md`."""
    rows = [["visitors", "stroke to probabilities, p50, ms", "p95", "news, p95", "errors"]]
    for one in found:
        draw, tick = one["draw_ms"], one["tick_ms"]
        numbers = (draw["p50"], draw["p95"], tick["p95"], one["errors"])
        rows.append([str(one["visitors"]), *(f"{number:,.0f}" for number in numbers)])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when a promise was not kept.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hosting.load", description=__doc__)
    parser.add_argument("--visitors", type=int, help="measure one mix of so many visitors")
    parser.add_argument("--seconds", type=float, default=25, help="of each part (25)")
    parser.add_argument("--minutes", type=minutes, help="let them stay for so long: 31 to 120")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    if options.minutes and not options.visitors:
        parser.error("--minutes needs --visitors: how many are to stay for so long?")
    check_machine(parser, options)
    kept = True
    with serving(APP) as app:
        if options.minutes:
            mix = Mix.of(options.visitors)
            results: Any = asyncio.run(measure_endurance(app, mix, options.minutes))
            kept = _report(results, promises(results))
            keep(options, results, "endurance", endurance_figures(results))
        elif options.visitors:
            with serving(BARE_APP) as bare:
                mix = Mix.of(options.visitors)
                results = asyncio.run(measure_mix(app, bare, mix, options.seconds))
            kept = _report(results, verdicts(results))
            keep(options, results, "load", mix_figures(results))
        else:
            results = asyncio.run(measure_growth(app, options.seconds))
            keep(options, results, "growth", growth_figures(results))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
