"""Numbers, digits and settings in words, the same on every page."""

from datetime import datetime, tzinfo

from digits.settings import TrainingSettings

# Expected times below so many seconds are said to the nearest so many.
ROUNDED_TO = ((10, 1), (60, 5), (180, 10), (600, 30))


def counted(number: float, noun: str) -> str:
    """So many of something: `1 epoch`, `4,220 steps`, `0.5 days`."""
    return f"{number:,.10g} {noun}{'' if number == 1 else 's'}"


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


def described(settings: TrainingSettings) -> str:
    """All settings in one line; what is switched off is left out."""
    layers = [settings.architecture] + [settings.activation] * bool(settings.hidden_layers)
    steps = [settings.optimizer, f"rate {settings.learning_rate:g}"]
    steps += [f"{settings.schedule} schedule"] * (settings.schedule != "constant")
    parts = [
        ", ".join(layers),
        ", ".join(steps),
        f"batch size {settings.batch_size:,}",
        counted(settings.epochs, "epoch"),
        f"dropout {settings.dropout:g}" if settings.dropout else "",
        f"L2 penalty {settings.l2:g}" if settings.l2 else "",
        f"augmentation {settings.augment:g}" if settings.augment else "",
        f"{100 * settings.validation_split:g}% held back" if settings.validation_split else "",
        f"seed {settings.seed}",
    ]
    return " · ".join(filter(None, parts))


def differences(here: TrainingSettings, there: TrainingSettings) -> list[str]:
    """What differs between two settings: `Epochs 7 instead of 40`."""
    return [
        f"{field.title} {_shown(getattr(here, name))} instead of {_shown(getattr(there, name))}"
        for name, field in TrainingSettings.model_fields.items()
        if getattr(here, name) != getattr(there, name)
    ]


def _shown(value: object) -> str:
    match value:
        case tuple():
            return "-".join(map(str, value)) or "none"
        case float():
            return f"{value:g}"
        case int():
            return f"{value:,}"
    return str(value)
