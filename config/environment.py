"""What operators set: every environment variable with its default, and how it is read.

Not by pydantic-settings: before the server's first answer it would be imported with pydantic, which
takes 90 ms, and whose errors would have to be put into words again.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from model_store.limits import Limits, Retention

PROGRAM_FOLDER = Path(__file__).resolve().parent.parent
DATA_FOLDER = PROGRAM_FOLDER / "data"
_LIMITS, _RETENTION = Limits(), Retention()


class Variable(NamedTuple):
    """A row of docs/operations.md's table, which `python -m scripts.document_variables` writes.

    Attributes:
        default: its value where it is not set.
        meaning: in Markdown.
        described: the default in words, where the value itself says little or is made elsewhere.
    """

    default: object
    meaning: str
    described: str = ""


VARIABLES = {
    "DATA_FOLDER": Variable(
        DATA_FOLDER,
        "folder of MNIST, and of all below that is not elsewhere",
        "`data` beside `app.py`",
    ),
    "DATABASE_URL": Variable(
        "",
        "the database, as SQLAlchemy writes it: `postgresql+psycopg://user:password@host/name`",
        "`sqlite:///` + `DATA_FOLDER/playground.db`",
    ),
    "ARTIFACTS_URL": Variable(
        "",
        "weights and files: a folder for them alone, never that of the program, or any URL that "
        "fsspec knows",
        "`DATA_FOLDER/artifacts`",
    ),
    "DASK_SCHEDULER_ADDRESS": Variable(
        "",
        "scheduler of the workers; without one, each web process starts a worker of its own",
    ),
    "COOKIE_SECRET": Variable(
        "",
        "signs visitors' cookies, 32 characters or more; replicas must share it or the folder",
        "kept in `DATA_FOLDER/cookie_secret`",
    ),
    "ALLOWED_HOSTS": Variable(
        "*",
        "names under which the app answers, with commas between; those that health checks use too",
        "any",
    ),
    "FORWARDED_ALLOW_IPS": Variable(
        "127.0.0.1",
        "proxies that are believed when they say whose request they pass on, as uvicorn has it",
    ),
    "SOURCE_URL": Variable(
        "",
        "where this program's source code is to be had, such as `https://host/project`; the footer "
        "of every page links to it",
        "no link",
    ),
    "FRAME_ANCESTORS": Variable(
        "'self'",
        "sites that may show the app in a frame, as a Content-Security-Policy lists them",
    ),
    "RUNS_AT_ONCE": Variable(_LIMITS.running, "runs of one visitor that are carried out at once"),
    "RUNS_WAITING": Variable(_LIMITS.waiting, "runs of one visitor that may wait beside those"),
    "MINUTES_A_RUN": Variable(
        _LIMITS.minutes_a_run, "of training; what a run has learned by then is kept"
    ),
    "KEEP_DAYS": Variable(
        _RETENTION.days,
        "runs, drawings, published results and visitors are forgotten so long after they were last "
        "touched",
    ),
    "KEEP_RUNS_PER_VISITOR": Variable(
        _RETENTION.runs_per_visitor, "of more, the oldest at rest are forgotten"
    ),
    "KEEP_GIGABYTES": Variable(
        _RETENTION.total_bytes / 2**30,
        "of all files together; beyond it, runs untouched for longest are forgotten",
    ),
    "METRICS_TOKEN": Variable(
        "", "who bears it may read `/metrics`; without it, only this machine may"
    ),
    "LOG_FORMAT": Variable("", "`json`: one JSON object a line", "readable lines"),
    "LOG_LEVEL": Variable(
        "INFO",
        "of this program's own lines; `DEBUG` also tells of every checkpoint and every round of "
        "housekeeping",
    ),
}


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


def variable(name: str) -> str:
    """What an environment variable is set to, or its default.

    One that is set to nothing, as compose files and cloud consoles leave it, is not set.
    """
    return os.environ.get(name) or str(VARIABLES[name].default)


def unset_if_empty(*names: str) -> None:
    """See to it that libraries, too, take a variable that is set to nothing for unset."""
    for name in names:
        if not os.environ.get(name):
            os.environ.pop(name, None)


def config_from_environment() -> Config:
    """Read what a web process and its workers must agree on.

    Raises:
        ValueError: a variable makes no sense; the message says what to do.
    """
    folder = data_folder()
    return Config(
        variable("DATABASE_URL") or f"sqlite:///{folder / 'playground.db'}",
        _folder_of_its_own(variable("ARTIFACTS_URL") or str(folder / "artifacts")),
        folder / "mnist",
        variable("DASK_SCHEDULER_ADDRESS") or None,
        Limits(
            _whole_number("RUNS_AT_ONCE"),
            _whole_number("RUNS_WAITING"),
            _positive_number("MINUTES_A_RUN"),
        ),
    )


def data_folder() -> Path:
    """The folder that `DATA_FOLDER` names, or `data` beside the program; made where missing."""
    folder = Path(variable("DATA_FOLDER")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def retention_from_environment() -> Retention:
    """Read how much is kept.

    Raises:
        ValueError: a variable makes no sense; the message says what to do.
    """
    return Retention(
        _positive_number("KEEP_DAYS"),
        _whole_number("KEEP_RUNS_PER_VISITOR"),
        int(_positive_number("KEEP_GIGABYTES") * 2**30),
    )


def source_address() -> str:
    """Where the source code is to be had; empty if that is not set.

    Raises:
        ValueError: it is no web address; the message says what to do.
    """
    address = variable("SOURCE_URL")
    if address and not re.fullmatch(r"https?://[^\s()<>\[\]]+", address):
        raise ValueError(
            f"SOURCE_URL has to begin with https:// and hold no spaces or brackets, it is "
            f"{address!r}. Correct or unset it."
        )
    return address


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


def _whole_number(name: str) -> int:
    return max(1, int(_positive_number(name)))


def _positive_number(name: str) -> float:
    text = variable(name)
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} has to be a number above 0, it is {text!r}. Correct or unset it.")
    return number
