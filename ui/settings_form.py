"""The controls for a run's settings, and what is said beside those that were refused."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from digits.recipes import BEST_READER, DEFAULT_RECIPE, NOTEBOOK
from digits.settings import (
    ACTIVATIONS,
    MAX_HIDDEN_LAYERS,
    OPTIMIZERS,
    SCHEDULES,
    TrainingSettings,
    allowed,
    problems_by_field,
)
from ui.plain_text import plain

NEW_LAYER_UNITS = 32
PRESETS = {
    "Reads drawings well": DEFAULT_RECIPE,
    "Best reader (a minute)": BEST_READER,
    "The notebook's plain recipe": NOTEBOOK,
    "Exercise: one layer more": NOTEBOOK.model_copy(update={"hidden_layers": (128, 64, 32)}),
    "No hidden layer at all": NOTEBOOK.model_copy(update={"hidden_layers": ()}),
}
HELP = {
    "batch_size": "How many images the network looks at before each small correction.",
    "epochs": "How many times it goes through all the training images.",
    "learning_rate": "How large each correction is. Too large, and training runs away.",
    "activation": "What bends the straight lines between the layers.",
    "optimizer": "The rule that turns the slope of the loss into a correction.",
    "dropout": "The share of units that sit out each step, so that none becomes indispensable.",
    "schedule": "Whether the corrections stay as large, or shrink along a cosine to nothing.",
    "augment": "How strongly the training images are turned, bent and shifted, anew each epoch, so "
    "that the network has seen what people really draw. 0 leaves them as they are.",
    "l2": "A price on large weights, which keeps the network simple.",
    "validation_split": "The share of training images held back to check what was learned.",
    "seed": "Where the dice start. The same seed and settings give the same run again.",
}


class SettingsForm:
    """The controls; create it once a rerun, in the order in which the parts shall stand.

    Args:
        start: what the controls show first.
    """

    def __init__(self, start: TrainingSettings) -> None:
        self._start = st.session_state.setdefault("settings", start)
        self._values: dict[str, Any] = self._start.model_dump()
        self._messages: dict[str, Any] = {}

    def presets(self) -> None:
        """A list of settings that belong together."""
        known = list(PRESETS.values())
        st.selectbox(
            "Start from",
            list(PRESETS),
            index=known.index(self._start) if self._start in known else None,
            placeholder="Settings of your own",
            key=_key("preset"),
            on_change=_apply_preset,
            args=(_key("preset"),),
        )

    def layers(self) -> None:
        """One field a hidden layer, to be added and removed one by one."""
        if "layers" not in st.session_state:
            st.session_state.layers = list(self._start.hidden_layers)
        layers: list[int] = st.session_state.layers
        for index, units in enumerate(layers):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                layers[index] = st.number_input(
                    f"Hidden layer {index + 1}, units",
                    value=units,
                    step=1,
                    key=_key(f"layer_{index}"),
                )
                st.button(
                    "",
                    icon=":material/close:",
                    key=f"remove_layer_{index}",
                    help=f"Remove hidden layer {index + 1}",
                    on_click=_remove_layer,
                    args=(index,),
                )
        self._values["hidden_layers"] = layers
        self._messages["hidden_layers"] = st.empty()
        st.button(
            "Add a layer",
            icon=":material/add:",
            key="add_layer",
            disabled=len(layers) >= MAX_HIDDEN_LAYERS,
            on_click=_add_layer,
        )

    def numbers(self, *names: str) -> None:
        """Number fields for the settings `names`, side by side."""
        with st.container(horizontal=True):
            for name in names:
                with st.container():
                    self._number(name)

    def choices(self) -> None:
        """Lists for the settings that are words."""
        left, right = st.columns(2)
        for name, options, column in (
            ("activation", ACTIVATIONS, left),
            ("optimizer", OPTIMIZERS, right),
            ("schedule", SCHEDULES, left),
        ):
            self._values[name] = column.selectbox(
                _title(name),
                options,
                index=options.index(getattr(self._start, name)),
                key=_key(name),
                help=HELP[name],
            )

    def settings(self) -> TrainingSettings | None:
        """The settings as they stand now, or None while one of them is refused."""
        try:
            settings = TrainingSettings.model_validate(self._values)
        except ValidationError as error:
            for name, sentence in problems_by_field(error).items():
                self._messages[name].markdown(f":red[:material/error: {plain(sentence)}]")
            return None
        st.session_state.settings = settings
        return settings

    def _number(self, name: str) -> None:
        value = getattr(self._start, name)
        is_whole = isinstance(value, int)
        self._values[name] = st.number_input(
            _title(name),
            value=value,
            step=1 if is_whole else _step(name),
            format="%d" if is_whole else "%g",
            key=_key(name),
            help=f"{HELP[name]} Allowed: {allowed(name)}.",
        )
        self._messages[name] = st.empty()


def _title(name: str) -> str:
    return str(TrainingSettings.model_fields[name].title)


def _step(name: str) -> float:
    return {"learning_rate": 0.001, "l2": 0.0001}.get(name, 0.05)


def _key(name: str) -> str:
    # Fields of another generation are new to the browser, so that they show their new values.
    return f"{name}_{st.session_state.get('generation', 0)}"


def _new_generation() -> None:
    st.session_state.generation = st.session_state.get("generation", 0) + 1


def _apply_preset(key: str) -> None:
    name = st.session_state.get(key)
    if name in PRESETS:
        show_settings(PRESETS[name])


def show_settings(settings: TrainingSettings) -> None:
    """Set every control; to be called before the controls are shown."""
    st.session_state.settings = settings
    st.session_state.layers = list(settings.hidden_layers)
    _new_generation()


def _add_layer() -> None:
    st.session_state.layers = [*st.session_state.get("layers", []), NEW_LAYER_UNITS]
    _keep_fields()


def _remove_layer(index: int) -> None:
    layers = st.session_state.get("layers", [])
    del layers[index : index + 1]  # without complaint if it is gone already
    _keep_fields()


def _keep_fields() -> None:
    """Give the layers new fields without losing what stands in the others."""
    names: list[str] = list(TrainingSettings.model_fields)
    kept = {name: st.session_state[_key(name)] for name in names if _key(name) in st.session_state}
    _new_generation()
    for name, value in kept.items():
        st.session_state[_key(name)] = value
