"""What one visitor may take of a machine that many share."""

from typing import NamedTuple


class Limits(NamedTuple):
    """The operator's limits.

    Attributes:
        running: runs of one visitor that are carried out at once.
        waiting: runs of one visitor that may wait beside those.
        minutes_a_run: of training; what a run has learned by then is kept.
    """

    running: int = 1
    waiting: int = 3
    minutes_a_run: float = 30.0


class TooManyRuns(RuntimeError):
    """The visitor has as many runs in line as they may; the message is a sentence for them."""
