"""Where everything lies: the one place that reads the operator's environment variables."""

import os
from pathlib import Path
from typing import NamedTuple

from model_store.limits import Limits, Retention

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"


class Place(NamedTuple):
    """What a web process and its workers must agree on.

    Attributes:
        database_url: `DATABASE_URL`; by default SQLite in the data folder.
        artifacts_url: `ARTIFACTS_URL`, a folder or any fsspec URL.
        mnist_folder: where the images are kept.
        scheduler: `DASK_SCHEDULER_ADDRESS`; without one, workers are started on this machine.
        limits: of each visitor.
    """

    database_url: str
    artifacts_url: str
    mnist_folder: Path
    scheduler: str | None
    limits: Limits = Limits()


def place_from_environment() -> Place:
    """Read the place from `DATA_FOLDER`, `DATABASE_URL`, `ARTIFACTS_URL` and the scheduler's."""
    data = data_folder()
    return Place(
        os.environ.get("DATABASE_URL", f"sqlite:///{data / 'playground.db'}"),
        os.environ.get("ARTIFACTS_URL", str(data / "artifacts")),
        data / "mnist",
        os.environ.get("DASK_SCHEDULER_ADDRESS"),
        _limits_from_environment(),
    )


def data_folder() -> Path:
    """The folder that `DATA_FOLDER` names, or `data` beside the program; made where missing."""
    folder = Path(os.environ.get("DATA_FOLDER", DATA_FOLDER)).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _limits_from_environment() -> Limits:
    """`RUNS_AT_ONCE` and `RUNS_WAITING` of a visitor, `MINUTES_A_RUN`."""
    usual = Limits()
    return Limits(
        max(1, int(_positive("RUNS_AT_ONCE", usual.running))),
        max(1, int(_positive("RUNS_WAITING", usual.waiting))),
        _positive("MINUTES_A_RUN", usual.minutes_a_run),
    )


def retention_from_environment() -> Retention:
    """Read how much is kept from `KEEP_DAYS`, `KEEP_RUNS_PER_VISITOR` and `KEEP_GIGABYTES`."""
    usual = Retention()
    return Retention(
        _positive("KEEP_DAYS", usual.days),
        max(1, int(_positive("KEEP_RUNS_PER_VISITOR", usual.runs_per_visitor))),
        int(_positive("KEEP_GIGABYTES", usual.total_bytes / 2**30) * 2**30),
    )


def _positive(name: str, otherwise: float) -> float:
    """A number from the environment."""
    text = os.environ.get(name, str(otherwise))
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} has to be a number above 0, it is {text!r}. Correct or unset it.")
    return number
