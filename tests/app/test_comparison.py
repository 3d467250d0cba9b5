"""Runs side by side: what whoever has their ids is told of them, without a browser."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digits.comparison import paired_difference, vote
from digits.inference import digit_probabilities
from digits.recipes import NOTEBOOK
from digits.settings import TrainingSettings
from digits.sweep import grid
from model_store.records import (
    ANSWERS,
    Epoch,
    PlannedFineTuning,
    Points,
    Run,
    State,
    StoredProgress,
)
from server.guarded_answers import NotHere
from server.resources import Resources, example_digits, weights_of
from trainer.checkpoints import packed_weights
from trainer.duration_estimate import Timing
from trainer.run_settings import settings_of
from ui.models import comparison
from ui.models.answers import answers_of
from ui.models.comparison import LONGEST_ID, ids_of
from ui.models.repeatable import kept_to_its_schedule, seed_groups
from ui.models.run_curves import MOST_POINTS
from ui.routes import routes
from ui.shared import test_set


@pytest.fixture
def browser(made: Resources, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(comparison, "SECONDS_OF_READING", 60)  # as many as a busy machine needs
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def other_run(made: Resources, finished_run: Run) -> Run:
    """The same network with noise on its weights, which reads some images otherwise."""
    dice = np.random.default_rng(1)
    weights = [
        array + dice.normal(0, 0.05, array.shape).astype(np.float32)
        for array in weights_of(finished_run)
    ]
    run = made.store.runs.create("somebody", finished_run.settings, "noisy")
    reference = made.store.artifacts.save(run.id, "checkpoint.npz", packed_weights(weights))
    changes = {"seed": 7, "learning_rate": 0.5}
    made.store.runs.change(
        run.id,
        state=State.FINISHED,
        settings={**finished_run.settings, **changes},
        artifacts={"checkpoint.npz": reference},
        test={"accuracy": 0.5, "temperature": 1.0},
    )
    found = made.store.runs.get(run.id)
    assert found
    return found


def test_the_time_of_a_sweep_is_that_of_its_runs_and_what_cannot_be_started_is_said(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    def told(**asked: str) -> dict[str, Any]:
        found: dict[str, Any] = browser.get("/sweep-cost", params=asked).json()
        return found

    asked = {"run": finished_run.id, "epochs": "1, 5", "batch": "32,512"}
    assert told(**asked)["seconds"] is None, "nothing was measured"
    estimator = made.service._supervisor.estimator
    estimator.note_probe(NOTEBOOK, Timing(0.001, 0.1, 0.1))
    seconds = [
        estimator.seconds(each.settings)
        for each in grid(settings_of(finished_run), {"epochs": "1, 5", "batch": "32,512"})
    ]
    assert len(set(seconds)) == 4, "each takes a time of its own"
    assert told(**asked)["seconds"] == pytest.approx(sum(each or 0 for each in seconds))
    assert "1 to 50" in told(run=finished_run.id, epochs="1, 500")["trouble"]
    assert browser.get("/sweep-cost", params={"run": "gone", "epochs": "1,2"}).status_code == 404


def read_by(run: Run) -> np.ndarray:
    digits = example_digits()
    assert digits
    activation = run.settings["activation"]
    return np.asarray(digit_probabilities(weights_of(run), activation, digits[0]).argmax(axis=1))


def labels() -> np.ndarray:
    digits = example_digits()
    assert digits
    return digits[1]


def test_each_is_compared_with_the_one_that_is_chosen(
    browser: TestClient, finished_run: Run, other_run: Run
) -> None:
    runs = f"{finished_run.id},{other_run.id}"
    told = browser.get("/comparison", params={"runs": runs, "against": finished_run.id}).json()
    first, second = told["runs"]
    assert "against" not in first
    pair = paired_difference(read_by(other_run), read_by(finished_run), labels())
    assert second["against"]["difference"] == pytest.approx(pair.difference)
    assert second["against"]["isWithinNoise"] == pair.is_within_noise
    assert "of 10,000" in second["against"]["words"]
    assert not second["against"]["isAnotherSeed"]
    assert "luck with these test images" in second["against"]["words"]
    assert second["against"]["luck"].startswith("Another seed might change it")
    assert first["toRepeat"]
    assert second["toRepeat"]
    differing = {row["title"] for row in told["settings"] if row["differs"]}
    assert differing == {"Seed", "Learning rate"}
    assert told["notes"] == []
    assert not told["more"]
    back = browser.get("/comparison", params={"runs": runs, "against": other_run.id}).json()
    assert back["runs"][0]["against"]["difference"] == pytest.approx(-pair.difference)


def test_what_differs_in_its_seed_alone_is_called_the_luck_of_the_seed(
    browser: TestClient, made: Resources, finished_run: Run, other_run: Run
) -> None:
    made.store.runs.change(other_run.id, settings={**finished_run.settings, "seed": 7})
    runs = f"{finished_run.id},{other_run.id}"
    told = browser.get("/comparison", params={"runs": runs, "against": finished_run.id}).json()
    against = told["runs"][1]["against"]
    pair = paired_difference(read_by(other_run), read_by(finished_run), labels())
    assert against["p"] == pair.p, "the test is the same"
    assert against["isAnotherSeed"]
    assert "Same settings, another seed: what differs here is luck" in against["words"]
    assert "more than luck" not in against["words"]
    assert "may be luck" not in against["words"]
    assert "luck" not in against


def test_seeds_are_told_together_and_what_differs_is_a_grid(
    browser: TestClient, made: Resources
) -> None:
    ids = []
    for rate, seed, accuracy in ((0.1, 1, 0.91), (0.1, 2, 0.93), (0.01, 1, 0.97), (0.001, 1, None)):
        settings = TrainingSettings(learning_rate=rate, seed=seed).model_dump(mode="json")
        run = made.store.runs.create("ann", settings, f"{rate}")
        test = accuracy and {"accuracy": accuracy}
        made.store.runs.change(run.id, state=State.FINISHED, test=test)
        ids.append(run.id)
    told = browser.get("/comparison", params={"runs": ",".join(ids)}).json()
    (group,) = told["seeds"]
    assert group["runs"] == ids[:2]
    assert group["words"].startswith("784-128-64-10, plain, rate 0.1: mean of 2 seeds 92.00%")
    assert "mean of 2 seeds 92.00%, from 91.00% to 93.00%" in group["words"]
    assert told["between"] == "", "there is one seed of the others"
    assert told["grid"]["axes"] == [
        {"title": "Learning rate", "values": ["rate 0.001", "rate 0.01", "rate 0.1"]}
    ]
    assert [cell["accuracy"] for cell in told["grid"]["cells"]] == [0.91, 0.93, 0.97, None]
    assert told["grid"]["words"].startswith("Learning rate: 97.00% with rate 0.01, 92.00%")


def test_of_a_pair_that_is_repeated_nobody_says_that_another_seed_could_change_it(
    browser: TestClient, made: Resources, finished_run: Run, other_run: Run
) -> None:
    ids = [finished_run.id, other_run.id]
    for run in (finished_run, other_run):
        made.service.plan("ann", [("more", settings_of(run).model_copy(update={"seed": 99}))])
    ids += [run.id for run in made.store.runs.of_visitor("ann")]
    told = browser.get("/comparison", params={"runs": ",".join(ids), "against": ids[0]}).json()
    assert "luck" not in told["runs"][1]["against"]
    assert not any(run["toRepeat"] for run in told["runs"])


@pytest.mark.parametrize(
    "apart",
    [
        {"state": State.STOPPED},
        {"state": State.PAUSED},
        {"state": State.RUNNING},
        {"changes": [{"step": 100, "learning_rate": 0.5}]},
        {"branch": {"run": "another", "step": 100}},
        {"fine_tuning": PlannedFineTuning("another")},
        {"settings": TrainingSettings(seed=1).model_dump(mode="json")},
        {"settings": TrainingSettings(seed=2, epochs=9).model_dump(mode="json")},
    ],
    ids=lambda apart: str(*apart),
)
def test_only_whole_runs_that_differ_in_their_seed_alone_are_seeds_of_one(
    made: Resources, apart: dict[str, Any]
) -> None:
    runs = []
    for seed in (1, 2):
        settings = TrainingSettings(seed=seed).model_dump(mode="json")
        run = made.store.runs.create("ann", settings, f"seed {seed}")
        made.store.runs.change(run.id, state=State.FINISHED, test={"accuracy": 0.9}, step=900)
        runs.append(run.id)
    first, second = map(made.store.runs.get, runs)
    assert first
    assert second
    assert seed_groups([first, second]) == [[first, second]]
    assert seed_groups([first, replace(second, **apart)]) == []


def test_a_run_that_was_given_epochs_past_its_schedule_is_no_other_seed(made: Resources) -> None:
    runs = []
    for seed, steps_at_first in ((1, 100), (2, 50)):
        settings = TrainingSettings(seed=seed, schedule="cosine")
        run = made.store.runs.create("ann", settings.model_dump(mode="json"), f"seed {seed}")
        steps = np.arange(1, 101, dtype=np.int32)
        rates = [settings.rate_at(min(1, step / steps_at_first)) for step in steps]
        points = Points(steps, {"learning_rate": np.array(rates, np.float32)})
        made.store.progress.append(run.id, "", StoredProgress(points, []))
        made.store.runs.change(run.id, state=State.FINISHED, test={"accuracy": 0.9}, step=100)
        runs.append(run.id)
    found = [run for run in map(made.store.runs.get, runs) if run]
    assert kept_to_its_schedule(found[0])
    assert seed_groups(found) == []


def test_two_settings_are_compared_over_their_seeds(browser: TestClient, made: Resources) -> None:
    ids = []
    for place, rate in enumerate((0.1, 0.01)):
        for seed in range(4):
            settings = TrainingSettings(learning_rate=rate, seed=seed).model_dump(mode="json")
            run = made.store.runs.create("ann", settings, f"{rate}")
            test = {"accuracy": 0.9 + 0.02 * place + seed / 1000}
            made.store.runs.change(run.id, state=State.FINISHED, test=test)
            ids.append(run.id)
    told = browser.get("/comparison", params={"runs": ",".join(ids)}).json()
    lines = [group["words"] for group in told["seeds"]]
    assert [line.split(":")[0] for line in lines] == ["rate 0.1", "rate 0.01"]
    assert told["between"].startswith(
        "Every run with rate 0.01 beats every run with rate 0.1, by 2.00"
    )


def test_one_run_is_compared_with_all_seeds_of_the_other(
    browser: TestClient, made: Resources
) -> None:
    ids = []
    for rate, seed in ((0.1, 1), (0.1, 2), (0.01, 1), (0.1, 3)):
        settings = TrainingSettings(learning_rate=rate, seed=seed).model_dump(mode="json")
        run = made.store.runs.create("ann", settings, f"{rate}")
        made.store.runs.change(run.id, state=State.FINISHED, test={"accuracy": 0.9 + seed / 100})
        ids.append(run.id)
    told = browser.get("/comparison", params={"runs": ",".join(ids)}).json()
    assert told["between"].startswith(
        "rate 0.01 reads 91.00%, within what 3 seeds of rate 0.1 gave (91.00% to 93.00%)."
    )


def test_over_several_seeds_of_two_settings_no_pair_has_a_verdict_of_its_own(
    browser: TestClient, made: Resources, finished_run: Run, other_run: Run
) -> None:
    ids = [finished_run.id, other_run.id]
    for run in (finished_run, other_run):
        again = made.store.runs.create("ann", {**run.settings, "seed": 99}, "again")
        weights = packed_weights(weights_of(other_run))
        artifacts = {
            "checkpoint.npz": made.store.artifacts.save(again.id, "checkpoint.npz", weights)
        }
        made.store.runs.change(
            again.id, state=State.FINISHED, artifacts=artifacts, test={"accuracy": 0.6}
        )
        ids.append(again.id)
    told = browser.get("/comparison", params={"runs": ",".join(ids), "against": ids[0]}).json()
    assert "luck with the seeds" in told["between"]
    words = [run["against"]["words"] for run in told["runs"][1:]]
    assert not any("luck" in each for each in words)
    assert "The sentence above says" in words[0]
    assert words[1].endswith("Same settings, another seed.")


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.05, 0.05), False),
        ((0.05, 0.0), False),
        ((0.05, 0.02), True),
    ],
)
def test_validation_on_different_images_is_said_to_be_no_comparison(
    browser: TestClient, made: Resources, shares: tuple[float, float], said: bool
) -> None:
    ids = []
    for share in shares:
        settings = TrainingSettings(validation_split=share).model_dump(mode="json")
        ids.append(made.store.runs.create("ann", settings, f"{share}").id)
    told = browser.get("/comparison", params={"runs": ",".join(ids)}).json()
    note = (
        "Held back are different images (2% and 5% of them): compare the test accuracy, not the "
        "validation curves."
    )
    assert told["notes"] == [note] * said


def test_where_they_disagree_and_what_a_vote_says(
    browser: TestClient, finished_run: Run, other_run: Run
) -> None:
    runs = f"{finished_run.id},{other_run.id}"
    told = browser.get("/disagreements", params={"runs": runs}).json()
    here, there = read_by(finished_run), read_by(other_run)
    assert told["count"] == (here != there).sum() > 0
    for image in told["images"]:
        index = image["index"]
        assert image["answers"] == [here[index], there[index]]
        assert image["label"] == labels()[index]
    assert told["vote"] == pytest.approx((vote([here, there]) == labels()).mean())
    assert told["allWrong"] == ((here != labels()) & (there != labels())).sum()


def test_what_is_not_there_is_said_and_the_rest_goes_on(
    browser: TestClient, made: Resources, finished_run: Run, other_run: Run
) -> None:
    waiting = made.store.runs.create("ann", finished_run.settings, "waiting")
    runs = ",".join([finished_run.id, "unknown", waiting.id, other_run.id, "\x00", "%00"])
    told = browser.get("/comparison", params={"runs": runs, "against": "unknown"}).json()
    assert [run["name"] for run in told["runs"]] == [finished_run.name, "waiting", "noisy"]
    assert told["notes"] == ["2 networks are not here: deleted, or the link is cut."]
    assert "not trained yet" in told["runs"][1]["trouble"]
    assert told["more"], "it is still in line"
    made.store.runs.delete(other_run.id, "somebody")
    told = browser.get("/comparison", params={"runs": f"{finished_run.id},{other_run.id}"}).json()
    assert told["notes"] == ["1 network is not here: deleted, or the link is cut."]
    answer = browser.get("/disagreements", params={"runs": f"{finished_run.id},{other_run.id}"})
    assert (answer.status_code, "takes two" in answer.text) == (404, True)


def test_a_thousand_ids_are_cut_and_that_is_said(browser: TestClient, finished_run: Run) -> None:
    runs = ",".join([finished_run.id, *(f"no{count}" for count in range(999))])
    told = browser.get("/comparison", params={"runs": runs}).json()
    assert [run["id"] for run in told["runs"]] == [finished_run.id]
    assert "1,000 networks are more than can be told apart" in told["notes"][0]


def test_ids_are_read_from_anything() -> None:
    dice = Random(4)
    for _ in range(500):
        text = "".join(
            chr(dice.choice((44, dice.randrange(128), dice.randrange(0xD800)))) for _ in range(90)
        )
        found = ids_of(text)
        assert len(set(found)) == len(found)
        assert all(each and each.isprintable() and len(each) <= LONGEST_ID for each in found)
    assert ids_of(" a,b,,a ,c") == ["a", "b", "c"]


def test_answers_that_were_kept_are_not_computed_again(
    made: Resources, finished_run: Run, other_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.testing.assert_array_equal(answers_of(other_run), read_by(other_run))
    kept = (labels() + 1) % 10
    reference = made.store.artifacts.save(other_run.id, ANSWERS, kept.tobytes())
    artifacts = {**other_run.artifacts, ANSWERS: reference}
    monkeypatch.setattr(test_set, "weights_of", None)  # would fail
    np.testing.assert_array_equal(answers_of(replace(other_run, artifacts=artifacts)), kept)


def test_networks_that_take_long_come_later(
    browser: TestClient, finished_run: Run, other_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "SECONDS_OF_READING", -1)
    runs = f"{finished_run.id},{other_run.id}"
    told = browser.get("/comparison", params={"runs": runs, "against": finished_run.id}).json()
    assert told["more"]
    assert told["runs"][0]["trouble"] == "is being asked for its answers"


def test_a_run_that_was_not_trained_has_no_answers(made: Resources) -> None:
    run = made.store.runs.create("ann", {}, "stopped")
    made.store.runs.change(run.id, state=State.STOPPED)
    found = made.store.runs.get(run.id)
    assert found
    with pytest.raises(NotHere, match="has read no test images"):
        answers_of(found)


def test_curves_are_thinned_along_three_axes(browser: TestClient, made: Resources) -> None:
    run = made.store.runs.create("ann", {"batch_size": 54, "epochs": 2}, "long")
    made.store.queue.claim("ticket")
    steps = np.arange(1, 2001, dtype=np.int32)
    loss = (1 / steps).astype(np.float32)
    loss[500:600] = np.nan
    points = Points(steps, {"loss": loss, "accuracy": np.full(2000, 0.5, np.float32)})
    epochs = [Epoch(1, 1000, 0.1, 0.9, 0.2, 0.8, 2.0), Epoch(2, 2000, 0.1, 0.9, None, None, 4.0)]
    made.store.progress.append(run.id, "ticket", StoredProgress(points, epochs))
    told = browser.get(f"/curves/{run.id}").json()
    training = told["training"]
    assert {len(each) for each in (*training["x"].values(), training["loss"])} == {MOST_POINTS}
    assert training["x"]["step"][-1] == 2000
    assert training["x"]["epoch"][-1] == 2
    assert training["x"]["seconds"][-1] == 6
    assert None in training["loss"]
    assert told["validation"]["accuracy"] == [0.8, None]
    assert browser.get("/curves/unknown").status_code == 404
    empty = made.store.runs.create("ann", {}, "empty")
    assert browser.get(f"/curves/{empty.id}").json()["training"]["loss"] == []
