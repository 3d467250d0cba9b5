"""How fast a run gets on."""

from digits.training import UNCOMPILED_STEPS


class Throughput:
    """Steps a second over the last seconds, as a visitor's ETA needs it.

    Args:
        steps_per_second: what is known from before a pause.

    Attributes:
        steps_per_second: 0 before there is anything to judge by.
    """

    def __init__(self, steps_per_second: float = 0.0) -> None:
        self.steps_per_second = steps_per_second
        self._marks: list[tuple[float, int]] = []

    def note(self, step: int, now: float) -> None:
        """Note that `step` was done at `now`, in seconds of a clock that never jumps."""
        if step <= UNCOMPILED_STEPS:
            return  # what comes next includes compiling, which happens only once
        self._marks.append((now, step))
        while len(self._marks) > 2 and now - self._marks[0][0] > 3:
            del self._marks[0]
        (then, before), (now, step) = self._marks[0], self._marks[-1]
        if step > before:
            self.steps_per_second = (step - before) / (now - then)
