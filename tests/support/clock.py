"""A clock that the test moves."""


class Clock:
    """Stands in place of `time.monotonic`, or of the module that has it.

    Args:
        now: where it begins, in seconds.
    """

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return what it shows."""
        return self.now

    monotonic = __call__
