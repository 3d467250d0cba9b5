"""The controls for a run's settings, and what is said beside those that were refused."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from pydantic import ValidationError

from digits.recipes import PRESETS
from digits.setting_row import Group
from digits.settings import (
    CHOICES,
    MAX_HIDDEN_LAYERS,
    ROWS,
    TrainingSettings,
    allowed,
    contradictions,
    problems_by_field,
)
from digits.task import PRESETS as LIST_OF_PRESETS
from ui.shared.address_bar import task_in_view
from ui.shared.plain_text import plain
from ui.shared.typed_settings import (
    keep_typed,
    key_of,
    layer_key,
    set_free_settings,
    show_settings,
    typed_settings,
)
from ui.train.guess import ask_for_guess

NEW_LAYER_UNITS = 32


class SettingsForm:
    """The controls; create it once a rerun, in the order in which the parts shall stand.

    Args:
        start: says what the controls show first; asked when they have not been shown yet.
    """

    def __init__(self, start: Callable[[], TrainingSettings]) -> None:
        if "typed" not in st.session_state:
            show_settings(start())
        keep_typed()
        self._values: dict[str, Any] = st.session_state.typed
        self._messages: dict[str, Any] = {}
        self._task = task_in_view()

    def presets(self) -> None:
        """A list of settings that belong together; it names one only while all of it is set."""
        if LIST_OF_PRESETS in self._task.hidden:
            return
        shown = next((name for name, preset in PRESETS.items() if preset == typed_settings()), None)
        # Another key for each name: a browser that has not heard yet that a setting was changed
        # sends the name of before, which would be taken for a choice and undo the change.
        key = key_of(f"preset_{shown}")
        st.selectbox(
            "Start from",
            list(PRESETS),
            index=list(PRESETS).index(shown) if shown else None,
            placeholder="Settings of your own",
            disabled=LIST_OF_PRESETS in self._task.locked,
            key=key,
            on_change=_apply_preset,
            args=(key,),
        )
        ask_for_guess(shown)

    def _layers(self) -> None:
        """One field a hidden layer, to be added and removed one by one."""
        layers: list[int] = self._values["hidden_layers"]
        is_locked = "hidden_layers" in self._task.locked
        # One container, so that what comes below stays in its place, and open if it was.
        with st.container(key="hidden_layers"):
            for index, field in enumerate(st.session_state.layer_fields):
                with st.container(horizontal=True, vertical_alignment="bottom"):
                    layers[index] = st.number_input(
                        f"Hidden layer {index + 1}, units",
                        value=layers[index],
                        step=1,
                        key=layer_key(field),
                        on_change=keep_typed,
                        disabled=is_locked,
                    )
                    st.button(
                        f"Remove layer {index + 1}",  # its name; the cross alone is seen
                        icon=":material/close:",
                        key=f"remove_layer_{index}",
                        on_click=_remove_layer,
                        args=(index,),
                        disabled=is_locked,
                    )
        self._messages["hidden_layers"] = st.empty()
        st.button(
            "Add a layer",
            icon=":material/add:",
            key="add_layer",
            disabled=is_locked or len(layers) >= MAX_HIDDEN_LAYERS,
            on_click=_add_layer,
        )

    def shows(self, group: Group) -> bool:
        """Whether a task has left any control of a group."""
        return any(self._names(group))

    def _names(self, group: Group) -> list[str]:
        hidden = self._task.hidden
        return [name for name, row in ROWS.items() if row.group is group and name not in hidden]

    def group(self, group: Group) -> None:
        """The controls of a group of settings, as the table has them: numbers, then lists."""
        names = self._names(group)
        if not names:
            return
        words = [name for name in names if name in CHOICES]
        numbers = [name for name in names if name not in CHOICES and name != "hidden_layers"]
        if group.value:
            st.caption(group.value)
        if "hidden_layers" in names:
            self._layers()
        if numbers:
            with st.container(horizontal=True):
                for name in numbers:
                    with st.container():
                        self._number(name)
        for pair in (words[at : at + 2] for at in range(0, len(words), 2)):
            # Level at the bottom, as the name of one may take two lines.
            columns = st.columns(len(pair), vertical_alignment="bottom")
            for column, name in zip(columns, pair, strict=True):
                with column:
                    self._list(name)

    def settings(self) -> TrainingSettings | None:
        """The settings as they stand now, or None while one of them is refused."""
        settings = None
        try:
            settings = TrainingSettings.model_validate(self._values)
            wrong = contradictions(settings)
        except ValidationError as error:
            wrong = problems_by_field(error)
        for name, sentence in wrong.items():
            # A control that is hidden has no place of its own for it.
            beside = self._messages.get(name) or st
            beside.markdown(f":red[:material/error: {plain(sentence)}]")
        return None if wrong else settings

    def _list(self, name: str) -> None:
        field, options = TrainingSettings.model_fields[name], CHOICES[name]
        self._values[name] = st.selectbox(
            str(field.title),
            options,
            # A run of another version may have had a choice that is gone.
            index=options.index(chosen) if (chosen := self._values[name]) in options else 0,
            key=key_of(name),
            on_change=keep_typed,
            help=field.description,
            disabled=name in self._task.locked,
        )

    def _number(self, name: str) -> None:
        field = TrainingSettings.model_fields[name]
        is_whole = field.annotation is int
        step = ROWS[name].step_at(self._values[name])
        self._values[name] = st.number_input(
            str(field.title),
            value=self._values[name],
            step=int(step) if is_whole else float(step),
            format="%d" if is_whole else ROWS[name].format_of(self._values[name]),
            key=key_of(name),
            on_change=keep_typed,
            help=f"{field.description} Allowed: {allowed(name)}.",
            disabled=name in self._task.locked,
        )
        self._messages[name] = st.empty()


def _apply_preset(key: str) -> None:
    name = st.session_state.get(key)
    if name in PRESETS:
        set_free_settings(PRESETS[name])


def _add_layer() -> None:
    keep_typed()
    fields = st.session_state.layer_fields
    if len(fields) < MAX_HIDDEN_LAYERS:
        st.session_state.typed["hidden_layers"].append(NEW_LAYER_UNITS)
        # Never one of before, whose number a browser might still send.
        st.session_state.newest_field = max([*fields, st.session_state.get("newest_field", 0)]) + 1
        fields.append(st.session_state.newest_field)


def _remove_layer(index: int) -> None:
    keep_typed()
    for listed in (st.session_state.typed["hidden_layers"], st.session_state.layer_fields):
        del listed[index : index + 1]  # without complaint if it is gone already
