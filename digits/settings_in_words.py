"""Settings in words, the same on every page."""

from digits.changes import Change
from digits.settings import ROWS, TrainingSettings
from digits.words import plain_number


def described(settings: TrainingSettings) -> str:
    """All settings in one line; what is switched off is left out."""
    line = ""
    for name, row in ROWS.items():
        value = getattr(settings, name)
        idle = name == "activation" and not settings.hidden_layers
        if value != row.off and not idle:
            line += row.said_with * bool(line) + row.said(value)
    return line


def described_beside(name: str, settings: TrainingSettings) -> str:
    """All settings in one line; without the shape where a name that begins with it stands before.

    Args:
        name: that stands before them.
        settings: of what is called so.
    """
    line, shape = described(settings), settings.architecture
    return line.removeprefix(shape).lstrip(", ·") if name.startswith(shape) else line


def differences(here: TrainingSettings, there: TrainingSettings) -> list[str]:
    """What differs between two settings: `Epochs 7 instead of 40`."""
    return [
        f"{field.title} {_shown(getattr(here, name))} instead of {_shown(getattr(there, name))}"
        for name, field in TrainingSettings.model_fields.items()
        if getattr(here, name) != getattr(there, name)
    ]


def change_in_words(change: Change) -> str:
    """What a run went on with: `rate 0.01, dropout 0.2`."""
    return ", ".join(ROWS[name].said(value) for name, value in change.values.items())


def objective_in_words(settings: TrainingSettings) -> str:
    """What training makes smaller where the charts show something else; empty where they do not."""
    labels = f"labels of which {settings.label_smoothing:.0%} is spread over all ten digits"
    if settings.loss == "squared error":
        made_smaller = "the squared error of the ten probabilities"
        made_smaller += f", with {labels}" if settings.label_smoothing else ""
    elif settings.label_smoothing:
        made_smaller = f"the cross-entropy with {labels}"
    else:
        return ""
    return (
        f"What this run makes smaller is {made_smaller}. The loss shown is the cross-entropy with "
        "the plain labels all the same, so that runs can be compared."
    )


def _shown(value: object) -> str:
    match value:
        case tuple():
            return "-".join(map(str, value)) or "none"
        case float():
            return plain_number(value)
        case int():
            return f"{value:,}"
    return str(value)
