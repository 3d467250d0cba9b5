"""Which network reads on the Draw page, and what is said while none can."""

import streamlit as st

from model_store.records import Run
from trainer.ready_made import READY_MADE
from ui.plain_text import plain
from ui.resources import resources


def network_in_use(run: Run | None) -> Run | None:
    """The run whose network reads: the one in view, or the ready-made one; named on the page.

    Returns:
        None while there is no network at all.
    """
    if run and run.taught and "checkpoint.npz" not in run.artifacts:
        if run.is_active:
            _wait_for_teaching(run.id)
        else:
            reason = plain(run.failure) or "it was ended before."
            st.warning(f"The lesson was not given to its end: {reason}")
        run = resources().store.runs.get(run.taught.source)
    if run and run.id != READY_MADE and "checkpoint.npz" in run.artifacts:
        st.markdown(f"Read by the network of your run **{plain(run.name)}**{_accuracy(run)}.")
        return run
    ready_made = resources().store.runs.get(READY_MADE)
    if ready_made is None:
        st.info("The ready-made network is not here yet. Please reload the page in a while.")
        return None
    st.markdown(
        f"Read by the **ready-made network**{_accuracy(ready_made)}, which was trained ahead of "
        "time by this very program. Train one of your own, and it will read instead."
    )
    return ready_made


@st.fragment(run_every=0.5)
def _wait_for_teaching(run_id: str) -> None:
    st.info("Teaching it your corrections, a few seconds …", icon=":material/school:")
    run = resources().store.runs.get(run_id)
    if run is None or not run.is_active:
        st.rerun()


def _accuracy(run: Run) -> str:
    return f" ({run.test['accuracy']:.2%} on the test images)" if run.test else ""
