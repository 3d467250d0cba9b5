"""Which runs can share what is compiled. Importing this does not import TensorFlow."""

from dataclasses import dataclass

from digits.setting_row import Compiled
from digits.settings import ROWS, TrainingSettings

_BUILT_IN = [name for name, row in ROWS.items() if row.compiled is Compiled.VALUE]
# The settings whose value the compiled loop is told with every call.
KNOBS = [name for name, row in ROWS.items() if row.compiled is Compiled.SWITCH]


@dataclass(frozen=True)
class TrainerShape:
    """All that decides what is compiled. Runs that agree in it can use the same trainer."""

    built_in: tuple[object, ...]
    switched_on: frozenset[str]

    @classmethod
    def of(cls, settings: TrainingSettings) -> "TrainerShape":
        """The shape that a run with these settings needs."""
        return cls(
            tuple(getattr(settings, name) for name in _BUILT_IN),
            frozenset(name for name in KNOBS if getattr(settings, name) > 0),
        )
