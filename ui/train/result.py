"""How well a run reads, in one sentence, and what comes next; its place is there from the start."""

from collections.abc import Sequence

import streamlit as st

from digits.challenges import Challenge, challenge_named
from digits.diagnosis import Finding
from digits.intervals import interval_of_test_accuracy
from digits.settings import TEST_IMAGES, TrainingSettings
from digits.verdict import FAIR, verdict
from model_store.records import WEIGHTS, Epoch, Run, State
from server.addresses import page_file
from server.resources import resources
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_now
from ui.shared.address_bar import task_in_view
from ui.shared.live import show_so_far
from ui.shared.own_digits import show_own_score
from ui.shared.plain_text import plain
from ui.shared.session import visitor_id
from ui.shared.solved_challenges import next_unsolved, reached_by, solved_by
from ui.train.findings import ANCHOR, is_to_be_explained
from ui.train.guess import show_guess
from ui.train.run_controls import rate_again, show_controls

# What stands in the place of the verdict as long as there is none.
BEFORE_THE_TEST = {
    State.QUEUED: "It is tested at its end, on 10,000 digits that it never learns from.",
    State.RUNNING: "It is tested at its end, on 10,000 digits that it never learns from.",
    State.PAUSED: "It rests. Let it go on, or go through it step by step; it is tested at the end.",
    State.STOPPED: "It was not tested.",
    State.FINISHED: "It was not tested.",
    State.FAILED: "It was not tested, as the training broke off.",
}


def show_result(
    run: Run, settings: TrainingSettings, last_epoch: Epoch | None, findings: Sequence[Finding]
) -> None:
    """Show what a run came to, and what can be done with it now.

    Args:
        run: the one in view.
        settings: those of the run.
        last_epoch: the last one that it has finished.
        findings: what is said of it below its curves.
    """
    accuracy = run.test["accuracy"] if run.test else None
    with st.container(key="result", horizontal=True):
        with st.container(key="accuracy", width="content"):
            if accuracy is None:
                show_so_far(settings, last_epoch)
            else:
                _show_accuracy(accuracy)
        with st.container(key="own_accuracy", width="content"):
            show_own_score(run)
        is_weak = accuracy is not None and accuracy < FAIR
        with st.container(key="verdict"), st.container(key="weak" if is_weak else "judged"):
            said = BEFORE_THE_TEST[run.state] if accuracy is None else verdict(accuracy)
            # Short, for a second line would move the curves.
            explained = is_to_be_explained(findings, accuracy)
            st.markdown(f"{said} [Why?](#{ANCHOR})" if explained else said)
            show_guess(run)
            _show_challenges(run)
            if again := rate_again(run, settings_now(run)):
                st.caption(again)
    with st.container(key="run_buttons", horizontal=True, vertical_alignment="center"):
        if run.state == State.PAUSED:  # what comes next is to go on
            show_controls(run, settings_now(run))
            show_next_steps(run)
        else:
            show_next_steps(run)
            show_controls(run, settings_now(run))


def _show_challenges(run: Run) -> None:
    """Say which challenges the visitor's run solves, and whether the one that they try is left."""
    reached = reached_by(run) if run.visitor == visitor_id() and not run.is_active else None
    if reached is None:
        return
    solved = solved_by(run)
    tried = challenge_named(task_in_view().challenge)
    with st.container(key="challenges", horizontal=True):
        if solved:
            first = tried if tried in solved else solved[0]
            *others, last = [each.name for each in solved]
            said = f"**Solved: {' and '.join([', '.join(others)] * bool(others) + [last])}**"
            if not others:
                said = f"**Solved: {last}:** {first.said_of(reached)}"
            with st.container(key="solved", width="content"):
                st.page_link(
                    page_file("models"),
                    label=said,
                    icon=":material/trophy:",
                    help="See all challenges, and publish it.",
                    query_params={"challenge": first.name},
                    width="content",
                )
            _offer_next_challenge()
        elif tried and not _has_solved(tried):
            st.caption(f"This run does not solve **{tried.name}**: {tried.said_of(reached)}.")


def _has_solved(challenge: Challenge) -> bool:
    """Whether any run of the visitor's does: then no other has to."""
    runs = resources().store.runs.of_visitor(visitor_id())
    return any(challenge in solved_by(run) for run in runs)


def _offer_next_challenge() -> None:
    """Lead on to a challenge that the visitor has not solved yet, if there is one."""
    challenge = next_unsolved(resources().store.runs.of_visitor(visitor_id()))
    if challenge:
        st.page_link(
            page_file("train"),
            label=f"Next challenge: {challenge.name}",
            icon=":material/arrow_forward:",
            help=challenge.task,
            query_params={**challenge.start.to_full_query(), "challenge": challenge.name},
            width="content",
        )


def _show_accuracy(accuracy: float) -> None:
    """The share of the test images that were read, and how much it depends on which they were."""
    lowest, highest = interval_of_test_accuracy(accuracy)
    with st.container(key="test_accuracy"):
        st.metric(
            f"Accuracy on {TEST_IMAGES:,} test images",
            f"{accuracy:.2%}",
            f"{lowest:.2%} to {highest:.2%}",
            delta_color="off",
            delta_arrow="off",
            delta_description="for other digits like these",
            help="Measured once, at the end. The test images take no part in training. Other "
            "10,000 digits would have given a little more or less: below stands where the "
            "share of all such digits lies, with 95% certainty (Wilson's interval).",
        )


def show_next_steps(run: Run) -> None:
    """Lead on from a run that has come to rest with something to show, the first step foremost."""
    if run.is_active or WEIGHTS not in run.artifacts:
        return
    with st.container(
        key="next_steps", horizontal=True, vertical_alignment="center", width="content"
    ):
        st.page_link(page_file("draw"), label="Draw with it", icon=":material/draw:")
        if run.state == State.PAUSED:  # what else there is waits for its end
            return
        st.page_link(page_file("inside"), label="Look inside it", icon=":material/visibility:")
        _offer_comparison(run)


def _offer_comparison(run: Run) -> None:
    """Lead to a run beside the visitor's one before it; without one, beside the ready-made."""
    before = resources().store.runs.finished_before(run) if run.visitor == visitor_id() else None
    beside = before.id if before else READY_MADE
    query = {"compare": f"{run.id},{beside}", "against": beside, "tick": "yes"}
    st.page_link(
        page_file("models"),
        label="Compare it",
        icon=":material/compare:",
        help=f"Beside {plain(before.name)}, your run before it." if before else None,
        query_params={} if run.id == READY_MADE else query,
    )
