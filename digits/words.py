"""Numbers and digits in words, the same on every page."""

from datetime import datetime, tzinfo


def counted(number: int, noun: str) -> str:
    """So many of something: `1 epoch`, `4,220 steps`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def a_digit(digit: int) -> str:
    """A digit with its article: `a 7`, but `an 8`."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def in_line(runs: int) -> str:
    """So many runs, in words."""
    return counted(runs, "run") if runs else "no run"


def duration(seconds: float) -> str:
    """A time in words; a whole number of seconds is said as such."""
    if seconds < 60:
        return f"{seconds:.1f} s" if isinstance(seconds, float) else f"{seconds} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s"


def percent(share: float | None) -> str:
    """A share as a percentage; a dash while it is not known."""
    return "-" if share is None else f"{share:.2%}"


def moment(timestamp: float, zone: tzinfo) -> str:
    """A point in time as somebody in `zone` reads it from a clock, with the zone's name."""
    return f"{datetime.fromtimestamp(timestamp, zone):%d %b %Y, %H:%M %Z}"
