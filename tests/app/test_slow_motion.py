"""A step in slow motion on the Train page, without a browser."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digits.settings import TrainingSettings
from model_store.records import Run, State, StopRequest
from server.resources import Resources
from tests.app.conftest import component_data, words
from trainer import run_executor
from ui.train.slow_motion import NO_NUMBER, as_data


@pytest.fixture
def slowed(made: Resources, small_mnist, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of somebody's that rests after its first step, which was taken in slow motion."""
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    settings = TrainingSettings(hidden_layers=(16, 12), epochs=5, batch_size=32, dropout=0.2)
    run = made.service.submit("somebody", settings)
    assert made.service.step_slowly(run, "somebody")
    run_executor.execute_next("ticket", made.config)
    return stored(made, run)


def stored(made: Resources, run: Run) -> Run:
    found = made.store.runs.get(run.id)
    assert found
    return found


def in_view(app: AppTest, made: Resources, run: Run, is_owner: bool = True, **values: Any) -> None:
    app.query_params["run"] = run.id
    app.run()
    if is_owner:
        values["visitor"] = app.session_state["visitor"]
    if values:
        made.store.runs.change(run.id, **values)
    app.run()


def steps_shown(app: AppTest) -> list[dict[str, Any]]:
    return [data for data in component_data(app) if isinstance(data, dict) and "stages" in data]


def keys(app: AppTest) -> set[str]:
    return {button.key or "" for button in app.button if not button.disabled}


def test_a_step_is_shown_in_four_stages_with_the_numbers_of_the_run(
    app: AppTest, made: Resources, slowed: Run
) -> None:
    in_view(app, made, slowed, is_owner=False)
    (shown,) = steps_shown(app)
    assert shown["title"] == "Step 1 in slow motion"
    look, measure, blame, move = shown["stages"]
    names = [stage["name"] for stage in shown["stages"]]
    assert names == ["Look", "Measure", "Blame", "Move"]
    assert look["sentence"].startswith("The 32 images of the next batch go through the network")
    assert look["note"] == "Dropout: 20% of the hidden units sit out this step."
    assert len(look["images"]["words"]) == 12
    loss = made.store.progress.since(slowed.id).points["loss"][0]
    assert float(measure["numbers"][0]["before"]) == pytest.approx(loss, abs=1e-3)
    assert len(measure["images"]["words"]) == 4
    layers = ["the ten scores", "hidden layer 2", "hidden layer 1"]
    assert [bar["name"] for bar in blame["bars"]] == layers, "back from the loss"
    assert max(bar["share"] for bar in blame["bars"]) == 1
    assert [bar["name"] for bar in move["bars"]] == layers[::-1]
    before, after = (float(move["numbers"][0][when]) for when in ("before", "after"))
    assert before == float(measure["numbers"][0]["before"])
    assert ("costs less" in move["sentence"]) == (after < before)
    assert not keys(app) & {"slow_motion_step", "slow_next", "slow_go_on"}, "it is not theirs"


@pytest.mark.parametrize("key", ["slow_motion_step", "slow_next"])
def test_its_owner_takes_the_next_step_so_too(
    app: AppTest, made: Resources, slowed: Run, key: str
) -> None:
    in_view(app, made, slowed)
    app.button(key=key).click().run()
    asked = stored(made, slowed)
    assert (asked.state, asked.stop_request) == (State.QUEUED, StopRequest.SLOW_STEP)
    (shown,) = steps_shown(app)
    assert shown["waiting"] == "It is in line for its next step, which is taken in slow motion."
    assert not keys(app) & {"slow_motion_step", "slow_next", "slow_go_on"}, "once is enough"
    run_executor.execute_next("ticket", made.config)
    app.run()
    assert steps_shown(app)[0]["title"] == "Step 2 in slow motion"
    assert "before it could take a step" not in words(app)


def test_or_goes_on_at_full_speed_and_finds_it_again_at_the_end(
    app: AppTest, made: Resources, slowed: Run
) -> None:
    in_view(app, made, slowed)
    app.button(key="slow_go_on").click().run()
    asked = stored(made, slowed)
    assert (asked.state, asked.stop_request) == (State.QUEUED, StopRequest.NOTHING)
    assert steps_shown(app) == []
    run_executor.execute_next("ticket", made.config)
    app.run()
    assert stored(made, slowed).state == State.FINISHED
    assert [shown["title"] for shown in steps_shown(app)] == ["Step 1 in slow motion"]
    assert "Step 1 in slow motion" in [each.label for each in app.expander]
    assert "before it could take a step" not in words(app)


def test_a_run_that_trains_is_asked_and_one_that_ends_before_says_so(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    values: dict[str, Any] = {"state": State.RUNNING, "step": 50, "test": None}
    in_view(app, made, finished_run, **values)
    app.button(key="slow_motion_step").click().run()
    asked = stored(made, finished_run)
    assert (asked.state, asked.stop_request) == (State.RUNNING, StopRequest.SLOW_STEP)
    assert "about to take its next step" in steps_shown(app)[0]["waiting"]
    ended = {"state": State.FINISHED, "step": 113, "stop_request": StopRequest.NOTHING}
    made.store.runs.change(finished_run.id, **ended)
    app.run()
    assert "came to rest before it could take a step in slow motion" in words(app)


def test_a_run_that_is_gone_is_not_asked(app: AppTest, made: Resources, slowed: Run) -> None:
    in_view(app, made, slowed)
    assert made.store.runs.delete(slowed.id, app.session_state["visitor"])
    app.button(key="slow_next").click().run()
    assert steps_shown(app) == []
    assert not app.exception


def test_a_step_that_ruined_the_network_and_one_without_slopes_are_told(slowed: Run) -> None:
    layer = {"slope": 0.0, "size": 0.0, "moved": None}
    images = {"pixels": "", "labels": [8], "answers": [3], "costs": [None]}
    record = {
        "step": 1,
        "batch": 1,
        "right": [0, 0],
        "learning_rate": 10.0,
        "loss": [12345678.0, None],
        "made_smaller": [12345678.0, None],
        "first": images,
        "costliest": images,
        "layers": [layer, layer],
        "units": [0],
        "asked": "",
    }
    settings = TrainingSettings(hidden_layers=(1,))
    look, measure, blame, move = as_data(slowed, settings, record)["stages"]
    assert look["sentence"].endswith("which reads it wrong.")
    assert measure["images"]["words"] == [f"cost {NO_NUMBER}: an 8, read as a 3"]
    assert measure["numbers"][0]["before"] == "1.2e7"
    assert "no weight has a slope" in blame["sentence"]
    assert "no number any more" in move["sentence"]
    assert [bar["share"] for bar in move["bars"]] == [0, 0]
