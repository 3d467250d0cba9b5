"""A guess before the run of a preset that asks a question, and the result beside it afterwards."""

import streamlit as st

from digits.recipes import PRESETS
from digits.settings import TrainingSettings
from digits.words import percent
from model_store.records import Run


def ask_for_guess(preset: str | None) -> None:
    """Ask what the visitor expects, where the preset that is set is a question."""
    if preset and preset.endswith("?"):
        st.number_input(
            "Your guess: % of the test images read",
            min_value=0,
            max_value=100,
            value=None,
            placeholder="none",
            key=_key(preset),
            help="Guess before you press Train; the result is put beside it.",
        )


def keep_guess(run: Run, settings: TrainingSettings) -> None:
    """Remember in this session what was guessed of a run that was started just now."""
    asked = [name for name, preset in PRESETS.items() if name.endswith("?") and preset == settings]
    guess = st.session_state.get(_key(asked[0])) if asked else None
    if guess is not None:
        st.session_state.setdefault("guesses", {})[run.id] = guess


def show_guess(run: Run) -> None:
    """Say what was guessed, and put the result beside it once there is one."""
    guess = st.session_state.get("guesses", {}).get(run.id)
    if guess is None:
        return
    if not run.test:
        st.markdown(f"You guessed **{guess}%**.")
        return
    off = abs(100 * run.test["accuracy"] - guess)
    st.markdown(
        f"You guessed **{guess}%**, it reads {percent(run.test['accuracy'])}: "
        f"{'well guessed' if off < 1 else f'{off:.0f} points off'}."
    )


def _key(preset: str) -> str:
    """The key of the field for a guess: of one preset only, as is the guess."""
    return f"guess_{preset}"
