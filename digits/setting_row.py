"""What the table of settings knows of each beside what pydantic knows."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from digits.words import plain_number

# Below it, fields write a number by its power of ten.
SMALL = 1e-3


class Group(Enum):
    """Settings that stand together in the form, and a sentence that says what they are about.

    The groups stand in this order, the first in sight.
    """

    SIZE = ""
    STEPS = "How large the steps are, and what chance decides."
    METHOD = "How a unit answers, what training makes smaller (the loss), and by which rule."
    RESTRAINT = "What keeps the network from learning its images by heart."
    IMAGES = "What it learns from, and what it is checked with."


class Compiled(Enum):
    """What of a setting is built into the compiled loop: another one needs a loop of its own.

    Attributes:
        VALUE: the value itself.
        SWITCH: whether it is above 0; every call is told how much, `knobs` in the loop.
    """

    VALUE = auto()
    SWITCH = auto()


def named(name: str) -> Callable[[float], str]:
    """Says a number by what it is: `rate 0.00001`."""
    return lambda value: f"{name} {plain_number(value)}"


def share_of(what: str) -> Callable[[float], str]:
    """Says a share as a percentage: `10% held back`."""
    return lambda share: f"{plain_number(100 * share)}% {what}"


@dataclass(frozen=True)
class Row:
    """What is known of a setting beside its limits, title and help.

    Attributes:
        group: where in the form it stands, with the others of the group in the table's order.
        said: names a value in one line with all other settings.
        said_with: what comes before it in that line.
        off: the value that is not named there, as it does nothing.
        step: of the arrows of its number field.
        is_logarithmic: whether the arrows go along powers of ten.
        compiled: what of it the compiled loop has built in, if anything.
    """

    group: Group
    said: Callable[[Any], str]
    said_with: str = " · "
    off: object = None
    step: float = 1
    compiled: Compiled | None = None
    is_logarithmic: bool = False

    @staticmethod
    def format_of(value: float | None) -> str:
        """How a number field is to write `value`: `%g` would make a power of ten of a small one."""
        if not value or not 0 < abs(value) < SMALL:
            return "%g"
        return f"%.{len(plain_number(value).partition('.')[2])}f"

    def step_at(self, value: float | None) -> float:
        """Of the arrows beside `value`: 0.1, 0.15, 0.2, 0.3 ... 0.9, 1, 1.5 where logarithmic."""
        if not self.is_logarithmic or not value or value < 0 or not math.isfinite(value):
            return self.step
        power = 10.0 ** math.floor(math.log10(value))
        return float(f"{power / 2 if value < 2 * power else power:g}")
