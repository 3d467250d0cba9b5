"""What one visitor may take of a machine that many share, and how much is kept for them."""

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


class Retention(NamedTuple):
    """How much is kept of what visitors have made.

    Attributes:
        days: runs, drawings, published results and visitors are forgotten so long after they were
            last touched.
        runs_per_visitor: of more, the oldest are forgotten.
        total_bytes: of all files together; beyond it, the runs untouched for longest are forgotten.
    """

    days: float = 30
    runs_per_visitor: int = 50
    total_bytes: int = 20 * 2**30


# So many runs one visitor may plan beside those in line: a sweep, or four networks with five seeds.
MOST_PLANNED = 16


class TooManyRuns(RuntimeError):
    """The visitor has as many runs in line as they may; the message is a sentence for them."""
