"""A task that a link sets, on the Train page, without a browser."""

from streamlit.testing.v1 import AppTest

from digits.challenges import challenge_named
from digits.settings import TrainingSettings
from model_store.records import Run, State
from server.resources import Resources
from tests.app.conftest import asked_for, in_view_of_its_owner, number, words


def labels(app: AppTest) -> set[str]:
    """Return the labels of all controls."""
    return {field.label for field in [*app.number_input, *app.selectbox]}


def links(app: AppTest) -> list[str]:
    """Return the words of all links to pages."""
    return [str(link.proto.label) for link in app.get("page_link")]


def test_a_link_shows_its_task_as_plain_text_and_only_the_controls_it_leaves(
    app: AppTest, made: Resources
) -> None:
    app.query_params |= {"epochs": "2", "rate": "0.5", "hide": "all", "task": "**Guess** <b>:x:"}
    app.run()
    assert r"**Your task:** \*\*Guess\*\* \<b\>" in words(app)
    assert labels(app) == set()
    assert "More settings" not in [each.label for each in app.expander]
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert TrainingSettings.model_validate(run.settings).to_query() == {
        "epochs": "2",
        "rate": "0.5",
    }
    assert asked_for(app) == {"run": run.id, "hide": "all", "task": "**Guess** <b>:x:"}


def test_what_is_locked_stays_whatever_is_set_until_the_visitor_leaves(app: AppTest) -> None:
    app.query_params |= {"lock": "epochs,layers", "hide": "seed", "epochs": "7"}
    app.run()
    assert "hides some of the controls and locks others." in words(app)
    assert "Seed" not in labels(app)
    assert number(app, "Epochs").disabled
    assert number(app, "Hidden layer 1").disabled
    assert app.button(key="add_layer").disabled
    assert app.button(key="remove_layer_0").disabled
    assert not number(app, "Batch size").disabled
    preset = next(box for box in app.selectbox if box.label == "Start from")
    preset.set_value("Better 4,096 images at a time?").run()
    assert (number(app, "Batch size").value, number(app, "Epochs").value) == (4096, 7)
    number(app, "Learning rate").set_value(0.01).run()
    assert asked_for(app) == {
        **{"batch": "4096", "rate": "0.01", "epochs": "7"},
        **{"lock": "epochs,layers", "hide": "seed"},
    }
    app.button(key="leave_task").click().run()
    assert {"lock", "hide"}.isdisjoint(asked_for(app))
    assert not number(app, "Epochs").disabled
    assert (number(app, "Seed").value, number(app, "Epochs").value) == (42, 7)


def test_the_words_of_a_task_outlast_its_locks(app: AppTest) -> None:
    app.query_params |= {"lock": "all", "task": "Look at the curves."}
    app.run()
    app.button(key="leave_task").click().run()
    assert "Look at the curves." in words(app)
    assert app.button(key="leave_task").label == "Leave the task"
    app.button(key="leave_task").click().run()
    assert "Look at the curves." not in words(app)


def test_what_an_address_gets_wrong_is_said_once(app: AppTest) -> None:
    app.query_params |= {"hide": "rate,foo", "lerning": "1", "rate": "fast", "batch": "0"}
    app.run()
    (warning,) = app.warning
    for said in ("“foo”", "“lerning”", "Learning rate: a number", "Batch size: a whole number"):
        assert said in warning.value
    assert app.button(key="train").disabled is False


def test_a_hidden_control_that_does_not_go_with_the_rest_is_said_all_the_same(app: AppTest) -> None:
    app.query_params |= {"hide": "batch", "batch": "4096"}
    app.run()
    number(app, "Images used").set_value(500).run()
    assert "at most the 500 images that it learns from" in words(app)
    assert app.button(key="train").disabled


def test_a_remedy_that_a_task_forbids_is_not_offered(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    fast = {**finished_run.settings, "learning_rate": 0.5}
    guessed = {"loss": 2.3, "accuracy": 0.1}
    in_view_of_its_owner(app, made, finished_run, test=guessed, settings=fast)
    assert app.button(key="remedy")
    app.query_params |= {"run": finished_run.id, "lock": "rate"}
    app.run()
    assert "remedy" not in {button.key for button in app.button}


def test_a_link_for_a_class_holds_what_the_page_shows(app: AppTest) -> None:
    app.run()
    number(app, "Epochs").set_value(3).run()
    app.session_state["task_text"] = "Which digit suffers?"
    app.button(key="task_link").click().run()
    link = app.code[0].value
    assert "epochs=3" in link
    assert link.endswith("&task=Which+digit+suffers%3F")


def test_the_goal_of_a_challenge_stands_before_and_after_the_run_and_what_is_solved_is_said(
    app: AppTest, made: Resources
) -> None:
    fast = challenge_named("Fast")
    assert fast
    for name, value in {**fast.start.to_full_query(), "challenge": "Fast"}.items():
        app.query_params[name] = value
    assert fast.task in words(app.run())
    assert "cannot be set" not in words(app)
    visitor = app.session_state["visitor"]
    for steps, said in (
        (500, "This run does not solve **Fast**: 96.60% after 500 steps."),
        (159, ""),
    ):
        settings = TrainingSettings(batch_size=512, epochs=1).model_dump(mode="json")
        run = made.store.runs.create(visitor, settings, "mine")
        test = {"accuracy": 0.966, "temperature": 1.0}
        made.store.runs.change(run.id, state=State.FINISHED, test=test, step=steps)
        app.query_params.clear()
        app.query_params["run"] = run.id
        app.query_params["challenge"] = "Fast"
        assert fast.task in words(app.run())
        assert said in words(app)
        is_solved = "**Solved: Fast:** 96.60% after 159 steps" in links(app)
        assert is_solved == (not said)
        assert ("does not solve" in words(app)) == bool(said)
    (missed,) = [run for run in made.store.runs.of_visitor(visitor) if run.step == 500]
    app.query_params["run"] = missed.id
    assert "does not solve" not in words(app.run()), "another has solved it"
    app.query_params["run"] = run.id
    app.run()
    app.button(key="leave_task").click().run()
    assert fast.task not in words(app)
    assert any("**Solved: Fast:**" in each for each in links(app)), "also to who did not ask"


def test_what_the_settings_would_take_of_a_challenge_stands_beside_its_goal(app: AppTest) -> None:
    app.query_params |= {"challenge": "Fast", "batch": "600", "epochs": "2"}
    assert "As it is set now: **2 epochs of 90 steps = 180 of 200 steps**." in words(app.run())
    number(app, "Epochs").set_value(3).run()
    assert "= 270 of 200 steps: too many**." in words(app)
    app.button(key="leave_task").click().run()
    assert "As it is set now" not in words(app)


def test_a_run_of_somebody_else_solves_nothing_and_a_challenge_that_is_none_is_said(
    app: AppTest, made: Resources
) -> None:
    run = made.store.runs.create("somebody", TrainingSettings().model_dump(mode="json"), "theirs")
    test = {"accuracy": 0.99, "temperature": 1.0}
    made.store.runs.change(run.id, state=State.FINISHED, test=test, step=100)
    app.query_params["run"] = run.id
    app.query_params["challenge"] = "*None*"
    said = words(app.run())
    assert not any("Solved" in each for each in links(app))
    assert r"challenge: there is none called “\*None\*”." in said
