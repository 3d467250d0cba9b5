"""How well drawn digits were read: the figures, printed and as rows of a table."""

from dataclasses import dataclass
from typing import Any

from benchmarks.reading.fine_tuning import CORRECTIONS, FineTuningScore

NAMES = {
    "ready_made": "the ready-made network",
    "best_reader": "best reader, three seeds",
    "default_shape": "the page's start, three seeds",
    "notebook": "the notebook's recipe, three seeds",
    "squeezed": "the same, the canvas only squeezed to 28x28",
}


@dataclass(frozen=True)
class Score:
    """How well drawn digits were read, over all repeats; all shares lie between 0 and 1.

    Attributes:
        accuracy: over all digits.
        writer_mean: mean of the accuracy of each writer.
        interval: 95% interval of the writer mean, by resampling writers.
        test_accuracy: on MNIST's test set.
        calibration_error: expected calibration error on the drawn digits.
        uncalibrated_error: the same before the temperature was fitted.
        per_class: accuracy of each digit, 0 to 9.
        confusions: the commonest mistakes: what it was, what it was read as, how often.
        seconds: of training, mean.
    """

    accuracy: float
    writer_mean: float
    interval: tuple[float, float]
    test_accuracy: float
    calibration_error: float
    uncalibrated_error: float
    per_class: list[float]
    confusions: list[tuple[int, int, int]]
    seconds: float


def show(name: str, result: Score) -> None:
    """Print a score in a few lines."""
    low, high = result.interval
    classes = " ".join(f"{share:.1%}" for share in result.per_class)
    mistakes = ", ".join(f"{was} as {read}: {count}" for was, read, count in result.confusions)
    print(
        f"{name}: {result.writer_mean:.2%} by writer ({low:.2%} to {high:.2%}), "
        f"{result.accuracy:.2%} of all; MNIST test {result.test_accuracy:.2%}; "
        f"calibration error {result.calibration_error:.3f} "
        f"(before: {result.uncalibrated_error:.3f}); trained in {result.seconds:.0f} s\n"
        f"  0 to 9: {classes}\n  read wrongly: {mistakes}",
        flush=True,
    )


def show_doubts(rates: dict[str, Any]) -> None:
    """Print how often `doubt` is right and wrong."""
    kinds = ", ".join(f"{kind} {rate:.1%}" for kind, rate in rates["flagged_by_kind"].items())
    print(
        f"flagged as no digit: {rates['flagged']:.1%} of what is none ({kinds}), "
        f"{rates['false_alarms']:.1%} of the digits",
        flush=True,
    )


def show_fine_tuning(name: str, result: FineTuningScore) -> None:
    """Print what fine-tuning did."""

    def change(shares: tuple[float, float], digits: int = 1) -> str:
        return f"{shares[0]:.{digits}%} to {shares[1]:.{digits}%}"

    print(
        f"{name}, {result.lessons} lessons of {CORRECTIONS} corrections: "
        f"corrected digits {change(result.corrected)}, "
        f"the writer's others of the class {change(result.others)}, "
        f"both {change(result.whole_class)} "
        f"(better {result.improved} times, worse {result.worsened} times); "
        f"MNIST test {change(result.test_accuracy, 2)}, "
        f"at most {result.largest_test_fall:.2%} lost",
        flush=True,
    )


def figures(found: dict[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/reading.md`."""
    rows = [["", "read rightly, mean over writers", "95% interval", "MNIST test set"]]
    for name, said in NAMES.items():
        if score := found["recipes"].get(name):
            low, high = score["interval"]
            shares = (f"{score['writer_mean']:.1%}", f"{low:.1%} to {high:.1%}")
            rows.append([said, *shares, f"{score['test_accuracy']:.2%}"])
    doubts, taught = found["doubt"], found["teaching"]["ready_made"]
    error = found["recipes"]["ready_made"]["calibration_error"]
    kinds = ", ".join(f"{kind} {rate:.1%}" for kind, rate in doubts["flagged_by_kind"].items())
    before, after = taught["whole_class"]
    for said, share in (
        ("ready-made network: expected calibration error", f"{error:.3f}"),
        ("drawings flagged as no digit", kinds),
        ("digits flagged by mistake", f"{doubts['false_alarms']:.1%}"),
        (
            f"{taught['lessons']} lessons of {CORRECTIONS} corrections: the writer's digits",
            f"{before:.1%} before, {after:.1%} after",
        ),
        ("MNIST test set after a lesson, at most lost", f"{taught['largest_test_fall']:.2%}"),
    ):
        rows.append([said, share, "", ""])
    return rows
