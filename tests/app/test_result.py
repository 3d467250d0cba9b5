"""What the Train page says of a run at its end, and offers next."""

import re
from urllib.parse import parse_qsl

from streamlit.testing.v1 import AppTest

from digits.challenges import CHALLENGES
from digits.settings import TrainingSettings
from digits.verdict import verdict
from model_store.records import Run, State
from server.resources import Resources
from tests.app.conftest import component_data, in_view_of_its_owner, number, words
from trainer.ready_made import READY_MADE, install


def test_the_test_accuracy_is_a_percentage(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    shown = next(metric for metric in app.metric if "10,000" in metric.label)
    assert finished_run.test
    assert shown.value == f"{finished_run.test['accuracy']:.2%}"
    assert verdict(finished_run.test["accuracy"]) in words(app)


def test_the_charts_lead_to_what_learn_says_of_them(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    harder = {**finished_run.settings, "augment": 0.5}
    made.store.runs.change(finished_run.id, settings=harder)
    said = words(app.run())
    assert "Validation goes without. [More on Learn](learn#" in said
    assert "[Why guessing costs 2.30](learn#" in said
    anchors = re.findall(r"\(learn#([\w-]+)\)", said)
    headings = re.findall(r"^### (.+)$", words(app.switch_page("../pages/learn.py").run()), re.M)
    assert {*anchors} <= {heading.lower().replace(" ", "-") for heading in headings}
    assert len(anchors) == 2


def test_no_gpu_is_not_said_as_a_fault(app: AppTest, made: Resources, finished_run: Run) -> None:
    before = "TensorFlow 2.21.0. GPU device not found, running on CPU"
    made.store.runs.change(finished_run.id, origin={**finished_run.origin, "device": before})
    app.query_params["run"] = finished_run.id
    assert "TensorFlow 2.21.0, training on the CPU. Kept for up to" in words(app.run())


def test_a_result_names_its_network_and_its_settings(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    said = words(app)
    assert f"Somebody's network **{finished_run.name}**, shared with you" in said
    assert "Your network" not in said
    assert "relu · adam, rate 0.001 · batch size 32 · 1 epoch ·" in said
    assert said.count("784-16-10") == 1, "its shape is said once"
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    assert f"Your network **{finished_run.name}**" in words(app)


def test_the_ready_made_network_is_nobodys_share(app: AppTest, made: Resources) -> None:
    install(made.store)
    app.query_params["run"] = READY_MADE
    app.run()
    assert "The **ready-made network**" in words(app)
    assert "Somebody" not in words(app)


def test_a_result_says_when_the_controls_are_set_otherwise(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    assert "other settings now" not in words(app)
    number(app, "Epochs").set_value(7)
    app.button(key="add_layer").click().run()
    said = "other settings now: Hidden layers 16-32 instead of 16, Epochs 7 instead of 1."
    assert said in words(app)
    app.button(key="like_this").click().run()
    assert "other settings now" not in words(app)
    assert number(app, "Epochs").value == 1


def test_a_bad_result_never_stands_without_a_word_of_why(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    test = {"accuracy": 0.79, "temperature": 1.0, "dead_units": 0.0, "saturated_units": 0.0}
    few = {**finished_run.settings, "images_used": 100}
    made.store.runs.change(finished_run.id, settings=few, test=test)
    app.query_params["run"] = finished_run.id
    said = words(app.run())
    assert "[Why?](#what-this-run-shows)" in said
    limit = "It has only 100 images to learn from."
    assert f"{limit} Worth a try: more images, wider layers, more" in said
    app.query_params["challenge"] = "Few"
    assert "Worth a try: wider layers, more epochs, augmentation." in words(app.run())
    wide = {**finished_run.settings, "hidden_layers": [64]}
    made.store.runs.change(finished_run.id, settings=wide, test={**test, "accuracy": 0.92})
    assert "No rule here has found why it reads 92.00% and no more." in words(app.run())
    made.store.runs.change(finished_run.id, test={**test, "accuracy": 0.97})
    assert "Why?" not in words(app.run())


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


def links(app: AppTest) -> dict[str, dict[str, str]]:
    """What the links of the page ask of the page that they lead to, by their labels."""
    found = [link.proto for link in app.get("page_link")]
    return {link.label: dict(parse_qsl(link.query_string)) for link in found}


def test_a_run_is_compared_with_the_visitors_run_before_it(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.query_params["run"] = finished_run.id
    assert links(app.run())["Compare it"]["against"] == READY_MADE, "it is somebody's"
    in_view_of_its_owner(app, made, finished_run)
    assert links(app)["Compare it"]["against"] == READY_MADE, "it is the first"
    visitor, values = app.session_state["visitor"], finished_run.settings
    for name, state in (("before", State.FINISHED), ("failed", State.FAILED)):
        run = made.store.runs.create(visitor, values, name)
        made.store.runs.change(run.id, state=state)
    made.store.runs.change(finished_run.id, created_at=run.created_at + 1)
    before = next(run for run in made.store.runs.of_visitor(visitor) if run.name == "before")
    query = {"compare": f"{finished_run.id},{before.id}", "against": before.id, "tick": "yes"}
    assert links(app.run())["Compare it"] == query


def test_who_has_solved_a_challenge_is_led_to_the_next(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    solved = {
        "settings": TrainingSettings(hidden_layers=(6, 12)).model_dump(mode="json"),
        "test": {**(finished_run.test or {}), "accuracy": 0.93},
    }
    in_view_of_its_owner(app, made, finished_run, **solved)
    small, few = CHALLENGES[:2]
    query = links(app)[f"Next challenge: {few.name}"]
    assert query == {**few.start.to_full_query(), "challenge": few.name}
    assert small.name not in "".join(label for label in links(app) if label.startswith("Next"))
    made.store.runs.change(finished_run.id, test={"accuracy": 0.5, "temperature": 1.0})
    assert not [label for label in links(app.run()) if label.startswith("Next")]
