"""Where everything lies: the one place that reads the operator's environment variables."""

import os
from pathlib import Path
from typing import NamedTuple

from model_store.limits import Limits, Retention

PROGRAM_FOLDER = Path(__file__).resolve().parent.parent
DATA_FOLDER = PROGRAM_FOLDER / "data"


class Config(NamedTuple):
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


def variable(name: str, otherwise: str = "") -> str:
    """An environment variable.

    One that is set to nothing, as compose files and cloud consoles leave it, is not set.
    """
    return os.environ.get(name) or otherwise


def unset_if_empty(*names: str) -> None:
    """See to it that libraries, too, take a variable that is set to nothing for unset."""
    for name in names:
        if not os.environ.get(name):
            os.environ.pop(name, None)


def config_from_environment() -> Config:
    """Read the place from `DATA_FOLDER`, `DATABASE_URL`, `ARTIFACTS_URL` and the scheduler's.

    Raises:
        ValueError: a variable makes no sense; the message says what to do.
    """
    data = data_folder()
    return Config(
        variable("DATABASE_URL", f"sqlite:///{data / 'playground.db'}"),
        _folder_of_its_own(variable("ARTIFACTS_URL", str(data / "artifacts"))),
        data / "mnist",
        variable("DASK_SCHEDULER_ADDRESS") or None,
        _limits_from_environment(),
    )


def _folder_of_its_own(artifacts_url: str) -> str:
    """See to it that files are not kept, nor deleted, among those of the program."""
    path = Path(artifacts_url.removeprefix("file://").removeprefix("local://"))
    if "://" in str(path) or "::" in artifacts_url:
        return artifacts_url  # not a folder of this machine
    folder = path.resolve()
    for busy in (PROGRAM_FOLDER, Path.cwd()):
        if busy.is_relative_to(folder):
            raise ValueError(
                f"ARTIFACTS_URL has to name a folder for these files alone; {artifacts_url!r} is "
                f"{folder}, where the program is or runs. Name a folder within it, or unset it."
            )
    return artifacts_url


def data_folder() -> Path:
    """The folder that `DATA_FOLDER` names, or `data` beside the program; made where missing."""
    folder = Path(variable("DATA_FOLDER", str(DATA_FOLDER))).resolve()
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
    text = variable(name, str(otherwise))
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} has to be a number above 0, it is {text!r}. Correct or unset it.")
    return number
