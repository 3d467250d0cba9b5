"""The Train page with a run in view, and around the press that starts one."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digits.live_figures import LIVE_FIGURES
from digits.recipes import PRESETS
from digits.settings import TRAINING_IMAGES, TrainingSettings
from model_store import run_rows
from model_store.records import Points, Run, State, StoredProgress
from server.resources import Resources
from tests.app.conftest import asked_for, component_data, in_view_of_its_owner, number, words
from trainer import run_executor
from trainer.run_settings import settings_now


def test_a_link_shows_a_run_to_anyone_but_gives_no_power(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    said = words(app)
    assert "**finished** · 1 epochs" in said or "**finished** · 1 epoch" in said
    assert any("10,000 test images" in metric.label for metric in app.metric)
    assert "The same image before and after" in said
    keys = {button.key for button in app.button}
    assert not keys & {"stop", "pause", "resume", "more_epochs"}
    assert "train" in keys


def test_deleted_weights_are_said_and_survived(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    made.store.artifacts.delete(finished_run.id)
    app.query_params["run"] = finished_run.id
    app.run()
    assert "gone from the store" in words(app)
    assert "**finished**" in words(app)


def test_a_run_that_is_paused_in_line_can_be_put_back(app: AppTest, made: Resources) -> None:
    app.run()
    app.button(key="train").click().run()
    app.button(key="pause").click().run()
    assert "**paused** · not started yet" in words(app)
    app.button(key="resume").click().run()
    assert "**queued**" in words(app)


def test_a_second_tap_that_knows_nothing_of_the_first_shows_its_run(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_rows, "SECONDS_OF_TWO_TAPS", 600.0)  # however slow the machine is
    app.run().button(key="train").click().run()
    first = asked_for(app)["run"]
    # As if the page had been cut short by the tap, whose browser has not heard of the run.
    del app.session_state["run"]
    app.query_params.clear()
    app.run().button(key="train").click().run()
    assert asked_for(app)["run"] == first
    assert [run.id for run in made.store.queue.waiting()] == [first]


def test_stop_ends_a_waiting_run(app: AppTest, made: Resources) -> None:
    app.run()
    app.button(key="train").click().run()
    app.button(key="stop").click().run()
    (run,) = made.store.runs.of_visitor(app.session_state["visitor"])
    assert run.state == State.STOPPED
    assert "**stopped**" in words(app)
    assert not app.button(key="train").disabled


def test_the_controls_go_on_with_a_run_that_gets_more_epochs(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    app.button(key="more_epochs").click().run()
    assert number(app, "Epochs").value == 2
    assert "other settings now" not in words(app)


def test_controls_of_ones_own_do_not_go_on_with_a_run(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    number(app, "Epochs").set_value(9).run()
    app.button(key="more_epochs").click().run()
    assert number(app, "Epochs").value == 9


def test_how_long_a_run_and_its_link_are_kept_is_said(
    app: AppTest, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_DAYS", "7")
    app.query_params["run"] = finished_run.id
    app.run()
    assert "Kept for up to 7 days after it was last trained, its link too." in words(app)


def test_the_controls_are_handed_to_a_run_that_trains(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    changes = [{"step": 1200, "dropout": 0.2}]
    settings = {**finished_run.settings, "epochs": 5}
    made.store.runs.change(finished_run.id, settings=settings)
    values = {"state": State.RUNNING, "step": 1300, "total_steps": 4220, "test": None}
    in_view_of_its_owner(app, made, finished_run, **values, changes=changes)
    assert "Changed while it trained: dropout 0.2 after step 1,200." in words(app)
    keys = {button.key for button in app.button}
    assert "change_run" in keys, "the controls show the settings of the start"
    number(app, "Dropout").set_value(0.2).run()
    assert "change_run" not in {button.key for button in app.button}
    number(app, "Learning rate").set_value(0.05)
    number(app, "Epochs").set_value(7)
    number(app, "Batch size").set_value(512).run()
    assert "Learning rate 0.05 instead of 0.001, Batch size 512 instead of 32." in words(app)
    assert "The batch size from the next epoch on." in words(app)
    assert "can only be chosen before the start" in words(app)
    made.store.runs.change(finished_run.id, state=State.PAUSED)
    before = app.button(key="change_run").proto.type
    assert app.run().button(key="change_run").proto.type == before, "or it is another element"
    app.button(key="change_run").click().run()
    asked = made.store.runs.get(finished_run.id)
    assert asked is not None
    assert asked.requested_settings == {
        **{"learning_rate": 0.05, "batch_size": 512, "dropout": 0.2, "l2": 0.0, "l1": 0.0},
        **{"label_smoothing": 0.0},
    }
    assert "change_run" not in {button.key for button in app.button}
    made.store.runs.change(finished_run.id, visitor="somebody else")
    number(app, "Learning rate").set_value(0.01).run()
    assert "change_run" not in {button.key for button in app.button}


def test_a_paused_run_goes_on_by_a_step_an_epoch_or_to_its_end(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    paused = {"state": State.PAUSED, "step": 130, "total_steps": 5 * 1688, "test": None}
    settings = {**finished_run.settings, "epochs": 5}
    for key, pause_at in (("one_step", 131), ("one_epoch", 1688), ("resume", None)):
        in_view_of_its_owner(app, made, finished_run, **paused, settings=settings)
        assert app.button(key="resume").proto.type == "primary"
        app.button(key=key).click().run()
        asked = made.store.runs.get(finished_run.id)
        assert asked is not None
        assert (asked.state, asked.pause_at) == (State.QUEUED, pause_at)
        assert key not in {button.key for button in app.button}


def test_a_run_that_rests_before_its_first_step_goes_on_by_a_step_or_an_epoch_too(
    app: AppTest, made: Resources
) -> None:
    app.run().button(key="train").click().run()
    run_id = asked_for(app)["run"]
    number(app, "Batch size").set_value(512).run()
    app.button(key="change_run").click().run()
    changed = made.store.runs.get(run_id)
    assert changed is not None
    settings = settings_now(changed)
    epoch = settings.steps_per_epoch(settings.split(TRAINING_IMAGES)[0])
    for key, pause_at in (("one_step", 1), ("one_epoch", epoch)):
        app.button(key="pause").click().run()
        assert "step by step" in words(app)
        assert "slow_motion_step" in {button.key for button in app.button}
        app.button(key=key).click().run()
        asked = made.store.runs.get(run_id)
        assert asked is not None
        assert (asked.state, asked.pause_at) == (State.QUEUED, pause_at)


def test_a_branch_takes_the_same_steps_and_then_goes_its_own_way(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    def branch(step: int) -> Run:
        app.number_input(key=f"branch_at_{finished_run.id}").set_value(step).run()
        app.button(key="branch").click().run()
        [mine] = made.store.runs.in_work(app.session_state["visitor"])
        run_executor.execute_next(f"ticket {mine.id}", made.config)
        ended = made.store.runs.get(mine.id)
        assert ended is not None
        app.query_params["run"] = finished_run.id
        app.run()
        return ended

    longer = {**finished_run.settings, "epochs": 3}
    assert made.store.runs.requeue(finished_run.id, "nobody", longer)
    run_executor.execute_next("two more", made.config)
    app.query_params["run"] = finished_run.id
    app.run()
    assert "the same run again, to the last digit" in words(app)
    same = branch(113)
    assert same.branch == {"run": finished_run.id, "step": 113}
    assert same.changes == []
    number(app, "Learning rate").set_value(0.01).run()
    assert "Learning rate 0.01 instead of 0.001" in words(app)
    [optimizer] = [each for each in app.selectbox if each.label == "Optimizer"]
    optimizer.set_value("sgd")
    number(app, "Batch size").set_value(512).run()
    assert "begins anew there, with the weights as they are" in words(app)
    assert "The batch size with the first epoch that begins there or later." in words(app)
    number(app, "Batch size").set_value(32)
    number(app, "Images used").set_value(2000).run()
    assert "Images used decides how many steps an epoch has" in words(app)
    other = branch(200)
    assert other.changes == [{"step": 200, "optimizer": "sgd", "learning_rate": 0.01}]
    first, second, third = (
        made.store.progress.since(run.id).points["loss"] for run in (finished_run, same, other)
    )
    assert (first == second).all()
    assert (first[:201] == third[:201]).all()
    assert not (first[201:] == third[201:]).any()
    app.query_params["run"] = other.id
    app.run()
    assert "Changed while it trained: sgd, rate 0.01 after step 200." in words(app)
    curves = [
        data["figure"]["data"] for data in component_data(app) if {"stream", "figure"} <= {*data}
    ]
    assert sorted(map(len, curves)) == [2, 6, 6], "each with that of the run before"
    made.store.runs.change(finished_run.id, deleted_at=1.0)
    app.run()
    assert "Changed while it trained" in words(app)


def test_more_epochs_on_a_schedule_say_where_the_rate_starts_again(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    in_view_of_its_owner(app, made, finished_run)
    assert app.button(key="more_epochs").label == "1 more epoch"
    assert "starts again" not in words(app)
    cosine = {**finished_run.settings, "schedule": "cosine", "learning_rate": 0.004}
    in_view_of_its_owner(app, made, finished_run, settings=cosine)
    assert "With 1 more epoch the learning rate starts again at 0.002." in words(app)


@pytest.mark.parametrize("epochs_at_first", [4, 2])
def test_a_branch_of_a_run_that_outlived_its_schedule_is_said_to_be_no_repetition(
    app: AppTest, made: Resources, epochs_at_first: int
) -> None:
    settings = TrainingSettings(schedule="cosine", epochs=4)
    steps = np.arange(1, 4 * 844 + 1, dtype=np.int32)
    rates = [settings.rate_at(min(1, step / (epochs_at_first * 844))) for step in steps]
    run = made.store.runs.create("ann", settings.model_dump(mode="json"), "mine")
    zeros = np.zeros(len(steps), np.float32)
    series = {row.curves[0].series: zeros for row in LIVE_FIGURES}
    points = Points(steps, {**series, "learning_rate": np.array(rates, np.float32)})
    made.store.progress.append(run.id, "", StoredProgress(points, []))
    ended = {"step": len(steps), "total_steps": len(steps), "test": {"accuracy": 0.9}}
    made.store.runs.change(run.id, state=State.FINISHED, **ended)
    app.session_state["visitor"] = "ann"
    app.query_params["run"] = run.id
    said = words(app.run())
    is_whole = epochs_at_first == 4
    assert ("so the branch will be the same run again, to the last digit" in said) == is_whole
    assert ("with one schedule over all 4 epochs, so its learning rate" in said) != is_whole


def test_a_preset_that_asks_takes_a_guess_and_puts_the_result_beside_it(
    app: AppTest, made: Resources
) -> None:
    guess = "Your guess: % of the test images read"
    app.run()
    assert guess not in [field.label for field in app.number_input]
    presets = next(box for box in app.selectbox if box.label == "Start from")
    presets.select("What can no hidden layer do?").run()
    number(app, guess).set_value(80).run()
    app.button(key="train").click().run()
    (run,) = made.store.runs.of_visitor(app.session_state["visitor"])
    assert "You guessed **80%**." in words(app)
    tested = {"loss": 0.3, "accuracy": 0.9245}
    made.store.runs.change(run.id, state=State.FINISHED, test=tested)
    app.run()
    assert "You guessed **80%**, it reads 92.45%: 12 points off." in words(app)


def test_a_run_is_named_by_the_question_that_it_answers(app: AppTest, made: Resources) -> None:
    question = "Is one wide layer as good as two?"
    app.run()
    next(box for box in app.selectbox if box.label == "Start from").select(question).run()
    app.button(key="train").click().run()
    (run,) = made.store.runs.of_visitor(app.session_state["visitor"])
    assert run.name == question
    assert f"**{question}**" in words(app)
    assert "784-512-10" in words(app), "its shape is said beside it"


def test_a_guess_belongs_to_the_preset_that_asked_for_it(app: AppTest, made: Resources) -> None:
    guess = "Your guess: % of the test images read"
    first, second = [name for name in PRESETS if name.endswith("?")][:2]
    app.run()
    next(box for box in app.selectbox if box.label == "Start from").select(first).run()
    number(app, guess).set_value(85).run()
    next(box for box in app.selectbox if box.label == "Start from").select(second).run()
    assert number(app, guess).value is None
    app.button(key="train").click().run()
    (run,) = made.store.runs.of_visitor(app.session_state["visitor"])
    made.store.runs.change(run.id, state=State.FINISHED, test={"loss": 0.3, "accuracy": 0.9245})
    app.run()
    assert "You guessed" not in words(app)
