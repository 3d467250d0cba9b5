"""Numbers, digits and times in words, the same on every page."""

from datetime import datetime, tzinfo
from decimal import Decimal

# Expected times below so many seconds are said to the nearest so many.
ROUNDED_TO = ((10, 1), (60, 5), (180, 10), (600, 30))


def counted(number: float, noun: str) -> str:
    """So many of something: `1 epoch`, `4,220 steps`, `0.5 days`."""
    return f"{number:,.10g} {noun}{'' if number == 1 else 's'}"


def plain_number(value: float) -> str:
    """A number to six figures, never as a power of ten: `0.004`, `0.000001`."""
    return f"{Decimal(f'{value:g}'):f}"


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


def rounded(seconds: float) -> str:
    """An expected time in words, no finer than it can be known: `20 s`, `1 min 30 s`, `12 min`."""
    step = next((step for most, step in ROUNDED_TO if seconds < most), 60)
    whole = max(1, round(seconds / step) * step)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if rest else f"{minutes} min"


def percent(share: float | None) -> str:
    """A share as a percentage; a dash while it is not known."""
    return "-" if share is None else f"{share:.2%}"


def probability(value: float) -> str:
    """A probability of a network; none is ever quite 0 or 1, so none is rounded to that."""
    return _bounded(value, "under ", "over ")


def brief_probability(value: float) -> str:
    """The same where there is little room."""
    return _bounded(value, "< ", "> ")


def _bounded(value: float, below: str, above: str) -> str:
    said = f"{value:.1%}"
    return {"0.0%": f"{below}0.1%", "100.0%": f"{above}99.9%"}.get(said, said)


def moment(timestamp: float, zone: tzinfo) -> str:
    """A point in time as somebody in `zone` reads it from a clock, with the zone's name."""
    return f"{datetime.fromtimestamp(timestamp, zone):%d %b %Y, %H:%M %Z}"


def value_in_words(value: object) -> str:
    """The value of a setting, as it stands in its field: `128-64`, `60,000`, `0.001`, `adam`."""
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    if isinstance(value, int):
        return f"{value:,}"
    return plain_number(value) if isinstance(value, float) else str(value)
