"""Which network reads on the Draw page, and what is said where it cannot."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digits.drawing import prepare
from model_store.records import WEIGHTS, LabelledDrawing, PlannedFineTuning, Run, State
from server.resources import Resources
from tests.app.conftest import answer, words
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer import run_executor
from trainer.checkpoints import packed, packed_weights, unpacked
from trainer.ready_made import READY_MADE, install


def test_a_drawing_is_read_by_the_run_in_view(app: AppTest, finished_run: Run) -> None:
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert finished_run.name in words(app)
    assert "sure" in words(app)
    assert answer(app)["digit"] in "0123456789"


def test_what_leads_on_says_what_the_run_in_view_is_at(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    def labels() -> list[str]:
        known = ("Train your own", "Watch it train", "See how it was trained", "Look inside")
        found = [str(link.proto.label) for link in app.get("page_link")]
        return [label for label in found if label in known]

    install(made.store)
    open_draw_page(app)
    assert labels() == ["Train your own", "Look inside"]
    app.session_state["run"] = finished_run.id
    app.run()
    assert labels() == ["Look inside", "See how it was trained"]
    made.store.runs.change(finished_run.id, state=State.RUNNING)
    app.run()
    assert labels() == ["Watch it train", "Look inside"]


def choices(app: AppTest) -> list[str]:
    return list(app.selectbox(key="reader").options)


def test_one_chooses_who_reads_among_ones_own_and_the_ready_made(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    install(made.store)
    made.store.runs.change(finished_run.id, visitor="ann")
    without_weights = made.store.runs.create("ann", finished_run.settings, "nothing learned")
    made.store.runs.change(without_weights.id, state=State.STOPPED)
    app.session_state["visitor"] = "ann"
    open_draw_page(app)
    assert f"Read by your network **{finished_run.name}**" in words(app), "the newest, unasked"
    assert [choice.partition(" · ")[0] for choice in choices(app)] == [
        "Ready-made network",
        finished_run.name,
    ]
    app.selectbox(key="reader").set_value(READY_MADE).run()
    assert "Read by the **ready-made network**" in words(app)
    app.selectbox(key="reader").set_value(finished_run.id).run()
    assert f"Read by your network **{finished_run.name}**" in words(app)
    assert app.query_params["run"] in (finished_run.id, [finished_run.id])
    app.selectbox(key="reader").set_value(READY_MADE).run()
    assert "Read by the **ready-made network**" in words(app)
    assert "run" not in app.query_params


def test_draw_inside_and_learn_are_about_the_same_network_where_no_run_is_in_view(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    def said() -> list[bool]:
        found = []
        for page in ("draw", "inside", "learn"):
            app.switch_page(f"../pages/{page}.py").run()
            found.append(f"our network **{finished_run.name}**" in words(app))
        return found

    install(made.store)
    good = {**(finished_run.test or {}), "accuracy": 0.9}
    made.store.runs.change(finished_run.id, visitor="ann", test=good)
    made.store.runs.create("ann", finished_run.settings, "newer, but not finished")
    app.session_state["visitor"] = "ann"
    app.run()
    assert said() == [True] * 3
    app.switch_page("../pages/inside.py").run()
    app.selectbox(key="looked_into").set_value(READY_MADE).run()
    assert said() == [False] * 3, "the one that was chosen"


def test_a_newcomer_has_nothing_to_choose(app: AppTest, made: Resources) -> None:
    install(made.store)
    open_draw_page(app)
    assert "Train one of your own" in words(app)
    assert not app.selectbox


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.FAILED, "has no weights to read with: The disk is full."),
        (State.STOPPED, "has no weights to read with"),
        (State.PAUSED, "has no weights to read with: not started yet"),
        (State.QUEUED, "waits to be trained"),
        (State.RUNNING, "is still training"),
    ],
)
def test_it_is_said_why_another_network_reads(
    app: AppTest, made: Resources, finished_run: Run, state: State, reason: str
) -> None:
    install(made.store)
    run = made.store.runs.create("ann", finished_run.settings, "wanted")
    made.store.runs.change(run.id, state=state, failure="The disk is full." * (state == "failed"))
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert f"Your network **wanted** {reason}" in words(app)
    assert "ready-made network** " in words(app)
    assert answer(app)["digit"] == "1"


def test_a_network_that_was_deleted_is_missed(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    install(made.store)
    app.session_state["run"] = finished_run.id
    made.store.runs.delete(finished_run.id, "nobody")
    open_draw_page(app)
    assert "has been deleted. Read by the **ready-made network**" in words(app)
    newest = made.store.runs.create("ann", finished_run.settings, "newest").id
    weights = packed_weights([np.zeros((784, 10), np.float32), np.zeros(10, np.float32)])
    files = {WEIGHTS: made.store.artifacts.save(newest, WEIGHTS, weights)}
    settings = {**finished_run.settings, "hidden_layers": []}
    made.store.runs.change(newest, state=State.FINISHED, artifacts=files, settings=settings)
    app.session_state["visitor"] = "ann"
    open_draw_page(app)
    assert "has been deleted. Read by your network **newest**" in words(app), "as on Inside"


def test_weights_that_are_gone_are_said_and_others_read(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    install(made.store)
    made.store.artifacts.delete(finished_run.id)
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert "gone from the store" in words(app)
    assert "Read by the **ready-made network**" in words(app)
    assert answer(app)["digit"] == "1"


def test_a_run_that_still_trains_reads_with_its_newest_weights(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    settings = {**finished_run.settings, "epochs": 10}
    made.store.runs.change(
        finished_run.id, state=State.RUNNING, visitor="ann", settings=settings, test=None
    )
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert "is still training" in words(app)
    assert "reads with its newest weights" in words(app)
    assert answer(app)["as_of"] == "With its weights of step 113, in epoch 1 of 10."
    reference = finished_run.artifacts["checkpoint.npz"]
    checkpoint = unpacked(made.store.artifacts.load(finished_run.id, reference))
    opposite = [-weight for weight in checkpoint.weights]
    newer = packed(replace(checkpoint, weights=opposite, step=2 * 1688))
    reference = made.store.artifacts.save(finished_run.id, "checkpoint.npz", newer)
    made.store.runs.change(finished_run.id, artifacts={"checkpoint.npz": reference})
    from ui.draw.prediction import reader_of  # the canvas can only be loaded in a running app

    reader = reader_of(replace(finished_run, state=State.RUNNING))
    assert reader.as_of == "after epoch 2 of 10"
    assert np.array_equal(reader.weights[0], opposite[0])


def test_the_network_as_it_was_is_one_press_away_after_a_lesson(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    lesson = made.store.runs.create(
        "ann", finished_run.settings, "784-16-10, taught", PlannedFineTuning(finished_run.id)
    )
    made.store.corrections.add("ann", LabelledDrawing(prepare(a_one()).image.tobytes(), 7))
    run_executor.execute_next("ticket", made.config)
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = lesson.id
    open_draw_page(app)
    app.button(key="forget").click().run()
    assert "What you had named is forgotten." in words(app)
    assert "**784-16-10, taught** reads now" in words(app)
    app.button(key="untaught").click().run()
    assert f"Read by the network **{finished_run.name}** of a run" in words(app)
    app.button(key="bring_back").click().run()
    assert "You have named 1 drawing: 7. Each is kept for 30 days." in words(app)


def test_the_ready_made_network_reads_and_is_named(app: AppTest, made: Resources) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    assert "ready-made network" in words(app)
    assert answer(app)["digit"] == "1"
