"""The Learn page, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from model_store.records import WEIGHTS, Run, State
from server.resources import Resources
from tests.app.conftest import component_data, words
from trainer.ready_made import READY_MADE, install
from trainer.service import TrainingService


@pytest.fixture
def learn(app: AppTest) -> AppTest:
    """The app at its Learn page."""
    return app.run().switch_page("../pages/learn.py").run()


def formulas(app: AppTest) -> str:
    return "\n".join(formula.value for formula in app.latex)


def test_every_section_is_there(learn: AppTest) -> None:
    assert "How a network learns" in words(learn)
    assert [header.anchor for header in learn.header] == [
        "network",
        "unit",
        "softmax",
        "loss",
        "descent",
        "backpropagation",
        "overfitting",
        "tape",
        "keras",
        "notes",
        "glossary",
    ]
    links = words(learn)
    assert all(f"(#{header.anchor})" in links for header in learn.header)


def test_the_squares_shrink(learn: AppTest) -> None:
    before = float(learn.metric[0].value)
    learn.slider("lesson_slope").set_value(0.46)
    learn.slider("lesson_height").set_value(0.9).run()
    assert float(learn.metric[0].value) < before
    assert "As good as a line gets" in words(learn)


def test_guessing_is_explained(learn: AppTest) -> None:
    assert "This is guessing" in words(learn)
    learn.slider("lesson_probability").set_value(0.1).run()
    assert "This is guessing" not in words(learn)


@pytest.mark.parametrize(
    ("button", "verdict"),
    [
        ("Creep", "Creeping:"),
        ("Arrive", "Arriving."),
        ("Overshoot", "Overshooting, from side to side:"),
        ("Run away", "Running away."),
    ],
)
def test_strides(learn: AppTest, button: str, verdict: str) -> None:
    learn.button(f"lesson_{button}").click().run()
    assert verdict in words(learn)


def test_a_step_is_taken_and_taken_back(learn: AppTest) -> None:
    assert "1.058" in formulas(learn)
    learn.button("graph_step").click().run()
    assert learn.number_input("graph_w1").value == pytest.approx(0.3942, abs=1e-4)
    assert not learn.exception
    learn.button("graph_reset").click().run()
    assert learn.number_input("graph_w1").value == 0.5


def test_a_step_that_is_too_long_is_called_so(learn: AppTest) -> None:
    learn.slider("graph_x").set_value(3.0)
    learn.slider("graph_rate").set_value(2.0)
    learn.number_input("graph_w1").set_value(5.0).run()
    assert "too long" in words(learn)


def test_the_tape_says_so_while_the_engine_warms_up(learn: AppTest) -> None:
    learn.button("run_tape").click().run()
    assert "warming up" in words(learn)


def test_the_tape_is_compared_with_the_chain_rule(
    learn: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    def gradients(service: TrainingService, numbers: dict[str, float]) -> dict[str, float]:
        sent.append(numbers)
        return {"w1": 1.0576792, "w2": 1.3109165}

    monkeypatch.setattr(TrainingService, "gradients", gradients)
    learn.button("run_tape").click().run()
    assert sent == [{"x": 2.0, "target": 0.2, "w1": 0.5, "w2": 1.5}]
    table = learn.table[-1].value
    assert list(table["By TensorFlow"]) == ["1.0576792", "1.3109165"]


def test_the_exercise_opens_train_with_one_layer_more(learn: AppTest) -> None:
    learn.button("exercise").click().run()
    assert not learn.exception
    assert learn.session_state.typed["hidden_layers"] == [128, 64, 32]
    assert learn.query_params["layers"] == "128-64-32"


def test_a_rate_that_is_too_small_is_shown_and_one_press_away(learn: AppTest) -> None:
    assert "Too small (0.0005): it creeps from" in words(learn)
    learn.button("small_rate").click().run()
    assert not learn.exception
    assert learn.session_state.typed["learning_rate"] == 0.0005
    assert learn.query_params["optimizer"] == "sgd"


def test_a_run_that_overfits_is_one_press_away(learn: AppTest) -> None:
    learn.button("overfit").click().run()
    assert not learn.exception
    assert learn.query_params["images"] == "500"
    assert learn.session_state.typed["hidden_layers"] == [512, 256]


def test_drawing_is_one_press_away(learn: AppTest) -> None:
    learn.button("to_draw").click().run()
    assert learn.title[0].value == "Draw a digit"


def test_the_lesson_is_told_with_a_network_that_has_learned(
    learn: AppTest, made: Resources, finished_run: Run
) -> None:
    install(made.store)
    learn.query_params["run"] = finished_run.id
    assert f"your network **{finished_run.name}** reads" in words(learn.run())
    made.store.runs.change(finished_run.id, test={**(finished_run.test or {}), "accuracy": 0.1032})
    assert "the **ready-made network** reads" in words(learn.run())


def runs_of_weights(app: AppTest) -> set[str]:
    """The runs whose weights the parts of the lesson are told to fetch."""
    told = [data["weights"] for data in component_data(app) if "part" in data]
    assert len(told) == 4
    return {address.split("/")[-2] for address in told}


@pytest.mark.parametrize(
    ("state", "is_measured", "taught_with"),
    [
        (State.QUEUED, False, READY_MADE),
        (State.RUNNING, False, READY_MADE),
        (State.PAUSED, False, READY_MADE),  # after a step in slow motion, say
        (State.FAILED, False, READY_MADE),
        (State.FINISHED, True, ""),
        (State.STOPPED, True, ""),
    ],
)
def test_a_run_that_trains_is_no_lesson_before_it_has_finished(
    learn: AppTest,
    made: Resources,
    finished_run: Run,
    state: State,
    is_measured: bool,
    taught_with: str,
) -> None:
    install(made.store)
    measured = {**(finished_run.test or {}), "accuracy": 0.9} if is_measured else None
    made.store.runs.change(finished_run.id, state=state, test=measured)
    learn.query_params["run"] = finished_run.id
    assert runs_of_weights(learn.run()) == {taught_with or finished_run.id}


def test_where_the_weights_are_gone_the_ready_made_network_teaches(
    learn: AppTest, made: Resources, finished_run: Run
) -> None:
    install(made.store)
    good = {**(finished_run.test or {}), "accuracy": 0.9}
    gone = {**finished_run.artifacts, WEIGHTS: f"checkpoint-{'0' * 32}.npz"}
    made.store.runs.change(finished_run.id, test=good, artifacts=gone)
    learn.query_params["run"] = finished_run.id
    assert runs_of_weights(learn.run()) == {READY_MADE}
