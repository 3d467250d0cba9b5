"""Above a result: whose network it is, with which settings, and how to hand it on."""

from pathlib import Path

import streamlit as st

from digits.settings_in_words import change_in_words, described_beside
from digits.words import counted
from model_store.records import Run
from server.addresses import page_file
from trainer.ready_made import READY_MADE
from trainer.run_settings import changes_of, settings_of
from ui.shared.plain_text import plain
from ui.shared.session import visitor_id

CHANGES_SAID = 6

_HERE = Path(__file__).parent
_tools = st.components.v2.component(
    "digit_playground_run_tools",
    html="""
    <div class="run-tools">
      <button type="button" class="run-tools-copy">
        <span class="run-tools-icon" aria-hidden="true">share</span>Share</button>
      <button type="button" class="run-tools-settings">
        <span class="run-tools-icon" aria-hidden="true">tune</span>Change settings</button>
      <span role="status"></span>
      <input readonly hidden aria-label="Link to this run">
    </div>""",
    css=(_HERE / "run_tools.css").read_text(),
    js=(_HERE / "run_tools.js").read_text(),
    isolate_styles=False,
)
_focus = st.components.v2.component("digit_playground_focus", js=(_HERE / "focus.js").read_text())


def show_heading(run: Run) -> None:
    """Name the network of a run and its settings."""
    with st.container(key="run_heading", gap="small"):
        st.markdown(_whose(run))
        st.caption(described_beside(run.name, settings_of(run)))
        if run.branch:
            st.page_link(
                page_file("train"),
                label=f"A branch: the steps of this run up to step {run.branch['step']:,}",
                icon=":material/fork_right:",
                query_params={"run": run.branch["run"]},
            )
        if run.changes:
            st.caption(f"Changed while it trained: {_changes_in_words(run)}.")
        _tools(data={"run": run.id}, key="run_tools")


def _changes_in_words(run: Run) -> str:
    changes = changes_of(run)[-CHANGES_SAID:]
    said = [f"{change_in_words(change)} after step {change.step:,}" for change in changes]
    left_out = len(run.changes) - len(changes)
    return "; ".join([*([f"{counted(left_out, 'time')} before"] if left_out else []), *said])


def keep_focus(run: Run | None) -> None:
    """Have the focus of a keyboard go on when a press takes its own button away.

    A field that a remedy has set just now is brought into sight. To be called once by a page, at
    its end: nothing is seen of it.
    """
    field = st.session_state.pop("field_set", "")
    with st.container(key="focus"):
        shown = {"run": run.id, "state": run.state} if run else {}
        _focus(data={**shown, "field": field}, key="focus_script")


def mark_order(run: Run | None) -> None:
    """Have results come first on a phone where the visit began with some (`ui/shared/run.css`).

    What stands first stays first: a press on Train must not turn the page upside down. To be called
    before both, as it also has them hidden until `show_all_at_once`.

    Args:
        run: the one in view.
    """
    with st.container(key="order"):
        if run:
            with st.container(key="shows_run"):
                st.html("<span></span>")
        if run and st.session_state.setdefault("results_first", True):
            with st.container(key="results_first"):
                st.html("<span></span>")


def show_all_at_once() -> None:
    """End what is shown of a run, which is seen from now on (`ui/shared/run.css`).

    What comes piece by piece would push along what came before. To be called even if the run could
    not be shown.
    """
    with st.container(key="run_end"):
        st.html("<span></span>")


def _whose(run: Run) -> str:
    if run.visitor == visitor_id():
        return f"Your network **{plain(run.name)}**"
    if run.id == READY_MADE:
        return "The **ready-made network**, which reads for everyone who has not trained one"
    return (
        f"Somebody's network **{plain(run.name)}**, shared with you by its link. You can watch it "
        "and draw for it; press **Train** to start one of your own."
    )
