"""What came of a comparison of programs: ratios, printed tables, rows for the documents."""

from collections.abc import Mapping
from statistics import median
from typing import Any, NamedTuple

MOST_DISAGREEMENT = 0.1
OURS = {"ours", "ours_in_app"}
NAMES = {
    "notebook": "the notebook's way",
    "keras_tuned": "Keras `fit`, tuned",
    "torch": "PyTorch, eager",
    "jax": "JAX, `lax.scan`",
    "numpy_program": "NumPy, momentum",
    "ours": "this project's loop alone",
    "ours_in_app": "**this project: whole app path and a viewer**",
    "floor_one_core": "the matrix products alone, NumPy, one core",
    "floor_all_cores": "the same, all cores",
    "dropout_time": "time with dropout, of that without",
    "augment_time": "time with deformed images, of that without",
    "two_at_once_throughput": "throughput of two runs at once, of that of one",
}


class Measurement(NamedTuple):
    """What was measured of one variant; `losses` are the mean losses of the epochs."""

    seconds_per_epoch: float
    examples_per_second: float
    losses: list[float]
    peak_memory_mb: float
    seconds_of_rounds: list[float]


def disagreeing(measured: Mapping[str, Measurement]) -> dict[str, float]:
    """Variants whose last loss differs too much from the median of all, with that loss."""
    last = {name: found.losses[-1] for name, found in measured.items() if found.losses}
    middle = median(last.values()) if last else 0.0
    return {
        name: loss
        for name, loss in last.items()
        if not abs(loss - middle) <= MOST_DISAGREEMENT * middle
    }


def speed_ratios(measured: Mapping[str, Measurement]) -> dict[str, float]:
    """How many times as fast as each other program the app trains."""
    if "ours_in_app" not in measured:
        return {}
    ours = measured["ours_in_app"].seconds_per_epoch
    return {name: found.seconds_per_epoch / ours for name, found in measured.items()}


def variation_ratios(measured: Mapping[str, Measurement]) -> dict[str, float]:
    """Time of each variation by that of none; of two at once, their throughput by that of one."""
    if "plain" not in measured:
        return {}
    plain = measured["plain"]
    ratios = {
        f"{name}_time": measured[name].seconds_per_epoch / plain.seconds_per_epoch
        for name in ("dropout", "augment")
        if name in measured
    }
    if "two_at_once" in measured:
        together = measured["two_at_once"].examples_per_second
        ratios["two_at_once_throughput"] = together / plain.examples_per_second
    return ratios


def figures(results: Mapping[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/training.md`."""
    ratios = results["speed_ratios"]
    rows = [["network 784-128-64-10, batch 64", "seconds an epoch", "this project is faster"]]
    for name, found in results["variants"].items():
        ratio = f"{ratios[name]:.2f} times" if name in ratios and name not in OURS else ""
        rows.append([NAMES[name], f"{found['seconds_per_epoch']:.3f}", ratio])
    for name, ratio in results["variation_ratios"].items():
        rows.append([NAMES[name], f"{ratio:.2f} times", ""])
    return rows


def print_measurements(measured: Mapping[str, Measurement]) -> None:
    """Print a table, a line a variant."""
    print(f"\n{'':16}{'s/epoch':>9}{'(spread)':>16}{'examples/s':>12}{'last loss':>11}{'MB':>8}")
    for name, found in measured.items():
        spread = f"{min(found.seconds_of_rounds):.2f} to {max(found.seconds_of_rounds):.2f}"
        loss = f"{found.losses[-1]:.4f}" if found.losses else ""
        print(
            f"{name:16}{found.seconds_per_epoch:9.3f}{spread:>16}"
            f"{found.examples_per_second:12,.0f}{loss:>11}{found.peak_memory_mb:8,.0f}"
        )


def print_ratios(title: str, ratios: Mapping[str, float]) -> None:
    """Print numbers by name."""
    if ratios:
        print(f"\n{title}")
    for name, ratio in ratios.items():
        print(f"{name:24}{ratio:8.2f}")
