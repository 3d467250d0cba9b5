"""What is to be seen of a run's learning, each with a button that sets what helps."""

from collections.abc import Sequence

import streamlit as st

from digits.challenges import challenge_named
from digits.diagnosis import Finding
from digits.remedy import Remedy, limit_in_words, worth_a_try
from digits.settings import ROWS, TrainingSettings
from digits.verdict import GOOD
from digits.words import percent
from ui.shared.address_bar import task_in_view
from ui.shared.typed_settings import key_of, set_free_settings, typed_settings

ANCHOR = "what-this-run-shows"
MOST_TRIES = 3


def show_findings(
    findings: list[Finding], settings: TrainingSettings, mine: bool, accuracy: float | None
) -> None:
    """Say what was found, the gravest first.

    Args:
        findings: of the run in view.
        settings: those of the run.
        mine: whether the viewer trained it, and has the controls to try what helps.
        accuracy: on the test images; None where that was not measured.
    """
    if not is_to_be_explained(findings, accuracy):
        return
    with st.container(key="diagnosis", gap="small"):
        st.header("What this run shows", anchor=ANCHOR)
        if not findings and accuracy is not None:
            st.markdown(f":material/troubleshoot: {_unexplained(settings, accuracy)}")
        for number, finding in enumerate(findings):
            with st.container(horizontal=True, vertical_alignment="center"):
                saw, remedy = finding.saw, finding.remedy
                st.markdown(f":material/troubleshoot: {saw} {remedy.why}", width="stretch")
                helps = remedy.settings != settings
                if mine and helps and task_in_view().permits(remedy.settings, settings):
                    _offer(remedy, settings, f"remedy_{number}" if number else "remedy")


def is_to_be_explained(findings: Sequence[Finding], accuracy: float | None) -> bool:
    """Whether something was found, or the result is bad without a reason that is known."""
    return bool(findings) or (accuracy is not None and accuracy < GOOD)


def _unexplained(settings: TrainingSettings, accuracy: float) -> str:
    """What is said of a bad result that no rule speaks of."""
    task = task_in_view()
    challenge = challenge_named(task.challenge)
    tries = [
        words
        for words, then in worth_a_try(settings)
        if task.permits(then, settings) and (challenge is None or challenge.allows(then))
    ]
    said = limit_in_words(settings)
    if not said:
        said = f"No rule here has found why it reads {percent(accuracy)} and no more."
    return f"{said} Worth a try: {', '.join(tries[:MOST_TRIES])}." if tries else said


def _offer(remedy: Remedy, settings: TrainingSettings, key: str) -> None:
    st.button(
        f"Set {remedy.changes}",
        key=key,
        icon=":material/healing:",
        help="Sets the controls; press Train to try it.",
        on_click=_set,
        args=(remedy.settings, settings),
    )
    if typed_settings() == remedy.settings:
        st.caption(f":material/check: {remedy.changes} is set. Press **Train** to try it.")


def _set(helps: TrainingSettings, settings: TrainingSettings) -> None:
    """Set the controls, and have the page bring the first that is another now into sight."""
    set_free_settings(helps)
    changed = [each for each in ROWS if getattr(helps, each) != getattr(settings, each)]
    is_layers = changed[0] == "hidden_layers"  # which have a field each
    st.session_state.field_set = changed[0] if is_layers else key_of(changed[0])
