"""The Train page, without a browser."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TrainingSettings
from digits.verdict import verdict
from digits.words import rounded
from model_store.records import Run, State
from server.resources import Resources
from tests.app.conftest import component_data, words
from trainer import run_executor
from trainer.duration_estimate import PROBES, DurationEstimator, Timing, _step
from trainer.ready_made import READY_MADE, install
from trainer.supervisor import Readiness


def number(app: AppTest, label: str):
    """Return the number field with this label."""
    return next(field for field in app.number_input if field.label.startswith(label))


def asked_for(app: AppTest) -> dict[str, str]:
    """Return what the address asks for; the app and the test itself write it in two ways."""
    query = app.query_params.items()
    return {name: value if isinstance(value, str) else value[-1] for name, value in query}


def test_a_newcomer_reads_what_to_press(app: AppTest) -> None:
    app.run()
    assert "Press **Train**" in words(app)
    assert app.button(key="train").proto.type == "primary"
    assert "**109,386** weights" in words(app)
    assert next(box for box in app.selectbox if box.label == "Start from").value


def greetings(app: AppTest) -> list[dict[str, Any]]:
    return [data["network"] for data in component_data(app) if "about" in data]


def test_whoever_comes_without_wishes_is_greeted(app: AppTest, made: Resources) -> None:
    app.run()
    assert not greetings(app), "there is no network to read yet"
    install(made.store)
    app.run()
    assert greetings(app)[0]["widths"] == [784, 1024, 384, 10]
    app.button(key="add_layer").click().run()
    assert not greetings(app), "the network of the settings is shown"
    assert app.run().query_params
    assert not greetings(app)


def test_train_puts_the_settings_in_line(app: AppTest, made: Resources) -> None:
    app.run()
    number(app, "Epochs").set_value(3)
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert run.settings == {**DEFAULT_RECIPE.model_dump(mode="json"), "epochs": 3}
    assert app.query_params["run"] in (run.id, [run.id])
    assert "**queued**" in words(app)
    assert "warming up" in words(app)
    assert "train" not in {button.key for button in app.button}, "Stop stands in its place"
    assert not app.button(key="stop").disabled


def test_layers_come_and_go_one_by_one(app: AppTest) -> None:
    app.run()
    app.button(key="add_layer").click().run()
    assert "784 → 128 → 64 → 32 → 10" in words(app)
    number(app, "Hidden layer 2").set_value(100).run()
    app.button(key="remove_layer_0").click().run()
    assert "784 → 100 → 32 → 10" in words(app)
    for _ in range(4):
        app.button(key="add_layer").click().run()
    assert app.button(key="add_layer").disabled
    for _ in range(6):
        app.button(key="remove_layer_0").click().run()
    assert "784 → 10: **7,850** weights" in words(app)


@pytest.mark.parametrize(
    ("label", "value", "allowed"),
    [
        ("Hidden layer 1", 0, "each has 1 to 1,024 units"),
        ("Hidden layer 2", 2000, "each has 1 to 1,024 units"),
        ("Batch size", 5000, "from 1 to 4,096"),
        ("Epochs", 0, "from 1 to 50"),
        ("Learning rate", -1.0, "from 1e-06 to 10"),
        ("Dropout", 0.9, "from 0 to 0.8"),
        ("Seed", -1, "a whole number from 0"),
    ],
)
def test_wrong_values_are_refused_beside_the_field(
    app: AppTest, label: str, value: float, allowed: str
) -> None:
    app.run()
    number(app, label).set_value(value).run()
    assert allowed in words(app)
    assert app.button(key="train").disabled
    assert number(app, label).value == value


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"patience": "3", "validation": "0"}, "it needs a validation split above 0"),
        ({"images": "500", "batch": "4096"}, "at most the 500 images that it learns from"),
    ],
)
def test_what_does_not_go_together_is_said_beside_the_field_and_nothing_is_lost(
    app: AppTest, address: dict[str, str], sentence: str
) -> None:
    app.query_params |= address
    app.run()
    assert sentence in words(app), "of the address"
    assert not app.button(key="train").disabled
    for label, value in (
        ("Early stopping", 3),
        ("Validation split", 0.0),
        ("Images used", 500),
        ("Batch size", 4096),
    ):
        number(app, label).set_value(value).run()
    assert sentence in words(app)
    assert app.button(key="train").disabled
    assert number(app, "Early stopping").value == 3


def test_a_preset_sets_every_control(app: AppTest) -> None:
    app.run()
    preset = next(box for box in app.selectbox if box.label == "Start from")
    preset.set_value("Exercise: one layer more").run()
    assert "784 → 128 → 64 → 32 → 10" in words(app)
    assert number(app, "Hidden layer 3").value == 32
    assert number(app, "Learning rate").step == 0.0005
    number(app, "Learning rate").increment().run()
    number(app, "Learning rate").increment().run()
    assert (number(app, "Learning rate").value, number(app, "Learning rate").step) == (0.002, 0.001)
    preset = next(box for box in app.selectbox if box.label == "Start from")
    preset.set_value("Are 500 images enough?").run()
    assert number(app, "Images used").value == 500
    assert app.query_params["images"] in ("500", ["500"])


def test_start_from_names_only_what_is_set(app: AppTest) -> None:
    def start_from():
        return next(box for box in app.selectbox if box.label == "Start from")

    app.run()
    assert start_from().value == "Reads drawings well"
    number(app, "Epochs").set_value(3).run()
    assert start_from().value is None
    start_from().set_value("Reads drawings well").run()
    assert number(app, "Epochs").value == DEFAULT_RECIPE.epochs
    number(app, "Epochs").set_value(3).run()
    number(app, "Epochs").set_value(DEFAULT_RECIPE.epochs).run()
    assert start_from().value == "Reads drawings well"


@pytest.mark.parametrize(
    ("press", "shown"),
    [
        ("add_layer", "784 → 256 → 64 → 32 → 10"),
        ("remove_layer_1", "784 → 256 → 10"),
        ("remove_layer_0", "784 → 64 → 10"),
    ],
)
def test_a_number_that_comes_with_a_press_is_kept(app: AppTest, press: str, shown: str) -> None:
    app.run()
    number(app, "Hidden layer 1").set_value(256)
    number(app, "Epochs").set_value(7)
    app.button(key=press).click().run()
    assert shown in words(app)
    assert number(app, "Epochs").value == 7


def test_what_was_typed_is_there_again_after_another_page(app: AppTest) -> None:
    app.run()
    number(app, "Epochs").set_value(0)
    number(app, "Hidden layer 2").set_value(99).run()
    app.switch_page("../pages/learn.py").run()
    app.switch_page("../pages/train.py").run()
    assert number(app, "Epochs").value == 0
    assert number(app, "Hidden layer 2").value == 99


def test_settings_beside_a_run_stand_in_its_address(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    assert asked_for(app) == {"run": finished_run.id}
    number(app, "Epochs").set_value(7).run()
    changed = {"run": finished_run.id, "layers": "16", "batch": "32", "epochs": "7"}
    assert asked_for(app) == changed
    number(app, "Epochs").set_value(1).run()
    assert asked_for(app) == {"run": finished_run.id}


def test_a_link_brings_a_run_and_other_settings_beside_it(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.query_params["epochs"] = "7"
    app.run()
    assert "**finished**" in words(app)
    assert number(app, "Epochs").value == 7
    assert asked_for(app) == {"run": finished_run.id, "epochs": "7"}


def test_back_to_an_address_of_settings_shows_the_form(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    number(app, "Epochs").set_value(7).run()
    app.query_params.clear()
    app.query_params["epochs"] = "3"
    app.run()
    assert "Press **Train**" in words(app)
    assert number(app, "Epochs").value == 3
    app.query_params.clear()
    app.query_params["run"] = finished_run.id
    app.run()
    assert "**finished**" in words(app)
    assert number(app, "Epochs").value == 1


def test_settings_come_from_the_address(app: AppTest) -> None:
    app.query_params["layers"] = "32-16"
    app.query_params["epochs"] = "7"
    app.run()
    assert "784 → 32 → 16 → 10" in words(app)
    assert number(app, "Epochs").value == 7


def test_an_address_that_names_a_default_means_the_notebooks_recipe(app: AppTest) -> None:
    app.query_params["epochs"] = "5"
    app.run()
    assert number(app, "Epochs").value == 5
    assert number(app, "Batch size").value == 64
    assert number(app, "Augmentation").value == 0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("run", "../../etc", "There is no run under this address"),
        ("run", "x" * 3000, "There is no run under this address"),
        ("epochs", "abc", "Epochs: a whole number from 1 to 50, not “abc”"),
        ("layers", "128-9999", "each has 1 to 1,024 units"),
        ("layers", "1-2-3-4-5-6-7", "there can be 0 to 6 of them"),
        ("rate", "nan", "Learning rate: a number"),
        ("optimizer", "<script>", "one of adam"),
    ],
)
def test_nonsense_in_the_address_is_said_and_survived(
    app: AppTest, name: str, value: str, sentence: str
) -> None:
    app.query_params[name] = value
    app.run()
    assert sentence in words(app)
    assert "784 → 128 → 64 → 10" in words(app)
    assert not app.button(key="train").disabled


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
    assert "784-16-10, relu · adam, rate 0.001 · batch size 32 · 1 epoch ·" in said
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


def in_view_of_its_owner(app: AppTest, made: Resources, run: Run, **values: object) -> None:
    """Show a run to its owner, after its record was changed."""
    app.query_params["run"] = run.id
    app.run()
    made.store.runs.change(run.id, visitor=app.session_state["visitor"], **values)
    app.run()


def test_the_controls_are_handed_to_a_run_that_trains(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    changes = [{"step": 1200, "dropout": 0.2}]
    values = {"state": State.RUNNING, "step": 1300, "total_steps": 4220, "test": None}
    in_view_of_its_owner(app, made, finished_run, **values, changes=changes)
    assert "Changed while it trained: dropout 0.2 after step 1,200." in words(app)
    keys = {button.key for button in app.button}
    assert "change_run" in keys, "the controls show the settings of the start"
    number(app, "Dropout").set_value(0.2).run()
    assert "change_run" not in {button.key for button in app.button}
    number(app, "Learning rate").set_value(0.05)
    number(app, "Batch size").set_value(512).run()
    assert "Learning rate 0.05 instead of 0.001." in words(app)
    assert "can only be chosen before the start" in words(app)
    app.button(key="change_run").click().run()
    asked = made.store.runs.get(finished_run.id)
    assert asked is not None
    assert asked.requested_settings == {
        **{"learning_rate": 0.05, "dropout": 0.2, "l2": 0.0, "l1": 0.0},
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
    def branch(epoch: int) -> Run:
        app.number_input(key=f"branch_at_{finished_run.id}").set_value(epoch).run()
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
    same = branch(1)
    assert same.branch == {"run": finished_run.id, "step": 113}
    assert same.changes == []
    number(app, "Learning rate").set_value(0.01).run()
    assert "Learning rate 0.01 instead of 0.001" in words(app)
    other = branch(2)
    assert other.changes == [{"step": 226, "learning_rate": 0.01}]
    first, second, third = (
        made.store.progress.since(run.id).points["loss"] for run in (finished_run, same, other)
    )
    assert (first == second).all()
    assert (first[:227] == third[:227]).all()
    assert not (first[227:] == third[227:]).any()
    app.query_params["run"] = other.id
    app.run()
    assert "Changed while it trained: rate 0.01 after step 226." in words(app)
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
    assert "You guessed" not in words(app)
    tested = {"loss": 0.3, "accuracy": 0.9245}
    made.store.runs.change(run.id, state=State.FINISHED, test=tested)
    app.run()
    assert "You guessed **80%**, it reads 92.45%: 12 points off." in words(app)
