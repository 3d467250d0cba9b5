"""What is to be seen of a run's learning, each with a button that sets what helps."""

import streamlit as st

from digits.diagnosis import Finding
from digits.settings import TrainingSettings
from ui.shared.address_bar import task_in_view
from ui.shared.typed_settings import set_free_settings


def show_findings(findings: list[Finding], settings: TrainingSettings, mine: bool) -> None:
    """Say what was found, the gravest first.

    Args:
        findings: of the run in view.
        settings: those of the run.
        mine: whether the viewer trained it, and has the controls to try what helps.
    """
    if not findings:
        return
    with st.container(key="diagnosis", gap="small"):
        st.markdown("**What this run shows**")
        for number, finding in enumerate(findings):
            with st.container(horizontal=True, vertical_alignment="center"):
                saw, remedy = finding.saw, finding.remedy
                st.markdown(f":material/troubleshoot: {saw} {remedy.why}", width="stretch")
                helps = remedy.settings != settings
                if mine and helps and task_in_view().permits(remedy.settings, settings):
                    st.button(
                        f"Set {remedy.changes}",
                        key=f"remedy_{number}" if number else "remedy",
                        icon=":material/healing:",
                        help="Sets the controls; press Train to try it.",
                        on_click=set_free_settings,
                        args=(remedy.settings,),
                    )
