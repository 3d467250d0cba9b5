"""The Train page with a run in view, and around the press that starts one."""

import pytest
from streamlit.testing.v1 import AppTest

from digits.recipes import DEFAULT_RECIPE, NOTEBOOK, PRESETS
from digits.settings import TrainingSettings
from digits.verdict import verdict
from digits.words import rounded
from model_store.records import Run, State
from server.resources import Resources
from tests.app.conftest import component_data, in_view_of_its_owner, number, words
from trainer import run_executor
from trainer.duration_estimate import PROBES, DurationEstimator, Timing, _step
from trainer.queue_estimate import QueueEstimate
from trainer.ready_made import READY_MADE, install
from trainer.supervisor import Readiness


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


def test_the_test_accuracy_is_a_percentage(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    shown = next(metric for metric in app.metric if "10,000" in metric.label)
    assert finished_run.test
    assert shown.value == f"{finished_run.test['accuracy']:.2%}"
    assert verdict(finished_run.test["accuracy"]) in words(app)


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


def test_stop_ends_a_waiting_run(app: AppTest, made: Resources) -> None:
    app.run()
    app.button(key="train").click().run()
    app.button(key="stop").click().run()
    (run,) = made.store.runs.of_visitor(app.session_state["visitor"])
    assert run.state == State.STOPPED
    assert "**stopped**" in words(app)
    assert not app.button(key="train").disabled


def test_the_visitors_own_run_is_said_to_come_first(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()
    settings = NOTEBOOK.model_dump(mode="json")
    made.store.runs.create("ann", settings, "hers")
    wait = QueueEstimate(0, 360.0)
    monkeypatch.setattr(made.service, "queue_estimate", lambda *_: wait)
    app.run()
    assert "Other runs are training now; it would start in about 6 min." in words(app)
    made.store.runs.create(app.session_state["visitor"], settings, "mine")
    app.run()
    assert "Your run that trains now comes first; it would start in about 6 min." in words(app)


def test_a_full_queue_is_said_before_and_after_the_press(app: AppTest, made: Resources) -> None:
    app.run()
    settings = NOTEBOOK.model_dump(mode="json")
    mine = app.session_state["visitor"]
    for visitor in ("bob", mine, mine, mine, mine):
        made.store.runs.create(visitor, settings, "waiting")
    app.run()
    assert "5 runs before yours." in words(app)  # and no time that nobody can know
    app.button(key="train").click().run()
    assert "You have 4 runs in line already" in words(app)
    assert len(made.store.runs.active()) == 5


def test_before_the_machine_is_measured_no_time_is_invented(app: AppTest) -> None:
    app.run()
    said = words(app)
    assert "How long it takes is said here once this machine has been measured." in said
    assert "few seconds" not in said
    assert "a minute" not in said


def measure(made: Resources, times: float = 1.0) -> DurationEstimator:
    """Let the service know the pace of a machine."""
    estimator = made.service._supervisor.estimator
    for settings in PROBES:
        estimator.note_probe(settings, Timing(times * _step(settings), 2.0, 0.3 * times))
    return estimator


def test_the_time_is_said_before_the_press_and_follows_the_settings(
    app: AppTest, made: Resources
) -> None:
    estimator = measure(made)
    app.run()
    assert f"About {rounded(estimator.seconds(DEFAULT_RECIPE) or 0)} on this machine" in words(app)
    number(app, "Epochs").set_value(3).run()
    few = DEFAULT_RECIPE.model_copy(update={"epochs": 3})
    assert f"About {rounded(estimator.seconds(few) or 0)} on this machine" in words(app)
    assert rounded(estimator.seconds(few) or 0) != rounded(estimator.seconds(DEFAULT_RECIPE) or 0)


def test_a_run_longer_than_it_may_be_is_told_so(app: AppTest, made: Resources) -> None:
    measure(made, times=200)
    app.run()
    assert "Every run has 30 minutes here" in words(app)


def test_while_it_runs_it_says_how_long_it_still_takes(app: AppTest, made: Resources) -> None:
    measure(made)
    made.service._supervisor.readiness = Readiness(True, "ready")
    app.run()
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert made.store.queue.claim("ticket")
    app.run()
    left = made.service.seconds_left(run)
    assert f"then off it goes · about {rounded(left or 0)} to go" in words(app)
    shown = {"step": 2000, "total_steps": 4000, "steps_per_second": 100.0, "elapsed": 20.0}
    made.store.runs.change(run.id, **shown)
    app.run()
    assert "about 20 s to go" in words(app)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.1, "1 s"),
        (7.4, "7 s"),
        (17.6, "20 s"),
        (58, "1 min"),
        (94, "1 min 30 s"),
        (283, "4 min 30 s"),
        (1234, "21 min"),
    ],
)
def test_expected_times_are_rounded(seconds: float, said: str) -> None:
    assert rounded(seconds) == said


