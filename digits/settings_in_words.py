"""Settings in words, the same on every page."""

from digits.settings import ROWS, TrainingSettings


def described(settings: TrainingSettings) -> str:
    """All settings in one line; what is switched off is left out."""
    line = ""
    for name, row in ROWS.items():
        value = getattr(settings, name)
        idle = name == "activation" and not settings.hidden_layers
        if value != row.off and not idle:
            line += row.said_with * bool(line) + row.said(value)
    return line


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
