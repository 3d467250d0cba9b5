"""What stands in the controls for a run's settings, as the session keeps it for every page."""

import streamlit as st
from pydantic import ValidationError

from digits.settings import TrainingSettings
from ui.shared.address_bar import task_in_view


def show_settings(settings: TrainingSettings) -> None:
    """Set every control; to be called before the controls are shown."""
    st.session_state.typed = settings.model_dump() | {"hidden_layers": [*settings.hidden_layers]}
    st.session_state.layer_fields = list(range(len(settings.hidden_layers)))
    # Fields of another generation are new to the browser, so that they show their new values.
    st.session_state.generation = st.session_state.get("generation", 0) + 1


def set_free_settings(settings: TrainingSettings) -> None:
    """Set every control that a task has neither hidden nor locked."""
    keep_typed()
    show_settings(task_in_view().kept(settings, st.session_state.typed))


def key_of(name: str) -> str:
    """The key of the control for the setting `name`; another one once all are set anew."""
    return f"{name}_{st.session_state.generation}"


def layer_key(field: int) -> str:
    """The key of the number field `field` of a hidden layer."""
    return key_of(f"layer_{field}")


def typed_settings() -> TrainingSettings | None:
    """What stands in the controls, if there is anything and all of it may be."""
    if "typed" not in st.session_state:
        return None
    keep_typed()
    try:
        return TrainingSettings.model_validate(st.session_state.typed)
    except ValidationError:
        return None


def keep_typed() -> None:
    """Keep what stands in the controls: Streamlit forgets it when they are left for another page.

    To be called first by whatever changes the controls, for a number may have come with its press.
    """
    typed = st.session_state.typed
    for name in TrainingSettings.model_fields:
        typed[name] = st.session_state.get(key_of(name), typed[name])
    for index, field in enumerate(st.session_state.layer_fields):
        layers = typed["hidden_layers"]
        layers[index] = st.session_state.get(layer_key(field), layers[index])