def test_a_result_names_its_network_and_its_settings(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    said = words(app)
    assert "Somebody's network **784-16-10**, shared with you" in said
    assert "Your network" not in said
    assert "relu · adam, rate 0.001 · batch size 32 · 1 epoch ·" in said
    assert said.count("784-16-10") == 1, "its shape is said once"
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    assert "Your network **784-16-10**" in words(app)


def test_the_ready_made_network_is_nobodys_share(app: AppTest, made: Resources) -> None:
    install(made.store)
    app.query_params["run"] = READY_MADE
    app.run()
    assert "The **ready-made network**" in words(app)
    assert "Somebody" not in words(app)


def test_a_result_says_when_the_controls_are_set_otherwise(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    assert "set otherwise" not in words(app)
    number(app, "Epochs").set_value(7)
    app.button(key="add_layer").click().run()
    said = "set otherwise: Hidden layers 16-32 instead of 16, Epochs 7 instead of 1."
    assert said in words(app)
    app.button(key="like_this").click().run()
    assert "set otherwise" not in words(app)
    assert number(app, "Epochs").value == 1


def test_the_controls_go_on_with_a_run_that_gets_more_epochs(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    app.button(key="more_epochs").click().run()
    assert number(app, "Epochs").value == 2
    assert "set otherwise" not in words(app)


def test_controls_of_ones_own_do_not_go_on_with_a_run(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    number(app, "Epochs").set_value(9).run()
    app.button(key="more_epochs").click().run()
    assert number(app, "Epochs").value == 9


def test_the_penalty_stands_beside_the_losses_and_old_runs_are_said_to_have_it_in_them(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    settings = {**finished_run.settings, "l2": 0.02}
    app.query_params["run"] = finished_run.id
    assert "L2 penalty" not in "".join(caption.value for caption in app.run().caption)
    for test, said in (
        ({**(finished_run.test or {}), "penalty": 0.5}, "0.5000 at the end"),
        (finished_run.test, "of an earlier version"),
    ):
        made.store.runs.change(finished_run.id, settings=settings, test=test)
        assert said in words(app.run())


def test_what_is_made_smaller_is_said_where_the_charts_show_something_else(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    assert "The loss shown is the cross-entropy" not in words(app.run())
    for change, said in (
        ({"loss": "squared error"}, "makes smaller is the squared error of the ten probabilities"),
        ({"label_smoothing": 0.2}, "labels of which 20% is spread over all ten digits."),
    ):
        made.store.runs.change(finished_run.id, settings={**finished_run.settings, **change})
        assert said in words(app.run())


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
    paused = {"state": State.PAUSED, "step": 130, "total_steps": 5 * 113, "test": None}
    settings = {**finished_run.settings, "epochs": 5}
    for key, pause_at in (("one_step", 131), ("one_epoch", 226), ("resume", None)):
        in_view_of_its_owner(app, made, finished_run, **paused, settings=settings)
        assert app.button(key="resume").proto.type == "primary"
        app.button(key=key).click().run()
        asked = made.store.runs.get(finished_run.id)
        assert asked is not None
        assert (asked.state, asked.pause_at) == (State.QUEUED, pause_at)
        assert key not in {button.key for button in app.button}


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


def test_a_run_that_ran_away_offers_what_its_sentence_names(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    failure = "Training ran away at step 8. Try a learning rate a tenth of 0.001."
    ended = {"state": State.FAILED, "failure": failure, "step": 7, "test": None}
    in_view_of_its_owner(app, made, finished_run, **ended)
    assert "resume" not in [button.key for button in app.button]
    assert app.button(key="remedy").label == "Set Learning rate 0.0001"
    app.button(key="remedy").click().run()
    assert number(app, "Learning rate").value == 0.0001
    app.button(key="train").click().run()
    newest = made.store.runs.of_visitor(app.session_state["visitor"])[0]
    assert newest.settings == {**finished_run.settings, "learning_rate": 0.0001}


def test_of_a_run_without_weights_only_the_shape_is_promised(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    def said() -> str:
        return str(next(data["words"] for data in component_data(app) if "isBegun" in data))

    in_view_of_its_owner(app, made, finished_run)
    assert said() == "It reads test images with what it has learned."
    ended = {"state": State.FAILED, "failure": "Training ran away.", "artifacts": {}}
    in_view_of_its_owner(app, made, finished_run, **ended)
    assert said() == "This is its shape alone: it kept no weights that could read."


def test_a_run_that_failed_otherwise_can_still_be_continued(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    ended = {"state": State.FAILED, "failure": "The process died.", "step": 7}
    in_view_of_its_owner(app, made, finished_run, **ended)
    keys = [button.key for button in app.button]
    assert "resume" in keys
    assert "remedy" not in keys


def test_a_network_that_guesses_is_said_to_and_offered_what_helps(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    deep = TrainingSettings(
        hidden_layers=(64,) * 6, activation="sigmoid", optimizer="sgd", learning_rate=0.01
    )
    values = {
        "settings": deep.model_dump(mode="json"),
        "test": {**(finished_run.test or {}), "accuracy": 0.1135},
    }
    in_view_of_its_owner(app, made, finished_run, **values)
    assert "it still guesses" in words(app)
    news = next(data["news"] for data in component_data(app) if "news" in data)
    assert news["icon"] == "flag", "a run that reads nothing has no tick"
    assert "through 6 layers of sigmoids hardly any slope reaches the first" in words(app)
    app.button(key="remedy").click().run()
    chosen = next(box for box in app.selectbox if box.label == "Activation")
    assert chosen.value == "relu"


def test_a_network_that_is_too_narrow_is_said_to_and_offered_what_helps(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    narrow = TrainingSettings(hidden_layers=(64, 2))
    values = {
        "settings": narrow.model_dump(mode="json"),
        "test": {**(finished_run.test or {}), "accuracy": 0.55},
    }
    in_view_of_its_owner(app, made, finished_run, **values)
    assert "hidden layer 2 lets only 2 numbers of each image through" in words(app)
    assert "guesses" not in words(app)
    assert app.button(key="remedy").label == "Set Hidden layers 64-32"
    app.button(key="remedy").click().run()
    assert "784 → 64 → 32 → 10" in words(app)


def test_more_epochs_on_a_schedule_say_where_the_rate_starts_again(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    in_view_of_its_owner(app, made, finished_run)
    assert app.button(key="more_epochs").label == "1 more epoch"
    assert "starts again" not in words(app)
    cosine = {**finished_run.settings, "schedule": "cosine", "learning_rate": 0.004}
    in_view_of_its_owner(app, made, finished_run, settings=cosine)
    assert "The learning rate starts again at 0.002 then." in words(app)


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
